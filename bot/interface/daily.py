"""The cards of a day: the digest that a person signs, the reminder when nobody did, the list of what is unsigned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.categories import Severity
from bot.interface.cards import Button, Card, Fact, Tone, Verb
from bot.interface.forms import FieldKind, Form, FormField
from bot.interface.texts import Text, text

MOST_CHANNELS = 8
MOST_ITEMS = 5
MOST_SAMPLES = 4
MOST_DAYS = 10
"""How many days one card names, and one press signs."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel's numbers on a digest. `on_platform` is missing where nobody could sweep; `problems` are text keys."""

    name: str
    posted: int
    screened: int
    unscored: int
    flagged: int
    deleted: int
    gaps: int
    on_platform: int | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day in one line. `on_duty` false: it was a day on which nobody had to sign. `missed`: the bot did not run."""

    date: date
    posted: int
    flagged: int
    open: int
    on_duty: bool = True
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """What surrounds a digest's numbers: the custody log's end, the last weeks as blocks, how fast people answered."""

    chain: str
    comments: str
    flags: str
    acknowledged: Text | None = None
    decided: Text | None = None


def named(on: date) -> Text:
    """Return a date as people read it, with its weekday."""
    return text(f"weekday.{_WEEKDAYS[on.weekday()]}", date=f"{on:%Y-%m-%d}")


def digest_card(
    site: str,
    days: Sequence[DayLine],
    channels: Sequence[ChannelLine],
    items: Sequence[Fact],
    *,
    sample: Sequence[Fact],
    proof: Proof,
    token: str | None,
) -> Card:
    """Return the digest of the last of `days`, which a press signs with the others that it names (R11).

    Without a `token` its reader may look, and somebody else signs. A quiet day alone is one line and one press.
    """
    day = days[-1]
    title = text("daily.title", site=site, day=named(day.date))
    also = tuple(day_line(one) for one in days[:-1])
    lines = [_state(day)]
    lines += [text("daily.also", count=len(also)), *also] if also else []
    lines.append(text("daily.claim"))
    return Card(
        title=title,
        severity=Severity.LOW if any(one.open for one in days) else Severity.NONE,
        lines=tuple(lines),
        facts=(*_channel_facts(channels), *_some(items, MOST_ITEMS), *sample[:MOST_SAMPLES], *_proof_facts(proof)),
        buttons=() if token is None else (Button(Verb.SIGNOFF, token, Tone.PRIMARY),),
    )


def day_line(day: DayLine) -> Text:
    """Return a day in one line, by its name."""
    return text("daily.day", day=named(day.date), summary=_state(day))


def _state(day: DayLine) -> Text:
    state = text("daily.quiet", posted=day.posted)
    if day.flagged or day.open:
        state = text("daily.summary", posted=day.posted, flagged=day.flagged, open=day.open)
    if day.missed:
        state = text("pair", first=state, second=text("daily.missed"))
    if not day.on_duty:
        state = text("pair", first=state, second=text("daily.off_duty"))
    return state


def _channel_facts(channels: Sequence[ChannelLine]) -> list[Fact]:
    facts = [Fact(text("plain", value=f"#{line.name}"), _channel_value(line)) for line in channels[:MOST_CHANNELS]]
    rest = channels[MOST_CHANNELS:]
    if rest:
        posted, screened = sum(line.posted for line in rest), sum(line.screened for line in rest)
        odd = sum(bool(line.problems) or line.on_platform is None for line in rest)
        value = text("daily.rest", posted=posted, screened=screened, odd=odd)
        facts.append(Fact(text("daily.more_channels", count=len(rest)), value))
    return facts


def _channel_value(line: ChannelLine) -> Text:
    numbers: dict[str, int | Text] = {"screened": line.screened, "gaps": text("daily.gaps", count=line.gaps)}
    if line.on_platform is None:
        value = text("daily.unswept", **numbers)
    else:
        value = text("daily.swept", on_platform=line.on_platform, **numbers)
    if line.unscored:
        value = text("pair", first=value, second=text("daily.unscored", count=line.unscored))
    if line.deleted:
        value = text("pair", first=value, second=text("daily.deleted", count=line.deleted))
    for problem in line.problems:
        value = text("pair", first=value, second=text(f"daily.problem.{problem}"))
    return value


def _some(items: Sequence[Fact], most: int) -> list[Fact]:
    rest = len(items) - most
    more = [Fact(text("daily.items"), text("queue.more", count=rest))] if rest > 0 else []
    return [*items[:most], *more]


def _proof_facts(proof: Proof) -> list[Fact]:
    facts = [Fact(text("daily.weeks"), text("daily.chart", comments=proof.comments, flags=proof.flags))]
    if proof.acknowledged is not None:
        facts.append(Fact(text("daily.acknowledged"), proof.acknowledged))
    if proof.decided is not None:
        facts.append(Fact(text("daily.decided"), proof.decided))
    return [*facts, Fact(text("daily.chain"), text("plain", value=proof.chain))]


def span_text(minutes: int) -> Text:
    """Return how long something took."""
    if minutes < 120:
        return text("daily.minutes", count=minutes)
    return text("daily.hours", count=round(minutes / 60))


def signed_card(site: str, on: date, *, who: str, when: str, late: bool, still_open: int) -> Card:
    """Return what stands where the digest stood, once the day is signed; what waits stays visible."""
    waiting = (text("daily.still_open", count=still_open),) if still_open else ()
    return Card(
        title=text("daily.signed", site=site, day=named(on)),
        lines=(text("daily.signed_late" if late else "daily.signed_by", who=who, when=when), *waiting),
    )


def overdue_card(site: str, day: DayLine, *, by: str, before: Sequence[str], token: str | None) -> Card:
    """Return the reminder that a day is not signed; `before` are the people who were told first."""
    told = (text("daily.reminded", names=", ".join(before)),) if before else ()
    ask = () if token is not None else (text("daily.see_to_it"),)
    return Card(
        title=text("daily.overdue", site=site, day=named(day.date)),
        severity=Severity.MEDIUM,
        lines=(text("daily.due", when=by), *told, _state(day), *ask),
        buttons=() if token is None else (Button(Verb.SIGNOFF, token, Tone.PRIMARY),),
    )


def unsigned_card(site: str, days: Sequence[DayLine], more: int, token: str) -> Card:
    """Return the list of days that wait for a sign-off: each is named, one press signs them all."""
    rest = (text("daily.more_days", count=more),) if more else ()
    return Card(
        title=text("daily.unsigned", site=site),
        lines=(*map(day_line, days), *rest, text("daily.claim")),
        buttons=(Button(Verb.SIGNOFF, token, Tone.PRIMARY),),
    )


def signoff_form(token: str, critical: int) -> Form:
    """What is asked of someone who signs a day with critical items open."""
    told = text("daily.critical_open", count=critical)
    return Form("signoff", token, (FormField("reason", FieldKind.PARAGRAPH),), told=told)
