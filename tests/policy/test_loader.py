"""Damaged packs: every way that we could think of, each named by file and line in one sentence."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.categories import Severity
from bot.domain.comments import AuthorRole
from bot.errors import PackError
from bot.policy.loader import SHIPPED, load_pack
from bot.policy.problems import DamagedPackError
from tests.policy.folders import SHIPPED_NAMES, copied, problems_of, rewritten

# file, what is replaced, by what, lines below the start of the change, and words of the sentence
DAMAGE = [
    ("rules.yaml", "category: threat", "category: thread", 0, "“thread” is not possible for “category”"),
    ("rules.yaml", "netiquette: 2", "netiquette: 99", 0, "netiquette.en.md has no point 99"),
    ("rules.yaml", "netiquette: 2", "netiquette: two", 0, "must be a whole number, not “two”"),
    ("rules.yaml", "netiquette: 2", "netiquette: 0", 0, "at least 1"),
    ("rules.yaml", ", es: Posible amenaza}", "}", 0, "no “es”"),
    ("rules.yaml", "es: Posible amenaza}", 'es: ""}', 0, "“es” is empty"),
    ("rules.yaml", "es: Posible amenaza}", "es: 12}", 0, "must be a text"),
    ("rules.yaml", "- id: threat", "- id: self_harm", 0, "used twice"),
    ("rules.yaml", "- id: threat", "- id: Threat!", 0, "has not the form of “id”"),
    ("rules.yaml", "label: threat", "labell: threat", 0, "“labell” is no known key here"),
    ("rules.yaml", "label: threat", "label: moonshine", 0, "no levels for “moonshine”"),
    ("rules.yaml", "label: threat", "label: threeat", 0, "no levels for “threeat” (did you mean “threat”?)"),
    ("rules.yaml", "label: threat", "{label: threat, finding: threat}", 0, "either a “label”"),
    ("rules.yaml", "label: threat", "{label: threat, detector: phone}", 0, "goes with “finding” only"),
    ("rules.yaml", "label: threat", "{label: threat, at: {high: 0.2, low: 0.4}}", 0, "needs a higher score"),
    ("rules.yaml", "label: threat", "{label: threat, at: {high: 85}}", 0, "a fraction above 0"),
    ("rules.yaml", "label: threat", "{label: threat, at: {high: true}}", 0, "a fraction above 0"),
    ("rules.yaml", "label: threat", "{label: threat, at: {grave: 0.5}}", 0, "“grave” is no severity"),
    ("rules.yaml", "label: threat", "{label: threat, at: {none: 0.5}}", 0, "leave it out"),
    ("rules.yaml", "label: threat", "{label: threat, at: {}}", 0, "expected levels"),
    ("rules.yaml", "authors: [adults]", "authors: [grown-ups]", 0, "neither a role nor a group"),
    ("rules.yaml", "authors: [adults]", "authors: adults", 0, "expected a list of roles"),
    ("rules.yaml", "authors: [adults]", "authors: []", 0, "means nobody"),
    ("rules.yaml", "authors: [adults]", "authors: [[adults]]", 0, "neither a role nor a group"),
    ("rules.yaml", "channels: [class]", "channels: [classroom]", 0, "“classroom” is no kind of channel"),
    ("rules.yaml", "channels: [class]", "channels: class", 0, "expected a list of channel kinds"),
    ("rules.yaml", "route: hate", "route: heaven", 0, "“heaven” is not possible for “route”"),
    ("rules.yaml", "handling: welfare", "handling: wellfare", 0, "“wellfare” is not possible"),
    ("rules.yaml", "only_if: advertising_by_anyone", "only_if: moon", 0, "“moon” is not possible"),
    ("rules.yaml", "category: threat", "category: defamation", -1, "only people may choose"),
    ("rules.yaml", "    signals:\n      - label: threat\n      - finding: threat\n", "", -3, "no signals"),
    ("rules.yaml", "people_only: true", "people_only: 'yes'", 0, "true or false"),
    ("rules.yaml", "safety_notice: true", "safety_notice: true\n      safety_notice: true", 1, "stands here twice"),
    ("rules.yaml", "safety_notice: true", "safety_notice: &a true", 0, "anchors and aliases"),
    ("rules.yaml", "safety_notice: true", "safety_notice: *a", 0, "anchors and aliases"),
    ("rules.yaml", "safety_notice: true", "safety_notice: !!python/name:os.system x", 0, "tags (!)"),
    ("rules.yaml", "safety_notice: true", "safety_notice: [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]", 0, "nested deeper"),
    ("rules.yaml", "safety_notice: true", "? [a]\n      : true", 0, "a key must be"),
    ("rules.yaml", "route: hate", "route: {hate", 1, "this is no YAML"),
    ("rules.yaml", "rules:", "rules: yes\nrulez:", 0, "must be a list"),
    ("thresholds.yaml", "labels:", "labels: [1]\nothers:", 0, "“key: value” lines"),
    ("thresholds.yaml", "  threat:", "  - threat:", 0, "this is no YAML"),
    ("thresholds.yaml", "  advertising: {low: ", "  advertising: {low: 0.999, lower: ", 0, "is no severity"),
    ("thresholds.yaml", "contact_info:", "phone:", 0, "“phone” is not possible"),
    (
        "thresholds.yaml",
        "  threat: {low",
        "  inslut: {low: 0.5}\n  threat: {low",
        0,
        "(did you mean “insult”?); correct it",
    ),
    (
        "thresholds.yaml",
        "  sexual: {",
        "  defamation: {low: 0.5}\n  sexual: {",
        0,
        "no rule has a signal for findings of",
    ),
    ("clauses.yaml", "  threat:", "  thread:", 0, "rules.yaml has no rule “thread”"),
    ("clauses.yaml", "source: Board Social Media Use", "source: Board", 0, "lists no source “Board”"),
    ("clauses.yaml", "[Board Policy 6163.4,", "[Board Policy 1,", 0, "neither under sources nor under bulletins"),
    (
        "clauses.yaml",
        "  self_harm:\n",
        "  self_harm:\n    clause: {source: Board Social Media Use, point: X}\n",
        0,
        "welfare",
    ),
    ("routes.yaml", "agencies: [law-enforcement]", "agencies: [sherlock]", 0, "no agency “sherlock”"),
    ("routes.yaml", "agencies: [law-enforcement]", "agencies: []", 0, "at least one entry"),
    ("routes.yaml", "cautions: [emergency, confidential]", "cautions: [panic]", 0, "“panic” is not possible"),
    ("routes.yaml", "incident: threat", "incident: storm", 0, "“storm” is not possible for “incident”"),
    ("routes.yaml", "incident: hate\n", "incident: crime\n", None, "routes.yaml has no route for “hate”"),
    ("routes.yaml", "  - id: superintendent\n", "  - id: superintendent\n    phones: ['555-0100']\n", 1, "no date"),
    ("routes.yaml", "  - id: superintendent\n", "  - id: superintendent\n    phones: [call me]\n", 1, "form of"),
    ("routes.yaml", "  - id: superintendent\n", "  - id: superintendent\n    as_of: yesterday\n", 1, "a date such as"),
    ("checklist.yaml", "id: A", "id: AA", 0, "form of “id”"),
    ("matrix.yaml", "steps: []", "steps: [talk]", 0, "“key: value” lines"),
    ("retention.yaml", "days: 14", "days: 14\n    years: 1", -2, "not both"),
    ("retention.yaml", "days: 14", "days: -1", 0, "at least 0"),
    ("retention.yaml", "starts: signed_off", "starts: someday", 0, "“someday” is not possible"),
    ("retention.yaml", "id: not_flagged", "id: patterns", 0, "“patterns” is not possible"),
    ("pack.yaml", "schema_version: 1", "schema_version: 2", 0, "at most 1"),
    ("pack.yaml", "name: board", "", -1, "“name” is missing"),
    ("pack.yaml", 'version: "1.0"', "version: 1.0", 0, "must be a text"),
    ("pack.yaml", "adopted:", "adopted: soon", 0, "a date such as 2026-08-20"),
    ("pack.yaml", "binds: [employees, associated]", "binds: [students]", 0, "neither a role nor a group"),
    ("pack.yaml", "staff_channels: false", "staff_channels: no", 0, "true or false"),
    ("pack.yaml", "parent_notice_months: 12 ", "parent_notice_months: 0 ", 0, "at least 1"),
    ("pack.yaml", "parent_notice_months: 12 ", "parent_notice_months: 12.5 ", 0, "a whole number"),
    ("pack.yaml", "name: board", "name: board\nextends: narnia", 1, "“narnia” is no pack to build on"),
    ("netiquette.es.md", "3. **Sin", "**Sin", None, "point 3 is missing here"),
    ("netiquette.es.md", "3. **Sin", "44. **Sin", None, "point 44 is not in the English text"),
    ("netiquette.en.md", "3. **No", "2. **No", 0, "point 2 stands here twice"),
]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: f"{damage[0]}: {damage[2].strip()}")
def test_damage_is_named_by_file_and_line(tmp_path: Path, damage: tuple[str, str, str, int | None, str]) -> None:
    name, old, new, below, words = damage
    folder = copied("board", tmp_path)
    changed = rewritten(folder / name, old, new)
    problems = [problem for problem in problems_of(folder) if words in problem.message]
    assert problems
    if below is not None:
        assert (folder / name, changed + below) in [(problem.file, problem.line) for problem in problems]


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    folder = copied("board", tmp_path)
    rewritten(folder / "rules.yaml", "category: threat", "category: thread")
    rewritten(folder / "rules.yaml", "category: bullying", "category: bully")
    rewritten(folder / "retention.yaml", "days: 14", "days: many")
    rewritten(folder / "routes.yaml", "incident: threat", "incident: {")
    (folder / "netiquette.es.md").unlink()
    problems = problems_of(folder)
    assert {problem.file.name for problem in problems} >= {
        "rules.yaml",
        "retention.yaml",
        "routes.yaml",
        "netiquette.es.md",
    }
    assert len([problem for problem in problems if problem.file.name == "rules.yaml"]) == 2
    assert problems == tuple(sorted(problems))


def test_the_error_is_one_sentence_that_says_how_to_see_the_rest(tmp_path: Path) -> None:
    folder = copied("board", tmp_path)
    rewritten(folder / "rules.yaml", "category: threat", "category: thread")
    rewritten(folder / "retention.yaml", "days: 14", "days: many")
    with pytest.raises(PackError, match=r"retention.yaml:\d+: .*\(1 more: run “crossing-guard policy check”"):
        load_pack(folder)


@pytest.mark.parametrize("name", sorted(file.name for file in (SHIPPED / "board").iterdir()))
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = copied("board", tmp_path)
    (folder / name).unlink()
    if name == "pack.yaml":
        folder.joinpath("pack.yaml").symlink_to(folder / "gone.yaml")
    assert any(problem.file == folder / name and "missing" in problem.message for problem in problems_of(folder))


@pytest.mark.parametrize("name", ["rules.yaml", "parent-notice.es.md"])
@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, ""),
        (b"a: 1\nb: \xff\xfe\n", 2, "not UTF-8"),
        (b"a: " + b"x" * 300_000, 1, "larger than 256 KiB"),
    ],
)
def test_a_file_that_is_no_text_is_named(tmp_path: Path, name: str, content: bytes, line: int, words: str) -> None:
    folder = copied("board", tmp_path)
    (folder / name).write_bytes(content)
    assert any(
        (problem.file.name, problem.line) == (name, line) and words in problem.message
        for problem in problems_of(folder)
    )


@pytest.mark.parametrize("name", ["rules.yaml", "netiquette.en.md", "pack.yaml"])
def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = copied("board", tmp_path)
    outside = tmp_path / "outside"
    (folder / name).rename(outside)
    (folder / name).symlink_to(outside)
    assert any("leads out" in problem.message for problem in problems_of(folder))


def test_links_inside_the_folder_are_followed(tmp_path: Path) -> None:
    folder = copied("board", tmp_path)
    (folder / "..data").mkdir()
    (folder / "rules.yaml").rename(folder / "..data" / "rules.yaml")
    (folder / "rules.yaml").symlink_to(Path("..data") / "rules.yaml")
    assert load_pack(folder).name == "board"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = copied("board", tmp_path)
    (folder / "rules.yaml").unlink()
    os.mkfifo(folder / "rules.yaml")
    assert any("missing" in problem.message for problem in problems_of(folder))


def test_a_yaml_bomb_is_refused(tmp_path: Path) -> None:
    folder = copied("board", tmp_path)
    levels = ["a0: &a0 [x, x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    (folder / "rules.yaml").write_text("\n".join(levels), encoding="utf-8")
    assert any("anchors and aliases" in problem.message for problem in problems_of(folder))


def test_brackets_without_end_do_not_exhaust_the_stack(tmp_path: Path) -> None:
    folder = copied("board", tmp_path)
    (folder / "rules.yaml").write_text("rules: " + "[" * 100_000, encoding="utf-8")
    assert any("nested deeper" in problem.message for problem in problems_of(folder))


def test_what_a_file_smuggles_into_a_sentence_cannot_steer_the_terminal(tmp_path: Path) -> None:
    folder = copied("board", tmp_path)
    rewritten(folder / "rules.yaml", "category: threat", r'category: "\e[2J\nall is well\u202e"')
    shown = [str(problem) for problem in problems_of(folder)]
    assert any("all is well" in line for line in shown)
    assert all(line.isprintable() for line in shown)


@given(st.text(max_size=200))
def test_any_text_gives_problems_never_another_error(text: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pack.yaml").write_text(text, encoding="utf-8", errors="surrogatepass")
        with pytest.raises(DamagedPackError) as caught:
            load_pack(folder)
        assert all(problem.line >= 1 for problem in caught.value.problems)


@pytest.mark.parametrize("missing", ["atlantis", "/nowhere/at/all", "board/rules.yaml"])
def test_an_unknown_pack_is_named_with_those_there_are(missing: str) -> None:
    with pytest.raises(PackError, match="board, lausd, lbusd") as caught:
        load_pack(missing)
    assert not isinstance(caught.value, DamagedPackError)


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_a_pack_loads_by_name_by_folder_and_by_its_file(name: str) -> None:
    assert load_pack(name) == load_pack(SHIPPED / name) == load_pack(SHIPPED / name / "pack.yaml")


OWN = """\
schema_version: 1
name: our-school
version: "3.1"
extends: lausd
title: {en: Our school, es: Nuestra escuela}
adopted: 2026-08-20
switches: {staff_channels: true}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A pack of one file that builds on LAUSD's."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "pack.yaml").write_text(OWN, encoding="utf-8")
    return folder


def test_a_pack_of_one_file_inherits_everything_else(own: Path) -> None:
    pack, lausd = load_pack(own), load_pack("lausd")
    assert (pack.name, pack.identity.version, pack.identity.district) == (
        "our-school",
        "3.1",
        lausd.identity.district,
    )
    assert pack.identity.switches.staff_channels
    assert pack.rules == lausd.rules
    threat = pack.rule("threat")
    assert threat is not None
    assert pack.cite(threat, AuthorRole.PARENT).clause == "BUL-5688.1 II.7"


def test_what_a_pack_says_itself_wins_entry_by_entry(own: Path) -> None:
    (own / "thresholds.yaml").write_text("labels:\n  threat: {high: 0.66}\n", encoding="utf-8")
    (own / "rules.yaml").write_text(
        "rules:\n  - {id: obscene, off: true}\n  - {id: threat, netiquette: 3}\n", encoding="utf-8"
    )
    (own / "routes.yaml").write_text("routes:\n  - {id: hate, agencies: [laspd]}\n", encoding="utf-8")
    pack, lausd = load_pack(own), load_pack("lausd")
    assert pack.thresholds.labels["threat"] == ((Severity.HIGH, 0.66),)
    assert pack.thresholds.labels["insult"] == lausd.thresholds.labels["insult"]
    assert pack.rule("obscene") is None
    assert [rule.id for rule in pack.rules.rules] == [rule.id for rule in lausd.rules.rules]
    threat = pack.rule("threat")
    assert threat is not None
    assert threat.netiquette == 3
    assert threat.signals == lausd.rules.rules[2].signals
    (hate,) = [route for route in pack.routes.routes if route.id == "hate"]
    assert (hate.agencies, hate.bulletins) == (("laspd",), ("BUL-2047.0",))


def test_a_pack_with_its_own_sources_inherits_nobodys_clauses(own: Path) -> None:
    source = "sources:\n  - {id: OUR-1, title: Our rules, binds: [parent]}\n"
    with (own / "pack.yaml").open("a", encoding="utf-8") as stream:
        stream.write(f"{source}bulletins: []\n")
    (own / "clauses.yaml").write_text("rules:\n  threat:\n    clause: {source: OUR-1, point: '4'}\n", encoding="utf-8")
    problems = problems_of(own)
    assert {problem.file.name for problem in problems} == {"routes.yaml"}, "routes still name LAUSD's bulletins"
    (own / "pack.yaml").write_text((own / "pack.yaml").read_text().replace("extends: lausd", "extends: board"))
    with (own / "pack.yaml").open("a", encoding="utf-8") as stream:
        stream.write("district: Ours\n")
    pack = load_pack(own)
    cited = {pack.cite(rule, AuthorRole.PARENT) for rule in pack.reasons()}
    assert {citation.clause for citation in cited if "Netiquette" not in citation.clause} == {"OUR-1 4"}
    assert {citation.consult for citation in cited} == {()}


def test_an_own_clause_without_its_source_is_an_error_not_a_loss(own: Path) -> None:
    (own / "clauses.yaml").write_text(
        "rules:\n  threat:\n    clause:\n      source: BUL-1\n      point: I\n", encoding="utf-8"
    )
    (problem,) = problems_of(own)
    assert (problem.file.name, problem.line) == ("clauses.yaml", 4)


def test_words_like_no_and_on_stay_words(own: Path) -> None:
    (own / "matrix.yaml").write_text("levels:\n  - id: on\n    title: {en: no, es: off}\n", encoding="utf-8")
    levels = load_pack(own).matrix.levels
    assert (levels[-1].id, levels[-1].title.en, levels[-1].title.es) == ("on", "no", "off")


def test_packs_that_build_on_each_other_in_a_circle_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied("board", tmp_path)
    rewritten(folder / "pack.yaml", "name: board", "name: board\nextends: board")
    monkeypatch.setattr("bot.policy.loader.SHIPPED", tmp_path)
    assert any("leads on more than 3 times" in problem.message for problem in problems_of(folder))


DETECTORS = ("threat", "self_harm", "contact_info")


def test_a_signal_for_a_detector_that_there_is_not_is_named_by_file_and_line(own: Path) -> None:
    rule = "rules:\n  - id: threat\n    signals:\n      - finding: threat\n        detector: {}\n"
    (own / "rules.yaml").write_text(rule.format("threts"), encoding="utf-8")
    with pytest.raises(DamagedPackError) as caught:
        load_pack(own, DETECTORS)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (own / "rules.yaml", 5)
    assert "there is no detector “threts” (did you mean “threat”?)" in problem.message
    (own / "rules.yaml").write_text(rule.format("threat"), encoding="utf-8")
    assert load_pack(own, DETECTORS).name == "our-school"


def test_levels_that_no_rule_asks_for_are_refused_in_a_pack_that_builds_on_another(own: Path) -> None:
    (own / "thresholds.yaml").write_text("labels:\n  insult: {low: 0.5}\n  inslut: {low: 0.5}\n", encoding="utf-8")
    (problem,) = problems_of(own)
    assert (problem.file, problem.line) == (own / "thresholds.yaml", 3)


def test_levels_for_a_label_of_ones_own_model_need_only_a_rule(own: Path) -> None:
    (own / "thresholds.yaml").write_text("labels:\n  spam: {low: 0.5}\n", encoding="utf-8")
    (own / "rules.yaml").write_text("rules:\n  - {id: advertising, signals: [{label: spam}]}\n", encoding="utf-8")
    assert "spam" in load_pack(own).thresholds.labels


@pytest.mark.parametrize(
    ("name", "do"),
    [
        ("retention.yml", "call it “retention.yaml”"),
        ("rule.yaml", "call it “rules.yaml”"),
        ("Retention.YAML", "call it “retention.yaml”"),
        ("docker-compose.yml", "in force; take it out"),
    ],
)
def test_yaml_under_a_wrong_name_is_refused_not_passed_over(own: Path, name: str, do: str) -> None:
    (own / name).write_text("periods:\n  - {id: flag_dismissed, days: 9}\n", encoding="utf-8")
    (problem,) = problems_of(own)
    assert (problem.file, problem.line) == (own / name, 1)
    assert do in problem.message


def test_what_editors_and_people_keep_beside_a_pack_is_left_alone(own: Path) -> None:
    for name in (".#rules.yaml", "._rules.yaml", "rules.yaml~", "README.md"):
        (own / name).write_text("not a part of it", encoding="utf-8")
    assert load_pack(own).name == "our-school"
