"""Makes the scores mean something, on texts kept back from training and never on ``eval/``.

Each label gets a scale and a bias for its logit (Platt), held near 1 and 0 where few positives are known.
Then: which score does a stated share of ordinary chat reach, and what is caught there.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training import export
from training.corpus import HELD_OUT, WRITER
from training.labels import JIGSAW, LABELS
from training.metrics import Numbers, at_rate, auc, calibration_error, share
from training.score import Scorer
from training.sources import CHAT

RATES = (0.002, 0.005, 0.01, 0.02)
TWINS = 0.1
#: A category's head is shipped when it tells that category from innocent messages of an unseen writer this well.
LEAST_AUC, LEAST_CASES = 0.80, 5
CALM_SOURCES = ("jigsaw", "perturbed", "convabuse", "surge", *CHAT)


def platt(logits: Numbers, labels: Numbers, prior: float = 10.0) -> tuple[float, float]:
    """Scale and bias that make ``logits`` honest; ``prior`` texts' worth of doubt pull towards 1 and 0."""
    features = np.stack([logits, np.ones_like(logits)], axis=1)
    start, pull = np.array([1.0, 0.0]), np.diag([2.0, 0.2]) * prior
    values = start.copy()
    for _ in range(50):  # Newton's method
        chance = 1 / (1 + np.exp(-features @ values))
        slope = features.T @ (chance - labels) + pull @ (values - start)
        bend = (features * (chance * (1 - chance))[:, None]).T @ features + pull
        change = np.linalg.solve(bend, slope)
        values -= np.clip(change, -0.5, 0.5)
    return float(values[0]), float(values[1])


def logit(scores: Numbers) -> Numbers:
    """The sigmoid's inverse."""
    safe = np.clip(scores, 1e-7, 1 - 1e-7)
    odds: Numbers = np.log(safe / (1 - safe))
    return odds


def _has(table: pd.DataFrame, category: str) -> "pd.Series[bool]":
    return table["category"].str.split("+").map(lambda found: category in found)


def kept_labels(writer: pd.DataFrame, scores: pd.DataFrame) -> dict[str, float]:
    """The labels worth shipping, with the AUC on the held-out writers' messages."""
    found: dict[str, float] = {}
    calm = ~writer["harmful"].astype(bool)
    for label in LABELS:
        guilty = ~calm & (_has(writer, label) | (label == "toxicity") & (writer["toxicity"] == 1))
        asked = guilty | calm
        value = auc(guilty[asked].to_numpy(float), scores.loc[asked, label].to_numpy(float))
        if label in JIGSAW or (guilty.sum() >= LEAST_CASES and value >= LEAST_AUC):
            found[label] = value
        verdict = "" if label in found else "dropped"
        print(f"{label:18} unseen writer: {int(guilty.sum()):4} cases  AUC {value:.3f}  {verdict}")
    return found


def _hint(calm: dict[str, Numbers], rate: float, label: str) -> float:
    """The score that at most ``rate`` of each kind of ordinary chat reaches.

    A category's head must also spare the innocent twins, which are written to mislead, but for ten times ``rate``:
    one that never fires on chat may still fire on most of them.
    """
    twins = 0.0 if label in JIGSAW else at_rate(calm["corpus_innocent"], min(10 * rate, TWINS))
    return max(twins, *(at_rate(calm[source], rate) for source in CHAT))


def _rates(held: pd.DataFrame, writer: pd.DataFrame, label: str) -> dict[str, Any]:
    calm = {source: held.loc[held["source"] == source, label].to_numpy(float) for source in CHAT}
    calm["corpus_innocent"] = held.loc[held["harmful"].eq(False), label].to_numpy(float)
    calm["writer_innocent"] = writer.loc[writer["harmful"].eq(False), label].to_numpy(float)
    own = label if label not in JIGSAW else "toxicity"
    guilty = {
        "corpus": held.loc[held["harmful"].eq(True) & (held[f"is_{own}"] == 1), label],
        "writer": writer.loc[writer["harmful"].eq(True) & (writer[f"is_{own}"] == 1), label],
        "jigsaw": held.loc[(held["source"] == "jigsaw") & (held[f"is_{label}"] == 1), label],
    }
    calm = {name: values for name, values in calm.items() if len(values)}
    guilty = {name: values for name, values in guilty.items() if len(values)}
    result: dict[str, Any] = {
        "score_at": {name: {f"{rate:.1%}": at_rate(values, rate) for rate in RATES} for name, values in calm.items()}
    }
    result["hint"] = {f"fpr_{rate * 100:g}%": _hint(calm, rate, label) for rate in RATES}
    result["at_hint"] = {
        name: {
            "caught": {key: round(share((values >= least).to_numpy()), 4) for key, values in guilty.items()},
            "flagged": {key: round(share(values >= least), 4) for key, values in calm.items()},
        }
        for name, least in result["hint"].items()
    }
    return result


def main(work: Path, phase: str) -> None:
    """Write ``calibration-fit.json`` (for the export) and ``calibration.json`` (for people and policy packs)."""
    (work / "calibration-fit.json").unlink(missing_ok=True)
    export.main(work, phase, work / "uncalibrated")
    scorer = Scorer(work / "uncalibrated", threads=2)
    table = pd.read_parquet(work / "table.parquet")
    parts: dict[str, pd.DataFrame] = {}
    for split in (HELD_OUT, WRITER):
        part = table[table["split"] == split].reset_index(drop=True)
        scores = pd.DataFrame(scorer(part["text"].tolist()), columns=scorer.labels)
        parts[split] = part.rename(columns={label: f"is_{label}" for label in LABELS}).join(scores)
    held, writer = parts[HELD_OUT], parts[WRITER]
    worth = kept_labels(writer.assign(toxicity=writer["is_toxicity"]), writer)
    used = held["source"].isin(CALM_SOURCES) | held["source"].str.startswith("corpus:")
    fit: dict[str, dict[str, float]] = {}
    for label in worth:
        asked = (used & held[f"is_{label}"].notna()).to_numpy()
        truth = held.loc[asked, f"is_{label}"].to_numpy(float)
        scale, bias = platt(logit(held.loc[asked, label].to_numpy(float)), truth)
        fit[label] = {"scale": scale, "bias": bias, "writer_auc": worth[label], "positives": float((truth > 0.5).sum())}
        for part in (held, writer):
            part[label] = 1 / (1 + np.exp(-(scale * logit(part[label].to_numpy(float)) + bias)))
        fit[label]["ece"] = calibration_error((truth > 0.5).astype(float), held.loc[asked, label].to_numpy(float))
    report = {label: {**fit[label], **_rates(held, writer, label)} for label in worth}
    hints = {label: report[label]["hint"] for label in worth}
    (work / "calibration-fit.json").write_text(json.dumps({"labels": fit, "thresholds_hint": hints}, indent=1))
    (work / "calibration.json").write_text(json.dumps(report, indent=1))
    for label in worth:
        rounded = {name: round(value, 3) for name, value in hints[label].items()}
        print(label, json.dumps(rounded), json.dumps(report[label]["at_hint"]["fpr_0.5%"]))
