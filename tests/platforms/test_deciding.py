"""What people decide with buttons and forms, and who may."""

from __future__ import annotations

from bot.interface.texts import say, text
from bot.platform.capabilities import Capability
from tests.platforms.behaviours import lacks, needs
from tests.platforms.school import School
from tests.platforms.seen import Answer, SeenCard
from tests.platforms.stage import Stage

HIGH = "I could kill you"
CRITICAL = "I will bring a gun to school"
REASON = "It threatens a student of this class."


async def a_case(stage: Stage, words: str = HIGH) -> SeenCard:
    """Have a case opened, and return the administrator's card."""
    await stage.say("student", "class", words)
    return await stage.card("principal")


def words_of(key: str) -> str:
    """Return what the desk says, in English."""
    return say(text(key), "en")


async def test_acknowledging_updates_every_card_in_place(stage: Stage) -> None:
    """Somebody presses “I am on it” → every card of the case says who is on it, where it stood."""
    card = await a_case(stage, CRITICAL)
    above = await stage.card("director")
    answer = await stage.press("principal", "acknowledge", card)
    assert words_of("desk.acknowledged") in answer.words
    for standing in (card, above):
        shown = await stage.shows(standing, "Anita Morales is on it")
        assert "acknowledge" not in shown.buttons
        assert "confirm" in shown.buttons
    await stage.card("principal")
    await stage.card("director")


async def test_confirming_needs_a_rule_and_a_reason(stage: Stage) -> None:
    """Somebody confirms a flag → a form asks for rule and reason, and nothing is decided without them."""
    card = await a_case(stage)
    form = (await stage.press("principal", "confirm", card)).form
    assert {"rule", "reason"} <= form.required
    assert form.fields["rule"][0] == "threat"
    assert (await stage.submit("principal", form, {"rule": "threat", "reason": "  "})).refused
    assert (await stage.submit("principal", form, {"rule": "no such rule", "reason": REASON})).refused
    await stage.settled()
    assert "confirm" in stage.now(card).buttons
    await stage.submit("principal", form, {"rule": "threat", "reason": REASON})
    shown = await stage.shows(card, "Anita Morales confirmed it")
    assert "Possible threat" in shown.everything
    assert REASON not in shown.everything
    assert "confirm" not in shown.buttons
    assert "dismiss" not in shown.buttons


async def test_dismissing_needs_a_reason(stage: Stage) -> None:
    """Somebody dismisses a flag → a form asks for the reason; the card then says so and offers nothing more."""
    card = await a_case(stage)
    form = (await stage.press("principal", "dismiss", card)).form
    assert "reason" in form.required
    assert (await stage.submit("principal", form, {"reason": ""})).refused
    await stage.submit("principal", form, {"reason": "A line from the play that the class reads."})
    shown = await stage.shows(card, "Anita Morales dismissed it")
    assert shown.buttons == ("case",)
    assert words_of("queue.empty") in (await stage.command("principal", "queue")).words


async def test_who_lost_the_role_is_refused_at_the_press(empty_stage: Stage) -> None:
    """Somebody who has lost the role presses a button on an old card → one kind sentence, and nothing happens."""
    stage = empty_stage
    await stage.open(School(ladder=("assistant",)))
    await stage.watched()
    await stage.say("student", "class", HIGH)
    card = await stage.card("assistant")
    await stage.change(School(ladder=("assistant",), designees=()))
    for verb in ("acknowledge", "confirm", "dismiss", "removal"):
        assert words_of("desk.not_yours") in (await stage.press("assistant", verb, card)).words
    await stage.settled()
    assert "is on it" not in stage.now(card).everything


async def test_who_loses_the_role_meanwhile_is_refused_at_submit(empty_stage: Stage) -> None:
    """Somebody loses the role while a form is open → sending it is refused kindly, and nothing is decided."""
    stage = empty_stage
    await stage.open(School(ladder=("assistant",)))
    await stage.watched()
    await stage.say("student", "class", HIGH)
    card = await stage.card("assistant")
    form = (await stage.press("assistant", "confirm", card)).form
    await stage.change(School(ladder=("assistant",), designees=()))
    answer = await stage.submit("assistant", form, {"rule": "threat", "reason": REASON})
    assert words_of("desk.not_yours") in answer.words
    await stage.settled()
    assert "confirmed" not in stage.now(card).everything


async def test_who_may_only_read_along_is_refused(empty_stage: Stage) -> None:
    """A teacher presses a button on a card in the shared alert channel → one kind sentence, and nothing happens."""
    stage = empty_stage
    await stage.open(School(shares_alerts=True))
    await stage.watched()
    await stage.say("student", "class", HIGH)
    (card,) = await stage.until(lambda: stage.cards_in("office"), "the shared card")
    assert words_of("desk.not_yours") in (await stage.press("teacher", "acknowledge", card)).words
    assert words_of("desk.not_yours") in (await stage.press("teacher", "dismiss", card)).words
    await stage.press("assistant", "acknowledge", card)
    assert "Marcus Bell" in (await stage.shows(card, "is on it")).everything


async def test_only_the_administrator_permits_evidence(empty_stage: Stage) -> None:
    """Somebody else presses “Permit evidence” on a shared card → only the administrator may, and it stays shut."""
    stage = empty_stage
    await stage.open(School(permission="per_case", shares_alerts=True))
    await stage.watched()
    await stage.say("student", "class", HIGH)
    (card,) = await stage.until(lambda: stage.cards_in("office"), "the shared card")
    assert words_of("desk.administrator_only") in (await stage.press("assistant", "permit", card)).words
    await stage.settled()
    assert stage.now(card).quote is None


async def test_of_two_people_the_second_is_told(stage: Stage) -> None:
    """Two people decide the same case → the first decision stands, the second person is told so."""
    card = await a_case(stage, CRITICAL)
    above = await stage.card("director")
    form = (await stage.press("director", "dismiss", above)).form
    await stage.decide("principal", "confirm", card, rule="threat", reason=REASON)
    answer = await stage.submit("director", form, {"reason": "A joke."})
    assert words_of("desk.decided") in answer.words
    assert "dismissed" not in (await stage.shows(above, "Anita Morales confirmed it")).everything


async def test_escalating_tells_the_next_above(stage: Stage) -> None:
    """Somebody hands a critical case up → the next person above gets a card, and every card says so."""
    card = await a_case(stage, CRITICAL)
    await stage.nothing_for("safety")
    await stage.press("principal", "escalate", card)
    assert "handed this up" in (await stage.card("safety")).everything
    assert "escalate" not in (await stage.shows(card, "handed this up")).buttons


@needs(Capability.REMOVE_COMMENT)
async def test_a_removal_removes_the_comment(stage: Stage) -> None:
    """Somebody asks for removal, with rule and reason → the comment goes, the card says so, the evidence stays."""
    ref = await stage.say("student", "class", HIGH)
    card = await stage.card("principal")
    assert stage.stands(ref)
    await stage.decide("principal", "removal", card, rule="threat", reason=REASON)
    await stage.until(lambda: not stage.stands(ref), "the comment to go")
    shown = await stage.shows(card, "The comment was removed")
    assert shown.quote == HIGH
    assert "Anita Morales decided" in shown.everything
    assert "removal" not in shown.buttons


@lacks(Capability.REMOVE_COMMENT)
async def test_where_it_cannot_remove_it_says_what_to_do_by_hand(stage: Stage) -> None:
    """Somebody asks for removal where the bot may not → the card says that a person must remove it, and where."""
    ref = await stage.say("student", "class", HIGH)
    card = await stage.card("principal")
    answer = await stage.decide("principal", "removal", card, rule="threat", reason=REASON)
    assert words_of("desk.by_hand") in answer.words
    await stage.shows(card, words_of("alert.by_hand"))
    assert stage.stands(ref)


async def test_nothing_is_removed_without_a_person(stage: Stage) -> None:
    """The worst of comments is flagged → it stays until a person asks for removal, with rule and reason."""
    ref = await stage.say("student", "class", CRITICAL)
    card = await stage.card("principal")
    form = (await stage.press("principal", "removal", card)).form
    assert {"rule", "reason"} <= form.required
    await stage.press("principal", "acknowledge", card)
    await stage.shows(card, "is on it")
    assert stage.stands(ref)


async def test_a_threat_goes_its_way_to_a_closed_case(stage: Stage) -> None:
    """Somebody works on a critical case → calls, decision, steps, number, closing: on every card, or in its view."""
    await stage.say("student", "class", CRITICAL)
    card = await stage.card("principal")
    assert words_of("case.claimed") in (await open_case(stage, card, "claim")).words
    called = {"agency": "laspd", "when": "today, 10:15", "spoke": "They are on their way."}
    await stage.decide("principal", "called", card, **called)
    shown = await stage.shows(card, "Anita Morales confirmed on")
    assert "called" not in shown.buttons
    await stage.decide("principal", "confirm", card, rule="threat", reason=REASON)
    view = (await stage.press("principal", "case", card)).said
    assert words_of("case.status.action_taken") in view.everything
    form = (await open_case(stage, card, "check")).form
    assert form.fields["step"][0] == "A"
    await stage.submit("principal", form, {"step": "A"})
    form = (await open_case(stage, card, "close")).form
    assert words_of("case.number_or_why") in (await stage.submit("principal", form, {"reason": REASON})).words
    form = (await open_case(stage, card, "close")).form
    await stage.submit("principal", form, {"reason": REASON, "number": "I-4711"})
    assert "closed the case" in (await stage.shows(card, "closed the case")).everything
    view = (await stage.press("principal", "case", card)).said
    assert words_of("case.status.closed") in view.everything
    assert "ticked step A" in view.everything


async def test_an_appeal_is_decided_by_somebody_else(stage: Stage) -> None:
    """A decision is appealed → another decider gets the card; whoever decided first may not decide again."""
    card = await a_case(stage)
    await stage.decide("principal", "confirm", card, rule="bullying", reason=REASON)
    form = (await open_case(stage, card, "appeal")).form
    await stage.submit("principal", form, {"reason": "Their family asked for it."})
    second = await stage.card("assistant")
    form = (await open_case(stage, second, "judge", "assistant")).form
    await stage.submit("assistant", form, {"outcome": "reversed", "reason": "A line from the play."})
    assert "Marcus Bell decided the appeal" in (await stage.shows(card, "decided the appeal")).everything


@needs(Capability.TIME_OUT_MEMBER)
async def test_a_time_out_is_a_persons_decision(stage: Stage) -> None:
    """Somebody decides on a time-out, with rule and reason → the author cannot write, and the card says since when."""
    card = await a_case(stage)
    await stage.decide("principal", "confirm", card, rule="threat", reason=REASON)
    form = (await open_case(stage, card, "time_out")).form
    assert {"hours", "rule", "reason"} <= form.required
    await stage.submit("principal", form, {"hours": "1", "rule": "threat", "reason": REASON})
    await stage.shows(card, "cannot write for a while")


async def open_case(stage: Stage, card: SeenCard, verb: str, person: str = "principal") -> Answer:
    """Open the case behind a card, and press a button of its view."""
    view = (await stage.press(person, "case", card)).said
    return await stage.press(person, verb, view)
