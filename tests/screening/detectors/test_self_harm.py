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
    kys
    k y s
    go kill yourself
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
