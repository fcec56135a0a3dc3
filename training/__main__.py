"""``python -m training COMMAND``, from ``prepare`` to ``evaluate``; ``COMMANDS`` says what each does."""

import argparse
import dataclasses
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

COMMANDS = {
    "prepare": "read every set and the corpus into one table",
    "overlap": "say which training texts nearly copy a test case, and fail if any is in the table",
    "candidates": "train encoders to choose from for the same short while, and print how each does",
    "words": "list the words of the corpus, for the bot to undo disguises by",
    "train": "train the student, phase by phase; goes on where it stopped",
    "blend": "try weighted means of the phases' weights on texts kept back, and keep the best",
    "calibrate": "fit each label's calibration and the scores at stated false-alarm rates",
    "export": "write model.onnx, tokenizer.json and manifest.json",
    "twin": "write the exported model again, as a checkpoint for the detoxify package",
    "thresholds": "choose from which score each label counts, and write it where the policy packs read it",
    "evaluate": "measure the exported model on the data folder's eval files and the held-out writers",
}
#: What the commands that are one call of a module of the same name are given.
GIVEN = {
    "prepare": ("data", "work"),
    "candidates": ("work",),
    "blend": ("work",),
    "calibrate": ("work", "phase"),
    "export": ("work", "phase", "output"),
    "evaluate": ("data", "work", "output"),
}
PHASES = ("public", "school", "polish", "broaden", "steady", "freshen")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description="Makes the shipped toxicity model.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if name == "twin":
            command.add_argument("--model", type=Path, help="folder of the exported model (default: the bot's)")
            command.add_argument("--output", type=Path, required=True, help="folder for the checkpoint and its files")
            continue
        if name == "words":
            command.add_argument("--data", type=Path, help="folder that holds train/, to list other real words, too")
            continue
        command.add_argument("--data", type=Path, required=True, help="folder that holds train/ and eval/")
        command.add_argument("--work", type=Path, required=True, help="folder for tables, checkpoints and figures")
        if name == "train":
            command.add_argument("--phase", choices=PHASES, help="only this phase")
            command.add_argument("--texts", type=int, help="texts to show in that phase")
            command.add_argument("--minutes", type=float, help="end that phase after so many minutes instead")
            command.add_argument("--seed", type=int, default=7)
            command.add_argument("--threads", type=int, default=2)
        if name in {"export", "calibrate"}:
            command.add_argument("--phase", choices=(*PHASES, "blend"), default="blend", help="whose checkpoint")
        if name == "thresholds":
            command.add_argument("--dry-run", action="store_true", help="print only, leave the pack as it is")
        if name in {"export", "evaluate", "thresholds"}:
            command.add_argument("--output", type=Path, help="where the model files are (default: the bot's)")
    return parser


def _train(options: argparse.Namespace) -> None:
    from training import phases, train  # noqa: PLC0415 - torch takes seconds to load

    for name in [options.phase] if options.phase else list(phases.PHASES):
        phase = phases.PHASES[name]
        if options.texts:
            phase = dataclasses.replace(phase, texts=options.texts)
        train.main(options.work, phase, seed=options.seed, threads=options.threads, minutes=options.minutes)


def _overlap(options: argparse.Namespace) -> None:
    import pandas as pd  # noqa: PLC0415

    from training import corpus, overlap  # noqa: PLC0415

    cases = overlap.cases(options.data)
    table = pd.read_parquet(options.work / "table.parquet", columns=["text", "split", "source"])
    read = table[~table["split"].isin((corpus.WRITER, corpus.SEALED))]
    near = read[read["text"].map(cases.overlaps)]
    print(near.to_string() if len(near) else f"None of {len(read)} texts is near any of {len(cases.cases)} cases.")
    raise SystemExit(1 if len(near) else 0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; what it needs is loaded then, for torch takes seconds."""
    options = _parser().parse_args(arguments)
    if options.command == "twin":
        from training import twin  # noqa: PLC0415

        twin.main(options.model or twin.SHIPPED, options.output)
        return
    if options.command == "words":
        from training import words  # noqa: PLC0415

        words.main(options.data)
        return
    options.work.mkdir(parents=True, exist_ok=True)
    match options.command:
        case "train":
            _train(options)
        case "overlap":
            _overlap(options)
        case "thresholds":
            from training import thresholds  # noqa: PLC0415

            thresholds.main(options.work, options.output, keep=not options.dry_run)
        case command:
            import_module(f"training.{command}").main(*(getattr(options, name) for name in GIVEN[command]))


if __name__ == "__main__":
    main()
