"""What ships: every pack loads, is complete in both languages, and has a rule and a way to go for everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.domain.categories import PEOPLE_ONLY, Category, Severity
from bot.domain.comments import AuthorRole, ChannelKind
from bot.policy.checks import remarks
from bot.policy.judge import READINGS
from bot.policy.loader import SHIPPED, available_packs, load_pack
from bot.policy.records import Kept
from bot.policy.rules import Handling, Incident
from bot.policy.schema import Pack
from bot.policy.words import EMPLOYEES, Text
from tests.policy.folders import SHIPPED_NAMES, copied, rewritten

MODEL_LABELS = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack")


@pytest.fixture(params=SHIPPED_NAMES)
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(request.param)


def texts_in(value: Any) -> Iterator[Text]:
    """Every bilingual text anywhere in a pack."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts_in(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_in(item)


def test_the_three_packs_are_found() -> None:
    infos = available_packs()
    assert [info.name for info in infos] == list(SHIPPED_NAMES)
    assert all((info.folder / "pack.yaml").is_file() for info in infos)


def test_packs_are_data_without_code() -> None:
    assert {file.suffix for file in SHIPPED.rglob("*") if file.is_file()} - {".pyc"} == {".yaml", ".md", ".py"}
    assert list(SHIPPED.rglob("*.py")) == [SHIPPED / "__init__.py"]


@pytest.mark.parametrize("category", [item for item in Category if item not in PEOPLE_ONLY])
def test_words_of_every_category_have_a_rule_somewhere(pack: Pack, category: Category) -> None:
    tables = [pack.table(role, kind) for role, kind in product(AuthorRole, ChannelKind)]
    assert any(watch.rule.category is category for table in tables for watch in table.findings.get(category, ()))


def test_every_people_only_reason_can_be_chosen_and_never_raised(pack: Pack) -> None:
    chosen = {rule.category: rule for rule in pack.reasons() if rule.category in PEOPLE_ONLY}
    assert chosen.keys() == PEOPLE_ONLY
    assert all(rule.signals == () for rule in chosen.values())


@pytest.mark.parametrize("label", MODEL_LABELS)
@pytest.mark.parametrize("kind", [kind for kind in ChannelKind if kind is not ChannelKind.STAFF])
def test_every_label_of_the_model_counts_for_everybody(pack: Pack, label: str, kind: ChannelKind) -> None:
    assert all(label in pack.table(role, kind).labels for role in AuthorRole)


def test_both_languages_are_complete_and_differ(pack: Pack) -> None:
    texts = [text for part in fields(pack) for text in texts_in(getattr(pack, part.name))]
    assert len(texts) > 80
    assert [text for text in texts if text.en == text.es] == []
    assert pack.netiquette["en"].points.keys() == pack.netiquette["es"].points.keys()
    for language, words in (("en", "every year"), ("es", "cada año")):
        assert words in pack.parent_notice[language]  # type: ignore[index]


@pytest.mark.parametrize(
    ("language", "promises"),
    [
        ("en", ["What is watched", "Who watches", "how long", "correct", "see", "49073.6", "destroyed", "911"]),
        ("es", ["Qué se revisa", "Quién revisa", "cuánto tiempo", "corrija", "ver", "49073.6", "destruye", "911"]),
    ],
)
def test_the_parent_notice_says_what_families_must_know(pack: Pack, language: str, promises: list[str]) -> None:
    notice = pack.parent_notice[language]  # type: ignore[index]
    assert [promise for promise in promises if promise not in notice] == []


def test_every_incident_has_a_way_to_go_between_any_two_people(pack: Pack) -> None:
    roles = [None, *AuthorRole]
    for incident, author, target in product(Incident, roles, roles):
        assert pack.routes_for(incident, author, target), f"{incident} from {author} to {target}"


@pytest.mark.parametrize("incident", [Incident.SEXUAL_IMAGES, Incident.CHILD_ABUSE])
def test_sexual_images_are_never_downloaded_and_abuse_is_reported(pack: Pack, incident: Incident) -> None:
    cautions = {caution for route in pack.routes_for(incident) for caution in route.cautions}
    assert {"no_download", "mandated_reporter", "emergency"} <= cautions
    assert "911" in pack.routes.cautions["emergency"].en
    assert "911" in pack.routes.cautions["emergency"].es


def test_what_lausd_does_about_threats_depends_on_who_is_a_student() -> None:
    lausd = load_pack("lausd")

    def bulletins(author: AuthorRole | None, target: AuthorRole | None) -> set[str]:
        return {item for route in lausd.routes_for(Incident.THREAT, author, target) for item in route.bulletins}

    assert bulletins(AuthorRole.PARENT, AuthorRole.TEACHER) == {"BUL-5798.0"}
    assert "BUL-5799.0" in bulletins(AuthorRole.STUDENT, AuthorRole.TEACHER)
    assert "BUL-5798.0" not in bulletins(AuthorRole.STUDENT, AuthorRole.TEACHER)
    assert "BUL-5799.0" in bulletins(AuthorRole.PARENT, AuthorRole.STUDENT)
    assert bulletins(None, None) >= {"BUL-5798.0", "BUL-5799.0"}
    assert bulletins(AuthorRole.MEMBER, AuthorRole.TEACHER) >= {"BUL-5798.0", "BUL-5799.0"}
    first = lausd.routes_for(Incident.THREAT, AuthorRole.STUDENT, AuthorRole.STUDENT)[0]
    assert first.agencies == ("laspd", "school-operations", "crisis-counselling")


def test_sexual_harassment_follows_the_roles() -> None:
    lausd = load_pack("lausd")

    def bulletins(author: AuthorRole, target: AuthorRole) -> set[str]:
        routes = lausd.routes_for(Incident.SEXUAL_HARASSMENT, author, target)
        return {item for route in routes for item in route.bulletins}

    assert bulletins(AuthorRole.TEACHER, AuthorRole.STAFF) == {"BUL-1893.1"}
    assert bulletins(AuthorRole.STUDENT, AuthorRole.STUDENT) == {"BUL-3349.1"}
    assert bulletins(AuthorRole.TEACHER, AuthorRole.STUDENT) == {"BUL-3349.1", "BUL-3357.1", "BUL-1347.2"}


def test_every_phone_is_dated_and_nobody_calls_a_number_unwarned(pack: Pack) -> None:
    assert pack.routes.verify.en == "Verify before use"
    assert all(agency.as_of is not None for agency in pack.routes.agencies if agency.phones)
    called = {name for route in pack.routes.routes for name in route.agencies}
    assert called <= {agency.id for agency in pack.routes.agencies}


def test_only_lausds_source_names_phones() -> None:
    numbers = {name: [a for a in load_pack(name).routes.agencies if a.phones] for name in SHIPPED_NAMES}
    assert numbers["board"] == numbers["lbusd"] == []
    assert len(numbers["lausd"]) == 10


def test_no_pack_cites_another_districts_documents() -> None:
    for name, foreign in (("lausd", "LBUSD|Board"), ("lbusd", "BUL|Board Social"), ("board", "BUL|LBUSD")):
        pack = load_pack(name)
        cited = [
            str(item)
            for rule in pack.reasons()
            for role in AuthorRole
            for item in (pack.cite(rule, role).clause, *pack.cite(rule, role).consult)
        ]
        assert [item for item in cited if re.search(foreign, item)] == []


def test_welfare_is_no_violation_and_reminds_of_the_duty_to_report(pack: Pack) -> None:
    for rule_id, incident in (("self_harm", Incident.SELF_HARM), ("abuse_disclosure", Incident.CHILD_ABUSE)):
        rule = pack.rule(rule_id)
        assert rule is not None
        assert rule.act.handling is Handling.WELFARE
        assert rule.act.route is incident
        assert "mandated" in rule.act.note.en
        assert all(pack.cite(rule, role).clause == "Netiquette 12" for role in AuthorRole)
        assert any("mandated_reporter" in route.cautions for route in pack.routes_for(incident))


def test_lausd_names_the_reporting_bulletin_for_welfare() -> None:
    lausd = load_pack("lausd")
    for rule_id in ("self_harm", "abuse_disclosure"):
        rule = lausd.rule(rule_id)
        assert rule is not None
        assert lausd.cite(rule, AuthorRole.STUDENT).consult == ("BUL-1347.2",)


def test_campaign_and_advertising_concern_official_posts_only(pack: Pack) -> None:
    for role, kind in product(AuthorRole, (ChannelKind.CLASS, ChannelKind.PARENT, ChannelKind.BOOSTER)):
        findings = pack.table(role, kind).findings
        for category in (Category.CAMPAIGN, Category.ADVERTISING):
            assert (category in findings) == (role in EMPLOYEES), f"{category} by {role} in {kind}"


def test_staff_channels_are_off(pack: Pack) -> None:
    for role in AuthorRole:
        table = pack.table(role, ChannelKind.STAFF)
        assert not table.labels
        assert not table.findings


def test_the_checklist_runs_from_a_to_l(pack: Pack) -> None:
    assert "".join(step.id for step in pack.checklist.steps) == "ABCDEFGHIJKL"
    clauses = [pack.checklist.clause(step) for step in pack.checklist.steps]
    assert clauses[0] == ("BUL-5688.1 V.A" if pack.name == "lausd" else None)
    assert clauses[-1] == ("BUL-5688.1 V.L" if pack.name == "lausd" else None)


def test_what_the_sources_do_not_say_is_left_to_the_district(pack: Pack) -> None:
    assert pack.identity.adopted is None
    assert all(level.steps == () and level.categories == () for level in pack.matrix.levels)
    assert {period.id for period in pack.retention.periods} == set(Kept)
    assert all(period.district_confirms for period in pack.retention.periods)
    assert any("adopted" in remark for remark in remarks(pack))


def test_critical_incidents_belong_in_istar_at_lausd() -> None:
    record = load_pack("lausd").identity.incident_record
    assert record is not None
    assert (record.name, record.from_severity, record.clause) == ("iSTAR", Severity.CRITICAL, "BUL-5688.1 IV.A.5")


def test_a_model_without_a_label_is_remarked_on_only_when_asked(pack: Pack) -> None:
    said = [remark for remark in remarks(pack, MODEL_LABELS) if "no label" in remark]
    assert any("self_harm" in remark for remark in said)
    assert not any("“threat”" in remark for remark in said)
    assert [remark for remark in remarks(pack) if "no label" in remark] == []


def test_a_label_that_no_known_model_has_is_remarked_on_without_a_model(tmp_path: Path, pack: Pack) -> None:
    assert [remark for remark in remarks(pack) if "no model that we know" in remark] == []
    folder = copied("board", tmp_path)
    rewritten(folder / "rules.yaml", "- label: threat", "- {label: threeat, at: {high: 0.5}}")
    changed = load_pack(folder)
    said = "no model that we know has a label “threeat” (did you mean “threat”?); rule “threat”"
    assert [remark for remark in remarks(changed) if said in remark] != []
    assert [remark for remark in remarks(changed, (*MODEL_LABELS, "threeat")) if "threeat" in remark] == []


def test_what_the_shipped_packs_weigh_is_what_known_models_and_detectors_find() -> None:
    """The checks of other packs go by these names, so that none of them may stand idle here."""
    board = load_pack("board")
    signals = [signal for rule in board.reasons() for signal in rule.signals]
    assert set(board.thresholds.labels) == {signal.label for signal in signals if signal.label} == set(READINGS)
    assert set(board.thresholds.findings) == {signal.finding for signal in signals if signal.finding}
    assert set(board.thresholds.findings) == set(Category) - PEOPLE_ONLY


def test_nobody_who_is_bound_is_sent_to_the_rules_for_students(pack: Pack) -> None:
    """Where no clause fits an employee, nothing stands in for it but the netiquette."""
    rule = pack.rule("campaign")
    assert rule is not None
    assert pack.cite(rule, AuthorRole.STUDENT).consult
    assert pack.cite(rule, AuthorRole.TEACHER).consult == ()
