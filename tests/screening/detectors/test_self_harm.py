"""Words of self-harm, exaggeration, and what only mentions it."""

from __future__ import annotations

import pytest

from tests.screening.detectors.tables import found, table

SURE = table("""
    i want to kill myself
    i dont want to live anymore
    honestly i just want to die
    i wish i was dead
    everyone would be better off without me
    nobody would care if i died
    i have been having suicidal thoughts
    i feel like killing myself
    i started cutting again
    i cut myself last night and it felt good
    i took a whole bottle of pills
    i will k1ll mys3lf tonight
    there is nothing left to live for
    i'm gonna end my life
    i'm going to kill myself on friday
    im gonna kill myself at school tomorrow
    i want to die here
    i want to die at school
    i'm gonna hang myself at home
    going to end it all on saturday
    i will end my life in my room
    i want to die in my sleep
    i don't want to exist here
    i don't want to live in this world anymore
    kms
    kms at home tonight
    i have 3 tests today kms
    i got a 42 kms
    kys
    k y s
    go kill yourself
    kys you were awful in the play
    just drink bleach
    the world would be better off without you
    nobody would miss you if you died
    you don’t deserve to live
    g0 k1ll y0urself
    quiero morirme
    ya no quiero vivir
    me quiero matar
    voy a quitarme la vida
    mi familia estaría mejor sin mí
    me corto los brazos cuando estoy triste
    tengo pensamientos suicidas
    mátate
    deberías matarte
    ojalá te mueras
    nadie extrañaría si te mueres
    no mereces vivir
""")
DOUBTFUL = table("""
    i feel so alone i just wanna disappear lol
    this homework makes me want to die lol
    i want to die this exam was so hard
    kms lol the bus is late
    me quiero morir con esta tarea jaja
    i wanna die of embarrassment lmao
    quiero morirme de vergüenza
    this is my last poem, i want to kill myself
    tonight i will kill myself, play this song at my funeral
    after the assembly i want to kill myself
    este es mi último poema, quiero matarme
    escuchen esta canción, me quiero morir
""")
PASS = table("""
    if you or someone you know wants to die call 988
    suicide prevention week starts monday
    the suicide squad movie is on friday
    romeo decides to kill himself in act five, juliet says she wants to die
    i don't want to die in the second level
    the counselor is available, even if you want to die inside
    i cut myself shaving
    i cut my hair yesterday
    i never wanted to kill myself over a grade
    we need to kill the process before it kills itself
    i do not want to live in texas
    i wish i could go to the dance
    i'm going to kill myself laughing
    in the book he says i want to die
    la carrera es de 10 kms este domingo
    la escuela está a 3 kms de aquí
    corrimos 5 kms en educación física
    cuántos kms faltan
    my phone died
    the plants are going to die without water
    i hurt myself at soccer practice
    die hard is the best christmas movie
    how do i cut and paste in docs
    don't tell people to kill yourself jokes, please
    this killed me i was laughing so hard
    me muero de risa
    me corté el pelo ayer
    el taller de prevención del suicidio es el lunes
    no me quiero morir nunca
    me hice daño sin querer cocinando
    la película trata de un personaje que quiere morirse, dice quiero morirme
    tengo muchas ganas de ir al baile
    mi teléfono se murió
""")


@pytest.mark.parametrize(
    "text",
    [
        "im not okay, i want to die",
        "it's not fun anymore. i want to die",
        "she doesn't love me, I want to kill myself",
        "im not kidding i want to die",
        "no es broma me voy a matar",
        "no le digas a nadie pero me corto los brazos",
        "_kill yourself_",
        "__KYS__",
        "_no quiero vivir_",
        "I'm so tired. _I want to kill myself_",
        "i want\nto die",
        "i want to dıe",
    ],
)
def test_neither_a_negation_elsewhere_nor_emphasis_hides_a_disclosure(text: str) -> None:
    assert max((finding.score for finding in found("self_harm", text)), default=0) >= 0.8


@pytest.mark.parametrize("text", ["i never wanted to die", "no me quiero morir"])
def test_a_negation_of_the_disclosure_itself_is_heard(text: str) -> None:
    assert not found("self_harm", text)


@pytest.mark.parametrize("text", SURE)
def test_catches(text: str) -> None:
    assert max((finding.score for finding in found("self_harm", text)), default=0) >= 0.8


@pytest.mark.parametrize(
    "text",
    [
        "i just wanna disappear",
        "sometimes i think about ending it",
        "i can't do this anymore i want it all to end",
        "ya no aguanto más",
        "quiero desaparecer",
    ],
)
def test_despair_is_less_sure_than_disclosure(text: str) -> None:
    assert [finding.score for finding in found("self_harm", text)] == [0.6] * len(found("self_harm", text)) != []


@pytest.mark.parametrize("text", DOUBTFUL)
def test_exaggeration_lowers_the_score_and_never_silences(text: str) -> None:
    assert 0.2 <= max((finding.score for finding in found("self_harm", text)), default=0) <= 0.5


@pytest.mark.parametrize("text", PASS)
def test_lets_pass(text: str) -> None:
    assert not found("self_harm", text)
