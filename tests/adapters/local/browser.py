"""A real browser for the tests: Debian's chromium, driven by Playwright, talking to this machine only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Page, async_playwright

from adapters.local.server import Served
from adapters.local.world import World
from tests.adapters.local.scripted_core import ScriptedCore

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PICTURES = os.environ.get("PICTURES")
"""A folder to keep pictures of the page in, if somebody wants to look at them."""
DESK: Any = {"width": 1440, "height": 900}
PHONE: Any = {"width": 390, "height": 844}


def driver_problem() -> str | None:
    """Return why Playwright's driver cannot start on this machine, or nothing if it can.

    Only the driver is asked, for its version: what goes wrong after that is a failure of the tests.
    """
    command = [sys.executable, "-m", "playwright", "--version"]
    asked = subprocess.run(command, capture_output=True, check=False, encoding="utf-8", errors="replace")
    if asked.returncode == 0:
        return None
    said = asked.stderr.strip().splitlines() or [f"it exited with {asked.returncode}"]
    return f"Playwright's driver cannot start here, so the page was not tried in a browser: {said[-1]}"


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """Start the browser; it is gone at the end of the block."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def a_visitor(browser: Browser, link: str, *, strict: bool = True, **options: Any) -> AsyncIterator[Page]:
    """Open `link` with a fresh browser; if `strict`, fail on script errors, policy refusals and outside requests."""
    context = await browser.new_context(**{"viewport": DESK, "locale": "en-US", **options})
    context.set_default_timeout(5000)
    page = await context.new_page()
    wrong: list[str] = []
    here = link.split("/enter", maxsplit=1)[0]
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("request", lambda asked: None if asked.url.startswith(here) else wrong.append(asked.url))
    try:
        await page.goto(link)
        await page.wait_for_selector("#channels button")
        yield page
        assert wrong == [] or not strict
    finally:
        await context.close()


async def picture(page: Page, name: str) -> None:
    """Keep a picture of the page, if somebody asked for pictures."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png")


@dataclass
class School:
    """A school that is open to visitors, with the scripted core at work."""

    world: World
    served: Served
    core: ScriptedCore

    def told(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.core.told if isinstance(event, kind)]


async def write(page: Page, words: str, *, by: str | None = None) -> None:
    if by is not None:
        await page.select_option("#speaker", by)
    await page.fill("#composer-text", words)
    await page.press("#composer-text", "Enter")


def message(page: Page, words: str) -> Any:
    return page.locator(".message", has_text=words)


async def choose(page: Page, words: str, entry: str) -> None:
    """Choose an entry of a message's menu."""
    await message(page, words).locator(".more").click()
    await page.get_by_role("menuitem", name=entry).click()


async def violations(page: Page) -> list[str]:
    found = await Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found.response["violations"]]
