"""What can go wrong while an input is being read, beyond what it says."""

from __future__ import annotations

import zipfile
import zlib

from bot.shadow.readers.jsonstream import BrokenJsonError

READING_ERRORS = (BrokenJsonError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)
"""Each becomes a bad row, and the rest goes on."""
