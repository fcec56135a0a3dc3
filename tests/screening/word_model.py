"""A small real toxicity model for tests: a table of words, so that a test knows every score beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.errors import ModelError
from bot.screening.seams import Scores

WORDS: Mapping[str, Scores] = {
    "idiot": {"toxicity": 0.92, "insult": 0.95},
    "stupid": {"toxicity": 0.85, "insult": 0.8},
    "kill": {"toxicity": 0.7, "threat": 0.9},
    "idiota": {"toxicity": 0.9, "insult": 0.9},
}
LABELS = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack")
BASE = 0.01


class WordModel:
    """Scores a text by its worst word; breaks on the word `unreadable`. Remembers every text it was asked for."""

    identity = "a table of words"
    labels = LABELS

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def score(self, texts: Sequence[str]) -> list[Scores]:
        """See `ToxicityModel.score`."""
        self.asked.extend(texts)
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Scores:
        words = [word.strip(".,!?¡¿").lower() for word in text.split()]
        if "unreadable" in words:
            raise ModelError("The toxicity model failed on this comment.")
        best = dict.fromkeys(LABELS, BASE)
        for word in words:
            for label, score in WORDS.get(word, {}).items():
                best[label] = max(best[label], score)
        return best
