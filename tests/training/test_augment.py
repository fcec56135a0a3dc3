"""Disguises change how a text looks and nothing else."""

import random

from training import augment


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same on every run


def test_leetspeak_swaps_letters_only() -> None:
    found = augment.leetspeak("you are an idiot", seeded(3))
    assert found != "you are an idiot"
    assert len(found) == len("you are an idiot")


def test_spaced_keeps_every_letter() -> None:
    found = augment.spaced("you are such a loser", seeded(1))
    letters = "".join(letter for letter in found if letter.isalpha())
    assert letters == "youaresuchaloser"
    assert found != "you are such a loser"


def test_accents_go_as_on_an_english_keyboard() -> None:
    assert augment.without_accents("mañana también", seeded(0)) == "manana tambien"


def test_disguise_is_the_same_for_the_same_seed_and_never_at_rate_zero() -> None:
    text = "nobody wants you on the team"
    assert augment.disguise(text, seeded(5), 1.0) == augment.disguise(text, seeded(5), 1.0)
    assert augment.disguise(text, seeded(5), 0.0) == text


def test_every_change_survives_odd_texts() -> None:
    for change in augment.CHANGES:
        for text in ("", " ", "😂", "ok", "¿?", "a b"):
            assert isinstance(change(text, seeded(2)), str)


def test_what_stands_beside_twins_is_on_either_side_of_both_or_of_the_shorter() -> None:
    twins, other = ["get out", "get in now"], "see you at six"
    found = {tuple(augment.accompanied(twins, other, seeded(seed))) for seed in range(40)}
    assert found == {
        ("see you at six get out", "see you at six get in now"),
        ("get out see you at six", "get in now see you at six"),
        ("see you at six get out", "get in now"),
        ("get out see you at six", "get in now"),
    }


def test_end_marks_go_but_never_the_whole_text() -> None:
    assert augment.unmarked("leave me alone!!") == "leave me alone"
    assert augment.unmarked("???") == "???"
    assert augment.marked("see you at six", seeded(0)) == "see you at six."
    assert augment.marked("are you coming?", seeded(0)) == "are you coming?"


def test_a_text_with_and_without_an_end_mark_is_met_on_both_sides() -> None:
    found = {augment.ended("he is so mean", seeded(seed), 0.35, 0.25) for seed in range(60)}
    assert found == {"he is so mean", "he is so mean.", "he is so mean!"}
    assert {augment.ended("he is so mean.", seeded(seed), 1.0, 0.0) for seed in range(9)} == {"he is so mean"}
