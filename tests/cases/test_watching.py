"""The watch over a case's people: what it raises, toward whom, for how long, and who may know of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from bot.cases.watching import RETALIATION_FOR
from bot.domain.assessments import CLEAR, Judgement
from bot.domain.categories import Category, Severity
from bot.domain.comments import Author, Comment
from bot.store import schema
from tests.alerts.school import School, judged, words
from tests.store.examples import comment

SUBJECT = Author("77", "Pat")
CONFIRM = {"rule": "harassment", "reason": "It hurts."}


async def reported(school: School, about: Comment, by: str = "reporter", **values: str) -> UUID:
    """Have a comment reported; return its case."""
    await school.command(by, "report", about)
    await school.submit(by, "report", school.discord.forms[-1][1].token, **({"what": "it hurts"} | values))
    await school.settle()
    return UUID(str((await school.rows(schema.flags))[-1].id))


async def seen(school: School, said: Comment, judgement: Judgement = CLEAR) -> UUID | None:
    """Have a comment read with the watch around it, and flagged as intake does; return its case, if it has one."""
    raised = await school.watch.raised(said, judgement)
    if not raised.flagged:
        return None
    case = await school.flag(raised, said)
    await school.settle()
    return case


async def test_a_word_toward_the_reporter_is_raised_and_the_card_names_nobody(school: School) -> None:
    await reported(school, comment(1, author=SUBJECT, mentions=("@friend",)), by="canary")
    case: UUID | None = None
    for number, person in enumerate(("@canary", "@friend"), 2):
        case = await seen(school, comment(number, "thanks a lot", author=SUBJECT, mentions=(person,)))
        assert case is not None
        card = words(school.cards("principal")[-1])
        assert "Possible retaliation" in card
        assert "someone protected in this case" in card
        assert "canary" not in card
        assert "friend" not in card
    assert case is not None
    stored = await school.store.cases.read(case)
    assert stored is not None
    assert stored.judgement is not None
    assert (stored.judgement.severity, stored.judgement.rule) == (Severity.HIGH, "retaliation")
    assert "teacher" not in school.told()[2:], "the fewer know, the better"


async def test_no_excerpt_of_it_is_shown_even_with_permission(school: School) -> None:
    await reported(school, comment(1, author=SUBJECT), by="canary")
    case = await seen(school, comment(2, "you will see, canary", author=SUBJECT, mentions=("@canary",)))
    assert case is not None
    await school.submit("principal", "permit", case.hex, reason="To look into it.")
    await school.settle()
    assert all(card.quote is None for card in school.cards("principal")[1:])


async def test_an_answer_to_a_protected_person_counts_as_turning_to_them(school: School) -> None:
    await reported(school, comment(1, author=SUBJECT))
    theirs = comment("9", "hello", author=Author("@reporter"))
    school.discord.comments[theirs.ref] = theirs
    assert await seen(school, comment(2, "well", author=SUBJECT, reply_to="9")) is not None
    school.discord.failures = 1
    assert await seen(school, comment(3, "well", author=SUBJECT, reply_to="9")) is None


@pytest.mark.parametrize(
    ("author", "mentions"), [("77", ("@teacher",)), ("78", ("@reporter",)), ("@reporter", ("77",)), ("77", ())]
)
async def test_nobody_elses_words_and_nothing_toward_others_is_raised(
    school: School, author: str, mentions: tuple[str, ...]
) -> None:
    await reported(school, comment(1, author=SUBJECT))
    assert await seen(school, comment(2, "hello", author=Author(author), mentions=mentions)) is None


async def test_it_ends_and_leaves_nothing_behind(school: School) -> None:
    await reported(school, comment(1, author=SUBJECT))
    toward = comment(2, "hello", author=SUBJECT, mentions=("@reporter",))
    school.clock.forward(hours=RETALIATION_FOR / timedelta(hours=1) - 1)
    assert await school.watch.look(toward) is not None
    school.clock.forward(hours=2)
    assert await school.watch.look(toward) is None
    assert await school.rows(schema.watches) == []


async def test_the_table_holds_pseudonyms_alone(school: School) -> None:
    await reported(school, comment(1, author=Author("canary-author"), mentions=("canary-target",)), by="canary")
    rows = await school.rows(schema.watches)
    assert len(rows) == 2
    assert "canary" not in repr(rows)


async def test_whoever_may_not_know_of_the_report_may_not_know_of_the_retaliation(school: School) -> None:
    """The assistant is accused by a report about another's comment: its retaliation would betray the reporter."""
    await reported(school, comment(1, author=SUBJECT), target="@principal")
    case = await seen(school, comment(2, "hello", author=SUBJECT, mentions=("@reporter",)), judged(Severity.CRITICAL))
    assert case is not None
    assert school.cards("principal") == []
    for said in (case.hex[:8], case.hex):
        await school.command("principal", "case", said=said)
        assert "not here any more" in school.answer()
    await school.submit("principal", "dismiss", case.hex, reason="nothing")
    assert "for other people to decide" in school.answer()
    await school.command("principal", "queue")
    assert "Nothing waits" in school.answer()
    assert "local-district" in school.told()


async def test_a_follow_up_attaches_what_the_same_person_says_to_the_same_person(school: School) -> None:
    case = await school.flagged(author=SUBJECT, mentions=("@coach",))
    await school.submit("principal", "confirm", case.hex, **CONFIRM)
    toward = comment(2, "hello coach", author=SUBJECT, mentions=("@coach",))
    assert await school.watch.look(toward) is None
    await school.submit("principal", "follow_up", case.hex, days="7")
    child = await seen(school, toward)
    assert child is not None
    stored = await school.book.read(child)
    assert stored is not None
    assert (stored.judgement.severity, stored.belongs_to) == (Severity.LOW, case)
    await school.settle(minutes=5)
    assert (await school.events(case))[-1] == "attached"
    assert f"case {child.hex[:8]}" in words(school.cards("principal")[0])
    await school.submit("principal", "looked", case.hex, seen="goes_on")
    await school.settle(minutes=60 * 24 * 8)
    assert await school.watch.look(toward) is None


async def test_a_follow_up_shows_nobody_a_case_that_may_be_about_them(school: School) -> None:
    """The principal follows an older case; the new comment by the same person is about the principal."""
    case = await school.flagged(author=SUBJECT, mentions=("@coach",))
    await school.submit("principal", "confirm", case.hex, **CONFIRM)
    await school.submit("principal", "follow_up", case.hex, days="7")
    toward = comment(2, "coach, Ms. Pryce shouts at us", author=SUBJECT, mentions=("@coach",))
    child = await seen(school, toward, judged(Severity.HIGH, Category.BOUNDARY))
    assert child is not None
    await school.settle(minutes=5)
    assert "attached" not in await school.events(case)
    assert child.hex[:8] not in "".join(map(words, school.cards("principal")))


async def test_a_comment_that_is_flagged_late_is_still_attached(school: School) -> None:
    case = await school.flagged(author=SUBJECT, mentions=("@coach",))
    await school.submit("principal", "confirm", case.hex, **CONFIRM)
    await school.submit("principal", "follow_up", case.hex, days="7")
    toward = comment(2, "hello coach", author=SUBJECT, mentions=("@coach",))
    raised = await school.watch.raised(toward, CLEAR)
    await school.settle(minutes=90)
    child = await school.flag(raised, toward)
    await school.settle(minutes=60)
    assert (await school.events(case))[-1] == "attached"
    assert await school.book.read(child) is not None


async def test_what_was_flagged_anyway_keeps_its_own_rule_and_severity(school: School) -> None:
    await reported(school, comment(1, author=SUBJECT))
    toward = comment(2, "bad words", author=SUBJECT, mentions=("@reporter",))
    raised = await school.watch.raised(toward, judged(Severity.CRITICAL, Category.THREAT))
    assert (raised.severity, raised.rule) == (Severity.CRITICAL, "threat")
    assert raised.categories == (Category.RETALIATION, Category.THREAT)
