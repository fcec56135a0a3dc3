"""The site file: a district, its people, sites, channels and ladders as TOML, checked before anything is changed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.domain.categories import Severity
from bot.domain.channels import DISCORD_FROM_GRADE, lowest_grade
from bot.domain.comments import ChannelKind
from bot.domain.roster import ALL_SEVERITIES, EvidencePermission
from bot.errors import SiteFileError
from bot.policy.loader import is_shipped

MOST_BYTES = 4 << 20
"""A site file larger than this is refused unread."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY_DAY = "every day"
T = TypeVar("T")


def _duration(value: object) -> object:
    if isinstance(value, str) and (match := re.fullmatch(r"([1-9]\d{0,3})(m|h)", value, re.ASCII)):
        return timedelta(**{"minutes" if match[2] == "m" else "hours": int(match[1])})
    raise ValueError("must look like 30m or 2h")


def _clock(value: object) -> object:
    if isinstance(value, str) and (match := re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", value, re.ASCII)):
        return time(int(match[1]), int(match[2]))
    raise ValueError("must look like 15:00")


def _days(value: object) -> object:
    if value == EVERY_DAY:
        return frozenset()
    if isinstance(value, list) and value and all(day in WEEKDAYS for day in value):
        return frozenset(WEEKDAYS.index(day) for day in value)
    raise ValueError(f"must be “{EVERY_DAY}” or a list of days such as [“monday”, “tuesday”]")


def _stretch(value: object) -> object:
    """Read `2026-12-21/2027-01-08`, first and last day included; a single day stands for itself."""
    if not isinstance(value, str):
        return value
    first, _, last = value.partition("/")
    try:
        days = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    except ValueError:
        raise ValueError("must look like 2026-12-21/2027-01-08 (first and last day)") from None
    if days[0] > days[1]:
        raise ValueError("must begin before it ends, such as 2026-12-21/2027-01-08")
    return days


def _zone(value: object) -> object:
    try:
        ZoneInfo(str(value))
    except (OSError, ValueError, KeyError) as error:
        raise ValueError("must be a time zone such as America/Los_Angeles") from error
    return value


def _severity(value: object) -> object:
    return Severity.parse(value) if isinstance(value, str) else value


Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Account = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{1,63}$")]
Language = Literal["en", "es"]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Stretch = Annotated[tuple[date, date], BeforeValidator(_stretch)]
Clock = Annotated[time, BeforeValidator(_clock)]
SeverityWord = Annotated[Severity, BeforeValidator(_severity)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DistrictPart(_Part):
    """`[district]`. A `policy` that is no shipped pack is its absolute path once the file is read."""

    name: Name
    policy: str = Field(default="lausd", min_length=1)
    time_zone: Annotated[str, BeforeValidator(_zone)] = "America/Los_Angeles"
    languages: tuple[Language, ...] = Field(default=("en", "es"), min_length=1)
    administrators: tuple[Key, ...] = ()
    safety_contact: Key | None = None
    watch_staff_channels: StrictBool = False


class PersonPart(_Part):
    """`[[person]]`: everyone the bot may contact or trust."""

    key: Key
    name: Name
    title: str = Field(default="", max_length=200)
    email: Email | None = None
    language: Language = "en"
    discord: Account | None = None
    slack: Account | None = None
    local: Account | None = None
    away: tuple[Stretch, ...] = ()


class Place(_Part):
    """Where a channel is."""

    platform: Literal["discord", "slack", "local"]
    workspace: Account
    channel: Account


class LadderPart(_Part):
    """`[[site.ladder]]`, in order."""

    person: Key
    acknowledge_within: Duration = timedelta(minutes=30)
    severity: tuple[SeverityWord, ...] = Field(default=tuple(sorted(ALL_SEVERITIES)), min_length=1)


class ChannelPart(Place):
    """`[[site.channel]]`. What it lacks of the facts R1 asks for keeps it pending; it is stored, not read."""

    name: Name
    kind: ChannelKind
    grades: str | None = None
    parents_notified_on: date | None = None
    responsible: Key | None = None
    approved_by: Key | None = None
    approved_on: date | None = None

    @model_validator(mode="after")
    def _refuse_children_on_discord(self) -> Self:
        if self.kind is ChannelKind.CLASS and self.grades is not None:
            lowest = lowest_grade(self.grades)
            if lowest is None:
                raise ValueError("grades must look like 9-12 or K-5")
            if self.platform == "discord" and lowest < DISCORD_FROM_GRADE:
                raise ValueError("Discord admits nobody under 13; use another platform for this class")
        return self


class SitePart(_Part):
    """`[[site]]`."""

    key: Key
    name: Name
    mascots: tuple[Name, ...] = ()
    site_administrator: Key
    designees: tuple[Key, ...] = ()
    supervisor: Key | None = None
    staff: tuple[Key, ...] = ()
    parent_leaders: tuple[Key, ...] = ()
    day_closes_at: Clock = time(15)
    sign_off_by: Clock = time(18)
    duty_days: Annotated[frozenset[int], BeforeValidator(_days)] = frozenset()
    evidence_permission: EvidencePermission = EvidencePermission.PER_CASE
    alert_channel: Place | None = None
    ladder: tuple[LadderPart, ...] = ()
    channel: tuple[ChannelPart, ...] = ()


class SiteFile(_Part):
    """A whole site file. The people it names may stand in it or on the roster already: see `applying.apply`."""

    district: DistrictPart
    person: tuple[PersonPart, ...] = ()
    site: tuple[SitePart, ...] = ()


def read_site_file(path: Path) -> SiteFile:
    """Read and check a site file; raise `SiteFileError` with a sentence for every mistake, in the file's order."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SiteFileError([f"{path} is larger than {MOST_BYTES >> 20} MiB; this is no site file."])
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SiteFileError([f"{path} cannot be read ({error.strerror})."]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteFileError([f"{path} is not valid TOML: {error}."]) from error
    try:
        file = SiteFile.model_validate(content)
    except ValidationError as error:
        raise SiteFileError([_sentence(path, content, item) for item in error.errors()]) from None
    problems = [f"{path}: {problem}" for problem in _contradictions(file)]
    if problems:
        raise SiteFileError(problems)
    return _with_pack_beside(file, path)


def _with_pack_beside(file: SiteFile, path: Path) -> SiteFile:
    """A path to a pack is meant from the file's own folder, wherever the program is started."""
    if is_shipped(file.district.policy):
        return file
    district = file.district.model_copy(update={"policy": str(path.parent.resolve() / file.district.policy)})
    return file.model_copy(update={"district": district})


def _sentence(path: Path, content: dict[str, Any], error: Any) -> str:
    """One mistake, named by the keys people wrote, not by list positions."""
    place: list[str] = []
    at: Any = content
    for step in error["loc"]:
        at = _inside(at, step)
        if isinstance(step, int):
            place[-1] += f" {_called(at) or step + 1}"
        else:
            place.append(str(step))
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        message = "is not known here"
    elif error["type"] == "missing":
        message = "is missing"
    elif error["type"] == "too_short":
        message = "must not be empty; name at least one, or leave the line out for the default"
    elif error["type"] == "string_pattern_mismatch":
        message = "has characters or a form that cannot be used here"
    return f"{path}: {', '.join(place)}: {message[:1].lower()}{message[1:]}."


def _inside(at: Any, step: str | int) -> Any:
    if isinstance(at, list) and isinstance(step, int):
        return at[step]
    return at.get(step) if isinstance(at, dict) else None


def _called(item: object) -> str | None:
    if isinstance(item, dict):
        return next((f"“{item[name]}”" for name in ("key", "name", "person") if isinstance(item.get(name), str)), None)
    return None


def _contradictions(file: SiteFile) -> Iterator[str]:
    people = [person.key for person in file.person]
    yield from (f"the person “{key}” stands there twice." for key in _twice(people))
    yield from (f"the site “{key}” stands there twice." for key in _twice([site.key for site in file.site]))
    places = [(channel.platform, channel.workspace, channel.channel) for site in file.site for channel in site.channel]
    yield from (f"the channel {place[2]} on {place[0]} is registered twice." for place in _twice(places))
    accounts = [(name, getattr(person, name)) for person in file.person for name in ("discord", "slack", "local")]
    held = [pair for pair in accounts if pair[1] is not None]
    yield from (f"two people have the {pair[0]} account {pair[1]}." for pair in _twice(held))


def _twice(items: list[T]) -> list[T]:
    return [item for index, item in enumerate(items) if items.index(item) != index]
