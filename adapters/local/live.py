"""One open page: what the visitor does comes in, what everybody would see goes out, as JSON over one WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import assert_never

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from adapters.local.actions import (
    Action,
    Delete,
    Edit,
    Press,
    Speak,
    Submit,
    Switch,
    UseCommand,
    Write,
    understood,
)
from adapters.local.dialogue import MOST_REMEMBERED
from adapters.local.drawing import (
    Drawing,
    draw_card,
    draw_everything,
    draw_explained,
    draw_form,
    draw_message,
    draw_post,
    draw_silence,
)
from adapters.local.platform import Answered, Line, LocalPlatform, Shown, Watching
from adapters.local.texts import RefusedError, page_texts, spoken_in
from adapters.local.values import Explained
from adapters.local.world import Drawn, Silenced, Wrote

log = logging.getLogger(__name__)

MOST_MESSAGES = 300
"""Messages of a room that a page gets when it opens."""

MOST_WAITING = 1000
"""Drawings that may wait for a slow page before it is sent away; it gets everything anew when it comes back."""

TRY_AGAIN_LATER = 1013
NOT_UNDERSTOOD = 1003
WENT_WRONG = 1011


class Page:
    """A page that is open in a browser."""

    def __init__(self, platform: LocalPlatform, socket: WebSocket, language: str) -> None:
        self._platform = platform
        self._socket = socket
        self._language = spoken_in(language)
        self._outgoing: asyncio.Queue[Drawing] = asyncio.Queue(MOST_WAITING)
        self._asked: OrderedDict[str, int] = OrderedDict()
        self._overrun = asyncio.Event()

    async def serve(self) -> None:
        """Talk with the page until one of the two goes."""
        await self._socket.accept()
        self._send_everything()
        stop_listening = self._platform.listen(self._show)
        tasks = [asyncio.create_task(one) for one in (self._receive(), self._send(), self._overrun.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop_listening()
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        wrong = [type(end).__name__ for end in ends if isinstance(end, Exception)]
        if wrong:
            # Only the kind of error: its message may hold what somebody wrote.
            log.error("A page's line ended with an error: %s", ", ".join(wrong))
            with contextlib.suppress(RuntimeError):
                await self._socket.close(WENT_WRONG)
        elif self._overrun.is_set():
            await self._socket.close(TRY_AGAIN_LATER)

    async def _receive(self) -> None:
        while True:
            try:
                action = understood(await self._socket.receive_text())
            except WebSocketDisconnect:
                return
            except (ValidationError, KeyError):
                await self._socket.close(NOT_UNDERSTOOD)
                return
            self._take(action)

    async def _send(self) -> None:
        try:
            while True:
                await self._socket.send_text(json.dumps(await self._outgoing.get()))
        except WebSocketDisconnect:
            return

    def _take(self, action: Action) -> None:
        try:
            handle = self._carry_out(action)
        except RefusedError as refused:
            self._put({"see": "refused", "ask": action.ask, "key": refused.key, "params": refused.params})
            return
        if handle is None:
            self._put({"see": "done", "ask": action.ask})
        else:
            self._asked[handle] = action.ask
            # An interaction may be answered again, so it stays known as long as the dialogue knows it.
            while len(self._asked) > MOST_REMEMBERED:
                self._asked.popitem(last=False)

    def _carry_out(self, action: Action) -> str | None:
        """Do it; return the handle under which the bot will answer, if it is for the bot."""
        match action:
            case Write() | Edit() | Delete():
                self._write(action)
            case Speak():
                self._language = spoken_in(action.language)
                self._send_everything()
            case Switch():
                (self._platform.come_back if action.up else self._platform.go_down)()
            case UseCommand() | Press() | Submit():
                return self._ask_the_bot(action)
            case _:
                assert_never(action)
        return None

    def _write(self, action: Write | Edit | Delete) -> None:
        world = self._platform.world
        match action:
            case Write():
                world.write(
                    action.person,
                    action.room,
                    action.text,
                    reply_to=action.reply_to,
                    attachments=action.attachments,
                )
            case Edit():
                world.edit(action.person, action.message, action.text)
            case Delete():
                world.delete(action.person, action.message)

    def _ask_the_bot(self, action: UseCommand | Press | Submit) -> str:
        who, language = action.person, self._language
        match action:
            case UseCommand():
                return self._platform.use_command(
                    who, action.command, room=action.room, language=language, said=action.said, about=action.about
                )
            case Press():
                return self._platform.press(who, action.button, post=action.post, shown=action.shown, language=language)
            case Submit():
                return self._platform.submit(who, action.form, action.values, language=language)

    def _show(self, shown: Shown) -> None:
        drawing = self._draw(shown)
        if drawing is not None:
            self._put(drawing)

    def _draw(self, shown: Shown) -> Drawing | None:
        language, address = self._language, self._platform.address
        drawing: Drawing | None
        match shown:
            case Wrote():
                drawing = {"see": "message", "message": draw_message(shown.message)}
            case Drawn():
                drawing = {"see": "post", "post": draw_post(shown.post, language, address)}
            case Silenced():
                drawing = {"see": "silence", "silence": draw_silence(shown.silence)}
            case Line():
                drawing = {"see": "line", "up": shown.up}
            case Explained():
                drawing = {"see": "explained", "explained": draw_explained(shown, language)}
            case Watching():
                drawing = {"see": "watching", "rooms": sorted(shown.rooms)}
            case Answered():
                drawing = self._draw_answer(shown)
            case _:
                assert_never(shown)
        return drawing

    def _draw_answer(self, answered: Answered) -> Drawing | None:
        """Return an answer for the page that asked; others do not see it."""
        if answered.handle not in self._asked:
            return None
        told: Mapping[str, object] = {"ask": self._asked[answered.handle], "handle": answered.handle}
        if answered.form is not None:
            return {"see": "form", **told, "form": draw_form(answered.form, self._language, self._platform.world)}
        if answered.card is not None:
            return {"see": "answer", **told, "card": draw_card(answered.card, self._language, self._platform.address)}
        return None

    def _send_everything(self) -> None:
        everything = draw_everything(self._platform, self._language, MOST_MESSAGES)
        self._put({"see": "everything", "texts": dict(page_texts(self._language)), **everything})

    def _put(self, drawing: Drawing) -> None:
        try:
            self._outgoing.put_nowait(drawing)
        except asyncio.QueueFull:
            self._overrun.set()
