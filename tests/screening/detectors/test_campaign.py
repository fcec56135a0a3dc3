"""Campaign material, and neutral voter information, school elections and opinions."""

from __future__ import annotations

import pytest

from tests.screening.detectors.tables import found, table

CAUGHT = table("""
    vote yes on measure q
    vote no on proposition 15
    no on prop 22
    vote for nick for school board
    vote for ms garcia for city council
    vote for trump
    Please vote for Prop 28 for our schools!
    vote blue
    elect maria lopez to the school board
    reelect our mayor, re-elect her for mayor
    donate to the campaign
    volunteer for our campaign
    get your yard sign
    paid for by the committee
    canvassing for measure b saturday
    sign the recall petition
    i'm running for school board
    vote against the incumbent for sheriff
    vota sí en la medida q
    voten no a la propuesta 15
    voten por garcia para la junta escolar
    vota por trump
    dona a nuestra campaña
    soy candidata a la junta escolar
    firmen la petición para revocar
    apoyen la campaña de rosa
    no a la medida b
""")
PASS = table("""
    remember to vote on tuesday
    polls are open until eight
    register to vote at the library
    i think measure q is a bad idea
    the school board meeting is on monday
    vote for diego for student council
    vote for homecoming queen
    vote for your favorite mascot, red or blue
    vote for the lunch menu
    who won the election
    the president of the united states spoke
    our history essay is on the trump campaign, vote for one topic
    the campaign to end bullying starts today
    i disagree with the mayor
    the school board was wrong about the budget
    donate blood on friday
    sign the permission slip
    measure the desk in inches
    vote on the theme for prom
    the voter guide explains what vote yes on measure q means
    recuerden votar el martes
    las casillas cierran a las ocho
    creo que la medida q es mala idea
    voten por el tema del baile
    vota por tu película favorita
    la junta escolar se reúne el lunes
    no estoy de acuerdo con el alcalde
    la campaña de vacunación es mañana
    firmen el permiso
    voten por la presidenta de la clase
""")


@pytest.mark.parametrize("text", CAUGHT)
def test_catches(text: str) -> None:
    assert found("campaign", text)


@pytest.mark.parametrize("text", PASS)
def test_lets_pass(text: str) -> None:
    assert not found("campaign", text)
