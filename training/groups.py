"""Exchanges the group of people that a text names for another one, in attacks and in praise alike.

What a sentence says decides, not whom it says it of: without this a model learns that naming some groups is bad.
Words are exchanged only for words of the same form (and in Spanish of the same gender), so sentences stay sentences.
"""

import random
import re

FORMS: tuple[tuple[str, ...], ...] = (
    # English, plural names
    (
        "muslims", "jews", "christians", "catholics", "hindus", "buddhists", "sikhs", "atheists", "women",
        "men", "girls", "boys", "gays", "lesbians", "immigrants", "refugees", "migrants", "foreigners",
        "mexicans", "arabs", "asians", "africans", "blacks", "whites", "latinos", "hispanics", "indians",
        "americans", "europeans", "canadians", "japanese people", "chinese people", "pakistanis",
        "gay people", "trans people", "black people", "white people", "disabled people", "deaf people",
        "blind people", "old people", "young people", "jewish people", "asian people", "muslim people",
        "straight people", "teenagers", "homosexuals", "african americans", "native americans",
        "indigenous people", "autistic people", "queer people", "nonbinary people", "trans women",
        "trans men",
    ),
    # English, one person
    (
        "muslim", "jew", "christian", "woman", "man", "girl", "boy", "lesbian", "immigrant", "refugee",
        "migrant", "foreigner", "mexican", "arab", "african", "latino", "latina", "canadian", "american",
        "european", "catholic", "buddhist", "sikh", "protestant", "taoist", "pakistani", "teenager",
    ),
    # English, what somebody is like
    (
        "gay", "trans", "transgender", "queer", "bisexual", "homosexual", "heterosexual", "straight", "lgbt",
        "lgbtq", "nonbinary", "black", "white", "asian", "jewish", "hispanic", "indian", "chinese",
        "japanese", "disabled", "deaf", "blind", "elderly", "old", "older", "young", "younger", "teenage",
        "paralyzed", "autistic", "latinx", "middle eastern", "female", "male", "millennial", "millenial",
        "handicapped",
    ),
    # Spanish, plural, masculine or open
    (
        "musulmanes", "judíos", "judios", "cristianos", "católicos", "inmigrantes", "refugiados", "migrantes",
        "extranjeros", "mexicanos", "árabes", "asiáticos", "africanos", "negros", "blancos", "latinos",
        "chinos", "gitanos", "indígenas", "gays", "homosexuales", "discapacitados", "sordos", "ciegos",
        "hombres", "salvadoreños", "guatemaltecos", "viejos", "ancianos", "autistas",
    ),
    # Spanish, plural, feminine
    (
        "mujeres", "musulmanas", "judías", "judias", "lesbianas", "negras", "blancas", "latinas", "mexicanas",
        "gitanas", "personas trans", "personas con discapacidad", "mujeres trans", "personas negras",
        "personas indígenas", "personas gays", "personas sordas", "inmigrantes mujeres", "niñas",
        "salvadoreñas",
    ),
    # Spanish, one person, masculine
    (
        "musulmán", "judío", "judio", "cristiano", "inmigrante", "refugiado", "migrante", "extranjero",
        "mexicano", "árabe", "asiático", "negro", "latino", "chino", "gitano", "indígena", "gay",
        "homosexual", "discapacitado", "sordo", "ciego", "hombre",
    ),
    # Spanish, one person, feminine
    (
        "musulmana", "judía", "mujer", "lesbiana", "negra", "latina", "mexicana", "china", "gitana",
        "persona trans", "mujer trans", "persona con discapacidad", "refugiada", "extranjera", "indígena",
    ),
)  # fmt: skip
#: Words of both languages: ``es`` decides which form they belong to.
_ENGLISH, _SPANISH = FORMS[:3], FORMS[3:]
#: Too common in other senses to be exchanged, fine to be put in.
_COMMON = frozenset(
    (
        "old", "older", "young", "younger", "men", "man", "boy", "boys", "girl", "girls", "straight", "white", "black",
        "whites", "blacks", "americans", "american", "hombre", "hombres", "niñas", "negro", "negra", "blancos",
        "blancas", "viejos", "china", "chinos", "teenage",
    )
)  # fmt: skip


def _table(forms: tuple[tuple[str, ...], ...]) -> dict[str, tuple[str, ...]]:
    return {word: form for form in reversed(forms) for word in form}


def _pattern(table: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    words = sorted(table, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)", re.IGNORECASE)


_TABLES = {"en": _table(_ENGLISH), "es": _table(_SPANISH)}
_PATTERNS = {language: _pattern(table) for language, table in _TABLES.items()}


def exchanged(text: str, rng: random.Random, language: str = "en") -> str:
    """The text with the groups it names exchanged, the same word always for the same one; else the text itself."""
    table, pattern = _TABLES[language], _PATTERNS[language]
    found = {match.lower() for match in pattern.findall(text)}
    if not found or (not found - _COMMON and rng.random() < 0.5):
        return text
    others = {word: rng.choice(table[word]) for word in sorted(found)}
    return pattern.sub(lambda match: others[match[0].lower()], text)
