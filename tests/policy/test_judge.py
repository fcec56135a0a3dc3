"""The judge: worst rule first, clauses only against those they bind, never milder for a higher score."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.assessments import CLEAR, Assessment, Finding
from bot.domain.categories import PEOPLE_ONLY, Category, Severity
from bot.domain.comments import Author, AuthorRole, ChannelKind, ChannelRef, Comment, CommentRef
from bot.policy.identity import Switches
from bot.policy.judge import READINGS, Context, context_of, judge
from bot.policy.loader import load_pack
from bot.policy.schema import Pack
from tests.policy.folders import SHIPPED_NAMES

PACKS = {name: load_pack(name) for name in SHIPPED_NAMES}
LAUSD = PACKS["lausd"]
LENGTH = 40
UNBOUND = frozenset({AuthorRole.STUDENT, AuthorRole.MEMBER, AuthorRole.ALUMNI})

fractions = st.floats(min_value=0, max_value=1)
scores = st.dictionaries(st.sampled_from([*READINGS, "unheard_of"]), fractions, max_size=8)
findings = st.lists(
    st.builds(
        Finding,
        detector=st.sampled_from(["phone", "self_harm", "threat"]),
        category=st.sampled_from([item for item in Category if item not in PEOPLE_ONLY]),
        start=st.integers(0, 10),
        end=st.integers(10, LENGTH),
        score=fractions,
        explanation=st.just("Possible something."),
    ),
    max_size=5,
).map(tuple)
contexts = st.builds(
    Context,
    length=st.just(LENGTH),
    author_role=st.sampled_from(AuthorRole),
    channel_kind=st.sampled_from(ChannelKind),
    target_roles=st.frozensets(st.sampled_from(AuthorRole), max_size=3),
)
packs = st.sampled_from(list(PACKS.values()))


def saw(category: Category, score: float = 0.95, detector: str = "eyes") -> Assessment:
    return Assessment(findings=(Finding(detector, category, 3, 9, score, "Possible something."),))


def by(role: AuthorRole, kind: ChannelKind = ChannelKind.CLASS) -> Context:
    return Context(LENGTH, role, kind)


def test_nothing_reached_is_clear() -> None:
    assert judge(LAUSD, Assessment(scores={"toxicity": 0.1}), by(AuthorRole.STUDENT)) is CLEAR
    assert judge(LAUSD, Assessment(), by(AuthorRole.STUDENT)) is CLEAR


def test_a_threat_by_a_parent_cites_the_bulletin() -> None:
    judgement = judge(LAUSD, Assessment(scores={"threat": 0.999}), by(AuthorRole.PARENT))
    assert (judgement.severity, judgement.rule, judgement.clause) == (Severity.HIGH, "threat", "BUL-5688.1 II.7")
    assert judgement.consult == ()
    (finding,) = judgement.findings
    assert (finding.detector, finding.label, finding.start, finding.end) == ("toxicity", "threat", 0, LENGTH)
    assert finding.explanation == "Possibly a threat: the model's score is 1.00."


def test_a_threat_by_a_student_cites_the_netiquette_and_what_to_consult() -> None:
    judgement = judge(LAUSD, Assessment(scores={"threat": 0.999}), by(AuthorRole.STUDENT))
    assert judgement.clause == "Netiquette 2"
    assert {"BUL-6399.0", "BUL-5212.1", "BUL-5799.0"} == set(judgement.consult)


@pytest.mark.parametrize(
    ("role", "kind", "rule"),
    [
        (AuthorRole.STUDENT, ChannelKind.CLASS, "bullying"),
        (AuthorRole.STUDENT, ChannelKind.PARENT, "bullying"),
        (AuthorRole.MEMBER, ChannelKind.CLASS, "bullying"),
        (AuthorRole.MEMBER, ChannelKind.PARENT, "insult"),
        (AuthorRole.PARENT, ChannelKind.CLASS, "insult"),
        (AuthorRole.TEACHER, ChannelKind.BOOSTER, "insult"),
    ],
)
def test_an_insult_is_bullying_among_students_and_disparagement_among_adults(
    role: AuthorRole, kind: ChannelKind, rule: str
) -> None:
    assert judge(LAUSD, Assessment(scores={"insult": 0.999}), by(role, kind)).rule == rule


def test_the_worst_rule_is_cited_and_categories_follow_severity() -> None:
    assessment = Assessment(
        scores={"toxicity": 0.999, "obscene": 0.999},
        findings=saw(Category.CONTACT_INFO, 0.6).findings + saw(Category.SELF_HARM).findings,
    )
    judgement = judge(LAUSD, assessment, by(AuthorRole.STUDENT))
    assert judgement.rule == "self_harm"
    assert judgement.categories[0] is Category.SELF_HARM
    assert judgement.categories[-1] is Category.CONTACT_INFO
    assert judgement.findings[0].category is Category.SELF_HARM


def test_an_unscored_comment_is_judged_by_its_detectors() -> None:
    seen = saw(Category.THREAT, 0.9)
    assessment = Assessment(findings=seen.findings, unscored="The toxicity model gave no answer.")
    assert judge(LAUSD, assessment, by(AuthorRole.PARENT)).rule == "threat"


def test_a_parents_opinion_on_a_ballot_measure_is_clear() -> None:
    opinion = saw(Category.CAMPAIGN, 1.0)
    assert judge(LAUSD, opinion, by(AuthorRole.PARENT, ChannelKind.PARENT)) is CLEAR
    assert judge(LAUSD, opinion, by(AuthorRole.TEACHER)).rule == "campaign"


def switched(pack: Pack, **switches: bool) -> Pack:
    identity = pack.identity.model_copy(update={"switches": Switches(**switches)})
    return replace(pack, identity=identity)


def test_a_switch_extends_advertising_to_everybody() -> None:
    seen = saw(Category.ADVERTISING)
    assert judge(LAUSD, seen, by(AuthorRole.PARENT)) is CLEAR
    extended = switched(LAUSD, advertising_by_anyone=True)
    judgement = judge(extended, seen, by(AuthorRole.PARENT))
    assert (judgement.rule, judgement.clause) == ("advertising-by-anyone", "Netiquette 10")


def test_what_was_judged_before_changes_neither_copies_nor_equality() -> None:
    used, fresh = load_pack("lausd"), load_pack("lausd")
    judge(used, saw(Category.THREAT), by(AuthorRole.TEACHER, ChannelKind.STAFF))
    assert used == fresh
    assert judge(
        switched(used, staff_channels=True), saw(Category.THREAT), by(AuthorRole.TEACHER, ChannelKind.STAFF)
    ).flagged


def test_a_switch_turns_staff_channels_on() -> None:
    threat = saw(Category.THREAT)
    assert judge(LAUSD, threat, by(AuthorRole.TEACHER, ChannelKind.STAFF)) is CLEAR
    watched = switched(LAUSD, staff_channels=True)
    assert judge(watched, threat, by(AuthorRole.TEACHER, ChannelKind.STAFF)).rule == "threat"


def test_boundaries_concern_students_not_colleagues() -> None:
    seen = saw(Category.BOUNDARY)
    teacher = AuthorRole.TEACHER
    assert judge(LAUSD, seen, Context(LENGTH, teacher)).clause == "BUL-5688.1 II.1"
    to_student = Context(LENGTH, teacher, target_roles=frozenset({AuthorRole.STUDENT, AuthorRole.PARENT}))
    assert judge(LAUSD, seen, to_student).rule == "boundary"
    to_parent = Context(LENGTH, teacher, target_roles=frozenset({AuthorRole.PARENT}))
    assert judge(LAUSD, seen, to_parent) is CLEAR
    assert judge(LAUSD, seen, by(AuthorRole.STUDENT)) is CLEAR


def test_a_clause_for_employees_is_not_cited_against_a_parent() -> None:
    judgement = judge(LAUSD, saw(Category.BOUNDARY), by(AuthorRole.PARENT))
    assert judgement.clause == "Netiquette 9"


def test_a_named_detector_is_the_only_one_that_counts() -> None:
    rule = LAUSD.rule("contact_info")
    assert rule is not None
    only_phone = rule.signals[0].model_copy(update={"detector": "phone"})
    rules = tuple(
        item.model_copy(update={"signals": (only_phone,)}) if item.id == rule.id else item for item in LAUSD.rules.rules
    )
    pack = replace(LAUSD, rules=LAUSD.rules.model_copy(update={"rules": rules}))
    assert judge(pack, saw(Category.CONTACT_INFO, detector="phone"), by(AuthorRole.STUDENT)).flagged
    assert judge(pack, saw(Category.CONTACT_INFO, detector="e-mail"), by(AuthorRole.STUDENT)) is CLEAR


@pytest.mark.parametrize("score", [math.nan, -math.inf, -1.0])
def test_a_score_that_is_none_reaches_nothing(score: float) -> None:
    assert judge(LAUSD, Assessment(scores={"threat": score}), by(AuthorRole.STUDENT)) is CLEAR


def test_the_context_counts_code_points() -> None:
    comment = Comment(
        ref=CommentRef(ChannelRef("local", "w", "c"), "1"),
        text="👩‍👩‍👧 ñ",
        author=Author("a", role=AuthorRole.COACH),
    )
    assert context_of(comment, ChannelKind.PARENT) == Context(7, AuthorRole.COACH, ChannelKind.PARENT)


@given(packs, scores, findings, contexts)
def test_no_clause_is_ever_cited_against_a_person_it_does_not_bind(
    pack: Pack, scores: dict[str, float], findings: tuple[Finding, ...], context: Context
) -> None:
    judgement = judge(pack, Assessment(scores, findings), context)
    if not judgement.flagged:
        assert judgement == CLEAR
        return
    assert judgement.clause is not None
    if judgement.clause.startswith("Netiquette "):
        assert int(judgement.clause.removeprefix("Netiquette ")) in pack.netiquette["en"].points
        return
    assert context.author_role not in UNBOUND
    assert judgement.consult == ()
    clause = pack.clauses.rules[judgement.rule or ""].clause
    assert clause is not None
    assert judgement.clause == f"{clause.source} {clause.point}"
    assert context.author_role in clause.binds
    assert [context.author_role in item.binds for item in pack.identity.sources if item.id == clause.source] == [True]


@given(packs, scores, findings, contexts, st.data())
def test_raising_a_score_never_lowers_the_severity(
    pack: Pack, scores: dict[str, float], findings: tuple[Finding, ...], context: Context, data: st.DataObject
) -> None:
    before = judge(pack, Assessment(scores, findings), context)
    label = data.draw(st.sampled_from([*READINGS]))
    higher = {**scores, label: data.draw(st.floats(min_value=scores.get(label, 0.0), max_value=1))}
    after = judge(pack, Assessment(higher, findings), context)
    assert after.severity >= before.severity
    assert set(after.categories) >= set(before.categories)


@given(packs, scores, findings, contexts, st.data())
def test_the_order_in_which_things_were_seen_changes_nothing(
    pack: Pack, scores: dict[str, float], findings: tuple[Finding, ...], context: Context, data: st.DataObject
) -> None:
    shuffled = Assessment(
        dict(data.draw(st.permutations(list(scores.items())))), tuple(data.draw(st.permutations(findings)))
    )
    assert judge(pack, shuffled, context) == judge(pack, Assessment(scores, findings), context)


@given(packs, scores, findings, contexts)
def test_every_judgement_holds_together(
    pack: Pack, scores: dict[str, float], findings: tuple[Finding, ...], context: Context
) -> None:
    judgement = judge(pack, Assessment(scores, findings), context)
    assert judgement.flagged == bool(judgement.findings)
    assert {item.category for item in judgement.findings} == set(judgement.categories)
    assert not PEOPLE_ONLY & set(judgement.categories)
    assert all(0 <= item.start <= item.end <= LENGTH for item in judgement.findings)
    if judgement.flagged:
        rule = pack.rule(judgement.rule or "")
        assert rule is not None
        assert rule.category is judgement.categories[0]
