"""What reports say is heard at once, whoever they quote; what is not urgent stays a report; nothing of it is kept."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.listening import Listening
from bot.domain.assessments import CLEAR
from bot.domain.categories import Category, Severity
from bot.policy.loader import load_pack

LISTENING = Listening(load_pack("lausd"))


@pytest.mark.parametrize(
    "told",
    [
        "he says he will bring a gun tomorrow",
        "He SAID he will bring a gun tomorrow!",
        "My son heard that he’s going to shoot up the school.",
        "She wrote: I will shoot up the school",
        "he told me he has a knife in his backpack",
        "they posted that they will bring a gun to school",
        "h\u200be says he will bring a g\u200bun tomorrow",
        "Dice que va a llevar una pistola a la escuela",
        "Dijo que van a balear la escuela",
        "me dijo que tiene una pistola en la mochila",
    ],
)
def test_a_weapon_at_school_is_critical_whoever_is_said_to_have_said_it(told: str) -> None:
    heard = LISTENING.hear(told)
    assert (heard.severity, heard.rule) == (Severity.CRITICAL, "threat"), told


@pytest.mark.parametrize(
    ("told", "category"),
    [
        ("he said he will kill me", Category.THREAT),
        ("she threatened to kill us", Category.THREAT),
        ("dice que me va a matar", Category.THREAT),
        ("my friend says she wants to kill herself", Category.SELF_HARM),
        ("he told me he is going to kill himself", Category.SELF_HARM),
        ("I want to kill myself because of this", Category.SELF_HARM),
    ],
)
def test_danger_for_a_person_is_urgent(told: str, category: Category) -> None:
    heard = LISTENING.hear(told)
    assert heard.severity >= Severity.HIGH, told
    assert heard.categories[0] is category


@pytest.mark.parametrize(
    "told",
    [
        "", "   ", "it hurts", "canary what", "He does this every day and she cries.",
        "He called my daughter a stupid cow and worse.",
        "he said the game was the bomb lol", "She says we shoot free throws after class.",
        "The principal shouts at me.", "They spread rumors about my son.",
        "Write me at mother@example.org", "this is not nice, please remove it",
        "se burla de mi hija todos los días", "dijo que la tarea mata",
    ],
)  # fmt: skip
def test_what_is_not_urgent_stays_a_report(told: str) -> None:
    assert LISTENING.hear(told) == CLEAR, told


def test_the_worse_of_the_report_and_the_comment_counts_and_no_place_in_them_is_told() -> None:
    heard = LISTENING.hear("please look at this", "i will bring a gun to school tomorrow")
    assert heard.severity is Severity.CRITICAL
    assert heard.findings == ()
    assert LISTENING.hear("i will bring a gun to school tomorrow", "ok") == heard


def test_a_broken_detector_keeps_no_report_out_and_its_words_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        name = "broken"

        def find(self, text: object, facts: object) -> list[object]:
            raise ValueError(f"canary {text}")

    listening = Listening(load_pack("lausd"))
    listening._detectors = (Broken(), *listening._detectors)  # type: ignore[arg-type]
    with caplog.at_level(logging.DEBUG):
        assert listening.hear("he says he will bring a gun tomorrow").severity is Severity.CRITICAL
    assert "ValueError" in caplog.text
    assert "canary" not in caplog.text
    assert "gun" not in caplog.text


@given(st.lists(st.text(max_size=300) | st.text("he says'’ told me \n.", max_size=600), max_size=3))
def test_no_text_breaks_it(told: list[str]) -> None:
    assert LISTENING.hear(*told).findings == ()
