"""A case's story: one line for each thing that happened to it, in the reader's language."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cases.case import Case
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.roster import Roster
from bot.interface.texts import Text, text
from bot.policy.schema import Pack

_LINES = {
    EventKind.ACKNOWLEDGED: "alert.on_it",
    EventKind.ESCALATED: "alert.escalated",
    EventKind.CONFIRMED: "alert.confirmed",
    EventKind.DISMISSED: "alert.dismissed",
    EventKind.REMOVAL_ASKED: "alert.removal_asked",
    EventKind.REMOVED: "alert.removed",
    EventKind.BY_HAND: "alert.by_hand",
    EventKind.PERMITTED: "alert.permitted",
    EventKind.CLIMBED: "alert.climbed",
    EventKind.UNANSWERED: "alert.unanswered",
}
_UNTOLD = frozenset({EventKind.UNREACHED, EventKind.REACHED})

LATER = frozenset(
    {
        EventKind.REPORTED,
        EventKind.NOTED,
        EventKind.TICKED,
        EventKind.UNTICKED,
        EventKind.INCIDENT,
        EventKind.NO_INCIDENT,
    }
)
"""What an alert's card leaves to the case view: it is read in a hurry."""

_DONE = {
    EventKind.REMOVED: EventKind.BY_HAND,
    EventKind.TIMED_OUT: EventKind.TIME_OUT_FAILED,
    EventKind.MEMBER_REMOVED: EventKind.MEMBER_REMOVAL_FAILED,
}
"""What was done after all, and the line that it takes the place of."""


def story(
    case: Case, roster: Roster, pack: Pack, language: str, *, without: Collection[EventKind] = ()
) -> Iterator[Text]:
    """Yield one line for each event, in order; what a person has still to do by hand says so."""
    done = {_DONE[event.kind] for event in case.events if event.kind in _DONE}
    for event in case.events:
        if event.kind in _UNTOLD or event.kind in without or event.kind in done:
            continue
        rule = pack.rule(event.rule) if event.rule else None
        yield text(
            _LINES.get(event.kind, f"case.line.{event.kind}"),
            who=person_name(event.person, roster) if event.person else "–",
            when=local(event.at, roster),
            rule=rule.title.in_(language) if rule else "–",
            about=_about(event, roster, pack, language),
        )


def local(at: datetime, roster: Roster) -> str:
    """Return a time as the school's clocks show it."""
    return at.astimezone(ZoneInfo(roster.district.time_zone)).strftime("%Y-%m-%d %H:%M")


def person_name(key: str, roster: Roster) -> str:
    """Return what a person of the roster is called."""
    person = roster.people.get(key)
    return person.name if person else key


def _about(event: CaseEvent, roster: Roster, pack: Pack, language: str) -> Text:
    """Return what else an event is about, in the reader's words."""
    about = event.about or ""
    if event.kind is EventKind.CALLED:
        agency = next((one for one in pack.routes.agencies if one.id == about), None)
        return text("plain", value=agency.name.in_(language)) if agency else text("case.nobody_called")
    if event.kind is EventKind.LOOKED_AGAIN and about:
        return text(f"case.looked.{about}")
    if event.kind is EventKind.HANDED_OVER:
        about = person_name(about, roster)
    return text("plain", value=about[:8] if event.kind is EventKind.ATTACHED else about or "–")
