"""What `doctor` looks at: packs, model, clock, key, database, people, channels, platforms. Each says what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from bot.alerts.contacts import MAIL
from bot.app.looking import look_at_platforms, set_up
from bot.app.readiness import custody, mail, reached, renewed, steady
from bot.app.wiring import load_model, open_database, policy_in_force
from bot.daily.planning import sweep_facts
from bot.domain.channels import ChannelStatus, Lacking, RegisteredChannel
from bot.domain.comments import ChannelKind
from bot.domain.roster import Roster
from bot.errors import CrossingGuardError
from bot.policy.loader import available_packs
from bot.registry.applying import unknown_people, waiting_for
from bot.settings import Settings
from bot.store import HealthFact, Store

RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock that shows an earlier time than this program was made is wrong."""


async def examine(settings: Settings) -> AsyncIterator[HealthFact]:
    """Yield every finding; whatever is wrong with one part, the others are still looked at."""
    roster: Roster | None = None
    yield _tried("shipped packs", _shipped_packs)
    yield _tried("toxicity model", lambda: f"{load_model(settings, 1).manifest.identity} is whole.")
    yield clock(datetime.now(UTC))
    try:
        async with open_database(settings) as store:
            yield HealthFact("master key", well=True, sentence="The master key opens what is sealed.")
            roster = await store.registry.read()
            now = datetime.now(UTC)
            facts = [*await store.check(), await custody(store), await steady(store, now)]
            for fact in [*facts, *await _register(settings, store, roster)]:
                yield fact
            async for fact in look_at_platforms(settings, store, roster, now):
                yield fact
    except CrossingGuardError as error:
        yield HealthFact("database", well=False, sentence=str(error))
    yield _tried("policy pack", lambda: _policy(settings, roster))


def _tried(subject: str, look: Callable[[], str]) -> HealthFact:
    try:
        return HealthFact(subject, well=True, sentence=look())
    except CrossingGuardError as error:
        return HealthFact(subject, well=False, sentence=str(error))


def _policy(settings: Settings, roster: Roster | None) -> str:
    pack = policy_in_force(settings, roster)
    return f"“{pack.name}” {pack.identity.version} ({pack.identity.district}) is in force."


def _shipped_packs() -> str:
    return f"{', '.join(pack.name for pack in available_packs())} can be used."


def clock(now: datetime) -> HealthFact:
    """Return whether this machine's clock can be right: days, deadlines and the order of evidence hang on it."""
    if now < RELEASED:
        return HealthFact("clock", well=False, sentence=f"The clock says {now:%Y-%m-%d %H:%M} UTC; set it right.")
    return HealthFact("clock", well=True, sentence=f"The clock says {now:%Y-%m-%d %H:%M} UTC.")


async def _register(settings: Settings, store: Store, roster: Roster | None) -> list[HealthFact]:
    """What people must still say about the district before its channels are read and everybody is reached."""
    if roster is None:
        return [
            HealthFact("site", well=True, sentence="No site is set up yet: crossing-guard site apply FILE does it.")
        ]
    facts = [HealthFact("people", well=False, sentence=_capital(sentence)) for sentence in unknown_people(roster)]
    facts = facts or [HealthFact("people", well=True, sentence="Everyone who is named is on the roster.")]
    channels, now = await store.channels.all(), datetime.now(UTC)
    facts += [_channel(item.registered) for item in channels if _is_open(item.registered)]
    platforms = {*set_up(settings)} or {name for person in roster.people.values() for name in person.accounts}
    facts += reached(roster, platforms | ({MAIL} if settings.smtp_url else set()))
    facts += [mail(settings, roster, platforms), renewed(roster, channels, now)]
    return facts + await sweep_facts(store, roster, now)


def _is_open(channel: RegisteredChannel) -> bool:
    return channel.status in (ChannelStatus.PENDING, ChannelStatus.APPROVED)


def _channel(channel: RegisteredChannel) -> HealthFact:
    if channel.watched:
        return HealthFact("channel", well=True, sentence=f"{channel.name} is watched.")
    if channel.kind is ChannelKind.STAFF and not channel.district_allows:
        sentence = f"{channel.name} is a staff channel: it is left alone, unless the district has it watched."
        return HealthFact("channel", well=True, sentence=sentence)
    if channel.site is None and not (channel.responsible or channel.approved_by):
        sentence = f"{channel.name} is on no register and is not read; somebody reported a comment there."
        return HealthFact("channel", well=True, sentence=sentence)
    waits = waiting_for(channel)
    sentence = f"{channel.name} is not read yet: it still needs {', '.join(waits)}."
    return HealthFact("channel", well=waits == (Lacking.BOTS_NOTICE,), sentence=sentence)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
