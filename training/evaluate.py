"""Measures the exported model on the data folder's ``eval/`` files and on the held-out writers.

Thresholds are read from the manifest, where ``calibrate`` froze them before these files were looked at.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training import corpus, export
from training.labels import JIGSAW
from training.metrics import Numbers, auc, interval, share
from training.picture import Curve, curve, reliability
from training.score import Scorer
from training.sources import JIGSAW_COLUMNS

Figures = dict[str, Any]
HINT = "fpr_0.5%"
GROUPS = [
    "lesbian", "gay", "bisexual", "transgender", "trans", "queer", "lgbt", "lgbtq", "homosexual", "straight",
    "heterosexual", "male", "female", "nonbinary", "african", "black", "white", "european", "hispanic", "latino",
    "latina", "latinx", "mexican", "canadian", "american", "asian", "indian", "chinese", "japanese", "christian",
    "muslim", "jewish", "buddhist", "catholic", "protestant", "sikh", "taoist", "old", "older", "young", "younger",
    "teenage", "millenial", "elderly", "blind", "deaf", "paralyzed",
]  # fmt: skip


class Bench:
    """The model, its frozen thresholds, and the files."""

    def __init__(self, data: Path, folder: Path) -> None:
        self.data = data / "eval"
        self.scorer = Scorer(folder, threads=2)
        hints = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["thresholds_hint"]
        self.curves: dict[str, Curve] = {}
        self.least = {label: hints[label][HINT] if label in hints else 0.5 for label in self.scorer.labels}

    def table(self, name: str) -> pd.DataFrame:
        """One eval file."""
        return pd.read_parquet(self.data / f"{name}.parquet")

    def toxicity(self, texts: "pd.Series[str]") -> Numbers:
        """The toxicity of each text."""
        return self.scorer.one(texts.tolist(), "toxicity").astype(np.float64)

    def flagged(self, scores: Numbers) -> Figures:
        """The share at 0.5 and at the frozen threshold."""
        return {"at 0.5": share(scores >= 0.5), "at the threshold": share(scores >= self.least["toxicity"])}

    def binary(self, labels: Numbers, scores: Numbers) -> Figures:
        """AUC with its interval, caught and flagged."""
        low, high = interval(lambda rows: auc(labels[rows], scores[rows]), len(labels))
        return {
            "n": len(labels),
            "auc": auc(labels, scores),
            "interval": [low, high],
            "caught": self.flagged(scores[labels == 1]),
            "innocent flagged": self.flagged(scores[labels == 0]),
        }


def jigsaw(bench: Bench) -> Figures:
    """AUC of each label, and their mean with its bootstrap interval."""
    table = bench.table("jigsaw_eval")
    scores = bench.scorer(table["text"].tolist()).astype(np.float64)
    truth = table[list(JIGSAW_COLUMNS)].to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(truth).any(axis=1)
    truth, scores = truth[known], scores[known]

    def mean(rows: Any) -> float:
        return float(np.nanmean([auc(truth[rows, n], scores[rows, n]) for n in range(len(JIGSAW))]))

    bench.curves = {label: curve(truth[:, n], scores[:, n]) for n, label in enumerate(JIGSAW)}
    each = {label: auc(truth[:, n], scores[:, n]) for n, label in enumerate(JIGSAW)}
    low, high = interval(mean, len(truth), 200)
    return {
        "n": int(known.sum()),
        "auc": each,
        "mean": float(np.mean(list(each.values()))),
        "interval": [low, high],
        "calibration error": {label: bench.curves[label].error for label in JIGSAW},
        "toxicity": bench.binary(truth[:, 0], scores[:, 0]),
    }


def hatecheck(language: str) -> Callable[[Bench], Figures]:
    """Cases answered rightly, by functionality, at 0.5 and at the threshold."""

    def measure(bench: Bench) -> Figures:
        table = bench.table(f"hatecheck_{language}_eval")
        scores, hateful = bench.toxicity(table["text"]), table["hateful"].to_numpy() == 1
        result: Figures = {"n": len(table), "auc": auc(hateful.astype(float), scores)}
        for name, least in (("at 0.5", 0.5), ("at the threshold", bench.least["toxicity"])):
            right = (scores >= least) == hateful
            by = pd.Series(right).groupby(table["functionality"].to_numpy()).mean()
            result[name] = {
                "hateful": share(right[hateful]),
                "benign": share(right[~hateful]),
                "total": share(right),
                "by function": {str(key): float(value) for key, value in by.items()},
            }
        return result

    return measure


def binary(name: str, text: str, label: str) -> Callable[[Bench], Figures]:
    """A file with one yes-or-no label."""

    def measure(bench: Bench) -> Figures:
        table = bench.table(name)
        return bench.binary(table[label].to_numpy(dtype=np.float64), bench.toxicity(table[text]))

    return measure


def perturbed(bench: Bench) -> Figures:
    """What obfuscation costs: texts most raters called toxic, clean and disguised."""
    table = bench.table("perturbed_eval")
    toxic = table["toxicity"].to_numpy() >= 0.5
    result: Figures = {"n": int(toxic.sum())}
    for column in ("clean", "perturbed"):
        scores = bench.toxicity(table[column])
        result[column] = {"auc": auc(toxic.astype(float), scores), "caught": bench.flagged(scores[toxic])}
    return result


def chat(name: str) -> Callable[[Bench], Figures]:
    """The share of ordinary chat that would be flagged, by toxicity and by any label."""

    def measure(bench: Bench) -> Figures:
        texts = bench.table(name)["text"].tolist()
        scores = bench.scorer(texts).astype(np.float64)
        over = scores >= np.array([bench.least[label] for label in bench.scorer.labels])
        by = {label: share(over[:, n]) for n, label in enumerate(bench.scorer.labels)}
        toxicity = scores[:, bench.scorer.labels.index("toxicity")]
        return {
            "n": len(texts),
            "toxicity": bench.flagged(toxicity),
            "by label": by,
            "any label": share(np.asarray(over.any(axis=1))),
        }

    return measure


def wiki_context(bench: Bench) -> Figures:
    """AUC against the people's labels, beside Perspective's own scores on the same rows."""
    table = bench.table("wiki_context_perspective_eval")
    truth = table["toxic"].to_numpy(dtype=np.float64)
    perspective = table["perspective_score"].to_numpy(dtype=np.float64)
    known = ~np.isnan(perspective)
    return {
        **bench.binary(truth, bench.toxicity(table["text"])),
        "perspective auc": auc(truth[known], perspective[known]),
    }


def identity(bench: Bench) -> Figures:
    """AUC within the sentences that name each group, and the largest gap."""
    table = bench.table("identity_templates_eval")
    scores, bad = bench.toxicity(table["text"]), (table["label"] == "BAD").to_numpy(float)
    padded = " " + table["text"].str.lower().str.replace(r"\W+", " ", regex=True) + " "
    by: dict[str, Figures] = {}
    for group in GROUPS:
        named = padded.str.contains(f" {group} ", regex=False).to_numpy()
        if named.sum() >= 60:
            by[group] = {
                "auc": auc(bad[named], scores[named]),
                "innocent flagged": bench.flagged(scores[named & (bad == 0)]),
            }
    values = [value["auc"] for value in by.values()]
    return {"n": len(table), "auc": auc(bad, scores), "gap": max(values) - min(values), "by group": by}


def writers(bench: Bench) -> Figures:
    """Each held-out writer: harmful messages caught and innocent twins flagged, by any label at its threshold."""
    messages = [message for path in corpus.files() for message in corpus.read(path) if message.held_out]
    table = pd.DataFrame([vars(message) for message in messages])
    scores = bench.scorer(table["text"].tolist())
    table["flag"] = (scores >= np.array([bench.least[label] for label in bench.scorer.labels])).any(axis=1)
    table["toxicity"] = scores[:, bench.scorer.labels.index("toxicity")]
    table["category"] = table["categories"].map("+".join)
    return {str(writer): _writer(rows) for writer, rows in table.groupby("writer")}


def _writer(table: pd.DataFrame) -> Figures:
    harm = table["harmful"].astype(bool)
    result: Figures = {
        "n": len(table),
        "auc toxicity": auc(harm.to_numpy(float), table["toxicity"].to_numpy(float)),
        "all": {
            "caught": share(table.loc[harm, "flag"].to_numpy()),
            "innocent flagged": share(table.loc[~harm, "flag"].to_numpy()),
        },
    }
    for column in ("language", "difficulty", "category"):
        grouped = table.groupby([column, "harmful"])["flag"].agg(["mean", "size"])
        result[column] = {
            f"{value}, {'caught' if harmful else 'innocent flagged'}": {
                "share": float(row["mean"]),
                "n": int(row["size"]),
            }
            for (value, harmful), row in grouped.iterrows()
        }
    return result


MEASURES: dict[str, Callable[[Bench], Figures]] = {
    "writers": writers,
    "hatecheck_en": hatecheck("en"),
    "hatecheck_es": hatecheck("es"),
    "perturbed": perturbed,
    "convabuse": binary("convabuse_eval", "user", "abusive"),
    "dynahate": binary("dynahate_eval", "text", "hateful"),
    "sbic": binary("sbic_eval", "text", "offensive"),
    "chat_discord_students": chat("chat_discord_students_eval"),
    "chat_ubuntu_irc": chat("chat_ubuntu_irc_eval"),
    "jigsaw": jigsaw,
    "wiki_context": wiki_context,
    "identity_templates": identity,
}


def lines(figures: Figures, indent: str = "  ") -> list[str]:
    """Figures as readable lines, nested ones indented."""
    found: list[str] = []
    for key, value in figures.items():
        if isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values()):
            found += [f"{indent}{key}", *lines(value, indent + "  ")]
        elif isinstance(value, dict):
            found.append(f"{indent}{key:28} " + "  ".join(f"{name} {number:.3f}" for name, number in value.items()))
        else:
            shown = f"{value:.4f}" if isinstance(value, float) else value
            found.append(f"{indent}{key:28} {shown}")
    return found


def main(data: Path, work: Path, output: Path | None = None) -> None:
    """Print every measure and keep them all in ``evaluation.json``."""
    bench = Bench(data, output or export.SHIPPED)
    found: Figures = {"thresholds": bench.least}
    for name, measure in MEASURES.items():
        found[name] = measure(bench)
        print(f"{name}\n" + "\n".join(lines(found[name])), flush=True)
        (work / "evaluation.json").write_text(json.dumps(found, indent=1))
    if bench.curves:
        (work / "reliability.svg").write_text(reliability(bench.curves), encoding="utf-8")
