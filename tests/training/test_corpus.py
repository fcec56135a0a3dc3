"""The school-channel corpus as it is read."""

import csv
from pathlib import Path

import pytest

from training import corpus
from training.labels import LABELS

HEADER = "category\tseverity\tdifficulty\trole\tchannel\tlanguage\tharmful\ttwin_reason\tinnocent\n"


def test_a_row_is_a_harmful_message_and_its_twin(tmp_path: Path) -> None:
    path = tmp_path / "heldout-one.tsv"
    path.write_text(
        HEADER + 'threat+bullying\thigh\tplain\tstudent\tclass\ten\t"you" wait\tidiom\twait for me\n', encoding="utf-8"
    )
    harm, calm = corpus.read(path)
    assert harm.harmful
    assert harm.categories == ("threat", "bullying")
    assert harm.text == '"you" wait'
    assert not calm.harmful
    assert calm.held_out


def test_only_files_named_heldout_are_held_out(tmp_path: Path) -> None:
    path = tmp_path / "student.tsv"
    path.write_text(HEADER + "threat\thigh\tplain\tstudent\tclass\ten\ta\tidiom\tb\n", encoding="utf-8")
    assert not any(message.held_out for message in corpus.read(path))


ALLOWED = {
    "category": {*LABELS} - {"toxicity", "severe_toxicity"},
    "severity": {"low", "medium", "high", "critical"},
    "difficulty": {"plain", "subtle"},
    "role": {"student", "parent", "parent_leader", "teacher", "coach", "staff", "volunteer"},
    "channel": {"class", "parent", "booster", "staff"},
    "language": {"en", "es", "mixed"},
    "twin_reason": {
        "banter", "book_history", "counter_speech", "fair_criticism", "games", "hyperbole", "idiom", "name", "negation",
        "object", "ordinary", "profanity_harmless", "proud_identity", "quotation", "reclaimed", "report",
        "school_contact", "self_deprecation", "sports_game",
    },
}  # fmt: skip


@pytest.mark.parametrize("path", corpus.files(), ids=lambda path: path.stem)
def test_every_row_of_a_writer_is_whole_and_no_message_comes_twice(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for number, row in enumerate(rows, 2):
        assert None not in row, f"{path.name}:{number} has too many columns"
        assert all(row[column].strip() for column in ("harmful", "innocent")), f"{path.name}:{number} lacks a message"
        for column, allowed in ALLOWED.items():
            assert set(row[column].split("+")) <= allowed, f"{path.name}:{number} {column}: {row[column]}"
    texts = [row[side].strip().lower() for row in rows for side in ("harmful", "innocent")]
    assert len(texts) - len(set(texts)) == 0


def test_there_are_enough_messages_of_both_languages() -> None:
    texts = {(message.language, message.text) for path in corpus.files() for message in corpus.read(path)}
    assert sum(language == "en" for language, _ in texts) >= 4000
    assert sum(language != "en" for language, _ in texts) >= 2000
