"""A site file over what stands: the same file undoes nothing that was said in chat, and a newer word of it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.channels import ChannelStatus, Lacking, RegisteredChannel, missing_facts
from bot.domain.comments import ChannelKind, ChannelRef
from bot.domain.roster import Person, Roster, Site
from bot.registry.applying import attested
from bot.registry.merging import filed, merged_channel, merged_roster, said_of, with_district
from bot.registry.registration import Applicant, approved, registered
from bot.registry.site_file import ChannelPart, SiteFile
from bot.store import StoredChannel

REF = ChannelRef("local", "lincoln", "room-12")
PEOPLE = ("principal", "assistant", "teacher")
TODAY = date(2026, 11, 20)
DAYS = st.dates(date(2025, 11, 1), TODAY)
WHO = st.sampled_from(PEOPLE)
Deed = Callable[[RegisteredChannel], RegisteredChannel]


def part(**said: Any) -> ChannelPart:
    place = {"platform": "local", "workspace": "lincoln", "channel": "room-12"}
    given = {"name": "room-12", "kind": "class"} | {name: value for name, value in said.items() if value is not None}
    return ChannelPart.model_validate(place | given)


FULL: dict[str, Any] = {
    "grades": "9-12",
    "parents_notified_on": date(2026, 8, 20),
    "responsible": "teacher",
    "approved_by": "principal",
    "approved_on": date(2026, 8, 17),
}
PARTS = st.builds(
    part,
    name=st.sampled_from(["room-12", "Room 12"]),
    kind=st.sampled_from([*ChannelKind]),
    grades=st.sampled_from([None, "9-12", "K-5"]),
    parents_notified_on=st.none() | DAYS,
    responsible=st.none() | WHO | st.just("ghost"),
    approved_by=st.none() | WHO | st.just("ghost"),
    approved_on=st.none() | DAYS,
)


def apply(
    file: ChannelPart, stored: StoredChannel | None, *, prune: bool = False, staff: bool = False, people: Any = PEOPLE
) -> StoredChannel:
    said = said_of(file, "lincoln", people, people)
    channel = merged_channel(REF, said, stored, prune=prune, watch_staff=staff)
    return StoredChannel(1, channel, None, filed(said, stored.filed if stored else {}, prune=prune))


def chat(stored: StoredChannel, *deeds: Deed) -> StoredChannel:
    for deed in deeds:
        stored = replace(stored, registered=deed(stored.registered))
    return stored


def approving(by: str, day: date) -> Deed:
    return lambda channel: approved(channel, by, day)


def renewing(by: str, day: date) -> Deed:
    return lambda channel: approved(replace(channel, approved_on=None), by, day)


def noticing(_: str, day: date) -> Deed:
    return lambda channel: replace(channel, notice_posted_on=day)


def registering(by: str, day: date) -> Deed:
    """Registered anew in chat: pending, with other facts."""
    values = {"kind": "parent", "notified": f"{day}"}
    applicant = Applicant(Person(by, by), Site("lincoln", "Lincoln", "principal"))
    return lambda channel: registered(channel.ref, "from-chat", values, applicant, TODAY)


DEEDS = st.builds(
    lambda make, by, day: make(by, day), st.sampled_from([approving, renewing, noticing, registering]), WHO, DAYS
)


@given(PARTS, st.lists(DEEDS, max_size=6), st.booleans(), st.booleans())
def test_the_same_file_changes_nothing_that_was_said_in_chat(
    file: ChannelPart, deeds: list[Deed], prune: bool, staff: bool
) -> None:
    stored = apply(file, None, staff=staff)
    for deed in deeds:
        stored = chat(stored, deed)
        assert apply(file, stored, prune=prune, staff=staff) == stored


@given(DEEDS, PARTS, PARTS, st.lists(DEEDS, max_size=4))
def test_applying_twice_is_applying_once_whatever_stood_before(
    registration: Deed, old: ChannelPart, new: ChannelPart, deeds: list[Deed]
) -> None:
    in_chat = StoredChannel(1, registration(RegisteredChannel(REF, "x", ChannelKind.PARENT)), None)
    once = apply(new, chat(apply(old, in_chat), *deeds))
    assert apply(new, once) == once


@given(st.none() | PARTS, PARTS, WHO, DAYS, st.booleans())
def test_of_a_confirmed_approval_and_a_files_the_newer_one_stands(
    old: ChannelPart | None, new: ChannelPart, by: str, day: date, prune: bool
) -> None:
    before = None if old is None else apply(old, None)
    standing = StoredChannel(1, RegisteredChannel(REF, "x", ChannelKind.PARENT), None) if before is None else before
    confirmed = chat(standing, renewing(by, day))
    now = apply(new, confirmed, prune=prune).registered
    unchanged = old is not None and (old.approved_by, old.approved_on) == (new.approved_by, new.approved_on)
    newer = new.approved_by in PEOPLE and new.approved_on is not None and new.approved_on > day and not unchanged
    assert (now.approved_by, now.approved_on) == ((new.approved_by, new.approved_on) if newer else (by, day))
    assert attested(now) is newer


@given(PARTS, st.booleans())
def test_a_channel_is_approved_when_only_the_bots_notice_is_missing(file: ChannelPart, staff: bool) -> None:
    channel = apply(file, None, staff=staff).registered
    complete = {*missing_facts(channel)} <= {Lacking.NOTICE}
    assert channel.status is (ChannelStatus.APPROVED if complete else ChannelStatus.PENDING)


def test_a_class_whose_parents_were_not_told_and_an_unwanted_staff_channel_are_pending() -> None:
    untold = apply(part(**FULL | {"parents_notified_on": None}), None).registered
    staff = apply(part(**FULL, kind="staff"), None)
    assert (untold.status, staff.registered.status) == (ChannelStatus.PENDING, ChannelStatus.PENDING)
    wanted = apply(part(**FULL, kind="staff"), staff, staff=True)
    assert (wanted.registered.status, wanted.registered.district_allows) == (ChannelStatus.APPROVED, True)
    assert apply(part(**FULL, kind="staff"), wanted).registered == staff.registered


def test_a_day_entered_in_chat_gives_way_to_a_later_one_and_the_files_own_to_any() -> None:
    later, earlier = date(2026, 9, 1), date(2026, 8, 18)
    stored = apply(part(**FULL), None)
    assert apply(part(**FULL | {"parents_notified_on": earlier}), stored).registered.parents_notified_on == earlier
    in_chat = chat(stored, lambda channel: replace(channel, parents_notified_on=later))
    assert apply(part(**FULL | {"parents_notified_on": earlier}), in_chat).registered.parents_notified_on == later
    last = later + timedelta(days=1)
    assert apply(part(**FULL | {"parents_notified_on": last}), in_chat).registered.parents_notified_on == last


def test_a_line_that_is_left_out_stays_and_is_forgotten_with_prune_unless_it_is_of_chat() -> None:
    stored, short = apply(part(**FULL), None), part(grades="9-12")
    kept = apply(short, stored)
    assert kept.registered == stored.registered
    pruned = apply(short, kept, prune=True)
    assert (pruned.registered.responsible, pruned.registered.approved_on) == (None, None)
    assert (pruned.registered.status, pruned.registered.grades) == (ChannelStatus.PENDING, "9-12")
    agreed = chat(kept, approving("principal", TODAY), lambda channel: replace(channel, responsible="assistant"))
    still = apply(short, agreed, prune=True).registered
    assert (still.responsible, still.approved_by, still.parents_notified_on) == ("assistant", "principal", None)


def test_a_key_that_nobody_has_counts_as_soon_as_somebody_has_it() -> None:
    stored = apply(part(**FULL), None, people=("principal",))
    assert (stored.registered.responsible, stored.registered.status) == (None, ChannelStatus.PENDING)
    assert apply(part(**FULL), stored, people=("principal",)) == stored
    known = apply(part(**FULL), stored).registered
    assert (known.responsible, known.status) == ("teacher", ChannelStatus.APPROVED)
    gone = apply(part(**FULL | {"responsible": "ghost"}), apply(part(**FULL), None)).registered
    assert (gone.responsible, gone.status) == (None, ChannelStatus.PENDING)


def test_only_a_class_has_a_grade_band() -> None:
    stored = apply(part(**FULL), None)
    assert apply(part(**FULL, kind="parent"), stored).registered.grades is None
    assert apply(part(kind="parent"), stored).registered.grades is None


def test_a_suspended_channel_stays_suspended_and_a_closed_one_is_opened_by_the_file_alone() -> None:
    stored = apply(part(**FULL), None)
    suspended = chat(stored, lambda channel: replace(channel, status=ChannelStatus.SUSPENDED))
    assert apply(part(**FULL, name="new"), suspended).registered.status is ChannelStatus.SUSPENDED
    closed = replace(chat(stored, lambda channel: replace(channel, status=ChannelStatus.CLOSED, site=None)), filed={})
    assert apply(part(**FULL), closed).registered.status is ChannelStatus.APPROVED
    staff = replace(closed.registered, kind=ChannelKind.STAFF)
    assert with_district(staff, watch_staff=True).status is ChannelStatus.CLOSED


# --- The roster -----------------------------------------------------------------------------------------------------

ACCOUNTS = st.none() | st.sampled_from(["U1", "U2", "U3"])


@st.composite
def files(draw: st.DrawFn) -> SiteFile:
    """A file about a few people and schools, with lines left out at will, and no account given twice."""

    def some(**values: Any) -> dict[str, Any]:
        return {name: value for name, value in values.items() if draw(st.booleans())}

    people, taken = [], set()
    for key in draw(st.lists(WHO, min_size=1, unique=True)):
        account = draw(ACCOUNTS)
        own = {} if account is None or account in taken else {"slack": account}
        taken.add(account)
        people.append({"key": key, "name": key, **own, **some(title="T", email="a@example.org", language="es")})
    lists = some(designees=["assistant"], staff=[], supervisor="teacher", evidence_permission="standing")
    lists |= some(ladder=[{"person": "teacher"}], alert_channel={"platform": "slack", "workspace": "T", "channel": "C"})
    sites = [{"key": "lincoln", "name": "Lincoln", "site_administrator": "principal", **lists}]
    district = {"name": "D", **some(policy="lbusd", safety_contact="teacher", watch_staff_channels=True)}
    return SiteFile.model_validate({"district": district, "person": people, "site": sites[: draw(st.integers(0, 1))]})


@given(st.lists(files(), min_size=1, max_size=3))
def test_a_roster_keeps_what_files_leave_out_and_gives_an_account_to_one_person(given_files: list[SiteFile]) -> None:
    roster: Roster | None = None
    for file in given_files:
        before, roster = roster, merged_roster(file, roster)
        assert merged_roster(file, roster) == roster
        if before is not None:
            assert before.people.keys() <= roster.people.keys()
            if "policy" not in file.district.model_fields_set:
                assert roster.district.policy == before.district.policy
    assert roster is not None
    held = [pair for person in roster.people.values() for pair in person.accounts.items()]
    assert len(held) == len(set(held))
    for person in given_files[-1].person:
        assert person.slack is None or roster.people[person.key].accounts["slack"] == person.slack


@pytest.mark.parametrize("line", ["designees", "supervisor", "evidence_permission", "alert_channel", "ladder"])
def test_a_line_of_a_school_stays_until_it_is_pruned(line: str) -> None:
    school = {"key": "lincoln", "name": "Lincoln", "site_administrator": "principal"}
    lines = {
        "designees": ["assistant"],
        "supervisor": "teacher",
        "evidence_permission": "standing",
        "alert_channel": {"platform": "slack", "workspace": "T1", "channel": "C1"},
        "ladder": [{"person": "principal"}],
    }
    full, bare = (
        SiteFile.model_validate({"district": {"name": "D"}, "person": [], "site": [school | more]})
        for more in (lines, {name: value for name, value in lines.items() if name != line})
    )
    before = merged_roster(full, None)
    assert merged_roster(bare, before) == before
    fresh = getattr(merged_roster(bare, None).sites["lincoln"], line)
    assert fresh == getattr(Site("lincoln", "Lincoln", "principal"), line) != getattr(before.sites["lincoln"], line)
