"""Removal on Slack: a bot may not remove other people's messages; with an administrator's token it does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from adapters.slack.platform import CAPABILITIES, Options
from bot.platform.capabilities import Capability
from tests.platforms import test_deciding
from tests.platforms.school import School
from tests.platforms.slack_stage import SlackStage


class AdministratorStage(SlackStage):
    """Slack, where an administrator lent the bot their token."""

    capabilities: ClassVar[frozenset[Capability]] = CAPABILITIES | {Capability.REMOVE_COMMENT}

    def options(self) -> Options:
        return replace(super().options(), admin_token=self.slack.admin_token(self.place.accounts["principal"]))


@pytest.fixture
async def lent(tmp_path: Path) -> AsyncIterator[AdministratorStage]:
    stage = AdministratorStage(tmp_path)
    await stage.open(School())
    await stage.watched()
    yield stage
    await stage.close()


async def test_with_an_administrators_token_a_removal_removes_the_comment(lent: AdministratorStage) -> None:
    await test_deciding.test_a_removal_removes_the_comment(lent)
    (call,) = lent.slack.called("chat.delete")
    assert call.error is None


async def test_with_an_administrators_token_nothing_is_removed_without_a_person(lent: AdministratorStage) -> None:
    await test_deciding.test_nothing_is_removed_without_a_person(lent)
    assert lent.slack.called("chat.delete") == []
