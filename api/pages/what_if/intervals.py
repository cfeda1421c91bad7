"""Figures made by the server, as positions on axes from 0 to 1000: they need no script, and print."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1000.0, 400.0
_ROOM = 0.04
_TICKS = 4
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A mean with its interval on an axis; None where nothing was observed."""

    name: str
    position: int
    low: float | None
    mean: float | None
    high: float | None
    told: str
    interval: str


@dataclass(frozen=True, kw_only=True)
class BarRow:
    """What is compared in one place: a bar for each scenario."""

    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class BarChart:
    """Rows of bars on one axis.

    Attributes
    ----------
    zero
        Where zero is, if that is within the axis and means something.
    ticks
        Positions with what stands at them.
    """

    title: str
    formula: str
    rows: tuple[BarRow, ...]
    ticks: tuple[tuple[float, str], ...]
    zero: float | None = None


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A value to be drawn, before it has a place on an axis."""

    name: str
    position: int
    mean: float | None
    low: float | None
    high: float | None
    told: str
    interval: str


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A line over time or cost, with a band or arms around it, as the points of SVG."""

    name: str
    position: int
    points: str
    band: str = ""


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Curves and dots over two axes.

    Attributes
    ----------
    dots
        Of each: x, y, its low and its high end, whether it is the answer, and what it says.
    level
        Where a line lies that was asked for.
    level_name, axes
        What that is, and what stands along the two axes.
    """

    title: str
    formula: str
    text: str
    curves: tuple[Curve, ...]
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    dots: tuple[tuple[float, float, float, float, bool, str], ...] = ()
    level: float | None = None
    level_name: str = ""
    axes: str = ""


def draw_bars(
    title: str,
    formula: str,
    rows: Sequence[tuple[str, Sequence[Mark]]],
    say: Callable[[float, float], str],
    *,
    is_difference: bool = False,
    most: float | None = None,
) -> BarChart:
    """Return rows of marks on one axis: from zero, or around it where they are differences.

    Parameters
    ----------
    say
        Writes a tick, given how far it is to the next.
    """
    values = [value for _, marks in rows for mark in marks for value in (mark.low, mark.mean, mark.high)]
    axis = Axis([0.0, *(value for value in values if value is not None)], most=most)
    return BarChart(
        title=title,
        formula=formula,
        rows=tuple(
            BarRow(
                name=name,
                bars=tuple(
                    Bar(
                        name=mark.name,
                        position=mark.position,
                        low=axis.place(mark.low),
                        mean=axis.place(mark.mean),
                        high=axis.place(mark.high),
                        told=mark.told,
                        interval=mark.interval,
                    )
                    for mark in marks
                ),
            )
            for name, marks in rows
        ),
        ticks=tuple((axis.at(tick), say(tick, axis.step)) for tick in axis.ticks),
        zero=axis.at(0.0) if is_difference else None,
    )


class Axis:
    """A stretch of numbers on 0 to 1000, with round ones to be written at it."""

    def __init__(self, values: Iterable[float], *, most: float | None = None) -> None:
        found = list(values)
        low, high = min(found), max(found)
        if high <= low:
            high = low + 1.0
        step = _round_up((high - low) / _TICKS)
        self.low = math.floor(low / step + _ROOM) * step if low < 0 else low
        self.high = math.ceil(high / step - _ROOM) * step
        if most is not None:
            self.high = min(max(self.high, high), max(most, high))
        self.step = step
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        self.ticks = [n * step for n in range(first, last + 1)]

    def at(self, value: float) -> float:
        """Return where a value lies; at the end where it is beyond."""
        return round(WIDTH * min(max((value - self.low) / (self.high - self.low), 0.0), 1.0), 1)

    def place(self, value: float | None) -> float | None:
        """Return the same; None where there is no value."""
        return None if value is None else self.at(value)


def draw_line(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Return the points of a line; both from 0 to 1000, upwards."""
    return " ".join(f"{x:g},{flip(y):g}" for x, y in zip(xs, ys, strict=True))


def draw_band(xs: Sequence[float], lows: Sequence[float], highs: Sequence[float]) -> str:
    """Return the points of what lies between two lines."""
    forth = draw_line(xs, highs)
    back = draw_line(list(reversed(xs)), list(reversed(lows)))
    return f"{forth} {back}"


def flip(y: float) -> float:
    """Return a height, 0 to 1000 from below, as SVG counts it."""
    return round(HEIGHT * (1 - y / WIDTH), 1)


def _round_up(step: float) -> float:
    scale: float = 10.0 ** math.floor(math.log10(step))
    return scale * next(each for each in _STEPS if each * scale >= step - 1e-12 * scale)
