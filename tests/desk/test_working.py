"""A case from its flag to its end: whose it is, notes, steps, calls, follow-ups, consequences, appeals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.cases import EventKind
from bot.domain.categories import Category, Severity
from bot.domain.comments import Author
from bot.domain.custody import Act
from bot.interface.cards import Verb
from bot.platform.capabilities import Capability
from bot.store import schema
from tests.alerts.school import PACK, THREAT, School, judged, verbs, words
from tests.platforms.recorder import Recorder
from tests.store.examples import NOON, comment

CONFIRM = {"rule": "threat", "reason": "It announces harm."}
CALLED = {"agency": "laspd", "when": "today, 10:15", "spoke": "Officer Canary took it down."}


async def opened_form(school: School, person: str, verb: Verb, case: object) -> str:
    """Press a button and return the form that it opened."""
    count = len(school.discord.forms)
    await school.press(person, verb, case)  # type: ignore[arg-type]
    assert len(school.discord.forms) == count + 1, school.answer()
    return school.discord.forms[-1][1].name


async def test_a_threat_from_its_card_to_a_closed_case(school: School) -> None:
    case = await school.flagged(THREAT, author=Author("77", "Pat"), mentions=("@teacher",))
    card = school.cards("principal")[0]
    assert {Verb.CALLED, Verb.CASE, Verb.ESCALATE} <= verbs(card)
    assert "911" in words(card)
    assert "(213) 625-6631" in words(card)
    await school.press("principal", Verb.CLAIM, case)
    assert "The case is yours" in school.answer()
    assert await opened_form(school, "principal", Verb.CALLED, case) == "called"
    await school.submit("principal", "called", case.hex, **CALLED)
    await school.submit("principal", "confirm", case.hex, **CONFIRM)
    await school.submit("principal", "check", case.hex, step="A")
    await school.submit("principal", "follow_up", case.hex, days="7")
    await school.press("principal", Verb.CLOSE, case)
    assert "cannot be done" in school.answer(), "somebody is still to look again"
    await school.submit("principal", "looked", case.hex, seen="stopped")
    await school.submit("principal", "close", case.hex, reason="It has stopped.")
    assert "incident's number" in school.answer()
    await school.submit("principal", "close", case.hex, reason="It has stopped.", number="I-canary-7")
    assert "The case is closed" in school.answer()
    await school.settle()
    kinds = await school.events(case)
    assert kinds == [
        "claimed", "called", "confirmed", "ticked", "follow_up", "looked_again", "incident", "closed",
    ]  # fmt: skip
    assert "Los Angeles School Police" in words(school.cards("principal")[0])
    for table in schema.metadata.sorted_tables:
        assert "canary" not in repr(await school.rows(table)).lower(), table.name


async def test_the_view_shows_how_it_stands_and_what_is_left(school: School) -> None:
    case = await school.flagged(THREAT)
    await school.submit("principal", "check", case.hex, step="B", note="I spoke with them.")
    await school.press("principal", Verb.CASE, case)
    said = school.answer()
    assert f"Case {case.hex[:8]}" in said
    assert "Ana Pryce ticked step B" in said
    assert "confirm first whom you called" in said
    assert "A. Make the campus safe" in said
    assert "Protocol, done\nB" in said
    assert "has still to fill in its steps" in said
    for language in ("en", "es"):
        await school.command("principal", "case", said=case.hex[:8], language=language)
        assert case.hex[:8] in school.answer(language)
    await school.press("principal", Verb.NOTES, case)
    assert "Ana Pryce: I spoke with them." in school.answer()


async def test_a_case_is_found_by_code_receipt_and_link_and_by_nobody_who_may_not_know(school: School) -> None:
    link = "https://chat.example.org/900/12/1?x=(1)"
    case = await school.flagged(permalink=link)
    await school.command("reporter", "report", comment(1))
    await school.submit("reporter", "report", school.discord.forms[-1][1].token, what="it hurts")
    receipt = next(line for line in school.answer().splitlines() if line.startswith("R-"))
    for named in (case.hex[:8], case.hex, f"{case.hex[:8]}".upper(), receipt, receipt.lower(), link):
        await school.command("principal", "case", said=named)
        assert f"Case {case.hex[:8]}" in school.answer(), named
    await school.command("principal", "case")
    assert school.discord.forms[-1][1].name == "case"
    await school.submit("principal", "case", "case", code=link)
    assert f"Case {case.hex[:8]}" in school.answer()
    for strange in ("", "%", "'; DROP TABLE flags", "00000000", "https://", "R-AAAAAA", "x" * 5000):
        await school.submit("principal", "case", "case", code=strange)
        assert "not here any more" in school.answer()
    about = await school.flagged(author=Author("@principal"), permalink="https://chat.example.org/hidden")
    for named in (about.hex[:8], "https://chat.example.org/hidden"):
        await school.command("principal", "case", said=named)
        assert "not here any more" in school.answer()
    await school.command("teacher", "case", said=case.hex[:8])
    assert "for the people who look after" in school.answer()


async def test_the_queue_filters_and_opens_what_it_lists(school: School) -> None:
    case, critical = await school.flagged(), await school.flagged(THREAT)
    await school.press("principal", Verb.CLAIM, case)
    for chosen, listed in {
        "all": {case, critical}, "mine": {case}, "critical": {critical}, "reported": set(), "appeals": set(),
        "unread": set(), "follow_up": set(), "no such filter": {case, critical},
    }.items():  # fmt: skip
        await school.submit("principal", "queue", "queue", show=chosen)
        found = {one for one in (case, critical) if one.hex[:8] in school.answer()}
        assert found == listed, chosen
    await school.command("principal", "queue")
    await school.press("principal", Verb.CHOOSE, case)
    form = school.discord.forms[-1][1]
    which = next(field for field in form.fields if field.name == "which")
    assert {choice.value for choice in which.choices} == {case.hex, critical.hex}
    await school.submit("principal", "queue", "queue", which=critical.hex)
    assert f"Case {critical.hex[:8]}" in school.answer()


async def test_a_case_is_handed_only_to_somebody_who_may_decide_and_they_are_told(school: School) -> None:
    case = await school.flagged(author=Author("@assistant"))
    assert await opened_form(school, "principal", Verb.HAND_OVER, case) == "hand_over"
    offered = {choice.value for choice in school.discord.forms[-1][1].fields[0].choices}
    assert offered == {"local-district", "safety-office"}
    for wrong in ("assistant", "teacher", "nobody", ""):
        await school.submit("principal", "hand_over", case.hex, to=wrong)
        assert "may not decide on this case" in school.answer()
    await school.submit("principal", "hand_over", case.hex, to="safety-office", note="Please take it.")
    await school.settle()
    assert "Ana Pryce gave the case to Sam Keeper" in words(school.cards("safety-office")[0])
    await school.submit("safety-office", "queue", "queue", show="mine")
    assert case.hex[:8] in school.answer()


async def test_a_critical_case_is_answered_only_by_a_confirmed_call(school: School) -> None:
    case = await school.flagged(THREAT, author=Author("@coach"))
    await school.press("principal", Verb.ACKNOWLEDGE, case)
    assert school.told() == ["principal"]
    await school.settle(minutes=31)
    assert "assistant" in school.told(), "acknowledging alone does not stop the ladder"
    await school.submit("assistant", "called", case.hex, agency="nobody", when="now")
    assert "why nobody had to be called" in school.answer()
    await school.submit("assistant", "called", case.hex, **CALLED)
    await school.settle(minutes=31)
    await school.settle(minutes=300)
    assert set(school.told()) == {"principal", "assistant"}
    assert Verb.CALLED not in verbs(school.cards("principal")[0])


async def test_no_agency_is_ever_written_to(school: School) -> None:
    case = await school.flagged(THREAT)
    await school.submit("principal", "called", case.hex, **CALLED)
    await school.settle(minutes=600)
    known = {f"@{key}" for key in school.roster.people}
    assert {shown.to.person for shown in school.all()} <= known


async def test_the_first_decider_cannot_decide_the_appeal(school: School) -> None:
    case = await school.flagged()
    await school.submit("principal", "confirm", case.hex, rule="harassment", reason="It goes after a person.")
    await school.submit("principal", "appeal", case.hex, reason="Their mother wrote to us.")
    await school.settle()
    assert "assistant" in school.told()
    for verb in (Verb.JUDGE, Verb.CLAIM):
        await school.press("principal", verb, case)
        assert "decided this case before" in school.answer()
    await school.submit("principal", "judge", case.hex, outcome="upheld", reason="I was right.")
    assert "decided this case before" in school.answer()
    await school.command("principal", "queue")
    assert case.hex[:8] not in school.answer()
    await school.command("assistant", "queue")
    assert case.hex[:8] in school.answer()
    await school.submit("assistant", "judge", case.hex, outcome="reversed", reason="A quotation from the play.")
    await school.settle()
    assert (await school.events(case))[-1] == "reversed"
    assert "the decision was wrong" in words(school.cards("principal")[0])
    await school.submit("local-district", "appeal", case.hex, reason="Again.")
    await school.submit("assistant", "judge", case.hex, outcome="upheld", reason="I was right.")
    assert "decided this case before" in school.answer()
    await school.submit("local-district", "judge", case.hex, outcome="reversed", reason="Harm after all.")
    assert "choose a rule" in school.answer(), "a dismissal is reversed under a rule"
    await school.submit("local-district", "judge", case.hex, outcome="reversed", reason="Harm.", rule="threat")
    stands = await school.book.read(case)
    assert stands is not None
    assert str(stands.status) == "action_taken"


async def test_where_the_platform_can_a_member_is_timed_out_or_leaves_with_the_rule_named(school: School) -> None:
    able = (Capability.REMOVE_COMMENT, Capability.TIME_OUT_MEMBER, Capability.REMOVE_MEMBER)
    school.discord = Recorder("discord", *able)
    await school.open()
    case = await school.flagged(author=Author("77"))
    await school.press("principal", Verb.TIME_OUT, case)
    assert "confirm the flag first" in school.answer()
    await school.submit("principal", "confirm", case.hex, **CONFIRM)
    assert await opened_form(school, "principal", Verb.TIME_OUT, case) == "time_out"
    for values in ({}, {"hours": "24"}, {"hours": "24", "rule": "threat"}, {"hours": "9", **CONFIRM}):
        await school.submit("principal", "time_out", case.hex, **values)
    await school.settle()
    assert school.discord.timed_out == []
    await school.submit("principal", "time_out", case.hex, hours="24", **CONFIRM)
    await school.submit("principal", "remove_member", case.hex, **CONFIRM)
    await school.settle()
    ((person, span, why),) = school.discord.timed_out
    assert (person, span) == ("77", timedelta(hours=24))
    assert "under the rule “threat”" in why
    assert [person for person, _ in school.discord.taken_out] == ["77"]
    assert "cannot write for a while" in words(school.cards("principal")[0])


async def test_where_the_platform_cannot_the_card_says_by_hand(school: School) -> None:
    case = await school.flagged(author=Author("77"))
    await school.submit("principal", "confirm", case.hex, **CONFIRM)
    await school.submit("principal", "time_out", case.hex, hours="1", **CONFIRM)
    assert "do it by hand" in school.answer()
    await school.settle()
    assert "cannot time the author out here" in words(school.cards("principal")[0])
    assert (await school.events(case))[-1] == "time_out_failed"


async def test_an_author_gets_a_kind_note_that_names_nobody(school: School) -> None:
    case = await school.flagged(author=Author("77", "Pat"))
    await school.submit("principal", "confirm", case.hex, rule="harassment", reason="secret reason")
    await school.submit("principal", "author_note", case.hex, reason="A first time; they are young.")
    await school.settle()
    (note,) = [shown.card for shown in school.all() if shown.to.person == "77"]
    assert "kind note" in words(note)
    for hidden in ("Ana Pryce", "secret reason", "they are young", "bad words", "report"):
        assert hidden not in words(note)
    assert (await school.events(case))[-1] == "author_told"


async def test_a_reminder_comes_on_its_day_to_whose_case_it_is(school: School) -> None:
    case = await school.flagged(author=Author("77"))
    await school.press("assistant", Verb.CLAIM, case)
    await school.submit("assistant", "confirm", case.hex, **CONFIRM)
    await school.submit("assistant", "follow_up", case.hex, days="3", note="")
    await school.settle(minutes=2 * 24 * 60)
    before = len(school.cards("assistant"))
    await school.settle(minutes=29 * 60)
    reminder = school.cards("assistant")[-1]
    assert len(school.cards("assistant")) == before + 1
    assert verbs(reminder) == {Verb.LOOKED, Verb.CASE}
    assert (await school.events(case))[-1] == "reminded"


async def test_who_reported_is_opened_with_a_reason_logged_and_told_to_the_administrator(school: School) -> None:
    case = await school.flagged()
    await school.command("canary-reporter", "report", comment(1))
    await school.submit("canary-reporter", "report", school.discord.forms[-1][1].token, what="it hurts")
    await school.press("assistant", Verb.CASE, case)
    assert "canary" not in school.answer()
    assert await opened_form(school, "assistant", Verb.REPORTER, case) == "reporter"
    await school.submit("assistant", "reporter", case.hex, reason="  ")
    assert "canary" not in school.answer()
    await school.submit("assistant", "reporter", case.hex, reason="The police asks.")
    assert "canary-reporter" in school.answer()
    rows = [row for row in await school.store.custody.of([case]) if row.act == Act.REPORTER_OPENED]
    assert [row.person for row in rows] == [school.store.custody.pseudonym("assistant")]
    await school.settle()
    assert any("Benito Soto opened who reported" in words(card) for card in school.cards("principal"))
    await school.submit("teacher", "reporter", case.hex, reason="I want to know.")
    assert "canary" not in school.answer()


@pytest.mark.parametrize("severity", [Severity.LOW, Severity.CRITICAL])
async def test_the_number_is_asked_for_where_the_pack_says_so(school: School, severity: Severity) -> None:
    case = await school.flagged(judged(severity, Category.DEROGATORY))
    await school.submit("principal", "called", case.hex, **CALLED)
    await school.submit("principal", "confirm", case.hex, rule="insult", reason="It is rude.")
    await school.press("principal", Verb.CLOSE, case)
    asked = {field.name for field in school.discord.forms[-1][1].fields}
    assert asked == ({"reason", "number", "without"} if severity is Severity.CRITICAL else {"reason"})
    await school.submit("principal", "close", case.hex, reason="Done.", without="The police has the number.")
    assert EventKind.CLOSED in await school.events(case)


async def test_repetition_is_linked_among_flagged_comments_of_the_same_person_alone(school: School) -> None:
    first = await school.flagged(author=Author("77"))
    other = await school.flagged(author=Author("78"))
    second = await school.flagged(author=Author("77"))
    await school.press("principal", Verb.CASE, second)
    assert f"Other cases: 1 ({first.hex[:8]})" in school.answer()
    assert other.hex[:8] not in school.answer()


def test_the_packs_protocol_has_a_step_for_the_number() -> None:
    assert {step.id for step in PACK.checklist.steps} == set("ABCDEFGHIJKL")
    assert NOON.tzinfo is not None
