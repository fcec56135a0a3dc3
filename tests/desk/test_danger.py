"""Reports that announce danger, and cases that a person finds to be worse: told like a machine's flag of that kind."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bot.domain.categories import Category, Severity
from bot.domain.comments import Attachment, AttachmentKind, Author, ChannelRef, Comment, CommentRef
from bot.domain.custody import Act
from bot.domain.roster import EvidencePermission, LadderStep
from bot.interface.cards import Card, Verb
from bot.store import Store, schema
from tests.alerts.school import ROSTER, SITE, School, judged, verbs, words
from tests.store.examples import comment

GUN = "He says he will bring a gun tomorrow. Zanzibar."
CALLED = {"agency": "laspd", "when": "today, 10:15", "spoke": "Officer Vega"}
LADDER = (
    LadderStep("principal", timedelta(minutes=5), frozenset({Severity.CRITICAL})),
    LadderStep("assistant", timedelta(minutes=5), frozenset({Severity.CRITICAL})),
    LadderStep("principal", timedelta(minutes=30), frozenset({Severity.LOW, Severity.MEDIUM, Severity.HIGH})),
)
PLAIN: tuple[Attachment, ...] = ()
PICTURE = (Attachment(AttachmentKind.IMAGE, 2048),)


@pytest.fixture
async def fast(store: Store) -> School:
    """A school whose ladder gives critical cases five minutes, and evidence that may be read."""
    site = replace(SITE, ladder=LADDER, evidence_permission=EvidencePermission.STANDING)
    return await School(store, replace(ROSTER, sites={"lincoln": site})).open()


async def report(school: School, about: Comment | None, what: str, by: str = "reporter") -> UUID:
    await school.command(by, "report", about)
    await school.submit(by, "report", school.discord.forms[-1][1].token, what=what)
    assert "R-" in school.answer()
    await school.settle()
    rows = await school.rows(schema.reports)
    found: UUID = max(rows, key=lambda row: row.reported_at).flag_id
    return found


def alert(school: School, person: str) -> Card:
    """The case's own card before a person, not what reminds them of it."""
    return next(card for card in school.cards(person) if Verb.CASE in verbs(card))


def rung(school: School, person: str) -> int:
    return school.told().count(person)


async def test_a_report_of_a_gun_is_critical_at_once(school: School, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        case = await report(school, comment(1, "see you", attachments=PLAIN), GUN)
    card = alert(school, "principal")
    said = words(card)
    assert card.severity is Severity.CRITICAL
    assert said.startswith("Immediate danger: call 911")
    assert "(213) 625-6631" in said
    assert "What was reported may mean danger" in said
    assert "Something else" not in said
    assert {Verb.CALLED, Verb.ESCALATE, Verb.OPEN} <= verbs(card)
    assert "local-district" in school.told(), "nobody knows who wrote it"
    for language, emergency in (("en", "Immediate danger"), ("es", "Peligro inmediato")):
        await school.command("principal", "case", said=case.hex[:8], language=language)
        assert emergency in school.answer(language)
    await school.submit("principal", "queue", "queue", show="critical")
    assert case.hex[:8] in school.answer()
    for table in schema.metadata.sorted_tables:
        assert "zanzibar" not in repr(await school.rows(table)).lower(), table.name
    assert "zanzibar" not in caplog.text.lower()


async def test_a_report_without_a_comment_and_one_from_anywhere_are_heard_as_well(school: School) -> None:
    await report(school, None, GUN)
    assert alert(school, "principal").severity is Severity.CRITICAL
    assert alert(school, "principal").quote is None
    elsewhere = Comment(
        CommentRef(ChannelRef("discord", "900", "off"), "5"), "I will bring a gun tomorrow", Author("9")
    )
    await report(school, elsewhere, "look at this", by="other")
    assert [card.severity for card in school.cards("assistant") + school.cards("principal")].count(
        Severity.CRITICAL
    ) == 2


async def test_rude_words_in_a_report_make_nothing_worse(school: School) -> None:
    await report(school, comment(1), "He called me a stupid fucking idiot, he said I am a cow.")
    card = alert(school, "principal")
    assert "Someone reported a comment" in words(card)
    assert card.severity is Severity.MEDIUM
    assert card.urgent == ()


async def test_who_is_said_to_be_dangerous_is_not_told(school: School) -> None:
    await report(school, comment(1), "Ana Pryce says she will bring a gun tomorrow")
    assert "principal" not in school.told()
    assert alert(school, "local-district").severity is Severity.CRITICAL


async def test_it_cannot_be_closed_before_a_call_and_a_number(school: School) -> None:
    case = await report(school, comment(1), "look at this")
    await school.submit("principal", "confirm", case.hex, rule="threat", reason="It announces harm.")
    await school.submit("principal", "close", case.hex, reason="done")
    assert "confirm first whom you called" in school.answer()
    await school.submit("principal", "called", case.hex, **CALLED)
    await school.submit("principal", "close", case.hex, reason="done")
    assert "incident's number" in school.answer()
    await school.submit("principal", "close", case.hex, reason="done", number="I-7")
    assert (await school.events(case))[-2:] == ["incident", "closed"]


@pytest.mark.parametrize(
    ("rule", "office"), [("threat", "School Operations"), ("sexual", "enforcement"), ("self_harm", "Crisis")]
)
async def test_what_a_person_confirms_has_its_line_its_agencies_and_its_people(
    school: School, rule: str, office: str
) -> None:
    case = await school.flagged(judged(Severity.LOW, Category.DEROGATORY), mentions=("@teacher",))
    before = alert(school, "principal")
    assert before.urgent == ()
    await school.submit("principal", "confirm", case.hex, rule=rule, reason="It is worse.")
    await school.settle()
    card = alert(school, "principal")
    assert card.severity is Severity.CRITICAL
    assert "call 911" in words(card)
    assert office in words(card)
    assert Verb.CALLED in verbs(card)
    assert "local-district" in school.told(), "nobody knows who wrote it"
    assert ("may threaten you" in "".join(map(words, school.cards("teacher")))) is (rule == "threat")
    await school.press("principal", Verb.CASE, case)
    assert "call 911" in school.answer()
    await school.submit("principal", "called", case.hex, **CALLED)
    await school.settle()
    assert Verb.CALLED not in verbs(alert(school, "principal"))


async def test_an_appeal_that_ends_in_a_threat_is_told_too(school: School) -> None:
    case = await school.flagged(judged(Severity.LOW, Category.DEROGATORY))
    await school.submit("principal", "dismiss", case.hex, reason="fine")
    await school.submit("principal", "appeal", case.hex, reason="The family asks.")
    await school.submit("assistant", "judge", case.hex, outcome="reversed", rule="threat", reason="It is one.")
    await school.settle()
    assert alert(school, "principal").severity is Severity.CRITICAL
    assert "local-district" in school.told()


async def test_a_finding_that_does_not_stand_leaves_what_it_began_as(school: School) -> None:
    case = await report(school, comment(1), "look at this")
    await school.submit("principal", "confirm", case.hex, rule="threat", reason="a threat")
    await school.submit("principal", "appeal", case.hex, reason="The family asks.")
    await school.submit("assistant", "judge", case.hex, outcome="reversed", reason="A line from the play.")
    await school.settle(minutes=1)
    card = alert(school, "principal")
    assert card.severity is Severity.MEDIUM
    assert "911" not in words(card)


async def test_the_ladder_rings_until_somebody_confirms_the_call(fast: School) -> None:
    case = await report(fast, comment(1), "look at this")
    await fast.press("principal", Verb.ACKNOWLEDGE, case)
    await fast.settle(minutes=60)
    assert rung(fast, "assistant") == 0, "a report that somebody is on waits quietly"
    await fast.submit("principal", "confirm", case.hex, rule="threat", reason="a threat")
    await fast.settle()
    assert rung(fast, "assistant") == 0
    await fast.settle(minutes=6)
    assert rung(fast, "assistant") == 1, "five minutes, as for a critical flag"
    await fast.submit("assistant", "called", case.hex, **CALLED)
    told = len(fast.all())
    for _ in range(5):
        await fast.settle(minutes=60)
    assert len(fast.all()) == told
    assert (await fast.events(case)).count("climbed") == 1


async def test_a_report_of_danger_rings_a_case_that_somebody_has_already(fast: School) -> None:
    case = await fast.flagged(judged(Severity.MEDIUM), attachments=PLAIN)
    await fast.press("principal", Verb.ACKNOWLEDGE, case)
    await fast.settle(minutes=1)
    before = rung(fast, "principal")
    assert await report(fast, comment(1, "bad words"), GUN) == case
    assert rung(fast, "principal") == before + 1, "a card that is redrawn rings nowhere"
    assert alert(fast, "principal").severity is Severity.CRITICAL
    await fast.settle(minutes=6)
    assert rung(fast, "assistant") == 1


async def test_that_nobody_had_to_be_called_says_nothing_of_a_danger_that_is_reported_later(fast: School) -> None:
    case = await fast.flagged(judged(Severity.HIGH), attachments=PLAIN)
    await fast.submit("principal", "called", case.hex, agency="nobody", when="now", spoke="A quarrel, no danger.")
    await fast.submit("principal", "confirm", case.hex, rule="harassment", reason="It is unkind.")
    await fast.settle(minutes=1)
    before = rung(fast, "principal")
    assert await report(fast, comment(1, "bad words"), GUN) == case
    assert rung(fast, "principal") == before + 1
    assert Verb.CALLED in verbs(alert(fast, "principal"))
    await fast.settle(minutes=6)
    assert rung(fast, "assistant") == 1, "it climbs until a call is confirmed"
    await fast.submit("principal", "close", case.hex, reason="done", number="I-7")
    assert "confirm first whom you called" in fast.answer()
    await fast.submit("principal", "called", case.hex, **CALLED)
    await report(fast, comment(1, "bad words"), GUN, by="another")
    told = len(fast.all())
    for _ in range(5):
        await fast.settle(minutes=60)
    assert len(fast.all()) == told, "what is said again takes the call back from nobody"
    await fast.submit("principal", "close", case.hex, reason="done", number="I-7")
    assert (await fast.events(case))[-1] == "closed"


async def test_one_report_after_the_other_never_keeps_the_ladder_on_its_first_rung(fast: School) -> None:
    await fast.flagged(judged(Severity.MEDIUM))
    for number in range(8):
        await report(fast, comment(1, "bad words"), GUN, by=f"reporter {number}")
        await fast.settle(minutes=4)
    assert rung(fast, "assistant") >= 1
    assert rung(fast, "safety-office") >= 1
    reminders = [card for card in fast.cards("principal") if Verb.DISMISS not in verbs(card)]
    assert len(reminders) <= 6, "and never a flood"


async def test_a_finding_that_changes_nothing_rings_nobody(fast: School) -> None:
    case = await fast.flagged(judged(Severity.CRITICAL, Category.THREAT))
    await fast.submit("principal", "called", case.hex, **CALLED)
    await fast.submit("principal", "confirm", case.hex, rule="threat", reason="a threat")
    told = len(fast.all())
    for _ in range(4):
        await fast.settle(minutes=60)
    assert len(fast.all()) == told


@pytest.mark.parametrize("kind", [AttachmentKind.IMAGE, AttachmentKind.VIDEO, AttachmentKind.OTHER])
async def test_reported_pictures_have_neither_link_nor_excerpt_anywhere(fast: School, kind: AttachmentKind) -> None:
    case = await report(fast, comment(1, "canary words", attachments=(Attachment(kind, 9),)), "look at this")
    await fast.press("principal", Verb.CASE, case)
    view = fast.answer()
    await fast.command("principal", "queue")
    for said in (view, fast.answer(), *(words(shown.card) for shown in fast.all())):
        assert "canary" not in said
        assert "chat.example.org" not in said
    assert "Do not open, download or print images" in words(alert(fast, "principal"))
    opened = [row.act for row in await fast.rows(schema.custody) if row.act == Act.OPENED]
    assert opened == [], "what no card may show is not opened for one"


async def test_a_reported_comment_of_words_alone_can_be_read_on_its_card(fast: School) -> None:
    await report(fast, comment(1, "canary words", attachments=PLAIN), "look at this")
    card = alert(fast, "principal")
    assert card.quote is not None
    assert card.quote.text == "canary words"
    assert card.link == comment(1).permalink


async def test_a_picture_that_came_with_an_edit_takes_the_link_back(fast: School) -> None:
    await fast.flagged(judged(Severity.HIGH), text="canary words", attachments=PLAIN)
    assert alert(fast, "principal").link is not None
    await report(fast, comment(1, "canary words", revision="2", attachments=PICTURE), "now there is a picture")
    card = alert(fast, "principal")
    assert card.link is None
    assert "canary" not in words(card)


async def test_what_a_person_finds_to_be_sexual_is_withheld_from_then_on(fast: School) -> None:
    case = await report(fast, comment(1, "canary words", attachments=PLAIN), "look at this")
    assert "canary" in words(alert(fast, "principal"))
    await fast.submit("principal", "removal", case.hex, rule="sexual", reason="a sexual picture is behind it")
    await fast.settle()
    for shown in fast.all():
        assert "canary" not in words(shown.card)
        assert shown.card.link is None
    assert "Do not open, download or print images" in words(alert(fast, "principal"))


async def test_the_marks_of_a_reports_words_are_not_drawn_on_the_comment(fast: School) -> None:
    await report(fast, comment(1, "canary words that are rather long", attachments=PLAIN), GUN)
    quote = alert(fast, "principal").quote
    assert quote is not None
    assert quote.text == "canary words that are rather long"
    assert quote.marks == ()
