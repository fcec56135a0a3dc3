"""A core of fifty lines: flags what a few words tell it to, and answers as the real one would, predictably."""

from __future__ import annotations

from dataclasses import replace

from adapters.local.platform import LocalPlatform
from bot.domain.assessments import CLEAR, Finding, Judgement
from bot.domain.categories import Category, Severity
from bot.domain.comments import Comment
from bot.domain.outcomes import Outcome
from bot.interface.alerts import alert_card
from bot.interface.cards import Card
from bot.interface.forms import decision_form, dismiss_form, reasons, report_form
from bot.interface.texts import text
from bot.platform.events import ButtonPressed, CommandUsed, Event, FormSubmitted, Posted, Resumed
from bot.platform.protocol import Delivery, Recipient

FLAGGED = {
    "kill you": (Severity.CRITICAL, Category.THREAT),
    "stupid": (Severity.HIGH, Category.BULLYING),
    "tonto": (Severity.HIGH, Category.BULLYING),
}
WATCHED = ("room-12", "families")


class ScriptedCore:
    """Reads the watched rooms; keeps every event it was told in `told`."""

    def __init__(self, platform: LocalPlatform) -> None:
        self.platform = platform
        self.told: list[Event] = []
        self.cards: dict[str, tuple[Delivery, Card]] = {}

    async def run(self) -> None:
        """Catch up, then follow the events until the platform closes."""
        self.platform.show_watched(self.platform.channel(room) for room in WATCHED)
        async for event in self.platform.events():
            self.told.append(event)
            await self._take(event)

    async def _take(self, event: Event) -> None:
        match event:
            case Posted(comment=comment) if comment.ref.channel.channel in WATCHED:
                await self._screen(comment)
            case Resumed(since=since):
                for room in WATCHED:
                    async for comment in self.platform.history(self.platform.channel(room), since):
                        await self._screen(comment)
            case CommandUsed() | ButtonPressed() | FormSubmitted():
                await self._answer(event)
            case _:
                pass

    async def _answer(self, event: CommandUsed | ButtonPressed | FormSubmitted) -> None:
        match event:
            case CommandUsed(command="report"):
                await self.platform.open_form(event.interaction, report_form("report-1"))
            case CommandUsed():
                await self.platform.answer(event.interaction, Card(text(f"command.{event.command}")))
            case ButtonPressed(verb="acknowledge"):
                await self._redraw(event.token, "Anita is on it")
            case ButtonPressed(verb="dismiss"):
                await self.platform.open_form(event.interaction, dismiss_form(event.token))
            case ButtonPressed():
                await self.platform.open_form(event.interaction, decision_form("confirm", event.token, reasons()))
            case FormSubmitted(form="report"):
                await self.platform.answer(event.interaction, Card(text("plain", value="Thank you for telling us")))
            case FormSubmitted():
                await self._redraw(event.token, "Decided", buttons=False)

    async def _screen(self, comment: Comment) -> None:
        judgement = judged(comment.text)
        outcome = Outcome.FLAGGED if judgement.flagged else Outcome.CLEAR
        self.platform.show_outcome(comment.ref, comment.revision, outcome, judgement)
        if judgement.flagged:
            token = f"t{comment.ref.comment}-{comment.revision}"
            card = alert_card(
                token,
                judgement,
                channel=f"#{comment.ref.channel.channel}",
                permalink=comment.permalink,
                words=comment.text,
            )
            self.cards[token] = (await self.platform.deliver(card, Recipient(person="anita"), "en"), card)

    async def _redraw(self, token: str, line: str, *, buttons: bool = True) -> None:
        delivery, card = self.cards[token]
        new = replace(card, lines=(*card.lines, text("plain", value=line)), buttons=card.buttons[1:] if buttons else ())
        self.cards[token] = (delivery, new)
        await self.platform.update(delivery, new, "en")


def judged(words: str) -> Judgement:
    """Return what the script says of these words."""
    for word, (severity, category) in FLAGGED.items():
        start = words.lower().find(word)
        if start >= 0:
            finding = Finding("script", category, start, start + len(word), 0.9, "a word of the script")
            return Judgement(severity, (category,), "script", "Netiquette 1", findings=(finding,))
    return CLEAR
