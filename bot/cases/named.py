"""Whom of a school a text names: by name, by a title with part of a name, or by what they are there.

Rather one too many than one too few: who is named by mistake is spared a case, and someone above takes it; who is
missed would decide about themselves (R25). Only a given name alone names nobody: pupils share it.

The text is hostile. It is read through the normaliser, as look-alikes (after UTS #39 skeletons) and without case and
accents; everything is a split and a look-up, so the work grows with its length. Nothing of it is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.cases.offices import office_words, offices_in
from bot.domain.people import SiteRole
from bot.domain.roster import Person, Roster, Site
from bot.screening.detectors.wordlists import word_lists
from bot.screening.normalise import normalise
from bot.screening.normalise.homoglyphs import as_latin

LEAST = 3
"""A part of a surname with fewer letters names nobody by itself; after a title, or beside another part, it does."""

_MORE = frozenset("mister misis missus sir madam maam profa mtra mtro lic licenciada licenciado ing".split())  # noqa: SIM905
TITLES = word_lists("staff_titles")["titles"] | office_words() | _MORE
"""What stands before a name."""

_INITIALLED = frozenset("mr mrs ms miss mx dr prof coach".split())  # noqa: SIM905
"""After these an initial stands for a name: “Mr. G”. Elsewhere single letters are rather short words."""

_GIVEN = frozenset[str]().union(*word_lists("given_names").values())
_LINKS = frozenset("de del la las los y e da das do dos di van von der den el the of san santa".split())  # noqa: SIM905
"""Small words inside names, and between a title and a name; by themselves they name nobody."""
_AFTER = frozenset("jr sr ii iii iv phd edd md mba esq".split())  # noqa: SIM905
_EVERYDAY = frozenset("the and you she her him his they them all any for who not are was but can may will".split())  # noqa: SIM905
"""Words of nearly every sentence: as a surname they need a title, or the given name beside them."""

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters with a stroke, and joined ones, which no decomposition takes apart."""
_SIGNS = "013457@$!|"
_AS_LETTERS = (str.maketrans(_SIGNS, "oieastasil"), str.maketrans(_SIGNS, "oleastasll"))
_APOSTROPHES = str.maketrans("", "", "'`")
_WORD = re.compile(r"[^\W_]+")
_NOT_LATIN = "\u1100"
"""From here on scripts are written without spaces, or with endings: whole names are looked for inside words."""

Words = list[str]


@dataclass(frozen=True, slots=True)
class _Name:
    """What of a person's name is looked for: `alone` anywhere, any of `parts` after a title or beside another part."""

    alone: frozenset[str]
    parts: frozenset[str]
    whole: str


@dataclass(frozen=True, slots=True)
class _Title:
    """The words of a person's title, and the offices that it names."""

    words: frozenset[str]
    offices: frozenset[str]


def folded(text: str) -> str:
    """Return `text` as names are compared: what a reader sees, without case and accents, look-alikes as Latin."""
    seen = unicodedata.normalize("NFKD", normalise(text).plain.text)
    return _plain(seen)


def named_in(text: str, roster: Roster, site: Site, responsible: str | None = None) -> Iterator[str]:
    """Yield the people of the site whom `text` names, by any part of a surname, a title and a name, or an office.

    `responsible` is the staff member responsible for the channel: whom “my teacher” means there. Somebody may be
    yielded more than once.
    """
    readings = list(_readings(text))
    words = {word for reading in readings for word in reading}
    beside = _neighbours(readings)
    titled = {form for title in TITLES & beside.keys() for word in beside[title] for form in (word, word.rstrip("s"))}
    first = _neighbours(readings[:1])
    initials = {word for title in _INITIALLED & first.keys() for word in first[title]} - set("aeiouy")
    run = "".join(readings[0])
    here = [person for person in roster.people.values() if roster.roles(person.key, site) != {SiteRole.MEMBER}]
    for person in here:
        name = _name(person.name)
        by_title = name.parts & titled or any(part[0] in initials for part in name.parts)
        together = any(not name.parts.isdisjoint(beside[part] - {part}) for part in name.parts & beside.keys())
        if name.alone & words or by_title or together or (name.whole and name.whole in run):
            yield person.key
    yield from _in_office(readings, words, here, site, responsible)


def _in_office(
    readings: list[Words], words: set[str], here: list[Person], site: Site, responsible: str | None
) -> Iterator[str]:
    """Yield who holds an office of the site that the text speaks of, and who alone holds a title that it has."""
    spoken = {office for reading in readings for office in offices_in(reading)}
    titles = [_title(person.title) for person in here]
    same = Counter(titles)
    holders = Counter(office for title in titles for office in title.offices)
    for person, title in zip(here, titles, strict=True):
        by_title = title.words <= words and title.offices <= spoken and same[title] == 1
        if (title.words and by_title) or any(holders[office] == 1 for office in title.offices & spoken):
            yield person.key
    if not site.key:  # what is on no site's list is looked after by the district: it has no principal
        return
    by_role: dict[str, tuple[str | None, ...]] = {
        "principal": (site.site_administrator,),
        "deputy": site.designees,
        "superintendent": (site.supervisor,),
        "teacher": (responsible,) if responsible in site.staff else (),
    }
    yield from (key for office in spoken for key in by_role.get(office, ()) if key)


def _readings(text: str) -> Iterator[Words]:
    """Yield the words of a text in every way that they may be read, the plainest first.

    With what stands around an apostrophe as one word and as two; letters that stand alone joined; #WordsLikeThese as
    several; digits and signs as the letters that they look like.
    """
    seen = normalise(text)
    plains = [view.text for view in (seen.plain, seen.unmasked) if view is not None]
    plains.append(_at_capitals(plains[0]))
    if any(sign in plains[0] for sign in _SIGNS):
        plains += [plains[0].translate(table) for table in _AS_LETTERS]
    for plain in dict.fromkeys(_plain(unicodedata.normalize("NFKD", plain)) for plain in plains):
        for form in dict.fromkeys((plain.translate(_APOSTROPHES), plain)):
            words = _words(form)
            yield words
            joined = list(_joined(words))
            if joined != words:
                yield joined


def _plain(decomposed: str) -> str:
    if decomposed.isascii():
        return decomposed.lower()
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return as_latin(bare).casefold().translate(_LETTERS)


def _words(plain: str) -> Words:
    return _WORD.findall(plain)


def _at_capitals(text: str) -> str:
    return text[:1] + "".join(
        f" {sign}" if sign.isupper() and before.islower() else sign for before, sign in pairwise(text)
    )


def _joined(words: Words) -> Iterator[str]:
    """Yield the words with runs of single letters as one word each."""
    run = ""
    for word in words:
        if len(word) == 1:
            run += word
            continue
        if run:
            yield run
        run = ""
        yield word
    if run:
        yield run


def _neighbours(readings: list[Words]) -> dict[str, set[str]]:
    """Return for each word what follows it somewhere; the small words inside names do not part two."""
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for reading in readings:
        linked = [word for word in reading if word not in _LINKS]
        for words in (reading, linked):
            for word, after in pairwise(words):
                beside[word].add(after)
    return dict(beside)


@lru_cache(maxsize=4096)
def _name(name: str) -> _Name:
    plain = folded(name)
    alone, parts = set[str](), set[str]()
    for form in {plain, plain.translate(_APOSTROPHES)}:
        given, family = _split(form)
        parts |= {part for part in (*given, *family) if len(part) > 1}
        surnames = {part for part in family if len(part) >= LEAST} - _EVERYDAY - _LINKS
        every = [*given, *family]
        glued = {one + other for one in every for other in every if one != other and min(len(one), len(other)) > 1}
        titled = {title + part for title in TITLES for part in surnames}
        alone |= surnames | {word for word in glued | titled if len(word) > LEAST + 2}
    whole = "".join(_words(plain))
    return _Name(frozenset(alone), frozenset(parts), whole if len(whole) > 1 and whole[0] >= _NOT_LATIN else "")


@lru_cache(maxsize=4096)
def _title(title: str) -> _Title:
    words = _words(folded(title))
    return _Title(frozenset(words), frozenset(offices_in(words)))


def _split(name: str) -> tuple[Words, Words]:
    """Return the given names and the surnames in a name; “García López, María” has its surnames first.

    Of a name without a comma the first word is a given name, and so are the next if they are common ones; the last is
    a surname, and so is a name's only word.
    """
    outside, _, rest = name.partition("(")
    first, _, later = f"{outside} {rest.partition(')')[2]}".partition(",")
    words, after = _parts(first) or _words(first)[-1:], [word for word in _parts(later) if word not in TITLES]
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    if after or len(words) < 2:
        return after, words
    families = next((at for at in range(1, len(words)) if words[at] not in _GIVEN), len(words) - 1)
    return words[:families], words[families:]


def _parts(name: str) -> Words:
    words = [word for word in _words(name) if word not in _AFTER]
    return [word for word in words[:-1] if word not in _LINKS] + words[-1:]
