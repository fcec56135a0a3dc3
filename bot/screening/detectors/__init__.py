"""Detectors: each finds one kind of thing in a text and says in one line why."""
