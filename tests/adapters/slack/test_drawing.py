"""Cards and forms as Block Kit: within Slack's limits whatever they hold, and nothing in them is alive."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.blocks import draw_card, notification
from adapters.slack.home import draw_home
from adapters.slack.limits import cut, sendable, units
from adapters.slack.texts import words
from adapters.slack.views import Opened, draw_answer, draw_form, draw_wait, entered, missing
from bot.domain.categories import Severity
from bot.interface.cards import Button, Card, Fact, Quote, Tone, Verb
from bot.interface.forms import (
    Choice,
    FieldKind,
    Form,
    FormField,
    decision_form,
    dismiss_form,
    permit_form,
    reasons,
    report_form,
)
from bot.interface.texts import LANGUAGES, Text, say, text
from tests.platforms.slack.blocks import problems, view_problems
from tests.platforms.slack.cards import seen_card, seen_form
from tests.platforms.slack.seeing import buttons

ADDRESS = "https://lincoln.slack.com"
LINK = f"{ADDRESS}/archives/C1/p1795330020506134"
ANY = st.text(max_size=30) | st.sampled_from(
    ["<!channel> <@U1> <https://evil.example|x>", "*b* _i_ ~s~ `c` ```d``` :smile: > q", "😀" * 3000, "\ud800 \0 x",
     "", "a\nb\r\nc\u2028d", "&lt;b&gt; &amp;", f"see {LINK}, or {LINK}x", "x" * 9000, "\u202egnp.exe"]
)  # fmt: skip
TEXTS = ANY.map(lambda words: text("plain", value=words))
TOKENS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
BUTTONS = st.builds(Button, st.sampled_from(Verb), TOKENS, st.sampled_from(Tone))
QUOTES = st.builds(Quote, ANY, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=4).map(tuple))
CARDS = st.builds(
    Card,
    TEXTS,
    st.sampled_from(Severity),
    st.lists(TEXTS, max_size=2).map(tuple),
    st.lists(TEXTS, max_size=4).map(tuple),
    st.lists(st.builds(Fact, st.just(text("alert.channel")), TEXTS), max_size=4).map(tuple),
    st.none() | QUOTES,
    st.none() | st.just(LINK) | ANY | st.sampled_from(["javascript:alert(1)", "https://evil.example/" + "x" * 4000]),
    st.lists(BUTTONS, max_size=4).map(tuple),
)
LANGUAGE = st.sampled_from([*LANGUAGES, "fr"])


@given(CARDS, LANGUAGE)
def test_any_card_can_be_sent(card: Card, language: str) -> None:
    blocks = draw_card(card, language)
    assert problems(blocks, "message") == []
    assert len(blocks) <= 7
    assert view_problems(draw_answer(card, language)) == []
    _can_travel([blocks, notification(card, language)])


@given(CARDS, LANGUAGE)
def test_nothing_in_a_card_is_alive(card: Card, language: str) -> None:
    shown = seen_card("", draw_card(card, language), ADDRESS, notification(card, language))
    allowed = {card.link} if card.link else set()
    assert set(shown.alive) <= allowed, "the only link beyond this workspace is the card's own"


@given(QUOTES)
def test_a_quote_is_told_letter_by_letter_with_its_marks(quote: Quote) -> None:
    shown = seen_card("", draw_card(Card(text("report.alert"), quote=quote), "en"), ADDRESS)
    whole = sendable(quote.text)
    assert (shown.quote or "") == cut(whole, 3000) or units(whole) > 3000
    assert all(mark in whole or mark.endswith("…") for mark in shown.marked)


def test_marked_words_are_bold() -> None:
    card = Card(text("report.alert"), quote=Quote("you are *so* stupid, stupid", ((8, 19), (21, 27))))
    shown = seen_card("", draw_card(card, "en"), ADDRESS)
    assert shown.quote == "you are *so* stupid, stupid"
    assert shown.marked == ("*so* stupid", "stupid")


def test_a_card_says_everything_once() -> None:
    card = Card(
        text("alert.title", severity=text("severity.high")),
        Severity.HIGH,
        (text("alert.emergency"),),
        (text("plain", value=f"see {LINK}."), text("plain", value="second")),
        (Fact(text("alert.channel"), text("plain", value="room-12")),),
        Quote("words"),
        LINK,
        (Button(Verb.ACKNOWLEDGE, "a", Tone.PRIMARY), Button(Verb.REMOVAL, "a", Tone.DANGER)),
    )
    shown = seen_card("", draw_card(card, "es"), ADDRESS, notification(card, "es"))
    assert shown.urgent == (say(card.urgent[0], "es"),)
    assert shown.title == say(card.title, "es")
    assert shown.lines == ("see Verlo en Slack.", "second"), "a comment's address is a link that says what it does"
    assert str(draw_card(card, "es")).count(LINK) == 2, "the line's own, and the card's"
    assert dict(shown.facts) == {say(text("alert.channel"), "es"): "room-12"}
    assert (shown.quote, shown.link) == ("words", LINK)
    assert shown.buttons == ("acknowledge", "removal")
    assert shown.alive == ()
    assert "🟠" in str(draw_card(card, "en")), "a sign beside the word for the severity"


@given(st.lists(BUTTONS, min_size=1, max_size=25))
def test_every_button_can_be_told_from_the_others(pressable: list[Button]) -> None:
    blocks = draw_card(Card(text("report.alert"), buttons=tuple(pressable)), "en")
    drawn = [(one["action_id"], one["value"]) for one in blocks[-1]["elements"]]
    assert len({action for action, _ in drawn}) == len(drawn) == len({button.id for button in pressable})
    if len({button.verb for button in pressable}) == len(pressable):
        assert {f"{action}:{value}" for action, value in drawn} == {button.id for button in pressable}


@given(CARDS, st.integers(0, 20), LANGUAGE)
def test_any_number_of_cards_fits_on_a_home_page(card: Card, count: int, language: str) -> None:
    assert view_problems(draw_home((card,) * count, language)) == []


LONG = text("plain", value="a choice that is far longer than any menu has room for, " * 3)
FIELDS = st.builds(
    FormField,
    st.sampled_from(["what", "target", "rule", "reason", "note"]),
    st.sampled_from(FieldKind),
    st.booleans(),
    st.integers(1, 9000),
    st.sampled_from([1, 30, 200]).map(lambda count: tuple(Choice(f"c{number}", LONG) for number in range(count))),
)
FORMS = st.builds(
    Form,
    st.sampled_from(["report", "confirm", "removal", "dismiss", "permit"]),
    TOKENS,
    st.lists(FIELDS, min_size=1, max_size=4, unique_by=lambda field: field.name).map(tuple),
    st.none() | TEXTS,
)


@given(FORMS, LANGUAGE)
def test_any_form_can_be_opened(form: Form, language: str) -> None:
    view = draw_form(form, language, "C0ROOM")
    assert view_problems(view) == []
    opened = Opened.unpacked(view["private_metadata"])
    assert opened is not None
    assert (opened.form, opened.token, opened.channel) == (form.name, form.token, "C0ROOM")
    _can_travel(view)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bots_forms_ask_in_whole_words(language: str) -> None:
    for form in (
        report_form("t"),
        dismiss_form("t"),
        permit_form("t"),
        *(decision_form(name, "t", reasons()) for name in ("confirm", "removal")),
    ):
        view = draw_form(form, language)
        titles = [block["text"]["text"] for block in view["blocks"] if block["type"] == "header"]
        assert say(form.title, language) in (view["title"]["text"], *titles)
        assert "…" not in str([block for block in view["blocks"] if block["type"] == "input"])
        assert [block["block_id"] for block in view["blocks"] if block["type"] == "input"] == [
            field.name for field in form.fields
        ]
    assert view_problems(draw_wait(language)) == []


def test_values_come_back_under_the_fields_names() -> None:
    state = {
        "values": {
            "what": {"what": {"type": "plain_text_input", "value": "words"}},
            "target": {"target": {"type": "users_select", "selected_user": "U1"}},
            "place": {"place": {"type": "conversations_select", "selected_conversation": "C1"}},
            "rule": {"rule": {"type": "static_select", "selected_option": {"value": "threat"}}},
            "unnamed": {"unnamed": {"type": "checkboxes", "selected_options": [{"value": "yes"}]}},
            "removal": {"removal": {"type": "checkboxes", "selected_options": []}},
            "note": {"note": {"type": "plain_text_input", "value": None}},
        }
    }
    assert entered(state) == {
        "what": "words", "target": "U1", "place": "C1", "rule": "threat", "unnamed": "yes", "removal": "", "note": "",
    }  # fmt: skip


def test_spaces_are_no_answer() -> None:
    opened = Opened("dismiss", "t", "", ("reason", "rule"))
    assert missing(opened, {"reason": " \n\t", "rule": "x"}) == ("reason",)
    assert missing(opened, {"rule": "x"}) == ("reason",)


@given(st.text(max_size=100) | st.just('{"form": 1}') | st.just("[]"))
def test_foreign_metadata_is_none_of_ours(metadata: str) -> None:
    assert Opened.unpacked(metadata) is None


@given(ANY, st.integers(1, 60))
def test_what_is_cut_fits_and_begins_the_same(words: str, most: int) -> None:
    shorter = cut(words, most)
    assert units(shorter) <= max(most, 1)
    assert shorter == words or (shorter.endswith("…") and words.startswith(shorter[:-1]))


def test_both_languages_say_the_same() -> None:
    assert words("en").keys() == words("es").keys()


def test_a_form_opens_as_a_person_expects() -> None:
    form = seen_form(_view(draw_form(report_form("t"), "en")))
    assert form.title == say(Text("form.report.title"), "en")
    assert form.required == {"what"}


def test_a_press_reads_back() -> None:
    card = Card(text("report.alert"), buttons=(Button(Verb.CONFIRM, "a"), Button(Verb.CONFIRM, "b")))
    assert buttons(draw_card(card, "en"))["confirm"] == ("cg:confirm:b", "b")


def _view(content: dict[str, Any]) -> Any:
    class Standing:
        id = "V1"

    standing = Standing()
    standing.content = content  # type: ignore[attr-defined]
    return standing


def _can_travel(content: Any) -> None:
    """Check that a request can carry it: no lone surrogate anywhere."""
    json.dumps(content, ensure_ascii=False).encode()
