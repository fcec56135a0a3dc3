"""What children tell of harm done to them, and what only sounds like it."""

from __future__ import annotations

import pytest

from tests.screening.detectors.tables import found, table

CAUGHT = table("""
    my dad hits me when he drinks
    my stepdad beat me last night
    my mom's boyfriend punched me
    i'm scared to go home
    i am afraid of my stepdad
    my uncle touched me
    he touched me inappropriately
    i was raped
    my coach texted me asking for nudes
    i have been molested
    he made me touch him
    he comes into my room at night
    my mom doesn't feed me
    i haven't eaten in three days
    there is no food at my house
    my parents locked me out
    my dad h1ts me
    my dad hits my mom
    the coach keeps touching me
    my dad left me bruises
    my dad hit me in the face
    my dad hit me with a belt
    my mom locked me in the closet
    my uncle touched me and i have no words
    mi papá me pega
    mi padrastro me golpeó anoche
    mi papá me pegó cuando tenía covid
    me pega mi mamá
    tengo miedo de regresar a mi casa
    me maltratan en mi casa
    mi tío me toca en la noche
    abusó sexualmente de mí
    me violaron
    me obligó a tocarlo
    no hay comida en mi casa
    mi mamá me deja sola toda la semana
    entra a mi cuarto en la noche
    mi padre me maltrata
""")
BESIDE_A_GAME_OR_FILM = table("""
    my uncle touched me during the movie
    my uncle touched me in the movie theater
    my coach touched me after the show
    my dad hit me during the game last night
    my dad hits me when his team loses the game
    my mom hits me if my score is low
    my dad beats me when i lose the race
    mi padrastro me tocó debajo de la cobija viendo una película
    mi papá me pega cuando juego videojuegos
    mi mamá nos golpea cuando perdemos el juego
""")
PASS = table("""
    my brother beat me at chess again
    my dad beats me in the game every time
    my uncle beat me at video games
    my dad hit me with a dad joke
    my coach touched me with his kind words
    the book is about a girl, my stepdad beats me she says
    en la película mi padrastro me golpea
    my dad beats me at chess every time
    my mom hit me up for the recipe
    this song touched me deeply, the coach touched me with his speech
    in the book her stepdad beats me up, says the character
    my brother beat me in mario kart
    my uncle hits home runs
    i'm scared of the math test
    my dad hit a deer on the way to school
    my mom hits the gym at five
    the teacher touched on photosynthesis
    i haven't eaten lunch yet
    my dad locked the car
    my parents left me a note
    that test raped us, so unfair
    he made me laugh
    i was never molested
    there's no food at the party
    abuse of power in macbeth
    my mom kicked me out of the kitchen
    my dad will beat the traffic
    mi papá me pega el susto de mi vida con sus bromas, un susto
    mi hermano me ganó en fifa
    el profe me tocó en química
    me tocó el examen difícil
    mi mamá me pegó la gripa
    no hay comida en la cafetería
    la novela trata de un padrastro que maltrata
    mi papá le pega a la pelota
    me da miedo el examen
    mi tía me toca la guitarra los domingos
    no he comido todavía
""")


@pytest.mark.parametrize("text", CAUGHT)
def test_catches(text: str) -> None:
    assert max((finding.score for finding in found("abuse_disclosure", text)), default=0) >= 0.8


@pytest.mark.parametrize("text", BESIDE_A_GAME_OR_FILM)
def test_a_bare_noun_lowers_the_score_and_never_silences(text: str) -> None:
    assert 0.3 <= max((finding.score for finding in found("abuse_disclosure", text)), default=0) <= 0.5


@pytest.mark.parametrize("text", PASS)
def test_lets_pass(text: str) -> None:
    assert not found("abuse_disclosure", text)


def test_a_laugh_lowers_the_score_and_never_silences() -> None:
    (finding,) = found("abuse_disclosure", "my mom hits me with the chancla lol")
    assert finding.score < 0.5
