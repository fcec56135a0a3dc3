"""The log that slack-bolt and slack-sdk are given: it keeps nothing.

Their lines quote tokens, connection tickets, request bodies and what people wrote. What matters is logged by this
package in its own words.
"""

from __future__ import annotations

import logging

SILENT = logging.getLogger("adapters.slack.libraries")
SILENT.setLevel(logging.CRITICAL + 1)
SILENT.disabled = True
