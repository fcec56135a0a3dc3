"""The chat service: revisions, threads, deletions, history, and who may do what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.texts import RefusedError
from adapters.local.values import LONGEST, EndedBy
from adapters.local.world import Change, World, Wrote
from bot.errors import PlatformError
from bot.interface.cards import Card
from bot.interface.texts import text
from tests.adapters.local.people import MORNING, Clock, small_school


def test_an_edit_makes_a_revision_and_keeps_the_earlier_one(world: World) -> None:
    message = world.write("maya", "room-12", "helo")
    edited = world.edit("maya", message.id, "hello")
    assert [revision.text for revision in edited.revisions] == ["helo", "hello"]
    assert (message.mark, edited.mark) == ("", "2")
    assert edited.posted_at == message.posted_at < edited.changed_at
    assert world.edit("maya", message.id, "hello again").mark == "3"


def test_saying_the_same_again_is_no_edit(world: World) -> None:
    message = world.write("maya", "room-12", "hello")
    heard: list[Change] = []
    world.listen(heard.append)
    assert world.edit("maya", message.id, "hello") == message
    assert heard == []


def test_replies_hang_on_the_first_message_of_their_thread(world: World) -> None:
    first = world.write("maya", "room-12", "question")
    second = world.write("josh", "room-12", "answer", reply_to=first.id)
    third = world.write("maya", "room-12", "thanks", reply_to=second.id)
    assert (first.thread, second.thread, third.thread) == (None, first.id, first.id)
    assert third.reply_to == second.id


def test_history_has_what_is_still_there_oldest_first_with_edits_and_threads(world: World, clock: Clock) -> None:
    old = world.write("maya", "room-12", "old")
    edited = world.write("maya", "room-12", "to be edited")
    gone = world.write("josh", "room-12", "to be deleted")
    world.write("marta", "families", "elsewhere")
    clock.pass_by(timedelta(hours=1))
    since = clock()
    world.edit("maya", edited.id, "edited")
    world.delete("josh", gone.id)
    reply = world.write("josh", "room-12", "new", reply_to=old.id)
    assert [(one.id, one.text) for one in world.history("room-12", since)] == [(edited.id, "edited"), (reply.id, "new")]
    assert [one.text for one in world.history("room-12", MORNING)] == ["old", "edited", "new"]


def test_only_the_author_changes_a_message_and_nobody_a_deleted_one(world: World) -> None:
    message = world.write("maya", "room-12", "mine")
    anothers: list[Callable[[], object]] = [
        lambda: world.edit("josh", message.id, "hers"),
        lambda: world.delete("josh", message.id),
    ]
    for attempt in anothers:
        with pytest.raises(RefusedError, match="Only the author"):
            attempt()
    world.delete("maya", message.id)
    deleted: list[Callable[[], object]] = [
        lambda: world.edit("maya", message.id, "back"),
        lambda: world.delete("maya", message.id),
        lambda: world.remove(message.id, "room-12", "rule"),
        lambda: world.write("josh", "room-12", "why?", reply_to=message.id),
    ]
    for attempt in deleted:
        with pytest.raises(RefusedError, match="not there any more"):
            attempt()


def test_the_school_removes_a_message_with_a_reason(world: World) -> None:
    message = world.write("josh", "room-12", "cruel")
    removed = world.remove(message.id, "room-12", "bullying: names a person")
    assert removed.ended is not None
    assert (removed.ended.by, removed.ended.reason) == (EndedBy.SCHOOL, "bullying: names a person")
    with pytest.raises(RefusedError):
        world.remove(world.write("josh", "families", "x").id, "room-12", "another room's")


def test_a_silenced_member_is_silent_in_that_room_until_the_time_is_over(world: World, clock: Clock) -> None:
    message = world.write("josh", "room-12", "cruel")
    world.silence("josh", "room-12", timedelta(hours=1))
    attempts: list[Callable[[], object]] = [
        lambda: world.write("josh", "room-12", "more"),
        lambda: world.edit("josh", message.id, "more"),
    ]
    for attempt in attempts:
        with pytest.raises(RefusedError, match="may not write here until"):
            attempt()
    world.write("josh", "families", "elsewhere one may")
    world.delete("josh", message.id)
    clock.pass_by(timedelta(hours=1))
    world.write("josh", "room-12", "sorry")


@pytest.mark.parametrize(
    ("account", "room", "words", "attached"),
    [
        ("maya", "room-12", "  \n ", []),
        ("maya", "room-12", "x" * (LONGEST + 1), []),
        ("maya", "room-12", "x", ["photo"] * 5),
        ("maya", "room-12", "x", ["../../etc/passwd"]),
        ("marta", "room-12", "not a member", []),
        ("nobody", "families", "unknown person", []),
        ("maya", "nowhere", "unknown room", []),
    ],
)
def test_what_a_real_service_refuses_is_refused_in_a_sentence(
    world: World, account: str, room: str, words: str, attached: list[str]
) -> None:
    with pytest.raises(PlatformError, match=r"^[A-Z].*\.$"):
        world.write(account, room, words, attachments=attached)
    assert world.messages() == []


def test_a_picture_needs_no_words_and_half_characters_become_whole(world: World) -> None:
    assert world.write("maya", "room-12", "", attachments=["photo"]).attachments == ("photo",)
    assert world.write("maya", "room-12", "broken \ud83d emoji \ude00").text == "broken � emoji �"
    assert world.write("maya", "room-12", "\U0001f600" * 100).text == "\U0001f600" * 100


def test_cards_are_redrawn_in_place_and_only_where_somebody_is(world: World) -> None:
    card = Card(text("plain", value="one"))
    post = world.put_card(card, person="anita")
    again = world.redraw_card(post.id, Card(text("plain", value="two")))
    assert (again.id, again.at, again.person) == (post.id, post.at, "anita")
    assert again.changed_at > post.changed_at
    with pytest.raises(RefusedError):
        world.put_card(card, person="nobody")
    with pytest.raises(RefusedError):
        world.put_card(card, room="nowhere")
    with pytest.raises(RefusedError):
        world.redraw_card("999", card)


DEEDS = st.lists(st.tuples(st.sampled_from(["write", "edit", "delete", "reply"]), st.integers(0, 9)), max_size=30)


@given(DEEDS)
def test_history_is_always_what_the_listeners_were_told(deeds: list[tuple[str, int]]) -> None:
    world = small_school()
    told: dict[str, str] = {}

    def hear(change: Change) -> None:
        assert isinstance(change, Wrote)
        if change.what == "deleted":
            del told[change.message.id]
        else:
            told[change.message.id] = change.message.text

    world.listen(hear)
    for number, (deed, which) in enumerate(deeds):
        there = list(world.history("room-12", MORNING))
        chosen = there[which % len(there)] if there else None
        if deed == "write" or chosen is None:
            world.write("maya", "room-12", f"words {number}")
        elif deed == "reply":
            world.write("maya", "room-12", f"words {number}", reply_to=chosen.id)
        elif deed == "edit":
            world.edit("maya", chosen.id, f"words {number}")
        else:
            world.delete("maya", chosen.id)
    assert {one.id: one.text for one in world.history("room-12", MORNING)} == told
