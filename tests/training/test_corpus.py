"""The school-channel corpus as it is read."""

from pathlib import Path

from training import corpus

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
