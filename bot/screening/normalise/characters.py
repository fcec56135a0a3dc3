"""Code point by code point: compatibility forms, invisible characters, piles of marks, quotes, fancy letters.

What is folded follows Unicode Standard Annex #15 (NFKC) and the Default_Ignorable_Code_Point property (UCD,
DerivedCoreProperties), with the exceptions noted here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.screening.normalise.view import Replacement, View

_MARKS_KEPT = 4
"""Vowel points of Arabic, Hebrew and Indic scripts rarely exceed this on one letter; zalgo starts above it."""

_SCRIPTS_WITH_MARKS = "\u0590"
"""Latin, Greek, Cyrillic and Armenian lie below and have precomposed letters; Hebrew is the first that lies above."""

_QUOTES = {
    **dict.fromkeys("‘’‚‛ʼʻ´ʹ′＇", "'"),
    **dict.fromkeys("“”„‟″＂", '"'),
}
"""Typographic quotes as ASCII, so that "don’t" and "don't" read the same."""

_IGNORABLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufffc"
    + "".join(map(chr, range(0x180B, 0x1810)))
    + "".join(map(chr, range(0xFE00, 0xFE10)))
)
"""Drawn as nothing although their category is not Cf (UCD); tags and further selectors are a range, below."""

_COUNTRIES = frozenset(
    re.findall(
        "..",
        "ACADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCPCR"
        "CUCVCWCXCYCZDEDGDJDKDMDODZEAECEEEGEHERESETEUFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHU"
        "ICIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMS"
        "MTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSN"
        "SOSRSSSTSVSXSYSZTATCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUNUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW",
    )
)
"""The region codes that have a flag (Unicode Technical Standard #51, annex B, from ISO 3166-1)."""

# Nothing to do here: ASCII, Latin-1 letters, Cyrillic, Han, emoji that NFKC leaves alone.
_SETTLED = r"\n -~¡¿À-ÿ–—А-яЁё一-鿿\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001f9ff"
_UNSETTLED = re.compile(rf"[{_SETTLED}]?[^{_SETTLED}]+")
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]{1,1000}")


def fold_characters(view: View) -> View:
    """Return `view` in plain characters; accents, emoji, case and punctuation stay."""
    return view.rewritten(_replacements(view.text))


def _replacements(text: str) -> Iterator[Replacement]:
    for run in _UNSETTLED.finditer(text):
        position = run.start()
        for cluster in _clusters(run.group()):
            end = position + len(cluster)
            new = _fold(cluster)
            if new != cluster:
                yield position, end, new
            position = end


def fold_flags(view: View) -> View:
    """Return `view` with regional indicators that spell no flags turned into letters."""
    return view.rewritten(
        (run.start(), run.end(), letters)
        for run in _FLAGS.finditer(view.text)
        if not _are_flags(letters := "".join(chr(ord(sign) - 0x1F1E6 + 65) for sign in run.group()))
    )


def _are_flags(letters: str) -> bool:
    return len(letters) % 2 == 0 and all(letters[i : i + 2] in _COUNTRIES for i in range(0, len(letters), 2))


def _clusters(run: str) -> Iterator[str]:
    """Split into characters, each with what attaches to it: marks, trailing Hangul, invisible characters."""
    start = 0
    for position in range(1, len(run)):
        if not _attaches(run[position]):
            yield run[start:position]
            start = position
    if run:
        yield run[start:]


def _attaches(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Mc", "Me", "Cf"} or "\u1160" <= char <= "\u11ff" or char in "ﾞﾟ"


def _fold(cluster: str) -> str:
    if len(cluster) == 1 and (quote := _QUOTES.get(cluster)):
        return quote
    visible = "".join(map(_visible, cluster))
    if not visible:
        return ""
    if _QUOTES.get(visible[0]):
        return _QUOTES[visible[0]]
    folded = unicodedata.normalize("NFKC", visible)
    if folded[0] == " " != visible[0]:  # a free-standing accent (U+00A8 and its kin) or an odd space
        folded = visible if len(folded) > 1 else " "
    return _thin(folded)


def _visible(char: str) -> str:
    """Return what a reader sees of one code point: nothing, a space, a letter in plain form, or itself."""
    code = ord(char)
    if 0x20 <= code < 0x7F or char == "\n":
        return char
    if char in _IGNORABLE or 0xE0000 <= code <= 0xE0FFF:
        return ""
    if 0x1F150 <= code <= 0x1F169 or 0x1F170 <= code <= 0x1F189:  # negative circled and squared letters
        return chr((code - 0x1F150) % 32 + 65)
    if 0x249C <= code <= 0x24B5:  # parenthesised letters, which NFKC would leave in their parentheses
        return chr(code - 0x249C + 97)
    return _visible_by_category(char)


def _visible_by_category(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Zs", "Zl", "Zp"} or char == "\u2800":  # the blank Braille pattern is drawn as a space
        return "\n" if category in {"Zl", "Zp"} else " "
    if category == "Cs":
        return "\ufffd"
    if category == "Cc":
        return {"\t": " ", "\r": "\n", "\x85": "\n", "\v": "\n", "\f": "\n"}.get(char, "")
    return "" if category in {"Cf", "Me"} else char


def _thin(cluster: str) -> str:
    """Take away piled-up marks: what alphabets like Latin could not absorb, and all beyond a few elsewhere."""
    if len(cluster) == 1:
        return cluster
    marks = [char for char in cluster if unicodedata.category(char) in {"Mn", "Mc"}]
    if not marks:
        return cluster
    base = "".join(char for char in cluster if unicodedata.category(char) not in {"Mn", "Mc"})
    if not base or not base[-1].isalnum():
        return base
    if base[-1] < _SCRIPTS_WITH_MARKS:
        return base if len(marks) == 1 else base[:-1] + unicodedata.normalize("NFD", base[-1])[0]
    return base + "".join(marks[:_MARKS_KEPT])
