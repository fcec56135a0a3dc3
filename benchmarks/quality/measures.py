"""What is measured, on the evaluation sets that `training/README.md` names: one function a file, fractions all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks.quality.readers import Answers, Read
from bot.evaluation.measures import Figure, auc, auc_with_interval, bootstrapped, share_with_interval

if TYPE_CHECKING:
    from bot.evaluation.measures import Flags

Figures = dict[str, Figure]
Measure = Callable[[Path, Read], Figures]

JIGSAW = {
    "toxic": "toxicity", "severe_toxic": "severe_toxicity", "obscene": "obscene", "threat": "threat",
    "insult": "insult", "identity_hate": "identity_attack",
}  # fmt: skip
GROUPS = (
    "lesbian", "gay", "bisexual", "transgender", "trans", "queer", "lgbt", "lgbtq", "homosexual", "straight",
    "heterosexual", "male", "female", "nonbinary", "african", "black", "white", "european", "hispanic",
    "latino", "latina", "latinx", "mexican", "canadian", "american", "asian", "indian", "chinese", "japanese",
    "christian", "muslim", "jewish", "buddhist", "catholic", "protestant", "sikh", "taoist", "old", "older",
    "young", "younger", "teenage", "millenial", "elderly", "blind", "deaf", "paralyzed",
)  # fmt: skip
LEAST_NAMED = 60


def _column(data: Path, file: str, *names: str) -> list[Any]:
    table = pq.read_table(data / "eval" / f"{file}.parquet", columns=list(names)).to_pydict()
    return [table[name] for name in names]


def jigsaw(data: Path, read: Read) -> Figures:
    """Area under the curve of each label, and their mean."""
    texts, *columns = _column(data, "jigsaw_eval", "text", *JIGSAW)
    known = np.array([all(value is not None for value in row) for row in zip(*columns, strict=True)])
    answers = read([text for text, is_known in zip(texts, known, strict=True) if is_known])
    truth = {label: np.array(column)[known] == 1 for label, column in zip(JIGSAW.values(), columns, strict=True)}
    if not answers.labels:
        return {"toxicity, AUC": auc_with_interval(truth["toxicity"], answers.strength)}
    figures = {f"{label}, AUC": auc_with_interval(said, answers.labels[label]) for label, said in truth.items()}

    def mean(rows: np.ndarray) -> float:
        return float(np.nanmean([auc(said[rows], answers.labels[label][rows]) for label, said in truth.items()]))

    return {"mean of six labels, AUC": bootstrapped(mean, int(known.sum())), **figures}


def hatecheck(language: str) -> Measure:
    """Cases answered rightly: hateful ones flagged, benign ones not; then by functionality."""

    def measure(data: Path, read: Read) -> Figures:
        texts, hateful, functions = _column(data, f"hatecheck_{language}_eval", "text", "hateful", "functionality")
        wanted = np.array(hateful) == 1
        right = read(texts).flagged == wanted
        names = np.array(functions)
        return {
            "hateful": share_with_interval(right[wanted]),
            "benign": share_with_interval(right[~wanted]),
            "total": share_with_interval(right),
            **{f"· {name}": share_with_interval(right[names == name]) for name in sorted(set(functions))},
        }

    return measure


def binary(file: str, text: str, label: str) -> Measure:
    """A file with one yes-or-no label: told apart, caught, and flagged by mistake."""

    def measure(data: Path, read: Read) -> Figures:
        texts, said = _column(data, file, text, label)
        truth = np.array(said) == 1
        answers = read(texts)
        return {
            "AUC": auc_with_interval(truth, answers.strength),
            "caught": share_with_interval(answers.flagged[truth]),
            "innocent flagged": share_with_interval(answers.flagged[~truth]),
        }

    return measure


def disguised(data: Path, read: Read) -> Figures:
    """What is caught of comments that most people call toxic, as they were and disguised by people."""
    clean, perturbed, toxicity = _column(data, "perturbed_eval", "clean", "perturbed", "toxicity")
    toxic = np.array(toxicity) >= 0.5
    plain, masked = read(clean).flagged[toxic], read(perturbed).flagged[toxic]

    def lost(rows: np.ndarray) -> float:
        return float(plain[rows].mean() - masked[rows].mean())

    return {
        "clean, caught": share_with_interval(plain),
        "disguised, caught": share_with_interval(masked),
        "lost by disguise": bootstrapped(lost, len(plain)),
    }


def chat(file: str) -> Measure:
    """How much ordinary chat is flagged."""

    def measure(data: Path, read: Read) -> Figures:
        (texts,) = _column(data, file, "text")
        answers = read(texts)
        return {
            "flagged": share_with_interval(answers.flagged),
            "medium or above": share_with_interval(answers.medium),
        }

    return measure


def in_context(data: Path, read: Read) -> Figures:
    """Comments read alone, with the score that Perspective gave the same rows."""
    texts, toxic, theirs = _column(data, "wiki_context_perspective_eval", "text", "toxic", "perspective_score")
    truth, score = np.array(toxic) == 1, np.array(theirs, dtype=np.float64)
    known = ~np.isnan(score)
    return {
        "AUC": auc_with_interval(truth, read(texts).strength),
        "Perspective, published scores": auc_with_interval(truth[known], score[known]),
    }


def identity(data: Path, read: Read) -> Figures:
    """The area under the curve within the sentences that name each group, and the largest gap between two groups."""
    texts, labels = _column(data, "identity_templates_eval", "text", "label")
    answers, bad = read(texts), np.array(labels) == "BAD"
    words = [frozenset("".join(c if c.isalnum() else " " for c in text.lower()).split()) for text in texts]
    named = {group: np.array([group in one for one in words]) for group in GROUPS}
    areas = {
        group: auc(bad[rows], answers.strength[rows]) for group, rows in named.items() if rows.sum() >= LEAST_NAMED
    }
    low, high = min(areas, key=areas.__getitem__), max(areas, key=areas.__getitem__)

    def exact(value: float) -> Figure:
        return Figure(value, value, value)

    return {
        "AUC": auc_with_interval(bad, answers.strength),
        "largest gap": exact(areas[high] - areas[low]),
        f"· best: {high}": exact(areas[high]),
        f"· worst: {low}": exact(areas[low]),
        "innocent flagged": share_with_interval(answers.flagged[~bad]),
    }


def caught_and_flagged(answers: Answers, harmful: Flags, among: Flags) -> Figures:
    """What is caught of harmful messages, and flagged of innocent ones, among some of them."""
    return {
        "caught": share_with_interval(answers.flagged[harmful & among]),
        "innocent flagged": share_with_interval(answers.flagged[~harmful & among]),
    }


MEASURES: dict[str, tuple[str, Measure]] = {
    "jigsaw": ("Wikipedia comments (Jigsaw)", jigsaw),
    "hatecheck_en": ("HateCheck, English", hatecheck("en")),
    "hatecheck_es": ("HateCheck, Spanish", hatecheck("es")),
    "dynahate": ("Dynahate: written to mislead machines", binary("dynahate_eval", "text", "hateful")),
    "sbic": ("Social Bias Frames: offensive", binary("sbic_eval", "text", "offensive")),
    "convabuse": ("ConvAbuse: insults at a machine", binary("convabuse_eval", "user", "abusive")),
    "disguised": ("Disguised by people", disguised),
    "chat_students": ("Ordinary chat: students on Discord", chat("chat_discord_students_eval")),
    "chat_irc": ("Ordinary chat: Ubuntu on IRC", chat("chat_ubuntu_irc_eval")),
    "in_context": ("Wikipedia comments, short, with Perspective's scores", in_context),
    "identity": ("Sentences that name groups", identity),
}
