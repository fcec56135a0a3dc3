"""Reading drawn blocks as a person would, so that nothing alive in them goes unseen."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.platforms.slack.seeing import all_words, read_mrkdwn, read_rich, read_text
from tests.platforms.slack.wording import stored

MARK = re.compile(r"<(?:!here|!channel|!everyone|https?://[^\s<>|]{1,300})>")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@pytest.mark.parametrize(
    ("mrkdwn", "said", "alive"),
    [
        ("<!channel> look", "!channel look", 1),
        ("<@U1> and <#C1|room-12>", "@U1 and room-12", 2),
        ("*High* case", "High case", 0),
        ("a _quiet_ ~word~ `code`", "a quiet word code", 3),
        ("<https://example.org/?a=1&amp;b|the place>", "the place", 0),
        ("see https://example.org", "see https://example.org", 1),
        ("1 &lt; 2 &amp;&amp; &lt;!here&gt;", "1 < 2 && <!here>", 0),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4", 0),
        (":smile:", ":smile:", 1),
        ("due <!date^1700000000^{date}|Tuesday>", "due Tuesday", 0),
    ],
)
def test_markup_is_read_as_it_is_shown(mrkdwn: str, said: str, alive: int) -> None:
    words = read_mrkdwn(mrkdwn)
    assert (words.said, len(words.alive)) == (said, alive)


def test_links_and_bold_words_are_told() -> None:
    words = read_mrkdwn("*High* in <https://lincoln.slack.com/archives/C1/p1|room-12>")
    assert (words.bold, words.links) == (("High",), ("https://lincoln.slack.com/archives/C1/p1",))


def test_verbatim_leaves_addresses_alone() -> None:
    text = {"type": "mrkdwn", "text": "see https://example.org", "verbatim": True}
    assert read_text(text).alive == ()


@given(TEXT)
def test_rich_and_plain_text_stand_as_they_are(text: str) -> None:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text, "style": {"bold": True}}]}
    words = read_rich({"type": "rich_text_quote", "elements": [section]})
    assert (words.said, words.bold, words.alive) == (text, (text,), ())
    assert all_words([{"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}]) == text


@given(TEXT)
def test_what_people_type_holds_no_mark_but_those_that_slack_makes(text: str) -> None:
    for typed in (text, f"@here {text}", f"https://example.org/{text}"):
        rest = MARK.sub("", stored(typed, {}, {}))
        assert not {"<", ">"} & set(rest)
