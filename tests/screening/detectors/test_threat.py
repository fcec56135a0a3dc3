"""Threats, and games, sport, idiom and report."""

from __future__ import annotations

import pytest

from tests.screening.detectors.tables import found, table

CAUGHT = table("""
    i will kill you
    i'm going to kill you tomorrow
    im gonna fucking stab you
    i will k1ll y0u
    i swear i'll shoot everyone
    i'm gonna beat your ass
    imma break your jaw
    you're gonna die tomorrow
    you are dead meat
    i hope you get shot
    i'm bringing a gun to school
    he has a knife in his backpack
    shoot up the school
    blow up this school
    there is a bomb in the gym
    don't come to school tomorrow
    i'm gonna do the next columbine
    i made a kill list
    watch your back after school
    i will hunt you down
    i want to kill that teacher
    i'm gonna kick your ass
    i will go to your house and kill you
    i will find you and stab you
    you deserve to die
    I'm going to bring my dads gun tomorrow and you'll all see
    nobody come to school friday trust me
    i'm going to bomb the school
    i'm strapped at school
    i got the strap on me
    los voy a matar
    las vamos a matar
    les vamos a partir la madre
    vamos a matar a ese profe
    voy a matar a todos
    te voy a picar los ojos
    te voy a partir la cara el viernes, que lleven hielo
    te voy a dar en la madre
    we should kill all the jews
    i will k.i.l.l you
    te voy a matar
    te voy a partir la madre
    te voy a romper la cara
    los vamos a matar
    voy a llevar una pistola a la escuela
    traigo una navaja en la mochila
    no vengan a la escuela mañana
    va a haber un tiroteo en la escuela
    hay una bomba en el baño
    te v0y a m4tar
    vas a amanecer muerto
    ojalá te maten
    mereces morir
    te parto la madre
""")
SPORT = table("""
    we're going to kill them on friday, go wolves!
    we're gonna kill them on the court tonight
    te voy a matar en la cancha
    los vamos a reventar, vamos tigres
    la piñata la vamos a quebrar a las 3
""")
PASS = table("""
    please bring a strap to class for your guitar
    i put the strap in my bag
    i'm going to bomb my class presentation
    i'm going to bomb this class
    vamos a picar fruta para el convivio
    vamos a quebrar la piñata a las 3
    vamos a reventar los globos después de la fiesta
    vamos a enterrar la cápsula del tiempo el viernes
    vamos a matar el tiempo
    te voy a picar unas fresas
    los vamos a matar en la cancha, vamos tigres
    we're going to destroy them friday
    we're gonna kill them in the playoffs
    i'm going to kill you in fortnite
    i will shoot you in call of duty
    i'm going to kill it at the recital
    that joke killed me
    this class is killing me
    mom is going to kill me
    he said he will kill you
    the character says i will kill you
    the lockdown drill is tomorrow, don't come to school with a weapon
    bringing a knife to school is not allowed
    if you are sick do not come to school today
    i will shoot you a text
    i'll shoot you an email
    shoot for the stars
    the photographer will shoot everyone at noon for photos
    bath bomb sale
    that party was the bomb
    i'm going to kill some time
    glue gun needed for the project
    i'm dead lol
    you killed that presentation
    i would never hurt you
    let's beat the heat
    lincoln was shot at the theater
    hamlet must die in the last scene
    i don't want to hurt you
    we're gonna kick their butts in the tournament
    te voy a matar en el fortnite
    los vamos a destrozar el viernes en el partido
    mi mamá me va a matar
    me mata de risa
    si tienen fiebre no vengan a la escuela mañana
    el simulacro es mañana, hay una bomba de humo en la escuela
    el personaje dice te voy a matar
    te voy a mandar la tarea
    te voy a matar un mosquito
    el personaje merece morir en el capítulo final
    mañana no hay clases, no vengan a la escuela
""")


@pytest.mark.parametrize("text", CAUGHT)
def test_catches(text: str) -> None:
    assert max((finding.score for finding in found("threat", text)), default=0) >= 0.8


@pytest.mark.parametrize("text", SPORT)
def test_cheering_lowers_the_score_and_never_silences(text: str) -> None:
    assert [finding.score for finding in found("threat", text)] == [0.5]


@pytest.mark.parametrize("text", PASS)
def test_lets_pass(text: str) -> None:
    assert not found("threat", text)


def test_a_joke_lowers_the_score_and_never_silences() -> None:
    (finding,) = found("threat", "i will kill you if you eat my fries lol")
    assert finding.score == 0.5
