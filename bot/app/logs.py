"""Where log lines go: standard error, as text or as one JSON object a line (`CROSSING_GUARD_LOG_FORMAT`)."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime


class JsonFormatter(logging.Formatter):
    """One object a line: `time` (RFC 3339), `level`, `logger`, `message`; never what people wrote."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def start_logging() -> None:
    """Send warnings and worse to standard error. The setting is checked with the others, when they are read."""
    handler = logging.StreamHandler(sys.stderr)
    as_json = os.environ.get("CROSSING_GUARD_LOG_FORMAT") == "json"
    handler.setFormatter(JsonFormatter() if as_json else logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
