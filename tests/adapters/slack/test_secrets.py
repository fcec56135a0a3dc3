"""No token, secret or word of a person in any log line, however much the logs are asked to say."""

from __future__ import annotations

import logging

import pytest

from bot.errors import PlatformError, SettingsError
from bot.interface.desk import said
from bot.platform.protocol import Recipient
from tests.adapters.slack.conftest import School
from tests.adapters.slack.core import Asked, listening, options
from tests.platforms.slack_server import SlackServer

WORDS = "canary words of a child"


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_no_log_line_holds_a_secret_or_a_persons_words(
    slack: SlackServer, school: School, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("slack_sdk", "slack_bolt", "slack_bolt.AsyncApp"):
        caplog.set_level(logging.DEBUG, name)
    chosen = options(slack, http=way == "http", admin_token=slack.admin_token(school.principal))
    async with listening(slack, chosen) as core:

        async def reply(event: Asked) -> None:
            await core.platform.answer(event.interaction, said("report.thanks"))

        core.reply = reply
        post = school.world.post(school.student, school.room, WORDS)
        school.world.edit(post, WORDS + " again")
        await school.world.shortcut(school.student, post)
        await school.world.command(school.student, school.room, "/guard-report", WORDS)
        slack.faults.refuse("chat.postMessage", "invalid_auth")
        with pytest.raises(PlatformError):
            await core.platform.deliver(said("report.thanks"), Recipient(person=school.student), "en")
        if way == "http":
            await slack.http.post(WORDS, secret="wrong")
        slack.socket.drop()
        await core.settled() if way == "http" else await core.until(lambda: core.line == "-+-+")
    logged = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
    secrets = [slack.bot_token, slack.app_token, slack.signing_secret, chosen.admin_token or "", "ticket=", WORDS]
    assert [secret for secret in secrets if secret in logged] == []
    assert "The line to Slack" in logged


async def test_a_refused_token_is_not_repeated(slack: SlackServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SettingsError) as raised:
        async with listening(slack, options(slack, bot_token="xoxb-canary")):
            raise AssertionError
    assert "canary" not in str(raised.value) + caplog.text


def test_options_do_not_show_their_secrets(slack: SlackServer) -> None:
    assert slack.bot_token not in repr(options(slack))
