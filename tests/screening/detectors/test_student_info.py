"""Named pupils' records, and what people may say."""

from __future__ import annotations

import pytest

from bot.domain.comments import Attachment, AttachmentKind, AuthorRole
from bot.screening.seams import Facts
from tests.screening.detectors.tables import TEACHER, found, table

CAUGHT = table("""
    Johnny, congratulations on moving your grade up to a B from a C
    Congrats to Maria on raising her math grade!
    Congrats Maria, your grade moved up to a B!
    @someone your grade has moved up to a B
    Maria was suspended last week
    Diego got an F on the test
    diego got a 62 on the quiz
    Alex got a 95 on the math quiz, great work!
    So proud of Alex for getting straight A's
    Emily is failing my class
    Kevin's grade in algebra is a D
    Kevin's IEP meeting is at three
    Ashley has five unexcused absences
    Jose was absent again
    Brandon missed 12 days of school
    Sofia has ADHD
    Luis is in special ed
    Daniel was caught cheating
    Hannah got detention
    Carlos was sent to the office
    @someone got an F on the final
    <@123456789> got a D in math
    The 504 plan for Anthony is ready
    Grace was expelled
    Diego tiene 3 faltas
    María sacó un 5 en matemáticas
    Juan reprobó el examen
    felicidades Sofía por subir tu calificación
    las calificaciones de Pedro bajaron
    suspendieron a Javier
    a Lupita la expulsaron
    Miguel tiene TDAH
    el IEP de Camila es mañana
    Andrés faltó 4 días
    Valeria está en educación especial
""")
PASS = table("""
    i got an F on the test
    my grade in algebra is a D
    i was suspended last week
    the class average is a B
    congratulations to everyone on the test
    congratulations Maria on winning the spelling bee
    happy birthday Diego
    Maria likes math
    someone was suspended
    Mr. Diego was absent again
    Coach Maria has five absences
    in the novel Diego was suspended
    Kevin Durant was suspended for two games
    the bridge was suspended over the river
    grades are due friday
    Diego got a new bike
    report cards go home on monday
    service was suspended
    the grace period is over
    will was right about it
    @everyone got an A on the quiz
    summer school grades are out
    tengo 3 faltas
    reprobé el examen
    felicidades a todos por sus calificaciones
    María ganó el concurso
    las clases fueron suspendidas
    suspendieron las clases
    la maestra María tiene 3 faltas
    en la novela Diego fue expulsado
    mi calificación subió
    Diego tiene un perro
""")


@pytest.mark.parametrize("text", CAUGHT)
def test_catches(text: str) -> None:
    assert found("student_info", text, TEACHER)


@pytest.mark.parametrize("text", PASS)
def test_lets_pass(text: str) -> None:
    assert not found("student_info", text, TEACHER)


def test_of_oneself_and_of_the_staff_is_no_slip() -> None:
    assert not found("student_info", "Diego got an F on the test", Facts(author_name="Diego R."))
    assert not found("student_info", "Maria was absent again", Facts(staff_names=("Maria Ramirez",)))
    addressed = Facts(addressed_roles=frozenset({AuthorRole.TEACHER}))
    assert not found("student_info", "<@123> was absent again", addressed)


PHOTO = (Attachment(AttachmentKind.IMAGE),)
NAMED = table("""
    look at Diego Ramirez with his trophy
    Maria and her science project
    proud of Kevin today
    así bailó Lupita
    Felicidades Miguel
    Great job Ashley!
    Jose at the finish line
    Student of the month: Emily Tran
    Sofía con su pastel
    Aquí está Javier
""")
NAMELESS = table("""
    our class at the museum
    group photo from the field trip
    Ms. Maria took this one
    Coach Daniel and the team
    Go Lions
    our garden in may
    hope you like it
    San Diego trip
    Summer fun
    La maestra Sofía tomó la foto
    qué bonito día
    feliz primavera
""")


@pytest.mark.parametrize("text", NAMED)
def test_a_name_beside_a_photo_asks_for_consent(text: str) -> None:
    assert found("photo_with_name", text, Facts(attachments=PHOTO))
    assert found("photo_with_name", text, Facts(attachments=(Attachment(AttachmentKind.VIDEO),)))
    assert not found("photo_with_name", text, Facts(attachments=(Attachment(AttachmentKind.DOCUMENT),)))
    assert not found("photo_with_name", text)


@pytest.mark.parametrize("text", NAMELESS)
def test_a_photo_without_a_name_passes(text: str) -> None:
    assert not found("photo_with_name", text, Facts(attachments=PHOTO))
