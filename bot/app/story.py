"""What happened at the example school before a visitor came: a week whose days were kept, and a club that asks.

Nothing of it is painted: the ledger, the sweep and the sign-offs are the real ones, at the times of that week.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.local.platform import LocalPlatform
from adapters.local.school import what_was_said_earlier
from bot.cases.book import CaseBook
from bot.daily.calendar import month_of
from bot.daily.closing import SETTLE, DayEnd
from bot.daily.pages import html_of
from bot.daily.view import Views
from bot.daily.watching import Watching
from bot.domain.channels import RegisteredChannel
from bot.domain.comments import ChannelKind
from bot.domain.people import DECIDERS
from bot.domain.roster import Site
from bot.intake import Intake
from bot.registry.announcing import APPROVAL
from bot.store import Store
from bot.store.ledger import DayOpen
from bot.store.outbox import Due

WEEK = 6
"""How many days before today were kept; all but the last are signed."""

LATE = 3
"""The day of them that was signed late, in the next morning."""

CLUB, SPONSOR = "band-boosters", "cho"


async def live_through_the_week(store: Store, platform: LocalPlatform, intake: Intake, now: datetime) -> None:
    """Have the days before `now` noted, swept, closed and signed; the newest closed one is left to the visitor."""
    roster = await store.registry.read()
    if roster is None:
        raise ValueError("the school must be set up first")
    (site,) = roster.sites.values()
    zone, moment = ZoneInfo(roster.district.time_zone), [now]
    watching = Watching(store, lambda: moment[0], lambda: (), [platform.name])
    ends = DayEnd(store, {platform.name: platform}, intake.receive, lambda: moment[0], pause=_at_once)
    today = now.astimezone(zone).date()
    if now >= _at(today, site, zone):
        today += timedelta(days=1)
    for number, ago in enumerate(range(WEEK, 0, -1)):
        close = _at(today - timedelta(days=ago), site, zone)
        moment[0] = close - timedelta(hours=5)
        await watching.look()
        for who, room, words in what_was_said_earlier(ago):
            platform.world.write(who, room, words, at=moment[0])
        if ago > 1:
            moment[0] = close + SETTLE + timedelta(minutes=1)
            await ends.look()
            await _sign(store, site, close + (timedelta(hours=17) if number == LATE else timedelta(hours=1)))
    moment[0] = now
    await watching.look()


async def ask_for_the_club(store: Store, platform: LocalPlatform, now: datetime) -> None:
    """Have a booster club's channel wait for the principal's approval."""
    told_on = (now - timedelta(days=7)).date()
    ref, name = platform.channel(CLUB), platform.world.rooms[CLUB].name
    club = RegisteredChannel(
        ref, name, ChannelKind.BOOSTER, responsible=SPONSOR, parents_notified_on=told_on, site=platform.world.workspace
    )
    row = await store.channels.save(club)
    await store.outbox.put(Due(APPROVAL, {"channel_id": str(row)}, now))


async def calendar_page(store: Store, account: str, now: datetime, language: str) -> str | None:
    """Return this month of the account's school as a page in `language`; nothing for who does not decide there.

    Cases that the person is barred from are not counted (R25).
    """
    book = CaseBook(store, lambda: now)
    roster = await book.read_roster()
    person = roster.person_at("local", account)
    theirs = [site for site in roster.sites.values() if person and roster.roles(person.key, site) & DECIDERS]
    if person is None or not theirs:
        return None
    here = now.astimezone(ZoneInfo(roster.district.time_zone))
    first = here.date().replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    days = await store.ledger.days(theirs[0].key, first, last)
    month = month_of(theirs[0].name, first, await Views(store, book).of(days, person.key), here)
    return html_of(month, language=language)


async def _sign(store: Store, site: Site, at: datetime) -> None:
    """Sign what is ready, as the principal did at that time."""
    waiting = await store.ledger.unsigned(site.key)
    days = [DayOpen(day.id, at > day.sign_by, open_items=0, open_critical=0) for day in waiting]
    if days:
        await store.ledger.sign(site.site_administrator, at, days, "", ())


def _at(day: date, site: Site, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, site.day_closes_at, zone).astimezone(UTC)


async def _at_once(seconds: float) -> None:
    """Keep no pace: this platform is no one else's."""
