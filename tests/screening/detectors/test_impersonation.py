"""Names that pose as the staff's, and honest ones."""

from __future__ import annotations

import pytest

from bot.screening.detectors import standard_detectors
from bot.screening.normalise import normalise
from bot.screening.seams import Facts
from tests.screening.detectors.tables import found, table

STAFF = ("Maria Ramirez", "Mr. Daniel Ortiz", "Dr. Wen Li", "José Núñez", "A. Principal")
POSES = table("""
    Maria Ramirez
    maria_ramirez
    Marіa Rаmirez
    Ｍａｒｉａ Ｒａｍｉｒｅｚ
    𝓜𝓪𝓻𝓲𝓪 𝓡𝓪𝓶𝓲𝓻𝓮𝔃
    Rarnirez Maria
    M4ria R4mirez
    Maria Ramírez (official)
    Maria Ramirezz
    Principal Ramirez
    Ms. Ramirez
    Mr. Ortiz (official)
    Mr. 0rtiz
    Mr Daniel Ortiz
    Dr. Wen Li
    Profe Núñez
    Jose Nunez
    Maestra Ramirez
    Principal
    School Principal (real)
    Directora
""")
HONEST = table("""
    Maria
    Maria Lopez
    Ramirez
    Ramirez Family
    Diego Ramirez
    Daniel
    Mr. Smith
    Mrs. Lee
    Li
    ortiz fan club
    lion99
    xX_wolf_Xx
    Coach
    Mario Kart
    Wendy
    mom of maria
    Sra. Gómez
    José
    Núñez Pérez
    🙂
""")


@pytest.mark.parametrize("name", POSES)
def test_catches_and_lets_the_real_person_pass(name: str) -> None:
    assert found("impersonation", "hello class", Facts(author_name=name, staff_names=STAFF))
    assert not found(
        "impersonation", "hello class", Facts(author_name=name, staff_names=STAFF, author_is_rostered=True)
    )


@pytest.mark.parametrize("name", HONEST)
def test_lets_pass(name: str) -> None:
    assert not found("impersonation", "hello class", Facts(author_name=name, staff_names=STAFF))


def test_marks_the_whole_comment_even_an_empty_one() -> None:
    facts = Facts(author_name="Maria Ramirez", staff_names=STAFF)
    (finding,) = found("impersonation", "hello class", facts)
    assert (finding.start, finding.end) == (0, 11)
    (impersonation,) = (each for each in standard_detectors() if each.name == "impersonation")
    (finding,) = impersonation.find(normalise(""), facts)
    assert (finding.start, finding.end) == (0, 0)
