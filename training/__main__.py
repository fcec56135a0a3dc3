"""``python -m training COMMAND``: prepare, overlap, train, export, calibrate, evaluate."""

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path

COMMANDS = {
    "prepare": "read every set and the corpus into one table",
    "overlap": "say which training texts nearly copy a test case, and fail if any is in the table",
    "train": "train the student (phases public, then school); goes on where it stopped",
    "calibrate": "fit each label's calibration and the scores at stated false-alarm rates",
    "export": "write model.onnx, tokenizer.json and manifest.json",
    "evaluate": "measure the exported model on the data folder's eval files and the held-out writers",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description="Makes the shipped toxicity model.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--data", type=Path, required=True, help="folder that holds train/ and eval/")
        command.add_argument("--work", type=Path, required=True, help="folder for tables, checkpoints and figures")
        if name == "train":
            command.add_argument("--phase", choices=("public", "school"), help="only this phase")
            command.add_argument("--texts", type=int, help="texts to show in that phase")
            command.add_argument("--seed", type=int, default=7)
            command.add_argument("--threads", type=int, default=2)
        if name in {"export", "calibrate"}:
            command.add_argument("--phase", choices=("public", "school"), default="school", help="whose checkpoint")
        if name in {"export", "evaluate"}:
            command.add_argument("--output", type=Path, help="where the model files are (default: the bot's)")
    return parser


def _train(options: argparse.Namespace) -> None:
    from training import train  # noqa: PLC0415 - torch takes seconds to load

    for name in [options.phase] if options.phase else list(train.PHASES):
        phase = train.PHASES[name]
        if options.texts:
            phase = dataclasses.replace(phase, texts=options.texts)
        train.main(options.work, phase, seed=options.seed, threads=options.threads)


def _overlap(options: argparse.Namespace) -> None:
    import pandas as pd  # noqa: PLC0415

    from training import overlap, prepare  # noqa: PLC0415

    cases = overlap.hatecheck(options.data)
    table = pd.read_parquet(options.work / "table.parquet", columns=["text", "split", "source"])
    near = table[table["text"].map(cases.overlaps) & (table["split"] != prepare.WRITER)]
    print(near.to_string() if len(near) else f"None of {len(table)} texts is near any of {len(cases.cases)} cases.")
    raise SystemExit(1 if len(near) else 0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command."""
    options = _parser().parse_args(arguments)
    options.work.mkdir(parents=True, exist_ok=True)
    match options.command:
        case "prepare":
            from training import prepare  # noqa: PLC0415

            prepare.main(options.data, options.work)
        case "train":
            _train(options)
        case "overlap":
            _overlap(options)
        case "calibrate":
            from training import calibrate  # noqa: PLC0415

            calibrate.main(options.work, options.phase)
        case "export":
            from training import export  # noqa: PLC0415

            export.main(options.work, options.phase, options.output)
        case "evaluate":
            from training import evaluate  # noqa: PLC0415

            evaluate.main(options.data, options.work, options.output)


if __name__ == "__main__":
    main()
