"""Cards, forms and messages as data: text stays text, marks lie on the right words, links lead nowhere strange."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.drawing import draw_card, draw_everything, draw_form, draw_message, linked, pieces
from adapters.local.platform import LocalPlatform
from adapters.local.world import World
from bot.domain.categories import Severity
from bot.interface.cards import Button, Card, Quote, Tone, Verb
from bot.interface.forms import report_form
from bot.interface.texts import text

HERE = "http://127.0.0.1:8765"
SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6).map(tuple)


@given(st.text(max_size=50), SPANS)
def test_a_cut_quote_is_the_same_text_with_exactly_the_marked_characters_marked(
    words: str, marks: tuple[tuple[int, int], ...]
) -> None:
    cut = pieces(Quote(words, marks))
    assert "".join(piece["text"] for piece in cut) == words
    marked = [piece["marked"] for piece in cut for _ in piece["text"]]
    assert marked == [any(start <= at < end for start, end in marks) for at in range(len(words))]
    assert all(piece["text"] for piece in cut)


def test_marks_count_whole_characters_however_many_units_they_have() -> None:
    assert pieces(Quote("👩🏽‍🔬😀 fool 😀", ((6, 10),))) == [
        {"text": "👩🏽‍🔬😀 ", "marked": False},
        {"text": "fool", "marked": True},
        {"text": " 😀", "marked": False},
    ]


@pytest.mark.parametrize(
    ("link", "drawn"),
    [
        (f"{HERE}/#c-17", "#c-17"),
        ("https://example.org/policy", "https://example.org/policy"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        (None, None),
    ],
)
def test_a_link_jumps_within_the_page_or_leads_to_the_web_or_is_left_out(link: str | None, drawn: str | None) -> None:
    assert draw_card(Card(text("plain", value="x"), link=link), "en", HERE)["link"] == drawn


def test_permalinks_in_the_bots_words_become_jumps_and_nothing_else_does() -> None:
    words = f"first {HERE}/#c-4, then {HERE}/#c-12x https://evil.example/#c-1 {HERE}/enter?token=1"
    cut = linked(words, HERE)
    assert "".join(piece["text"] for piece in cut) == words
    assert [piece["link"] for piece in cut if piece["link"]] == ["#c-4", "#c-12"]
    assert linked("", HERE) == []


def test_a_card_is_drawn_in_both_languages() -> None:
    card = Card(
        text("alert.title", severity=text("severity.critical")),
        severity=Severity.CRITICAL,
        urgent=(text("alert.emergency"),),
        buttons=(Button(Verb.DISMISS, "t1", Tone.DANGER),),
    )
    english, spanish = draw_card(card, "en", HERE), draw_card(card, "es", HERE)
    assert english["severity"] == spanish["severity"] == "critical"
    assert "911" in english["urgent"][0]
    assert english["urgent"] != spanish["urgent"]
    assert english["buttons"] == [{"id": "cg:dismiss:t1", "label": "Dismiss", "tone": "danger", "verb": "dismiss"}]
    assert spanish["buttons"][0]["label"] == "Descartar"


def test_a_form_offers_the_people_there_are(world: World) -> None:
    form = draw_form(report_form("r1"), "es", world)
    assert [field["kind"] for field in form["fields"]] == ["paragraph", "person", "switch", "switch"]
    assert {"value": "marta", "label": "Marta García"} in form["fields"][1]["choices"]
    assert [field["required"] for field in form["fields"]] == [True, False, False, False]


def test_nothing_of_a_deleted_message_reaches_the_page(platform: LocalPlatform, world: World) -> None:
    message = world.write("maya", "room-12", "regretted words", attachments=["photo"])
    world.delete("maya", message.id)
    gone = world.message(message.id)
    assert gone is not None
    assert draw_message(gone)["ended"] == "author"
    everything = json.dumps(draw_everything(platform, "en", 300))
    assert "regretted" not in everything
    assert '"attachments": []' in everything


def test_a_page_begins_with_the_newest_messages_of_each_room(platform: LocalPlatform, world: World) -> None:
    for number in range(5):
        world.write("maya", "room-12", f"class {number}")
        world.write("marta", "families", f"parents {number}")
    drawn = draw_everything(platform, "es", 2)
    assert [one["text"] for one in drawn["messages"]] == ["class 3", "class 4", "parents 3", "parents 4"]
    assert drawn["people"][-1]["title"] == "Directora"
    assert drawn["language"] == "es"
