"""Applying: idempotent, what only the bot or people may say stays, names are never in clear; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.channels import ChannelStatus, Lacking
from bot.domain.comments import ChannelRef
from bot.domain.people import SiteRole
from bot.errors import SiteFileError
from bot.registry.applying import apply, attested, unknown_people, waiting_for
from bot.registry.registration import approved
from bot.registry.site_file import SiteFile, read_site_file
from bot.store import Store
from tests.registry.lincoln import LINCOLN
from tests.store.databases import database, postgresql, store

__all__ = ["database", "postgresql", "store"]
ROOM = ChannelRef("local", "lincoln", "room-12")


@pytest.fixture
def site_file(tmp_path: Path) -> SiteFile:
    return site_file_of(tmp_path, LINCOLN)


def site_file_of(folder: Path, content: str) -> SiteFile:
    path = folder / "site.toml"
    path.write_text(content, encoding="utf-8")
    return read_site_file(path)


async def test_what_is_applied_is_what_is_read(store: Store, site_file: SiteFile) -> None:
    applied = await apply(store, site_file)
    roster = await store.registry.read()
    assert roster == applied.roster
    assert roster is not None
    site = roster.site_of(ROOM)
    assert site is not None
    person = roster.person_at("local", "assistant")
    assert person is not None
    assert roster.roles(person.key, site) == {SiteRole.DESIGNEE, SiteRole.MEMBER}
    assert [step.person for step in site.ladder] == ["principal", "assistant"]


async def test_a_channel_that_lacks_a_fact_is_stored_as_pending_and_says_what(
    store: Store, site_file: SiteFile
) -> None:
    applied = await apply(store, site_file)
    waiting = {channel.name: lacking for channel, lacking in applied.pending.items()}
    assert waiting["room-12"] == ("its notice, which the bot posts once it runs",)
    assert waiting["room-12-families"] == ("who approved it", "the day of approval")
    stored = {item.registered.name: item.registered.status for item in await store.channels.all()}
    assert stored["room-12-families"] is ChannelStatus.PENDING


async def test_applying_again_keeps_what_the_bot_and_people_added(store: Store, site_file: SiteFile) -> None:
    (room, _) = (await apply(store, site_file)).channels
    today = date(2026, 8, 21)
    await store.channels.save(replace(room, notice_posted_on=today, approval_confirmed_on=today))
    (stored, _) = await store.channels.all()
    await store.advance(stored.id, datetime(2026, 8, 22, tzinfo=UTC))
    (again, _) = (await apply(store, site_file)).channels
    assert (again.notice_posted_on, attested(again), again.watched) == (today, False, True)
    (kept, _) = await store.channels.all()
    assert (kept.id, kept.watermark) == (stored.id, datetime(2026, 8, 22, tzinfo=UTC))


async def test_the_same_file_at_every_start_undoes_nothing_that_was_decided_in_chat(
    store: Store, site_file: SiteFile
) -> None:
    await apply(store, site_file)
    for stored in await store.channels.all():
        told = replace(stored.registered, parents_notified_on=date(2027, 8, 12), responsible="assistant")
        await store.channels.save(approved(replace(told, approved_on=None), "assistant", date(2027, 8, 14)))
    decided, changes = await store.channels.all(), store.channels.changes
    assert {one.registered.status for one in decided} == {ChannelStatus.APPROVED}
    for prune in (False, True):
        assert list((await apply(store, site_file, prune=prune)).channels) == [one.registered for one in decided]
        assert await store.channels.all() == decided
    assert store.channels.changes == changes


async def test_applying_the_same_file_again_writes_nothing(store: Store, site_file: SiteFile) -> None:
    await apply(store, site_file)
    changes = store.registry.changes, store.channels.changes
    await apply(store, site_file)
    assert (store.registry.changes, store.channels.changes) == changes


async def test_a_short_file_wipes_no_ladder_permission_or_policy(store: Store, tmp_path: Path) -> None:
    full = LINCOLN.replace('policy = "lausd"', 'policy = "lbusd"\nwatch_staff_channels = true')
    await apply(store, site_file_of(tmp_path, full))
    before = await store.registry.read()
    short = """
        district = { name = "Example Unified School District" }
        site = [{ key = "lincoln", name = "Lincoln High School", site_administrator = "principal" }]
    """
    assert (await apply(store, site_file_of(tmp_path, short))).roster == before
    renamed = short.replace("Example", "Another").replace(" }]", ", staff = [] }]")
    roster = (await apply(store, site_file_of(tmp_path, renamed))).roster
    assert before is not None
    assert roster.district == replace(before.district, name="Another Unified School District")
    assert roster.sites["lincoln"] == replace(before.sites["lincoln"], staff=())


async def test_staff_channels_follow_the_district_even_where_a_file_names_none(store: Store, tmp_path: Path) -> None:
    staff = LINCOLN.replace('kind = "class"\ngrades = "9-12"', 'kind = "staff"')
    (room, _) = (await apply(store, site_file_of(tmp_path, staff))).channels
    assert (room.status, waiting_for(room)) == (ChannelStatus.PENDING, (Lacking.DISTRICT,))
    for allows, status in ((True, ChannelStatus.APPROVED), (False, ChannelStatus.PENDING)):
        word = f'[district]\nname = "D"\nwatch_staff_channels = {str(allows).lower()}\n'
        applied = await apply(store, site_file_of(tmp_path, word))
        assert applied.roster.district.watch_staff_channels is allows
        (room, _) = [one.registered for one in await store.channels.all()]
        assert (room.status, room.district_allows) == (status, allows)


async def test_a_pruned_channel_is_told_once_and_opened_when_it_is_listed_again(
    store: Store, site_file: SiteFile, tmp_path: Path
) -> None:
    (room, _) = (await apply(store, site_file)).channels
    shorter = site_file_of(tmp_path, LINCOLN.rsplit("[[site.channel]]", 1)[0])
    assert len((await apply(store, shorter, prune=True)).closed) == 1
    assert (await apply(store, shorter, prune=True)).closed == ()
    (again, families) = (await apply(store, site_file)).channels
    assert (again, families.status, families.site) == (room, ChannelStatus.PENDING, "lincoln")


async def test_a_changed_approval_has_to_be_confirmed_anew(store: Store, site_file: SiteFile, tmp_path: Path) -> None:
    (room, _) = (await apply(store, site_file)).channels
    await store.channels.save(replace(room, approval_confirmed_on=date(2026, 8, 21)))
    changed = site_file_of(tmp_path, LINCOLN.replace("approved_on = 2026-08-17", "approved_on = 2026-08-30"))
    (again, _) = (await apply(store, changed)).channels
    assert attested(again)


async def test_what_a_file_leaves_out_stays_unless_pruned(store: Store, site_file: SiteFile, tmp_path: Path) -> None:
    await apply(store, site_file)
    before, families = LINCOLN.rsplit("[[site.channel]]", 1)
    assert "families" in families
    smaller = site_file_of(
        tmp_path,
        before.replace('key = "safety-office"', 'key = "office"').replace(
            'safety_contact = "safety-office"', 'safety_contact = "office"'
        ),
    )
    kept = await apply(store, smaller)
    assert {"safety-office", "office"} <= kept.roster.people.keys()
    pruned = await apply(store, smaller, prune=True)
    assert "safety-office" not in pruned.roster.people
    assert [channel.name for channel in pruned.closed] == ["room-12-families"]
    statuses = {item.registered.name: item.registered.status for item in await store.channels.all()}
    assert statuses["room-12-families"] is ChannelStatus.CLOSED


async def test_no_name_address_or_account_stands_in_clear(store: Store, site_file: SiteFile) -> None:
    await apply(store, site_file)
    async with store._engine.connect() as connection:
        rows = (await connection.execute(text("SELECT * FROM people"))).all()
    raw = repr([tuple(row) for row in rows])
    assert len(rows) == 5
    assert all(word not in raw for word in ("A. Principal", "example.org", "director", "B. Assistant"))


async def test_a_key_that_nobody_has_is_told_and_waits_while_the_rest_is_applied(store: Store, tmp_path: Path) -> None:
    content = LINCOLN.replace('responsible = "teacher"', 'responsible = "ghost"', 1).replace(
        'safety_contact = "safety-office"', 'safety_contact = "spirit"'
    )
    applied = await apply(store, site_file_of(tmp_path, content))
    assert applied.unknown == (
        "district, safety_contact: nobody has the key “spirit”; add a [[person]] or correct the key.",
        (
            "site “lincoln”, channel “room-12”, responsible: nobody has the key “ghost”; "
            "add a [[person]] or correct the key."
        ),
    )
    waiting = {channel.name: lacking for channel, lacking in applied.pending.items()}
    assert waiting["room-12"] == ("the responsible staff member",)
    assert [*unknown_people(applied.roster)] == [*applied.unknown[:1]]


@pytest.mark.parametrize("who", ["teacher", "local-district", "safety-office"])
async def test_an_approver_who_may_not_approve_in_chat_is_told_and_the_channel_waits(
    store: Store, tmp_path: Path, who: str
) -> None:
    wrong = site_file_of(tmp_path, LINCOLN.replace('approved_by = "principal"', f'approved_by = "{who}"'))
    for _ in range(2):
        applied = await apply(store, wrong)
        assert applied.unknown == (
            (
                f"site “lincoln”, channel “room-12”, approved_by: “{who}” may not approve channels of this school; "
                "name its site_administrator, a designee or one of the district's administrators, "
                "or have one of them press “Approve” after /register in the channel."
            ),
        )
        assert applied.pending[applied.channels[0]] == (Lacking.APPROVER,)
    mended = await apply(store, site_file_of(tmp_path, LINCOLN))
    assert (mended.unknown, mended.channels[0].status) == ((), ChannelStatus.APPROVED)


async def test_designees_and_the_districts_administrators_may_be_named_as_approvers(
    store: Store, tmp_path: Path
) -> None:
    content = LINCOLN.replace("[district]", '[district]\nadministrators = ["local-district"]')
    for who in ("assistant", "local-district"):
        file = site_file_of(tmp_path, content.replace('approved_by = "principal"', f'approved_by = "{who}"'))
        applied = await apply(store, file)
        assert (applied.unknown, applied.channels[0].approved_by) == ((), who)
        assert applied.channels[0].status is ChannelStatus.APPROVED


async def test_an_approval_stands_when_its_approver_leaves_the_post_but_is_of_no_other_school(
    store: Store, site_file: SiteFile, tmp_path: Path
) -> None:
    (room, _) = (await apply(store, site_file)).channels
    handed = LINCOLN.replace('site_administrator = "principal"', 'site_administrator = "local-district"')
    applied = await apply(store, site_file_of(tmp_path, handed))
    assert (applied.unknown, applied.channels[0]) == ((), room)
    newer = handed.replace("approved_on = 2026-08-17", "approved_on = 2026-09-01")
    moved = handed.replace('key = "lincoln"', 'key = "roosevelt"')
    for content in (newer, moved):
        applied = await apply(store, site_file_of(tmp_path, content))
        assert applied.pending[applied.channels[0]] == (Lacking.APPROVER,)
        await apply(store, site_file)


async def test_no_site_without_its_administrator(store: Store, site_file: SiteFile, tmp_path: Path) -> None:
    wrong = site_file_of(tmp_path, LINCOLN.replace('site_administrator = "principal"', 'site_administrator = "ghost"'))
    with pytest.raises(SiteFileError, match="site_administrator: nobody has the key “ghost”"):
        await apply(store, wrong)
    assert await store.registry.read() is None
    assert await store.channels.all() == []


async def test_a_file_may_name_people_who_are_on_the_roster_already(
    store: Store, site_file: SiteFile, tmp_path: Path
) -> None:
    await apply(store, site_file)
    district, rest = LINCOLN.split("[[person]]", 1)
    site = "[[site]]" + rest.split("[[site]]", 1)[1].replace('"lincoln"', '"roosevelt"').replace("Lincoln", "Roosevelt")
    applied = await apply(store, site_file_of(tmp_path, district + site))
    assert applied.unknown == ()
    assert {*applied.roster.sites} == {"lincoln", "roosevelt"}
    with pytest.raises(SiteFileError, match="site_administrator"):
        await apply(store, site_file_of(tmp_path, district + site), prune=True)
