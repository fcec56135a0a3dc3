"""Chooses from which score each label counts, on texts kept back from training, and writes it where packs read it.

The bot reads every text as it would a comment: normaliser, model, detectors, the shipped pack's rules. Then the
levels of all labels are moved one at a time, as long as that catches more harm for fewer false alarms. What ordinary
chat may cost is fixed beforehand (``BUDGETS``); ``eval/`` and the writer kept for the last report are never looked at.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.domain.assessments import Assessment
from bot.domain.categories import Severity
from bot.evaluation.reading import read_all
from bot.policy.judge import Context, judge
from bot.policy.loader import load_pack
from bot.screening.detectors import standard_detectors
from bot.screening.screener import Screener
from bot.screening.toxicity.embedded import SHIPPED, EmbeddedModel
from training.corpus import HELD_OUT, WRITER
from training.metrics import Numbers, at_rate, share

if TYPE_CHECKING:
    import pandas as pd

PACK = "lausd"
ROOT = Path(__file__).parents[1]
LEVELS = ROOT / "policies" / "board" / "thresholds.yaml"
PAGE = ROOT / "docs" / "policy-packs.md"
#: The page's table stands between these two lines.
BEGIN, END = "<!-- levels: written by python -m training thresholds -->", "<!-- end of levels -->"
RATES = (0.02, 0.01, 0.005, 0.002)
Flags = npt.NDArray[np.bool_]
#: Labels that go no further than medium, because they say how a comment sounds and not what it does.
TONE = frozenset({"toxicity", "obscene", "insult", "derogatory", "student_info"})
#: A grave harm that is as likely as this counts at medium, whatever it costs: the others' levels must not hide it.
PROBABLE = 0.75
#: And what is as likely as this is high.
SURE = 0.88
#: At most this share may be flagged, by level: of chat half to two thirds of what is promised, as the samples are
#: small; of twins, who are written to mislead, what keeps four fifths of an unseen writer's harm in sight.
BUDGETS: Mapping[str, Mapping[str, float]] = {
    "medium": {"students": 0.013, "irc": 0.003, "topical": 0.003, "twins": 0.06},
    "low": {"students": 0.03, "irc": 0.006, "topical": 0.006, "twins": 0.08},
}
#: What catching all of a group is worth, and what flagging all of a calm one costs.
WORTH = {
    "writer": 3.0,
    "corpus": 1.5,
    "toxic": 1.0,
    "insult": 0.5,
    "threat": 0.7,
    "hate": 6.0,
    "abuse": 0.5,
    "public": 1.0,
}
COST = {"twins": 2.0, "clean": 3.0, "kind": 1.2, "corpus twins": 1.0}
EXCESS = 250.0
#: From here on more raters than not called a text toxic.
HALF = 0.5


@dataclasses.dataclass(frozen=True)
class Sample:
    """Scores ``[texts, labels]`` by group of texts, and the level that the detectors alone reach."""

    labels: tuple[str, ...]
    scores: dict[str, Numbers]
    detectors: dict[str, npt.NDArray[np.int64]]

    def part(self, rows: Mapping[str, Flags]) -> Sample:
        """The sample with only the chosen ``rows`` of some groups."""
        scores = {name: found[rows[name]] if name in rows else found for name, found in self.scores.items()}
        detectors = {name: found[rows[name]] if name in rows else found for name, found in self.detectors.items()}
        return Sample(self.labels, scores, detectors)

    def flagged(self, group: str, levels: Numbers, least: Severity) -> float:
        """The share of a group flagged at ``levels`` or by a detector."""
        over = (self.scores[group] >= levels).any(axis=1) | (self.detectors[group] >= least)
        return share(over)


def groups(rows: pd.DataFrame) -> dict[str, list[str]]:
    """The kept-back texts, by what they are good for."""
    held, writer = rows[rows["split"] == HELD_OUT], rows[rows["split"] == WRITER]
    corpus = held[held["source"].str.startswith("corpus:")]
    jigsaw, hate = (
        held[held["source"] == "jigsaw"],
        held["source"].isin(("dynahate", "sbic", "hatexplain", "stormfront")),
    )

    def texts(some: pd.DataFrame, most: int = 1200) -> list[str]:
        found: list[str] = some["text"].iloc[:most].tolist()
        return found

    def chat(name: str) -> list[str]:
        return texts(held[held["source"] == name], 3000)

    return {
        "students": chat("chat_discord_students"),
        "irc": chat("chat_ubuntu_irc"),
        "topical": chat("chat_topical"),
        "writer": texts(writer[writer["harmful"].eq(True)]),
        "twins": texts(writer[writer["harmful"].eq(False)]),
        "corpus": texts(corpus[corpus["harmful"].eq(True)], 5000),
        "corpus twins": texts(corpus[corpus["harmful"].eq(False)], 5000),
        "toxic": texts(jigsaw[jigsaw["toxicity"] == 1], 400),
        "insult": texts(jigsaw[jigsaw["insult"] == 1], 400),
        "threat": texts(jigsaw[jigsaw["threat"] == 1], 400),
        "clean": texts(jigsaw[jigsaw["toxicity"] == 0], 800),
        "hate": texts(held[hate & (held["identity_attack"] == 1)], 600),
        "kind": texts(held[hate & (held["toxicity"] <= 0.1)], 600),
        "abuse": texts(held[(held["source"] == "convabuse") & (held["toxicity"] == 1)]),
        "public": texts(held[held["source"].isin(("perturbed", "surge")) & (held["toxicity"] >= HALF)]),
    }


def owners(rows: pd.DataFrame) -> dict[str, list[str]]:
    """Who wrote each text of the groups ``writer`` and ``twins``, in the order of ``groups``."""
    writer = rows[rows["split"] == WRITER]
    return {
        name: writer.loc[writer["harmful"].eq(harmful), "source"].tolist()
        for name, harmful in (("writer", True), ("twins", False))
    }


async def read(folder: Path, found: Mapping[str, list[str]]) -> dict[str, list[Assessment]]:
    """What the bot with the model in ``folder`` says of each text."""
    pack = load_pack(PACK)
    async with EmbeddedModel(folder) as model:
        screener = Screener(model, standard_detectors(), patience=3600)
        return {
            name: [one.assessment async for one in read_all(texts, screener, pack)] for name, texts in found.items()
        }


def sample(assessments: Mapping[str, Sequence[Assessment]], labels: Sequence[str]) -> Sample:
    """Assessments as arrays."""
    pack, context = load_pack(PACK), Context(length=1)
    scores = {
        name: np.array([[one.scores.get(label, 0.0) for label in labels] for one in group], dtype=np.float64)
        for name, group in assessments.items()
    }
    alone = {
        name: np.array([judge(pack, dataclasses.replace(one, scores={}), context).severity for one in group])
        for name, group in assessments.items()
    }
    return Sample(tuple(labels), scores, alone)


def utility(found: Sample, levels: Numbers, level: str) -> float:
    """What a set of levels is worth: harm caught, less false alarms, less what goes beyond the budget."""
    least = Severity.MEDIUM if level == "medium" else Severity.LOW
    worth = sum(weight * found.flagged(group, levels, least) for group, weight in WORTH.items())
    cost = sum(weight * found.flagged(group, levels, least) for group, weight in COST.items())
    excess = sum(max(0.0, found.flagged(group, levels, least) - most) for group, most in BUDGETS[level].items())
    return worth - cost - EXCESS * excess


def candidates(found: Sample, label: int, most: float = 1.0) -> Numbers:
    """Levels worth trying for a label: scores that calm and harmful texts really have, and none at all."""
    every = np.concatenate([found.scores[group][:, label] for group in found.scores])
    tried = np.quantile(every, 1 - np.geomspace(0.0005, 0.4, 60))
    return np.unique(np.clip(np.append(tried, 0.999), 0.02, most).round(3))


def climb(found: Sample, level: str, most: Numbers | None = None) -> Numbers:
    """The best levels that no change of a single one betters, from several starts; ``most`` bounds them from above."""
    bound = np.full(len(found.labels), 0.999) if most is None else most
    starts = [bound, *(np.minimum(bound, _reached(found, rate)) for rate in RATES)]
    return max((_ascend(found, level, start, bound) for start in starts), key=lambda at: utility(found, at, level))


def _reached(found: Sample, rate: float) -> Numbers:
    """The scores that ``rate`` of student chat reaches, by label."""
    return np.array([at_rate(scores, rate) for scores in found.scores["students"].T]).clip(0.02, 0.999).round(3)


def _ascend(found: Sample, level: str, start: Numbers, bound: Numbers, rounds: int = 4) -> Numbers:
    levels, best = start.copy(), utility(found, start, level)
    for _ in range(rounds):
        before = best
        for label in range(len(found.labels)):
            for tried in candidates(found, label, float(bound[label])):
                changed = levels.copy()
                changed[label] = tried
                value = utility(found, changed, level)
                if value > best + 1e-9:
                    levels, best = changed, value
        if best - before < 1e-6:
            break
    return levels


def choose(found: Sample) -> dict[str, dict[str, float]]:
    """Low, medium and (where a label may go so far) high, by label."""
    bound = np.array([0.999 if label in TONE else PROBABLE for label in found.labels])
    medium = climb(found, "medium", bound)
    low = climb(found, "low", medium)
    chosen: dict[str, dict[str, float]] = {}
    for number, label in enumerate(found.labels):
        # A label whose flags cost more than they are worth counts when it is all but certain.
        levels = {"low": float(low[number]), "medium": min(float(medium[number]), 0.99)}
        if label not in TONE:
            # Odds eight times those of medium, and never below 0.5: what is called high should be likely at all.
            odds = 8 * medium[number] / (1 - medium[number])
            levels["high"] = round(float(min(SURE, max(0.5, odds / (1 + odds)))), 2)
        levels = {name: round(value, 3) for name, value in levels.items()}
        chosen[label] = {name: value for name, value in levels.items() if value < 0.999}
        if chosen[label].get("low") == chosen[label].get("medium"):
            chosen[label].pop("low", None)
    return chosen


def forecast(found: Sample, wrote: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """For each held-out writer, what levels chosen without that writer do on that writer: an honest guess of more."""
    for name in sorted(set(wrote["writer"])):
        own = {group: np.array([writer == name for writer in writers]) for group, writers in wrote.items()}
        chosen = choose(found.part({group: ~rows for group, rows in own.items()}))
        lines = summary(found.part(own), chosen)
        yield from (f"chosen without {name}: {line}" for line in lines if line.split()[0] in own)


def write(chosen: Mapping[str, Mapping[str, float]], path: Path = LEVELS) -> None:
    """Put the levels into the pack's file; other labels and everything about findings stay as they are."""
    text = path.read_text(encoding="utf-8")
    for label, levels in chosen.items():
        said = ", ".join(f"{name}: {value:g}" for name, value in levels.items())
        text, count = re.subn(rf"(?m)^  {label}: \{{[^}}]*\}}$", f"  {label}: {{{said}}}", text, count=1)
        if not count:
            raise ValueError(f"{path} has no line for {label}.")
    path.write_text(text, encoding="utf-8")


def summary(found: Sample, chosen: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What is caught and flagged at the chosen levels, a line a group."""

    def levels(name: str) -> Numbers:
        order = ("low", "medium") if name == "low" else ("medium",)
        return np.array(
            [next((chosen[label][at] for at in order if at in chosen[label]), 1.1) for label in found.labels]
        )

    lines = []
    for group, scores in found.scores.items():
        low, medium = (
            found.flagged(group, levels(name), least)
            for name, least in (("low", Severity.LOW), ("medium", Severity.MEDIUM))
        )
        lines.append(f"{group:14} {len(scores):5} texts  flagged {low:6.2%}  medium or above {medium:6.2%}")
    return lines


def table(found: Sample, chosen: Mapping[str, Mapping[str, float]]) -> str:
    """Markdown: which score a share of student chat reaches, and the levels, a row a label."""
    heads = [
        "label",
        *(f"{rate:.1%}".replace(".0%", "%").replace("%", " %") for rate in RATES),
        "low",
        "medium",
        "high",
    ]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for number, label in enumerate(found.labels):
        reached = [f"{at_rate(found.scores['students'][:, number], rate):.3f}" for rate in RATES]
        levels = [f"{chosen[label][name]:g}" if name in chosen[label] else "–" for name in ("low", "medium", "high")]
        lines.append("| " + " | ".join([label, *reached, *levels]) + " |")
    return "\n".join(lines)


def write_table(markdown: str, page: Path = PAGE) -> None:
    """Put the table into the page that explains the levels."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for the table of levels.")
    page.write_text(f"{before}{BEGIN}\n{markdown}\n{END}{after}", encoding="utf-8")


def main(work: Path, folder: Path | None = None, *, keep: bool = True) -> None:
    """Choose, print and (if ``keep``) write the levels; the figures go to ``thresholds.json``."""
    import pandas as pd  # noqa: PLC0415 - the rest of this module runs without the training extra

    folder = folder or SHIPPED
    rows = pd.read_parquet(work / "table.parquet")
    labels = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["labels"]
    found = sample(asyncio.run(read(folder, groups(rows))), labels)
    chosen = choose(found)
    for label, levels in chosen.items():
        print(f"{label:18} " + "  ".join(f"{name} {value:g}" for name, value in levels.items()))
    print("\n".join([*summary(found, chosen), *forecast(found, owners(rows))]))
    (work / "thresholds.json").write_text(json.dumps(chosen, indent=1))
    if keep:
        write(chosen)
        write_table(table(found, chosen))
