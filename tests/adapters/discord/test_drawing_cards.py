"""Cards and forms: within Discord's limits whatever is in them, inert whatever people wrote, readable all the same."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.drawing_cards import COLOURS, SIGNS, draw_card
from adapters.discord.drawing_forms import draw_form, entered, form_of
from bot.domain.categories import Severity
from bot.interface.cards import Button, Card, Fact, Quote, Tone, Verb, excerpt
from bot.interface.forms import (
    Choice,
    FieldKind,
    Form,
    FormField,
    decision_form,
    dismiss_form,
    permit_form,
    report_form,
)
from bot.interface.texts import LANGUAGES, Text, text
from tests.platforms.discord import components, validation
from tests.platforms.discord.forms import Form as Looked
from tests.platforms.discord.markdown import seen

PERMALINK = "https://discord.com/channels/1/2/3"


def sent(card: Card, language: str = "en") -> dict[str, Any]:
    """Return what Discord would be sent for a card."""

    async def drawn() -> dict[str, Any]:
        drawn = draw_card(card, language)
        return {
            "content": drawn.content or "",
            "embeds": [drawn.embed.to_dict()],
            "components": [] if drawn.view is None else drawn.view.to_components(),
        }

    return asyncio.run(drawn())


def modal(form: Form, language: str = "en") -> dict[str, Any]:
    async def drawn() -> dict[str, Any]:
        return draw_form(form, language).to_dict()

    return asyncio.run(drawn())


def plain(words: str) -> Text:
    return text("plain", value=words)


hostile = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(list("*_~`|<>#@:[]()-+.\\/\n\r\t ")),
        st.sampled_from(list("\u200b\u200d\u202e\u2066\u00ad\u034f\u3164\ufe0f😀é1٣")),
    ),
    max_size=40,
)
quotes = hostile.flatmap(
    lambda words: st.lists(st.tuples(st.integers(0, len(words)), st.integers(0, len(words))), max_size=4).map(
        lambda marks: Quote(words, tuple(sorted((min(mark), max(mark)) for mark in marks)))
    )
)
long = st.builds(lambda words, times: words * times, hostile, st.sampled_from((1, 3, 30, 200)))
cards = st.builds(
    Card,
    title=st.builds(plain, long),
    severity=st.sampled_from(Severity),
    urgent=st.lists(st.builds(plain, long), max_size=3).map(tuple),
    lines=st.lists(st.builds(plain, long), max_size=12).map(tuple),
    facts=st.lists(st.builds(Fact, st.builds(plain, long), st.builds(plain, long)), max_size=30).map(tuple),
    quote=st.none() | quotes,
    link=st.none() | st.just(PERMALINK),
    buttons=st.lists(
        st.builds(Button, st.sampled_from(Verb), st.uuids().map(lambda one: one.hex), st.sampled_from(Tone)),
        max_size=30,
        unique_by=lambda one: one.id,
    ).map(tuple),
)


@given(cards, st.sampled_from(LANGUAGES))
def test_any_card_is_one_that_discord_takes(card: Card, language: str) -> None:
    body = sent(card, language)
    validation.message(body)
    components.message_components(Looked(body["components"]), layout=False)


@given(quotes)
def test_a_quote_is_inert_and_hidden_and_its_marks_stand_out(quote: Quote) -> None:
    embed = sent(Card(title=text("report.thanks"), quote=quote))["embeds"][0]
    look = seen(embed["description"])
    assert not look.alive
    assert all("spoiler" in piece.styles for piece in look.pieces if piece.text.strip())
    assert all(not piece.styles - {"spoiler", "bold", "underlined"} for piece in look.pieces)


@given(hostile)
def test_words_of_our_own_parameters_are_inert_too(words: str) -> None:
    card = Card(plain(words), urgent=(plain(words),), lines=(plain(words),), facts=(Fact(plain(words), plain(words)),))
    body = sent(card)
    embed = body["embeds"][0]
    for source in (body["content"], embed.get("title"), embed.get("description"), *embed["fields"][0].values()):
        look = seen(source if isinstance(source, str) else "")
        assert not look.alive
        assert not any(piece.styles for piece in look.pieces)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=300))
def test_a_quote_reads_as_it_was_written(words: str) -> None:
    embed = sent(Card(title=text("report.thanks"), quote=Quote(words)))["embeds"][0]
    assert seen(embed["description"]).plain.strip() == (words.strip() or "–")


def test_what_cannot_be_seen_turned_around_or_piled_up_is_left_out() -> None:
    words = "ki\u200bll \u202eevil\u202c z\u0300\u0301\u0302\u0303\u0304\u0305 \ud800 a\u2028b"
    embed = sent(Card(title=text("report.thanks"), quote=Quote(words)))["embeds"][0]
    assert embed["description"] == "||kill evil z\u0300\u0301\u0302 \ufffd a\nb||"


def test_marked_words_stand_out_inside_the_spoiler() -> None:
    quote = excerpt("you *stupid* child", ((4, 12),))
    embed = sent(Card(title=text("report.thanks"), quote=quote))["embeds"][0]
    assert embed["description"] == r"||you __**\*stupid\***__ child||"


@pytest.mark.parametrize("severity", [one for one in Severity if one is not Severity.NONE])
def test_severity_is_a_word_and_a_sign_beside_the_colour(severity: Severity) -> None:
    embed = sent(Card(title=text("report.alert"), severity=severity), "es")["embeds"][0]
    assert embed["color"] == COLOURS[severity]
    assert embed["author"]["name"].startswith(f"{SIGNS[severity]} ")
    assert len(embed["author"]["name"]) > 3


def test_urgent_lines_come_first_and_links_to_comments_stay() -> None:
    card = Card(
        title=text("report.alert"),
        urgent=(text("alert.emergency"),),
        lines=(text("queue.link", channel="a_b_c", when="now", link=PERMALINK),),
        link=PERMALINK,
    )
    body = sent(card)
    assert body["content"].startswith("Immediate danger\\: call 911")
    assert body["embeds"][0]["url"] == PERMALINK
    assert body["embeds"][0]["description"] == f"a\\_b\\_c, now\\: {PERMALINK}"


def test_an_address_of_another_kind_is_no_link() -> None:
    body = sent(Card(title=text("report.alert"), link="https://evil.example/channels/1/2/3"))
    assert "url" not in body["embeds"][0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 25, 26, 75, 76, 200])
def test_a_form_fits_whatever_there_is_to_choose_from(language: str, count: int) -> None:
    rules = tuple(Choice(f"rule-{number}", plain(f"Rule {number} " * 20)) for number in range(count))
    forms = [decision_form("confirm", "t" * 64, rules), report_form("t"), dismiss_form("t"), permit_form("t")]
    for form in forms:
        drawn = modal(form, language)
        components.modal(look := Looked(drawn))
        look.check()
        assert form_of(drawn["custom_id"]) == (form.name, form.token)


def test_a_form_that_is_not_ours_is_nothing() -> None:
    for custom_id in ("", "cg:form:", "cg:form:a:", "cg:form:a:b:c", "cg:confirm:t", "cg:form:a:" + "b" * 65):
        assert form_of(custom_id) is None


def test_every_kind_of_field_comes_back_by_its_name() -> None:
    sent_back: list[dict[str, Any]] = [
        {"type": 18, "component": {"type": 4, "custom_id": "what", "value": "words"}},
        {"type": 18, "component": {"type": 5, "custom_id": "target", "values": ["7"]}},
        {"type": 18, "component": {"type": 23, "custom_id": "unnamed", "value": True}},
        {"type": 18, "component": {"type": 23, "custom_id": "removal", "value": False}},
        {"type": 18, "component": {"type": 3, "custom_id": "rule", "values": []}},
        {"type": 18, "component": {"type": 3, "custom_id": "rule~2", "values": ["r26"]}},
        {"type": 10, "id": 3},
        {"type": 1, "components": [{"type": 4, "custom_id": "note", "value": ""}]},
    ]
    assert entered(sent_back) == {
        "what": "words",
        "target": "7",
        "unnamed": "yes",
        "removal": "",
        "rule": "r26",
        "note": "",
    }


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
    )
)
def test_values_of_any_shape_do_no_harm(value: Any) -> None:
    sent_back: list[dict[str, Any]] = [{"type": 18, "component": {"type": 3, "custom_id": "rule", "values": value}}]
    back = entered(sent_back)
    assert all(isinstance(one, str) for one in back.values())


def test_people_and_channels_are_picked() -> None:
    form = Form("report", "t", (FormField("target", FieldKind.PERSON), FormField("what", FieldKind.CHANNEL)))
    kinds = [part["component"]["type"] for part in modal(form)["components"]]
    assert kinds == [discord.ComponentType.user_select.value, discord.ComponentType.channel_select.value]
