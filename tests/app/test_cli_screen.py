"""`crossing-guard screen` from end to end: options, exit codes, and what goes where."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import resources
from pathlib import Path
from zoneinfo import TZPATH

import pytest
from click.testing import CliRunner, Result

from bot.app.cli import screen as module
from bot.app.cli.screen import screen
from bot.errors import CrossingGuardError, InputError, UsageError
from bot.screening.screener import PATIENCE, Screener
from bot.settings import Settings
from tests.exports import discord_message, message, slack_files, write_discord, write_zip
from tests.screening.word_model import WordModel

POLICY = ("--policy", "board")


@pytest.fixture(autouse=True)
def words_instead_of_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model's table of words stands in for the trained weights, so that every score is known beforehand."""

    @asynccontextmanager
    async def make(settings: Settings, threads: int, *, patience: float) -> AsyncIterator[Screener]:
        yield Screener(WordModel(), ())

    monkeypatch.setattr(module, "make_screener", make)


def call(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(screen, [*POLICY, *map(str, arguments)], input=stdin)


def flags(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    path = tmp_path / "chat.csv"
    path.write_text("id,author,text\n1,ana,you are an idiot\n2,bea,hello\n3,ana,bye\n", encoding="utf-8")
    return path


def test_results_a_report_and_a_summary_come_out(tmp_path: Path, chat: Path) -> None:
    result = call(chat, "--output", tmp_path / "o.jsonl", "--report", tmp_path / "r.html", "--time-zone", "UTC")
    assert result.exit_code == 0, result.output
    found = flags(tmp_path / "o.jsonl")
    assert [(item["id"], item["author"], item["flagged"]) for item in found] == [
        ("1", "Person 1", True),
        ("2", "Person 2", False),
        ("3", "Person 1", False),
    ]
    assert "3 comments" in result.stdout
    assert "1 flagged" in result.stdout
    assert "Nothing was stored" in result.stdout
    assert (result.stderr, sorted(path.name for path in tmp_path.iterdir())) == ("", ["chat.csv", "o.jsonl", "r.html"])
    assert "<mark>idiot</mark>" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_standard_output_carries_results_only(chat: Path) -> None:
    result = call("-", "--output", "-", stdin=chat.read_text(encoding="utf-8"))
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["1", "2", "3"]
    assert "3 comments" in result.stderr


def test_quiet_leaves_bad_rows_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    path.write_text('{"text": "hi"}\n{"id": "x"}\n', encoding="utf-8")
    result = call(path, "--quiet")
    assert result.exit_code == 1
    assert (result.stdout, result.stderr) == ("", "chat.jsonl, row 2: skipped, it has no text\n")


def test_names_show_only_on_request(tmp_path: Path) -> None:
    export = write_zip(tmp_path / "export.zip", slack_files({"room-12": [message("<@U0OMAR0001> you idiot")]}))
    for options, name in (((), "Person 1"), (("--show-names",), "Maya")):
        call(export, "--output", tmp_path / "o.jsonl", "--report", tmp_path / "r.html", *options)
        page = (tmp_path / "r.html").read_text(encoding="utf-8")
        assert flags(tmp_path / "o.jsonl")[0]["author"] == name
        assert name in page
        assert "U0MAYA0001" not in page
        assert ("U0OMAR0001" in page) == bool(options)


def test_private_channels_come_in_by_name_and_direct_messages_never(tmp_path: Path) -> None:
    days = {"room-12": [message("a")], "office": [message("b")], "D024BE91L": [message("c")]}
    export = write_zip(tmp_path / "export.zip", slack_files(days, public=["room-12"]))
    result = call(export, "--output", tmp_path / "o.jsonl")
    assert [item["channel"] for item in flags(tmp_path / "o.jsonl")] == ["room-12"]
    assert "1 direct or group conversation: never opened" in result.stdout
    assert "office" in result.stdout
    call(export, "--output", tmp_path / "o.jsonl", "--channel", "#Office")
    assert [item["channel"] for item in flags(tmp_path / "o.jsonl")] == ["office", "room-12"]
    assert isinstance(call(export, "--channel", "D024BE91L").exception, UsageError)


def test_several_inputs_are_one_run(tmp_path: Path, chat: Path) -> None:
    room = write_discord(tmp_path / "room.json", [discord_message("stupid idea")])
    call(room, chat, "--output", tmp_path / "o.jsonl")
    assert [item["id"] for item in flags(tmp_path / "o.jsonl")] == ["400000000000000001", "1", "2", "3"]


def test_roles_decide_what_is_cited(tmp_path: Path, chat: Path) -> None:
    roles = tmp_path / "people.csv"
    cited: list[object] = []
    for role in ("student", "teacher"):
        roles.write_text(f"author,role\nAna,{role}\n", encoding="utf-8")
        call(chat, "--people", roles, "--output", tmp_path / "o.jsonl")
        cited.append(flags(tmp_path / "o.jsonl")[0]["clause"])
    assert str(cited[0]).startswith("Netiquette")
    assert not str(cited[1]).startswith("Netiquette")
    roles.write_text("author,role\nAna,wizard\n", encoding="utf-8")
    error = call(chat, "--people", roles).exception
    assert isinstance(error, UsageError)
    assert "people.csv, line 2" in str(error)


@pytest.mark.parametrize("cell", ["", "  ", '""'])
def test_a_role_for_nobody_is_refused(tmp_path: Path, chat: Path, cell: str) -> None:
    roles = tmp_path / "people.csv"
    roles.write_text(f"author,role\nAna,student\n{cell},teacher\n", encoding="utf-8")
    error = call(chat, "--people", roles).exception
    assert isinstance(error, UsageError)
    assert "people.csv, line 3: the author is empty" in str(error)


def test_people_behind_an_open_quotation_mark_are_not_lost_in_silence(tmp_path: Path, chat: Path) -> None:
    roles = tmp_path / "people.csv"
    roles.write_text('author,role\nAna,student\n"Bo,student\nCy,teacher\n', encoding="utf-8")
    error = call(chat, "--people", roles).exception
    assert isinstance(error, InputError)
    assert "quotation mark that is not closed" in str(error)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nowhere.csv",),
        ("CHAT", "--format", "xml"),
        ("CHAT", "--kind", "club"),
        ("CHAT", "--time-zone", "Mars/One"),
    ],
)
def test_wrong_use_exits_2(chat: Path, arguments: tuple[str, ...]) -> None:
    assert call(*(str(chat) if word == "CHAT" else word for word in arguments)).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [("CHAT", "--output", "CHAT"), ("CHAT", "--report", "-"), ("-", "-"), ("CHAT", "--output", "no/such/folder.jsonl")],
)
def test_what_would_harm_or_fail_is_refused_before_anything_is_read(chat: Path, arguments: tuple[str, ...]) -> None:
    before = chat.read_bytes()
    error = call(*(str(chat) if word == "CHAT" else word for word in arguments)).exception
    assert isinstance(error, CrossingGuardError)
    assert error.exit_code == 2
    assert chat.read_bytes() == before


def test_an_input_that_cannot_be_read_leaves_no_output(tmp_path: Path, chat: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04")
    result = call(chat, broken, "--output", tmp_path / "o.jsonl")
    assert isinstance(result.exception, InputError)
    assert not (tmp_path / "o.jsonl").exists()


@pytest.mark.parametrize("name", ["America/Los_Angeles", ":America/Los_Angeles", "FILE"])
def test_without_a_zone_days_and_times_follow_this_machines_clock_changes(
    tmp_path: Path, chat: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    chat.write_text(
        "text,posted_at\nyou are an idiot,2026-07-02T06:30:00Z\nidiot,2026-01-02T07:30:00Z\n", encoding="utf-8"
    )
    monkeypatch.setenv("TZ", str(zone_file("America/Los_Angeles")) if name == "FILE" else name)
    assert call(chat, "--report", tmp_path / "r.html", "--quiet").exit_code == 0
    report = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Wed, Jul 1, 2026, 11:30 p.m." in report
    assert "Thu, Jan 1, 2026, 11:30 p.m." in report


def zone_file(name: str) -> Path:
    path = next((Path(root) / name for root in TZPATH if (Path(root) / name).is_file()), None)
    return path or Path(str(resources.files("tzdata").joinpath("zoneinfo", name)))


def test_a_rule_in_place_of_a_zone_leaves_todays_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XYZ8")
    assert module._here().utcoffset(None) is not None


@pytest.mark.parametrize("word", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0002-01-01", "9998-12-31"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_time_at_the_calendars_edge_does_not_cost_the_report(
    tmp_path: Path, chat: Path, word: str, zone: str
) -> None:
    chat.write_text(f"text,posted_at\nyou are an idiot,{word}\nidiot,2026-11-02\n", encoding="utf-8")
    result = call(chat, "--report", tmp_path / "r.html", "--time-zone", zone)
    assert result.exit_code == 0, result.output
    assert "2 comments" in result.output


def test_a_lost_channel_of_a_folder_is_told_and_stands_in_the_report(tmp_path: Path) -> None:
    folder = tmp_path / "discord"
    folder.mkdir()
    write_discord(folder / "a.json", [discord_message("hello")])
    (folder / "lost.json").write_bytes(b"")
    result = call(folder, "--report", tmp_path / "r.html", "--quiet")
    assert result.exit_code == 1
    assert "lost.json, row 1: skipped, the file is no export of DiscordChatExporter" in result.output
    assert "lost.json" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_the_help_teaches_by_example() -> None:
    text = CliRunner().invoke(screen, ["--help"]).output
    for words in ("our-export.zip --report report.html", "--show-names", "Exit codes", "never opened"):
        assert words in text


PROGRAM = """
import asyncio, os, signal, sys
from contextlib import asynccontextmanager
from bot.app.cli import screen as module
from bot.app.cli.main import main
from bot.screening.screener import Screener
from tests.screening.word_model import WordModel

@asynccontextmanager
async def make(settings, threads, *, patience):
    {first}
    yield Screener(WordModel(), ())

module.make_screener = make
sys.argv = ["crossing-guard", "screen", "-", "--format", "text", "--policy", "board", "--quiet", *sys.argv[1:]]
main()
"""
FOREGROUND = "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
BACKGROUND = "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
"""What a shell script does to a program that it starts with “&” – perhaps with these tests."""


def start(tmp_path: Path, *, first: str = "pass", before: str = "") -> subprocess.Popen[bytes]:
    """Start the program, with `first` done while its model opens; the caller feeds standard input."""
    source = f"import signal\n{before}{PROGRAM.format(first=first)}"
    outputs = ["--output", str(tmp_path / "o.jsonl"), "--report", str(tmp_path / "r.html")]
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", source, *outputs]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root, env=environment)


@pytest.mark.parametrize(
    ("number", "before"),
    [(signal.SIGINT, FOREGROUND), (signal.SIGTERM, FOREGROUND), (signal.SIGTERM, BACKGROUND)],
    ids=["Ctrl-C", "SIGTERM", "SIGTERM in the background"],
)
def test_a_signal_keeps_what_is_finished_and_exits_130(tmp_path: Path, number: signal.Signals, before: str) -> None:
    with start(tmp_path, before=before) as run:
        assert run.stdin is not None
        os.set_blocking(run.stdin.fileno(), False)
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size for path in tmp_path.glob(".o.jsonl*")) and time.monotonic() < deadline:
            try:
                os.write(run.stdin.fileno(), b"you are an idiot\n" * 500)
            except BlockingIOError:
                time.sleep(0.01)
        run.send_signal(number)
        with suppress(BlockingIOError):
            os.write(run.stdin.fileno(), b"hello\n" * 50_000)
        run.stdin.close()
        assert run.wait(60) == 130
    assert len(flags(tmp_path / "o.jsonl")) > 0
    assert "stopped early" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["o.jsonl", "r.html"]


@pytest.mark.parametrize(
    "first",
    [
        "os.kill(os.getpid(), signal.SIGTERM); await asyncio.sleep(60)",
        "os.kill(os.getpid(), signal.SIGTERM); os.kill(os.getpid(), signal.SIGTERM)",
    ],
    ids=["once", "twice, not waiting"],
)
def test_sigterm_before_anything_is_finished_leaves_no_file(tmp_path: Path, first: str) -> None:
    with start(tmp_path, first=first) as run:
        _, said = run.communicate(b"hello\n", timeout=60)
    assert (run.returncode, said.strip()) == (130, b"crossing-guard: stopped.")
    assert list(tmp_path.iterdir()) == []


def test_sigterm_has_its_old_meaning_afterwards(chat: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert call(chat, "--quiet").exit_code == 0
    assert signal.getsignal(signal.SIGTERM) == before


def test_an_export_may_wait_for_its_scores_far_longer_than_a_live_comment(
    chat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long comments wait behind each other; nobody waits for an export, so that may make none of them unscored."""
    waits: list[float] = []

    @asynccontextmanager
    async def make(settings: Settings, threads: int, *, patience: float) -> AsyncIterator[Screener]:
        waits.append(patience)
        yield Screener(WordModel(), (), patience=patience)

    monkeypatch.setattr(module, "make_screener", make)
    assert call(chat, "--quiet").exit_code == 0
    assert waits[0] >= 10 * PATIENCE


def test_one_of_a_kind_is_told_in_the_singular(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("text,id\nunreadable,1\n,2\n", encoding="utf-8")
    result = call(path)
    assert result.exit_code == 1
    assert "1 comment could not be scored: a person has to read it" in " ".join(result.output.split())
    assert "1 row could not be read and was skipped" in result.output
    assert "1 comment in " in result.output
