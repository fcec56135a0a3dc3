"""Settings: read once from the environment (and `NAME_FILE` for secrets), wrong values named in one sentence.

Every name is explained in `docs/settings.md`; a test keeps the two in step.
"""

from __future__ import annotations

import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import SettingsError

PREFIX = "CROSSING_GUARD_"
FILE = "_FILE"


def over_tls_or_loopback(url: str) -> str:
    """Return `url`; raise `ValueError` for plain http and ws beyond this machine: no token travels in clear."""
    parts = urlsplit(url)
    if parts.scheme in ("https", "wss") and parts.hostname:
        return url
    if parts.scheme in ("http", "ws") and _is_loopback(parts.hostname or ""):
        return url
    raise ValueError("must begin with https:// (plain http:// only for this machine itself)")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError("must look like 127.0.0.1:8080")
    return value


def _shards(value: str) -> str:
    match = re.fullmatch(r"(\d{1,5})-(\d{1,5})/(\d{1,5})", value, re.ASCII)
    if not match or not int(match[1]) <= int(match[2]) < int(match[3]):
        raise ValueError("must look like 0-3/16 (first shard, last shard, number of all shards)")
    return value


def _home(value: Path) -> Path:
    try:
        return value.expanduser()
    except RuntimeError:
        raise ValueError("begins with a home folder that is not known; write the whole path") from None


def _model(value: str) -> str:
    if value.partition(":")[0] not in ("embedded", "detoxify"):
        raise ValueError("must be “embedded”, “embedded:FOLDER”, “detoxify:NAME” or “detoxify:checkpoint:PATH”")
    return value


ServiceUrl = Annotated[str, AfterValidator(over_tls_or_loopback)]


def _env(name: str) -> Any:
    return Field(default=None, validation_alias=name)


class SecretFiles(PydanticBaseSettingsSource):
    """Reads `NAME_FILE` for every secret `NAME`, as container platforms hand secrets over; refuses it for others."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the content of the file named by `NAME_FILE`, without the final newline.

        Raise `SettingsError` for a file that cannot be read or holds nothing: it must not pass for a setting left out.
        """
        name = str(field.validation_alias)
        path = os.environ.get(name + FILE)
        if not path:
            return None, name, False
        if "SecretStr" not in str(field.annotation):
            raise SettingsError(f"{name}{FILE} is not read, because {name} is no secret; set {name} itself.")
        if os.environ.get(name):
            raise SettingsError(f"{name} and {name}{FILE} are both set; keep one of them.")
        try:
            value = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{name}{FILE} names a file that cannot be read.") from error
        if not value.strip():
            raise SettingsError(f"{name}{FILE} names an empty file; put the value in it.")
        return value, name, False

    def __call__(self) -> dict[str, Any]:
        """Return what was found, by environment name."""
        found = (self.get_field_value(field, name) for name, field in self.settings_cls.model_fields.items())
        return {name: value for value, name, _ in found if value is not None}


class Settings(BaseSettings):
    """Everything that can be set from outside. Secrets never show in `repr`, logs or errors."""

    model_config = SettingsConfigDict(
        frozen=True, case_sensitive=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    discord_token: SecretStr | None = _env("DISCORD_TOKEN")
    discord_api_url: ServiceUrl | None = _env("DISCORD_API_URL")
    slack_bot_token: SecretStr | None = _env("SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = _env("SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = _env("SLACK_SIGNING_SECRET")
    slack_admin_token: SecretStr | None = _env("SLACK_ADMIN_TOKEN")
    slack_client_id: str | None = _env("SLACK_CLIENT_ID")
    slack_client_secret: SecretStr | None = _env("SLACK_CLIENT_SECRET")
    slack_api_url: ServiceUrl | None = _env("SLACK_API_URL")
    smtp_url: SecretStr | None = _env("SMTP_URL")
    database_url: SecretStr | None = _env("DATABASE_URL")
    key: SecretStr | None = _env("CROSSING_GUARD_KEY")
    home: Annotated[Path, AfterValidator(_home)] = Field(
        default=Path("~/.crossing-guard"), validate_default=True, validation_alias="CROSSING_GUARD_HOME"
    )
    site_file: Path | None = _env("CROSSING_GUARD_SITE_FILE")
    shards: Annotated[str, AfterValidator(_shards)] | None = _env("CROSSING_GUARD_SHARDS")
    http: Annotated[str, AfterValidator(_address)] | None = _env("CROSSING_GUARD_HTTP")
    model: Annotated[str, AfterValidator(_model)] = Field(default="embedded", validation_alias="CROSSING_GUARD_MODEL")
    policy: str = Field(default="lausd", min_length=1, validation_alias="CROSSING_GUARD_POLICY")
    context: int = Field(default=3, ge=0, le=20, validation_alias="CROSSING_GUARD_CONTEXT")
    watch_days: int = Field(default=90, ge=1, le=365, validation_alias="CROSSING_GUARD_WATCH_DAYS")
    log_format: Literal["text", "json"] = Field(default="text", validation_alias="CROSSING_GUARD_LOG_FORMAT")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first (tests), then the environment, then the files it names."""
        return init_settings, env_settings, SecretFiles(settings_cls)

    @classmethod
    def names(cls) -> frozenset[str]:
        """Every environment variable that is read, without the `_FILE` forms."""
        return frozenset(str(field.validation_alias) for field in cls.model_fields.values())


def read_settings() -> Settings:
    """Read the environment; raise `SettingsError` naming the setting that cannot be used, never a secret."""
    known = Settings.names()
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and not {name, name.removesuffix(FILE)} & known:
            raise SettingsError(f"{name} is no setting of Crossing Guard; known are {_ours(known)}.")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        name = str(first["loc"][0])
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name}: {reason[:1].lower()}{reason[1:]}.") from None


def _ours(known: frozenset[str]) -> str:
    return ", ".join(sorted(name for name in known if name.startswith(PREFIX)))
