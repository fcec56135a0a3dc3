"""Tests of policy packs: what ships, what a damaged pack says, what the judge makes of an assessment."""
