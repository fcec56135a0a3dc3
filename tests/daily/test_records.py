"""The ledger for files and screens: calendar, CSV, JSON, PDF, HTML, SVG; hostile names stay data everywhere."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from bot.app.cli.ledger import ledger
from bot.daily.calendar import State, month_of
from bot.daily.pages import html_of, svg_of
from bot.daily.records import as_csv, as_pdf, figures_of, rows_of
from bot.daily.view import DayView
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.roster import Roster
from bot.store import open_store
from bot.store.cases import NewEvent
from tests.alerts.school import ROSTER, SITE
from tests.daily.school import DailySchool, local, roster_with
from tests.intake.history import Clock
from tests.store.examples import ROOM

NOVEMBER = date(2026, 11, 1)
HOSTILE = '=HYPERLINK("http://evil")<script>alert(1)</script>#set page(fill: red)'


async def views_of(school: DailySchool) -> list[DayView]:
    days = await school.store.ledger.days("lincoln", NOVEMBER, date(2026, 11, 30))
    return await school.teller.views.of(days, None)


async def a_week(school: DailySchool) -> None:
    """Friday is signed, Saturday late, Sunday has something open and is signed, Monday nobody signs; then Tuesday."""
    await school.look(local(20, 15.25))
    await school.press("principal", school.cards("principal")[-1])
    await school.look(local(21, 15.25))
    school.clock.now = local(21, 18.01)
    await school.press("principal", school.cards("principal")[-1])
    await school.look(local(22, 9))
    await school.say("12", "bad words")
    await school.look(local(22, 15.25))
    await school.press("principal", school.cards("principal")[-1])
    await school.look(local(23, 15.25))
    await school.look(local(24, 9))


async def test_every_state_has_its_word(school: DailySchool) -> None:
    await a_week(school)
    month = month_of("Lincoln", NOVEMBER, await views_of(school), school.clock.now)
    assert {cell.date.day: cell.state for cell in month.cells} == {
        20: State.SIGNED, 21: State.LATE, 22: State.PARTLY, 23: State.OVERDUE, 24: State.IN_PROGRESS,
    }  # fmt: skip
    assert [len(week) for week in month.weeks] == [7] * len(month.weeks)
    (sunday,) = (cell for cell in month.cells if cell.date.day == 22)
    assert (sunday.comments, sunday.flagged, sunday.open) == (1, 1, 1)


async def test_days_off_duty_are_never_called_moderated(tmp_path: Path) -> None:
    async with open_store(home=tmp_path) as store:
        roster = roster_with(duty_days=frozenset(range(5)))
        school = await DailySchool(store, Clock(local(20, 9)), roster).open()
        for day in (20, 21, 22, 23):
            await school.look(local(day, 15.25))
        await school.look(local(24, 9))
        month = month_of("Lincoln", NOVEMBER, await views_of(school), school.clock.now)
        states = {cell.date.day: cell.state for cell in month.cells}
        assert (states[21], states[22]) == (State.OFF_DUTY, State.OFF_DUTY)
        assert not re.search("moderated", html_of(month) + svg_of(month), re.IGNORECASE)
        spanish = html_of(month, language="es")
        assert "Lincoln, noviembre de 2026" in spanish
        assert all(words in spanish for words in ("sin guardia", "0 comentarios", '<th scope="col">mié</th>'))
        assert not re.search("comments|on duty|overdue", spanish)
        digests = [card for card in school.cards("principal") if card.title.key == "daily.title"]
        assert len(digests) == 2, "Friday's and Monday's"


async def test_figures_say_how_fast_people_were_and_how_often_a_rule_was_wrong(school: DailySchool) -> None:
    for number in range(4):
        await school.say("12", f"bad words {number}")
    await school.look(local(20, 15.25))
    view, _ = await views_of(school)
    events = [EventKind.DISMISSED, EventKind.CONFIRMED, EventKind.DISMISSED]
    for case, kind in zip(view.cases, events, strict=False):
        school.clock.forward(minutes=30)
        event = CaseEvent(kind, school.clock.now, "principal", "threat")
        await school.store.cases.append(NewEvent(case.id, 0, event))
    figures = figures_of(await views_of(school))
    assert figures["waiting"] == 1
    assert figures["decided_after_minutes"] == figures["acknowledged_after_minutes"] == 6.25 * 60 + 60
    (rule,) = figures["rules"]
    assert (rule["rule"], rule["confirmed"], rule["dismissed"], rule["open"]) == ("threat", 1, 2, 1)
    assert rule["false_alarms"] == pytest.approx(2 / 3)


async def test_hostile_names_stay_data(school: DailySchool) -> None:
    await school.store.channels.save(replace(ROOM, name=HOSTILE, site="lincoln"))
    await a_week(school)
    views = await views_of(school)
    rows = rows_of(views, school.roster, school.clock.now)
    read = list(csv.reader(io.StringIO(as_csv(rows))))
    assert len(read) == len(rows) + 1
    cells = [cell for row in read for cell in row]
    assert f"'{HOSTILE}" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    month = month_of(HOSTILE, NOVEMBER, views, school.clock.now)
    page, picture = html_of(month), svg_of(month)
    assert "<script" not in page + picture
    ET.fromstring(picture)  # noqa: S314 (our own)
    assert as_pdf(HOSTILE, HOSTILE, rows, school.clock.now).startswith(b"%PDF-")


def test_a_month_without_days_has_its_dates_and_no_others() -> None:
    """November 2026 begins on a Sunday, and its weeks reach from 26 October to 6 December."""
    month = month_of("Lincoln", NOVEMBER, [], local(20, 9))
    page, picture = html_of(month), svg_of(month)
    assert re.findall(r'<td class="no">(\d*)</td>', page) == [*[""] * 6, *map(str, range(1, 31)), *[""] * 6]
    assert re.findall(r">(\d+)</text>", picture) == list(map(str, range(1, 31)))


async def test_a_file_without_rows_has_its_header(school: DailySchool) -> None:
    await a_week(school)
    rows = rows_of(await views_of(school), school.roster, school.clock.now)
    header, *_ = as_csv(rows).splitlines()
    assert header.split(",") == list(rows[0])
    assert as_csv([]) == f"{header}\r\n"


def asked(home: Path, *arguments: str, columns: int = 160) -> Result:
    settings = {"CROSSING_GUARD_HOME": str(home), "NO_COLOR": "1", "COLUMNS": str(columns)}
    return CliRunner().invoke(ledger, arguments, env=settings)


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    """The folder of a school that had a week."""
    async with open_store(home=tmp_path) as store:
        await a_week(await DailySchool(store, Clock(local(20, 9))).open())
    return tmp_path


def test_the_terminal_shows_a_calendar_in_words(home: Path) -> None:
    result = asked(home, "show", "--site", "lincoln", "--month", "2026-11")
    assert result.exit_code == 0, result.output
    for words in ("Lincoln High School, November 2026", "✓", "signed late", "items open", "1 flagged, 1 open"):
        assert words in result.output
    assert "\x1b[" not in result.output


def test_a_narrow_terminal_shows_all_seven_days(home: Path) -> None:
    lines = asked(home, "show", "--month", "2026-11", columns=80).output.splitlines()
    assert max(map(len, lines)) <= 80
    assert all(day in lines[2] for day in ("Mon", "Thu", "Sun"))


@pytest.mark.parametrize("form", ["csv", "json", "pdf", "html", "svg"])
def test_every_format_is_written(home: Path, form: str) -> None:
    file = home / f"ledger.{form}"
    result = asked(home, "export", "--month", "2026-11", "--format", form, "--output", str(file))
    assert result.exit_code == 0, result.output
    begins = {"csv": "\ufeffsite,day".encode(), "json": b"{", "pdf": b"%PDF-", "html": b"<!doctype", "svg": b"<svg"}
    assert file.read_bytes().startswith(begins[form])
    if form == "json":
        told = json.loads(file.read_text())
        assert len(told["entries"]) == 15
        assert {entry["signed_by"] for entry in told["entries"]} == {"Ana Pryce", None}


@pytest.fixture
async def left(home: Path) -> Path:
    """The folder of the same school, which left the roster after its week."""
    async with open_store(home=home) as store:
        elsewhere = replace(SITE, key="adams", name="Adams Middle School")
        await store.registry.replace(Roster(ROSTER.district, ROSTER.people, {"adams": elsewhere}))
    return home


def test_the_days_of_a_site_that_left_the_roster_stay_in_reach(left: Path) -> None:
    every = asked(left, "show", "--month", "2026-11")
    assert every.exit_code == 0, every.output
    assert all(words in every.output for words in ("Adams Middle School", "Example, November 2026", "signed late"))
    alone = asked(left, "show", "--site", "lincoln", "--month", "2026-11", "--json")
    assert len(json.loads(alone.output)["entries"]) == 15
    for form in ("csv", "svg"):
        file = left / f"ledger.{form}"
        asked(left, "export", "--site", "lincoln", "--month", "2026-11", "--format", form, "--output", str(file))
        assert "signed late" in file.read_text(encoding="utf-8")


def test_a_site_that_left_the_roster_is_only_in_months_that_it_has_days_in(left: Path) -> None:
    file = left / "december.html"
    result = asked(left, "export", "--month", "2026-12", "--format", "html", "--output", str(file))
    assert result.exit_code == 0, result.output
    assert "Adams Middle School, December 2026" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", "--month", "November"), "is no month"),
        (("show", "--month", "9999-12"), "is no month"),
        (("show", "--site", "nowhere"), "There is no site"),
        (("export", "--format", "csv", "--output", "/nowhere/at/all.csv"), "cannot be written"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(home: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = asked(home, *arguments)
    assert result.exit_code != 0
    assert sentence in str(result.exception)
