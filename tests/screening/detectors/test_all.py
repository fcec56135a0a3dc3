"""What holds for every detector: no error for any text, spans in the original, explanations without its words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.categories import PEOPLE_ONLY
from bot.domain.comments import Attachment, AttachmentKind, AuthorRole
from bot.screening.detectors import standard_detectors
from bot.screening.normalise import normalise
from bot.screening.seams import Facts

DETECTORS = standard_detectors()
FACTS = Facts(
    author_role=AuthorRole.TEACHER,
    author_name="Principal Ramirez",
    attachments=(Attachment(AttachmentKind.IMAGE),),
    staff_names=("Maria Ramirez",),
    official_contacts=frozenset({"213-555-0100"}),
)
SCRAPS = (
    "i will kill you myself Maria got an F on the test was suspended call 626 555 0199 dm me",
    "to order vote yes measure q",
    "snitches get stitches don't tell your parents my dad hits te voy a matar la madre quiero morirme secreto",
    "k1ll y0u s.t.u.p.i.d <@123> \u200b é . , ' lol not 1234 Maple Street a@b.co \ud800 İ ßß",
)
WORDS = st.sampled_from([word for scrap in SCRAPS for word in scrap.split()] + ["\n"])


def test_every_name_is_different() -> None:
    assert len({detector.name for detector in DETECTORS}) == len(DETECTORS)


@settings(max_examples=200)
@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=30).map(" ".join)))
def test_any_text_gives_findings_within_it(text: str) -> None:
    readings = normalise(text)
    for detector in DETECTORS:
        for finding in detector.find(readings, FACTS):
            assert finding.detector == detector.name
            assert 0 <= finding.start <= finding.end <= len(text)
            assert 0 < finding.score <= 1
            assert finding.category not in PEOPLE_ONLY
            assert finding.explanation.endswith((".", "?"))


HOSTILE = """
kill |i will kill you |a|1|1 |555-|(626) |+1|a@|a.b@c.|at dot |123 a |calle a |one two |Maria |Maria was |maria got a
vote for |whoever told ... |don't tell |k.i.l.l |te voy a |if you tell |fight after school |dm me |'|_|@|my dad
mi papa me |one two three |626 555 |st 1 street |\u0301|gmail at dot
"""


@pytest.mark.parametrize("piece", HOSTILE.strip("\n").replace("\n", "|").split("|"))
def test_long_hostile_text_ends_with_few_findings(piece: str) -> None:
    readings = normalise((piece * 40_000)[:40_000])
    for detector in DETECTORS:
        assert len(detector.find(readings, FACTS)) <= 8


@pytest.mark.parametrize(
    "text",
    [
        "last warning" + "'" * 40 + "school" + "'" * 200,
        "promo code" + "'" * 400,
        "last warning" + "_" * 40 + "school" + "_" * 200,
        "last warning" + " a'" * 200,
        "suicidal" + "'_" * 300,
        "vote for" + "\n-" * 300,
    ],
)
def test_a_hostile_text_after_the_head_of_a_phrase_comes_to_an_end(text: str) -> None:
    """With two ways to read the same mark this would take longer than any test may."""
    readings = normalise(text)
    for detector in DETECTORS:
        assert len(detector.find(readings, FACTS)) <= 8


def test_ordinary_school_talk_gives_nothing() -> None:
    for text in (
        "good morning, the quiz is on friday, bring a pencil",
        "does anyone have the notes from today?",
        "buenos días, mañana hay reunión a las 6 en la biblioteca",
        "¿alguien tiene los apuntes de hoy?",
        "great game everyone, 21-14!",
    ):
        assert not [finding for each in DETECTORS for finding in each.find(normalise(text), Facts())]
