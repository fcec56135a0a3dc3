"""The watermark: examples first, then a model of a platform in which everything goes wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.intake.progress import Held, Progress
from tests.store.examples import NOON

LAG = timedelta(minutes=5)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def live_progress() -> Progress:
    progress = Progress(LAG)
    progress.finish_reading(progress.start_reading())
    return progress


def test_a_live_channel_trails_behind_the_present() -> None:
    progress = live_progress()
    assert progress.reach(at(10)) == at(5)
    progress.stored(at(5))
    assert progress.reach(at(10)) is None
    assert progress.reach(at(9)) is None
    assert progress.reach(at(11)) == at(6)


def test_it_waits_for_what_is_under_way_but_not_for_what_it_is_committed_with() -> None:
    progress = live_progress()
    early, late = progress.enter(at(1)), progress.enter(at(2))
    assert progress.reach(at(60)) == at(1)
    assert progress.reach(at(60), committing=early) == at(2)
    assert progress.reach(at(60), committing=late) == at(1)
    progress.leave(early)
    progress.leave(late)
    assert progress.reach(at(60)) == at(55)


def test_live_events_alone_never_move_a_channel_with_a_gap_before_them() -> None:
    progress = Progress(LAG, watermark=at(0))
    progress.leave(progress.enter(at(50)))
    assert progress.reach(at(60)) is None
    reading = progress.start_reading()
    progress.read_through(reading, at(20))
    assert progress.reach(at(60)) == at(20)
    assert progress.finish_reading(reading)
    assert progress.reach(at(60)) == at(55)


def test_an_interruption_or_a_loss_makes_a_reading_worthless() -> None:
    for spoil in (Progress.interrupt, lambda progress: progress.lose(progress.enter(at(3)))):
        progress = Progress(LAG, watermark=at(0))
        reading = progress.start_reading()
        progress.read_through(reading, at(10))
        spoil(progress)
        assert progress.reach(at(60)) is None
        progress.read_through(reading, at(20))
        assert not progress.finish_reading(reading)
        assert progress.reach(at(60)) is None
        assert progress.finish_reading(progress.start_reading())


class World(RuleBasedStateMachine):
    """A platform that shows comments late (within the lag), a connection that breaks, commits that fail.

    The one thing that matters: a comment that was not committed lies at or after the watermark, so that the next
    reading finds it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.progress = Progress(LAG)
        self.connected = True
        self.open: dict[Held, float] = {}
        self.missing: set[float] = set()
        self.reading: tuple[int, list[float]] | None = None
        self.marks: list[datetime] = [at(0)]

    def _store(self, committing: Held | None = None) -> None:
        mark = self.progress.reach(at(self.now), committing)
        if mark is not None:
            self.marks.append(mark)
            self.progress.stored(mark)

    @rule(minutes=st.floats(0.1, 4))
    def time_passes(self, minutes: float) -> None:
        self.now += minutes

    @rule(late=st.floats(0, 4.9))
    def somebody_writes(self, late: float) -> None:
        posted = self.now - late
        self.missing.add(posted)
        if self.connected:
            self.open[self.progress.enter(at(posted))] = posted

    @precondition(lambda self: self.open)
    @rule(data=st.data(), works=st.booleans())
    def screening_ends(self, data: st.DataObject, works: bool) -> None:
        held = data.draw(st.sampled_from(sorted(self.open, key=self.open.__getitem__)))
        posted = self.open.pop(held)
        if works:
            self._store(held)
            self.missing.discard(posted)
            self.progress.leave(held)
        else:
            self.progress.lose(held)

    @rule()
    def the_connection_breaks(self) -> None:
        self.connected = False
        self.progress.interrupt()

    @rule()
    def it_comes_back(self) -> None:
        self.connected = True

    @precondition(lambda self: self.connected)
    @rule()
    def a_reading_starts(self) -> None:
        number = self.progress.start_reading()
        mark = self.progress.watermark
        found = sorted(posted for posted in self.missing if mark is None or at(posted) >= mark)
        self.reading = (number, found)

    @precondition(lambda self: self.reading)
    @rule()
    def a_reading_goes_on(self) -> None:
        assert self.reading is not None
        number, found = self.reading
        if found:
            posted = found.pop(0)
            self.missing.discard(posted)
            self.progress.read_through(number, at(posted))
        else:
            self.progress.finish_reading(number)
            self.reading = None
        self._store()

    @rule()
    def the_clock_loop_advances(self) -> None:
        self._store()

    @invariant()
    def nothing_missing_lies_before_the_watermark(self) -> None:
        mark = self.progress.watermark
        assert mark is None or all(at(posted) >= mark for posted in self.missing)

    @invariant()
    def the_watermark_never_goes_back(self) -> None:
        assert self.marks == sorted(self.marks)


World.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
TestWorld = World.TestCase
