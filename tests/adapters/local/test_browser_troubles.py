"""The page when something goes wrong, or is unusual: lost lines, long texts, small windows, a finger that slips."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from adapters.local.school import open_school, tell_what_was_said
from adapters.local.server import MOST_PAGES, serve
from adapters.local.values import LONGEST
from adapters.local.world import the_present
from bot.platform.events import CommandUsed
from tests.adapters.local.browser import CHROMIUM, School, a_visitor, choose, message, picture, write

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: the page was not tried in a browser"),
    pytest.mark.asyncio(loop_scope="module"),
]

FOCUSED = "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"


# --- writing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["/Report Tyler hit me", "/REPORT\nTyler hit me", " /Report"])
async def test_a_command_with_a_capital_is_still_a_command(page: Page, school: School, typed: str) -> None:
    await write(page, typed, by="maya")
    await expect(page.get_by_role("dialog", name="Report to school")).to_be_visible()
    assert [event.command for event in school.told(CommandUsed)] == ["report"]
    assert school.world.messages() == []


@pytest.mark.parametrize("typed", ["/réport Tyler hit me", "/report! Tyler", "/re-port", "//report", "/ report"])
async def test_what_begins_as_a_command_never_reaches_the_channel(page: Page, school: School, typed: str) -> None:
    await write(page, typed, by="maya")
    await expect(page.get_by_role("alert").first).to_contain_text("There is no command /")
    await expect(page.locator("#composer-text")).to_have_value(typed)
    assert (school.world.messages(), school.told(CommandUsed)) == ([], [])


async def test_too_long_a_text_is_refused_and_stays_in_the_box(page: Page, school: School) -> None:
    for length in (LONGEST + 1, 70 * LONGEST):
        await write(page, "x" * length, by="maya")
        await expect(page.get_by_role("alert").first).to_contain_text(f"{LONGEST} characters at most")
        await expect(page.locator("#composer-text")).to_have_value("x" * length)
        await page.evaluate("document.querySelector('#toast').hidden = true")
    await write(page, "😀" * LONGEST)
    await expect(page.locator("#composer-text")).to_have_value("")
    assert [len(one.text) for one in school.world.messages()] == [LONGEST]


async def test_half_a_character_is_replaced_and_cuts_no_line(page: Page, school: School) -> None:
    await page.evaluate(
        """() => {
            const text = document.querySelector("#composer-text");
            text.value = "cut \\ud83d";
            text.form.requestSubmit();
        }"""
    )
    await expect(message(page, "cut \ufffd")).to_be_visible()
    assert await page.locator("#strip").is_hidden()


async def test_a_reply_and_an_edit_end_with_their_channel_and_their_message(page: Page, school: School) -> None:
    await write(page, "hello", by="maya")
    await choose(page, "hello", "Reply")
    await expect(page.locator("#composing")).to_be_visible()
    await page.get_by_role("button", name="families").click()
    await expect(page.locator("#composing")).to_be_hidden()
    await write(page, "good morning", by="marta")
    await expect(message(page, "good morning")).to_be_visible()
    await page.get_by_role("button", name="room-12").click()
    await page.select_option("#speaker", "maya")
    await choose(page, "hello", "Edit")
    await page.get_by_role("button", name="families").click()
    await expect(page.locator("#composer-text")).to_have_value("")
    await expect(page.locator("#send")).to_have_text("Send")
    await page.get_by_role("button", name="room-12").click()
    await page.select_option("#speaker", "maya")
    await choose(page, "hello", "Reply")
    school.world.delete("maya", "1")
    await page.click("#language")
    await expect(page.locator("#send")).to_have_text("Enviar")
    await expect(page.locator("#composing")).to_be_hidden()


async def test_a_time_out_that_is_over_gives_the_box_back(page: Page, school: School) -> None:
    school.world.clock = the_present
    await page.select_option("#speaker", "josh")
    school.world.silence("josh", "room-12", timedelta(seconds=3))
    await expect(page.locator("#composer-text")).to_be_disabled()
    await expect(page.locator("#composer-text")).to_be_enabled()
    await write(page, "back again")
    await expect(message(page, "back again")).to_be_visible()


# --- the line -------------------------------------------------------------------------------------------------------


async def test_what_was_sent_while_the_line_dropped_is_refused_and_stays(page: Page, school: School) -> None:
    silent: list[WebSocketRoute] = []

    async def swallow(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        line.on_message(lambda said: None if '"write"' in str(said) else server.send(said))
        silent.append(line)

    await page.route_web_socket("**/live*", swallow)
    await page.reload()
    await page.wait_for_selector("#channels button")
    await write(page, "is anybody there", by="maya")
    await silent[0].close()
    await expect(page.get_by_role("alert").first).to_contain_text("lost its connection")
    await expect(page.locator("#composer-text")).to_have_value("is anybody there")


async def test_without_a_line_switch_and_language_refuse_and_nothing_is_remembered(browser: Browser) -> None:
    async with serve(open_school(), port=0) as served:
        visiting = a_visitor(browser, served.link(), strict=False)
        page = await visiting.__aenter__()
    await expect(page.locator("#strip")).to_contain_text("lost its connection")
    for button in ("#language", "#bot-switch"):
        await page.click(button)
        await expect(page.locator("#toast")).to_contain_text("lost its connection")
        await page.evaluate("document.querySelector('#toast').hidden = true")
    assert await page.evaluate("localStorage.getItem('crossing-guard.language')") is None
    await visiting.__aexit__(None, None, None)


async def test_one_page_too_many_says_so_and_opens_when_another_is_closed(browser: Browser, school: School) -> None:
    async with AsyncExitStack() as visitors:
        first = await visitors.enter_async_context(a_visitor(browser, school.served.link(), strict=False))
        for _ in range(MOST_PAGES - 1):
            one = await first.context.new_page()
            await one.goto(school.served.address)
            await one.wait_for_selector("#channels button")
        pages = first.context.pages
        extra = await first.context.new_page()
        await extra.goto(school.served.address)
        await expect(extra.locator("#too-many")).to_contain_text("Too many pages are open")
        await expect(extra.locator("#too-many")).to_contain_text("demasiadas páginas")
        await pages[1].close()
        await extra.wait_for_selector("#channels button", timeout=20_000)
        await expect(extra.locator("#too-many")).to_be_hidden()


async def test_a_page_whose_first_line_fails_is_not_blank(page: Page) -> None:
    await page.route_web_socket("**/live*", lambda line: asyncio.ensure_future(line.close()))
    await page.reload()
    await expect(page.locator("#unreached")).to_contain_text("no connection to the demo yet")
    await expect(page.locator("#unreached [lang=es]")).to_contain_text("no tiene conexión")


# --- focus, menus, forms --------------------------------------------------------------------------------------------


async def test_the_focus_stays_with_a_message_that_is_deleted(page: Page, school: School) -> None:
    await write(page, "hello", by="maya")
    await write(page, "oops")
    await choose(page, "hello", "Reply")
    await write(page, "an answer")
    for words, ident in (("an answer", "c-3"), ("oops", "c-2")):
        more = message(page, words).locator(".more").last
        await more.focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("menuitem", name="Delete").press("Enter")
        await expect(page.locator(f"#{ident}.gone")).to_be_focused()


async def test_closing_an_answer_keeps_the_focus_where_one_cannot_write(page: Page, school: School) -> None:
    school.world.clock = the_present
    await page.select_option("#speaker", "josh")
    await write(page, "/netiquette")
    await expect(page.locator(".bot.alone")).to_be_visible()
    school.world.silence("josh", "room-12", timedelta(hours=1))
    await expect(page.locator("#composer-text")).to_be_disabled()
    await page.locator(".bot.alone").get_by_role("button", name="Close").click()
    assert await page.evaluate(FOCUSED) == "stream"


async def test_the_skip_links_lead_to_a_side_that_is_away(browser: Browser, school: School) -> None:
    async with a_visitor(browser, school.served.link(), viewport={"width": 700, "height": 800}) as page:
        await page.get_by_role("link", name="Go to the desk").press("Enter")
        await expect(page.locator("#desk")).to_be_focused()
        await page.get_by_role("link", name="Go to the chat").press("Enter")
        await expect(page.locator("#composer-text")).to_be_focused()


async def test_a_second_click_closes_a_menu_and_no_button_stays_pressed(page: Page, school: School) -> None:
    attach, commands = page.locator("#attach"), page.locator("#chat-commands")
    await attach.click()
    await expect(attach).to_have_attribute("aria-expanded", "true")
    await attach.click()
    await expect(page.locator("#menu")).to_be_hidden()
    await expect(attach).to_have_attribute("aria-expanded", "false")
    await attach.click()
    await commands.click()
    await expect(page.get_by_role("menuitem").first).to_contain_text("/report")
    await expect(attach).to_have_attribute("aria-expanded", "false")
    await page.keyboard.press("Escape")
    await expect(commands).to_have_attribute("aria-expanded", "false")
    await expect(commands).to_be_focused()


async def test_a_form_closes_only_itself_and_is_sent_once(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
            const { openForm } = await import("/static/forms.js");
            const form = (title) => ({ title, told: null, fields: [] });
            const moment = () => new Promise((resolve) => setTimeout(resolve, 20));
            const dialog = document.querySelector("#form");
            const told = [];
            const sent = [];
            const open = (title) => openForm(form(title), (values, late) => {
                sent.push(title);
                return new Promise((resolve) => told.push({ resolve, late }));
            });
            open("one");
            const first = dialog.querySelector("form");
            first.requestSubmit();
            first.requestSubmit();
            open("two");
            told[0].resolve({ see: "done" });
            await moment();
            const stays = [dialog.open, dialog.querySelector("h2")?.textContent];
            dialog.querySelector("form").requestSubmit();
            told[1].resolve({ see: "refused", key: "refused.no_answer" });
            await moment();
            const refused = dialog.querySelector(".refusal").hidden;
            told[1].late({ see: "answer" });
            await moment();
            return [sent, stays, refused, dialog.open];
        }"""
    )
    assert found == [["one", "two"], [True, "two"], False, False]


# --- windows and eyes -----------------------------------------------------------------------------------------------


@asynccontextmanager
async def example_school() -> AsyncIterator[str]:
    """Open the whole example school, with its long channels; give its link."""
    world = open_school()
    tell_what_was_said(world)
    async with serve(world, port=0) as served:
        served.show_watched(served.channel(room) for room in world.rooms)
        yield served.link()


@pytest.mark.parametrize("size", [(1440, 900), (1000, 800), (390, 844)])
async def test_the_document_does_not_scroll_into_emptiness(browser: Browser, size: tuple[int, int]) -> None:
    width, height = size
    async with (
        example_school() as link,
        a_visitor(browser, link, viewport={"width": width, "height": height}) as page,
    ):
        await expect(page.locator(".message").first).to_be_attached()
        assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("size", [(844, 390), (320, 568), (320, 256), (667, 375)])
async def test_a_small_window_scrolls_and_leaves_room_to_read_and_write(
    browser: Browser, size: tuple[int, int]
) -> None:
    width, height = size
    async with (
        example_school() as link,
        a_visitor(browser, link, viewport={"width": width, "height": height}) as page,
    ):
        await expect(page.locator(".message").first).to_be_attached()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shown = await page.evaluate("document.querySelector('#stream').clientHeight")
        assert shown >= min(height * 0.4, 180) - 1
        await page.locator("#send").click()
        await picture(page, f"small-{width}-{height}")
        if width <= 820:
            await page.locator("#tab-desk").click()
        assert await page.evaluate("document.querySelector('#cards').clientHeight") >= min(height * 0.4, 180) - 1
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_message_that_was_found_is_not_marked_for_ever(browser: Browser, school: School) -> None:
    async with a_visitor(browser, school.served.link(), reduced_motion="reduce") as page:
        await write(page, "stupid", by="josh")
        await page.get_by_role("link", name="See it in the channel").click()
        await expect(page.locator("#c-1.found")).to_be_visible()
        await expect(page.locator("#c-1.found")).to_have_count(0)


async def test_faint_words_are_still_readable(page: Page, school: School) -> None:
    await write(page, "hello", by="maya")
    await page.mouse.move(0, 0)
    soft = "getComputedStyle(document.querySelector('#composer-text'), '::placeholder')"
    assert await page.evaluate(f"{soft}.color === getComputedStyle(document.querySelector('.role')).color")
    await expect(page.locator(".more")).to_have_css("opacity", "0.8")
