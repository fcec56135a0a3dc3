"""Near copies of test cases are found."""

from training.overlap import Cases, jaccard, words


def test_groups_count_as_one_word() -> None:
    assert words("I hate Muslims!") == words("i HATE immigrants")


def test_a_case_with_its_target_exchanged_is_found() -> None:
    cases = Cases(["I really can't stand women like you."])
    assert cases.overlaps("i really can't stand immigrants like you")
    assert not cases.overlaps("I really like the new library")


def test_the_index_agrees_with_the_plain_definition() -> None:
    cases = ["we should meet after class today", "you people are all the same to me"]
    texts = ["we should meet after the class today", "all of you are the same", "", "meet me"]
    found = Cases(cases)
    for text in texts:
        slow = any(jaccard(words(text), words(case)) >= 0.7 for case in cases)
        assert found.overlaps(text) == slow
