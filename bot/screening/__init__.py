"""Screening: from a comment's text to an assessment. Normalise on a copy, score, run the detectors, explain."""
