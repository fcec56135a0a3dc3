"""Crossing Guard: keeps watch, with and for people, over school-run channels."""

__version__ = "0.1.0"
