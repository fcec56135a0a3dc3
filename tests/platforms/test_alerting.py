"""Who is told, where, and what the card shows."""

from __future__ import annotations

from bot.interface.texts import say, text
from tests.platforms.school import School
from tests.platforms.stage import Stage

MEDIUM = "what an idiot you are"
HIGH = "I could kill you"
CRITICAL = "I will bring a gun to school"
SEXUAL = "send me nudes or else"
BOUNDARY = "don't tell your parents, this stays our little secret"
EVERYBODY = ("principal", "assistant", "director", "safety", "teacher", "leader")


async def test_a_cruel_comment_reaches_the_administrator_once(stage: Stage) -> None:
    """A cruel comment is posted → one card for the administrator, with channel, reason, rule, link and buttons."""
    await stage.say("student", "class", HIGH)
    card = await stage.card("principal")
    assert "High" in card.title
    assert card.facts["Channel"] == "room-12"
    assert "Possible threat" in card.facts["Why"]
    assert card.facts["Rule"]
    assert card.link
    assert card.buttons == ("acknowledge", "confirm", "dismiss", "removal", "case")
    await stage.nothing_for("assistant", "director", "safety", "teacher", "leader")


async def test_the_card_is_in_the_administrators_language(empty_stage: Stage) -> None:
    """The administrator reads Spanish → the card is in Spanish."""
    await empty_stage.open(School(language="es"))
    await empty_stage.watched()
    await empty_stage.say("student", "class", HIGH)
    card = await empty_stage.card("principal")
    assert say(text("category.threat"), "es") in card.everything
    assert say(text("category.threat"), "en") not in card.everything


async def test_the_words_that_carried_it_are_marked(stage: Stage) -> None:
    """Permission stands → the card shows an excerpt, the words that carried the flag standing out."""
    await stage.say("student", "class", "yesterday was fine but idiot is what you are")
    card = await stage.card("principal")
    assert card.quote == "yesterday was fine but idiot is what you are"
    await stage.until(lambda: "yesterday" not in "".join(stage.now(card).marked), "the marks to be narrowed")
    assert "idiot" in "".join(stage.now(card).marked)


async def test_a_long_comment_is_shown_as_an_excerpt_around_what_matters(stage: Stage) -> None:
    """A long comment is flagged → at most 200 characters of it are shown, those around the words that carried it."""
    await stage.say("student", "class", f"{'so much homework ' * 40}you idiot {'and more of it ' * 40}")
    card = await stage.card("principal")
    await stage.until(lambda: "idiot" in (stage.now(card).quote or ""), "the excerpt to move to the words")
    shown = stage.now(card)
    assert len(shown.quote or "") <= 200
    assert "idiot" in "".join(shown.marked)


async def test_without_permission_no_word_is_shown(empty_stage: Stage) -> None:
    """No permission stands → no word of the comment on any card; the administrator may permit the evidence."""
    stage = empty_stage
    await stage.open(School(permission="per_case"))
    await stage.watched()
    await stage.say("student", "class", f"{CRITICAL} zanzibar")
    card, above = await stage.card("principal"), await stage.card("director")
    assert card.quote is None
    assert above.quote is None
    assert "zanzibar" not in card.everything + above.everything
    assert "permit" in card.buttons
    assert "permit" not in above.buttons


async def test_the_administrator_permits_the_evidence_of_one_case(empty_stage: Stage) -> None:
    """The administrator permits the evidence of a case → that case's cards show the excerpt, no other's do."""
    stage = empty_stage
    await stage.open(School(permission="per_case"))
    await stage.watched()
    await stage.say("student", "class", MEDIUM)
    card = await stage.card("principal")
    await stage.decide("principal", "permit", card, reason="Needed for the talk with the family.")
    shown = await stage.shows(card, "permitted the evidence")
    assert shown.quote == MEDIUM
    assert "permit" not in shown.buttons
    await stage.say("friend", "class", f"{MEDIUM} too")
    _, other = await stage.cards("principal", 2)
    assert other.quote is None


async def test_the_administrator_refuses_the_evidence_of_one_case(empty_stage: Stage) -> None:
    """The administrator refuses to have the evidence kept → it is destroyed unread, and the card asks no more."""
    stage = empty_stage
    await stage.open(School(permission="per_case"))
    await stage.watched()
    await stage.say("student", "class", MEDIUM)
    card = await stage.card("principal")
    answer = await stage.decide("principal", "permit", card, reason="A line of the school play.", refuse="yes")
    assert say(text("desk.refused"), "en") in answer.words
    await stage.until(lambda: "permit" not in stage.now(card).buttons, "a card that asks no more")
    assert stage.now(card).quote is None


async def test_low_and_medium_flags_reach_the_responsible_teacher_too(stage: Stage) -> None:
    """A flag is low or medium → the teacher responsible for the channel is told too, without the right to decide."""
    await stage.say("student", "class", MEDIUM)
    card = await stage.card("teacher")
    assert "Medium" in card.title
    assert card.buttons == ()
    assert "acknowledge" in (await stage.card("principal")).buttons
    await stage.nothing_for("assistant", "director", "safety", "leader")


async def test_a_critical_comment_by_an_unknown_account_reaches_the_supervisor_too(stage: Stage) -> None:
    """A critical comment comes from an account that the roster does not know → the supervisor is told as well."""
    await stage.say("student", "class", CRITICAL)
    for person in ("principal", "director"):
        assert "Critical" in (await stage.card(person)).title
    await stage.nothing_for("assistant", "safety", "teacher", "leader")


async def test_a_critical_comment_by_a_known_person_stays_on_the_ladder(stage: Stage) -> None:
    """A critical comment comes from somebody on the roster → the administrator is told, the supervisor not yet."""
    await stage.say("teacher", "class", CRITICAL)
    await stage.card("principal")
    await stage.nothing_for("director", "teacher")


async def test_a_critical_card_begins_with_the_emergency_line_and_shows_the_route(stage: Stage) -> None:
    """A flag is critical → its card begins with 911 and says whom to call, in order, to be verified before use."""
    await stage.say("student", "class", CRITICAL)
    card = await stage.card("principal")
    assert card.everything.startswith("Immediate danger: call 911. This is not an emergency service.")
    steps = [label for label in card.facts if label[0].isdigit()]
    assert steps == sorted(steps)
    assert len(steps) >= 3
    assert all("Verify before use" in card.facts[step] for step in steps)
    assert "escalate" in card.buttons


async def test_who_is_threatened_gets_a_safety_notice(stage: Stage) -> None:
    """A threat is aimed at somebody on the roster → that person is warned: no words, no link, nothing to decide."""
    await stage.say("student", "class", "Ms. Rivera I could kill you zanzibar")
    card = await stage.card("teacher")
    assert "threaten you" in card.title
    assert "zanzibar" not in card.everything
    assert (card.quote, card.link, card.buttons) == (None, None, ())
    assert "acknowledge" in (await stage.card("principal")).buttons


async def test_possible_sexual_content_shows_neither_link_nor_words(stage: Stage) -> None:
    """Sexual content is possible → the card shows neither link nor words nor preview, and says why."""
    await stage.say("student", "class", SEXUAL, attachments=("image",))
    card = await stage.card("principal")
    assert (card.quote, card.link) == (None, None)
    assert "nudes" not in card.everything
    assert say(text("alert.withheld"), "en") in card.lines
    queue = await stage.command("principal", "queue")
    assert "nudes" not in queue.words
    assert card.facts["Channel"] in queue.words


async def test_the_author_never_sees_the_case_about_themselves(stage: Stage) -> None:
    """The responsible teacher wrote it → the administrator is told, the teacher is not."""
    await stage.say("teacher", "class", MEDIUM)
    await stage.card("principal")
    await stage.nothing_for("teacher")


async def test_the_supervisor_takes_what_the_administrator_wrote(stage: Stage) -> None:
    """The administrator wrote it → the supervisor is told; for the administrator it is on no list and in no count."""
    await stage.say("principal", "class", MEDIUM)
    await stage.card("director")
    await stage.nothing_for("principal")
    assert (await stage.command("principal", "queue")).words.strip() == say(text("queue.empty"), "en")
    assert "Medium" in (await stage.command("director", "queue")).words


async def test_whom_a_boundary_flag_names_is_barred_until_someone_else_looked(stage: Stage) -> None:
    """A boundary or abuse flag names an adult → someone else is told, and the adult is not."""
    await stage.say("student", "class", f"Principal Morales wrote: {BOUNDARY}")
    await stage.card("director")
    await stage.nothing_for("principal")


async def test_alerts_are_shared_in_the_alert_channel(empty_stage: Stage) -> None:
    """The site has an alert channel that nobody barred can read → one card there, none to people directly."""
    stage = empty_stage
    await stage.open(School(shares_alerts=True))
    await stage.watched()
    await stage.say("student", "class", HIGH)
    await stage.until(lambda: stage.cards_in("office"), "a card in the alert channel")
    await stage.nothing_for(*EVERYBODY)
    assert len(stage.cards_in("office")) == 1


async def test_a_shared_channel_shows_nothing_about_its_own_readers(empty_stage: Stage) -> None:
    """Somebody who may be able to read the alert channel wrote it → the card goes to people directly."""
    stage = empty_stage
    await stage.open(School(shares_alerts=True))
    await stage.watched()
    await stage.say("teacher", "class", HIGH)
    await stage.card("principal")
    assert stage.cards_in("office") == []
    await stage.nothing_for("teacher")
