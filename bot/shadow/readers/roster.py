"""Who is what to the school, from a small CSV: it decides which clauses bind an author."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from bot.domain.comments import AuthorRole
from bot.errors import InputError, UsageError
from bot.shadow.readers.streams import Meter, Stream, lines


def read_roles(path: Path) -> Mapping[str, AuthorRole]:
    """Return the role by the id or name of a person, in small letters; the columns are `author` and `role`.

    Raise `UsageError` with the line number for an unknown role and for a line without an author (nobody's comments
    would get its role), `InputError` if the file cannot be read.
    """
    try:
        with Stream(path.open("rb"), Meter()) as stream:
            # A lenient reader makes one name of everybody who follows a quotation mark that is not closed.
            rows = list(csv.DictReader((line or "" for line in lines(stream)), strict=True))
    except (OSError, csv.Error) as error:
        raise InputError(f"{path.name} cannot be read as CSV; look for a quotation mark that is not closed.") from error
    if rows and not {"author", "role"} <= set(rows[0]):
        raise UsageError(f"The first line of {path.name} must name the columns author and role.")
    roles: dict[str, AuthorRole] = {}
    for number, row in enumerate(rows, start=2):
        author = (row["author"] or "").strip().casefold()
        if not author:
            raise UsageError(f"{path.name}, line {number}: the author is empty; name the person, or take the line out.")
        try:
            roles[author] = AuthorRole((row["role"] or "").strip().casefold())
        except ValueError:
            known = ", ".join(AuthorRole)
            raise UsageError(f"{path.name}, line {number}: the role must be one of {known}.") from None
    return roles
