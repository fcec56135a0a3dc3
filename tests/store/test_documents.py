"""What is sealed comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.comments import Attachment, AttachmentKind, Author, AuthorRole, ChannelRef, Comment, CommentRef
from bot.store.documents import Snapshot, decode, encode
from tests.store.examples import comment
from tests.store.test_keys import ring

KEYS = ring(bytes(32))
hostile = st.text(st.characters(exclude_categories=()), max_size=60)
maybe = st.none() | hostile
times = st.none() | st.datetimes(timezones=st.just(UTC))
comments = st.builds(
    Comment,
    ref=st.builds(CommentRef, st.builds(ChannelRef, hostile, hostile, hostile), hostile),
    text=hostile,
    author=st.builds(Author, hostile, hostile, st.sampled_from(AuthorRole), st.booleans()),
    posted_at=times,
    revision=hostile,
    edited_at=times,
    reply_to=maybe,
    thread=maybe,
    mentions=st.lists(hostile, max_size=3).map(tuple),
    attachments=st.lists(
        st.builds(
            Attachment,
            st.sampled_from(AttachmentKind),
            st.none() | st.integers(0, 2**60),
            name_tag=st.text("0123456789abcdef", max_size=32),
        ),
        max_size=3,
    ).map(tuple),
    permalink=maybe,
    called=st.lists(st.tuples(hostile, hostile), max_size=3).map(tuple),
)
scores = st.dictionaries(st.text(max_size=9), st.floats(0, 1), max_size=3)


@given(st.builds(Snapshot, comments, scores, maybe))
def test_every_comment_comes_back_as_it_stood_broken_unicode_too(snapshot: Snapshot) -> None:
    document = encode(snapshot, str.upper)
    assert document.isascii()
    assert decode(document) == snapshot


def test_a_document_from_before_names_were_sealed_opens_with_the_ids_alone() -> None:
    seen = comment(1, "hello @Tommy Smith", mentions=("88",), called=(("88", "Tommy Smith"),))
    document = json.loads(encode(Snapshot(seen), str.upper))
    assert document.pop("called") == [["88", "Tommy Smith"]]
    opened = decode(json.dumps(document).encode()).comment
    assert (opened.mentions, opened.called) == (("88",), ())


def test_a_files_name_is_kept_as_a_digest_that_the_same_name_gives_again() -> None:
    def kept(name: str) -> str:
        photo = Attachment(AttachmentKind.IMAGE, 10, name)
        seen = replace(comment(1), attachments=(photo,))
        document = encode(Snapshot(seen), KEYS.name_tag)
        assert name.encode() not in document
        return decode(document).comment.attachments[0].name_tag

    assert kept("maya in the locker room.jpg") == kept("maya in the locker room.jpg") != kept("other.jpg")
    again = replace(comment(1), attachments=(Attachment(AttachmentKind.IMAGE, name_tag="ab12"),))
    assert decode(encode(Snapshot(again), KEYS.name_tag)).comment.attachments[0].name_tag == "ab12"
