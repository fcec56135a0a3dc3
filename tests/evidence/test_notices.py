"""Whatever reveals or destroys evidence is told in chat, to the first who may hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.alerts.errands import Errands
from bot.domain.comments import Author
from bot.errors import EvidenceError
from bot.evidence.notices import Notices
from bot.evidence.vault import Vault
from bot.interface.texts import catalogue
from bot.store import ErrandKind, schema
from tests.alerts.school import School, judged, words
from tests.evidence.conftest import stand
from tests.store.examples import comment


def errands(school: School, platforms: Mapping[str, Any] | None = None) -> Errands:
    given: Mapping[str, Any] = {"discord": school.discord} if platforms is None else platforms
    return Errands(school.store, school.clock, Notices(school.store, given, school.book, school.clock).carriers)


async def told(school: School) -> list[tuple[str, str]]:
    before = len(school.all())
    await errands(school).carry_out_due(school.clock())
    return [((shown.to.person or "").lstrip("@"), words(shown.card)) for shown in school.all()[before:]]


async def test_every_act_is_told_to_the_administrator(school: School, vault: Vault) -> None:
    await stand(school)
    case = await school.flag(text="bad secret words")
    await vault.open(case, "assistant", "to read it")
    await vault.hold(case, "assistant", "lawyers")
    await vault.release(case, "assistant", "no lawyers")
    await vault.destroy(case, "principal", "an idiom")
    found = sorted(await told(school), key=lambda one: one[1].split("number ")[1])
    assert [who for who, _ in found] == ["principal", "principal", "principal", "local-district"]
    for sentence, (_, said) in zip(
        ("opened the evidence", "set a hold", "lifted the hold", "had the evidence"), found, strict=True
    ):
        assert sentence in said
        assert "in chat" in said
        assert "secret" not in said
        assert "to read it" not in said
    assert "Benito Soto" in found[0][1]
    assert await told(school) == []


async def test_nobody_whom_the_case_may_be_about_is_told(school: School, vault: Vault) -> None:
    await stand(school)
    case = await school.flag(judged(), comment(1, "bad", author=Author("@principal", "Ana Pryce")))
    await vault.open(case, "local-district", "mine to look into")
    assert [who for who, _ in await told(school)] == ["local-district"]


async def test_who_refuses_evidence_is_not_the_one_who_hears_of_it(school: School, vault: Vault) -> None:
    case = await school.flag(text="bad words")
    await vault.refuse(case, "principal", "not to be kept")
    ((who, said),) = await told(school)
    assert who == "local-district"
    assert "Ana Pryce" in said


async def test_a_notice_that_reaches_nobody_waits(school: School, vault: Vault) -> None:
    await stand(school)
    case = await school.flag(text="bad words")
    await vault.open(case, "principal", "to read it")
    assert await errands(school, {}).carry_out_due(school.clock()) == 1
    (waiting,) = [row for row in await school.rows(schema.outbox) if row.kind == ErrandKind.NOTICE]
    assert waiting.done_at is None
    school.clock.forward(minutes=20)
    assert [who for who, _ in await told(school)] == ["principal"]


async def test_somebody_else_hears_of_it_where_the_first_takes_no_messages(school: School, vault: Vault) -> None:
    await stand(school)
    case = await school.flag(text="bad words")
    school.discord.refuses = {"@principal"}
    await vault.open(case, "assistant", "to read it")
    assert [who for who, _ in await told(school)] == ["local-district"]


async def test_what_failed_is_told_to_nobody(school: School, vault: Vault) -> None:
    case = await school.flag(text="bad words")
    with pytest.raises(EvidenceError):
        await vault.open(case, "principal", "not permitted")
    assert await told(school) == []


async def test_an_outbox_row_of_a_notice_holds_ids_only(school: School, vault: Vault) -> None:
    await stand(school)
    case = await school.flag(text="bad words")
    await vault.open(case, "principal", "zanzibarica")
    (row,) = [row for row in await school.rows(schema.outbox) if row.kind == ErrandKind.NOTICE]
    assert row.payload == {"case_id": str(case), "custody": "2"}


def test_both_languages_tell_of_every_act() -> None:
    for language in ("en", "es"):
        keys = [key for key in catalogue(language) if key.startswith("evidence.notice.")]
        assert len(keys) == 10
