"""What people are at a school, in the words of families: “la directora”, “the vice principal”, “my teacher”. Pure.

All words are folded: lower case, without accents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_OFFICES = {
    "principal": "principal director directora rector rectora headmaster headmistress headteacher "
    "administrator administrador administradora",
    "deputy": "subdirector subdirectora vicedirector vicedirectora viceprincipal vp",
    "superintendent": "superintendent superintendente supervisor supervisora",
    "teacher": "teacher maestro maestra maestre profesor profesora profe professor docente",
    "coach": "coach entrenador entrenadora",
    "counselor": "counselor counsellor consejero consejera orientador orientadora",
    "nurse": "nurse enfermero enfermera",
    "secretary": "secretary secretario secretaria",
    "librarian": "librarian bibliotecario bibliotecaria",
    "psychologist": "psychologist psicologo psicologa",
    "dean": "dean decano decana",
    "custodian": "custodian janitor conserje",
    "chair": "chair president presidente presidenta",
}
"""Each office with the words for it in English and Spanish; “deputy” and the like stand for longer names, too."""

_OF = {word: office for office, words in _OFFICES.items() for word in words.split()}
_BEFORE = frozenset({"assistant", "asst", "vice", "deputy", "sub"})
_AFTER = frozenset({"asistente", "adjunto", "adjunta", "auxiliar"})
_WIDE = frozenset({"district", "distrito", "region", "regional", "area"})
_BETWEEN = frozenset({"de", "del", "la", "el", "of", "the", "our", "school", "escolar", "local", "s"})


def office_words() -> frozenset[str]:
    """Return every word that names an office by itself."""
    return frozenset(_OF)


def offices_in(words: Sequence[str]) -> Iterator[str]:
    """Yield the offices that a text's words speak of; an assistant principal is no principal."""
    linked = [word for word in words if word not in _BETWEEN]
    for before, word, after in zip(["", *linked], linked, [*linked[1:], ""], strict=False):
        office = _OF.get(word) or _OF.get(word.removesuffix("s"))
        if office == "principal" and (before in _BEFORE or after in _AFTER):
            yield "deputy"
        elif office == "principal" and (before in _WIDE or after in _WIDE):
            yield "superintendent"
        elif office is not None:
            yield office
