"""What is sealed comes back as it was."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.comments import Attachment, AttachmentKind, Author, AuthorRole, ChannelRef, Comment, CommentRef
from bot.store.documents import Snapshot, decode, encode

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
        st.builds(Attachment, st.sampled_from(AttachmentKind), st.none() | st.integers(0, 2**60)), max_size=3
    ).map(tuple),
    permalink=maybe,
)
scores = st.dictionaries(st.text(max_size=9), st.floats(0, 1), max_size=3)


@given(st.builds(Snapshot, comments, scores, maybe))
def test_every_comment_comes_back_as_it_stood_broken_unicode_too(snapshot: Snapshot) -> None:
    document = encode(snapshot)
    assert document.isascii()
    assert decode(document) == snapshot
