"""Installs into several workspaces: the real OAuth flow, tokens sealed, and each workspace heard with its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from adapters.slack.installing import Installer
from adapters.slack.platform import Options, SlackPlatform
from bot.interface.desk import said
from bot.platform.events import ChannelNews
from bot.platform.protocol import Recipient
from bot.store import Store, open_store
from tests.adapters.slack.conftest import School
from tests.adapters.slack.core import Core, at, options, served
from tests.platforms.slack_server import SlackServer, World

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # how slack-sdk asks


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(home=tmp_path) as store:
        yield store


@pytest.fixture
def second(slack: SlackServer, school: School) -> World:
    return slack.add_world("T0MIDDLE", "Middle School")


@asynccontextmanager
async def district(slack: SlackServer, store: Store) -> AsyncIterator[tuple[Core, str]]:
    """Run the adapter as a district does: no bot token, but OAuth and signed HTTP; yield its address too."""
    installer = Installer(slack.app.client_id, slack.app.client_secret, store.installations)
    chosen = Options(None, signing_secret=slack.signing_secret, api_url=slack.api_url, look=0.2)
    platform = SlackPlatform(chosen, installer)
    core = Core(platform, slack)
    task = asyncio.create_task(core.listen())
    async with served(platform.routes()) as address:
        await platform.start()
        slack.http.url = f"{address}/slack/events"
        yield core, address
        await platform.close()
        await task


async def install(slack: SlackServer, world: World, address: str, by: str) -> int:
    """Install the app as a person's browser would; return the last page's status."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        async with browser.get(f"{address}/slack/install") as page:
            html = await page.text()
            cookie = page.headers["Set-Cookie"].partition(";")[0]
        state = _state(html)
        asked = {"code": slack.authorize(world, by), "state": state}
        async with browser.get(f"{address}/slack/oauth_redirect", params=asked, headers={"Cookie": cookie}) as page:
            return page.status


def _state(html: str) -> str:
    """Return the value that Slack would bring back, from the page's link to Slack."""
    return html.partition("state=")[2].partition("&")[0]


async def test_two_workspaces_install_and_are_heard(
    slack: SlackServer, school: School, second: World, store: Store
) -> None:
    person = second.add_person("Maya", locale="es-US")
    room = second.add_channel("room-1", [person])
    async with district(slack, store) as (core, address):
        assert await install(slack, school.world, address, school.principal) == 200
        assert await install(slack, second, address, person) == 200
        school.world.post(school.student, school.room, "in the high school")
        second.post(person, room, "in the middle school")
        await core.until(lambda: len(core.comments) == 2)
        where = {comment.text: comment.ref.channel for comment in core.comments}
        assert where == {"in the high school": at(school.room), "in the middle school": at(room, "T0MIDDLE")}
        names = {comment.text: comment.author.name for comment in core.comments}
        assert names["in the middle school"] == "Maya"
        delivery = await core.platform.deliver(said("report.thanks"), Recipient(person=person), "es")
        assert delivery.channel.startswith("T0MIDDLE:")
        await core.platform.update(delivery, said("moved.title"), "es")
        assert len(second.direct_messages(person)) == 1
        assert {seen.ref.workspace for seen in await core.platform.channels()} == {"T0LINCOLN", "T0MIDDLE"}


async def test_installations_survive_a_restart_sealed(
    slack: SlackServer, school: School, store: Store, tmp_path: Path
) -> None:
    async with district(slack, store) as (_, address):
        await install(slack, school.world, address, school.principal)
    tokens = [token for token, grant in slack.service.grants.items() if grant.team == "T0LINCOLN"]
    kept = _contents(tmp_path)
    assert not any(token.encode() in kept for token in tokens)
    assert school.principal.encode() not in kept
    async with district(slack, store) as (core, _):
        school.world.post(school.student, school.room, "still heard")
        await core.until(lambda: core.comments)


def _contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_another_worker_learns_of_an_install_when_it_hears(
    slack: SlackServer, school: School, store: Store
) -> None:
    async with district(slack, store) as (worker, _), district(slack, store) as (_, address):
        await install(slack, school.world, address, school.principal)
        slack.http.url = slack.http.url.replace(slack.http.url, f"{address}/slack/events")
        school.world.post(school.student, school.room, "hello")
        await slack.happenings.drained()
        assert await worker.platform.channels() == ()
        assert (await worker.platform.inspect(at(school.room))).name == "room-12"


async def test_an_uninstalled_workspace_is_forgotten(slack: SlackServer, school: School, store: Store) -> None:
    async with district(slack, store) as (core, address):
        await install(slack, school.world, address, school.principal)
        await core.platform.channels()
        slack.uninstall(school.world)
        await core.until(lambda: core.news)
        assert core.news[0].news is ChannelNews.ACCESS_LOST
        async with asyncio.timeout(5):
            while await store.installations.workspaces("slack"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("wrong", ["state", "cookie", "code", "nothing"])
async def test_an_install_that_nobody_began_is_refused(
    slack: SlackServer, school: School, store: Store, wrong: str
) -> None:
    async with district(slack, store) as (_, address), aiohttp.ClientSession() as browser:
        async with browser.get(f"{address}/slack/install") as page:
            html = await page.text()
            cookie = page.headers["Set-Cookie"].partition(";")[0]
        state = _state(html)
        asked = {"code": slack.authorize(school.world, school.principal), "state": state}
        asked |= {"state": {"state": "forged"}, "code": {"code": "guessed"}}.get(wrong, {})
        sent = {} if wrong == "cookie" else {"Cookie": cookie}
        query = {} if wrong == "nothing" else asked
        async with browser.get(f"{address}/slack/oauth_redirect", params=query, headers=sent) as page:
            assert page.status in (400, 401)
    assert await store.installations.workspaces("slack") == []


async def test_single_workspace_has_no_install_pages(slack: SlackServer) -> None:
    platform = SlackPlatform(options(slack, http=True))
    assert [route.path for route in platform.routes()] == ["/slack/events"]
    await platform.close()
