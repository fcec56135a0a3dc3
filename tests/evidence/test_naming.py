"""Redaction: everyone but the subject is hidden, wherever they are named, and marks stay on their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.comments import Author
from bot.evidence.naming import Known, Naming, Redacting, mentioned_in, writers_of
from tests.store.examples import comment

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
        ("call 213-555-0147.", "call [Person]."),
        ("call me: +1 213 555 0147.", "call me: [Person]."),
        ("(213) 555-0147, or 213.555.0147.", "[Person], or [Person]."),
        ("213\u2011555\u20110147 is hers", "[Person] is hers"),
        ("pi is 3.14159265358979323846", "pi is 3.14159265358979323846"),
        (
            "_Nora_ and __ana__ and ana_is_here",
            "_[Person 1]_ and __[Site administrator]__ and [Site administrator]_is_here",
        ),
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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@Tommy Smith and TÖMMY", "@[Person 1] and [Person 1]"),
        ("hey@tommy smiths", "hey@[Person 1]s"),
        ("@Jo: jo is no name by itself", "@[Person 2]: jo is no name by itself"),
        ("@老師你好", "@[Person 3]你好"),
        ("@Mr. Núñez and Mr. Nunez", "@[Staff member] and [Staff member]"),
        ("@Pat Lopez and @Patty", "@Pat Lopez and @Patty"),
        ("@Pat and @Pat L", "@[Person 4] and @[Person 4] L"),
        ("@Johanna", "@[Person 5]"),
        ("write a@tommy.example.org", "write [Person]"),
    ],
)
def test_whoever_is_mentioned_is_hidden_under_the_name_that_was_sealed(text: str, shown: str) -> None:
    called = (
        ("90", "Tommy Smith"),
        ("91", "Jo"),
        ("92", "老師"),
        ("1002", "Mr. Núñez"),
        ("93", "Pat"),
        ("77", "Patty"),
    )
    seen = comment(1, text, mentions=tuple(account for account, _ in called), called=called)
    naming = Redacting(SUBJECT, PEOPLE, [*mentioned_in([seen]), Author("94", "Johanna")], "Person")
    assert naming.said(seen) == naming.words(text) == (shown, ())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ok @Tommy Smith you did", "ok @[Person] you did"),
        ("@Tommy James Smith Jones", "@[Person] Jones"),
        ("@María de la Cruz Ríos, come", "@[Person], come"),
        ("@Mr. Garza. He", "@[Person]"),
        ("@tommy smith", "@[Person] smith"),
        ("@Tommy\nSmith", "@[Person]\nSmith"),
        ("@Maria Do you", "@[Person] Do you"),
        ("@Ana Pryce", "@[Site administrator]"),
        ("@Ana Bell", "@[Person]"),
        ("@Nora Lopez Run", "@[Person 1]"),
        ("@Pat Lopez Stop", "@Pat Lopez Stop"),
        ("@everyone look", "@everyone look"),
        ("no name @ all, mail ana@example.org", "no name @ all, mail [Person]"),
        ("<@88> @Tommy", "[Person 1] @[Person]"),
    ],
)
def test_where_no_names_were_sealed_what_follows_an_at_is_hidden(text: str, shown: str) -> None:
    seen = comment(1, text, mentions=("95",))
    naming = redacting()
    assert naming.said(seen)[0] == shown
    told = comment(1, "@Tommy <@95>", mentions=("95", "96"), called=(("96", "Zoe"),))
    assert naming.said(told)[0] == "@Tommy [Person]", "names are known of everybody here"
    assert Naming().said(seen, [(0, 1)]) == (text, ((0, 1),))


@given(
    before=st.text(max_size=20),
    name=st.sampled_from(["Tommy Smith", "Li", "老師", "Ann & Co", "(x)", "🏈 Kim"]),
    after=st.text(max_size=20),
)
def test_a_mention_is_hidden_in_any_surroundings(before: str, name: str, after: str) -> None:
    text = f"{before}@{name}{after}"
    naming = Redacting(SUBJECT, PEOPLE, [Author("90", name)], "Person")
    shown, (mark,) = naming.words(text, [(0, len(text))])
    assert shown.count(f"@{name}") < text.count(f"@{name}")
    assert mark == (0, len(shown))


def test_whoever_wrote_under_two_names_is_hidden_under_both() -> None:
    seen = [comment(number, author=Author("90", name)) for number, name in enumerate(("Tommy", "Smithy", "Tommy"))]
    naming = Redacting(SUBJECT, {}, writers_of(seen), "Person")
    assert naming.words("Tommy is Smithy")[0] == "[Person 1] is [Person 1]"


@given(text=st.text(max_size=60))
def test_without_redaction_nothing_changes(text: str) -> None:
    assert Naming().words(text, [(0, 1)]) == (text, ((0, 1),))


def test_nobody_on_the_roster_and_no_writer_is_no_trouble() -> None:
    assert Redacting(SUBJECT, {}, [], "Person").words("Ana <@5>")[0] == "Ana [Person]"
