"""Hostile words arrive as words: nothing in them pings, formats, links, runs or breaks out of its quote."""

from __future__ import annotations

import unicodedata

import pytest

from tests.platforms.seen import SeenCard
from tests.platforms.stage import Stage

CRUEL = "idiot"
HOSTILE = {
    "mentions": "@everyone @here <@123456789012345678> <@&42> <!channel> <!here|x> @Maya",
    "markdown": "**bold** _it_ ~~no~~ ||spoiler|| `code` ```block``` # head > quote - list [a](https://evil.example)",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;<!--",
    "links": "https://evil.example/?q=1 <https://evil.example|school> javascript:alert(1) evil.example/a.png",
    "bidi": "\u202egnp.ecin\u202c \u2066isolated\u2069 \u200frtl \u061c",
    "invisible": "z\u200ba\u200dl\ufeffgo \u0336\u0337\u0338 \u00ad\u2060",
    "placeholders": "{who} {0.__class__} {rule!r} %s %(x)s ${x} {{ }} \\n \\u0000",
    "timestamps": "<t:1700000000:R> <#123> </report:1> <a:blob:1> <!date^1^{date}|x>",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 :smile: \U000e0067\U000e0062",
    "rows": "a\nb\r\nc\u2028d\u2029e\tf",
}


def visible(words: str) -> str:
    """Return what can be seen of words: a platform may leave out signs without a shape, and draw gaps its own way."""
    spaced = " ".join(words.split())
    return "".join(one for one in spaced if unicodedata.category(one) not in ("Cc", "Cf") and one != "\ufe0f")


def is_inert(card: SeenCard, hostile: str) -> None:
    """Check that a card shows the words in its quote, every letter that can be seen, and nowhere else."""
    shown = card.quote or ""
    assert card.alive == ()
    assert len(shown) <= 200
    assert visible(shown.strip("…")) in visible(f"{CRUEL} {hostile}")
    assert all(word not in card.around for word in hostile.split() if len(word) > 4)


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_words_in_a_comment_arrive_inert(stage: Stage, kind: str) -> None:
    """A flagged comment holds mentions, formatting, links, code or odd letters → its card shows them as plain words."""
    await stage.say("student", "class", f"{CRUEL} {HOSTILE[kind]}")
    is_inert(await stage.card("principal"), HOSTILE[kind])


async def test_hostile_words_in_a_report_arrive_inert(stage: Stage) -> None:
    """A report holds hostile words → who opens it sees plain words; the receipt repeats none of them."""
    ref = await stage.say("student", "class", "nobody wants you here")
    for kind in ("mentions", "HTML", "placeholders"):
        form = (await stage.report("friend", ref)).form
        receipt = await stage.submit("friend", form, {"what": f"{CRUEL} {HOSTILE[kind]}"})
        assert receipt.said.quote is None
        is_inert(receipt.said, HOSTILE[kind])
    card = await stage.card("principal")
    opened = (await stage.press("principal", "open", card)).said
    assert opened.alive == card.alive == ()
    assert "<script>" in (opened.quote or "")
    assert "<script>" not in opened.around + card.everything


async def test_hostile_words_in_a_reason_stay_off_the_cards(stage: Stage) -> None:
    """A reviewer's reason or note holds hostile words → they are kept sealed and stand on no card."""
    await stage.say("student", "class", CRUEL)
    card = await stage.card("principal")
    await stage.decide("principal", "dismiss", card, reason=HOSTILE["HTML"], note=HOSTILE["mentions"])
    shown = await stage.shows(card, "dismissed it")
    assert "script" not in shown.everything
    assert "@everyone" not in shown.everything


async def test_a_giant_word_is_read_and_cut(stage: Stage) -> None:
    """A comment is one giant word, or as long as the platform takes → it is read, and its card stays short."""
    await stage.say("student", "class", f"{CRUEL} {'A' * 3000}")
    card = await stage.card("principal")
    assert len(card.quote or "") <= 200
    assert len(card.around) < 2000
