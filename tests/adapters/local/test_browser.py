"""The page in a real browser: what a visitor does reaches the core, what the core says reaches the visitor."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from adapters.local.server import serve
from bot.interface.cards import Card
from bot.interface.texts import text
from bot.platform.events import ButtonPressed, CommandUsed, Deleted, FormSubmitted, Interrupted, Posted, Resumed
from bot.platform.protocol import Recipient
from tests.adapters.local.browser import (
    CHROMIUM,
    PHONE,
    School,
    a_visitor,
    choose,
    message,
    picture,
    violations,
    write,
)
from tests.adapters.local.people import small_school

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: the page was not tried in a browser"),
    pytest.mark.asyncio(loop_scope="module"),
]


# --- the chat -------------------------------------------------------------------------------------------------------


async def test_what_a_pupil_writes_reaches_the_core_and_the_alert_the_principals_desk(
    page: Page, school: School
) -> None:
    await write(page, "good morning everybody", by="josh")
    await expect(message(page, "good morning").locator(".mark.clear")).to_be_visible()
    await write(page, "😀 Maya is stupid 😀", by="josh")
    card = page.locator("#cards .post")
    await expect(card).to_have_count(1)
    await expect(card.locator(".pill")).to_have_text("High")
    await expect(card.locator("mark")).to_have_text("stupid")
    await expect(card.locator("blockquote")).to_have_text("😀 Maya is stupid 😀")
    await expect(message(page, "stupid").locator(".mark.flagged")).to_contain_text("Possible bullying")
    await expect(page.locator("#announcer")).to_contain_text("New for Anita Principal")
    assert [event.comment.author.id for event in school.told(Posted)] == ["josh", "josh"]
    assert await page.title() == "(1) Crossing Guard: an example school"


async def test_hostile_words_stay_words(page: Page, school: School) -> None:
    hostile = (
        '<img src=x onerror="document.title=1"> stupid <script>alert(1)</script> [x](javascript:1) &amp; \u202eabc'
    )
    await write(page, hostile)
    await expect(message(page, "<script>").locator(".said")).to_have_text(hostile)
    await expect(page.locator("#cards blockquote")).to_have_text(hostile)
    assert await page.locator(".said *, blockquote :not(mark), .stream img[src=x]").count() == 0


async def test_one_edits_answers_and_deletes_ones_own(page: Page, school: School) -> None:
    await write(page, "helo", by="maya")
    await choose(page, "helo", "Edit")
    await expect(page.locator("#composer-text")).to_have_value("helo")
    await write(page, "hello")
    await expect(message(page, "hello").locator(".edited")).to_be_visible()
    await page.select_option("#speaker", "josh")
    await message(page, "hello").locator(".more").click()
    await expect(page.get_by_role("menuitem")).to_have_text(["Reply", "Report to school"])
    await page.get_by_role("menuitem", name="Reply").click()
    await write(page, "hi Maya")
    await expect(page.locator(".replies .message")).to_contain_text("hi Maya")
    await choose(page, "hi Maya", "Delete")
    await expect(page.locator(".replies .gone")).to_contain_text("deleted by its author")
    assert [event.comment.revision for event in school.told(Posted)] == ["", "2", ""]
    assert school.told(Posted)[-1].comment.thread == "1"
    assert len(school.told(Deleted)) == 1


async def test_attachments_are_kind_and_size_and_nothing_else(page: Page, school: School) -> None:
    await page.click("#attach")
    await page.get_by_role("menuitem", name="a photo").click()
    await page.click("#send")
    await expect(page.locator(".attachments")).to_have_text("a photo (1.2 MB)")
    assert school.told(Posted)[0].comment.attachments[0].size_bytes == 1_200_000
    assert await page.locator("input[type=file]").count() == 0


async def test_the_eye_tells_what_the_bot_reads(page: Page, school: School) -> None:
    await write(page, "stupid")
    await page.click("#eye")
    await expect(page.locator("#room-facts")).to_contain_text("Messages: 1 · read by the bot: 1 · flagged: 1")
    await page.get_by_role("button", name="band").click()
    await write(page, "stupid cake", by="marta")
    await expect(page.locator("#eye")).to_have_text("Not watched")
    await expect(page.locator("#room-facts")).to_contain_text("reads nothing here")
    await expect(message(page, "stupid cake")).to_be_visible()
    await expect(page.locator("#messages .mark")).to_have_count(0)
    await expect(page.locator("#cards .post")).to_have_count(1)
    await page.get_by_role("button", name="room-12").click()
    await page.click("#explain")
    await expect(page.locator("#messages .mark")).to_be_hidden()


# --- the bot --------------------------------------------------------------------------------------------------------


async def test_a_parent_reports_from_the_menu_and_gets_a_receipt_that_only_they_see(page: Page, school: School) -> None:
    await write(page, "you know what you did", by="josh")
    await page.select_option("#speaker", "maya")
    await choose(page, "you know", "Report to school")
    dialog = page.get_by_role("dialog", name="Report to school")
    await dialog.get_by_label("What happened?").fill("This scares me")
    await dialog.get_by_label("Who is it about?").select_option("maya")
    await dialog.get_by_label("Keep my name sealed").check()
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_be_hidden()
    receipt = page.locator(".bot.alone")
    await expect(receipt).to_contain_text("Thank you for telling us")
    await expect(receipt).to_contain_text("Only you can see this")
    await page.select_option("#speaker", "josh")
    await expect(receipt).to_be_hidden()
    assert school.told(CommandUsed)[0].about.text == "you know what you did"
    (sent,) = school.told(FormSubmitted)
    assert (sent.form, sent.token, sent.interaction.by.id) == ("report", "report-1", "maya")
    assert sent.values == {"what": "This scares me", "target": "maya", "unnamed": "yes", "removal": ""}


async def test_the_principal_decides_and_the_card_changes_in_place(page: Page, school: School) -> None:
    await write(page, "I will kill you, stupid", by="josh")
    card = page.locator("#cards .post")
    await expect(card.locator(".card > :first-child")).to_have_text(
        "Immediate danger: call 911. This is not an emergency service."
    )
    await card.get_by_role("button", name="I am on it").click()
    await expect(card).to_contain_text("Anita is on it")
    await card.get_by_role("button", name="Confirm").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog, "an empty form is not sent").to_be_visible()
    await dialog.get_by_label("Which rule?").select_option("threat")
    await dialog.get_by_label("Your reason").fill("It threatens a pupil.")
    await dialog.get_by_role("button", name="Send").click()
    await expect(card).to_contain_text("Decided")
    await expect(card.get_by_role("button")).to_have_count(0)
    await expect(card).to_have_count(1)
    assert [event.verb for event in school.told(ButtonPressed)] == ["acknowledge", "confirm"]
    (sent,) = school.told(FormSubmitted)
    assert sent.values == {"rule": "threat", "reason": "It threatens a pupil.", "note": ""}
    assert sent.interaction.by.id == "anita"


async def test_the_cards_link_leads_to_the_comment_in_its_channel(page: Page, school: School) -> None:
    await write(page, "stupid", by="josh")
    await page.get_by_role("button", name="families").click()
    await expect(page.locator("#room-name")).to_have_text("#families")
    await page.get_by_role("link", name="See it in the channel").click()
    await expect(page.locator("#room-name")).to_have_text("#room-12")
    await expect(page.locator("#c-1")).to_be_focused()


async def test_commands_are_completed_as_one_types_and_only_real_ones_are_sent(page: Page, school: School) -> None:
    await page.select_option("#speaker", "elena")
    await page.type("#composer-text", "/ne")
    await expect(page.locator("#suggestions [role=option]")).to_have_text(["/netiquetteShow this channel's guidelines"])
    await page.press("#composer-text", "Tab")
    await page.type("#composer-text", "please")
    await page.press("#composer-text", "Enter")
    await expect(page.locator(".bot.alone")).to_contain_text("Show this channel's guidelines")
    await write(page, "/nonsense")
    await expect(page.get_by_role("alert").first).to_have_text("There is no command /nonsense.")
    (used,) = school.told(CommandUsed)
    assert (used.command, dict(used.options), used.interaction.where.channel) == (
        "netiquette",
        {"text": "please"},
        "room-12",
    )
    assert school.told(Posted) == []
    await page.click("#desk-commands")
    await page.get_by_role("menuitem", name="/queue").click()
    await expect(page.locator("#cards .answer")).to_contain_text("What waits for a decision")


async def test_a_person_without_a_desk_reads_the_bots_messages_in_the_chat(page: Page, school: School) -> None:
    await school.served.deliver(Card(text("plain", value="Your report was read")), Recipient(person="josh"), "en")
    await page.select_option("#speaker", "josh")
    await page.get_by_role("button", name="Crossing Guard 1").click()
    await expect(page.locator("#messages")).to_contain_text("Your report was read")
    await page.select_option("#speaker", "maya")
    await expect(page.locator("#messages")).not_to_contain_text("Your report was read")


async def test_the_bot_goes_down_and_reads_what_it_missed(page: Page, school: School) -> None:
    await page.get_by_role("switch").click()
    await expect(page.locator("#strip")).to_contain_text("The bot is off")
    await write(page, "stupid while nobody looks", by="josh")
    await expect(message(page, "while nobody").locator(".mark.waiting")).to_be_visible()
    await choose(page, "while nobody", "Report to school")
    await expect(page.get_by_role("alert").first).to_contain_text("The bot is off and did not answer")
    assert school.told(Posted) == []
    await page.get_by_role("switch").click()
    await expect(page.locator("#strip")).to_be_hidden()
    await expect(message(page, "while nobody").locator(".mark.flagged")).to_be_visible()
    await expect(page.locator("#cards .post")).to_have_count(1)
    assert [len(school.told(kind)) for kind in (Interrupted, Resumed, Posted)] == [1, 1, 0]


# --- for everybody --------------------------------------------------------------------------------------------------


async def test_everything_can_be_done_by_keyboard_alone(page: Page, school: School) -> None:
    press = page.keyboard.press
    await press("Tab")
    await expect(page.get_by_role("link", name="Go to the chat")).to_be_focused()
    await press("Enter")
    await expect(page.locator("#composer-text")).to_be_focused()
    await page.keyboard.type("Josh is stupid")
    await press("Enter")
    confirm = page.locator("[data-verb=confirm]")
    await expect(confirm).to_be_visible()
    await page.locator(".more").focus()
    await press("Enter")
    await expect(page.get_by_role("menuitem").first).to_be_focused()
    await press("ArrowUp")
    await expect(page.get_by_role("menuitem").last).to_be_focused()
    await press("Escape")
    await expect(page.locator(".more")).to_be_focused()
    await confirm.focus()
    await press("Enter")
    await expect(page.get_by_label("Which rule?")).to_be_focused()
    await press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(confirm).to_be_focused()
    await page.locator("[data-verb=acknowledge]").focus()
    await press("Enter")
    await expect(page.locator("#cards .post")).to_contain_text("on it")
    await expect(page.locator("#cards .post"), "the card keeps the focus of a button that is gone").to_be_focused()
    ring = "getComputedStyle(document.querySelector(':focus-visible')).outlineStyle"
    assert await page.evaluate(ring) == "solid"


async def test_in_spanish_every_word_is_spanish_and_the_choice_is_kept(page: Page, school: School) -> None:
    await write(page, "eres tonto", by="josh")
    await expect(page.locator("#cards .pill")).to_have_text("High")
    await page.click("#language")
    await expect(page.locator("#cards .pill")).to_have_text("Alta")
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    await expect(page.get_by_role("button", name="Descartar")).to_be_visible()
    await expect(message(page, "tonto").locator(".role")).to_have_text("Estudiante")
    await expect(page.locator("#desk-person option:checked")).to_have_text("Anita Principal – Directora")
    await picture(page, "spanish")
    await choose(page, "tonto", "Reportar a la escuela")
    await expect(page.get_by_role("dialog").get_by_label("¿Qué pasó?")).to_be_focused()
    assert school.told(CommandUsed)[0].interaction.language == "es"
    await page.reload()
    await expect(page.locator("#send")).to_have_text("Enviar")


async def test_a_spanish_browser_begins_in_spanish(browser: Browser, school: School) -> None:
    async with a_visitor(browser, school.served.link(), locale="es-MX") as page:
        await expect(page.locator("#send")).to_have_text("Enviar")


async def test_on_a_phone_chat_and_desk_are_two_tabs(browser: Browser, school: School) -> None:
    async with a_visitor(browser, school.served.link(), viewport=PHONE, has_touch=True) as page:
        await write(page, "Maya is stupid " + "x" * 300, by="josh")
        await expect(page.locator("#desk")).to_be_hidden()
        await expect(page.locator("#desk-count")).to_have_text("1")
        await page.locator("#tab-desk").tap()
        await expect(page.locator("#chat")).to_be_hidden()
        await page.get_by_role("link", name="See it in the channel").tap()
        await expect(page.locator("#c-1")).to_be_visible()
        for side in ("#tab-chat", "#tab-desk"):
            await page.locator(side).tap()
            await picture(page, f"phone-{side[5:]}")
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert await violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_stands_in_the_way_of_anybody(browser: Browser, school: School, scheme: str) -> None:
    async with a_visitor(browser, school.served.link(), color_scheme=scheme, reduced_motion="reduce") as page:
        await write(page, "hello", by="maya")
        await write(page, "I will kill you", by="josh")
        await write(page, "stupid", by="josh")
        await page.click("#attach")
        await page.get_by_role("menuitem", name="a photo").click()
        await page.click("#eye")
        await expect(page.locator("#cards .post")).to_have_count(2)
        await picture(page, f"desk-{scheme}")
        assert await violations(page) == []
        await page.click("#chat-commands")
        await page.get_by_role("menuitem", name="/netiquette").click()
        await expect(page.locator(".bot.alone")).to_be_visible()
        await page.type("#composer-text", "/")
        assert await violations(page) == []
        await page.locator("[data-verb=confirm]").first.click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await violations(page) == []


async def test_what_is_typed_while_a_message_is_sent_stays(page: Page, school: School) -> None:
    """On a slow machine the next message is half written before the one before it has arrived."""
    await write(page, "ready?", by="maya")
    await expect(page.locator("#composer-text")).to_have_value("")
    await page.evaluate(
        """() => {
            const text = document.querySelector("#composer-text");
            text.value = "the first one";
            text.form.requestSubmit();
            text.value = "the next one";
        }"""
    )
    await expect(message(page, "the first one")).to_be_visible()
    await page.wait_for_function("document.querySelector('#composer-text').value !== 'the first one'")
    await expect(page.locator("#composer-text")).to_have_value("the next one")


async def test_redrawing_takes_the_focus_from_nothing_that_stays(page: Page, school: School) -> None:
    """The first of two entries is drawn anew while the second one has the focus."""
    held = await page.evaluate(
        """async () => {
            const { h, keyed } = await import("/static/dom.js");
            const list = document.body.appendChild(document.createElement("div"));
            const build = () => h("article", { tabIndex: -1 }, h("button", { type: "button" }, "press"));
            const draw = (first) => keyed(list, [{ key: "a", sign: first, build }, { key: "b", sign: "1", build }]);
            draw("1");
            const button = list.lastElementChild.querySelector("button");
            button.focus();
            draw("2");
            const found = [document.activeElement === button, list.children.length];
            list.remove();
            return found;
        }"""
    )
    assert held == [True, 2]


async def test_a_lost_line_mends_itself_and_the_page_has_what_happened_meanwhile(page: Page, school: School) -> None:
    lines: list[WebSocketRoute] = []

    async def keep(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    await page.route_web_socket("**/live*", keep)
    await page.reload()
    await page.wait_for_selector("#channels button")
    await page.select_option("#speaker", "josh")
    await lines[0].close()
    school.world.write("maya", "room-12", "written meanwhile")
    await expect(message(page, "written meanwhile")).to_be_visible()
    await write(page, "still Josh")
    await expect(message(page, "still Josh")).to_contain_text("Josh")
    assert len(lines) == 2


async def test_a_page_that_outlives_its_server_says_so(browser: Browser) -> None:
    async with serve(small_school(), port=0) as first:
        visiting = a_visitor(browser, first.link(), strict=False)
        page = await visiting.__aenter__()
        port = urlsplit(first.address).port or 0
    await expect(page.locator("#strip")).to_contain_text("lost its connection")
    async with serve(small_school(), port=port):
        await expect(page.locator("#strip")).to_contain_text("Open the new link")
    await visiting.__aexit__(None, None, None)
