"""Texts of a known length in word pieces, made of sentences that people write in school channels."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from tokenizers import Tokenizer

SENTENCES = (
    "does anyone know if the field trip form is due tomorrow or on friday?",
    "thank you so much for helping at the book fair, we sold almost everything",
    "¿alguien sabe a qué hora empieza la junta de padres el jueves?",
    "my locker is jammed again, can someone tell ms. park I will be two minutes late",
    "great game last night, the defense in the second half was amazing",
    "please bring a reusable bottle, the fountain by the gym is still broken",
    "mañana es día de fotos, no se les olvide el uniforme completo",
    "I finished the slides for our group, can you two check page four and five",
    "the bus from the museum is running late, we should be back around four",
    "is the quiz on chapter seven or only on the notes from tuesday",
    "gracias a todas las familias que ayudaron a limpiar el jardín de la escuela",
    "who has the lines for scene three? rehearsal got moved to the library",
    "coach says practice is inside today because of the rain, bring indoor shoes",
    "could you send the link for the robotics sign up again, it scrolled away",
)
CRUEL = (
    "you are such a stupid idiot, nobody likes you",
    "shut up you fat loser, everyone hates you",
    "eres un idiota, nadie te quiere aquí",
    "I will kill you after school tomorrow",
)


def comments(tokenizer: Tokenizer, pieces: int, count: int, *, cruel: float = 0.0, seed: int = 7) -> list[str]:
    """Return `count` distinct texts of about `pieces` word pieces, a fraction `cruel` of them beginning cruelly."""
    chance = random.Random(seed)  # noqa: S311 - the same texts every time, no secret
    return [_one(tokenizer, pieces, chance, cruel=chance.random() < cruel) for _ in range(count)]


def _one(tokenizer: Tokenizer, pieces: int, chance: random.Random, *, cruel: bool) -> str:
    words = (word for sentence in _sentences(chance, cruel=cruel) for word in sentence.split())
    taken: list[str] = []
    for word in itertools.chain(words, [str(chance.randrange(100))]):
        taken.append(word)
        if len(taken) * 2 >= pieces and len(tokenizer.encode(" ".join(taken)).ids) >= pieces:
            break
    return " ".join(taken)


def _sentences(chance: random.Random, *, cruel: bool) -> Iterator[str]:
    if cruel:
        yield chance.choice(CRUEL)
    while True:
        yield chance.choice(SENTENCES)
