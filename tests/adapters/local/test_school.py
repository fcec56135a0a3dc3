"""The example school, and the page's own words."""

from __future__ import annotations

import string
import tomllib

import pytest

from adapters.local.school import SITE_FILE, open_school, tell_what_was_said, what_was_said_earlier
from adapters.local.texts import page_texts
from bot.domain.comments import AuthorRole, ChannelKind
from bot.interface.texts import LANGUAGES
from bot.registry.site_file import read_site_file
from tests.adapters.local.people import Clock


def test_the_conversations_are_told_up_to_a_few_minutes_ago() -> None:
    clock = Clock()
    world = open_school(clock)
    tell_what_was_said(world)
    for room in world.rooms:
        said = world.messages(room)
        assert len(said) >= 2
        assert said[-1].posted_at < clock()
        assert {one.author for one in said} <= world.readers(room)
    assert any(one.thread for one in world.messages())
    assert any(one.attachments for one in world.messages())


def test_the_school_is_a_school() -> None:
    world = open_school()
    roles = {member.role for member in world.members.values()}
    assert roles >= {
        AuthorRole.STUDENT,
        AuthorRole.PARENT,
        AuthorRole.PARENT_LEADER,
        AuthorRole.TEACHER,
        AuthorRole.ADMINISTRATOR,
    }
    assert {room.kind for room in world.rooms.values()} >= {ChannelKind.CLASS, ChannelKind.PARENT}


def test_the_site_file_can_be_applied_as_it_is() -> None:
    assert [site.name for site in read_site_file(SITE_FILE).site] == ["Lincoln High School"]


def test_everybody_in_the_site_file_has_an_account_and_every_decider_a_desk() -> None:
    site = tomllib.loads(SITE_FILE.read_text(encoding="utf-8"))
    world = open_school()
    people = {person["key"]: world.members[person["local"]] for person in site["person"]}
    school = site["site"][0]
    deciders = [school["site_administrator"], *school["designees"], school["supervisor"]]
    assert all(people[key].desk for key in [*deciders, *school["staff"], site["district"]["safety_contact"]])
    assert all(people[person["key"]].name == person["name"] for person in site["person"])
    for channel in school["channel"]:
        assert world.rooms[channel["channel"]].kind == channel["kind"]
        assert channel["workspace"] == world.workspace


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_page_is_there_in_every_language(language: str) -> None:
    words, english = page_texts(language), page_texts("en")
    assert words.keys() == english.keys()
    for key, sentence in words.items():
        assert sentence
        names = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert names == {name for _, name, _, _ in string.Formatter().parse(english[key]) if name}
    own = [key for key in words if not key.startswith(("severity.", "category.", "command.", "menu.", "button."))]
    same = [key for key in own if language == "es" and words[key] == english[key]]
    assert set(same) <= {"page.chat", "chat.bot", "chat.app"}


def test_every_role_and_kind_has_its_word() -> None:
    words = page_texts("es")
    assert all(f"role.{role}" in words for role in AuthorRole)
    assert all(f"kind.{kind}" in words for kind in ChannelKind)


def test_what_was_said_in_days_before_comes_from_people_of_those_rooms() -> None:
    world = open_school()
    said = [one for days in range(1, 7) for one in what_was_said_earlier(days)]
    assert len(said) >= 6
    assert all(who in world.rooms[room].members for who, room, _ in said)
    assert what_was_said_earlier(99) == []
