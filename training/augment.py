"""Disguises, as people type them to get past a filter, and the haste of ordinary typing.

They go on harmful and innocent texts alike, so that a disguise by itself says nothing.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Sequence

_LEET = str.maketrans({"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "b": "8", "l": "1"})
_LEET_CHOICES = {chr(key): str(value) for key, value in _LEET.items()}
_LOOKALIKES = dict(zip("aceiopsxynu", "асеіорѕхуոυ", strict=True))
_WORD = re.compile(r"[^\W\d_]{3,}")
_SHORT = {
    "you": "u", "your": "ur", "are": "r", "because": "bc", "people": "ppl", "please": "pls", "to": "2", "be": "b",
    "though": "tho", "about": "abt", "really": "rly", "que": "q", "porque": "xq", "por": "x", "también": "tmb",
    "estoy": "toy", "para": "pa", "mañana": "mñn", "with": "w", "right": "rn", "before": "b4",
}  # fmt: skip

Change = Callable[[str, random.Random], str]


def _some_words(text: str, rng: random.Random, change: Callable[[str], str], share: float = 0.3) -> str:
    """Change about a share of the words, longer ones first: those are the ones people hide."""
    found = list(_WORD.finditer(text))
    if not found:
        return text
    count = max(1, round(share * len(found)))
    chosen = sorted(found, key=lambda match: len(match[0]) * rng.random(), reverse=True)[:count]
    for match in sorted(chosen, key=lambda match: match.start(), reverse=True):
        text = text[: match.start()] + change(match[0]) + text[match.end() :]
    return text


def leetspeak(text: str, rng: random.Random) -> str:
    """``idiot`` → ``1d10t``."""

    def change(word: str) -> str:
        return "".join(
            rng.choice(_LEET_CHOICES[c]) if (c := letter.lower()) in _LEET_CHOICES and rng.random() < 0.7 else letter
            for letter in word
        )

    return _some_words(text, rng, change, rng.choice((0.3, 1.0)))


def spaced(text: str, rng: random.Random) -> str:
    """``idiot`` → ``i d i o t``."""
    gap = rng.choice((" ", " ", ".", "-", "*", "_"))
    return _some_words(text, rng, gap.join, rng.choice((0.2, 0.5, 1.0)))


def lookalikes(text: str, rng: random.Random) -> str:
    """Latin letters as Cyrillic ones that look the same."""
    return _some_words(text, rng, lambda word: "".join(_LOOKALIKES.get(letter, letter) for letter in word.lower()), 0.5)


def stretched(text: str, rng: random.Random) -> str:
    """``idiot`` → ``idiooot``."""

    def change(word: str) -> str:
        at = rng.randrange(len(word))
        return word[:at] + word[at] * rng.randint(2, 4) + word[at + 1 :]

    return _some_words(text, rng, change)


def typos(text: str, rng: random.Random) -> str:
    """Two letters swapped or one dropped, less often one doubled or starred."""

    def change(word: str) -> str:
        at = rng.randrange(len(word) - 1)
        swapped, dropped = word[:at] + word[at + 1] + word[at] + word[at + 2 :], word[: at + 1] + word[at + 2 :]
        return rng.choice(
            (
                swapped,
                swapped,
                dropped,
                dropped,
                word[:at] + word[at] + word[at:],
                word[: at + 1] + "*" + word[at + 2 :],
            )
        )

    return _some_words(text, rng, change)


def joined(text: str, rng: random.Random) -> str:
    """One space between two words left out, or all of them."""
    if rng.random() < 0.4 and len(text) < 70:
        return text.replace(" ", "")
    spaces = [at for at, letter in enumerate(text) if letter == " "]
    at = rng.choice(spaces) if spaces else -1
    return text[:at] + text[at + 1 :] if spaces else text


def without_accents(text: str, rng: random.Random) -> str:  # noqa: ARG001 - every change has this shape
    """``mañana`` → ``manana``, as typed on an English keyboard."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def shortened(text: str, rng: random.Random) -> str:
    """``you`` → ``u``, ``porque`` → ``xq``; end marks dropped."""
    words = [_SHORT.get(word.lower(), word) if rng.random() < 0.7 else word for word in text.split(" ")]
    return " ".join(words).rstrip(".!¡¿?")


_AROUND = ("https://example.org/{0}", "<@{0}>", "@{0}", "**", "😂", "💀💀", ":)", "lol", "jaja", "p.{0}", "#{0}", "> ")


def decorated(text: str, rng: random.Random) -> str:
    """A link, mention, emoji or mark before or after: what stands beside an insult must not dilute it."""
    extra = " ".join(rng.choice(_AROUND).format(rng.randrange(1, 9999)) for _ in range(rng.randint(1, 3)))
    return f"{extra} {text}" if rng.random() < 0.4 else f"{text} {extra}"


CHANGES: tuple[Change, ...] = (
    leetspeak, leetspeak, leetspeak, leetspeak, spaced, spaced, lookalikes, stretched, typos, typos, typos, typos,
    joined, joined, without_accents, without_accents, shortened, shortened, decorated, decorated,
)  # fmt: skip


def disguise(text: str, rng: random.Random, rate: float) -> str:
    """The text, changed in one way with probability ``rate``."""
    return rng.choice(CHANGES)(text, rng) if rng.random() < rate else text


def accompanied(twins: Sequence[str], other: str, rng: random.Random) -> list[str]:
    """Twins with ``other``, which is innocent and so changes neither, before or after both or the shorter alone.

    Writers explain more when they mean no harm: without this the length of a message would give it away.
    """
    before, both = rng.random() < 0.5, rng.random() < 0.4
    shorter = min(twins, key=len)
    return [(f"{other} {text}" if before else f"{text} {other}") if both or text == shorter else text for text in twins]


def unmarked(text: str) -> str:
    """The text without the marks it ends with, as one writes in haste."""
    return text.rstrip(" .!?…") or text


def marked(text: str, rng: random.Random) -> str:
    """The text with a mark at its end, as one writes a letter; most often a full stop."""
    return text if text.endswith((".", "!", "?", "…")) else text + ("." if rng.random() < 0.9 else "!")


def ended(text: str, rng: random.Random, without: float, with_mark: float) -> str:
    """The text without or with an end mark, with these probabilities: a full stop says nothing of what was said."""
    chance = rng.random()
    if chance < without:
        return unmarked(text)
    return marked(text, rng) if chance < without + with_mark else text
