"""What `doctor` asks of the register and the log: is somebody reached, are channels renewed, is the chain whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.contacts import MAIL, address_of
from bot.app.wiring import make_mail
from bot.domain.roster import Roster, Site
from bot.errors import SettingsError
from bot.records.leaps import doubted_until
from bot.registry.schoolyear import Renewal, label, school_year, unrenewed
from bot.settings import Settings
from bot.store import HealthFact, Store, StoredChannel

LEAST_CONTACTS = 2
"""Contacts on a ladder who must be within reach."""


def reached(roster: Roster, outlets: Collection[str]) -> Iterator[HealthFact]:
    """Yield for each site whether at least two contacts and the last responder can be reached."""
    for site in roster.sites.values():
        ladder = list(dict.fromkeys(step.person for step in site.ladder))
        here = [person for person in ladder if address_of(roster, person, outlets, "") is not None]
        wrong = []
        if len(here) < LEAST_CONTACTS:
            wrong.append(f"only {len(here)} of the ladder can be reached, and it takes at least {LEAST_CONTACTS}")
        if ladder and ladder[-1] not in here:
            wrong.append(f"the last responder, “{ladder[-1]}”, cannot be reached")
        if wrong:
            sentence = f"{site.name}: {'; '.join(wrong)}; give people an account or an e-mail address."
            yield HealthFact("ladder", well=False, sentence=sentence)
        else:
            sentence = f"{site.name}: {len(here)} contacts can be reached, the last responder among them."
            yield HealthFact("ladder", well=True, sentence=sentence)


def mail(settings: Settings, roster: Roster, platforms: Collection[str]) -> HealthFact:
    """Return whether a mail server is set where somebody who must hear of alerts has nothing but an address."""
    try:
        server = make_mail(settings)
    except SettingsError as error:
        return HealthFact("mail", well=False, sentence=str(error))
    if server is not None:
        return HealthFact("mail", well=True, sentence="A mail server is set.")
    contacts = {key for site in roster.sites.values() for key in _contacts(site)}
    contacts |= {key for key in (roster.district.safety_contact, *roster.district.administrators) if key}
    only = sorted(
        key
        for key in contacts
        if (address := address_of(roster, key, {*platforms, MAIL}, "")) is not None and address.platform == MAIL
    )
    if only:
        sentence = f"Only mail reaches {', '.join(f'“{key}”' for key in only)}, and no server is set; set SMTP_URL."
        return HealthFact("mail", well=False, sentence=sentence)
    return HealthFact("mail", well=True, sentence="Nobody needs mail.")


def renewed(roster: Roster, channels: Sequence[StoredChannel], now: datetime) -> HealthFact:
    """Return which channels were not renewed for the school year (R29)."""
    today = now.astimezone(ZoneInfo(roster.district.time_zone)).date()
    year = label(school_year(today))
    old = unrenewed([one.registered for one in channels], today)
    if old:
        names = ", ".join(one.channel.name for one in old)
        lapsed = any(one.renewal is Renewal.LAPSED for one in old)
        return HealthFact("renewal", well=not lapsed, sentence=f"To be renewed for {year}, in chat: {names}.")
    return HealthFact("renewal", well=True, sentence=f"Every channel is registered for {year}.")


async def custody(store: Store) -> HealthFact:
    """Return whether the custody log's chain is whole."""
    head, problems = await store.verify_chain()
    if problems:
        more = f" ({len(problems)} problems in all)" if len(problems) > 1 else ""
        sentence = f"The custody log is not what it was: {problems[0].sentence}{more} Tell your district."
        return HealthFact("custody log", well=False, sentence=sentence)
    rows = "row" if head.number == 1 else "rows"
    return HealthFact("custody log", well=True, sentence=f"The custody log is whole: {head.number} {rows}.")


async def steady(store: Store, now: datetime) -> HealthFact:
    """Return whether the clock has leapt lately, or the program was off for days, which looks the same to it."""
    until = await doubted_until(store, now)
    if until is None:
        return HealthFact("clock's way", well=True, sentence="The clock has not leapt lately.")
    return HealthFact(
        "clock's way",
        well=False,
        sentence=f"The program was off for days, or the clock leapt to {now:%Y-%m-%d %H:%M} UTC; if it is wrong, stop "
        f"the program and set it right. Nothing is destroyed by itself before {until:%Y-%m-%d %H:%M} UTC.",
    )


def _contacts(site: Site) -> Iterator[str]:
    yield site.site_administrator
    yield from site.designees
    yield from (step.person for step in site.ladder)
    if site.supervisor:
        yield site.supervisor
