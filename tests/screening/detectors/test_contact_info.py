"""Telephone numbers and addresses, and the many numbers that are none."""

from __future__ import annotations

import pytest

from bot.screening.seams import Facts
from tests.screening.detectors.tables import found, table

CAUGHT = table("""
    (213) 555-0199
    call me at 323-555-0142
    323.555.0142
    323-555-0142x36
    (323) 555-0142 ext. 36
    +1 626 555 0199
    my number is 6265550199
    text 626 555 0199 after six
    1-818-555-0123
    555-0199 is my cell
    ＋1 (626) 555-0199
    call me six two six five five five zero one nine nine
    call 6 2 6 5 5 5 0 1 9 9
    mi número es 626 555 0199
    llámame al seis dos seis cinco cinco cinco cero uno nueve nueve
    +52 55 1234 5678
    mi cel es 55 1234 5678
    +44 20 7946 0958
    maria.lopez@gmail.com
    write to j.smith+kids@school-mail.org please
    mlopez at gmail dot com
    mlopez (at) gmail (dot) com
    mlopez arroba gmail punto com
    <mailto:maria.lopez@gmail.com|maria.lopez@gmail.com>
    1234 Maple Street
    she lives at 742 evergreen terrace
    come over, 1520 w 103rd st
    my address is 88 north oak drive apt 4
    4501 S. Figueroa Blvd.
    PO Box 4512
    vivo en calle olivos 245
    Avenida Insurgentes #1602
    Calle Benito Juárez número 12
""")
PASS = table("""
    call 911
    text 988 any time
    dial 211 for help
    1-800-273-8255
    the score was 21-14
    homework is due 10/12/2026
    see pages 123-145
    room 4501
    it costs $1234.50
    order number 626 555 0199
    zoom meeting id 815 555 0123
    passcode 6265550199
    3:00-4:30 pm
    10 9 8 7 6 5 4 3 2 1 liftoff
    1 2 3 4 5 6 7 8 9 0
    pi is 3.1415926535
    the school is at 34.0522, 118.2436849
    it took 738.5576023 seconds
    192.168.100.2000
    ticket 20261122
    https://example.org/6265550199
    @maria see you at lunch
    info@lincoln.example.org
    15 minutes drive
    5 minute way to school
    2 kids in place of 3
    9 lives
    the game is at 4 on first street
    calle 13 es una banda
    la junta es a las 6 de la tarde
    en la avenida hay 15 personas
    mi calificación es 95
    nos vemos a las 3:30
    version 10.15.7 build 19
    the year 1984 way before us
    meet at 3 at the court
""")


@pytest.mark.parametrize("text", CAUGHT)
def test_catches(text: str) -> None:
    assert found("contact_info", text)


@pytest.mark.parametrize("text", PASS)
def test_lets_pass(text: str) -> None:
    assert not found("contact_info", text)


@pytest.mark.parametrize(
    "text",
    [
        "call (213) 555-0100",
        "+1 213.555.0100",
        "213-555-0100 ext. 12",
        "office@lincoln.example.org",
        "OFFICE@Lincoln.example.org",
        "we are at 100 Main Street",
    ],
)
def test_official_contacts_pass_however_they_are_written(text: str) -> None:
    official = frozenset({"213-555-0100", "office@lincoln.example.org", "100 Main Street, Los Angeles"})
    assert not found("contact_info", text, Facts(official_contacts=official))
    assert found(
        "contact_info",
        text.replace("100", "199").replace("office", "amy").replace("OFFICE", "amy"),
        Facts(official_contacts=official),
    )


def test_a_detail_that_is_part_of_an_official_one_is_still_found() -> None:
    official = frozenset({"maria@school-mail.example.org", "100 Main Street"})
    assert found("contact_info", "ia@school-mail.example.org", Facts(official_contacts=official))
    assert found("contact_info", "she lives at 1100 Main Street", Facts(official_contacts=official))


def test_points_at_the_number_in_the_original() -> None:
    text = "<@123456789> my n\u200bumber is ６２６-555-0199 ok"
    (finding,) = found("contact_info", text)
    assert text[finding.start : finding.end] == "６２６-555-0199"
