"""The sliding window that limits are counted by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import parse

from api.frame import rates
from api.frame.rates import Window


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_as_many_as_said_and_then_no_more_until_the_wait_is_over() -> None:
    clock = Clock()
    window = Window(parse("5/10 second"), clock=clock)
    assert [window.take("a") for _ in range(6)] == [True] * 5 + [False]
    assert window.take("b")
    wait_s = window.wait_s("a")
    clock.now += wait_s - 1
    assert not window.take("a")
    clock.now += 1
    assert window.take("a")


@given(
    amount=st.integers(1, 20),
    steps=st.lists(st.floats(0, 7, allow_nan=False), min_size=1, max_size=200),
)
def test_never_twice_as_many_in_any_window_and_the_wait_is_enough(amount: int, steps: list[float]) -> None:
    """Against a log of all that was let through."""
    clock = Clock()
    window = Window(parse(f"{amount}/10 second"), clock=clock)
    taken: list[float] = []
    for step in steps:
        clock.now += step
        if window.take("a"):
            taken.append(clock.now)
            assert sum(clock.now - 10 < at for at in taken) <= 2 * amount
        else:
            wait_s = window.wait_s("a")
            assert 1 <= wait_s <= 20
            later = Clock()
            later.now = clock.now + wait_s
            clock.now = later.now
            assert window.has_room("a")


def test_who_asked_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    window = Window(parse("5/10 second"), clock=clock)
    monkeypatch.setattr(rates, "MAX_KNOWN", 100)
    for number in range(1000):
        clock.now += 1
        assert window.take(str(number))
        assert len(window._counted) <= 100
