"""Look-alike letters of other scripts, folded to Latin where they pose as Latin and nowhere else.

A table of our own, after the skeletons of Unicode Technical Standard #39 (confusables), cut down to letters that
a reader takes for Latin at chat size, plus the currency signs and small capitals of "fancy text" generators.
Mathematical, full-width and enclosed letters need no table: NFKC has folded them before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.screening.normalise.view import Replacement, View

_PAIRS = {
    "cyrillic": "аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwӏlгrкkмmтtпnвbьbАAВBЕEЅSІIЈJКKМMНHОOРPСCТTУYХXҮYԌGԜWӀIԚQ",
    "greek": "οoαaνvιiυuρpκkχxτtηnωwϲcϳjΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX",
    "armenian": "օoսuհhոnցgյjզqտmաwՕOՍUՏSԼLՀZ",
    "cherokee": "ᎠDᎡRᎢTᎥiᎪAᎫJᎬEᎳWᎷMᎻHᎽYᏀGᏂhᏃZᏏbᏒRᏔWᏚSᏙVᏞLᏟCᏢPᏦKᏧdᏴB",
    "coptic": "ⲟoⲣpⲥcⲭxⲒIⲔKⲘMⲚNⲞOⲢPⲤCⲦTⲨYⲬX",
    "latin": "ıiłlđdħhŧt",
    "other": "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpꞯqʀrꜱsᴛtᴜuᴠvᴡwʏyᴢzɑaɡgɩiǀlǃiƙkƒfɓbɗdɠgʋvꓐBꓑPꓒpꓓDꓔTꓖGꓗKꓙJꓚCꓛC"
    "ꓜZꓝFꓟMꓠNꓡLꓢSꓣRꓦVꓧHꓪWꓫXꓬYꓮAꓰEꓲIꓳOꓴU€e₤L₦N₩W₳A฿B₵CɆE₣F₲GⱧH₭KⱠL₥M₱PⱤR₴S₮TɄUӾXɎYⱫZ¥Y",
}
_LATIN = {pairs[i]: pairs[i + 1] for pairs in _PAIRS.values() for i in range(0, len(pairs), 2)}
_FANCY = frozenset(_PAIRS["other"][::2])
"""Letters of no living language's own words: small capitals, Lisu, currency signs."""

_CLASS = re.escape("".join(_LATIN))
_ANY = re.compile(f"[{_CLASS}]")
_WORD = re.compile(rf"(?:[^\W\d_]|[{_CLASS}]){{1,200}}")
_LOOSE = frozenset("гкмтпнвьκτηωցզտ")
"""Alike only beside Latin letters: a whole word with one of these is rather a word of its own language."""

_SINGLE = frozenset("аіоуАІОУı")
"""One-letter words that pose as a, I, o or y; other lone letters (α, ρ, €) are symbols."""


def fold_homoglyphs(view: View) -> View:
    """Return `view` with look-alikes folded inside words that mix scripts.

    Words made of look-alikes alone are folded where the rest of the comment is Latin and their script is not
    truly used in it: a Russian, Greek or Armenian comment stays as it is.
    """
    return view.rewritten(_replacements(view.text)) if _ANY.search(view.text) else view


def _replacements(text: str) -> Iterator[Replacement]:
    words = [(match.start(), match.end(), match.group()) for match in _WORD.finditer(text)]
    latin_around = any(word.isascii() for _, _, word in words)
    genuine = {_script(char) for _, _, word in words for char in word if not _is_latin(char) and char not in _LATIN}
    for start, end, word in words:
        if word.isascii() or not _ANY.search(word):
            continue
        if _poses_as_latin(word, latin_around, genuine):
            yield start, end, "".join(_LATIN.get(char, char) for char in word)


def _poses_as_latin(word: str, latin_around: bool, genuine: set[str]) -> bool:
    strangers = [char for char in word if char in _LATIN]
    if any(not _is_latin(char) for char in word if char not in _LATIN):
        return False
    if len(strangers) < len(word):
        return True
    if _FANCY.issuperset(strangers):
        return len(word) > 1 and any(char.isalpha() for char in word)
    if not latin_around or any(_script(char) in genuine for char in strangers):
        return False
    if len(word) == 1:
        return word in _SINGLE
    return any(char.isalpha() for char in word) and not _LOOSE.intersection(word)


def _is_latin(char: str) -> bool:
    return char <= "\u024f" or "\u1e00" <= char <= "\u1eff"


def _script(char: str) -> str:
    """Return a name for the script of a letter that is not Latin; "" for those that matter to nobody here."""
    for name, first, last in _BLOCKS:
        if first <= char <= last:
            return name
    return ""


_BLOCKS = (
    ("greek", "\u0370", "\u03ff"),
    ("cyrillic", "\u0400", "\u052f"),
    ("armenian", "\u0530", "\u058f"),
    ("cherokee", "\u13a0", "\u13ff"),
    ("greek", "\u1f00", "\u1fff"),
    ("coptic", "\u2c80", "\u2cff"),
)


def as_latin(text: str) -> str:
    """Return `text` with every look-alike as its Latin letter, to compare names (a skeleton, in UTS #39's sense)."""
    return "".join(_LATIN.get(char, char) for char in text)
