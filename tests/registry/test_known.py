"""What is known of a comment: rostered people are judged as what they are, others as unknown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.comments import Author, AuthorRole, ChannelKind, ChannelRef, Comment, CommentRef
from bot.registry.applying import apply
from bot.registry.known import Known
from bot.registry.site_file import read_site_file
from bot.store import Store, open_store
from tests.registry.lincoln import LINCOLN

ROOM = ChannelRef("local", "lincoln", "room-12")
FAMILIES = ChannelRef("local", "lincoln", "families")


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    path = tmp_path / "site.toml"
    path.write_text(LINCOLN, encoding="utf-8")
    async with open_store(home=tmp_path / "home") as store:
        await apply(store, read_site_file(path))
        yield store


def said(account: str, where: ChannelRef = ROOM, *mentions: str, role: AuthorRole = AuthorRole.MEMBER) -> Comment:
    return Comment(CommentRef(where, "1"), "hello", Author(account, account, role), mentions=mentions)


async def test_rostered_people_are_judged_as_what_they_are(sqlite: Store) -> None:
    known = Known(sqlite, lambda: datetime.now(UTC))
    facts = await known.facts_of(said("teacher", FAMILIES, "principal", "stranger"))
    assert (facts.author_role, facts.author_is_rostered) == (AuthorRole.TEACHER, True)
    assert facts.channel_kind is ChannelKind.PARENT
    assert facts.addressed_roles == {AuthorRole.ADMINISTRATOR}
    assert "A. Principal" in facts.staff_names
    assert facts.official_contacts == {"principal@example.org"}


async def test_others_are_judged_as_the_platform_says_or_as_unknown(sqlite: Store) -> None:
    known = Known(sqlite, lambda: datetime.now(UTC))
    assert (await known.facts_of(said("stranger"))).author_role is AuthorRole.MEMBER
    student = await known.facts_of(said("kid", role=AuthorRole.STUDENT))
    assert (student.author_role, student.author_is_rostered) == (AuthorRole.STUDENT, False)


async def test_a_platform_cannot_make_a_rostered_person_something_else(sqlite: Store) -> None:
    known = Known(sqlite, lambda: datetime.now(UTC))
    facts = await known.facts_of(said("principal", role=AuthorRole.STUDENT))
    assert facts.author_role is AuthorRole.ADMINISTRATOR


async def test_a_change_of_the_roster_is_noticed_at_once(sqlite: Store) -> None:
    known = Known(sqlite, lambda: datetime(2026, 9, 1, tzinfo=UTC))  # the clock stands still
    assert not (await known.facts_of(said("newcomer"))).author_is_rostered
    roster = await sqlite.registry.read()
    assert roster is not None
    teacher = roster.people["teacher"]
    people = {**roster.people, "teacher": replace(teacher, accounts={"local": "newcomer"})}
    await sqlite.registry.replace(replace(roster, people=people))
    assert (await known.facts_of(said("newcomer"))).author_role is AuthorRole.TEACHER
