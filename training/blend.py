"""Takes the weights of several phases together, where their mean answers better than the last phase alone.

Each phase starts from the one before, so their weights lie in one valley, and what an earlier phase knew better need
not be lost (Wortsman and others 2022, "Model soups" and "Robust fine-tuning of zero-shot models"). It costs no training
and nothing at run time. The shares are chosen on texts kept back, never on ``eval/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from torch import Tensor

    from training.candidates import Figures

    Weights = TypeVar("Weights", bound=Tensor)

NAME = "blend"
LAST = "freshen"
#: What each phase weighs in the blends that are tried; the first one is the last phase as it is.
BLENDS: tuple[Mapping[str, float], ...] = (
    {LAST: 1.0},
    {LAST: 0.8, "steady": 0.2},
    {LAST: 0.65, "steady": 0.35},
    {LAST: 0.5, "steady": 0.5},
    {LAST: 0.65, "steady": 0.2, "broaden": 0.15},
    {LAST: 0.5, "steady": 0.3, "broaden": 0.2},
)
#: What a blend is chosen by: the mean of these areas and shares.
MEASURES = ("jigsaw", "hate", "english", "spanish", "ordered")


def title(shares: Mapping[str, float]) -> str:
    """``65 % freshen, 35 % steady``."""
    return ", ".join(f"{share * 100:.0f} % {name}" for name, share in shares.items())


def worth(figures: Figures) -> float:
    """What the blends are ordered by, between 0 and 1."""
    return fmean(getattr(figures, name) for name in MEASURES)


def mean(states: Mapping[str, Mapping[str, Weights]], shares: Mapping[str, float]) -> dict[str, Weights]:
    """The weighted mean of the phases' weights, part by part.

    Raise ``ValueError`` when the shares are not parts of one whole.
    """
    if abs(sum(shares.values()) - 1) > 1e-9:
        raise ValueError(f"These shares do not make a whole: {title(shares)}.")
    (first, share), *others = shares.items()
    blended = {part: weights * share for part, weights in states[first].items()}
    for name, share in others:
        blended = {part: weights + states[name][part] * share for part, weights in blended.items()}
    return blended


def main(work: Path) -> None:
    """Try each blend, print what it reaches on texts kept back, and keep the best as ``blend.pt``."""
    import pandas as pd  # noqa: PLC0415 - the rest of this module runs without the training extra
    import torch  # noqa: PLC0415

    from training.candidates import HEADER, exported, measure  # noqa: PLC0415
    from training.train import load  # noqa: PLC0415

    table = pd.read_parquet(work / "table.parquet")
    states = {name: load(work / f"{name}.pt")["average"] for name in sorted({name for one in BLENDS for name in one})}
    shape = load(work / f"{LAST}.pt")["shape"]
    path, best = work / f"{NAME}.pt", 0.0
    tried = path.with_suffix(".try")
    print(HEADER)
    for shares in BLENDS:
        torch.save({"average": mean(states, shares), "shape": shape, "shares": dict(shares)}, tried)
        figures = measure(title(shares), exported(tried, work), table)
        print(figures.row(), flush=True)
        if worth(figures) > best:
            best = worth(figures)
            tried.replace(path)
    tried.unlink(missing_ok=True)
    print(f"kept: {title(load(path)['shares'])}")
