"""Levels are chosen within what ordinary chat may cost, and written where packs read them."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.domain.categories import Severity
from training.labels import CATEGORIES
from training.thresholds import (
    BEGIN,
    BUDGETS,
    COST,
    END,
    LEVELS,
    PROBABLE,
    SURE,
    TONE,
    WORTH,
    Sample,
    choose,
    climb,
    forecast,
    summary,
    table,
    write,
    write_table,
)

CALM = {*BUDGETS["medium"], *COST}


def made(separation: float, labels: tuple[str, ...] = ("toxicity", "threat")) -> Sample:
    """Calm texts score low, harmful ones ``separation`` higher, in every label; one text in 500 says nothing."""
    rng = np.random.default_rng(5)
    scores = {
        name: np.clip(rng.normal(0.2 + separation * (name not in CALM), 0.08, (400, len(labels))), 0, 1)
        for name in sorted(CALM | set(WORTH))
    }
    return Sample(labels, scores, {name: np.zeros(400, dtype=np.int64) for name in scores})


def levels_of(found: Sample, chosen: dict[str, dict[str, float]], level: str) -> np.ndarray:
    return np.array([chosen[label].get(level, chosen[label]["medium"]) for label in found.labels])


def test_what_can_be_told_apart_is_caught_within_the_budgets() -> None:
    found = made(0.6)
    chosen = choose(found)
    for level, least in (("medium", Severity.MEDIUM), ("low", Severity.LOW)):
        levels = levels_of(found, chosen, level)
        assert found.flagged("writer", levels, least) > 0.95
        for group, most in BUDGETS[level].items():
            assert found.flagged(group, levels, least) <= most


def test_what_cannot_be_told_apart_is_not_flagged_at_any_price() -> None:
    found = made(0.0)
    levels = climb(found, "medium")
    for group, most in BUDGETS["medium"].items():
        assert found.flagged(group, levels, Severity.MEDIUM) <= most


def test_a_forecast_measures_each_writer_by_levels_that_were_chosen_without_that_writer() -> None:
    found = made(0.6)
    easy = {group: np.arange(400) % 2 == 0 for group in ("writer", "twins")}
    for group, shift in (("writer", -0.6), ("twins", 0.6)):  # the second writer is the other way round
        found.scores[group][~easy[group]] += shift
    wrote = {group: np.where(rows, "easy", "odd").tolist() for group, rows in easy.items()}
    lines = list(forecast(found, wrote))
    assert [line.split(":")[0] for line in lines] == ["chosen without easy"] * 2 + ["chosen without odd"] * 2
    flagged, caught = (float(line.split()[-1].rstrip("%")) for line in lines[2:])
    assert caught < 5
    assert flagged > 95


def test_low_never_stands_above_medium_nor_medium_above_high() -> None:
    for levels in choose(made(0.25)).values():
        assert list(levels) == [name for name in ("low", "medium", "high") if name in levels]
        assert sorted(levels.values()) == list(levels.values())


def test_detectors_count_in_whatever_the_labels_say() -> None:
    found = made(0.0)
    found.detectors["twins"][:40] = Severity.MEDIUM
    assert found.flagged("twins", np.ones(2), Severity.MEDIUM) == pytest.approx(0.1)
    assert found.flagged("twins", np.ones(2), Severity.HIGH) == 0


def test_only_the_labels_lines_are_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yaml"
    before = LEVELS.read_text(encoding="utf-8")
    path.write_text(before, encoding="utf-8")
    write({"toxicity": {"low": 0.5, "medium": 0.61}, "threat": {"medium": 0.3}}, path)
    after = path.read_text(encoding="utf-8")
    changed = [new for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]
    assert changed == ["  toxicity: {low: 0.5, medium: 0.61}", "  threat: {medium: 0.3}"]


def test_a_label_the_file_does_not_know_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text("labels:\n  toxicity: {medium: 0.5}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no line for threat"):
        write({"threat": {"medium": 0.3}}, path)


def test_the_summary_has_a_line_a_group() -> None:
    found = made(0.6)
    lines = summary(found, choose(found))
    assert [line.split("  ")[0].strip() for line in lines] == list(found.scores)


def test_the_page_gets_the_table_and_keeps_the_rest(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    found = made(0.6)
    markdown = table(found, choose(found))
    write_table(markdown, page)
    assert page.read_text(encoding="utf-8") == f"before\n{BEGIN}\n{markdown}\n{END}\nafter\n"
    assert [row.split("|")[1].strip() for row in markdown.splitlines()[2:]] == list(found.labels)


def test_a_page_without_the_place_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="no place"):
        write_table("| a |", page)


def test_a_probable_grave_harm_counts_at_medium_and_can_be_high_even_if_other_labels_catch_it_first() -> None:
    chosen = choose(made(0.55))
    assert chosen["threat"]["medium"] <= PROBABLE
    assert chosen["threat"]["medium"] < chosen["threat"]["high"] <= SURE


def test_the_shipped_levels_let_every_grave_label_reach_medium_and_high() -> None:
    levels = yaml.safe_load(LEVELS.read_text(encoding="utf-8"))["labels"]
    for label in CATEGORIES:
        assert levels[label]["medium"] <= (0.999 if label in TONE else PROBABLE), label
        assert label in TONE or levels[label]["high"] <= SURE, label
