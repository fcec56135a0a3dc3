"""Lists the words that the normaliser knows when it undoes a disguise or puts a slip right.

``en.txt`` and ``es.txt`` hold what three writers of the corpus use, so that one writer's slip is no word, in order of
frequency: readings are weighed by it. ``real.txt`` holds other real words and names, which are left as they stand:
what two writers use, Wikipedia's comments (Jigsaw, CC0), the tokenizer's whole words (XLM-RoBERTa, MIT), given names.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Tokenizer

from bot.screening.detectors.wordlists import word_lists
from bot.screening.normalise.lexicon import WHOLE, is_hidden_word
from bot.screening.normalise.slips import respelt
from bot.screening.normalise.vocabulary import bare, cut
from bot.screening.toxicity.embedded import SHIPPED
from training.corpus import Message, files, read

#: Where the bot reads the lists.
FOLDER = Path(__file__).parents[1] / "bot" / "screening" / "normalise" / "words"
LANGUAGES = ("en", "es")
WRITERS = 3
#: How many comments of the public set must use a word, and how many of its letters one has at least.
COMMENTS, LETTERS = 3, 4
#: A hidden word with one of these behind or before it is run together, whoever wrote it: fuckyou.
_PEOPLE = frozenset("i you u your yourself him her them it off te tu me le lo la".split())  # noqa: SIM905
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def words(text: str) -> Iterator[str]:
    """The words of a text in lower case, those that touch a digit left out."""
    text = text.lower()
    for match in _WORD.finditer(text):
        around = text[max(match.start() - 1, 0) : match.start()] + text[match.end() : match.end() + 1]
        if not any(sign.isdigit() or sign in "@$*_" for sign in around):
            yield match.group().replace("’", "'")


def listed(messages: Iterable[Message], language: str, least: int = WRITERS) -> list[str]:
    """The words of one language that at least ``least`` writers use, the most frequent first."""
    counts: Counter[str] = Counter()
    writers: defaultdict[str, set[str]] = defaultdict(set)
    for message in messages:
        if message.language == language and not message.held_out:
            for word in words(message.text):
                counts[word] += 1
                writers[word].add(message.writer)
    known = [word for word in counts if len(writers[word]) >= least]
    return sorted(known, key=lambda word: (-counts[word], word))


def real(messages: Iterable[Message], comments: Iterable[str]) -> list[str]:
    """Words and names that are real, bare and in order; none of those that people run together to insult."""
    counts: Counter[str] = Counter()
    for text in comments:
        counts.update(set(words(text)))
    found = {word for word in counts if counts[word] >= COMMENTS}
    said = list(messages)
    for language in LANGUAGES:
        found.update(listed(said, language, WRITERS - 1))
    pieces = Tokenizer.from_file(str(SHIPPED / "tokenizer.json")).get_vocab()
    found.update(piece[1:] for piece in pieces if piece.startswith("▁"))
    found.update(*word_lists("given_names").values(), WHOLE)
    bared = {bare(word) for word in found}
    return sorted(word for word in bared if word.isalpha() and len(word) >= LETTERS and not _insults(word))


def _insults(word: str) -> bool:
    if respelt(word) is not None:
        return True
    parts = cut(word)[1]
    return is_hidden_word(word) and len(parts) > 1 and not _PEOPLE.isdisjoint(parts)


def main(data: Path | None = None, folder: Path = FOLDER) -> None:
    """Write the lists, one word a line; the one of real words only where the public sets are at hand."""
    messages = [message for path in files() for message in read(path)]
    lists = {language: listed(messages, language) for language in LANGUAGES}
    if data is not None:
        import pandas as pd  # noqa: PLC0415 - the rest of this module runs without the training extra

        lists["real"] = real(messages, pd.read_parquet(data / "train" / "jigsaw.parquet", columns=["text"])["text"])
    for name, found in lists.items():
        (folder / f"{name}.txt").write_text("\n".join(found) + "\n", encoding="utf-8")
        print(f"{name}: {len(found)} words")
