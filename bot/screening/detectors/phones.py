"""Telephone numbers of the United States and Mexico in a text, also when spelled out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from bot.screening.detectors.reading import Reading, keys_of

_NUMBER = re.compile(
    r"(?<![\w.,:/#$=+\-])"
    r"(?P<country>(?:\+|00)?1[ .\-]?|\+?52[ .\-]?(?:1[ .\-])?)?"
    r"(?:\((?P<area>\d{3})\)[ .\-]{0,2}|(?P<plain>\d{3})[ .\-/]{0,3}|(?P<mexican>\d{2}[ .\-]\d{4}[ .\-]\d{4}(?!\w)))"
    r"(?:(?<=[\d) .\-/])(?P<rest>\d{3}[ .\-]{0,3}\d{4}(?:[ ]?(?:x|ext\.?)[ ]?\d{1,5})?))?(?![\w@]|[.,:/\-]\d)"
)
_ABROAD = re.compile(r"(?<![\w+=])\+[1-9]\d{0,2}[ .\-]?(?:\(0\)[ ]?)?\d(?:[ .\-]?\d){5,12}(?![\w@])")
_LOCAL = re.compile(r"(?<![\w.,:/#$=+\-])[2-9]\d{2}[.\-]\d{4}(?![\w@]|[.,:/\-]\d)")
_DIGIT_WORD = (
    r"(?:\d|zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)"
)
_SPELLED = re.compile(rf"(?<![\w.,:/#$=+\-]){_DIGIT_WORD}(?:[ ,\-]{{1,3}}{_DIGIT_WORD}){{9,10}}(?![\w])")
_WORDS = re.compile(_DIGIT_WORD)
_NAMES_OF_DIGITS = (
    ("zero", "oh", "cero"),
    ("one", "uno"),
    ("two", "dos"),
    ("three", "tres"),
    ("four", "cuatro"),
    ("five", "cinco"),
    ("six", "seis"),
    ("seven", "siete"),
    ("eight", "ocho"),
    ("nine", "nueve"),
)
_VALUES = {name: value for value, names in enumerate(_NAMES_OF_DIGITS) for name in names}
_SAYS_PHONE = re.compile(
    r"\b(?:call|calls|text|txt|phone|cell|cellphone|mobile|number|num|ph|tel|telephone|reach|whatsapp|whats|sms|contact"
    r"|digits|llama|llame|llamen|llamar|llamame|marca|marque|marcame|telefono|cel|celular|numero|mensaje|escribe"
    r"|escribeme|textea|comunicate|comuniquese)\b"
)
_SAYS_OTHER = re.compile(
    r"\b(?:order|zoom|meeting|webinar|id|passcode|pin|confirmation|tracking|isbn|case|ticket|invoice|serial|model"
    r"|account|acct|routing|barcode|sku|bug|version|build|student id|game code|code|codigo|pedido|reunion|folio|cuenta"
    r"|rastreo|factura|score|population|ip)\b[^\n]{0,12}$"
)
_TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})
_CONTEXT = 40
_DIGIT_KEYS = keys_of([*_VALUES, *"0123456789"])
_DIGIT = re.compile(r"\d")


def find_phones(reading: Reading) -> Iterator[tuple[int, int, float, str]]:
    """Yield the span, score and last ten (or seven) digits of each telephone number.

    Numbers without separators, Mexican ones without +52 and local ones need a word like "call" near them.
    """
    text = reading.text
    if len(_DIGIT.findall(text)) >= 7:
        yield from _written(text)
    if len(reading.keys & _DIGIT_KEYS) >= 3:
        yield from _spelled_out(text)


def _written(text: str) -> Iterator[tuple[int, int, float, str]]:
    for match in _NUMBER.finditer(text):
        if score := _score(text, match):
            yield match.start(), match.end(), score, digits(match.group())
    for match in _ABROAD.finditer(text):
        if len(number := digits(match.group())) >= 8:
            yield match.start(), match.end(), 0.85, number
    for match in _LOCAL.finditer(text):
        if _near(text, match) and not _SAYS_OTHER.search(text[max(0, match.start() - _CONTEXT) : match.start()]):
            yield match.start(), match.end(), 0.75, digits(match.group())


def _spelled_out(text: str) -> Iterator[tuple[int, int, float, str]]:
    for match in _SPELLED.finditer(text):
        spelled = [_VALUES[word] if word in _VALUES else int(word) for word in _WORDS.findall(match.group())]
        steps = {after - before for before, after in pairwise(spelled)}
        number = "".join(map(str, spelled))[-10:]
        if len(steps) > 2 and number[0] in "23456789" and number[3] in "23456789":
            yield match.start(), match.end(), 0.8, number


def digits(text: str) -> str:
    """Return the last ten digits in `text`: what is left of a number without its country and extension."""
    return re.sub(r"\D", "", text.lower().split("x")[0])[-10:]


def _score(text: str, match: re.Match[str]) -> float:
    """Return how sure it is that this is a telephone number; 0 if it is another number."""
    mexican, rest = match["mexican"], match["rest"]
    if bool(mexican) == bool(rest) or _SAYS_OTHER.search(text[max(0, match.start() - _CONTEXT) : match.start()]):
        return 0.0
    number, country = digits(match.group()), (match["country"] or "").strip(" .-+")
    said = _near(text, match)
    if country.startswith("52") or mexican:
        return 0.9 if country.startswith("52") and "+" in match.group() else 0.8 * said
    if number[:3] in _TOLL_FREE or number[0] in "01" or number[3] in "01" or len(set(number)) < 3:
        return 0.0
    # 118.2436849 is a place on a map or a reading: one point alone does not make a telephone number.
    separated = bool(re.search(r"[)\-]|\d \d|\..*\.", match.group().strip()))
    if "+" in match.group() or separated:
        return 0.95 if said else 0.85
    return 0.85 * said


def _near(text: str, match: re.Match[str]) -> bool:
    return bool(_SAYS_PHONE.search(text, max(0, match.start() - _CONTEXT), match.end() + _CONTEXT))
