"""What belongs to a checkpoint, found on this machine and compared before a comment is entrusted to it.

Detoxify 0.5.4 loads missing or renamed weights as random numbers without a word, transformers makes up a tokenizer
where none lies, and both ask a model hub for what they do not find. Here each of these is refused with a sentence.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from bot.errors import ModelError
from bot.screening.toxicity.checkpoint import Checkpoint, library

LONGEST_WINDOW = 512
"""Word pieces; what Detoxify's models were trained on."""


def open_checkpoint(checkpoint: Checkpoint) -> Any:
    """Return a `Detoxify` that surely runs the checkpoint's weights, with a tokenizer that fits them.

    Raise `ModelError` naming what is missing or does not fit.
    """
    folder = _settings_folder(checkpoint)
    _check_weights(checkpoint, folder)
    _require_tokenizer_files(checkpoint, folder)
    library("transformers.utils.logging").disable_progress_bar()
    try:
        with TemporaryFile() as file:
            checkpoint.write_clean(folder, file)
            detoxify = library("detoxify").Detoxify(checkpoint=file)
    except Exception as error:
        raise ModelError(
            f"Detoxify cannot open {checkpoint.path} with {folder} ({type(error).__name__}); check these files."
        ) from error
    same = library("torch").equal
    if not all(same(value, checkpoint.weights[key]) for key, value in detoxify.model.state_dict().items()):
        raise ModelError(f"Detoxify did not take over every weight of {checkpoint.path}; check that file.")
    tokenizer = detoxify.tokenizer
    if not tokenizer.is_fast or max(tokenizer.get_vocab().values()) >= detoxify.model.config.vocab_size:
        raise ModelError(f"The tokenizer in {folder} does not belong to {checkpoint.path}; put the right one there.")
    return detoxify


def window_of(model: Any, tokenizer: Any) -> int:
    """Return how many word pieces the model reads at once, which not every tokenizer knows."""
    table = getattr(getattr(model.base_model, "embeddings", None), "position_embeddings", None)
    if table is None:
        return int(min(LONGEST_WINDOW, tokenizer.model_max_length))
    # RoBERTa and its kin count positions from behind the padding's.
    unused = 0 if table.padding_idx is None else table.padding_idx + 1
    return int(min(LONGEST_WINDOW, tokenizer.model_max_length, table.num_embeddings - unused))


def _settings_folder(checkpoint: Checkpoint) -> Path:
    """Return the folder with the checkpoint's `config.json` and tokenizer, looked for on this machine only.

    It is the folder that the checkpoint names (seen from its own folder), else its own folder, else the copy that the
    model hub's client keeps. Raise `ModelError` if there is none.
    """
    home, name = checkpoint.path.parent, checkpoint.architecture.model_type
    try:
        for folder in (home / name, home):
            if (folder / "config.json").is_file():
                return folder.resolve()
        kept = Path(library("huggingface_hub").snapshot_download(name, local_files_only=True))
        if (kept / "config.json").is_file():
            return kept
    except (OSError, ValueError):
        pass  # no folder, and no name of one in the hub's copies either
    raise ModelError(
        f"The checkpoint {checkpoint.path} needs config.json and the tokenizer files of “{name}”, which are not on "
        "this machine; put them beside it (docs/detoxify.md says how)."
    )


def _check_weights(checkpoint: Checkpoint, folder: Path) -> None:
    """Raise `ModelError` unless the weights are exactly those that the model described in `folder` has."""
    torch, transformers = library("torch"), library("transformers")
    name = checkpoint.architecture.model_name
    try:
        kind = getattr(transformers, name)
        config = kind.config_class.from_pretrained(
            folder, num_labels=checkpoint.architecture.num_classes, local_files_only=True
        )
        with torch.device("meta"):  # shapes only: no memory, no random numbers
            expected = {key: tuple(value.shape) for key, value in kind(config).state_dict().items()}
    except Exception as error:
        raise ModelError(
            f"The configuration in {folder} does not describe a {name}; put the right one there."
        ) from error
    problems = _differences(expected, checkpoint.weights)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise ModelError(
            f"The weights in {checkpoint.path} do not fit {folder / 'config.json'}: {problems[0]}{more}; "
            "get the two that belong together."
        )


def _differences(expected: dict[str, tuple[int, ...]], weights: dict[str, Any]) -> list[str]:
    # Older versions of transformers also saved the numbers 0, 1, 2 … of the positions; nothing reads them.
    found = {key: tuple(getattr(value, "shape", ())) for key, value in weights.items() if not _is_position_count(key)}
    problems = [f"{key} is missing" for key in expected if key not in found]
    problems += [f"{str(key)[:100]!r} is unknown" for key in found if key not in expected]
    problems += [
        f"{key} is {_by(found[key])} instead of {_by(shape)}"
        for key, shape in expected.items()
        if key in found and found[key] != shape
    ]
    return problems


def _is_position_count(key: object) -> bool:
    return isinstance(key, str) and key.endswith("embeddings.position_ids")


def _by(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "one number"


def _require_tokenizer_files(checkpoint: Checkpoint, folder: Path) -> None:
    """Without these transformers makes up a tokenizer that knows no word, and says nothing."""
    kind = getattr(library("transformers"), checkpoint.architecture.tokenizer_name, None)
    names = dict(getattr(kind, "vocab_files_names", {}))
    whole = names.pop("tokenizer_file", "tokenizer.json")
    apart = list(names.values())
    if not (folder / whole).is_file() and not (apart and all((folder / part).is_file() for part in apart)):
        wanted = " and ".join(apart) or "another"
        raise ModelError(f"There is no tokenizer in {folder}; put {whole} or {wanted} there.")
