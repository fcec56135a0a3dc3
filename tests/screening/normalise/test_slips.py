"""Slips put right in the second reading: words run together, mistyped, without accents."""

from __future__ import annotations

import pytest

from bot.screening.normalise import normalise

SLIPS = {
    "killyourself": "kill yourself",
    "NobodyLikesYou": "nobody likes you",
    "#nobodylikesyou": "#nobody likes you",
    "nobodylikesyou.go home": "nobody likes you.go home",
    "nadietequiere": "nadie te quiere",
    "kidsfromthervsshouldbehosedbeforeclass": "kids from the r v s should be hosed before class",
    "I hate mulsims": "I hate muslims",
    "i haet muslims": "i hate muslims",
    "everyone at scholo knows": "everyone at school knows",
    "thats evrything": "thats everything",
    "imakillyou": "i'm a kill you",
    "tevoyamatar": "te voy a matar",
    "jumpoffabridge": "jump off a bridge",
    "fu.ck this, ki-ll": "fuck this, kill",
    "fvck niqqa phuck kabron shlt": "fuck nigga fuck cabron shit",
    "fuuck": "fuck",
    "asco de nino": "asco de niño",
    "el tambien da asco": "el también da asco",
}


@pytest.mark.parametrize(("text", "meant"), SLIPS.items())
def test_puts_slips_right(text: str, meant: str) -> None:
    second = normalise(text).unmasked
    assert second is not None
    assert second.text == meant


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Okaffor, Zayden, Xochitl and Wendell read Anansi",
        "Amanda Campbell, Nicholas Armstrong, Sebastian Bailey, Whitehead, Fitzgerald, Marisol, Cuauhtémoc, Nguyen",
        "ayer no podíamos entrar; un proyecto de gran envergadura, minúsculo, epístola, aprieto, Montenegro",
        "We read Emily Dickinson. I felt apathetic. the candies, the comedies, jewellery, diesel, assessing",
        "alpha beta gamma, blue indigo violet, photon, median, linear, palace, thrash, steven, indicó, través, cocaína",
        "critical, tribunal, resolver, alcanzar, centre, selected, impuesto, effective, vacant, immature, diameter",
        "unrelated upgrades, reformatted articles, originally disliked",
        "wouldn't, couldn't've, doesn’t, y'all'd",
        "see classroom.google.com or killyourself.example.org/killyou",
        "recordMyDesktop(killyou) some_killyou_name <killyou>",
        ":killyou: @killyou",
        "supercalifragilistic pneumonoultramicroscopic",
        "la opinion de mama esta bien",
        "hablo, dejo, esta",
        "Casablanca, Ms. Atwater, Onthank",
        "lathey, layour",
        "kill-joy, bomb-proof, hate-watch",
        "die-hard fans, fat-free, re-read, pre-k, x-ray, co-op, vivek, quiz, kilo, zappos",
        "háblenme, llámenlo, entrégalo, rápidamente",
        "lmao brooo hahaha jajaja idk ngl",
    ],
)
def test_what_is_no_slip_stays(text: str) -> None:
    second = normalise(text).unmasked
    assert second is None, second.text


def test_the_slip_is_found_in_the_original() -> None:
    text = "go on,  killyourself!"
    second = normalise(text).unmasked
    assert second is not None
    start = second.text.index("yourself")
    assert text[slice(*second.span(start, start + 8))] == "killyourself"
