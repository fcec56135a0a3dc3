"""JSON Lines keep the shape that scripts rely on."""

from __future__ import annotations

import json

from bot.domain.categories import Category, Severity
from bot.shadow.lines import LinesSink
from bot.shadow.people import People
from tests.shadow.making import finding, row, screened


def written(*results: object, people: People | None = None) -> list[dict[str, object]]:
    lines: list[str] = []
    sink = LinesSink(lines.append, people or People())
    for result in results:
        sink.take(result)  # type: ignore[arg-type]
    assert all(line.isascii() and line.count("\n") == 1 for line in lines)
    return [json.loads(line) for line in lines]


def test_a_flag_has_exactly_the_contracts_fields() -> None:
    result = screened(row("you idiot", 7), finding(4, 9, Category.THREAT), severity=Severity.HIGH)
    assert written(result) == [
        {
            "id": "7",
            "channel": "room-12",
            "author": "Person 1",
            "flagged": True,
            "severity": "high",
            "categories": ["threat"],
            "rule": "bullying",
            "clause": "Netiquette 1",
            "scores": {"insult": 0.1235},
            "unscored": False,
            "findings": [
                {
                    "detector": "toxicity",
                    "category": "threat",
                    "start": 4,
                    "end": 9,
                    "score": 0.9123,
                    "explanation": "Possibly an insult: the model's score is 0.91.",
                }
            ],
        }
    ]


def test_what_is_clear_and_what_is_unscored_have_the_same_fields() -> None:
    clear, unscored = written(screened(row("hello")), screened(row("odd"), unscored="It broke."))
    assert list(clear) == list(unscored)
    assert (clear["flagged"], clear["severity"], clear["categories"], clear["rule"]) == (False, "none", [], None)
    assert (unscored["unscored"], unscored["scores"], unscored["clause"]) == (True, {}, None)


def test_broken_unicode_and_line_separators_cannot_break_a_line() -> None:
    (found,) = written(screened(row("x", channel="a\ud800\u2028\x1b[2J\nb")))
    assert found["channel"] == "a\ud800\u2028\x1b[2J\nb"
