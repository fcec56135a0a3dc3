"""What `doctor` looks at: policy packs, model, master key, database. Each finding says what a person must do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from bot.app.wiring import load_model, load_policy, open_database
from bot.errors import CrossingGuardError
from bot.policy.loader import available_packs
from bot.settings import Settings
from bot.store import HealthFact


async def examine(settings: Settings) -> AsyncIterator[HealthFact]:
    """Yield every finding; whatever is wrong with one part, the others are still looked at."""
    yield _tried("policy pack", lambda: _policy(settings))
    yield _tried("shipped packs", _shipped_packs)
    yield _tried("toxicity model", lambda: f"{load_model(settings, 1).manifest.identity} is whole.")
    try:
        async with open_database(settings) as store:
            yield HealthFact("master key", well=True, sentence="The master key opens what is sealed.")
            for fact in await store.check():
                yield fact
    except CrossingGuardError as error:
        yield HealthFact("database", well=False, sentence=str(error))
    yield _platforms(settings)


def _tried(subject: str, look: Callable[[], str]) -> HealthFact:
    try:
        return HealthFact(subject, well=True, sentence=look())
    except CrossingGuardError as error:
        return HealthFact(subject, well=False, sentence=str(error))


def _policy(settings: Settings) -> str:
    pack = load_policy(settings)
    return f"“{pack.name}” {pack.identity.version} ({pack.identity.district}) is in force."


def _shipped_packs() -> str:
    return f"{', '.join(pack.name for pack in available_packs())} can be used."


def _platforms(settings: Settings) -> HealthFact:
    if settings.discord_token or settings.slack_bot_token:
        sentence = "A platform's token is set, but this version screens exports only."
        return HealthFact("platforms", well=False, sentence=sentence)
    return HealthFact("platforms", well=True, sentence="No platform is set up; exports can be screened.")
