"""Registering from chat: a teacher asks, an administrator approves, the bot posts its notice and reads."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.alerts.errands import Errands
from bot.desk.desk import Desk
from bot.desk.registering import Registering
from bot.desk.welcoming import Welcoming
from bot.domain.channels import ChannelStatus
from bot.domain.comments import Author, ChannelKind, ChannelRef
from bot.domain.roster import Person, Roster, Site
from bot.interface.cards import Card, Verb
from bot.platform.capabilities import Capability
from bot.platform.events import (
    ButtonPressed,
    ChannelChanged,
    ChannelNews,
    CommandUsed,
    FormSubmitted,
    Interaction,
    MemberJoined,
)
from bot.platform.protocol import ChannelFacts, Outsiders, SeenChannel
from bot.registry.announcing import Announcer
from bot.registry.notices import post_notices
from bot.registry.registration import Applicant, registered
from bot.store import Store, StoredChannel
from tests.alerts.school import PACK, ROSTER, SITE, School
from tests.platforms.recorder import Recorder
from tests.store.examples import ROOM

NEW = ChannelRef("discord", ROOM.ref.workspace, "777")
ENTERED = {"kind": "parent", "notified": "2026-09-01"}


class Office(School):
    """A school whose desk registers channels."""

    async def open(self) -> Office:
        self.roster = replace(ROSTER, sites={"lincoln": replace(SITE, channels=(ROOM.ref,))})
        self.discord = Recorder("discord", Capability.PIN, Capability.LIST_MEMBERS)
        await super().open()
        self.announcer = Announcer(self.store, {"discord": self.discord}, self.book, self.clock)
        given = (self.store, PACK, self.clock, self.book, self.announcer)
        self.desk = Desk((Registering(*given), Welcoming(*given)))
        self.errands = Errands(self.store, self.clock, self.announcer.carriers)
        return self

    def at(self, person: str, where: ChannelRef = NEW) -> Interaction:
        return Interaction(Author(f"@{person}", ROSTER.people[person].name), where, "handle")

    async def register(self, person: str = "teacher", **values: str) -> Card:
        await self.desk.handle(CommandUsed(self.at(person), "register", {}), self.discord)
        if not self.discord.forms:
            return self.discord.answers[-1][1]
        _, form = self.discord.forms.pop()
        submitted = FormSubmitted(self.at(person), "register", form.token, ENTERED | values)
        await self.desk.handle(submitted, self.discord)
        return self.discord.answers[-1][1]

    async def approve(self, person: str, token: str) -> Card:
        ask = Interaction(Author(f"@{person}", person), NEW, "handle")
        await self.desk.handle(ButtonPressed(ask, Verb.APPROVE, token), self.discord)
        return self.discord.answers[-1][1]

    async def applied(self, where: ChannelRef = NEW) -> StoredChannel:
        return next(one for one in await self.store.channels.all() if one.registered.ref == where)

    async def standing(self, **parts: Any) -> StoredChannel:
        """Put `NEW` on the register as it was approved last year, unless `parts` say otherwise; it is watched."""
        last_year = date(2025, 8, 1)
        facts: dict[str, Any] = {"site": "lincoln", "approved_on": last_year, "approval_confirmed_on": last_year}
        await self.store.channels.save(replace(ROOM, ref=NEW, **(facts | parts)))
        stored = await self.applied()
        assert stored.registered.watched
        return stored

    def asked(self, person: str = "principal") -> list[Card]:
        """The cards before a person that still ask for something."""
        return [card for card in self.cards(person) if card.buttons]


@pytest.fixture
async def office(store: Store) -> Office:
    return await Office(store).open()


async def test_a_teachers_channel_is_read_once_the_administrator_has_approved_it(office: Office) -> None:
    answer = await office.register()
    assert answer.title.key == "register.entered"
    await office.settle()
    (asked,) = office.cards("principal")
    assert [button.verb for button in asked.buttons] == [Verb.APPROVE]
    stored = await office.applied()
    assert (stored.registered.status, stored.registered.responsible) == (ChannelStatus.PENDING, "teacher")
    assert (await office.approve("principal", asked.buttons[0].token)).title.key == "register.approved"
    (asked,) = office.cards("principal")
    assert asked.buttons == ()
    assert asked.lines[0].key == "register.done"
    await post_notices(office.store, {"discord": office.discord}, ("en", "es"), date(2026, 11, 20))
    assert (await office.applied()).registered.watched
    assert len(office.discord.pinned) == 1


@pytest.mark.parametrize("person", ["teacher", "coach", "safety-office"])
async def test_nobody_else_approves_not_even_the_applicant(office: Office, person: str) -> None:
    await office.register()
    stored = await office.applied()
    assert (await office.approve(person, str(stored.id))).title.key == "register.not_yours"
    assert (await office.applied()).registered.status is ChannelStatus.PENDING


@pytest.mark.parametrize("token", ["0", "999999", "-1", "x", "9" * 40, "٣"])
async def test_a_button_of_no_registration_says_so(office: Office, token: str) -> None:
    assert (await office.approve("principal", token)).title.key == "register.gone"


async def test_who_does_not_work_here_cannot_register(office: Office) -> None:
    stranger = Interaction(Author("@stranger", "S"), NEW, "handle")
    await office.desk.handle(CommandUsed(stranger, "register", {}), office.discord)
    assert office.discord.answers[-1][1].title.key == "desk.not_for_you"
    assert not office.discord.forms


async def test_families_must_be_told_first_and_the_notice_is_given(office: Office) -> None:
    answer = await office.register(notified="")
    keys = [line.key for line in answer.lines]
    assert "register.send_notice" in keys
    await office.settle()
    asked = office.cards("principal")[0]
    said = await office.approve("principal", asked.buttons[0].token)
    assert said.title.key == "register.approved_but"
    await post_notices(office.store, {"discord": office.discord}, ("en",), date(2026, 11, 20))
    assert not (await office.applied()).registered.watched


async def test_what_the_operator_attested_is_put_before_the_approver_once(office: Office) -> None:
    attested = replace(ROOM, site="lincoln", approved_by="principal", approved_on=date(2026, 8, 1))
    await office.store.channels.save(replace(attested, approval_confirmed_on=None))
    for _ in range(3):
        await office.announcer.begin_days()
        await office.settle(minutes=24 * 60)
    (asked,) = [card for card in office.cards("principal") if card.buttons]
    assert asked.lines[0].key == "register.attested"
    await office.approve("principal", asked.buttons[0].token)
    (stored,) = [one for one in await office.store.channels.all() if one.registered.ref == ROOM.ref]
    assert stored.registered.approved_on == date(2026, 8, 1)
    assert stored.registered.approval_confirmed_on is not None


async def test_a_registration_is_renewed_each_year_with_one_press(office: Office) -> None:
    last_year = replace(ROOM, site="lincoln", approved_by="principal", approved_on=date(2025, 8, 1))
    row = await office.store.channels.save(replace(last_year, approval_confirmed_on=date(2025, 8, 1)))
    await office.announcer.begin_days()
    await office.settle()
    (asked,) = [card for card in office.cards("principal") if card.buttons]
    assert asked.title.key == "renewal.lapsed"
    assert (await office.approve("assistant", str(row))).title.key == "register.approved"
    assert (await office.approve("assistant", str(row))).title.key == "register.approved_already"
    (stored,) = [one for one in await office.store.channels.all() if one.id == row]
    assert stored.registered.approved_by == "assistant"
    assert stored.registered.approved_on is not None
    assert stored.registered.approved_on >= date(2026, 7, 1)


async def test_a_watched_channel_stays_watched_while_its_renewal_waits(office: Office) -> None:
    before = await office.standing()
    answer = await office.register("coach", kind="class", grades="10-12")
    assert answer.title.key == "renewal.entered"
    assert await office.applied() == before, "nothing of it counts before it is approved"
    await office.settle()
    (asked,) = office.asked()
    assert [asked.title.key, asked.lines[0].key] == ["renewal.asked", "renewal.approve"]
    assert "10-12" in {str(fact.value.params.get("value")) for fact in asked.facts}
    for person in ("teacher", "coach", "safety-office"):
        assert (await office.approve(person, asked.buttons[0].token)).title.key == "register.not_yours"
    assert await office.applied() == before
    assert (await office.approve("principal", asked.buttons[0].token)).title.key == "register.approved"
    now = (await office.applied()).registered
    assert now.watched
    assert (now.grades, now.responsible, now.approved_by) == ("10-12", "coach", "principal")
    assert (now.approved_on, now.approval_confirmed_on) == (date(2026, 11, 20), date(2026, 11, 20))
    assert (now.parents_notified_on, now.notice_posted_on) == (date(2026, 9, 1), ROOM.notice_posted_on)
    assert office.asked() == []
    assert (await office.approve("principal", asked.buttons[0].token)).title.key == "register.gone"


async def test_without_a_new_day_the_families_notice_of_record_stays(office: Office) -> None:
    before = await office.standing()
    answer = await office.register(notified="")
    assert "register.send_notice" in [line.key for line in answer.lines]
    await office.settle()
    await office.approve("principal", office.asked()[0].buttons[0].token)
    now = (await office.applied()).registered
    assert now.watched
    assert now.parents_notified_on == before.registered.parents_notified_on
    assert now.kind is ChannelKind.PARENT


async def test_only_what_was_shown_can_be_approved(office: Office) -> None:
    before = await office.standing()
    await office.announcer.begin_days()
    await office.settle()
    reminder = next(card for card in office.asked() if card.title.key == "renewal.lapsed")
    await office.register("teacher", kind="booster")
    await office.settle()
    first = office.asked()[-1].buttons[0].token
    await office.register("coach", kind="class", grades="9")
    await office.settle()
    second = office.asked()[-1].buttons[0].token
    assert (await office.approve("principal", reminder.buttons[0].token)).title.key == "register.newer"
    assert (await office.approve("principal", first)).title.key == "register.gone"
    assert await office.applied() == before
    assert (await office.approve("principal", second)).title.key == "register.approved"
    assert (await office.applied()).registered.responsible == "coach"
    assert [card.lines[0].key for card in office.asked()] == ["register.attested"], "only the other channel's is left"


async def test_a_renewal_that_waits_is_asked_for_every_week(office: Office) -> None:
    await office.standing()
    await office.register("coach", kind="class", grades="10-12")
    await office.settle()
    for _ in range(8):
        await office.announcer.begin_days()
        await office.settle(minutes=24 * 60)
    titles = [card.title.key for card in office.asked()]
    assert titles.count("renewal.asked") >= 2
    assert "renewal.lapsed" not in titles, "whoever pressed that would approve what nobody entered"
    assert (await office.applied()).registered.watched


async def test_what_is_approved_and_renewed_is_not_entered_again(office: Office) -> None:
    today = date(2026, 11, 19)
    before = await office.standing(approved_on=today, approval_confirmed_on=today)
    for day in ("", "2026-08-20", "2026-08-01"):
        card = await office.register("coach", notified=day)
        assert (card.title.key, card.lines) == ("register.already", ())
    assert await office.applied() == before
    assert await office.store.registrations.renewal_of(before.id) is None


async def test_the_day_on_which_families_were_told_again_is_entered_while_the_approval_is_current(
    office: Office,
) -> None:
    approved_on = date(2026, 9, 1)
    before = await office.standing(
        approved_on=approved_on, approval_confirmed_on=approved_on, parents_notified_on=date(2025, 11, 1)
    )
    for day in ("", "2025-11-01"):
        card = await office.register("principal", kind="class", grades="9-12", notified=day)
        assert [line.key for line in card.lines][:2] == ["register.tell_again", "plain"], "with the notice to send"
    assert await office.store.registrations.renewal_of(before.id) is None
    card = await office.register("principal", kind="class", grades="9-12", notified="2026-11-19")
    assert card.title.key == "renewal.entered"
    assert await office.applied() == before
    await office.settle()
    (asked,) = office.asked()
    await office.approve("principal", asked.buttons[0].token)
    now = (await office.applied()).registered
    assert now.watched
    assert (now.parents_notified_on, now.responsible) == (date(2026, 11, 19), before.registered.responsible)


NEIGHBOUR = Site("roosevelt", "Roosevelt High School", "rae", staff=("rui", "both"))


async def with_neighbour(office: Office) -> Roster:
    """Put a second school into the same workspace; “both” works at each of the two."""
    new = {key: Person(key, key.title(), accounts={"discord": f"@{key}"}) for key in ("rae", "rui", "both")}
    lincoln = replace(office.roster.sites["lincoln"], staff=("teacher", "coach", "both"))
    sites = {"roosevelt": NEIGHBOUR, "lincoln": lincoln}
    roster = replace(office.roster, people={**office.roster.people, **new}, sites=sites)
    await office.store.registry.replace(roster)
    return await office.book.read_roster()


@pytest.mark.parametrize("status", [ChannelStatus.APPROVED, ChannelStatus.PENDING, ChannelStatus.SUSPENDED])
@pytest.mark.parametrize("person", ["rui", "rae"])
async def test_nobody_of_another_school_takes_a_channel_over(
    office: Office, person: str, status: ChannelStatus
) -> None:
    await office.store.channels.save(replace((await office.standing()).registered, status=status))
    before = await office.applied()
    roster = await with_neighbour(office)
    ask = Interaction(Author(f"@{person}", person), NEW, "handle")
    await office.desk.handle(CommandUsed(ask, "register", {}), office.discord)
    assert office.discord.answers[-1][1].title.key == "register.elsewhere"
    assert office.discord.forms == []
    assert (await office.approve(person, str(before.id))).title.key == "register.not_yours"
    entered = registered(NEW, "ours", {"kind": "parent"}, Applicant(roster.people[person], NEIGHBOUR), date(2026, 9, 1))
    assert await office.store.registrations.enter(entered) is None
    assert await office.applied() == before


async def test_a_form_that_was_open_when_the_other_school_registered_takes_nothing_over(office: Office) -> None:
    await with_neighbour(office)
    ask = Interaction(Author("@rui", "Rui"), NEW, "handle")
    await office.desk.handle(CommandUsed(ask, "register", {}), office.discord)
    _, form = office.discord.forms.pop()
    before = await office.standing()
    await office.desk.handle(FormSubmitted(ask, "register", form.token, ENTERED), office.discord)
    assert office.discord.answers[-1][1].title.key == "register.elsewhere"
    assert await office.applied() == before


async def test_of_two_schools_at_the_same_moment_one_is_told_that_it_is_the_others(office: Office) -> None:
    await with_neighbour(office)
    asks = [office.at("teacher"), Interaction(Author("@rui", "Rui"), NEW, "handle")]
    for ask in asks:
        await office.desk.handle(CommandUsed(ask, "register", {}), office.discord)
    forms = [form for _, form in office.discord.forms]
    await asyncio.gather(
        *(
            office.desk.handle(FormSubmitted(ask, "register", form.token, ENTERED), office.discord)
            for ask, form in zip(asks, forms, strict=True)
        )
    )
    titles = sorted(card.title.key for _, card in office.discord.answers)
    assert titles == ["register.elsewhere", "register.entered"]


async def test_who_works_at_both_schools_registers_it_where_it_stands(office: Office) -> None:
    await with_neighbour(office)
    await office.standing()
    ask = Interaction(Author("@both", "Both"), NEW, "handle")
    await office.desk.handle(CommandUsed(ask, "register", {}), office.discord)
    _, form = office.discord.forms.pop()
    await office.desk.handle(FormSubmitted(ask, "register", form.token, ENTERED), office.discord)
    waiting = await office.store.registrations.renewal_of((await office.applied()).id)
    assert waiting is not None
    assert (waiting.site, waiting.responsible) == ("lincoln", "both")


async def test_a_renewal_counts_no_more_once_the_channel_is_another_schools(office: Office) -> None:
    await with_neighbour(office)
    before = await office.standing()
    await office.register("coach")
    await office.settle()
    token = office.asked()[0].buttons[0].token
    await office.store.channels.save(replace(before.registered, site="roosevelt"))
    assert (await office.approve("rae", token)).title.key == "register.gone"
    assert (await office.applied()).registered == replace(before.registered, site="roosevelt")


async def test_open_channels_and_unregistered_ones_are_told_once_and_again_when_they_change(office: Office) -> None:
    office.discord.facts = ChannelFacts("room", (Outsiders.EVERYONE,), frozenset({"@someone"}), ("read history",))
    office.discord.seen = (SeenChannel(NEW, "secret-fan-club"), SeenChannel(ROOM.ref, "room-12"))
    for _ in range(3):
        await office.announcer.begin_days()
        await office.settle(minutes=24 * 60)
    told = [card for card in office.cards("principal") if card.title.key == "check.title"]
    assert len(told) == 1
    assert [fact.value.key for fact in told[0].facts] == ["check.open_to", "check.missing", "check.no_administrator"]
    assert told[0].lines[0].key == "check.unregistered"
    office.discord.facts = ChannelFacts("room", (), frozenset({"@principal"}), ())
    await office.announcer.begin_days()
    await office.settle(minutes=24 * 60)
    told = [card for card in office.cards("principal") if card.title.key == "check.title"]
    assert len(told) == 2
    assert told[1].facts == ()


@pytest.mark.parametrize(
    ("told", "months", "asked"),
    [
        (date(2025, 11, 20), 12, True),
        (date(2025, 11, 21), 12, False),
        (date(2026, 8, 1), 12, False),
        (date(2026, 8, 1), 3, True),
        (date(2024, 12, 31), 12, True),
    ],
)
async def test_families_are_told_of_a_channel_again_after_the_packs_months(
    office: Office, told: date, months: int, asked: bool
) -> None:
    office.discord.facts = ChannelFacts("room", (), frozenset({"@principal"}), ())
    announcer = Announcer(office.store, {"discord": office.discord}, office.book, office.clock, families_every=months)
    office.errands = Errands(office.store, office.clock, announcer.carriers)
    await office.store.channels.save(replace(ROOM, site="lincoln", parents_notified_on=told))
    for _ in range(2):
        await announcer.begin_days()
        await office.settle()
    cards = [card for card in office.cards("principal") if card.title.key == "check.title"]
    assert [fact.value.key for card in cards for fact in card.facts] == ["check.tell_families"] * asked


async def test_a_new_member_is_greeted_with_the_guidelines_and_says_once_a_year_that_they_are_read(
    office: Office,
) -> None:
    joined = MemberJoined(Author("@newcomer", "New"), (ROOM.ref,), "es")
    await office.desk.handle(joined, office.discord)
    (card,) = office.cards("newcomer")
    token = card.buttons[0].token
    press = ButtonPressed(Interaction(Author("@newcomer", "New"), None, "h"), Verb.NETIQUETTE, token)
    for _ in range(2):
        await office.desk.handle(press, office.discord)
        assert office.discord.answers[-1][1].title.key == "netiquette.noted"
    everybody = ("@newcomer", "@other")
    assert await office.store.acknowledgements.missing(int(token), ROOM.ref, everybody, 2026) == {"@other"}
    assert await office.store.acknowledgements.missing(int(token), ROOM.ref, everybody, 2027) == set(everybody)


async def test_closed_direct_messages_of_a_newcomer_break_nothing(office: Office) -> None:
    office.discord.refuses = {"@newcomer"}
    await office.desk.handle(MemberJoined(Author("@newcomer"), (ROOM.ref,)), office.discord)
    assert office.cards("newcomer") == []


@pytest.mark.parametrize("news", list(ChannelNews))
async def test_the_site_is_told_what_becomes_of_its_channels(office: Office, news: ChannelNews) -> None:
    await office.desk.handle(ChannelChanged(ROOM.ref, news, office.clock()), office.discord)
    (card,) = office.cards("principal")
    assert card.title.key == f"news.{news}"
    await office.desk.handle(ChannelChanged(NEW, news, office.clock()), office.discord)
    assert len(office.cards("principal")) == 1, "a channel on no register is nobody's business"


async def test_news_of_a_whole_server_is_told_once(office: Office) -> None:
    await office.store.channels.save(replace(ROOM, ref=NEW, site="lincoln"))
    for channel in (ROOM.ref, NEW):
        changed = ChannelChanged(channel, ChannelNews.OPENED_UP, office.clock(), by="@someone")
        await office.desk.handle(changed, office.discord)
    assert [card.title.key for card in office.cards("principal")] == ["news.opened_up"]
    office.clock.forward(minutes=2)
    await office.desk.handle(ChannelChanged(NEW, ChannelNews.OPENED_UP, office.clock(), by="@someone"), office.discord)
    assert len(office.cards("principal")) == 2
