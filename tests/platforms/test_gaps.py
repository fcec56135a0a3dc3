"""What happens when the line breaks, the bot stops, or a platform says things twice."""

from __future__ import annotations

from tests.platforms.stage import Stage

CRUEL = "what an idiot you are"


def times_read(stage: Stage, room: str) -> list[tuple[str, int]]:
    """Return how often each comment of a room was read."""
    query = (
        "SELECT screened.comment, count(*) FROM screened JOIN channels ON channels.id = screened.channel_id"
        " WHERE channels.channel = ? GROUP BY screened.comment"
    )
    return [(str(comment), int(count)) for comment, count in stage.bot.rows(query, stage.place.rooms[room])]


async def an_undelivered_alert(stage: Stage) -> None:
    """Have a comment flagged, and the line broken before its card could be delivered."""
    await stage.say("student", "class", CRUEL)
    await stage.line_down()
    await stage.until(lambda: stage.bot.rows("SELECT 1 FROM outbox WHERE attempts > 0 AND done_at IS NULL"), "a try")


async def test_what_is_said_during_an_outage_is_read_once(stage: Stage) -> None:
    """The line breaks, and 40 comments are posted meanwhile → once it is back every one is read, each once."""
    await stage.line_down()
    said = [await stage.say("student", "class", f"line number {number}") for number in range(39)]
    said.append(await stage.say("student", "class", CRUEL))
    assert not {ref.id for ref in said} & dict(times_read(stage, "class")).keys()
    await stage.line_up()
    for ref in said:
        await stage.read(ref)
    await stage.card("principal")
    read = dict(times_read(stage, "class"))
    assert {ref.id: read[ref.id] for ref in said} == {ref.id: 1 for ref in said}


async def test_an_edit_during_an_outage_is_read(stage: Stage) -> None:
    """A comment from before is edited into a cruel one while the line is broken → it is flagged once it is back."""
    ref = await stage.say("student", "class", "see you at three")
    await stage.read(ref)
    await stage.line_down()
    await stage.edit("student", ref, CRUEL)
    await stage.line_up()
    assert (await stage.card("principal")).quote == CRUEL


async def test_what_is_said_while_the_bot_is_stopped_is_read_once(stage: Stage) -> None:
    """The bot is stopped for a while → what was posted meanwhile is read once it runs again, each comment once."""
    await stage.stop_bot()
    said = [await stage.say("student", "class", f"line number {number}") for number in range(5)]
    await stage.say("student", "class", CRUEL)
    await stage.start_bot()
    await stage.card("principal")
    read = dict(times_read(stage, "class"))
    assert [read[ref.id] for ref in said] == [1] * len(said)


async def test_reading_history_again_makes_no_second_card(stage: Stage) -> None:
    """History is read again after a broken line and a restart → no comment is flagged twice, no card comes twice."""
    await stage.say("student", "class", CRUEL)
    card = await stage.card("principal")
    await stage.line_down()
    await stage.line_up()
    await stage.card("principal")
    await stage.restart_bot()
    assert (await stage.card("principal")).place == card.place


async def test_cards_and_buttons_survive_a_restart(stage: Stage) -> None:
    """The bot restarts → buttons of earlier cards still work, and those cards are updated where they stand."""
    await stage.say("student", "class", CRUEL)
    card = await stage.card("principal")
    await stage.restart_bot()
    await stage.press("principal", "acknowledge", card)
    await stage.shows(card, "is on it")
    await stage.restart_bot()
    await stage.decide("principal", "dismiss", card, reason="A line from the play.")
    shown = await stage.shows(card, "dismissed it")
    assert "is on it" in shown.everything
    await stage.card("principal")


async def test_an_alert_waits_for_the_line(stage: Stage) -> None:
    """The line breaks before an alert could be delivered → the alert arrives once the line is back."""
    await an_undelivered_alert(stage)
    assert stage.cards_of("principal") == []
    await stage.line_up()
    await stage.card("principal")


async def test_an_alert_found_at_the_start_is_delivered(stage: Stage) -> None:
    """The bot is stopped while it tries to deliver an alert → the next start delivers it at once."""
    await an_undelivered_alert(stage)
    await stage.restart_bot()
    await stage.card("principal")


async def test_many_at_once_are_each_told_once(stage: Stage) -> None:
    """Many cruel comments come at the same moment → each has its own card, once."""
    for number in range(12):
        await stage.say("student", "class", f"{CRUEL} {number}")
    cards = await stage.cards("principal", 12)
    assert sorted(card.quote or "" for card in cards) == sorted(f"{CRUEL} {number}" for number in range(12))
