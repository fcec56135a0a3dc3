"""Calls to fights, damage, cheating and silence, and what only mentions them."""

from __future__ import annotations

import pytest

from tests.screening.detectors.tables import found, table

CAUGHT = table("""
    fight after school behind the gym everyone pull up
    pull up to the parking lot we gonna fight, pull up and fight
    let's jump him after class
    we should all gang up on that kid
    who's coming to the fight
    let's pull the fire alarm
    pull the fire alarm during third period
    lets trash the bathroom
    let's egg her house
    everyone walk out of class at noon as a prank
    devious lick time
    let's start a food fight
    bring fireworks to school
    call in a bomb threat
    who has the answers to the quiz
    send me the answers for the math test
    i got the answer key for tomorrow's test
    i stole the exam
    i'll pay someone to take my test
    i can write your essay for money
    take pics of the test and send them
    pelea a la salida, vengan todos
    vengan a ver la pelea
    vamos a golpear a ese niño
    hay que madrear a ese morro
    vamos a activar la alarma
    vamos a rayar los baños
    hay que romper las ventanas
    vamos a armar un desmadre
    quién tiene las respuestas del examen
    me robé el examen
    te hago tu tarea por 10
""")
PASS = table("""
    please don't fight after school, everyone come home
    let's fight cancer together
    fighting is not allowed
    the fire alarm went off during lunch
    the fire drill is at ten
    let's clean the bathroom
    don't pull the fire alarm
    whoever pulled the fire alarm will be suspended
    the walkout of 1968 in history class
    everyone walk to the bus
    the answers to the study guide are on canvas
    who has the answers to the practice test
    the exam is on friday
    let's paint the mural
    the food drive starts monday
    food fight scene in the movie
    let's jump rope
    let's jump on a call
    let's jump into chapter two
    he writes essays for the paper
    we should talk to the teacher
    prohibido pelear en la escuela
    la alarma sonó durante el almuerzo
    vamos a pintar el mural
    vamos a limpiar los baños
    las respuestas de la guía de estudio
    el examen es el viernes
    vamos a estudiar
    por favor no hay que romper las ventanas
    vengan a la junta
    quién tiene la tarea
""")
RETALIATION = table("""
    snitches get stitches
    snitches end up in ditches
    el que le diga al profe se muere
    whoever told the principal will regret it
    who ever snitched is gonna get jumped
    if you tell on me you're dead
    if anyone snitches i swear they will regret it
    when we find out who told they're gonna pay for it
    you'll regret telling
    you're gonna regret reporting us
    i'll make your life hell for telling
    nobody talk to her she is a snitch
    she got me suspended she's gonna regret it
    the one who reported us better watch out
    whoever ratted better watch your back
    el que rajó se va a arrepentir
    la que le dijo al director me las paga
    si me acusas te vas a arrepentir
    si le dices a alguien te mato
    te vas a arrepentir de haber hablado
    los soplones amanecen muertos
    vamos a averiguar quién rajó
    nadie le hable a esa rajona
    quien haya acusado la va a pagar
""")
NO_RETALIATION = table("""
    thank you to whoever told the principal
    if you see something say something
    please report bullying to an adult
    whoever told you that was wrong
    whoever reported the leak, thank you
    you will regret not studying
    tell your teacher if you are sick
    if you tell me your name i will add you
    i regret telling him about the party
    in the movie snitches get stitches
    stitches from the doctor
    don't believe that snitches get stitches
    i told the coach i was sick
    she reported the news
    he got suspended for a week
    the one who told the best joke wins
    gracias a quien le dijo al director
    si ven algo, digan algo
    el que dijo eso está equivocado
    reporten el acoso a un adulto
    si me dices tu nombre te agrego
    te vas a arrepentir de no estudiar
    el dicho de los soplones
    la que reportó la fuga hizo bien
""")


@pytest.mark.parametrize("text", CAUGHT)
def test_catches_incitement(text: str) -> None:
    assert found("incitement", text)


@pytest.mark.parametrize("text", PASS)
def test_lets_pass(text: str) -> None:
    assert not found("incitement", text)


@pytest.mark.parametrize("text", RETALIATION)
def test_catches_retaliation(text: str) -> None:
    assert found("retaliation", text)


@pytest.mark.parametrize("text", NO_RETALIATION)
def test_lets_thanks_and_reports_pass(text: str) -> None:
    assert not found("retaliation", text)
