"""Settings: one clear sentence for each wrong value; a secret never shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings, read_settings

SECRETS = {
    "DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_ADMIN_TOKEN",
    "SLACK_CLIENT_SECRET", "SMTP_URL", "DATABASE_URL", "CROSSING_GUARD_KEY",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.names():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name + "_FILE", raising=False)


def test_whatever_the_pages_and_the_adapters_tests_call_a_setting_is_one() -> None:
    root = Path(__file__).parents[1]
    files = [*root.glob("*.md"), *root.glob("docs/*.md"), *root.glob("tests/adapters/**/*.py")]
    named = {name for file in files for name in re.findall(r"\bCROSSING_GUARD_\w+", file.read_text(encoding="utf-8"))}
    assert {name.removesuffix("_FILE") for name in named - Settings.names()} <= SECRETS


def test_nothing_needs_to_be_set() -> None:
    settings = read_settings()
    assert (settings.model, settings.policy, settings.log_format) == ("embedded", "lausd", "text")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("CROSSING_GUARD_LOG_FORMAT", "xml", "CROSSING_GUARD_LOG_FORMAT: input should be 'text' or 'json'."),
        ("CROSSING_GUARD_HTTP", "8080", "CROSSING_GUARD_HTTP: must look like 127.0.0.1:8080."),
        ("CROSSING_GUARD_HTTP", "127.0.0.1:99999", "CROSSING_GUARD_HTTP: must look like 127.0.0.1:8080."),
        ("CROSSING_GUARD_MODEL", "bert", "CROSSING_GUARD_MODEL: must be “embedded”, “embedded:FOLDER”,"),
        ("CROSSING_GUARD_MODEL", "detox", "CROSSING_GUARD_MODEL: must be"),
        ("CROSSING_GUARD_SHARDS", "4-3/16", "CROSSING_GUARD_SHARDS: must look like 0-3/16"),
        ("CROSSING_GUARD_SHARDS", "0-16/16", "CROSSING_GUARD_SHARDS: must look like 0-3/16"),
        ("CROSSING_GUARD_WATCH_DAYS", "0", "CROSSING_GUARD_WATCH_DAYS: input should be greater than or equal to 1."),
        ("CROSSING_GUARD_WATCH_DAYS", "366", "CROSSING_GUARD_WATCH_DAYS: input should be less than or equal to 365."),
        ("DISCORD_API_URL", "http://api.example", "DISCORD_API_URL: must begin with https://"),
        ("DISCORD_API_URL", "ftp://127.0.0.1", "DISCORD_API_URL: must begin with https://"),
        ("SLACK_API_URL", "http://127.0.0.1.evil.example/", "SLACK_API_URL: must begin with https://"),
        ("CROSSING_GUARD_HOME", "~nosuchuser/x", "CROSSING_GUARD_HOME: begins with a home folder that is not known"),
        ("CROSSING_GUARD_POLICIES", "lausd", "CROSSING_GUARD_POLICIES is no setting of Crossing Guard"),
    ],
)
def test_a_wrong_value_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        read_settings()
    assert str(raised.value).startswith(sentence)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("url", ["https://discord.example/api/v10", "http://127.0.0.1:8001/api", "http://[::1]:1/"])
def test_a_service_is_reached_over_tls_or_on_this_machine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DISCORD_API_URL", url)
    assert read_settings().discord_api_url == url


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_may_come_from_a_file_and_never_shows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cr3t-value\n")
    monkeypatch.setenv(name + "_FILE", str(file))
    settings = read_settings()
    shown = repr(settings) + str(settings) + settings.model_dump_json()
    assert "s3cr3t" not in shown
    field = next(key for key, info in Settings.model_fields.items() if info.validation_alias == name)
    assert getattr(settings, field).get_secret_value() == "s3cr3t-value"


def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(tmp_path / "x"))
    with pytest.raises(SettingsError, match="both set"):
        read_settings()


def test_an_unreadable_secret_file_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(tmp_path / "nothing"))
    with pytest.raises(SettingsError, match="DISCORD_TOKEN_FILE names a file that cannot be read"):
        read_settings()


@pytest.mark.parametrize("name", sorted(SECRETS))
@pytest.mark.parametrize("content", ["", "\n", " \r\n"])
def test_an_empty_secret_file_does_not_pass_for_a_setting_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, content: str
) -> None:
    file = tmp_path / "secret"
    file.write_text(content)
    monkeypatch.setenv(name + "_FILE", str(file))
    with pytest.raises(SettingsError) as raised:
        read_settings()
    assert str(raised.value) == f"{name}_FILE names an empty file; put the value in it."


def test_the_home_folder_is_a_whole_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_settings().home == tmp_path / ".crossing-guard"
    monkeypatch.setenv("CROSSING_GUARD_HOME", "~/guard")
    assert read_settings().home == tmp_path / "guard"


@pytest.mark.parametrize("name", sorted(Settings.names() - SECRETS))
def test_what_is_no_secret_does_not_come_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv(name + "_FILE", str(tmp_path / "value"))
    with pytest.raises(SettingsError) as raised:
        read_settings()
    assert str(raised.value) == f"{name}_FILE is not read, because {name} is no secret; set {name} itself."


def test_a_setting_that_names_a_file_itself_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSING_GUARD_SITE_FILE", "lincoln.toml")
    assert read_settings().site_file == Path("lincoln.toml")


def test_every_setting_is_explained_in_the_docs() -> None:
    page = Path(__file__).parents[1].joinpath("docs", "settings.md").read_text(encoding="utf-8")
    assert {name for name in Settings.names() if f"`{name}`" not in page} == set()
