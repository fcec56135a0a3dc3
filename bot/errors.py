"""Every error that Crossing Guard raises on purpose, as one tree.

::

    CrossingGuardError          one clear sentence that says what to do; exit code 1
    ├── UsageError              wrong settings or arguments; exit code 2
    │   ├── SettingsError       an environment variable or file of settings is wrong
    │   ├── PackError           a policy pack is damaged: names file and line
    │   └── SiteFileError       a site file is wrong: one sentence for each mistake
    ├── InputError              an export or data file cannot be read
    ├── PlatformError           a chat platform refused or did not answer in time
    ├── ModelError              the toxicity model is missing, damaged or not what its manifest says
    ├── EvidenceError           evidence may not be opened or destroyed now: not permitted, held, or gone
    └── StoreError              the database is locked, newer than this program, or not ours
        └── KeyFileError        the master key is lost, unreadable or another one

The text of an error is for the person at the terminal. It never holds comment text, tokens or keys.
"""

from __future__ import annotations

from collections.abc import Sequence


class CrossingGuardError(Exception):
    """Something a person can put right; `str()` is one sentence that says how."""

    exit_code = 1


class UsageError(CrossingGuardError):
    """The program was called or configured wrongly."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting has a value that cannot be used; the sentence names the setting, never its value if secret."""


class PackError(UsageError):
    """A policy pack does not follow the schema; the sentence names file, line and what is expected there."""


class SiteFileError(UsageError):
    """A site file cannot be used; `problems` has a sentence for every mistake, `str()` all of them, a line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class InputError(CrossingGuardError):
    """A file given to read is missing, unreadable, of unknown format or dangerous (a zip bomb)."""


class PlatformError(CrossingGuardError):
    """A chat platform refused a call, or gave no answer in time."""


class ModelError(CrossingGuardError):
    """The toxicity model cannot be used as it is."""


class EvidenceError(CrossingGuardError):
    """Evidence may not be opened, or not be destroyed, as things stand."""


class StoreError(CrossingGuardError):
    """The database cannot be used as it is."""


class DamagedError(StoreError):
    """One sealed row does not open: it was damaged or changed. Everything else can be used."""


class KeyFileError(StoreError):
    """The master key is missing, unreadable or not the one the data was sealed with."""
