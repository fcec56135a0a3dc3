"""The desk: who may decide what, with which form, what everybody sees of it, and what stays sealed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.categories import Category, Severity
from bot.domain.comments import Author
from bot.errors import EvidenceError, StoreError
from bot.evidence.vault import Vault
from bot.interface.cards import Verb
from bot.interface.forms import FieldKind
from bot.store import schema
from tests.alerts.school import PACK, ROSTER, SITE, School, judged, verbs, words
from tests.platforms.recorder import Recorder
from tests.store.examples import ROOM, comment, unscored

FORMS = [(Verb.CONFIRM, "confirm"), (Verb.DISMISS, "dismiss"), (Verb.REMOVAL, "removal"), (Verb.PERMIT, "permit")]


@pytest.mark.parametrize(("verb", "form"), FORMS)
async def test_a_decision_is_a_form_opened_as_the_first_answer(school: School, verb: Verb, form: str) -> None:
    case = await school.flagged()
    await school.press("principal", verb, case)
    ((_, opened),) = school.discord.forms
    assert (opened.name, opened.token) == (form, case.hex)
    assert school.discord.answers == []
    rules = [field for field in opened.fields if field.kind is FieldKind.CHOICE]
    for field in rules:
        assert field.choices[0].value == "harassment", "the flag's own rule comes first"
        assert {choice.value for choice in field.choices} == {rule.id for rule in PACK.reasons()}
        assert len(field.choices) <= 25


async def test_forms_open_from_memory_while_the_database_is_away(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await school.flagged()

    async def away(*_: object) -> None:
        raise StoreError("The database is away.")

    monkeypatch.setattr(school.store.cases, "read", away)
    monkeypatch.setattr(school.store.registry, "read", away)
    school.clock.forward(hours=1)
    await school.press("principal", Verb.CONFIRM, case)
    assert len(school.discord.forms) == 1
    await school.submit("principal", "confirm", case.hex, rule="threat", reason="because")
    assert "Something went wrong on our side" in school.answer()


async def test_confirming_names_rule_and_person_and_seals_the_reason(school: School) -> None:
    case = await school.flagged()
    await school.submit("principal", "confirm", case.hex, rule="bullying", reason="canary reason", note="canary note")
    await school.settle()
    assert "Ana Pryce confirmed it on 2026-11-20 05:00: Possible bullying" in words(school.cards("principal")[0])
    assert verbs(school.cards("principal")[0]) == {Verb.REMOVAL, Verb.PERMIT, Verb.CASE}
    ((event, reason, note),) = await school.store.cases.reasons(case)
    assert (event.person, event.rule, reason, note) == ("principal", "bullying", "canary reason", "canary note")
    assert "canary" not in repr(await school.rows(schema.case_events)) + words(school.cards("principal")[0])


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("confirm", {"rule": "bullying", "reason": "  "}),
        ("confirm", {"rule": "no such rule", "reason": "because"}),
        ("confirm", {}),
        ("removal", {"reason": "because"}),
        ("dismiss", {"reason": ""}),
        ("permit", {}),
    ],
)
async def test_no_decision_without_rule_and_reason(school: School, form: str, values: dict[str, str]) -> None:
    case = await school.flagged()
    await school.submit("principal", form, case.hex, **values)
    assert "send it again" in school.answer()
    assert await school.events(case) == []


@pytest.mark.parametrize("who", ["teacher", "stranger", "77"])
async def test_whoever_may_not_decide_gets_one_kind_sentence(school: School, who: str) -> None:
    case = await school.flagged()
    for verb in (*dict(FORMS), Verb.ACKNOWLEDGE, Verb.ESCALATE, Verb.OPEN):
        await school.press(who, verb, case)
        assert "for other people to decide" in school.answer()
    for _, form in FORMS:
        await school.submit(who, form, case.hex, rule="threat", reason="because")
        assert "for other people to decide" in school.answer()
    assert (school.discord.forms, await school.events(case)) == ([], [])


async def test_a_role_that_was_lost_while_the_form_was_open_decides_nothing(school: School) -> None:
    case = await school.flagged()
    await school.press("assistant", Verb.CONFIRM, case)
    assert len(school.discord.forms) == 1
    await school.store.registry.replace(replace(ROSTER, sites={"lincoln": replace(SITE, designees=())}))
    await school.submit("assistant", "confirm", case.hex, rule="threat", reason="because")
    assert "for other people to decide" in school.answer()
    assert await school.events(case) == []


async def test_only_the_site_administrator_permits_evidence(school: School) -> None:
    case = await school.flagged()
    await school.press("assistant", Verb.PERMIT, case)
    await school.submit("assistant", "permit", case.hex, reason="because")
    assert "Only the site administrator" in school.answer()
    assert (school.discord.forms, await school.events(case)) == ([], [])


@pytest.mark.parametrize("held", [False, True])
async def test_a_refusal_destroys_what_is_sealed_unread_unless_a_hold_keeps_it(school: School, held: bool) -> None:
    case = await school.flagged()
    vault = Vault(school.store, school.book, school.clock)
    if held:
        await vault.hold(case, "assistant", "lawyers ask")
    await school.submit("principal", "permit", case.hex, reason="a line of the play", refuse="yes")
    assert ("A hold keeps" if held else "nobody read them") in school.answer()
    await school.settle()
    acts = [row.act for row in await school.rows(schema.custody)]
    assert acts == (["sealed", "held", "refused"] if held else ["sealed", "refused", "destroyed"])
    assert all((row.ciphertext is not None) is held for row in await school.rows(schema.snapshots))
    assert (Verb.PERMIT in verbs(school.cards("principal")[0])) is held
    with pytest.raises(EvidenceError):
        await vault.open(case, "principal", "to read it all the same")
    assert "permitted" not in await school.events(case)


async def test_evidence_that_was_permitted_is_not_refused_afterwards(school: School) -> None:
    case = await school.flagged()
    await school.submit("principal", "permit", case.hex, reason="to look into it")
    await school.submit("principal", "permit", case.hex, reason="or rather not", refuse="yes")
    assert all(row.ciphertext is not None for row in await school.rows(schema.snapshots))
    await school.submit("assistant", "permit", (await school.flagged(text="idiot two")).hex, reason="no", refuse="yes")
    assert "Only the site administrator" in school.answer()


async def test_of_two_who_decide_at_the_same_moment_one_is_told_that_the_other_was_faster(school: School) -> None:
    case = await school.flagged()
    await asyncio.gather(
        school.submit("principal", "confirm", case.hex, rule="threat", reason="because"),
        school.submit("assistant", "dismiss", case.hex, reason="because"),
    )
    assert len(await school.events(case)) == 1
    said = {words(card).strip() for _, card in school.discord.answers}
    assert "Recorded. Every card of this case shows it." in said
    assert len(said) == 2


async def test_a_decision_that_was_made_is_not_made_again(school: School) -> None:
    case = await school.flagged()
    await school.submit("principal", "dismiss", case.hex, reason="a quotation")
    for verb, form in FORMS[:3]:
        await school.press("assistant", verb, case)
        await school.submit("assistant", form, case.hex, rule="threat", reason="because")
        assert "cannot be done any more" in school.answer()
    assert await school.events(case) == ["dismissed"]


async def test_removal_is_a_persons_decision_carried_out_by_the_platform(school: School) -> None:
    case = await school.flagged(text="bad canary")
    await school.submit("principal", "removal", case.hex, rule="bullying", reason="canary reason")
    assert "being removed" in school.answer()
    await school.settle()
    ((ref, because),) = school.discord.removed
    assert ref == comment(1).ref
    assert "canary" not in because
    assert await school.events(case) == ["confirmed", "removal_asked", "removed"]
    await school.settle()
    assert "The comment was removed on" in words(school.cards("principal")[0])
    assert verbs(school.cards("principal")[0]) == {Verb.PERMIT, Verb.CASE}


async def test_removal_is_asked_for_once_and_a_case_that_came_back_is_confirmed_without_it(school: School) -> None:
    case = await school.flagged(judged(Severity.LOW, Category.DEROGATORY))
    await school.submit("principal", "removal", case.hex, rule="insult", reason="It is rude.")
    await school.settle()
    await school.submit("principal", "close", case.hex, reason="Done.")
    await school.submit("principal", "reopen", case.hex, reason="There is more to it.")
    await school.settle()
    before = await school.events(case)
    assert Verb.CONFIRM in verbs(school.cards("principal")[0])
    assert Verb.REMOVAL not in verbs(school.cards("principal")[0])
    await school.press("principal", Verb.CASE, case)
    assert Verb.REMOVAL not in verbs(school.discord.answers[-1][1])
    await school.press("principal", Verb.REMOVAL, case)
    assert "cannot be done any more" in school.answer()
    await school.submit("principal", "removal", case.hex, rule="threat", reason="It announces harm.")
    assert "cannot be done any more" in school.answer()
    assert await school.events(case) == before, "no half of it is taken"
    await school.submit("principal", "confirm", case.hex, rule="threat", reason="It announces harm.")
    await school.settle()
    assert school.cards("principal")[0].severity is Severity.CRITICAL
    assert "local-district" in school.told()


async def test_where_the_platform_cannot_remove_the_card_says_by_hand(school: School) -> None:
    school.discord = Recorder("discord")
    await school.open()
    case = await school.flagged()
    await school.submit("principal", "removal", case.hex, rule="bullying", reason="because")
    assert "by hand" in school.answer()
    await school.settle()
    await school.settle()
    assert await school.events(case) == ["confirmed", "removal_asked", "by_hand"]
    assert "remove the comment by hand" in words(school.cards("principal")[0])


async def test_without_a_sealed_copy_nothing_is_removed(school: School) -> None:
    case = await school.flagged()
    async with school.store._engine.begin() as connection:
        await connection.execute(schema.snapshots.update().values(wrapped_key=None, ciphertext=None))
    await school.submit("principal", "removal", case.hex, rule="bullying", reason="because")
    await school.settle()
    assert school.discord.removed == []
    assert (await school.events(case))[-1] == "by_hand"


async def test_a_critical_case_can_be_handed_up(school: School) -> None:
    case = await school.flagged(
        judged(Severity.CRITICAL, Category.SELF_HARM, rule="self_harm"), author=Author("@coach")
    )
    assert school.told() == ["principal"]
    await school.press("principal", Verb.ESCALATE, case)
    await school.settle()
    assert school.told() == ["principal", "local-district"]
    assert "handed this up" in words(school.cards("principal")[0])


async def test_the_queue_shows_what_the_asker_may_decide_and_nothing_else(school: School) -> None:
    await school.flagged(author=Author("@principal"), permalink="https://chat.example.org/about-principal")
    await school.flagged(permalink="https://chat.example.org/other")
    await school.store.record(replace(unscored(school.channel, comment("x")), at=school.clock()))
    await school.command("principal", "queue")
    assert "about-principal" not in school.answer()
    assert "https://chat.example.org/other" in school.answer()
    assert "Could not be read" in school.answer()
    assert "more" not in school.answer()
    await school.command("assistant", "queue")
    assert "about-principal" in school.answer()
    await school.command("teacher", "queue")
    assert "for the people who look after the channel" in school.answer()


@pytest.mark.parametrize("name", ["signoff", "register", "setup", "policy", "status", "queue"])
@pytest.mark.parametrize("language", ["en", "es"])
async def test_every_command_answers(school: School, name: str, language: str) -> None:
    await school.command("principal", name, language=language)
    assert len(school.answer(language)) > 10


async def test_policy_and_status_say_what_is_so(school: School) -> None:
    await school.command("77", "policy")
    assert "(213) 625-6631" in school.answer()
    assert "Verify before use" in school.answer()
    await school.command("teacher", "status")
    assert "watched over every day" in school.answer()
    await school.store.channels.save(replace(ROOM, site="lincoln", grades=None))
    await school.command("teacher", "status")
    assert "not watched over yet" in school.answer()
    assert "grade band" in school.answer()


async def test_a_strange_token_verb_or_form_is_answered_too(school: School) -> None:
    case = await school.flagged()
    await school.submit("principal", "no such form", case.hex, reason="x")
    await school.submit("principal", "confirm", "no token", rule="threat", reason="x")
    assert "not here any more" in school.answer()
    for verb in (Verb.SIGNOFF, Verb.APPROVE, Verb.NETIQUETTE):
        await school.press("principal", verb, case)
    assert len(school.discord.answers) == 5
    assert await school.events(case) == []


async def test_handle_never_raises_and_logs_no_words(
    school: School, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case = await school.flagged()

    async def broken(*_: object, **__: object) -> Any:
        raise ValueError("somebody said: canary")

    monkeypatch.setattr(school.discord, "open_form", broken)
    await school.press("principal", Verb.CONFIRM, case)
    assert "Something went wrong" in school.answer()
    monkeypatch.setattr(school.discord, "answer", broken)
    await school.press("principal", Verb.CONFIRM, case)
    assert "canary" not in caplog.text
    assert "ValueError" in caplog.text


async def test_the_accused_is_free_only_after_someone_else_has_reviewed(school: School) -> None:
    case = await school.flagged(
        judged(category=Category.BOUNDARY), comment(1, "my coach asked for my private number", mentions=("@principal",))
    )
    assert "principal" not in school.told()
    await school.press("principal", Verb.ACKNOWLEDGE, case)
    assert "for other people to decide" in school.answer()
    await school.submit("assistant", "dismiss", case.hex, reason="it was about the team list")
    await school.settle()
    assert "principal" not in school.told(), "whoever was barred is never sent the card"
    await school.command("principal", "queue")
    assert "Nothing waits" in school.answer()
