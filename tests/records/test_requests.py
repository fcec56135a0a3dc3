"""Records requests and deletion: what is handed out, what is hidden, what goes, and what stays with its reason."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.cases import CaseEvent, EventKind
from bot.domain.categories import Category
from bot.domain.comments import Author
from bot.domain.custody import Act
from bot.errors import EvidenceError, UsageError
from bot.evidence.vault import Vault
from bot.records.export import Records, Request
from bot.records.forgetting import AUTHORS_KEPT, HELD, OPEN, OTHERS, REPORTED_ON, Forgetting
from bot.records.notices import RecordsNotices
from bot.store import schema
from bot.store.cases import NewEvent
from bot.store.reports import NewReport, ReportWords
from tests.alerts.school import ROSTER, SITE, School, judged, words
from tests.desk.test_reporting import report
from tests.evidence.conftest import stand
from tests.records.test_retention import happen
from tests.store.examples import NOON, ROOM, SEVERE, VERSIONS, comment, flagged, room, unscored

HOSTILE = "bad <script>alert(1)</script> from Zoe Other, ask Ana Pryce \N{RIGHT-TO-LEFT OVERRIDE}x"


async def asked(school: School, **parts: Any) -> tuple[dict[str, Any], str]:
    given: dict[str, Any] = {"site": "lincoln", "account": None, "redacted": False, "person": "principal"}
    made = await Records(school.store, school.book, school.clock).export(
        Request(**(given | parts), reason="Request 12")
    )
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return json.loads(archive.read("records.json")), archive.read("records.html").decode()


async def two_cases(school: School) -> None:
    await stand(school)
    await school.flagged(seen=comment(1, HOSTILE))
    await school.flagged(seen=comment(2, "bad zanzibarica", author=Author("88", "Zoe Other")))


async def test_a_site_is_handed_out_whole_and_the_log_and_the_administrator_know(school: School) -> None:
    await two_cases(school)
    data, page = await asked(school)
    assert sorted(case["comment"][0]["author"] for case in data["cases"]) == ["Pat Example", "Zoe Other"]
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page
    rows = [row async for row in school.store.custody.rows()]
    exported = [row for row in rows if row.act == Act.RECORDS_EXPORTED]
    assert [row.case is None for row in exported] == [True, False, False]
    (notice,) = [row for row in await school.rows(schema.outbox) if row.kind == "records_notice"]
    (errand,) = await school.store.outbox.claim(school.clock(), kinds=("records_notice",))
    assert errand.id == notice.id
    assert await RecordsNotices({"discord": school.discord}, school.book, school.clock).tell(errand, False) is None
    assert "Ana Pryce had records of Lincoln High School handed out" in words(school.cards("principal")[-1])


async def test_a_redacted_request_names_the_person_and_nobody_else(school: School) -> None:
    await two_cases(school)
    data, page = await asked(school, account="77", redacted=True)
    (case,) = data["cases"]
    assert case["comment"][0]["author"] == "Pat Example"
    assert "zanzibarica" not in page
    assert "Pryce" not in page
    whole, page = await asked(school, redacted=True)
    assert len(whole["cases"]) == 2
    for name in ("Pat Example", "Zoe Other", "Ana Pryce"):
        assert name not in page


async def test_a_family_is_not_told_whom_the_comment_addressed(school: School) -> None:
    await stand(school)
    new = {"mentions": ("90",), "called": (("90", "Tommy Smith"),)}
    await school.flagged(seen=comment(1, "bad @Tommy Smith, tommy!", **new))
    await school.flagged(seen=comment(2, "bad @Ida Bell Quin go away", mentions=("91",)))
    for parts in ({"account": "77"}, {}):
        data, page = await asked(school, redacted=True, **parts)
        for name in ("tommy", "smith", "ida", "bell", "quin"):
            assert not re.search(rf"\b{name}\b", f"{json.dumps(data)} {page}", re.IGNORECASE), name
        told = {case["comment"][0]["text"] for case in data["cases"]}
        assert len(told) == 2
        assert any(text.endswith("go away") for text in told)


async def test_what_others_wrote_is_left_out_of_what_is_told_of_one_person(school: School) -> None:
    await stand(school)
    case = await school.flagged(seen=comment(5, "bad quokkas"))
    around = [comment(3, "zanzibarica", author=Author("88", "Zoe Other")), comment(4, "mine before")]
    assert await school.store.evidence.add_context(case, around, school.clock())
    data, page = await asked(school, account="77", redacted=True)
    (told,) = data["cases"]
    assert [one["text"] for one in told["context"]] == [None, "mine before"]
    assert told["comment"][0]["text"] == "bad quokkas"
    assert "zanzibarica" not in page
    assert "somebody else&#x27;s words: left out" in page
    assert any("left out" in note for note in data["notes"])
    whole, page = await asked(school, account="77")
    assert "zanzibarica" in page
    assert "Zoe Other" in page
    assert not any("left out" in note for note in whole["notes"])
    site, _ = await asked(school, redacted=True)
    assert site["cases"][0]["context"][0]["text"] == "zanzibarica", "of a whole site names alone are hidden"


async def test_the_page_speaks_spanish_and_the_data_keep_their_codes(school: School) -> None:
    await stand(school)
    case = await school.flagged(seen=comment(1, "bad <b>zanzibarica</b>"))
    await happen(school, case, EventKind.DISMISSED)
    data, page = await asked(school, language="es", redacted=True)
    assert '<html lang="es">' in page
    for said in ("Registros de Lincoln High School", "Descartado", "Lo que pasó", "antes de entregarlo", "persona "):
        assert said in page
    assert "&lt;b&gt;zanzibarica" in page
    assert data["cases"][0]["status"] == "dismissed"
    assert data["cases"][0]["decisions"][0]["what"] == "dismissed"
    english, _ = await asked(school)
    assert english["cases"][0].keys() == data["cases"][0].keys()


async def test_why_something_is_sealed_is_said_in_the_readers_language(school: School, vault: Vault) -> None:
    await school.flagged(seen=comment(1, "bad"))
    data, _ = await asked(school, language="es")
    assert "no ha permitido" in data["cases"][0]["sealed"]
    await stand(school)
    await vault.destroy((await school.rows(schema.flags))[0].id, "principal", "over")
    data, _ = await asked(school, language="es")
    assert "se destruyó" in data["cases"][0]["sealed"]


async def test_who_decided_what_is_told_where_the_evidence_is_sealed(school: School) -> None:
    """What people wrote as their reason may name whoever the sealed comment names, so redacting leaves it out."""
    case = await school.flagged(seen=comment(1, "bad zanzibarica"))
    await happen(school, case, EventKind.DISMISSED)
    data, page = await asked(school)
    (told,) = data["cases"]
    (decision,) = told["decisions"]
    assert "not permitted" in told["sealed"]
    assert (decision["what"], decision["by"], decision["reason"]) == ("dismissed", "Ana Pryce", "because")
    assert "zanzibarica" not in page
    assert not any("reasons" in note for note in data["notes"])
    data, page = await asked(school, account="77", redacted=True)
    (decision,) = data["cases"][0]["decisions"]
    assert (decision["what"], decision["reason"]) == ("dismissed", None)
    assert "Pryce" not in page
    assert "because" not in page
    assert "Dismissed" in page
    assert any("reasons that people gave are left out" in note for note in data["notes"])


async def test_who_decided_what_is_told_where_the_evidence_is_gone(school: School, vault: Vault) -> None:
    await stand(school)
    case = await school.flagged(seen=comment(1, "bad"))
    await happen(school, case, EventKind.DISMISSED)
    await vault.destroy(case, "principal", "over")
    data, _ = await asked(school)
    (told,) = data["cases"]
    assert "destroyed" in told["sealed"]
    assert "dismissed" in [decision["what"] for decision in told["decisions"]]


async def test_sealed_stays_sealed_and_strangers_get_nothing(school: School) -> None:
    await school.flagged(seen=comment(1, "bad zanzibarica"))
    data, page = await asked(school)
    assert "not permitted" in data["cases"][0]["sealed"]
    assert "zanzibarica" not in page
    with pytest.raises(EvidenceError):
        await asked(school, person="coach")
    for wrong in ({"person": "nobody"}, {"site": "elsewhere"}):
        with pytest.raises(UsageError):
            await asked(school, **wrong)


async def test_whoever_is_barred_from_a_case_exports_nothing_of_it(school: School) -> None:
    await stand(school)
    await school.flagged(seen=comment(1, "bad zanzibarica", author=Author("@principal", "Ana Pryce")))
    data, _ = await asked(school)
    assert data["cases"] == []
    data, _ = await asked(school, person="local-district")
    assert len(data["cases"]) == 1


async def test_what_may_be_about_the_asker_comes_along_with_no_other_case(school: School) -> None:
    await stand(school)
    accusing = comment(1, "bad Ms. Pryce touched me")
    await school.flagged(judged(category=Category.BOUNDARY), accusing)
    await school.store.record(flagged(school.channel, comment(1, "bad and edited words", revision="2")))
    case = await school.flagged(seen=comment(2, "bad words"))
    assert await school.store.evidence.add_context(case, [accusing], school.clock())
    data, page = await asked(school)
    assert len(data["cases"]) == 2
    assert "touched" not in page
    data, page = await asked(school, person="local-district")
    assert sorted(len(one["comment"]) for one in data["cases"]) == [1, 2, 2]
    assert page.count("touched") == 3


async def test_reports_are_listed_to_whom_their_case_is_open_and_at_their_own_site(school: School) -> None:
    await report(school, comment(1), what="the principal shouts at me")
    (accusing,) = {row.code for row in await school.rows(schema.reports)}
    await report(school, comment(2), what="he shouts at me")
    (other,) = {row.code for row in await school.rows(schema.reports)} - {accusing}
    jefferson = replace(SITE, key="jefferson", name="Jefferson High School", site_administrator="coach")
    await school.store.registry.replace(replace(ROSTER, sites={**ROSTER.sites, "jefferson": jefferson}))
    there = replace(room("13"), site="jefferson")
    seen = comment(3, channel=there.ref)
    given: tuple[Any, ...] = (
        seen,
        Author("@reporter"),
        ReportWords("and here"),
        NOON,
        SEVERE,
        VERSIONS,
        5,
        NOON - NOON,
    )
    assert await school.store.reports.file(NewReport(await school.store.channels.save(there), *given))
    assert len(await school.rows(schema.reports)) == 3
    for person, listed in (("principal", {other}), ("local-district", {accusing, other})):
        data, page = await asked(school, account="@reporter", person=person)
        assert {one["code"] for one in data["reports_filed"]} == listed
        assert (accusing in page) is (accusing in listed)
        assert "and reports about them, are not in it" in data["notes"][0]


async def forget(school: School, **parts: Any) -> tuple[dict[str, int], tuple[str, ...]]:
    given: dict[str, Any] = {"place": ROOM.ref, "account": "77", "person": "principal", "reason": "asked"}
    done = await Forgetting(school.store, school.book, school.clock).delete(**(given | parts))
    return done.gone, done.kept


async def test_what_is_over_goes_and_what_must_stay_says_why(school: School, vault: Vault) -> None:
    await stand(school)
    over, open_, held, called = [await school.flagged(seen=comment(number)) for number in range(4)]
    await happen(school, over, EventKind.DISMISSED)
    await happen(school, held, EventKind.DISMISSED)
    await vault.hold(held, "principal", "lawyers")
    stored = await school.store.cases.read(called)
    assert stored is not None
    event = CaseEvent(EventKind.CALLED, school.clock(), "principal", about="police")
    await school.store.cases.append(NewEvent(called, len(stored.events), event))
    await happen(school, called, EventKind.CONFIRMED, EventKind.CLOSED)
    gone, kept = await forget(school)
    assert gone["snapshots"] == 1
    said = dict(sentence.removeprefix("Case ").split(": ", 1) for sentence in kept)
    assert said == {open_.hex[:8]: f"{OPEN}.", held.hex[:8]: f"{HELD}.", called.hex[:8]: f"{REPORTED_ON}."}
    assert sum(row.wrapped_key is None for row in await school.rows(schema.snapshots)) == 1
    acts = [row.act async for row in school.store.custody.rows()]
    assert acts.count(Act.PERSON_DELETED) == 1
    assert (await school.store.verify_chain())[1] == []
    assert (await forget(school))[0] == {}


async def test_a_reporters_own_report_goes_once_its_case_is_over(school: School) -> None:
    case = await school.flagged(seen=comment(1))
    await report(school, comment(1))
    (row,) = await school.rows(schema.reports)
    gone, kept = await forget(school, account="@reporter")
    assert "reports" not in gone
    assert row.code in kept[0]
    await happen(school, case, EventKind.DISMISSED)
    gone, _ = await forget(school, account="@reporter")
    assert gone["reports"] == 1
    (row,) = await school.rows(schema.reports)
    assert (row.wrapped_key, row.ciphertext) == (None, None)


async def test_a_report_stays_for_a_hold_that_is_set_while_its_reporter_is_forgotten(
    school: School, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await school.flagged(seen=comment(1))
    await report(school, comment(1))
    await happen(school, case, EventKind.DISMISSED)
    clear = school.store.personal.clear

    async def held_before(*place: Any, **which: Any) -> dict[str, int]:
        await vault.hold(case, "principal", "lawyers")
        return await clear(*place, **which)

    monkeypatch.setattr(school.store.personal, "clear", held_before)
    gone, kept = await forget(school, account="@reporter")
    assert "reports" not in gone
    assert kept == (f"Reports that they filed: {HELD}.",)
    assert [row.wrapped_key is not None for row in await school.rows(schema.reports)] == [True]


async def over(school: School, case: Any, person: str = "local-district") -> None:
    """Have a case dismissed."""
    stored = await school.store.cases.read(case)
    assert stored is not None
    event = CaseEvent(EventKind.DISMISSED, school.clock(), person)
    assert await school.store.cases.append(NewEvent(case, len(stored.events), event, reason="because"))


@pytest.mark.parametrize("ended", [False, True])
async def test_whoever_is_accused_deletes_nothing_and_hears_of_nothing(school: School, ended: bool) -> None:
    """A report with its watches, a flag, and a comment that two cases share: the principal may know of none of them."""
    await stand(school)
    await report(school, comment(1), what="the principal shouts at me")
    await school.flagged(judged(category=Category.BOUNDARY), comment(2, "bad Ms. Pryce touched me"))
    decision = unscored(school.channel, comment(3, "bad Ms. Pryce touched me again"))
    await school.store.record(replace(decision, judgement=judged(category=Category.BOUNDARY), at=school.clock()))
    cases = [row.id for table in (schema.flags, schema.review_items) for row in await school.rows(table)]
    for case in cases if ended else ():
        await over(school, case)
    tables = (schema.snapshots, schema.reports, schema.case_events, schema.flags, schema.review_items, schema.watches)
    before = [await school.rows(table) for table in tables]
    assert all(before[:2])
    assert before[-1]
    for account in ("77", "@reporter", "@nobody-at-all"):
        assert await forget(school, account=account) == ({}, ())
    assert [await school.rows(table) for table in tables] == before
    school.clock.forward(days=1)
    gone, kept = await forget(school, person="local-district")
    assert gone.get("snapshots", 0) == (3 if ended else 0)
    assert len(kept) == (1 if ended else 5)
    gone, kept = await forget(school, account="@reporter", person="local-district")
    assert gone == ({"reports": 1, "watches": 1} if ended else {"watches": 1})
    assert len(kept) == (0 if ended else 1)


async def test_who_may_know_and_not_decide_hears_who_must(school: School) -> None:
    await report(school, comment(1))
    (case,) = [row.id for row in await school.rows(schema.flags)]
    await over(school, case)
    (row,) = await school.rows(schema.reports)
    gone, kept = await forget(school, person="assistant")
    assert (gone, kept[0]) == ({}, f"Case {case.hex[:8]}: {OTHERS}.")
    assert "protects somebody" in kept[1]
    gone, kept = await forget(school, person="assistant", account="@reporter")
    assert gone == {}
    assert kept == (f"Report {row.code}, which they filed: {OTHERS}.", f"A watch that protects them: {OTHERS}.")


async def test_who_on_the_roster_wrote_a_comment_stays_known_until_they_are_taken_out(school: School) -> None:
    case = await school.flagged(seen=comment(1, "bad words", author=Author("@assistant", "Benito Soto")))
    await over(school, case)
    gone, kept = await forget(school, account="@assistant")
    assert gone == {"snapshots": 1, "reasons": 1}
    assert AUTHORS_KEPT in kept
    read = await school.book.read(case)
    assert read is not None
    assert "assistant" in read.barred, "who wrote it reads their own case"
    assert await forget(school, account="@assistant") == ({}, kept)
    people = {key: person for key, person in ROSTER.people.items() if key != "assistant"}
    site = replace(SITE, designees=(), ladder=SITE.ladder[:1])
    await school.store.registry.replace(replace(ROSTER, people=people, sites={"lincoln": site}))
    assert await forget(school, account="@assistant") == ({"authors": 1}, ())


async def test_nobody_deletes_their_own_and_strangers_nothing(school: School) -> None:
    await school.flagged()
    wrong: tuple[dict[str, Any], ...] = (
        {"account": "@principal"},
        {"person": "coach"},
        {"reason": " "},
        {"place": replace(ROOM.ref, workspace="elsewhere")},
    )
    for parts in wrong:
        with pytest.raises(EvidenceError):
            await forget(school, **parts)
