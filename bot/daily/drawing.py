"""Draws the cards of a day for one reader, from views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.drawing import REPORTED, withholds
from bot.cases.case import Case
from bot.daily.figures import response, spark
from bot.daily.token import MOST_DAYS_BACK, offer
from bot.daily.view import ChannelDay, DayView, may_sign
from bot.domain.cases import CaseKind
from bot.domain.ledger import LedgerDay
from bot.domain.roster import Roster
from bot.interface.alerts import reason
from bot.interface.cards import Card, Fact
from bot.interface.daily import (
    MOST_DAYS,
    ChannelLine,
    DayLine,
    Proof,
    digest_card,
    overdue_card,
    signed_card,
    span_text,
    unsigned_card,
)
from bot.interface.texts import Text, text
from bot.policy.schema import Pack
from bot.store.custody import ChainHead


def digest(
    views: Sequence[DayView], lately: Sequence[DayView], *, chain: ChainHead, roster: Roster, pack: Pack, reader: str
) -> Card:
    """Return the digest of the last of `views`, which names the others as signed with it.

    `lately` are the days of its small picture.
    """
    newest = views[-1]
    waiting = [case for view in views for case in view.open]
    return digest_card(
        newest.site.name,
        [day_line(view) for view in views],
        [_channel_line(channel, newest) for channel in newest.channels],
        [item(case, roster, pack) for case in waiting],
        sample=[_place(channel, link) for channel in newest.channels for link in channel.entry.sample],
        proof=_proof(lately, chain),
        token=offer([view.day for view in views]) if may_sign(roster, newest.site, reader) else None,
    )


def named_together(unsigned: Sequence[LedgerDay], newest: LedgerDay) -> list[LedgerDay]:
    """Return the unsigned days that a digest names and one press signs: up to `newest`, the oldest first."""
    near = [day for day in unsigned if 0 <= (newest.date - day.date).days <= MOST_DAYS_BACK]
    return near[-MOST_DAYS:]


def listed_together(unsigned: Sequence[LedgerDay]) -> list[LedgerDay]:
    """Return the unsigned days that a list names and one press signs: the oldest."""
    return [day for day in unsigned if (day.date - unsigned[0].date).days <= MOST_DAYS_BACK][:MOST_DAYS]


def signed(view: DayView, roster: Roster) -> Card:
    """Return what stands on a day's cards once it is signed."""
    if view.signed is None:
        raise ValueError("this day is not signed")
    person = roster.people.get(view.signed.person)
    return signed_card(
        view.site.name,
        view.day.date,
        who=person.name if person else view.signed.person,
        when=_local(view.signed.at, roster),
        late=view.signed.late,
        still_open=len(view.open),
    )


def overdue(view: DayView, roster: Roster, reader: str, before: Sequence[str]) -> Card:
    """Return the reminder of a day that nobody signed; `before` are the people who had one before."""
    names = [roster.people[person].name if person in roster.people else person for person in before]
    token = offer([view.day]) if may_sign(roster, view.site, reader) else None
    return overdue_card(view.site.name, day_line(view), by=_local(view.day.sign_by, roster), before=names, token=token)


def unsigned(views: Sequence[DayView], more: int) -> Card:
    """Return the list of days that wait, the oldest first, at least one; `more` are not on it."""
    token = offer([view.day for view in views])
    return unsigned_card(views[0].site.name, [day_line(view) for view in views], more, token)


def day_line(view: DayView) -> DayLine:
    """Return a day's numbers in one line."""
    return DayLine(
        view.day.date,
        view.total("posted"),
        len(view.cases),
        len(view.open),
        on_duty=view.day.on_duty,
        missed=view.day.missed,
    )


def item(case: Case, roster: Roster, pack: Pack) -> Fact:
    """Return a case as a line of a list: how severe, why, where, and its link where one may be shown."""
    what: Text = reason(case.judgement)
    if case.kind is CaseKind.REVIEW:
        what = text("queue.review")
    elif case.judgement.rule == REPORTED:
        what = text("report.alert")
    label = text("queue.item", severity=text(f"severity.{case.judgement.severity}"), reason=what)
    place: Mapping[str, str] = {"channel": case.channel.name, "when": _local(case.opened_at, roster)}
    if case.permalink is None or withholds(case, pack):
        return Fact(label, text("daily.item_place", **place))
    return Fact(label, text("daily.item_link", link=case.permalink, **place))


def _local(at: datetime, roster: Roster) -> str:
    """Return a time as the school's clocks show it."""
    return f"{at.astimezone(ZoneInfo(roster.district.time_zone)):%Y-%m-%d %H:%M}"


def _place(channel: ChannelDay, link: str) -> Fact:
    return Fact(text("daily.sample"), text("daily.link", channel=channel.channel.name, link=link))


def _channel_line(channel: ChannelDay, view: DayView) -> ChannelLine:
    counts, swept = channel.counts, channel.entry.swept
    problems = [str(problem) for problem in channel.mismatches]
    return ChannelLine(
        channel.channel.name,
        counts.posted,
        counts.screened,
        counts.unscored,
        view.flagged_in(channel.channel),
        counts.deleted,
        len(channel.gaps),
        None if swept is None else swept.on_platform,
        tuple(problems + (["unknown"] if channel.gaps else [])),
    )


def _proof(lately: Sequence[DayView], chain: ChainHead) -> Proof:
    answered = response(case for view in lately for case in view.cases)
    return Proof(
        f"{chain.number}: {chain}",
        spark([view.total("posted") for view in lately]),
        spark([len(view.cases) for view in lately]),
        _span(answered.acknowledged),
        _span(answered.decided),
    )


def _span(span: timedelta | None) -> Text | None:
    return None if span is None else span_text(round(span.total_seconds() / 60))
