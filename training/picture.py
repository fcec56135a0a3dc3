"""Draws the reliability plot: how often a label was right among texts that got about the same score."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from training.metrics import Numbers, calibration_error

SIDE, GAP, COLUMNS = 150, 46, 3


class Bin(NamedTuple):
    """Texts of like score: their mean score, the share that has the label, and how many they are."""

    score: float
    share: float
    texts: int


class Curve(NamedTuple):
    """A label's bins and its expected calibration error."""

    bins: Sequence[Bin]
    error: float


def curve(labels: Numbers, scores: Numbers, bins: int = 10) -> Curve:
    """Bins of equal width; empty ones are left out."""
    places = np.minimum((scores * bins).astype(int), bins - 1)
    found = [
        Bin(float(scores[places == at].mean()), float(labels[places == at].mean()), int((places == at).sum()))
        for at in range(bins)
        if (places == at).any()
    ]
    return Curve(found, calibration_error(labels, scores))


def _panel(name: str, one: Curve, left: float, top: float) -> str:
    def place(score: float, part: float) -> str:
        return f'cx="{left + score * SIDE:.1f}" cy="{top + (1 - part) * SIDE:.1f}"'

    dots = "".join(
        f'<circle {place(some.score, some.share)} r="{2 + 1.2 * np.log10(some.texts):.1f}">'
        f"<title>score {some.score:.2f}: {some.share:.0%} of {some.texts} texts</title></circle>"
        for some in one.bins
    )
    ticks = "".join(
        f'<text x="{left + at * SIDE:.0f}" y="{top + SIDE + 14}" text-anchor="middle">{at:g}</text>'
        f'<text x="{left - 6}" y="{top + (1 - at) * SIDE + 4:.0f}" text-anchor="end">{at:g}</text>'
        for at in (0, 0.5, 1)
    )
    return (
        f'<rect x="{left}" y="{top}" width="{SIDE}" height="{SIDE}" class="frame"/>'
        f'<line x1="{left}" y1="{top + SIDE}" x2="{left + SIDE}" y2="{top}" class="ideal"/>{dots}{ticks}'
        f'<text x="{left}" y="{top - 8}" class="name">{name} · ECE {one.error:.3f}</text>'
    )


def reliability(curves: Mapping[str, Curve]) -> str:
    """An SVG with a panel a label, readable on light and dark pages; a dot on the diagonal is an honest score."""
    rows = -(-len(curves) // COLUMNS)
    width, height = COLUMNS * (SIDE + GAP) + GAP // 2, rows * (SIDE + GAP + 14) + GAP // 2
    panels = "".join(
        _panel(name, one, GAP + at % COLUMNS * (SIDE + GAP), 30 + at // COLUMNS * (SIDE + GAP + 14))
        for at, (name, one) in enumerate(curves.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-label="Reliability: observed share of each label by predicted probability">'
        "<style>text{font:11px system-ui,sans-serif;fill:#333}.name{font-weight:600}.frame{fill:none;stroke:#999}"
        ".ideal{stroke:#999;stroke-dasharray:4 3}circle{fill:#1f6feb;fill-opacity:.75}</style>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>{panels}</svg>\n'
    )
