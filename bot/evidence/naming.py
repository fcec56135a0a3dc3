"""How people are called in a packet: by name, or, where it is redacted, everyone but the subject by a stand-in.

Redaction hides names, accounts, mentions, mail addresses and phone numbers in everything that was said. It knows the
people of the roster, those who wrote, and those whom a comment mentions, by the names that were sealed with it. A name
that nobody knows, in somebody's words, it cannot find: whoever hands the packet out reads it first.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.domain.comments import Author, Comment

Mark = tuple[int, int]

_LEAST = 3
"""A part of a name with fewer letters is no name by itself."""

_COMMON = frozenset(
    "the and mrs miss los las del von van der mom dad papa mama coach real name user senor senora".split()  # noqa: SIM905
)
"""Words that stand in display names and are nobody's name."""

_WORD = re.compile(r"\w+")
_CONTACT = re.compile(
    # A number may end a sentence, but is no part of a longer one, nor a decimal's digits.
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
    r"|(?<!\d)(?<!\d\.)\+?\(?\d{1,3}[\d ().\-\u2010-\u2015]{6,14}\d(?!\.?\d)",
    re.UNICODE,
)
_MENTION = re.compile(r"<[@#!&]{1,3}([A-Za-z0-9]{1,32})(?:\|[^>\n]{0,100})?>")
_PART = re.compile(r"\w+(?:['’.-]\w+)*\.?")
_ADDRESSED = re.compile(rf"@({_PART.pattern}(?:[^\S\n]+{_PART.pattern}){{0,6}})")
_EVERYBODY = frozenset({"everyone", "here", "channel"})
_BETWEEN = frozenset("de del la las los da das do dos di du van von der den el al bin ibn y e".split())  # noqa: SIM905
"""Small words inside names."""
_LONGEST = 3
"""Capitalised words after an `@` that are taken for one name."""


@dataclass(frozen=True, slots=True)
class Known:
    """Someone whose name must be found: what stands in for them, their names, their accounts on the platform."""

    label: str
    names: tuple[str, ...]
    accounts: tuple[str, ...] = ()


class Naming:
    """Calls people by their names."""

    redacted = False

    def account(self, author: Author) -> str:
        """Return how whoever wrote is called."""
        return author.name or author.id

    def person(self, key: str, name: str) -> str:
        """Return how someone on the roster is called."""
        return name or key

    def words(self, text: str, marks: Iterable[Mark] = ()) -> tuple[str, tuple[Mark, ...]]:
        """Return what somebody wrote, and its marks, as the packet may show them."""
        return text, tuple(marks)

    def said(self, comment: Comment, marks: Iterable[Mark] = ()) -> tuple[str, tuple[Mark, ...]]:
        """Return the words of a comment, and their marks, as the packet may show them."""
        return self.words(comment.text, marks)


class Redacting(Naming):
    """Calls everyone but the subject by a stand-in, in words and out of them.

    `people` are by roster key. `others` are those who wrote or are mentioned, under each name that is known of them.
    `anyone` is the word for those who are on no roster; they are numbered.
    """

    redacted = True

    def __init__(self, subject: Author, people: Mapping[str, Known], others: Iterable[Author], anyone: str) -> None:
        self._subject = subject
        self._people = people
        self._hidden = anyone
        self._accounts = {account: known.label for known in people.values() for account in known.accounts}
        rostered = len(self._accounts)
        known, calls = list(people.values()), {_fold(subject.name): ""}
        for author in others:
            if author.id == subject.id:
                calls.setdefault(_fold(author.name), "")
                continue
            label = self._accounts.setdefault(author.id, f"{anyone} {len(self._accounts) - rostered + 1}")
            known.append(Known(label, (author.name,), (author.id,)))
            calls.setdefault(_fold(author.name), label)
        self._labels = dict(_forms(known, subject.name))
        self._names = re.compile(rf"(?<![^\W_])(?:{_either(self._labels)})(?![^\W_])")
        self._calls = {name: label for name, label in calls.items() if name}
        self._called = re.compile(rf"@\s?({_either(self._calls)})")

    def account(self, author: Author) -> str:
        """Return the subject's name, or what stands in for anyone else."""
        if author.id == self._subject.id:
            return author.name or author.id
        return self._accounts.get(author.id, self._hidden)

    def person(self, key: str, name: str) -> str:  # noqa: ARG002
        """Return what stands in for someone on the roster."""
        known = self._people.get(key)
        return known.label if known is not None else self._hidden

    def words(self, text: str, marks: Iterable[Mark] = ()) -> tuple[str, tuple[Mark, ...]]:
        """Replace what names, addresses or calls anyone but the subject; marks move along."""
        return self._shown(text, marks, guess=False)

    def said(self, comment: Comment, marks: Iterable[Mark] = ()) -> tuple[str, tuple[Mark, ...]]:
        """Do the same with a comment, and hide what may be a name after an `@` where names were not sealed with it."""
        return self._shown(comment.text, marks, guess=_unnamed(comment))

    def _shown(self, text: str, marks: Iterable[Mark], *, guess: bool) -> tuple[str, tuple[Mark, ...]]:
        shown, at, moved = [], 0, []
        changes = self._changes(text, guess=guess)
        for first, end, label in sorted(changes, key=lambda change: (change[0], -change[1])):
            if end <= at:
                continue
            # What begins inside something hidden and reaches further is hidden to its end.
            start, stands = (first, label) if first >= at else (at, "")
            shown += [text[at:start], stands]
            moved.append((start, end, len(stands)))
            at = end
        return "".join([*shown, text[at:]]), tuple((_moved(a, moved), _moved(b, moved)) for a, b in marks)

    def _changes(self, text: str, *, guess: bool) -> Iterator[tuple[int, int, str]]:
        folded, places = _folded(text)
        named = [(match.span(), self._labels[match.group()]) for match in self._names.finditer(folded)]
        # The platform wrote these names, whatever stands close to them: they need not be whole words, nor long.
        named += [(match.span(1), self._calls[match.group(1)]) for match in self._called.finditer(folded)]
        for (first, last), label in named:
            start, end = places[first], places[last - 1] + 1
            # The subject's own name stays, and nothing inside it is hidden.
            yield start, end, f"[{label}]" if label else text[start:end]
        if guess:
            yield from self._guessed(text, folded, places)
        for match in _MENTION.finditer(text):
            if match.group(1) != self._subject.id:
                yield match.start(), match.end(), f"[{self._accounts.get(match.group(1), self._hidden)}]"
        for match in _CONTACT.finditer(text):
            yield match.start(), match.end(), f"[{self._hidden}]"

    def _guessed(self, text: str, folded: str, places: list[int]) -> Iterator[tuple[int, int, str]]:
        """Yield what may be a name after an `@`; a whole name that is known keeps its stand-in, the subject's stays."""
        for match in _ADDRESSED.finditer(text):
            start, end = match.start(1), match.start(1) + _length(match.group(1))
            if text[start:end].casefold() in _EVERYBODY:
                continue
            found = self._names.match(folded, bisect_left(places, start))
            whole = found is not None and (" " in found.group() or places[found.end() - 1] + 1 >= end)
            label = self._labels[found.group()] if found is not None and whole else self._hidden
            if label:
                yield start, end, f"[{label}]"


def mentioned_in(comments: Iterable[Comment]) -> list[Author]:
    """Return whom comments mention, each once under every name that was sealed, or under none."""
    found: dict[tuple[str, str], Author] = {}
    for comment in comments:
        for account, name in (*comment.called, *((account, "") for account in comment.mentions)):
            found[account, name] = Author(account, name)
    return list(found.values())


def writers_of(comments: Iterable[Comment]) -> list[Author]:
    """Return who wrote, each once under every name, in the order of appearance."""
    return list({(comment.author.id, comment.author.name): comment.author for comment in comments}.values())


def _unnamed(comment: Comment) -> bool:
    """Whether it mentions somebody by a name that was not sealed with it, as all did once."""
    told = {account for account, _ in comment.called} | set(_MENTION.findall(comment.text))
    return not told.issuperset(comment.mentions)


def _length(words: str) -> int:
    """Return how many of the characters are one to three capitalised words, or one word."""
    end, capitalised = 0, 0
    for part in _PART.finditer(words):
        word, capital = part.group().removesuffix("."), part.group()[0].isupper()
        if end and word.casefold() in _BETWEEN:
            continue
        if end and not capital:
            break
        end, capitalised = part.start() + len(word), capitalised + capital
        if capitalised in {0, _LONGEST}:
            break
    return end


def _either(names: Iterable[str]) -> str:
    """Return a pattern for any of the names, the longest first."""
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"


def _forms(others: Iterable[Known], subject: str) -> Iterator[tuple[str, str]]:
    """Yield every form of a name with what stands in for it; the subject's full name last, so that it wins."""
    for known in others:
        for part in (part for name in known.names for part in _WORD.findall(_fold(name))):
            if len(part) >= _LEAST and part not in _COMMON and not part.isdigit():
                yield part, known.label
        for whole in map(_fold, (*known.names, *known.accounts)):
            if len(whole) >= _LEAST:
                yield whole, known.label
    if len(_fold(subject)) >= _LEAST:
        yield _fold(subject), ""


def _fold(name: str) -> str:
    return _folded(name.strip())[0]


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the text without case and accents, and for each character of it the place in the original."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for plain in unicodedata.normalize("NFKD", character).casefold():
            if not unicodedata.combining(plain):
                folded.append(plain)
                places.append(place)
    return "".join(folded), places


def _moved(place: int, changes: Iterable[tuple[int, int, int]]) -> int:
    """Return where a place of the original text is, once the parts in `changes` have other lengths."""
    shift = 0
    for start, end, length in changes:
        if end <= place:
            shift += length - (end - start)
        elif start < place:
            return start + shift + length
    return place + shift
