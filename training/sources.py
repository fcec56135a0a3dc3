"""The public sets: where each comes from, its licence, and how its labels become ours.

Each reader takes the set's table and yields ``(text, labels, weight)``. A weight below 1 says that the set's
labels are less sure, or answer a slightly different question, than the others'.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from training.labels import JIGSAW, UNKNOWN, Labels, innocent, public

Rows = Iterator[tuple[str, Labels, float]]
JIGSAW_COLUMNS = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
CLEAN = dict.fromkeys(JIGSAW, 0.0)


@dataclass(frozen=True)
class Source:
    """One set: file name, credit for the model card, reader, and the share kept back for calibration."""

    name: str
    file: str
    licence: str
    credit: str
    read: Callable[[pd.DataFrame], Rows]
    held_out: float = 0.03


def _jigsaw(table: pd.DataFrame) -> Rows:
    for row in table.to_dict("records"):
        if pd.notna(row["toxic"]):
            values = {name: float(row[column]) for name, column in zip(JIGSAW, JIGSAW_COLUMNS, strict=True)}
            yield row["text"], public(**values), 1.0
        else:
            values = {"toxicity": 0.95} if row["any_toxic"] else CLEAN
            yield row["text"], public(**values), 0.7


def _perturbed(table: pd.DataFrame) -> Rows:
    for row in table.to_dict("records"):
        labels = public(**{name: float(row[name]) for name in JIGSAW})
        yield row["clean"], labels, 1.0
        yield row["perturbed"], labels, 1.0


def _hatexplain(table: pd.DataFrame) -> Rows:
    values = {
        "hatespeech": ({"toxicity": 1.0, "identity_attack": 1.0}, 0.8),
        "offensive": ({"toxicity": 0.8}, 0.5),
        "normal": ({"toxicity": 0.1, "identity_attack": 0.0, "threat": 0.0}, 0.4),
    }
    for text, label in zip(table["text"], table["label"], strict=True):
        known, weight = values[label]
        yield text, public(**known), weight


def _davidson(table: pd.DataFrame) -> Rows:
    # "offensive" is mostly profanity and dialect: learning it teaches a known bias, so it is left out.
    for text, label in zip(table["text"], table["label"], strict=True):
        if label == "hate":
            yield text, public(toxicity=1.0, identity_attack=0.9), 0.6
        elif label == "neither":
            yield text, public(**CLEAN), 0.8


def _dynahate(table: pd.DataFrame) -> Rows:
    for text, hateful in zip(table["text"], table["hateful"], strict=True):
        yield text, public(toxicity=float(hateful), identity_attack=float(hateful)), 1.0


def _sbic(table: pd.DataFrame) -> Rows:
    for text, share, group in zip(table["text"], table["offensiveYN"], table["targetCategory"], strict=True):
        identity = 0.0 if group == "[]" else 1.0 if share >= 0.5 else UNKNOWN
        yield text, public(toxicity=float(share), identity_attack=identity), 0.7


def _convabuse(table: pd.DataFrame) -> Rows:
    for row in table.to_dict("records"):
        if not row["abusive"]:
            yield row["user"], innocent(row["user"]), 1.0
            continue
        known = {"toxicity": 1.0}
        if row["sex_harassment"]:
            known["sexual_harassment"] = 1.0
        if row["intellectual"]:
            known["insult"] = 1.0
        if row["racist"] or row["homophobic"] or row["transphobic"]:
            known["identity_attack"] = 1.0
        yield row["user"], public(**known), 1.0


def _paradetox(table: pd.DataFrame) -> Rows:
    for text, neutral in zip(table["toxic"], table["neutral1"], strict=True):
        yield text, public(toxicity=0.85), 0.4
        if isinstance(neutral, str):
            yield neutral, public(**CLEAN), 0.4


def _toxic_spans(table: pd.DataFrame) -> Rows:
    for text, spans in zip(table["text"], table["spans"], strict=True):
        if spans != "[]":
            yield text, public(toxicity=0.95), 0.4


def _ruddit(table: pd.DataFrame) -> Rows:
    for text, score in zip(table["text"], table["offensiveness_score"], strict=True):
        if text in {"[deleted]", "[removed]"}:
            continue
        if score < 0:
            yield text, public(**CLEAN), 0.5
        elif score > 0.5:
            yield text, public(toxicity=1.0), 0.7


def _stormfront(table: pd.DataFrame) -> Rows:
    for text, label in zip(table["text"], table["label"], strict=True):
        if label == "hate":
            yield text, public(toxicity=0.9, identity_attack=1.0), 0.7
        elif label == "noHate":
            yield text, public(toxicity=0.05, identity_attack=0.0), 0.3


def _surge(table: pd.DataFrame) -> Rows:
    for text, label in zip(table["text"], table["is_toxic"], strict=True):
        yield text, public(toxicity=1.0) if label == "Toxic" else public(**CLEAN), 1.0


def _chat(weight: float) -> Callable[[pd.DataFrame], Rows]:
    def read(table: pd.DataFrame) -> Rows:
        for text in table["text"]:
            yield text, innocent(text), weight

    return read


CHAT = ("chat_discord_students", "chat_ubuntu_irc", "chat_topical")
SOURCES = (
    Source("jigsaw", "jigsaw", "CC0-1.0", "Jigsaw, Toxic Comment Classification Challenge", _jigsaw),
    Source("perturbed", "perturbed", "MIT, CC0-1.0", "YiranYe, toxic-detection-testset; Civil Comments", _perturbed),
    Source("hatexplain", "hatexplain_majority", "MIT", "Mathew and others 2021, HateXplain", _hatexplain),
    Source("davidson", "davidson", "MIT", "Davidson and others 2017 (hate and neither only)", _davidson),
    Source("dynahate", "dynahate_dev", "CC-BY-4.0", "Vidgen and others 2021, Learning from the Worst", _dynahate),
    Source("sbic", "sbic_dev", "CC-BY-4.0", "Sap and others 2020, Social Bias Frames", _sbic),
    Source("convabuse", "convabuse", "CC-BY-4.0", "Cercas Curry and others 2021, ConvAbuse", _convabuse),
    Source("paradetox", "paradetox", "CC0-1.0", "Logacheva and others 2022, ParaDetox", _paradetox),
    Source("toxic_spans", "toxic_spans_semeval2021", "CC0-1.0", "Pavlopoulos and others 2021", _toxic_spans),
    Source("ruddit", "ruddit_with_text", "MIT (labels)", "Hada and others 2021, Ruddit", _ruddit),
    Source("stormfront", "stormfront_vicomtech", "CC-BY-SA-3.0-ES", "de Gibert and others 2018", _stormfront),
    Source("surge", "surge_toxicity_en", "MIT", "Surge AI, toxicity", _surge),
    Source("chat_discord_students", "chat_discord_students", "MIT", "student Discord chat", _chat(1.0), 0.25),
    Source("chat_ubuntu_irc", "chat_ubuntu_irc", "CC-BY-4.0", "Ubuntu IRC logs", _chat(0.5), 0.1),
    Source("chat_topical", "chat_topical", "CDLA-Sharing-1.0", "Gopalakrishnan and others 2019", _chat(0.5), 0.1),
    Source("presidio", "presidio_synth_pii", "MIT", "Microsoft, presidio-research", _chat(0.3)),
)
