"""Records requests and deletion: what is handed out, what is hidden, what goes, and what stays with its reason."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.cases import CaseEvent, EventKind
from bot.domain.comments import Author
from bot.domain.custody import Act
from bot.errors import EvidenceError, UsageError
from bot.evidence.vault import Vault
from bot.records.export import Records, Request
from bot.records.forgetting import HELD, OPEN, REPORTED_ON, Forgetting
from bot.records.notices import RecordsNotices
from bot.store import schema
from bot.store.cases import NewEvent
from tests.alerts.school import School, words
from tests.desk.test_reporting import report
from tests.evidence.conftest import stand
from tests.records.test_retention import happen
from tests.store.examples import ROOM, comment

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
