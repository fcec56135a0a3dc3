"""The page that shows how a site is set up: what is wrong first, then people, ladder, hours and channels.

It has at most 25 facts, which is what the narrowest platform takes.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.categories import Severity
from bot.domain.roster import EvidencePermission, LadderStep, Site
from bot.interface.cards import Card, Fact
from bot.interface.daily import span_text
from bot.interface.texts import Text, paired, text

MOST_PEOPLE = 10
MOST_CHANNELS = 8
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def setup_card(
    site: Site,
    time_zone: str,
    *,
    wrong: Sequence[Text],
    people: Sequence[Fact],
    ladder: Sequence[tuple[str, LadderStep]],
    alerts: str | None,
    channels: Sequence[Fact],
    others: Sequence[str],
) -> Card:
    """Return the page of `site`. `ladder` has the name for each rung; `alerts` is the shared channel's name, if any.

    `others` are the names of the reader's other sites.
    """
    lines = [*(wrong or [text("setup.well")]), text("setup.how")]
    if others:
        lines.append(text("setup.others", sites=", ".join(others)))
    rungs = [_rung(name, step) for name, step in ladder]
    shared = text("setup.direct") if alerts is None else text("plain", value=f"#{alerts}")
    hours = {"closes": f"{site.day_closes_at:%H:%M}", "by": f"{site.sign_off_by:%H:%M}", "zone": time_zone}
    permission = "standing" if site.evidence_permission is EvidencePermission.STANDING else "per_case"
    return Card(
        text("setup.title", site=site.name),
        severity=Severity.MEDIUM if wrong else Severity.NONE,
        lines=tuple(lines),
        facts=(
            *_some(people, MOST_PEOPLE, "setup.more_people"),
            Fact(text("setup.ladder"), _then(rungs)),
            Fact(text("setup.alerts"), shared),
            Fact(text("setup.hours"), text("setup.hours_are", **hours)),
            Fact(text("setup.duty"), _duty(site)),
            Fact(text("setup.evidence"), text(f"setup.permission.{permission}")),
            *_some(channels, MOST_CHANNELS, "daily.more_channels"),
        ),
    )


def _rung(name: str, step: LadderStep) -> Text:
    """Return who is told and how long they have; which severities only where it is not all of them."""
    minutes = span_text(round(step.acknowledge_within.total_seconds() / 60))
    every = {severity for severity in Severity if severity is not Severity.NONE}
    if step.severities >= every:
        return text("setup.rung", who=name, time=minutes)
    named = [text(f"severity.{severity}") for severity in sorted(step.severities, reverse=True)]
    return text("setup.rung_for", who=name, time=minutes, severities=paired(named or [text("severity.none")]))


def _then(rungs: Sequence[Text]) -> Text:
    if not rungs:
        return text("setup.no_ladder")
    joined = rungs[0]
    for rung in rungs[1:]:
        joined = text("setup.then", first=joined, second=rung)
    return joined


def _duty(site: Site) -> Text:
    if not site.duty_days:
        return text("setup.every_day")
    return paired([text(f"setup.weekday.{_WEEKDAYS[day]}") for day in sorted(site.duty_days)])


def _some(facts: Sequence[Fact], most: int, more: str) -> list[Fact]:
    rest = len(facts) - most
    last = [Fact(text(more, count=rest), text("setup.not_shown"))] if rest > 0 else []
    return [*facts[:most], *last]
