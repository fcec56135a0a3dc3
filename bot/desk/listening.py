"""What a report says, heard at once: its words and the comment's run through the detectors, in memory (R17-R19).

Promise: no word of it is kept or logged, only the rule and how severe it is. What a reporter tells of somebody else
(“he said he will …”) is read as that person would have said it, too: the detectors pass over mere hearsay, but whoever
reports to the school means it. Whatever is not urgent waits for a person as before.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from functools import cache

from bot.domain.assessments import CLEAR, Assessment, Finding, Judgement
from bot.domain.categories import Severity
from bot.domain.comments import AuthorRole, ChannelKind
from bot.policy.judge import Context, judge
from bot.policy.schema import Pack
from bot.screening.detectors import standard_detectors
from bot.screening.detectors.reading import fold
from bot.screening.normalise import normalise
from bot.screening.seams import Detector, Facts

log = logging.getLogger(__name__)

URGENT = Severity.HIGH
"""From here on a report is more than a report. Below it, the words a reporter quotes make nothing worse."""

_SAID = re.compile(
    r"\b(?:(?:and|that|he|she|they|somebody|someone|who|it) ){0,2}"
    r"(?:said|says|saying|told|tells|wrote|writes|posted|posts|texted|texts|heard|rumors?|reported)\b"
    r"(?: (?:me|us|him|her|them|everyone|everybody)\b)?(?: that\b)?"
    r"|\b(?:(?:y|que|me|le|les|nos) ){0,2}(?:dijo|dice|dicen|dijeron|escribio|escribe|publico|segun)\b(?: que\b)?"
)
"""Whoever tells what somebody said; in folded text."""

_FIRST_PERSON: Mapping[str, str] = {
    "he threatened to": "i will", "she threatened to": "i will", "they threatened to": "i will",
    "he threatens to": "i will", "she threatens to": "i will", "threatened to": "i will", "threatening to": "i will",
    "he is": "i am", "she is": "i am", "they are": "i am", "he's": "i'm", "she's": "i'm", "they're": "i'm",
    "he'll": "i'll", "she'll": "i'll", "they'll": "i'll", "he has": "i have", "she has": "i have",
    "he wants": "i want", "she wants": "i want", "he": "i", "she": "i", "they": "i",
    "me": "you", "us": "you", "my": "your", "himself": "myself", "herself": "myself", "themselves": "myself",
    "me va a": "te voy a", "nos va a": "los voy a", "me van a": "te vamos a", "nos van a": "los vamos a",
    "amenazo con": "voy a", "se quiere": "me quiero", "quiere": "quiero", "tiene": "tengo",
    "matarse": "matarme", "matarnos": "matarte",
}  # fmt: skip
_THIRD_PERSON = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, _FIRST_PERSON), key=len, reverse=True)) + r")\b")

_EVERYWHERE = ChannelKind.CLASS
"""A report is heard by the rules for the youngest, wherever it comes from."""


class Listening:
    """Hears reports by a policy pack."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._detectors = _detectors()

    def hear(self, *told: str) -> Judgement:
        """Return the worst of what these texts say, without findings; `CLEAR` when nothing of it is urgent.

        Never raises for any text. The work grows linearly with its length.
        """
        heard = CLEAR
        for text in told:
            for reading in readings(text):
                judged = self._judged(reading)
                if judged.severity > heard.severity:
                    heard = judged
        if heard.severity < URGENT:
            return CLEAR
        # Where it stands in somebody's words is nobody's business.
        return Judgement(heard.severity, heard.categories, heard.rule, heard.clause, heard.consult)

    def _judged(self, text: str) -> Judgement:
        seen, facts = normalise(text), Facts(channel_kind=_EVERYWHERE)
        found: list[Finding] = []
        for detector in self._detectors:
            try:
                found.extend(detector.find(seen, facts))
            except Exception as error:  # noqa: BLE001 - a broken detector must never keep a report out
                log.warning("The detector %s broke on a report: %s", detector.name, type(error).__name__)
        context = Context(len(text), AuthorRole.MEMBER, _EVERYWHERE)
        return judge(self._pack, Assessment(findings=tuple(found)), context)


def readings(text: str) -> Iterator[str]:
    """Yield a text as it stands, and as whoever it tells of would have said it."""
    yield text
    seen = normalise(text)
    for view in (seen.plain, *(() if seen.unmasked is None else (seen.unmasked,))):
        bare = _SAID.sub("\n", fold(view.text).replace("’", "'"))
        yield bare
        yield _THIRD_PERSON.sub(lambda match: _FIRST_PERSON[match[0]], bare)


@cache
def _detectors() -> tuple[Detector, ...]:
    return standard_detectors()
