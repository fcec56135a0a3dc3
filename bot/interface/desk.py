"""What the desk answers: short cards for one person, and the lists and pages that commands show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.channels import Lacking
from bot.interface.cards import EXCERPT, Button, Card, Fact, Quote
from bot.interface.texts import Text, paired, text

_REPORTS_SHOWN = 4
"""How many reports, the latest ones, share the room of an excerpt."""


def said(key: str, **params: str | int | Text) -> Card:
    """Return a card that is one sentence."""
    return Card(title=text(key, **params))


def queue_card(items: Sequence[Fact], more: int) -> Card:
    """Return the list of what waits for a decision; `more` is how many of the reader's are not on it."""
    lines = (text("queue.more", count=more),) if more else ()
    if not items:
        return said("queue.empty")
    return Card(title=text("queue.title"), lines=lines, facts=tuple(items))


def receipt_card(code: str, *, unnamed: bool) -> Card:
    """Return a reporter's receipt: fixed words and the code to ask by (R21)."""
    sealed = (text("report.sealed"),) if unnamed else ()
    return Card(
        title=text("report.thanks"),
        lines=(text("report.next"), *sealed, text("report.danger")),
        facts=(Fact(text("report.code"), text("plain", value=code)),),
    )


def reported_card(told: Sequence[str]) -> Card:
    """Return what the latest reporters wrote, at most `EXCERPT` characters in all; never who they are."""
    latest = told[-_REPORTS_SHOWN:]
    each = EXCERPT // max(1, len(latest)) - 1
    quote = "\n".join(words if len(words) <= each else f"{words[: each - 1]}…" for words in latest)
    return Card(title=text("report.told"), quote=Quote(quote))


def netiquette_card(points: Mapping[int, str], buttons: tuple[Button, ...] = ()) -> Card:
    """Return a channel's guidelines, a line for each point."""
    lines = (text("netiquette.point", number=number, words=words) for number, words in sorted(points.items()))
    return Card(title=text("netiquette.title"), lines=tuple(lines), buttons=buttons)


def policy_card(title: str, version: str, contacts: Sequence[Fact], verify: str) -> Card:
    """Return which rules hold here, and whom to turn to; contacts age, and the card says so (R35)."""
    return Card(
        title=text("policy.title"),
        lines=(text("alert.emergency"), text("plain", value=verify)),
        facts=(Fact(text("policy.pack"), text("policy.version", title=title, version=version)), *contacts),
    )


def lacking_text(facts: Sequence[Lacking]) -> Text:
    """Return what a channel still needs as one text, in the reader's language; a dash for nothing."""
    named = [text(f"lacking.{fact.name.lower()}") for fact in facts]
    return paired(named, "listed") if named else text("plain", value="–")


def status_card(
    state: str, missing: Sequence[Lacking], waiting: int, through: str | None, unread: int | None = None
) -> Card:
    """Return how a channel is looked after. `state` is `watched`, `waiting` or `unknown`.

    `missing` are the facts it lacks, `waiting` the cases that the reader may decide, `through` until when everything
    is screened, `unread` how many have not read the guidelines this year, where that can be told.
    """
    facts = [Fact(text("status.cases"), text("plain", value=waiting))]
    if through is not None:
        facts.insert(0, Fact(text("status.through"), text("plain", value=through)))
    if unread:
        facts.append(Fact(text("status.unread"), text("plain", value=unread)))
    lines = (text("status.missing", facts=lacking_text(missing)),) if missing else ()
    return Card(title=text(f"status.{state}"), lines=lines, facts=tuple(facts))


def week_fact(site: str, signed: int, unsigned: int, off_duty: int) -> Fact:
    """Return how the days of a site's week stand that have ended."""
    days = text("status.days", signed=signed, unsigned=unsigned, off_duty=off_duty)
    return Fact(text("status.week", site=site), days)
