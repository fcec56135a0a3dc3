"""What the model answers, and how a corpus category becomes labels.

A label is 1, 0, a fraction (what share of raters said yes) or NaN, which means: not asked of this text, so
it teaches that head nothing.
"""

import math
import re
from collections.abc import Iterable

JIGSAW = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack")
CATEGORIES = (
    "harassment",
    "bullying",
    "derogatory",
    "sexual_harassment",
    "self_harm",
    "abuse_disclosure",
    "boundary",
    "student_info",
    "incitement",
    "retaliation",
)
LABELS = JIGSAW + CATEGORIES
UNKNOWN = math.nan

Labels = dict[str, float]

#: Something a person needs to see, but no attack on anybody.
NOT_TOXIC = frozenset(
    {"self_harm", "abuse_disclosure", "student_info", "boundary", "contact_info", "advertising", "campaign"}
)
#: Neighbours that honest writers file differently: one of them says nothing about the others.
NEIGHBOURS = (
    frozenset({"harassment", "bullying", "derogatory", "insult"}),
    frozenset({"threat", "retaliation", "incitement", "harassment"}),
    frozenset({"sexual", "sexual_harassment", "boundary", "harassment", "obscene"}),
    frozenset({"identity_attack", "derogatory", "bullying", "harassment", "insult"}),
    frozenset({"abuse_disclosure", "self_harm"}),
)

PROFANITY = re.compile(
    r"\b(?:f+u+c+k\w*|wtf|stfu|sh[i1]t+\w*|bullshit|bitch\w*|ass(?:hole)?s?|bastard\w*|cunt\w*|dick\w*|damn\w*"
    r"|piss\w*|cock\w*|puss(?:y|ies)|m[i]erda|put[ao]s?|putamadre|ping[ao]s?|pinche|chinga\w*|cabr[oó]n\w*"
    r"|pendej\w+|culer\w+|joder|coño|verga|mam[oó]n|hijueputa|no mames)\b",
    re.IGNORECASE,
)


def unknown() -> Labels:
    """Every label not asked."""
    return dict.fromkeys(LABELS, UNKNOWN)


def innocent(text: str) -> Labels:
    """Nothing wrong with this text; swearing that harms nobody still leaves ``obscene`` open."""
    labels = dict.fromkeys(LABELS, 0.0)
    if PROFANITY.search(text):
        labels["obscene"] = UNKNOWN
    return labels


def public(**known: float) -> Labels:
    """Labels of a public set; a text that is not toxic is none of the categories either."""
    labels = unknown() | known
    toxicity = known.get("toxicity", UNKNOWN)
    if toxicity < 0.3:
        labels |= {name: 0.0 for name in CATEGORIES if name not in known}
    elif toxicity >= 0.5:
        labels |= {name: 0.0 for name in ("boundary", "student_info", "abuse_disclosure") if name not in known}
    return labels


def harmful(categories: Iterable[str], severity: str = "") -> Labels:
    """Labels of a corpus text a writer filed under ``categories``."""
    named = frozenset(categories)
    labels = dict.fromkeys(LABELS, 0.0)
    for group in NEIGHBOURS:
        if group & named:
            labels |= {name: UNKNOWN for name in group if name in labels}
    attack = bool(named - NOT_TOXIC)
    labels["toxicity"] = float(attack)
    if "self_harm" in named and not attack:
        # A cry for help is no attack, "go and kill yourself" is; writers file both here.
        labels |= dict.fromkeys(("toxicity", "threat", "harassment", "bullying", "insult"), UNKNOWN)
    if attack:
        labels |= dict.fromkeys(("obscene", "insult"), UNKNOWN)
    if severity in {"critical", "high"}:
        labels["severe_toxicity"] = UNKNOWN if attack else 0.0
    labels |= {name: 1.0 for name in named if name in labels}
    if "derogatory" in named:
        labels["insult"] = 1.0
    return labels
