"""Slack as a stage: the real slack-bolt on the local server, and what a person would see in Slack's own program."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from adapters.slack.platform import CAPABILITIES, Options, SlackPlatform
from adapters.slack.views import FORM, WAIT
from bot.platform.capabilities import Capability
from bot.platform.protocol import Platform
from tests.platforms.school import Place
from tests.platforms.seen import Answer, Ref, SeenCard, SeenForm
from tests.platforms.slack.campus import Campus
from tests.platforms.slack.cards import seen_card, seen_form
from tests.platforms.slack.seeing import buttons
from tests.platforms.slack.values import Json, View
from tests.platforms.slack_server import At, Ephemeral, Exchange, NotSentError, SlackServer
from tests.platforms.stage import Stage

MINUTE = 0.5
"""Seconds of the minute in which the bot counts its calls."""
PING = 2.0
"""Seconds between two looks at whether the connection still lives; a busy machine must answer within half of it."""

LOCALES = {"en": "en-US", "es": "es-US"}


class SlackStage(Stage):
    """What people do is done on the server at once; the bot hears of it over Socket Mode."""

    capabilities: ClassVar[frozenset[Capability]] = CAPABILITIES

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.slack = SlackServer()
        self.campus = Campus(self.slack)
        self.world = self.slack.world
        self._platform: SlackPlatform | None = None
        self._is_connected = False
        self._answers: dict[str, Ephemeral | View] = {}

    @property
    def place(self) -> Place:
        return self.campus.place

    # --- the bot ------------------------------------------------------------------------------------------------------

    async def start_bot(self) -> None:
        if self._platform is None:
            await self.slack.start()
        elif not self.slack.service.up:
            await self.slack.come_back()
        self._platform, self._is_connected = SlackPlatform(self.options()), True
        await self._platform.start()
        await super().start_bot()

    def options(self) -> Options:
        """Return how the bot reaches the server; its minute is short, because nobody waits for rates here."""
        return Options(self.slack.bot_token, self.slack.app_token, api_url=self.slack.api_url, minute=MINUTE, ping=PING)

    def connect(self) -> Platform:
        assert self._platform is not None
        return self._platform

    async def disconnect(self) -> None:
        assert self._platform is not None
        self._is_connected = False
        await self._platform.close()

    async def close(self) -> None:
        await super().close()
        if self._is_connected:
            await self.disconnect()
        await self.slack.close()

    # --- hands --------------------------------------------------------------------------------------------------------

    async def say(
        self, person: str, room: str, text: str, *, reply_to: Ref | None = None, attachments: tuple[str, ...] = ()
    ) -> Ref:
        thread = None if reply_to is None else self._at(reply_to)
        at = self.world.post(self._account(person), self.place.rooms[room], text, thread=thread, files=attachments)
        await self.slack.happenings.drained()
        return Ref(room, at.ts)

    async def edit(self, person: str, ref: Ref, text: str) -> None:
        self.world.edit(self._at(ref), text)
        await self.slack.happenings.drained()

    async def delete(self, person: str, ref: Ref) -> None:
        self.world.delete(self._at(ref))
        await self.slack.happenings.drained()

    def stands(self, ref: Ref) -> bool:
        return self.world.stands(self._at(ref))

    async def report(self, person: str, ref: Ref) -> Answer:
        return await self._answer(await self.world.shortcut(self._account(person), self._at(ref)))

    async def command(self, person: str, name: str, *, room: str = "families") -> Answer:
        done = await self.world.command(self._account(person), self.place.rooms[room], f"/guard-{name}")
        return await self._answer(done)

    async def press(self, person: str, verb: str, card: SeenCard) -> Answer:
        where, blocks = self._standing(card.place)
        ids = buttons(blocks)
        assert verb in ids, f"there is no button “{verb}” on the card, but: {card.buttons}"
        return await self._answer(await self.world.press(self._account(person), where, *ids[verb]))

    async def submit(self, person: str, form: SeenForm, values: Mapping[str, str]) -> Answer:
        view = self.world.workspace.views[form.handle]
        try:
            done = await self.world.submit(self._account(person), view, values)
        except NotSentError:
            return Answer(refused=True)
        return Answer(refused=True) if view.errors else await self._answer(done)

    async def line_down(self) -> None:
        await self.slack.go_down()

    async def line_up(self) -> None:
        await self.slack.come_back()

    # --- eyes ---------------------------------------------------------------------------------------------------------

    def cards_of(self, person: str) -> list[SeenCard]:
        account = self.place.accounts[person]
        return [self._seen(self.world.direct(account), one) for one in self.world.direct_messages(account)]

    def cards_in(self, room: str) -> list[SeenCard]:
        channel = self.place.rooms[room]
        return [self._seen(channel, one) for one in self.world.bot_messages(channel)]

    def pinned_in(self, room: str) -> list[str]:
        channel = self.place.rooms[room]
        return [f"{channel}:{ts}" for ts in self.world.workspace.channels[channel].pins]

    async def _answer(self, done: Exchange) -> Answer:
        """Wait for what came of an action: a form, a card in a form's place, or a card that the person alone sees."""
        assert done.acknowledged is not None, "Slack was not answered in time"
        await self.until(lambda: done.answers or any(map(_is_there, done.views)), "an answer")
        if not done.views:
            self._answers[done.trigger] = seen = self.world.seen_by(done.user)[-1]
            return Answer(self._seen(seen.channel, seen.message, done.trigger))
        view = done.view
        if view.content["callback_id"] == FORM:
            return Answer(opened=seen_form(view))
        self._answers[view.id] = view
        return Answer(seen_card(view.id, view.content["blocks"], self.world.workspace.address))

    def _seen(self, channel: str, message: Json, place: str = "") -> SeenCard:
        place = place or f"{channel}:{message['ts']}"
        return seen_card(place, message["blocks"], self.world.workspace.address, message["text"])

    def _standing(self, place: str) -> tuple[At | Ephemeral | View, list[Json]]:
        """Return where a card is, and its blocks as they stand now."""
        if (answer := self._answers.get(place)) is not None:
            return answer, answer.message["blocks"] if isinstance(answer, Ephemeral) else answer.content["blocks"]
        channel, _, ts = place.partition(":")
        return At(channel, ts), self.world.workspace.channels[channel].messages[ts]["blocks"]

    def _at(self, ref: Ref) -> At:
        return At(self.place.rooms[ref.room], ref.id)

    def _account(self, person: str) -> str:
        """Return a person's account, which speaks their language; the adapter remembers for an hour which one."""
        account = self.place.accounts[person]
        user, locale = self.world.workspace.users[account], LOCALES[self.speaks.get(person, "en")]
        if user.locale != locale:
            user.locale = locale
            for workspace in self._platform._workspaces.all() if self._platform is not None else ():
                workspace.people._known.pop(account, None)
        return account


def _is_there(view: View) -> bool:
    return bool(view.content["callback_id"] != WAIT)
