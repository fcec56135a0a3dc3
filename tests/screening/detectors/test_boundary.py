"""Adults moving pupils to private channels, secrecy, and ordinary notices."""

from __future__ import annotations

import pytest

from bot.domain.comments import AuthorRole
from bot.screening.seams import Facts
from tests.screening.detectors.tables import STUDENT, TEACHER, found, table

ADULT = table("""
    add me on snap
    follow me on my personal instagram
    text me on my personal number
    call me on my cell
    message me on whatsapp
    text me tonight
    what's your snap
    here's my personal number
    dm me your pic
    hmu on ig
    dont tell anyone about what we talked about
    no le digas a nadie lo que hablamos
    send me a selfie of you
    let's talk on whatsapp
    come over to my house tonight
    you're so mature for your age
    let's move to private
    text me at my personal email
    can we talk in private
    agrégame al snap
    escríbeme a mi número personal
    mándame una foto tuya
    pásame tu whatsapp
    eres muy madura para tu edad
    escríbeme por whatsapp
    háblame en la noche
    te dejo mi número personal
    hablemos por privado
""")
SECRECY = table("""
    don't tell your parents
    dont tell ur mom
    this is our little secret
    keep this between us
    delete these messages before your mom sees
    your parents don't need to know about this
    no le digas a tus papás
    es nuestro secreto
    que quede entre nosotros
    borra este mensaje para que nadie lo vea
    sin que tus papás se enteren
""")
PASS = table("""
    follow the school on instagram
    message me on remind
    text me on remind if you need help
    call me at the office during office hours
    add me on the official class page, follow us
    parents can text me on my cell
    follow our team page on instagram
    please tell your parents about the meeting
    show this to your parents
    don't forget to tell your parents
    what's your favorite song
    the secret ingredient is butter
    the meeting is tonight
    stay after school for tutoring
    send me your essay
    send me a picture of the worksheet
    you are mature and responsible
    don't tell your mom about the mother's day gift
    the secret to algebra is practice
    we can talk after class
    síganos en la página de la escuela
    díganle a sus papás que la junta es mañana
    avísale a tu mamá
    mándame tu tarea
    escríbanme por parentsquare
    no olviden decirle a sus padres
    el secreto es practicar
    mándame una foto de la tarea
    no le digan a su mamá de la sorpresa
    la reunión es en la noche
""")


@pytest.mark.parametrize("text", ADULT)
def test_catches_an_adults_invitation(text: str) -> None:
    assert max((finding.score for finding in found("boundary", text, TEACHER)), default=0) >= 0.7


@pytest.mark.parametrize("text", ADULT)
def test_pupils_may_invite_each_other(text: str) -> None:
    assert not found("boundary", text, STUDENT)


@pytest.mark.parametrize("text", SECRECY)
def test_catches_secrecy_more_surely_from_adults(text: str) -> None:
    adult = max((finding.score for finding in found("boundary", text, TEACHER)), default=0)
    anyone = max((finding.score for finding in found("boundary", text, STUDENT)), default=0)
    assert adult >= 0.8
    assert 0.4 <= anyone < adult


@pytest.mark.parametrize("text", PASS)
def test_lets_pass(text: str) -> None:
    assert not found("boundary", text, TEACHER)


@pytest.mark.parametrize("role", [AuthorRole.COACH, AuthorRole.VOLUNTEER, AuthorRole.STAFF, AuthorRole.ADMINISTRATOR])
def test_binds_everyone_in_a_position_of_trust(role: AuthorRole) -> None:
    assert found("boundary", "add me on snap", Facts(author_role=role))
