"""Reads policy packs as the whole program knows them: which detectors there are is nothing that packs could know."""

from __future__ import annotations

from pathlib import Path

from bot.policy.loader import load_pack
from bot.policy.schema import Pack
from bot.screening.detectors import standard_detectors


def read_pack(name_or_path: str | Path) -> Pack:
    """Return the pack as `load_pack` does, and refuse one with a signal for a detector that there is not."""
    return load_pack(name_or_path, tuple(detector.name for detector in standard_detectors()))
