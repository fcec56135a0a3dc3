"""`model evaluate`: the figures are true, the pack counts, and nothing of the file is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.app.cli.model import model
from bot.app.wiring import load_model
from bot.errors import UsageError
from bot.screening.toxicity.embedded import EmbeddedModel
from bot.settings import read_settings

HARM = ("you are a worthless idiot and everyone hates you", "shut up you stupid ugly loser", "go kill yourself")
CALM = ("practice is at four on tuesday", "thanks for the notes, they helped", "does anyone have the reading list")


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.csv"
    rows = [*((text, 1) for text in HARM), *((text, 0) for text in CALM)]
    path.write_text("message,harmful\n" + "".join(f'"{text}",{harmful}\n' for text, harmful in rows))
    return path


def evaluated(*arguments: str | Path) -> Result:
    return CliRunner().invoke(model, ["evaluate", *map(str, arguments)], env={"COLUMNS": "200"})


def figures(*arguments: str | Path) -> dict[str, Any]:
    result = evaluated(*arguments, "--json", "--quiet")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_figures_are_those_of_the_model_and_of_the_pack(labelled: Path) -> None:
    found = figures(labelled, "--text", "message", "--label", "harmful=toxicity", "--label", "harmful=flagged")
    score, flagged = found["labels"]
    scores = {text: one["toxicity"] for text, one in zip(HARM + CALM, load_model_scores(), strict=True)}
    above = [scores[bad] > scores[good] for bad in HARM for good in CALM]
    assert score["auc"]["value"] == pytest.approx(sum(above) / len(above), abs=0.12)
    assert (score["positives"], score["negatives"], found["rows"], found["unscored"]) == (3, 3, 6, 0)
    assert flagged["auc"] is None
    assert flagged["positives_flagged"]["low"]["value"] == 1.0
    assert flagged["negatives_flagged"]["low"]["value"] == 0.0
    assert found["flagged"]["low"]["value"] == 0.5


def load_model_scores() -> list[Any]:
    return EmbeddedModel(threads=1).score_now(HARM + CALM)


def test_the_pack_decides_what_is_flagged(labelled: Path, tmp_path: Path) -> None:
    mild = tmp_path / "mild"
    mild.mkdir()
    (mild / "pack.yaml").write_text(
        "schema_version: 1\nname: mild\nversion: '1'\nextends: board\ntitle: {en: M, es: M}\n"
    )
    labels = load_model_labels()
    (mild / "thresholds.yaml").write_text("labels:\n" + "".join(f"  {label}: {{low: 1.0}}\n" for label in labels))
    strict = figures(labelled, "--text", "message", "--policy", "lbusd")
    lenient = figures(labelled, "--text", "message", "--policy", str(mild))
    assert strict["flagged"]["low"]["value"] > lenient["flagged"]["low"]["value"]


def load_model_labels() -> tuple[str, ...]:
    return load_model(read_settings(), 1).labels


def test_people_get_a_table_with_intervals_and_no_text_of_the_file(labelled: Path) -> None:
    result = evaluated(labelled, "--text", "message", "--label", "harmful=toxicity", "--quiet")
    assert result.exit_code == 0
    assert "toxicity: yes" in result.output
    assert "100.0% (100.0–100.0)" in result.output
    assert not any(text in result.output for text in HARM + CALM)


def test_a_label_that_the_model_lacks_is_told_with_those_it_has(labelled: Path) -> None:
    result = evaluated(labelled, "--text", "message", "--label", "harmful=rudeness", "--quiet")
    assert isinstance(result.exception, UsageError)
    assert "no label rudeness; it has toxicity" in str(result.exception)


def test_the_help_teaches(tmp_path: Path) -> None:
    text = evaluated("--help").output
    assert "COLUMN:VALUE=LABEL" in text
    assert "model evaluate ours.csv" in text
