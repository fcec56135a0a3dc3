"""Turns what databases throw into one sentence for people, and tells which failures end a whole transaction.

Sentences name the place (never a password) and hold nothing of the statement or its values.
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import StoreError

_SQLITE: dict[str, str] = {
    "locked": "The database {place} stays locked by another program; close that program and start again.",
    "file is not a database": "The file {place} is not a database; move it away or name another in DATABASE_URL.",
    "malformed": "The database {place} is damaged; restore it from a backup.",
    "readonly": "The database {place} cannot be written; give this user write permission to the file and its folder.",
    "unable to open": "The database {place} cannot be opened; check that its folder exists and may be written.",
    "disk is full": "The disk that holds the database {place} is full; free some space, then start again.",
    "disk i/o error": "The disk that holds the database {place} fails; check it and restore the latest backup.",
    "no such savepoint": "The database {place} gave up a transaction; start again.",
}

_POSTGRESQL: dict[str, str] = {
    "28": "The database {place} refuses this user or password; correct DATABASE_URL.",
    "3D": "There is no database at {place}; create it or correct DATABASE_URL.",
    "42501": "The user of DATABASE_URL may not do this in {place}; grant it the right to create and change tables.",
    "53100": "The disk that holds the database {place} is full; free some space, then start again.",
    "53": "The database {place} has no room for another connection; close some or allow more.",
    "40": "The database {place} stays locked by another program; close that program and start again.",
    "55P03": "The database {place} stays locked by another program; close that program and start again.",
    "57": "The database {place} is shutting down or starting; start again when it is up.",
    "25006": "The database {place} is read-only; name the primary server in DATABASE_URL.",
}

_UNFIT = (
    "The database {place} cannot be reached with these settings; check DATABASE_URL. With sslmode verify-ca or "
    "verify-full the root certificate must be ~/.postgresql/root.crt, or named in PGSSLROOTCERT (see SECURITY.md)."
)
_UNREACHABLE = "The database {place} cannot be reached; check that it is running and that DATABASE_URL is right."
_OTHER = "The database {place} failed ({kind}); run “crossing-guard doctor”."

_FINAL_CLASSES = ("08", "25", "40", "53", "55", "57", "58", "XX")
"""SQLSTATE classes after which the whole transaction is lost, not just one statement."""


def explained(error: BaseException, place: str) -> StoreError:
    """Return the `StoreError` whose sentence says what to do about `error`."""
    if isinstance(error, StoreError):
        return error
    sentence = _unfit_sentence(error) or _postgresql_sentence(error) or _sqlite_sentence(error)
    if sentence is None:
        sentence = _UNREACHABLE if _is_unreachable(error) else _OTHER
    return StoreError(sentence.format(place=place, kind=type(error).__name__))


def is_contention(error: BaseException) -> bool:
    """Whether the same transaction may well succeed when tried again: somebody else held a lock."""
    return _sqlstate(error)[:2] == "40" or _sqlstate(error) == "55P03" or "locked" in _sqlite_message(error)


def ends_transaction(error: BaseException) -> bool:
    """Whether the failure is the database's, not one unit's: nothing else in the transaction can stand."""
    if _is_unreachable(error):
        return True
    return _sqlstate(error).startswith(_FINAL_CLASSES) or _sqlite_sentence(error) is not None


def is_store_failure(error: BaseException) -> bool:
    """Whether `error` comes from a database at all."""
    return isinstance(error, (SQLAlchemyError, OSError))


def _is_unreachable(error: BaseException) -> bool:
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or _sqlstate(error).startswith("08") or isinstance(error, OSError)


def _sqlstate(error: BaseException) -> str:
    """Return PostgreSQL's five-letter code, or an empty string."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(original, "sqlstate", None) or "")


def _postgresql_sentence(error: BaseException) -> str | None:
    state = _sqlstate(error)
    return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2]) if state else None


def _unfit_sentence(error: BaseException) -> str | None:
    """Return the sentence for settings that asyncpg refuses; it tells them from other errors by their kind alone."""
    cause = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig is not None else None
    return _UNFIT if type(cause).__name__ == "ClientConfigurationError" else None


def _sqlite_message(error: BaseException) -> str:
    """Return SQLite's own message in lower case, or an empty string for any other error."""
    if not isinstance(error, DBAPIError) or _sqlstate(error) or error.orig is None:
        return ""
    return str(error.orig).lower()


def _sqlite_sentence(error: BaseException) -> str | None:
    message = _sqlite_message(error)
    return next((sentence for fragment, sentence in _SQLITE.items() if message and fragment in message), None)
