"""The quality table: figures of the real bot on small files of the same shape, true to what was flagged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.quality.explanations import agreement
from benchmarks.quality.measures import MEASURES
from benchmarks.quality.readers import the_bot
from benchmarks.quality.school import writer, writers

HARM = "you are a worthless stupid idiot and everybody hates you"
CALM = "practice is at four on tuesday, bring water"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "eval").mkdir()

    def write(file: str, **columns: Sequence[object]) -> None:
        pq.write_table(pa.table(columns), tmp_path / "eval" / f"{file}.parquet")

    names = ["target_indiv_nh", "derog_neg_attrib_h"]
    write("hatecheck_en_eval", text=[CALM, HARM], hateful=[0, 1], functionality=names)
    write("chat_discord_students_eval", text=[CALM, CALM, CALM, HARM])
    write("perturbed_eval", clean=[HARM, HARM, CALM], perturbed=[HARM, CALM, CALM], toxicity=[0.9, 0.8, 0.1])
    write("dynahate_eval", text=[CALM, HARM], hateful=[0, 1])
    return tmp_path


def test_shares_are_of_what_the_bot_flags(data: Path) -> None:
    cases = MEASURES["hatecheck_en"][1](data, the_bot)
    assert (cases["hateful"].value, cases["benign"].value, cases["total"].value) == (1.0, 1.0, 1.0)
    assert cases["· target_indiv_nh"].value == 1.0
    assert MEASURES["chat_students"][1](data, the_bot)["flagged"].value == 0.25
    told_apart = MEASURES["dynahate"][1](data, the_bot)
    assert (told_apart["AUC"].value, told_apart["caught"].value, told_apart["innocent flagged"].value) == (1, 1, 0)


def test_what_a_disguise_costs_is_counted_among_the_toxic_alone(data: Path) -> None:
    found = MEASURES["disguised"][1](data, the_bot)
    assert (found["clean, caught"].value, found["disguised, caught"].value) == (1.0, 0.5)
    assert found["lost by disguise"].value == 0.5


def test_the_writers_held_out_are_measured_by_language_and_difficulty() -> None:
    file = writers()[0]
    found = writer(file, the_bot)
    assert found["caught"].value > found["innocent flagged"].value
    assert {"· en, caught", "· es, innocent flagged", "· subtle, caught"} <= found.keys()


@pytest.mark.parametrize(
    ("truth", "found", "score"),
    [({1, 2}, {1, 2}, 1.0), ({1, 2}, {3}, 0.0), ({1, 2}, {2, 3}, 0.5), (set(), set(), 1.0), ({1}, set(), 0.0)],
)
def test_marked_characters_agree_as_far_as_they_overlap(truth: set[int], found: set[int], score: float) -> None:
    assert agreement(frozenset(truth), frozenset(found)) == score
