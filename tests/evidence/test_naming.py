"""Redaction: everyone but the subject is hidden, wherever they are named, and marks stay on their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.comments import Author
from bot.evidence.naming import Known, Naming, Redacting

SUBJECT = Author("77", "Pat Lopez")
PEOPLE = {
    "principal": Known("Site administrator", ("Ana Pryce",), ("1001",)),
    "above": Known("Supervisor", ("Dev Ortiz",), ("@local-district",)),
    "teacher": Known("Staff member", ("José Núñez Rivera",), ("1002",)),
}
NORA = Author("88", "Nora Lopez")


def redacting() -> Redacting:
    return Redacting(SUBJECT, PEOPLE, [SUBJECT, NORA, Author("1002", "jose.n")], "Person")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ask ana pryce", "ask [Site administrator]"),
        ("ANA told PRYCE's class", "[Site administrator] told [Site administrator]'s class"),
        ("jose nunez and Núñez", "[Staff member] [Staff member] and [Staff member]"),
        ("Pat Lopez and Nora Lopez", "Pat Lopez and [Person 1]"),
        ("<@88> <@!1001> <@77> <@5555>", "[Person 1] [Site administrator] <@77> [Person]"),
        ("Banana is no name, nor are pryces", "Banana is no name, nor are pryces"),
        ("write ana.pryce@school.example.org or +1 (213) 555-0147 now", "write [Person] or [Person] now"),
        ("pat lopez@example.org", "pat lopez"),
        ("the local district, not the account @local-district", "the local district, not the account [Supervisor]"),
        ("", ""),
    ],
)
def test_names_accounts_and_addresses_are_hidden(text: str, shown: str) -> None:
    assert redacting().words(text)[0] == shown


def test_marks_move_with_the_words_around_them() -> None:
    text = "Ana Pryce said: kill you, Nora"
    start = text.index("kill you")
    shown, (mark, whole) = redacting().words(text, [(start, start + 8), (0, len(text))])
    assert shown[mark[0] : mark[1]] == "kill you"
    assert whole == (0, len(shown))


@given(
    before=st.text(max_size=20),
    name=st.sampled_from(["Ana Pryce", "ana", "PRYCE", "Núñez", "Nora", "nora lopez", "José"]),
    after=st.text(max_size=20),
    marks=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=3),
)
def test_a_name_is_hidden_in_any_surroundings(before: str, name: str, after: str, marks: list[tuple[int, int]]) -> None:
    text = f"{before} {name} {after}"
    shown, moved = redacting().words(text, [(min(mark), min(max(mark), len(text))) for mark in marks])
    for part in ("ana", "pryce", "nunez", "nora"):
        words = "".join(letter if letter.isalnum() else " " for letter in shown.casefold()).split()
        assert part not in words or part in f"{before} {after}".casefold()
    assert len(moved) == len(marks)


@given(text=st.text(max_size=60))
def test_without_redaction_nothing_changes(text: str) -> None:
    assert Naming().words(text, [(0, 1)]) == (text, ((0, 1),))


def test_nobody_on_the_roster_and_no_writer_is_no_trouble() -> None:
    assert Redacting(SUBJECT, {}, [], "Person").words("Ana <@5>")[0] == "Ana [Person]"
