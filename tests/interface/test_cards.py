"""Cards: button ids survive the trip, excerpts stay short with their marks on the right words, alerts say enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.assessments import Finding, Judgement
from bot.domain.categories import Category, Severity
from bot.interface.alerts import alert_card, cited
from bot.interface.cards import EXCERPT, Button, Verb, excerpt, pressed
from bot.interface.forms import FieldKind, Form, FormField
from bot.interface.texts import say


@given(st.sampled_from(Verb), st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
def test_a_button_id_reads_back_as_what_it_was(verb: Verb, token: str) -> None:
    assert pressed(Button(verb, token).id) == (verb, token)


@given(st.text())
def test_a_foreign_button_id_is_refused_not_raised(button_id: str) -> None:
    back = pressed(button_id)
    assert back is None or Button(*back).id == button_id


def test_a_token_that_could_break_out_of_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match="token"):
        Button(Verb.OPEN, "a:b")


@given(st.text(min_size=1, max_size=900), st.data())
def test_an_excerpt_is_short_and_its_marks_show_the_marked_words(words: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    quote = excerpt(words, ((start, end),))
    assert len(quote.text) <= EXCERPT
    assert quote.marks, "the first mark is always in view"
    (first, last), *_ = quote.marks
    shown = quote.text[first:last]
    assert shown
    assert words[start:end].startswith(shown)


def judged(severity: Severity, *categories: Category) -> Judgement:
    finding = Finding("toxicity", categories[0], 4, 9, 0.9, "Possibly a threat: the model's score is 0.90.", "threat")
    return Judgement(severity, categories, "threat", "BUL-5688.1 II.7", ("BUL-6399.0",), (finding,))


def test_a_critical_alert_begins_with_the_emergency_sentence_in_both_languages() -> None:
    card = alert_card("t1", judged(Severity.CRITICAL, Category.THREAT), channel="room-12")
    assert say(card.urgent[0], "en") == "Immediate danger: call 911. This is not an emergency service."
    assert "911" in say(card.urgent[0], "es")
    assert Verb.ESCALATE in {button.verb for button in card.buttons}


def test_without_permission_no_word_of_the_comment_is_on_the_card() -> None:
    card = alert_card("t1", judged(Severity.HIGH, Category.THREAT), channel="room-12", permalink="https://x.example/1")
    assert card.quote is None
    assert card.link == "https://x.example/1"
    assert card.urgent == ()


def test_with_permission_the_words_that_carried_the_score_are_marked() -> None:
    card = alert_card("t1", judged(Severity.HIGH, Category.THREAT), channel="room-12", words="you leave now")
    assert card.quote is not None
    assert [card.quote.text[a:b] for a, b in card.quote.marks] == ["leave"]


def test_possible_sexual_content_carries_neither_link_nor_words() -> None:
    judgement = judged(Severity.HIGH, Category.SEXUAL, Category.HARASSMENT)
    card = alert_card("t1", judgement, channel="room-12", permalink="https://x.example/1", words="…")
    assert (card.link, card.quote) == (None, None)
    assert "Do not open" in say(card.lines[0], "en")


def test_every_category_is_named_on_the_card() -> None:
    card = alert_card("t1", judged(Severity.LOW, Category.BULLYING, Category.THREAT, Category.OBSCENE), channel="x")
    assert say(card.facts[1].value, "en") == "Possible bullying, Possible threat, Obscene language"


def test_a_form_asks_at_most_five_questions() -> None:
    with pytest.raises(ValueError, match="five"):
        Form("report", "t", (FormField("what", FieldKind.LINE),) * 6)


def test_a_citation_speaks_the_readers_language() -> None:
    assert [say(cited("Netiquette 3"), language) for language in ("en", "es")] == ["Netiquette 3", "Norma 3 del canal"]
    assert [say(cited("BUL-5688.1 II.7"), language) for language in ("en", "es")] == ["BUL-5688.1 II.7"] * 2
