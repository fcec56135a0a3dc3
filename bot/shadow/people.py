"""Pseudonyms: “Person 17” is the same person throughout one run, and nobody after it."""

from __future__ import annotations

import secrets
from hashlib import blake2b

from bot.domain.comments import Author


class People:
    """Numbers people in the order in which they first appear.

    Ids are held as digests under a key that is drawn for this run and never leaves it, so that neither the numbers
    nor a copy of the memory lead back to anyone. Grows by about 100 bytes a person, and with nothing else.
    """

    def __init__(self, *, show_names: bool = False) -> None:
        self.show_names = show_names
        self._key = secrets.token_bytes(32)
        self._numbers: dict[bytes, int] = {}

    def number(self, person: str) -> int:
        """Return the number of the person with this id, the next one if they are new."""
        digest = blake2b(person.encode(errors="surrogatepass"), key=self._key, digest_size=12).digest()
        return self._numbers.setdefault(digest, len(self._numbers) + 1)

    def called(self, person: str, name: str = "", word: str = "Person") -> str:
        """Return what to call a person: their name (or id) if names are shown, else `word` with their number.

        An empty id stays empty: nobody knows who wrote it.
        """
        if not person:
            return ""
        return (name or person) if self.show_names else f"{word} {self.number(person)}"

    def author(self, author: Author, word: str = "Person") -> str:
        """Return what to call the author of a comment."""
        return self.called(author.id or author.name, author.name, word)
