"""The real detoxify package behind the seam: its own scores, whole texts, its own label names, no network."""

from __future__ import annotations

import asyncio
import json
import math
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.app.cli.model import info
from bot.domain.comments import Author, ChannelRef, Comment, CommentRef
from bot.errors import ModelError, SettingsError
from bot.screening.screener import Screener
from bot.screening.seams import Facts
from bot.screening.toxicity.detoxify_model import IDENTITY_GROUPS, OVERLAP, DetoxifyModel, open_detoxify
from tests.screening.toxicity.checkpoints import POSITIONS, WORDS, changed, make_bert, make_roberta

pytestmark = pytest.mark.detoxify

TEXTS = [
    "you stupid", "We love the school.", "I will kill you after school", "", "   ", "¡Te odio!", "🙂", "qqqq zz" * 5,
    "love " * 30, "A BAKE SALE at nine",
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail at any try to reach another machine, also at one that somebody swallows."""
    pytest.importorskip("detoxify")
    tries: list[str] = []

    def refuse(*args: Any, **kwargs: Any) -> None:
        tries.append(repr(args))
        raise OSError("the test forbids the network")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    yield tries
    assert tries == []


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("detoxify")
    return make_bert(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def model(path: Path) -> DetoxifyModel:
    return DetoxifyModel(path)


@pytest.fixture(scope="module")
def package(path: Path) -> Any:
    """The package itself, called directly."""
    from detoxify import Detoxify

    package = Detoxify(checkpoint=str(path))
    package.tokenizer.model_max_length = POSITIONS
    return package


def test_scores_are_those_of_the_package(model: DetoxifyModel, package: Any) -> None:
    for text, score in zip(TEXTS, model.score_now(TEXTS), strict=True):
        assert score == pytest.approx(package.predict(text), abs=1e-5)
    values = [score["threat"] for score in model.score_now(TEXTS)]
    assert max(values) - min(values) > 0.2, "the test's model tells texts apart"


def test_labels_are_the_packages_names_in_its_order(model: DetoxifyModel, package: Any) -> None:
    assert model.labels == tuple(package.class_names)
    assert model.labels == ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack")


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_any_number_of_texts_gives_that_many_scores_of_plain_floats(model: DetoxifyModel, count: int) -> None:
    scores = model.score_now(["you stupid"] * count)
    assert len(scores) == count
    for score in scores:
        assert tuple(score) == model.labels
        assert all(type(value) is float and 0 <= value <= 1 for value in score.values())


def test_a_text_scores_the_same_whoever_waits_with_it(model: DetoxifyModel) -> None:
    alone = [model.score_now([text])[0] for text in TEXTS]
    assert [dict(score) for score in model.score_now(TEXTS)] == [
        pytest.approx(dict(score), abs=1e-5) for score in alone
    ]


def test_a_long_text_scores_the_maximum_of_its_windows(model: DetoxifyModel, package: Any) -> None:
    words = [WORDS[number * number % len(WORDS)] for number in range(400)]
    room = POSITIONS - 2
    windows = [words[start : start + room] for start in range(0, len(words) - OVERLAP, room - OVERLAP)]
    every = package.predict([" ".join(window) for window in windows])
    (score,) = model.score_now([" ".join(words)])
    assert score == pytest.approx({label: max(values) for label, values in every.items()}, abs=1e-5)
    assert package.predict(" ".join(words)) != pytest.approx(dict(score), abs=1e-3), "the package reads the start alone"


def test_the_last_word_of_40000_characters_counts(model: DetoxifyModel) -> None:
    start = ("love " * 8000)[:39_995]
    same, other = model.score_now([f"{start} love", f"{start} kill"])
    assert max(abs(same[label] - other[label]) for label in model.labels) > 0.001


@pytest.mark.parametrize(
    "text", ["\ud83d", "a\udc00b", "\x00", "e" + "\u0301" * 500, "\u202e\u200d" * 99, "[SEP][PAD]"]
)
def test_odd_and_broken_unicode_is_scored(model: DetoxifyModel, text: str) -> None:
    (score,) = model.score_now([text])
    assert all(math.isfinite(value) for value in score.values())


def test_positions_that_begin_behind_the_padding_are_respected(tmp_path: Path) -> None:
    roberta = DetoxifyModel(make_roberta(tmp_path))
    assert roberta.manifest.max_pieces == POSITIONS
    endings = ["feliz" * 9, "FATAL" * 9, "12345" * 9, "?!" * 20]
    scores = roberta.score_now([f"{'la ' * 2000}{ending}" for ending in endings])
    assert len({score["toxicity"] for score in scores}) > 1


async def test_everyone_gets_their_own_answer_each_on_one_core(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    cores: list[int] = []
    async with DetoxifyModel(path, threads=3) as model:
        alone = [model.score_now([text])[0] for text in TEXTS]
        run = model._run

        def watched(windows: Any) -> Any:
            cores.append(torch.get_num_threads())
            return run(windows)

        monkeypatch.setattr(model, "_run", watched)

        async def ask(number: int) -> None:
            mine = [(number + step) % len(TEXTS) for step in range(4)]
            for index, score in zip(mine, await model.score([TEXTS[index] for index in mine]), strict=True):
                assert score == pytest.approx(dict(alone[index]), abs=1e-5)

        await asyncio.gather(*(ask(number) for number in range(40)))
    assert set(cores) == {1}


async def test_a_score_that_is_no_number_is_an_error(path: Path) -> None:
    import torch

    async with DetoxifyModel(path) as model:
        with torch.no_grad():
            model._model.classifier.bias.fill_(math.nan)
        with pytest.raises(ModelError):
            await model.score(["hello"])


async def test_before_it_is_entered_and_after_it_is_left_it_refuses(path: Path) -> None:
    model = DetoxifyModel(path)
    async with model:
        assert await model.score([]) == []
    with pytest.raises(ModelError, match="shut down"):
        await model.score(["late"])


def test_groups_that_a_comment_speaks_of_are_never_reported(tmp_path: Path) -> None:
    named = make_bert(tmp_path / "a", ["toxicity", "male", "sexual_explicit", "muslim", "clique"])
    assert DetoxifyModel(named).labels == ("toxicity", "sexual_explicit", "clique")
    declared = make_bert(tmp_path / "b", ["toxicity", "insult"], identity_classes=["male", "freshmen"])
    model = DetoxifyModel(declared)
    assert model.labels == ("toxicity", "insult")
    assert set(model.score_now(["you stupid"])[0]) == {"toxicity", "insult"}


def test_a_model_of_groups_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no label of toxicity"):
        DetoxifyModel(make_bert(tmp_path, sorted(IDENTITY_GROUPS)))


def test_what_is_loaded_can_be_told(path: Path) -> None:
    import hashlib

    manifest = open_detoxify(f"checkpoint:{path}").manifest
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert manifest.files["model.ckpt"].sha256 == digest
    assert manifest.identity == f"detoxify model.ckpt 0.5.4 ({digest[:12]})"
    assert manifest.max_pieces == POSITIONS


def test_settings_and_command_line_take_it_as_any_model(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSING_GUARD_MODEL", f"detoxify:checkpoint:{path}")
    result = CliRunner().invoke(info, ["--json"], catch_exceptions=False)
    told = json.loads(result.output)
    assert told["labels"] == ["toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack"]
    assert list(told["files"]) == ["model.ckpt"]


async def test_the_screener_screens_with_it(path: Path) -> None:
    async with DetoxifyModel(path) as model:
        comment = Comment(CommentRef(ChannelRef("export", "school", "room-12"), "1"), "you stupid", Author("p1"))
        assessment = await Screener(model, []).assess(comment, Facts())
        assert assessment.unscored is None
        assert assessment.scores == pytest.approx(dict(model.score_now(["you stupid"])[0]), abs=1e-5)


def as_published(folder: Path) -> Path:
    """What the operator places for `detoxify:original`: the checkpoint, its configuration kept by the hub's client."""

    def rename(content: Any) -> None:
        content["config"]["arch"]["args"]["model_type"] = "bert-base-uncased"

    path = changed(make_bert(folder, beside="files"), rename)
    kept = folder / "hub" / "models--bert-base-uncased"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text("0" * 40, encoding="ascii")
    (kept / "snapshots").mkdir()
    (folder / "files").rename(kept / "snapshots" / ("0" * 40))
    home = folder / "torch" / "hub" / "checkpoints"
    home.mkdir(parents=True)
    return path.rename(home / "toxic_original-c1212f89.ckpt")


@pytest.fixture
def keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty machine: torch and the hub's client keep their copies below the folder returned."""
    import huggingface_hub.constants

    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path


def test_a_published_model_is_found_where_the_package_keeps_it(keeps: Path) -> None:
    as_published(keeps)
    model = open_detoxify("original")
    assert (model.manifest.name, model.manifest.languages) == ("detoxify original", ("en",))
    assert len(model.labels) == 6


@pytest.mark.parametrize("name", ["original", "unbiased", "multilingual"])
def test_a_published_model_that_is_not_here_is_never_fetched(keeps: Path, name: str, no_network: list[str]) -> None:
    with pytest.raises(ModelError, match=r"is not on this machine: put its checkpoint at .+\.ckpt") as caught:
        open_detoxify(name)
    assert "\n" not in str(caught.value)
    assert no_network == []


def test_the_package_itself_would_have_fetched_it(keeps: Path, no_network: list[str]) -> None:
    from detoxify import Detoxify

    with pytest.raises(OSError, match="forbids the network"):
        Detoxify("original")
    assert no_network, "the guard sees what the package does"
    no_network.clear()


def test_a_published_model_without_its_tokenizer_is_never_completed_from_a_hub(keeps: Path) -> None:
    as_published(keeps)
    (keeps / "hub").rename(keeps / "elsewhere")
    with pytest.raises(ModelError, match="“bert-base-uncased”, which are not on this machine"):
        open_detoxify("original")


@pytest.mark.parametrize("word", ["", "toxic", "checkpoint", "checkpoint:", "Original", "../original"])
def test_an_unknown_word_is_a_wrong_setting(word: str) -> None:
    with pytest.raises(SettingsError, match=r"“detoxify:original”.* or “detoxify:checkpoint:PATH”"):
        open_detoxify(word)
