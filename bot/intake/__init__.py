"""Intake: the one door through which every comment comes in, live or from history, and is screened exactly once."""

from __future__ import annotations

from bot.intake.intake import Intake

__all__ = ["Intake"]
