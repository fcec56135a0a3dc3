"""Pseudonyms hold within a run, and only there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.comments import Author
from bot.shadow.people import People


@given(st.lists(st.text(min_size=1)))
def test_each_person_has_one_number_and_no_two_share_it(ids: list[str]) -> None:
    people = People()
    numbers = {person: people.number(person) for person in ids}
    assert sorted(numbers.values()) == list(range(1, len(set(ids)) + 1))
    assert all(people.number(person) == number for person, number in numbers.items())


def test_nothing_in_memory_names_anybody_and_each_run_has_its_own_key() -> None:
    one, other = People(), People()
    one.number("U0MAYA0001")
    other.number("U0MAYA0001")
    assert "MAYA" not in repr(vars(one))
    assert vars(one) != vars(other)


def test_names_show_only_on_request() -> None:
    maya = Author("U1", "Maya")
    assert People().author(maya) == "Person 1"
    assert People().author(maya, "Persona") == "Persona 1"
    assert People(show_names=True).author(maya) == "Maya"
    assert People(show_names=True).author(Author("U1")) == "U1"
    assert People().author(Author("", "Maya")) == "Person 1"
    assert People().author(Author("")) == ""
