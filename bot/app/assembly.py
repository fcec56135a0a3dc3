"""Puts the running bot together from a store, its platforms, a screener and a policy."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.alerts.contacts import outlets_of
from bot.alerts.delivery import Deliverer
from bot.alerts.drills import DrillTeller
from bot.alerts.errands import Errands
from bot.app.guard import Parts
from bot.cases.aftermath import Aftermath
from bot.cases.book import CaseBook
from bot.cases.watching import RETALIATION_FOR, PeopleWatch
from bot.daily.closing import DayEnd
from bot.daily.days import Quiet
from bot.daily.telling import DayTeller
from bot.daily.watching import Watching
from bot.desk.caseview import CaseView
from bot.desk.consequences import Consequences
from bot.desk.deciding import Deciding
from bot.desk.desk import Desk
from bot.desk.home import Home
from bot.desk.pages import Pages
from bot.desk.registering import Registering
from bot.desk.reporting import Reporting
from bot.desk.setup import Setup
from bot.desk.signing import Signing
from bot.desk.welcoming import Welcoming
from bot.desk.working import Working
from bot.evidence.context import BEFORE, Contexts
from bot.evidence.notices import Notices
from bot.intake import Intake
from bot.intake.intake import Screen
from bot.intake.reading import Reader
from bot.platform.protocol import Outlet, Platform
from bot.policy.schema import Pack
from bot.records.leaps import Leaps
from bot.records.notices import RecordsNotices
from bot.records.retention import Keeper
from bot.records.security import Security
from bot.registry.announcing import Announcer
from bot.registry.known import Known
from bot.screening.screener import Screener
from bot.store import Store, Versions


def as_it_is(reader: Reader) -> Screen:
    """Have comments read by the reader alone."""
    return reader


@asynccontextmanager
async def assembled(
    store: Store,
    platforms: Mapping[str, Platform],
    screener: Screener,
    pack: Pack,
    clock: Callable[[], datetime],
    *,
    reading: Callable[[Reader], Screen] = as_it_is,
    mail: Outlet | None = None,
    context: int = BEFORE,
    protected_for: timedelta = RETALIATION_FOR,
    quiet: Quiet | None = None,
) -> AsyncIterator[Parts]:
    """Yield everything a `Guard` works with; leaving finishes the explanations that are under way.

    `reading` may put something around the reader, to show what it makes of each comment. `mail` reaches people who have
    no account on any platform. `quiet` are the hours without reminders. `context` is how many comments before and after
    a flagged one are sealed with it, `protected_for` how long after a report its people are watched over.
    """
    known = Known(store, clock)
    reader = Reader(screener, pack, known.facts_of)
    book = CaseBook(store, clock, pack)
    await book.load()
    leaps = Leaps(store, clock)
    await leaps.begin()
    pages = Pages(store, pack, book, clock)
    limits = pack.identity.time_limits
    announcer = Announcer(store, platforms, book, clock, families_every=limits.parent_notice_months)
    days = DayTeller(store, platforms, pack, clock, book, mail=mail, quiet=quiet)
    signing = Signing(store, clock, book, days.views)
    cases = CaseView(store, pack, clock, book)
    outlets = outlets_of(platforms, mail)
    counters = (
        pages,
        Reporting(store, pack, clock, protected_for=protected_for),
        Deciding(store, pack, clock, book, pages),
        cases,
        Working(store, pack, clock, book, outlets),
        Consequences(store, pack, clock, book),
        signing,
        Registering(store, pack, clock, book, announcer),
        Welcoming(store, pack, clock, book, announcer),
        Setup(store, clock, book, outlets),
        Home(store, pack, clock, book, views=days.views, cases=cases),
    )
    desk = Desk(counters)
    deliverer = Deliverer(store, platforms, pack, clock, book=book, mail=mail, quiet=quiet)
    versions = Versions(f"{pack.name} {pack.identity.version}", screener.model.identity)
    people = PeopleWatch(store, pack, clock, platforms)
    aftermath = Aftermath(store, platforms, pack, clock, book)
    screen = people.over(reading(reader))
    async with Intake(store, screen, clock, versions=versions, explain=reader.explain) as intake:
        notices = Notices(store, platforms, book, clock)
        told = RecordsNotices(platforms, book, clock)
        drills = DrillTeller(store, platforms, book, clock, mail=mail)
        security = Security(store, outlets, book, announcer, clock)
        charge = (deliverer, notices, days, announcer, aftermath, told, drills, security)
        errands = Errands(store, clock, {kind: carry for one in charge for kind, carry in one.carriers.items()})
        contexts = Contexts(store, platforms, clock, before=context, after=context)
        watching = Watching(store, clock, intake.behind, platforms)
        rounds = (
            errands.run,
            contexts.run,
            watching.run,
            DayEnd(store, platforms, intake.receive, clock).run,
            announcer.run,
            security.run,
            Keeper(store, book, pack, clock, leaps=leaps).run,
        )
        yield Parts(store, platforms, intake, known, drills.over(desk.handle), rounds, clock, watching.told)
