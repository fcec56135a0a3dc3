"""The report: complete, bounded, in both languages, and inert whatever people wrote."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from bot.domain.categories import Category, Severity
from bot.policy.loader import load_pack
from bot.shadow.counts import Counts
from bot.shadow.people import People
from bot.shadow.report import About, ReportSink, html
from bot.shadow.rows import BadRow
from bot.shadow.run import Screened
from tests.shadow.making import finding, row, screened

NOW = datetime(2026, 11, 9, 17, tzinfo=UTC)
PACK = load_pack("board")


def report(*results: Screened, language: str = "en", people: People | None = None, counts: Counts | None = None) -> str:
    counts = counts or Counts(UTC)
    written = io.StringIO()
    with ReportSink(About(("made.csv",), PACK), people or People(), language) as sink:
        for result in results:
            counts.add(*result)
            sink.take(result)
        sink.write(counts, written, model="words 1.0", now=NOW)
    return written.getvalue()


class Seen(HTMLParser):
    """Collects tags, addresses, and the text outside the style sheet."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.words: list[str] = []
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._inside.append(tag)
        for name, value in attrs:
            if name in ("href", "src", "action", "srcset", "poster", "data"):
                self.addresses.append(value or "")
            if name.startswith("on") or name == "style":
                self.handlers.append(name)

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._inside:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


def test_a_report_says_what_was_found_and_what_that_means() -> None:
    page = report(
        screened(row("hello")),
        screened(row("you utter idiot", 2), finding(10, 15), consult=("BUL-6399.0",)),
        screened(row("odd one", 3), unscored="It broke."),
    )
    seen = Seen(page)
    for words in (
        "nothing was stored and no one was told", "people decide", "Call 911",
        "made.csv", "words 1.0", "Person 1", "#room-12", "you utter idiot", "an insult (score 0.91)",
        "Netiquette 1", "BUL-6399.0", "To be read by a person", "odd one", "33.3%", "Mon, Nov 2, 2026",
    ):  # fmt: skip
        assert words in seen.text
    assert "<mark>idiot</mark>" in page
    assert "hello" not in seen.text


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_part_is_there_in_both_languages(language: str) -> None:
    counts = Counts(UTC, interrupted=True)
    counts.left_out.direct, counts.left_out.private, counts.left_out.automatic = 2, ["office"], 1
    counts.left_out.notes.update(unknown_role=1, unreadable_time=2)
    for number in range(60):
        counts.add_bad(BadRow(number, "made.csv", "it has no text"))
    page = report(
        screened(row("idiot"), finding(0, 5)), screened(row("x", posted_at=None)), language=language, counts=counts
    )
    assert f'<html lang="{language}">' in page
    for expected in {"en": ["Confidential", "stopped early"], "es": ["Confidencial", "se detuvo"]}[language]:
        assert expected in page
    if language == "es":
        text = Seen(page).text
        for english in (
            "Flagged",
            "comments",
            "Why",
            "Rule",
            "score",
            "Person ",
            "Low",
            "Medium",
            "channel ",
            "it has",
        ):
            assert english not in text, english


HOSTILE = (
    "<script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>{{ 7*7 }}{% raw %}\u202e\0\x1b[2J\ud800"
)


def test_hostile_words_stay_words_wherever_they_stand() -> None:
    hostile = replace(row(HOSTILE + " idiot", channel=HOSTILE, author=HOSTILE, permalink=None), where=HOSTILE, number=1)
    counts = Counts(UTC)
    counts.left_out.private = [HOSTILE]
    counts.add_bad(BadRow(1, HOSTILE, "it has no text"))
    for people in (People(), People(show_names=True)):
        page = report(
            screened(hostile, finding(3, 9)), screened(hostile, unscored="It broke."), people=people, counts=counts
        )
        page.encode()
        seen = Seen(page)
        assert not seen.tags & {"script", "img", "iframe", "link", "object", "form", "input", "base"}
        assert (seen.addresses, seen.handlers) == ([], [])
        assert not re.search("[\0\x1b\u202e\ud800]", page)
        assert "{{ 7*7 }}" in seen.text


def test_nothing_outside_is_asked_for() -> None:
    page = report(screened(row("idiot", permalink="https://discord.com/channels/1/2/3"), finding(0, 5)))
    assert "default-src 'none'" in page
    assert "url(" not in page
    assert "@import" not in page
    assert Seen(page).addresses == ["https://discord.com/channels/1/2/3"]


def test_sexual_words_and_links_to_them_are_withheld() -> None:
    link = "https://discord.com/channels/1/2/3"
    result = screened(row("very private words", permalink=link), finding(0, 4), finding(5, 9, Category.SEXUAL))
    page = report(result)
    assert "private words" not in page
    assert link not in page
    assert "The words are not shown" in page
    assert "law enforcement gathers them" in page


def test_the_worst_come_first_and_the_number_shown_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MOST_FLAGS", 5)
    severities = [Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL]
    results = [
        screened(row(f"word{number}.", number), finding(0, 3), severity=severities[number % 4]) for number in range(12)
    ]
    page = report(*results)
    shown = re.findall(r"word(\d+)\.", re.sub("</?mark>", "", page))
    assert shown == ["3", "7", "11", "2", "6"]
    assert "7 more flagged comments are counted above but not shown here" in page


def test_the_unscored_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MOST_UNSCORED", 2)
    page = report(*(screened(row(f"odd{number}"), unscored="It broke.") for number in range(3)))
    assert page.count("card unscored") == 2
    assert "1 more is counted above but not shown here" in page


def test_an_empty_run_makes_a_whole_report() -> None:
    text = Seen(report()).text
    for words in ("No comment was flagged.", "Nothing was flagged.", "every row of the input was screened"):
        assert words in text


def test_charts_are_told_to_those_who_cannot_see_them() -> None:
    page = report(screened(row("idiot"), finding(0, 5)))
    for chart in re.findall(r"<svg viewBox.*?</svg>", page, re.DOTALL):
        hidden = 'aria-hidden="true"' in chart
        assert hidden or ('role="img"' in chart and "<title" in chart and "<desc" in chart)
    assert page.count("<table>") == 3
