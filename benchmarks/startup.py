"""How long a fresh process takes until it can answer, and how much memory it then holds."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

RUNS = 5
HELP = "import sys; sys.argv = ['crossing-guard', '--help']; from bot.__main__ import main; main()"
FIRST_SCORE = """
import asyncio, json, time
start = time.perf_counter()
from bot.app.wiring import load_policy, make_screener
from bot.domain.comments import Author, ChannelRef, Comment, CommentRef
from bot.screening.seams import Facts
from bot.settings import Settings

async def main():
    load_policy(Settings())
    async with make_screener(Settings()) as screener:
        ready = time.perf_counter() - start
        comment = Comment(CommentRef(ChannelRef("export", "s", "c"), "1"), "good morning", Author("p"))
        await screener.assess(comment, Facts())
    import psutil
    print(json.dumps({"ready": ready, "first": time.perf_counter() - start, "rss": psutil.Process().memory_info().rss}))

asyncio.run(main())
"""


def measure() -> dict[str, float]:
    """Return seconds to `--help`, to a ready screener and to the first score, and megabytes then held (medians)."""
    helps = [_seconds_of_help() for _ in range(RUNS)]
    scores = [json.loads(_python(FIRST_SCORE)) for _ in range(RUNS)]
    return {
        "--help, s": median(helps),
        "screener ready, s": median(score["ready"] for score in scores),
        "first comment scored, s": median(score["first"] for score in scores),
        "memory after the first comment, MB": median(score["rss"] for score in scores) / 1e6,
    }


def _seconds_of_help() -> float:
    timed = "import time, subprocess, sys; t = time.perf_counter(); "
    timed += f"subprocess.run([sys.executable, '-c', {HELP!r}], capture_output=True, check=True); "
    return float(_python(timed + "print(time.perf_counter() - t)"))


def _python(code: str) -> str:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    return run.stdout
