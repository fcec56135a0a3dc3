"""Which files of a data folder are those that the shipped model was made with."""

import hashlib
from pathlib import Path

from training import provenance


def test_a_missing_and_a_changed_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    right, wrong = tmp_path / "train" / "a.parquet", tmp_path / "train" / "b.parquet"
    right.write_bytes(b"as it was")
    wrong.write_bytes(b"changed")
    digest = hashlib.sha256(b"as it was").hexdigest()
    listed = tmp_path / "list"
    listed.write_text("".join(f"{digest}  train/{name}.parquet\n" for name in "abc"))
    first, second = provenance.differences(tmp_path, listed)
    assert first.startswith("train/b.parquet is not the file")
    assert second == "train/c.parquet is missing."
