"""`CROSSING_GUARD_MODEL`: what each word opens, and what is said to a wrong one or without the extra."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.app.wiring import load_model
from bot.errors import ModelError, SettingsError
from bot.screening.toxicity.embedded import SHIPPED, EmbeddedModel
from bot.settings import Settings, read_settings


def choose(word: str) -> object:
    return load_model(Settings(CROSSING_GUARD_MODEL=word))


@pytest.mark.parametrize("word", ["embedded", "embedded:", f"embedded:{SHIPPED}"])
def test_the_shipped_model_needs_no_extra(word: str) -> None:
    assert isinstance(choose(word), EmbeddedModel)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no toxicity model in"):
        choose(f"embedded:{tmp_path}")


@pytest.mark.parametrize("word", ["Embedded", "bert", "embeded:x", "detox", ":", "embedded.detoxify:original"])
def test_another_word_is_a_wrong_setting_before_anything_is_opened(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("CROSSING_GUARD_MODEL", word)
    with pytest.raises(SettingsError, match=r"^CROSSING_GUARD_MODEL: must be “embedded”"):
        read_settings()


@pytest.mark.parametrize("absent", ["torch", "transformers", "detoxify", "detoxify.detoxify"])
@pytest.mark.parametrize("word", ["detoxify:original", "detoxify:checkpoint:model.ckpt", "detoxify:", "detoxify:x"])
def test_without_the_extra_one_sentence_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, absent: str, word: str
) -> None:
    for name in {absent, "detoxify.detoxify"}:  # what stands as None cannot be imported
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModelError, match=r"pip install 'crossing-guard\[detoxify\]'\.$") as caught:
        choose(word)
    assert "\n" not in str(caught.value)
