"""Watches and lists of cases, on both databases: each pair once, the longer time wins, what is over is deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from bot.domain.cases import CaseEvent, EventKind
from bot.domain.comments import Author
from bot.store import Store, schema
from bot.store.case_lists import Page
from bot.store.cases import NewEvent
from bot.store.watches import NewWatch, WatchKind
from tests.store.examples import NOON, ROOM, comment, flagged

DAY = timedelta(days=1)


def watch(**parts: Any) -> NewWatch:
    given: dict[str, Any] = {
        "kind": WatchKind.RETALIATION,
        "place": ROOM.ref,
        "about": ("77", "78"),
        "protected": ("9", "77"),
        "until": NOON + DAY,
        "case": uuid4(),
    }
    return NewWatch(**(given | parts))


async def start(store: Store, new: NewWatch) -> None:
    """Start a watch with the event that it follows from."""
    await happened(store, new.case, EventKind.FOLLOW_UP, watch=new)


async def test_each_subject_is_watched_toward_each_protected_person_but_themselves(store: Store) -> None:
    await start(store, watch(case=(await cases(store, "77"))[0]))
    standing = await store.watches.standing(NOON)
    named = {(one.subject, one.protected) for one in standing}
    pseudonym = store.watches.pseudonym
    pairs = {("77", "9"), ("78", "9"), ("78", "77")}
    assert named == {(pseudonym(ROOM.ref, a), pseudonym(ROOM.ref, b)) for a, b in pairs}


async def test_the_longer_of_two_times_wins_and_what_is_over_is_gone(store: Store) -> None:
    once = watch(about=("77",), protected=("9",), case=(await cases(store, "77"))[0])
    for until in (NOON + DAY, NOON + 3 * DAY, NOON + 2 * DAY):
        await start(store, replace(once, until=until))
    (standing,) = await store.watches.standing(NOON)
    assert standing.until == NOON + 3 * DAY
    assert await store.watches.standing(NOON + 4 * DAY) == []
    async with store._engine.connect() as connection:
        assert (await connection.execute(select(schema.watches))).all() == []


async def test_a_watch_over_nobody_is_none(store: Store) -> None:
    before = store.watches.changes
    await start(store, watch(about=("",), protected=("9", ""), case=(await cases(store, "77"))[0]))
    assert (await store.watches.standing(NOON), store.watches.changes) == ([], before)


async def cases(store: Store, *authors: str) -> list[UUID]:
    """Flag one comment of each author, a minute apart; return the cases in that order."""
    channel = await store.channels.save(ROOM)
    for number, author in enumerate(authors):
        seen = comment(number, author=Author(author))
        assert await store.record(flagged(channel, seen, at=NOON + timedelta(minutes=number)))
    async with store._engine.connect() as connection:
        return list((await connection.execute(select(schema.flags.c.id).order_by("flagged_at"))).scalars())


async def happened(store: Store, case: UUID, *kinds: EventKind, watch: NewWatch | None = None) -> None:
    for kind in kinds:
        stored = await store.cases.read(case)
        assert stored is not None
        assert await store.cases.append(
            NewEvent(case, len(stored.events), CaseEvent(kind, NOON, about="x"), errands=(), watch=watch)
        )


async def test_the_same_persons_cases_and_a_comments_cases_are_found(store: Store) -> None:
    first, other, last = await cases(store, "77", "78", "77")
    assert await store.cases.of_author(last, 9) == [first]
    assert await store.cases.of_author(other, 9) == []
    assert await store.cases.of_comments(["0", "2", "no such"]) == [last, first]
    await happened(store, first, EventKind.CONFIRMED, EventKind.FOLLOW_UP)
    assert [one.id for one in await store.cases.followed(Page(9))] == [first]
    stored = await store.cases.read(first)
    assert stored is not None
    assert [event.about for event in stored.events] == ["x", "x"]
