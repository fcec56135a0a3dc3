"""How people are called in a packet: by name, or, where it is redacted, everyone but the subject by a stand-in.

Redaction hides names, accounts, mentions, mail addresses and phone numbers in everything that was said. It knows the
people of the roster and those who wrote; a name that nobody knows, in somebody's words, it cannot find: whoever hands
the packet out reads it first.
"""

from __future__ import annotations

import re
import unicodedata
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
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}|(?<![\d.])\+?\(?\d{1,3}[\d ().-]{6,14}\d(?![\d.])", re.UNICODE
)
_MENTION = re.compile(r"<[@#!&]{1,3}([A-Za-z0-9]{1,32})(?:\|[^>\n]{0,100})?>")


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


class Redacting(Naming):
    """Calls everyone but the subject by a stand-in, in words and out of them.

    `people` are by roster key. `anyone` is the word for those who are on no roster; they are numbered.
    """

    redacted = True

    def __init__(self, subject: Author, people: Mapping[str, Known], writers: Iterable[Author], anyone: str) -> None:
        self._subject = subject
        self._people = people
        self._hidden = anyone
        self._accounts = {account: known.label for known in people.values() for account in known.accounts}
        others = list(people.values())
        for author in writers:
            if author.id not in {subject.id, *self._accounts}:
                label = f"{anyone} {len(others) - len(people) + 1}"
                others.append(Known(label, (author.name,), (author.id,)))
                self._accounts[author.id] = label
        self._labels = dict(_forms(others, subject.name))
        ordered = sorted(self._labels, key=len, reverse=True)
        self._names = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered)) or '(?!)'})(?!\w)")

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
        shown, at, moved = [], 0, []
        for first, end, label in sorted(self._changes(text), key=lambda change: (change[0], -change[1])):
            if end <= at:
                continue
            # What begins inside something hidden and reaches further is hidden to its end.
            start, stands = (first, label) if first >= at else (at, "")
            shown += [text[at:start], stands]
            moved.append((start, end, len(stands)))
            at = end
        return "".join([*shown, text[at:]]), tuple((_moved(a, moved), _moved(b, moved)) for a, b in marks)

    def _changes(self, text: str) -> Iterator[tuple[int, int, str]]:
        folded, places = _folded(text)
        for match in self._names.finditer(folded):
            label = self._labels[match.group()]
            if label:
                yield places[match.start()], places[match.end() - 1] + 1, f"[{label}]"
            else:  # the subject's own name: it stays, and nothing inside it is hidden
                yield (
                    places[match.start()],
                    places[match.end() - 1] + 1,
                    text[places[match.start()] : places[match.end() - 1] + 1],
                )
        for match in _MENTION.finditer(text):
            if match.group(1) != self._subject.id:
                yield match.start(), match.end(), f"[{self._accounts.get(match.group(1), self._hidden)}]"
        for match in _CONTACT.finditer(text):
            yield match.start(), match.end(), f"[{self._hidden}]"


def writers_of(comments: Iterable[Comment]) -> list[Author]:
    """Return who wrote, each once, in the order of appearance."""
    return list({comment.author.id: comment.author for comment in comments}.values())


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
