"""Street addresses of the United States and, in Spanish, of Mexico; and e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.screening.detectors.reading import Reading, keys_of
from bot.screening.detectors.wordlists import word_lists

_KIND = (
    "street|st|avenue|ave|boulevard|blvd|road|rd|drive|dr|lane|ln|court|ct|way|place|pl|terrace|ter|circle|cir"
    "|parkway|pkwy|trail|trl"
)
_STREET = re.compile(
    r"(?<![\w.,:/#$%+\-])\d{1,5}(?:-?[a-z]|[ ]1/2)?[ ](?:(?:[nsew]|north|south|east|west|ne|nw|se|sw)\.?[ ])?"
    rf"(?P<name>(?:[^\W\d_][\w'\-]{{1,20}}\.?|\d{{1,3}}(?:st|nd|rd|th))"
    rf"(?:[ ][^\W\d_][\w'\-]{{0,20}}\.?){{0,2}}?)[ ](?P<kind>{_KIND})\b\.?"
    r"(?:,?[ ](?:apt|apartment|unit|suite|ste|#)\.?[ ]?#?\w{1,5})?"
)
_CALLE = re.compile(
    r"\b(?:calle|avenida|av\.|calzada|privada|callejon|boulevard|blvd\.?)[ ]"
    r"(?P<name>(?:[^\W\d_][\w'\-]{1,20}\.?|\d{1,2} de)(?:[ ][^\W\d_][\w'\-]{0,20}\.?){0,3}?)"
    r",?[ ]?(?P<mark>#|no\.|num\.|numero|n\.)?[ ]?\d{1,5}\b"
    r"(?!(?::\d| de |\s?(?:am|pm|anos|dias|horas|minutos|cuadras|personas|%)))"
)
_BOX = re.compile(r"\bp\.?[ ]?o\.?[ ]box[ ]\d{1,6}\b")
_SAYS_HOME = re.compile(
    r"\b(?:live|lives|living|lived|address|house|home|my place|his place|her place|apartment|apt|come over|pull up"
    r"|party at|pick up at|vivo|vive|viven|vivimos|direccion|domicilio|casa|departamento|fiesta en)\b"
)
_LISTS = word_lists("contact_words")
_NOT_A_NAME = _LISTS["not_a_name"]
_WEAK = _LISTS["weak"]
_EMAIL = re.compile(r"(?<![\w.+\-/@])[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,4}(?![\w@])")
_EMAIL_SPELLED = re.compile(
    r"\b[\w.+\-]{2,40}[ ]?(?:[ ]|\(|\[|<)(?:at|arroba|@)(?:[ ]|\)|\]|>)[ ]?"
    r"[\w\-]{2,30}[ ]?(?:[ ]|\(|\[|<)(?:dot|punto)(?:[ ]|\)|\]|>)[ ]?(?:com|org|net|edu|mx|gov|us)\b"
    r"|\b[\w.+\-]{2,40}[ ]?(?:@|\(at\)|\[at\])[ ]?(?:gmail|yahoo|hotmail|outlook|icloud|aol)"
    r"(?:[ ]?(?:\.|dot|\(dot\)|\[dot\])[ ]?com)?\b"
)
_DIGIT = re.compile(r"\d")
_STREET_KEYS = keys_of([*_KIND.split("|"), "box", "calle", "avenida", "av", "calzada", "privada", "callejon"])
_PROVIDER_KEYS = keys_of(["dot", "punto", "gmail", "yahoo", "hotmail", "outlook", "icloud", "aol"])
_NOBODYS = _LISTS["nobodys"]


def find_street_addresses(reading: Reading) -> Iterator[tuple[int, int, float]]:
    """Yield span and score of each street address.

    Written in small letters, or with a word like "way" that has other meanings, one needs a word like "live" near it.
    """
    if not reading.keys & _STREET_KEYS or not _DIGIT.search(reading.text):
        return
    original, text = reading.view.text, reading.text
    for match in _STREET.finditer(text):
        if score := _street_score(original, text, match):
            yield match.start(), match.end(), score
    for match in _CALLE.finditer(text):
        capital = original[match.start("name")].isupper() and not match.group().startswith("av.")
        if match["mark"] or capital or _near_home(text, match):
            yield match.start(), match.end(), 0.85
    for match in _BOX.finditer(text):
        yield match.start(), match.end(), 0.6


def _street_score(original: str, text: str, match: re.Match[str]) -> float:
    words = match["name"].replace(".", "").split()
    if _NOT_A_NAME.intersection(words):
        return 0.0
    start, end = match.span("name")
    capital = all(word[0].isupper() or word[0].isdigit() for word in original[start:end].split())
    home = _near_home(text, match)
    weak = match["kind"] in _WEAK and not original[match.start("kind")].isupper()
    if not capital or weak:
        return 0.8 * home
    return 0.95 if home else 0.85


def _near_home(text: str, match: re.Match[str]) -> bool:
    return bool(_SAYS_HOME.search(text, max(0, match.start() - 50), match.end() + 30))


def find_emails(reading: Reading) -> Iterator[tuple[int, int, float, str]]:
    """Yield span, score and the address itself of each personal e-mail address."""
    if "@" in reading.text:
        for match in _EMAIL.finditer(reading.text):
            if match.group().split("@")[0] not in _NOBODYS:
                yield match.start(), match.end(), 0.95, match.group()
    if reading.keys & _PROVIDER_KEYS:
        for match in _EMAIL_SPELLED.finditer(reading.text):
            yield match.start(), match.end(), 0.8, match.group()
