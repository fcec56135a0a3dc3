"""Routing over random rosters: no barred person is ever told or decides, and somebody always is told."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.cases.routing import ACCUSING, Concern, barred_from, concerned_by, may_decide, route
from bot.domain.categories import Category, Severity
from bot.domain.people import DECIDERS
from bot.domain.roster import District, LadderStep, Person, Roster, Site

KEYS = ["ana", "ben", "carla", "dev", "elena", "farid", "grace"]
person = st.sampled_from(KEYS)
people = st.lists(person, max_size=3, unique=True).map(tuple)
maybe = st.none() | person
severities = st.sampled_from([severity for severity in Severity if severity])


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Roster, Site]:
    step = st.builds(LadderStep, person, severities=st.frozensets(severities, min_size=1))
    site = Site(
        "lincoln",
        "Lincoln High School",
        draw(person),
        designees=draw(people),
        supervisor=draw(maybe),
        staff=draw(people),
        ladder=tuple(draw(st.lists(step, max_size=4))),
    )
    district = District("Example", administrators=draw(people), safety_contact=draw(maybe))
    return Roster(district, {key: Person(key, key.title()) for key in KEYS}, {site.key: site}), site


concerns = st.builds(
    Concern,
    severities,
    st.frozensets(st.sampled_from(Category), min_size=1, max_size=3),
    maybe,
    st.frozensets(person, max_size=3),
    maybe,
    st.booleans(),
    st.frozensets(person, max_size=2),
)


@given(rosters(), concerns)
def test_no_barred_person_is_told_warned_or_on_the_ladder(where: tuple[Roster, Site], concern: Concern) -> None:
    routing = route(*where, concern)
    on_the_ladder = {step.person for step in routing.ladder}
    assert (set(routing.told) | routing.warned | on_the_ladder) & concerned_by(concern) == set()


@given(rosters(), concerns)
def test_somebody_is_told_whenever_anybody_above_is_free(where: tuple[Roster, Site], concern: Concern) -> None:
    roster, site = where
    above = {site.supervisor, roster.district.safety_contact, *roster.district.administrators} - {None}
    if above - concerned_by(concern):
        told = route(roster, site, concern).told
        assert told
        assert len(set(told)) == len(told)


@given(rosters(), concerns)
def test_nobody_decides_about_themselves(where: tuple[Roster, Site], concern: Concern) -> None:
    deciders = {key for key in KEYS if may_decide(*where, key, concern)}
    assert concern.author not in deciders
    assert deciders & concerned_by(concern) == set()
    assert all(where[0].roles(key, where[1]) & DECIDERS for key in deciders)


SITE = Site(
    "lincoln",
    "Lincoln High School",
    "principal",
    designees=("assistant",),
    supervisor="local-district",
    staff=("teacher", "coach"),
    ladder=(LadderStep("principal"), LadderStep("assistant")),
)
ROSTER = Roster(District("Example", safety_contact="safety-office"), {}, {"lincoln": SITE})
HIGH = Concern(Severity.HIGH, frozenset({Category.HARASSMENT}), "teacher")


def test_a_high_flag_goes_down_the_ladder_alone() -> None:
    assert route(ROSTER, SITE, HIGH).told == ("principal",)


def test_low_and_medium_flags_reach_the_responsible_staff_member_too() -> None:
    concern = Concern(Severity.MEDIUM, frozenset({Category.OBSCENE}), responsible="teacher")
    assert route(ROSTER, SITE, concern).told == ("principal", "teacher")


def test_unless_that_staff_member_wrote_it() -> None:
    concern = Concern(Severity.MEDIUM, frozenset({Category.OBSCENE}), "teacher", responsible="teacher")
    assert route(ROSTER, SITE, concern).told == ("principal",)


def test_an_allegation_against_the_administrator_goes_to_the_supervisor_first() -> None:
    concern = Concern(Severity.HIGH, frozenset({Category.HARASSMENT}), "principal")
    assert route(ROSTER, SITE, concern).told == ("local-district", "assistant")


def test_a_mention_bars_nobody_but_a_boundary_flag_bars_the_adult_it_names() -> None:
    named = frozenset({"coach", "principal"})
    insult = Concern(Severity.HIGH, frozenset({Category.HARASSMENT}), None, named)
    boundary = Concern(Severity.HIGH, frozenset({Category.BOUNDARY}), None, named)
    assert route(ROSTER, SITE, insult).told == ("principal",)
    assert route(ROSTER, SITE, boundary).told == ("local-district", "assistant")


def test_whom_a_report_is_about_is_barred_whatever_the_category() -> None:
    reported = Concern(Severity.MEDIUM, frozenset({Category.OTHER}), accused=frozenset({"principal"}))
    assert route(ROSTER, SITE, reported).told == ("local-district", "assistant")
    assert barred_from(reported) == {"principal"}


def test_once_cleared_the_named_adult_may_know_and_decides_nothing() -> None:
    concern = Concern(Severity.HIGH, frozenset({Category.BOUNDARY}), None, frozenset({"principal"}), cleared=True)
    assert barred_from(concern) == frozenset()
    assert concerned_by(concern) == {"principal"}
    assert not may_decide(ROSTER, SITE, "principal", concern)
    assert route(ROSTER, SITE, concern).told == ("local-district", "assistant")


@given(rosters(), concerns)
def test_what_was_decided_gives_nobody_power_over_what_is_about_them(
    where: tuple[Roster, Site], concern: Concern
) -> None:
    about = {concern.author} | concern.accused | (concern.named if concern.categories & ACCUSING else set())
    for cleared in (False, True):
        now = replace(concern, cleared=cleared)
        assert about - {None} <= concerned_by(now)
        assert not any(may_decide(*where, key, now) for key in about if key)
        assert route(*where, now) == route(*where, concern)
        assert barred_from(now) <= concerned_by(now)
        assert {concern.author} - {None} <= barred_from(now)


def test_whoever_may_not_know_of_the_older_case_is_not_freed_by_the_younger() -> None:
    concern = replace(HIGH, kept_out=frozenset({"principal"}), cleared=True)
    assert barred_from(concern) == {"teacher", "principal"}


def test_a_critical_comment_by_an_unmatched_account_also_goes_to_the_supervisor() -> None:
    concern = Concern(Severity.CRITICAL, frozenset({Category.THREAT}))
    assert route(ROSTER, SITE, concern).told == ("principal", "local-district")


def test_the_target_of_a_threat_is_warned_without_the_right_to_decide() -> None:
    concern = Concern(Severity.CRITICAL, frozenset({Category.THREAT}), "coach", frozenset({"teacher"}))
    routing = route(ROSTER, SITE, concern)
    assert routing.warned == {"teacher"}
    assert not may_decide(ROSTER, SITE, "teacher", concern)


def test_when_nobody_is_left_the_safety_contact_receives_it() -> None:
    site = Site("s", "S", "principal", supervisor="principal", ladder=(LadderStep("principal"),))
    concern = Concern(Severity.HIGH, frozenset({Category.HARASSMENT}), "principal")
    assert route(ROSTER, site, concern).told == ("safety-office",)
