"""What a day has to show: that what is held grows neither at once nor by a little each hour."""

from dataclasses import replace

import pytest

from .soak import ROOM, Held, Soak

FLAT = Held(bytes=200_000, objects=450, blocks=700_000, rss=180_000, tasks=16, sockets=12)


def held_for(hours: int, **each_hour: int) -> Soak:
    """Return a day in which so much more is held after each hour."""
    soak = Soak("a column")
    for hour in range(hours):
        more = {name: getattr(FLAT, name) + hour * amount for name, amount in each_hour.items()}
        soak.held.append(replace(FLAT, **more))
    return soak


def test_what_stays_is_no_growth() -> None:
    """The same held every hour is flat, and so is what every cache is filled with at the start."""
    soak = held_for(24)
    soak.held[:5] = [replace(FLAT, objects=100, blocks=500_000)] * 5
    assert soak.find_growth() == []


@pytest.mark.parametrize("name", ["bytes", "objects", "blocks", "rss"])
def test_little_by_little_is_growth(name: str) -> None:
    """What an hour adds may be small: a day shows it."""
    assert ROOM[name] > (each_hour := ROOM[name] // 7)
    assert name in "".join(held_for(24, **{name: each_hour}).find_growth())


@pytest.mark.parametrize("name", ["tasks", "sockets"])
def test_one_task_left_is_growth(name: str) -> None:
    """Not one task or socket may be left over."""
    soak = held_for(24)
    soak.held[-1] = replace(FLAT, **{name: getattr(FLAT, name) + 1})
    assert soak.find_growth() == [f"1 {name} more at the end"]
