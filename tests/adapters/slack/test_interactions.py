"""What people do with the bot: acknowledged in time, answered where they are, in their language, once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from adapters.slack import exchanges, interactions
from bot.domain.categories import Severity
from bot.errors import PlatformError
from bot.interface.cards import Button, Card, Quote, Verb
from bot.interface.commands import COMMANDS
from bot.interface.desk import said
from bot.interface.forms import dismiss_form, report_form
from bot.interface.texts import say, text
from bot.platform.events import ButtonPressed, CommandUsed, FormSubmitted
from bot.platform.protocol import Recipient
from tests.adapters.slack.conftest import School
from tests.adapters.slack.core import Asked, Core, at
from tests.platforms.slack.seeing import all_words
from tests.platforms.slack_server import At, SlackServer

THANKS = say(text("report.thanks"), "en")
CARD = Card(text("report.alert"), Severity.HIGH, buttons=(Button(Verb.ACKNOWLEDGE, "tok"), Button(Verb.DISMISS, "tok")))


def answering(core: Core, card: Card | None = None) -> Callable[[Asked], Awaitable[None]]:
    async def reply(event: Asked) -> None:
        await core.platform.answer(event.interaction, card or said("report.thanks"))

    return reply


def opening(core: Core) -> Callable[[Asked], Awaitable[None]]:
    async def reply(event: Asked) -> None:
        if isinstance(event, FormSubmitted):
            await core.platform.answer(event.interaction, said("report.thanks"))
        else:
            await core.platform.open_form(event.interaction, report_form("token-1"))

    return reply


async def delivered(core: Core, person: str, card: Card = CARD) -> At:
    delivery = await core.platform.deliver(card, Recipient(person=person), "en")
    return At(delivery.channel.partition(":")[2], delivery.message)


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
async def test_a_command_is_told_and_answered_to_the_person_alone(core: Core, school: School, command: str) -> None:
    core.reply = answering(core)
    done = await school.world.command(school.student, school.room, f"/guard-{command}", "now please")
    assert done.acknowledged is not None
    await core.until(lambda: school.world.seen_by(school.student))
    (event,) = core.asked
    assert isinstance(event, CommandUsed)
    assert (event.command, event.options) == (command, {"text": "now please"})
    assert (event.interaction.by.id, event.interaction.where) == (school.student, at(school.room))
    assert school.world.bot_messages(school.room) == []


async def test_a_report_goes_from_the_menu_to_the_receipt(each_core: Core, school: School) -> None:
    core, world = each_core, school.world
    core.reply = opening(core)
    post = world.post(school.student, school.room, "something cruel <b>")
    done = await world.shortcut(school.principal, post)
    await core.until(lambda: done.views)
    event = core.asked[0]
    assert isinstance(event, CommandUsed)
    assert event.command == "report"
    assert event.about is not None
    assert (event.about.ref.comment, event.about.text) == (post.ts, "something cruel <b>")
    assert done.view.content["title"]["text"] == say(text("form.report.title"), "es")
    values = {"what": "He is cruel to me.", "target": school.student, "unnamed": "yes"}
    sent = await world.submit(school.principal, done.view, values)
    submitted = core.asked[1]
    assert isinstance(submitted, FormSubmitted)
    assert (submitted.form, submitted.token) == ("report", "token-1")
    assert submitted.values == {**values, "removal": ""}
    assert submitted.interaction.where == at(school.room)
    assert sent.acknowledged is not None
    assert say(text("report.thanks"), "es") in all_words(sent.view.content["blocks"]), "the receipt takes its place"


async def test_a_report_works_where_the_bot_is_not(core: Core, school: School) -> None:
    core.reply = answering(core)
    post = school.world.post(school.student, school.boosters, "cruel")
    await school.world.shortcut(school.student, post)
    (seen,) = await core.until(lambda: school.world.seen_by(school.student))
    assert THANKS in all_words(seen.message["blocks"])


async def test_of_a_direct_message_nothing_is_taken_along(core: Core, school: School) -> None:
    core.reply = answering(core)
    await core.platform.deliver(CARD, Recipient(person=school.student), "en")
    direct = school.world.workspace.direct(school.student)
    await school.world.shortcut(school.student, At(direct.id, next(iter(direct.messages))))
    event = (await core.until(lambda: core.asked))[0]
    assert isinstance(event, CommandUsed)
    assert (event.about, event.interaction.where) == (None, None)


async def test_a_button_says_what_it_is_about(each_core: Core, school: School) -> None:
    each_core.reply = answering(each_core)
    place = await delivered(each_core, school.student)
    done = await school.world.press(school.student, place, "cg:acknowledge")
    await each_core.until(lambda: done.answers)
    (event,) = each_core.asked
    assert isinstance(event, ButtonPressed)
    assert (event.verb, event.token) == ("acknowledge", "tok")
    assert (done.answers[0]["response_type"], done.answers[0]["replace_original"]) == ("ephemeral", False)


async def test_a_button_that_repeats_carries_its_token(core: Core, school: School) -> None:
    core.reply = answering(core)
    card = Card(text("report.alert"), buttons=(Button(Verb.OPEN, "first"), Button(Verb.OPEN, "second")))
    await school.world.press(school.student, await delivered(core, school.student, card), "cg:open:second")
    event = (await core.until(lambda: core.asked))[0]
    assert isinstance(event, ButtonPressed)
    assert event.token == "second"


async def test_a_form_opens_on_a_button_and_again_where_something_lacks(core: Core, school: School) -> None:
    async def reply(event: Asked) -> None:
        await core.platform.open_form(event.interaction, dismiss_form("tok"))

    core.reply = reply
    done = await school.world.press(school.student, await delivered(core, school.student), "cg:dismiss")
    await core.until(lambda: done.views)
    again = await school.world.submit(school.student, done.view, {"reason": " \n "})
    assert done.view.errors.keys() == {"reason"}
    assert len(core.asked) == 1, "an empty answer does not reach the core"
    assert again.acknowledged is not None
    again = await school.world.submit(school.student, done.view, {"reason": "A play."})
    assert again.view.content["callback_id"] == "cg:form", "a form may answer a form"


async def test_a_form_sent_by_somebody_of_another_workspace_is_told_as_ours(core: Core, school: School) -> None:
    core.reply = opening(core)
    done = await school.world.command(school.student, school.room, "/guard-report")
    await core.until(lambda: done.views)
    school.world.workspace.users[school.student].home = "T0ELSEWHERE"
    sent = await school.world.submit(school.student, done.view, {"what": "words"})
    assert THANKS in all_words(sent.view.content["blocks"])
    assert core.asked[1].interaction.where == at(school.room)


async def test_a_slow_answer_takes_the_forms_place_later(
    core: Core, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactions, "ANSWER", 0.1)

    async def reply(event: Asked) -> None:
        if isinstance(event, FormSubmitted):
            await asyncio.sleep(0.5)
            await core.platform.answer(event.interaction, said("report.thanks"))
        else:
            await core.platform.open_form(event.interaction, report_form("t"))

    core.reply = reply
    done = await school.world.command(school.student, school.room, "/guard-report")
    await core.until(lambda: done.views)
    sent = await school.world.submit(school.student, done.view, {"what": "words"})
    assert sent.acknowledged is not None
    assert sent.acknowledged["view"]["callback_id"] == "cg:wait"
    await core.until(lambda: THANKS in all_words(sent.view.content["blocks"]))


async def test_who_has_closed_the_form_is_answered_directly(
    core: Core, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interactions, "ANSWER", 0.1)
    go_on = asyncio.Event()

    async def reply(event: Asked) -> None:
        if isinstance(event, FormSubmitted):
            await go_on.wait()
            await core.platform.answer(event.interaction, said("report.thanks"))
        else:
            await core.platform.open_form(event.interaction, report_form("t"))

    core.reply = reply
    done = await school.world.command(school.student, school.room, "/guard-report")
    await core.until(lambda: done.views)
    await school.world.submit(school.student, done.view, {"what": "words"})
    await school.world.close_view(school.student, done.view)
    go_on.set()
    (message,) = await core.until(lambda: school.world.direct_messages(school.student))
    assert THANKS in all_words(message["blocks"])


async def test_a_used_up_address_still_finds_the_person(core: Core, school: School, slack: SlackServer) -> None:
    slack.patience.response_url_uses = 0
    core.reply = answering(core)
    await school.world.command(school.student, school.room, "/guard-status")
    await core.until(lambda: school.world.seen_by(school.student))
    assert slack.called("chat.postEphemeral")
    await school.world.command(school.student, school.boosters, "/guard-status")
    await core.until(lambda: school.world.direct_messages(school.student))


async def test_a_press_on_the_home_page_is_answered_there(core: Core, school: School) -> None:
    core.reply = answering(core)
    await core.platform.show_home(school.principal, [CARD, CARD], "es")
    home = school.world.home(school.principal)
    assert home is not None
    done = await school.world.press(school.principal, home, "cg:acknowledge")
    await core.until(lambda: done.views)
    assert say(text("report.thanks"), "es") in all_words(done.view.content["blocks"])


async def test_nobody_waits_long_for_their_language(core: Core, school: School, slack: SlackServer) -> None:
    slack.faults.slow("users.info", times=1, seconds=3)
    core.reply = opening(core)
    done = await school.world.command(school.principal, school.room, "/guard-report")
    await core.until(lambda: done.views)
    assert done.view.content["title"]["text"] == say(text("form.report.title"), "en")


async def test_a_form_comes_in_time_or_not_at_all(
    core: Core, school: School, slack: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanges, "TRIGGER", 0.05)
    refused: list[str] = []

    async def reply(event: Asked) -> None:
        await asyncio.sleep(0.1)
        try:
            await core.platform.open_form(event.interaction, report_form("t"))
        except PlatformError as error:
            refused.append(str(error))

    core.reply = reply
    await school.world.command(school.student, school.room, "/guard-report")
    await core.until(lambda: refused)
    assert refused == ["The form came too late for Slack, which waits three seconds; please press again."]
    assert slack.called("views.open") == []


async def test_only_one_form_opens_for_one_press(core: Core, school: School) -> None:
    refused: list[str] = []

    async def reply(event: Asked) -> None:
        await core.platform.open_form(event.interaction, report_form("t"))
        try:
            await core.platform.open_form(event.interaction, report_form("t"))
        except PlatformError as error:
            refused.append(str(error))

    core.reply = reply
    await school.world.command(school.student, school.room, "/guard-report")
    await core.until(lambda: refused)


async def test_what_people_enter_is_told_as_it_is_and_shown_inert(core: Core, school: School) -> None:
    hostile = "<!channel> *b* <https://evil.example|x> :smile: &lt;"

    async def reply(event: Asked) -> None:
        if isinstance(event, FormSubmitted):
            card = Card(text("report.told"), quote=Quote(event.values["what"]))
            await core.platform.answer(event.interaction, card)
        else:
            await core.platform.open_form(event.interaction, report_form("t"))

    core.reply = reply
    done = await school.world.command(school.student, school.room, "/guard-report")
    await core.until(lambda: done.views)
    sent = await school.world.submit(school.student, done.view, {"what": hostile})
    assert hostile in all_words(sent.view.content["blocks"])


async def test_a_replayed_press_counts_once(http_core: Core, school: School, slack: SlackServer) -> None:
    http_core.reply = answering(http_core)
    await school.world.press(school.student, await delivered(http_core, school.student), "cg:acknowledge")
    (pressed,) = [one for one in slack.http.posted if "block_actions" in one.body]
    again = await slack.http.post(pressed.body, pressed.headers["Content-Type"], headers=pressed.headers)
    assert again.status == 200
    await http_core.settled()
    assert len(http_core.asked) == 1


async def test_an_answer_to_nobody_is_one_sentence(core: Core, school: School) -> None:
    core.reply = answering(core)
    await school.world.command(school.student, school.room, "/guard-status")
    interaction = (await core.until(lambda: core.asked))[0].interaction
    core.platform._exchanges._known.clear()
    with pytest.raises(PlatformError, match="too long ago"):
        await core.platform.answer(interaction, said("report.thanks"))


async def test_memory_of_exchanges_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanges, "MOST", 3)
    known = exchanges.Exchanges()
    handles = [known.begin(exchanges.Exchange(None, "U1", "en")) for _ in range(5)]  # type: ignore[arg-type]
    with pytest.raises(PlatformError):
        known.of(handles[1])
    assert known.of(handles[2]).user == "U1"
