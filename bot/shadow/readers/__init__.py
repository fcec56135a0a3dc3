"""Readers of exports: one module a format, all of them streaming."""

from bot.shadow.readers.opening import open_inputs

__all__ = ["open_inputs"]
