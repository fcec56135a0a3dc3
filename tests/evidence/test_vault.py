"""The vault: nobody past it, nothing without its row, nothing held destroyed. On SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bot.domain.cases import EventKind
from bot.domain.categories import Category, Severity
from bot.domain.comments import Author
from bot.errors import EvidenceError
from bot.evidence.packet import Packets
from bot.evidence.permission import may_permit, who_permits
from bot.evidence.vault import Vault
from bot.interface.cards import Verb
from bot.store import schema
from tests.alerts.school import School, judged
from tests.evidence.conftest import stand
from tests.evidence.test_packet import unpacked
from tests.store.examples import comment, flagged, unscored

Acts = Callable[[UUID], Awaitable[list[str]]]
WORDS = "bad zanzibarica words"


async def test_without_permission_no_way_of_ours_opens_it(
    school: School, vault: Vault, packets: Packets, acts: Acts
) -> None:
    case = await school.flagged(text=WORDS)
    for redacted in (False, True):
        with pytest.raises(EvidenceError, match="has not permitted"):
            await packets.make(case, "principal", "curious", language="en", redacted=redacted)
    for person in ("principal", "assistant", "local-district", "safety-office"):
        with pytest.raises(EvidenceError, match="has not permitted"):
            await vault.open(case, person, "curious")
    await school.press("principal", Verb.OPEN, case)
    await school.command("principal", "queue")
    await school.command("principal", "case")
    said = [str(shown.card) for shown in school.all()] + [str(answer) for answer in school.discord.answers]
    assert not [one for one in said if "zanzibarica" in one]
    assert await acts(case) == ["sealed"]


async def test_permission_for_a_case_opens_that_case_and_is_logged(school: School, vault: Vault, acts: Acts) -> None:
    case, other = await school.flagged(text=WORDS), await school.flagged(text="bad other words")
    await school.press("principal", Verb.PERMIT, case)
    await school.submit("principal", "permit", case.hex, reason="to investigate")
    assert (await vault.open(case, "assistant", "to talk with the family")).snapshot.comment.text == WORDS
    assert await acts(case) == ["sealed", "permitted", "opened"]
    with pytest.raises(EvidenceError, match="has not permitted"):
        await vault.open(other, "assistant", "to talk with the family")
    rows = await school.store.custody.of([case])
    assert rows[1].person == school.store.custody.pseudonym("principal")
    assert rows[2].person == school.store.custody.pseudonym("assistant")
    assert list((await school.store.custody.reasons(rows)).values()) == ["to talk with the family"]


async def test_standing_permission_opens_until_it_is_refused(school: School, vault: Vault, acts: Acts) -> None:
    await stand(school)
    case = await school.flag(text=WORDS)
    await vault.open(case, "principal", "to read it")
    await vault.hold(case, "principal", "the lawyers asked")
    ended = await vault.refuse(case, "principal", "not to be kept")
    assert (ended.destroyed, ended.held) == (0, True)
    with pytest.raises(EvidenceError, match="refused"):
        await vault.open(case, "principal", "after all")
    await vault.permit(case, "principal", "after all")
    await vault.open(case, "principal", "after all")
    assert await acts(case) == ["sealed", "opened", "held", "refused", "permitted", "opened"]
    assert await school.events(case) == ["permitted"]


async def test_who_answers_first_answers(school: School, vault: Vault, acts: Acts) -> None:
    """A permission given while somebody else fills in a refusal stands, and nothing is destroyed."""
    case = await school.flag(text=WORDS)
    await vault.permit(case, "principal", "to look into it")
    late = await vault.refuse(case, "principal", "an idiom")
    assert (late.destroyed, late.answered) == (0, True)
    await vault.open(case, "principal", "to read it")
    assert await acts(case) == ["sealed", "permitted", "opened"]


async def test_a_refusal_destroys_keys_and_leaves_tombstones(school: School, vault: Vault, acts: Acts) -> None:
    case = await school.flag(text=WORDS)
    await school.store.evidence.add_context(case, [comment(7, "context words")], school.clock())
    (before, context) = await school.rows(schema.snapshots)
    assert (await vault.refuse(case, "principal", "an idiom, not a threat")).destroyed == 2
    for row in await school.rows(schema.snapshots):
        assert (row.wrapped_key, row.ciphertext, row.state) == (None, None, "destroyed")
    assert await acts(case) == ["sealed", "sealed", "refused", "destroyed", "destroyed"]
    assert {before.id, context.id} == {row.snapshot for row in (await school.store.custody.of([case]))[-2:]}
    assert (await school.store.verify_chain())[1] == []
    for again in (vault.open, vault.hold, vault.permit):
        with pytest.raises(EvidenceError):
            await again(case, "principal", "too late")


async def test_what_was_destroyed_is_in_no_file_any_more(school: School, vault: Vault) -> None:
    if school.store._engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL clears dead rows by itself, a little later")
    case = await school.flag(text=WORDS)
    (row,) = await school.rows(schema.snapshots)
    file = Path(str(school.store._engine.url.database))
    files = [file, file.with_name(f"{file.name}-wal")]
    assert any(row.wrapped_key in one.read_bytes() for one in files)
    await vault.refuse(case, "principal", "an idiom")
    for one in files:
        assert row.wrapped_key not in one.read_bytes()
        assert row.ciphertext[:32] not in one.read_bytes()


async def test_a_hold_forbids_every_destruction_until_it_is_lifted(school: School, vault: Vault) -> None:
    await stand(school)
    case = await school.flag(text=WORDS)
    await vault.hold(case, "principal", "the lawyers asked")
    with pytest.raises(EvidenceError, match="already"):
        await vault.hold(case, "assistant", "again")
    with pytest.raises(EvidenceError, match="A hold is set"):
        await vault.destroy(case, "principal", "tidying up")
    assert (await vault.open(case, "principal", "still there")).snapshot.comment.text == WORDS
    await vault.release(case, "local-district", "the lawyers are done")
    assert await vault.destroy(case, "principal", "tidying up") == 1
    with pytest.raises(EvidenceError, match="No hold"):
        await vault.release(case, "principal", "again")


async def test_a_hold_keeps_the_other_revisions_of_its_comment_too(school: School, vault: Vault) -> None:
    await stand(school)
    first = await school.flag(judged(), comment(1, "bad words"))
    await school.store.record(flagged(school.channel, comment(1, "bad and edited words", revision="2")))
    (other,) = {row.id for row in await school.rows(schema.flags)} - {first}
    await vault.hold(first, "principal", "the lawyers asked")
    with pytest.raises(EvidenceError, match="A hold is set"):
        await vault.destroy(other, "principal", "tidying up")
    assert len((await vault.open(first, "principal", "to read it")).revisions) == 1
    await vault.release(first, "principal", "the lawyers are done")
    assert await vault.destroy(other, "principal", "tidying up") == 1


async def test_destroying_against_a_hold_that_is_set_at_the_same_moment_never_wins_twice(
    school: School, vault: Vault
) -> None:
    cases = [await school.flag(seen=comment(number, "bad words")) for number in range(6)]
    await stand(school)

    async def race(case: UUID) -> None:
        results = await asyncio.gather(
            vault.hold(case, "principal", "lawyers"), vault.destroy(case, "principal", "tidy"), return_exceptions=True
        )
        assert sum(isinstance(result, EvidenceError) for result in results) == 1

    await asyncio.gather(*map(race, cases))
    assert (await school.store.verify_chain())[1] == []


async def test_barred_people_strangers_and_people_without_a_reason_are_refused(school: School, vault: Vault) -> None:
    await stand(school)
    about_principal = comment(1, "bad words by the principal", author=Author("@principal", "Ana Pryce"))
    case = await school.flag(judged(), about_principal)
    for person in ("principal", "teacher", "coach", "nobody-known"):
        with pytest.raises(EvidenceError):
            await vault.open(case, person, "curious")
    for bare in ("", "   "):
        with pytest.raises(EvidenceError, match="reason"):
            await vault.open(case, "local-district", bare)
    with pytest.raises(EvidenceError, match="no such case"):
        await vault.open(uuid4(), "local-district", "curious")
    assert (await vault.open(case, "local-district", "it is mine to look into")).snapshot.comment == about_principal
    with pytest.raises(EvidenceError):
        await vault.refuse(case, "principal", "make it go away")


async def test_who_permits_and_how_silence_climbs(school: School) -> None:
    case_id = await school.flag(text=WORDS)
    case = await school.book.read(case_id)
    assert case is not None
    roster, start = school.book.roster, case.opened_at
    assert who_permits(case, roster) == ("principal", "local-district", "safety-office")
    assert not may_permit(case, roster, "local-district", start)
    assert may_permit(case, roster, "local-district", start + timedelta(days=1))
    assert not may_permit(case, roster, "assistant", start + timedelta(days=30))
    theirs = await school.flag(judged(Severity.HIGH), comment(5, "bad", author=Author("@principal")))
    mine = await school.book.read(theirs)
    assert mine is not None
    assert who_permits(mine, roster) == ("local-district", "safety-office")


async def test_silence_never_destroys(school: School, vault: Vault) -> None:
    case = await school.flag(text=WORDS)
    await school.settle(minutes=60 * 24 * 400)
    assert [row.wrapped_key is not None for row in await school.rows(schema.snapshots)] == [True]
    await vault.refuse(case, "local-district", "the administrator never answered, and it is an idiom")
    assert [row.wrapped_key is None for row in await school.rows(schema.snapshots)] == [True]


async def test_other_revisions_and_context_come_with_the_comment(school: School, vault: Vault, acts: Acts) -> None:
    await stand(school)
    first = await school.flag(judged(), comment(1, "bad words"))
    channel = school.channel
    second = comment(1, "bad and edited words", revision="2")
    await school.store.record(flagged(channel, second))
    await school.store.evidence.add_context(first, [comment(2, "what stood around")], school.clock())
    opened = await vault.open(first, "principal", "to read it")
    assert opened.snapshot.comment.text == "bad words"
    assert [one.comment.text for one in opened.revisions] == ["bad and edited words"]
    assert [one.text for one in opened.context] == ["what stood around"]
    assert (await acts(first)).count("opened") == 3
    (other,) = {row.id for row in await school.rows(schema.flags)} - {first}
    await vault.hold(other, "principal", "the lawyers asked")
    await vault.refuse(other, "principal", "this revision is not to be kept")
    assert (await vault.open(first, "principal", "to read it again")).revisions == ()


ACCUSED = "bad Ms. Pryce touched me"


async def edited(school: School) -> tuple[UUID, UUID]:
    """Return the cases of one comment: first it accuses the principal, then it insults her."""
    first = await school.flag(judged(category=Category.BOUNDARY), comment(1, ACCUSED))
    decision = flagged(school.channel, comment(1, "bad Ms. Pryce is an idiot", revision="2"))
    assert await school.store.record(replace(decision, judgement=judged(), at=school.clock()))
    (second,) = {row.id for row in await school.rows(schema.flags)} - {first}
    return first, second


async def test_nobody_reads_in_another_revisions_case_what_may_be_about_them(
    school: School, vault: Vault, packets: Packets
) -> None:
    await stand(school)
    first, second = await edited(school)
    await school.store.evidence.add_context(first, [comment(2, "what stood around")], school.clock())
    opened = await vault.open(second, "principal", "to read it")
    assert opened.snapshot.comment.text == "bad Ms. Pryce is an idiot"
    assert (opened.revisions, opened.context) == ((), ())
    packet = unpacked(await packets.make(second, "principal", "for the family", language="en", redacted=False))
    assert json.loads(packet["packet.json"])["revisions"] == []
    assert b"touched" not in packet["packet.json"]
    (sealed,) = [
        row.id for row in await school.rows(schema.snapshots) if row.flag_id == first and row.kind == "comment"
    ]
    assert sealed not in {row.snapshot for row in await school.store.custody.of([second])}
    theirs = await vault.open(second, "assistant", "to read it")
    assert [one.comment.text for one in theirs.revisions] == [ACCUSED]
    assert [one.text for one in theirs.context] == ["what stood around"]


async def test_a_revision_waits_for_the_permission_of_its_own_case(school: School, vault: Vault) -> None:
    first, second = await edited(school)
    await vault.permit(second, "principal", "to look into it")
    assert (await vault.open(second, "assistant", "to read it")).revisions == ()
    await vault.permit(first, "local-district", "to look into it")
    assert len((await vault.open(second, "assistant", "to read it")).revisions) == 1


async def test_what_stands_around_is_shown_without_what_another_case_keeps_sealed(school: School, vault: Vault) -> None:
    await stand(school)
    case = await school.flag(judged(), comment(1, "bad words"))
    around = [
        comment(2, ACCUSED),
        comment(3, "bad and refused"),
        comment(4, "bad and open"),
        comment("\ud8005", "calm"),
    ]
    await school.flag(judged(category=Category.BOUNDARY), around[0])
    refused = await school.flag(judged(), around[1])
    await school.flag(judged(), around[2])
    await school.store.evidence.add_context(case, around, school.clock())
    await vault.refuse(refused, "principal", "not to be kept")
    for person, words in (("principal", around[2:]), ("assistant", [around[0], *around[2:]])):
        opened = await vault.open(case, person, "to read it")
        assert [one.text for one in opened.context] == [one.text for one in words]


async def test_what_two_cases_share_opens_in_a_third_only_to_whom_both_are_open(school: School, vault: Vault) -> None:
    await stand(school)
    decision = unscored(school.channel, comment(1, ACCUSED))
    await school.store.record(replace(decision, judgement=judged(category=Category.BOUNDARY), at=school.clock()))
    await school.store.record(flagged(school.channel, comment(1, "bad and edited words", revision="2")))
    third = next(row.id for row in await school.rows(schema.flags) if row.revision == "2")
    assert (await vault.open(third, "principal", "to read it")).revisions == ()
    assert len((await vault.open(third, "assistant", "to read it")).revisions) == 1


async def test_the_case_shows_whatever_the_reviewer_may_not_know_as_no_case(school: School, vault: Vault) -> None:
    await stand(school)
    case = await school.flag(judged(Severity.HIGH, Category.BOUNDARY), comment(1, "bad Coach Run"))
    with pytest.raises(EvidenceError, match="no such case"):
        await vault.open(case, "coach", "curious")
    assert EventKind.PERMITTED not in await school.events(case)
