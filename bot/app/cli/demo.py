"""`crossing-guard demo`: the whole loop in the browser, without a token."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import webbrowser
from pathlib import Path

import click

from bot.app.demo import open_demo
from bot.app.discreet import keep_loop_discreet
from bot.settings import Settings, read_settings


@click.command(epilog="Example: crossing-guard demo --port 9000 --no-browser")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one.")
@click.option("--no-browser", is_flag=True, help="Only print the link, do not open a browser.")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to keep the school in; without it everything is gone at the end.",
)
def demo(port: int, no_browser: bool, home: Path | None) -> None:
    """Open an example school in your browser: write as a pupil, act as the principal."""
    settings = read_settings()
    if home is not None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        asyncio.run(_run(settings, home, port, browser=not no_browser))
        return
    with tempfile.TemporaryDirectory(prefix="crossing-guard-demo-") as folder:
        asyncio.run(_run(settings, Path(folder), port, browser=not no_browser))


async def _run(settings: Settings, home: Path, port: int, *, browser: bool) -> None:
    keep_loop_discreet()
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    async with open_demo(settings, home, port=port) as platform:
        link = platform.link()
        click.echo(f"Lincoln High School is open: {link}")
        click.echo("The link works once. Press Ctrl-C to close the school.")
        if browser:
            await asyncio.to_thread(webbrowser.open, link)
        await stop.wait()
    click.echo("The school is closed.")
