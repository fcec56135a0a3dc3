"""A channel whose history cannot be read is left alone longer and longer, and looked at again when the line is back."""

from __future__ import annotations

from bot.app.guard import LONGEST_REST, TICK, Rests
from bot.domain.comments import ChannelRef

ROOM, OTHER = ChannelRef("discord", "1", "2"), ChannelRef("slack", "T", "C")


def test_a_rest_doubles_up_to_its_longest_and_ends_with_success() -> None:
    now = 0.0
    rests = Rests(lambda: now)
    lengths = []
    for _ in range(12):
        rests.failed(ROOM)
        began = now
        while rests.resting(ROOM):
            now += 0.5
        lengths.append(now - began)
    assert lengths[0] == TICK
    assert lengths[1] == 2 * TICK
    assert lengths[-1] == LONGEST_REST
    rests.well(ROOM)
    rests.failed(ROOM)
    now += TICK
    assert not rests.resting(ROOM)


def test_other_channels_go_on_and_a_line_that_is_back_ends_every_rest_of_its_platform() -> None:
    rests = Rests(lambda: 100.0)
    rests.failed(ROOM)
    rests.failed(OTHER)
    assert not rests.resting(ChannelRef("discord", "1", "3"))
    rests.over("discord")
    assert (rests.resting(ROOM), rests.resting(OTHER)) == (False, True)
