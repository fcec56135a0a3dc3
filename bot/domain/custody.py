"""The custody log as values: who did what to evidence and when, each row chained to the one before it.

A row holds random ids, keyed pseudonyms and words of the program's own, never what anybody wrote; so nothing in it has
to go when a person's data goes, and the chain stays whole. Reasons are sealed apart; the row has the id of the seal and
the digest of what is sealed there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

GENESIS = bytes(32)
"""What the first row follows."""

_FORMAT = b"crossing-guard custody 1\n"


class Act(StrEnum):
    """What was done."""

    SEALED = "sealed"
    PERMITTED = "permitted"
    REFUSED = "refused"
    OPENED = "opened"
    """Somebody was shown a snapshot, or an excerpt of it."""
    EXPORTED = "exported"
    REPORTER_OPENED = "reporter_opened"
    """Somebody was told who reported."""
    HELD = "held"
    RELEASED = "released"
    """A hold was lifted."""
    DESTROYED = "destroyed"
    KEY_ROTATED = "key_rotated"
    RECORDS_EXPORTED = "records_exported"
    PERSON_DELETED = "person_deleted"


@dataclass(frozen=True, slots=True)
class CustodyRow:
    """One row. `person` is a keyed pseudonym (nobody for the program itself), `why` a fixed word of the program's.

    `reason` is the id of the sealed reason; `digest` the SHA-256 of the ciphertext that the row is about: the sealed
    snapshot's, else the sealed reason's.
    """

    number: int
    at: datetime
    act: str
    case: UUID | None
    snapshot: UUID | None
    person: bytes | None
    why: str
    reason: UUID | None
    digest: bytes | None
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows from the rows about a case. `answered` says what the last word on opening it was."""

    answered: bool | None = None
    held: bool = False
    destroyed: bool = False

    def may_open(self, *, standing: bool) -> bool:
        """Whether the evidence may be opened: permitted for this case, or by a standing permission not taken back."""
        return standing if self.answered is None else self.answered


def standing_of(rows: Iterable[CustodyRow]) -> Standing:
    """Return where the evidence stands after these rows. A hold of any of the cases holds it."""
    answered: bool | None = None
    held: set[UUID | None] = set()
    destroyed = False
    for row in rows:
        match row.act:
            case Act.PERMITTED | Act.REFUSED:
                answered = row.act == Act.PERMITTED
            case Act.HELD:
                held.add(row.case)
            case Act.RELEASED:
                held.discard(row.case)
            case Act.DESTROYED:
                destroyed = True
            case _:
                pass
    return Standing(answered, bool(held), destroyed)


def plain(row: CustodyRow) -> dict[str, str | None]:
    """Return what the row says as JSON values, without its place in the chain. Times are UTC, to the microsecond."""
    return {
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "act": str(row.act),
        "case": _id(row.case),
        "snapshot": _id(row.snapshot),
        "person": _hex(row.person),
        "why": row.why,
        "reason": _id(row.reason),
        "digest": _hex(row.digest),
    }


def body_of(row: CustodyRow) -> bytes:
    """Return the SHA-256 of what the row says, in canonical bytes.

    Canonical is JSON in ASCII, keys in order, no spaces (the parts of RFC 8785 that matter for these values). A packet
    shows rows of other cases by this digest alone: its random ids keep it from being guessed.
    """
    canonical = json.dumps(plain(row), sort_keys=True, separators=(",", ":")).encode("ascii")
    return hashlib.sha256(canonical).digest()


def chained(row: CustodyRow) -> bytes:
    """Return the SHA-256 that belongs to the row: of its number, the previous row's hash, and what it says."""
    link = f"{row.number}\n{row.previous.hex()}\n{body_of(row).hex()}"
    return hashlib.sha256(_FORMAT + link.encode("ascii")).digest()


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _hex(value: bytes | None) -> str | None:
    return None if value is None else value.hex()
