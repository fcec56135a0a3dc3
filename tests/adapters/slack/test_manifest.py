"""The manifest asks for what the code uses, and for nothing else; the page in the docs says the same."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import adapters.slack
from adapters.slack.hearing import KINDS
from adapters.slack.manifest import manifest
from adapters.slack.needs import EVENTS, METHODS, USER_SCOPES, WHY, bot_scopes
from bot.interface.commands import COMMANDS, REPORT_CALLBACK
from bot.interface.texts import say

CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in Path(adapters.slack.__file__).parent.glob("*.py")
    if path.name != "needs.py"
)
PAGE = Path(adapters.slack.__file__).parents[2].joinpath("docs", "slack.md").read_text(encoding="utf-8")
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))


def test_every_method_that_is_called_stands_in_the_table_and_none_besides() -> None:
    called = set(re.findall(r'"((?:apps|auth|chat|conversations|pins|users|views)\.[a-zA-Z.]{2,40})"', CODE))
    assert called == set(METHODS)


def test_every_event_that_is_heard_is_subscribed_to_and_none_besides() -> None:
    heard = KINDS - {"message"} | {"message.channels", "message.groups"}
    assert heard == set(EVENTS)


def test_every_scope_is_needed_and_explained() -> None:
    assert set(bot_scopes()) == set(WHY)
    needed = {scope for one in METHODS.values() for scope in one.scopes} | {"commands"}
    needed |= {scope for scopes in EVENTS.values() for scope in scopes}
    assert needed == set(WHY)
    assert not {scope for scope in WHY if scope.startswith(("im:", "mpim:", "files:", "users:read.email"))}


def test_the_manifest_says_what_the_code_needs() -> None:
    content = manifest()
    assert set(content["oauth_config"]["scopes"]["bot"]) == set(WHY)
    assert "user" not in content["oauth_config"]["scopes"]
    assert set(content["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)
    commands = [one["command"] for one in content["features"]["slash_commands"]]
    assert commands == [f"/guard-{command.name}" for command in COMMANDS]
    assert [one["callback_id"] for one in content["features"]["shortcuts"]] == [REPORT_CALLBACK]
    assert content["features"]["app_home"]["home_tab_enabled"]
    assert content["settings"]["interactivity"] == {"is_enabled": True}
    assert content["settings"]["socket_mode_enabled"]


def test_for_http_every_way_in_has_the_address() -> None:
    for address in (
        "https://guard.example.org",
        "https://guard.example.org/",
        "https://guard.example.org/slack/events",
    ):
        content = manifest(address, removal=True)
        events = "https://guard.example.org/slack/events"
        assert content["settings"]["event_subscriptions"]["request_url"] == events
        assert content["settings"]["interactivity"]["request_url"] == events
        assert {one["url"] for one in content["features"]["slash_commands"]} == {events}
        assert content["oauth_config"]["redirect_urls"] == ["https://guard.example.org/slack/oauth_redirect"]
        assert not content["settings"]["socket_mode_enabled"]
        assert content["oauth_config"]["scopes"]["user"] == sorted(USER_SCOPES)


def test_it_keeps_to_slacks_lengths() -> None:
    content = manifest()
    assert len(content["display_information"]["name"]) <= 35
    assert len(content["display_information"]["description"]) <= 140
    assert len(content["features"]["bot_user"]["display_name"]) <= 80
    for shortcut in content["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
    assert len(content["features"]["slash_commands"]) <= 50
    assert all(len(one["command"]) <= 32 for one in content["features"]["slash_commands"])


def test_menus_and_commands_explain_themselves_in_both_languages() -> None:
    features = manifest()["features"]
    said = [one["description"] for one in (*features["shortcuts"], *features["slash_commands"])]
    for description, summary in zip(said, [COMMANDS[0].summary, *(one.summary for one in COMMANDS)], strict=True):
        assert description.split(" · ") == [say(summary, "en"), say(summary, "es")]


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_command_prints_it(form: str) -> None:
    done = _run("manifest", "slack", "--http", "https://guard.example.org", "--format", form)
    assert done.returncode == 0
    read = json.loads(done.stdout) if form == "json" else yaml.safe_load(done.stdout)
    assert read == manifest("https://guard.example.org")


@pytest.mark.parametrize("address", ["http://guard.example.org", "guard.example.org", "https://", "https://x/?a=1"])
def test_an_address_without_tls_is_one_sentence(address: str) -> None:
    done = _run("manifest", "slack", "--http", address)
    assert done.returncode == 2
    assert done.stderr.startswith("crossing-guard: --http must be an address that begins with https://")


def test_the_page_lists_every_scope_with_its_reason() -> None:
    rows = dict(re.findall(r"^\| `([a-z:]+)` \| (.+) \|$", PAGE, re.MULTILINE))
    assert rows == WHY
    for scope, why in USER_SCOPES.items():
        assert f"| `{scope}` (user, only with `--removal`) | {why} |" in PAGE


def test_each_row_of_the_page_is_a_test() -> None:
    named = re.findall(r"\| `(test_[a-z_]+)` \|$", PAGE, re.MULTILINE)
    assert len(named) > 20
    assert [name for name in named if f"def {name}(" not in TESTS] == []


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words], capture_output=True, text=True, check=False, timeout=60
    )
