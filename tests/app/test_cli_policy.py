"""`crossing-guard policy`: what it prints, how it exits, and that no text steers the terminal."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.app.cli.main import main
from bot.app.cli.policy import policy
from bot.app.cli.tried import inert, marked
from bot.app.wiring import load_policy, policy_in_force
from bot.domain.assessments import Finding
from bot.domain.categories import Category
from bot.errors import PackError
from bot.screening.detectors import standard_detectors
from bot.screening.screener import Screener
from bot.settings import Settings
from tests.policy.folders import SHIPPED_NAMES, copied, rewritten
from tests.screening.word_model import WordModel


@pytest.fixture(autouse=True)
def words_for_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real screener and detectors, with a model whose scores a test knows beforehand."""

    @asynccontextmanager
    async def screener(settings: object, threads: int) -> AsyncIterator[Screener]:
        yield Screener(WordModel(), standard_detectors())

    monkeypatch.setattr("bot.app.wiring.make_screener", screener)


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(policy, arguments, env=environment, terminal_width=100)


def tried(text: str, *arguments: str) -> dict[str, Any]:
    result = run("try", text, "--json", *arguments)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def exit_code(monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str]) -> int:
    """Run the whole program and return its exit code."""
    monkeypatch.setattr("sys.argv", ["crossing-guard", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    return int(caught.value.code or 0)


def test_list_names_every_pack() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in SHIPPED_NAMES)
    rows = json.loads(run("list", "--json").stdout)
    assert [row["name"] for row in rows] == list(SHIPPED_NAMES)


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_shipped_packs_have_no_mistakes_but_notes_for_the_district(name: str) -> None:
    result = run("check", name)
    assert result.exit_code == 0
    assert f"{name} 1.0: no mistakes, " in result.stdout
    assert "note: pack.yaml: “adopted” is empty" in result.stdout


def test_every_mistake_of_a_damaged_pack_is_printed_and_needs_a_person(tmp_path: Path) -> None:
    folder = copied("board", tmp_path)
    first = rewritten(folder / "rules.yaml", "category: threat", "category: thread")
    second = rewritten(folder / "retention.yaml", "days: 14", "days: many")
    result = run("check", str(folder))
    assert result.exit_code == 1
    assert f"{folder / 'rules.yaml'}:{first}: “thread”" in result.stderr
    assert f"{folder / 'retention.yaml'}:{second}: “days”" in result.stderr
    assert result.stderr.endswith(f"2 mistakes in {folder}.\n")


def test_exit_codes_of_the_whole_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = copied("board", tmp_path)
    assert exit_code(monkeypatch, ["policy", "check", str(folder)]) == 0
    rewritten(folder / "rules.yaml", "category: threat", "category: thread")
    assert exit_code(monkeypatch, ["policy", "check", str(folder)]) == 1
    assert exit_code(monkeypatch, ["policy", "check", "atlantis"]) == 2
    assert exit_code(monkeypatch, ["policy", "try", "hello", "--policy", str(folder)]) == 2
    assert exit_code(monkeypatch, ["policy", "try", "hello", "--author-role", "wizard"]) == 2


def test_check_with_model_names_labels_it_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.app.wiring.load_model", lambda _settings: WordModel())
    said = run("check", "lausd", "--with-model").stdout
    assert "no label “self_harm”" in said
    assert "no label “threat”" not in said
    assert "no label" not in run("check", "lausd").stdout


def test_a_detector_that_there_is_not_is_a_mistake_wherever_a_pack_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied("board", tmp_path)
    line = rewritten(folder / "rules.yaml", "- finding: threat", "- {finding: threat, detector: threts}")
    result = run("check", str(folder))
    assert result.exit_code == 1
    assert f"{folder / 'rules.yaml'}:{line}: there is no detector “threts” (did you mean “threat”?)" in result.stderr
    assert exit_code(monkeypatch, ["policy", "try", "hello", "--policy", str(folder)]) == 2
    with pytest.raises(PackError, match="no detector “threts”"):
        load_policy(Settings(), str(folder))
    monkeypatch.setenv("CROSSING_GUARD_POLICY", str(folder))
    with pytest.raises(PackError, match="no detector “threts”"):
        policy_in_force(Settings(), None)
    rewritten(folder / "rules.yaml", "detector: threts", "detector: threat")
    assert run("check", str(folder)).exit_code == 0


def test_check_asks_about_a_label_that_no_known_model_has(tmp_path: Path) -> None:
    folder = copied("board", tmp_path)
    rewritten(folder / "rules.yaml", "- label: threat", "- {label: threeat, at: {high: 0.5}}")
    assert "note: rules.yaml: no model that we know has a label “threeat”" in run("check", str(folder)).stdout


def test_try_says_what_screen_would_say() -> None:
    by_parent = tried("you are an idiot", "--policy", "lausd", "--author-role", "parent")
    assert (by_parent["flagged"], by_parent["rule"], by_parent["clause"]) == (True, "insult", "BUL-5688.1 II.6")
    assert by_parent["consult"] == []
    assert by_parent["scores"]["insult"] == 0.95
    (insult,) = [finding for finding in by_parent["findings"] if finding["label"] == "insult"]
    assert "you are an idiot"[insult["start"] : insult["end"]].endswith("idiot")
    by_student = tried("you are an idiot", "--policy", "lausd", "--author-role", "student")
    assert (by_student["rule"], by_student["clause"]) == ("bullying", "Netiquette 3")
    assert "BUL-6399.0" in by_student["consult"]
    assert tried("good morning")["flagged"] is False


def test_try_takes_the_pack_of_the_settings() -> None:
    result = run("try", "hello", "--json", CROSSING_GUARD_POLICY="lbusd")
    assert json.loads(result.stdout)["policy"] == "lbusd"


def test_the_card_explains_itself_without_colour() -> None:
    result = run("try", "I want to kill myself", "--policy", "lausd", "--author-role", "student", NO_COLOR="1")
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    for words in ("critical · self_harm", "⟦", "⟧", "Netiquette 12", "BUL-1347.2", "mandated", "welfare", "threat"):
        assert words in result.stdout, words
    spanish = run("try", "I want to kill myself", "--language", "es").stdout
    assert "Posible autolesión" in spanish


def test_what_cannot_be_scored_is_said_and_needs_a_person() -> None:
    result = run("try", "unreadable")
    assert result.exit_code == 1
    assert "Could not be scored: The toxicity model failed on this comment." in result.stdout


def test_text_cannot_steer_the_terminal() -> None:
    hostile = "idiot \x1b[2J\x1b]0;owned\x07 \u202ereversed\u2066 [bold]markup[/bold] [link=file:///]x[/link] \x9b31m"
    for arguments in ((), ("--json",)):
        shown = run("try", hostile, *arguments).stdout
        assert not set(shown) & set("\x1b\x07\x9b\u202e\u2066")
    assert "[bold]markup[/bold]" in run("try", hostile).stdout


def test_broken_unicode_is_shown_not_raised() -> None:
    assert run("try", "half \ud83d of it").exit_code == 0
    assert inert("half \ud83d\t\n") == "half \\ud83d\t\n"
    assert inert("\U000e0041é🙂") == "\\U000e0041é🙂"


def test_marks_lie_on_the_words_and_join_where_they_touch() -> None:
    def finding(start: int, end: int) -> Finding:
        return Finding("eyes", Category.OBSCENE, start, end, 0.9, "Possible something.")

    assert marked("one two three", [finding(8, 13), finding(0, 3)]).plain == "⟦one⟧ two ⟦three⟧"
    assert marked("one two three", [finding(0, 5), finding(4, 7)]).plain == "⟦one two⟧ three"
    assert marked("one", [finding(2, 2)]).plain == "one"


@pytest.mark.parametrize("command", [(), ("list",), ("check",), ("try",)])
def test_every_help_ends_with_an_example(command: tuple[str, ...]) -> None:
    last_paragraph = run(*command, "--help").stdout.strip().rsplit("\n\n", 1)[-1]
    assert last_paragraph.strip().startswith("Example: crossing-guard policy")
