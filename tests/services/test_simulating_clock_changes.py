"""Rosters and opening hours over clock changes: what a gap swallows or turns is laid out once, and in order."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendar import WEEKDAYS
from models.errors import InputError
from models.formats.scenarios.reading import Question, parse_scenario
from services.simulating.assembly import assemble_scenario
from services.simulating.rosters import Rosters, lay_out_calendars, lay_out_rosters
from services.simulating.simulate import simulate
from services.simulating.wall_clock import WallClock
from simulations.engine.columns import BREAK_END, BREAK_START, DUTY_END, SHIFT_START

DAYS = 3
QUARTERS = 96
EVES = [
    ("UTC", date(2026, 3, 28)),
    ("Europe/Madrid", date(2026, 3, 28)),
    ("Europe/Madrid", date(2026, 10, 24)),
    ("America/New_York", date(2026, 3, 7)),
    ("America/New_York", date(2026, 10, 31)),
    ("Australia/Lord_Howe", date(2026, 10, 3)),  # half an hour
    ("America/Sao_Paulo", date(2018, 11, 3)),  # from midnight
    ("Pacific/Apia", date(2011, 12, 29)),  # a whole day
]
Span = tuple[float, float]


def clock_text(quarter: int) -> str:
    return f"{quarter // 4 % 24:02d}:{quarter % 4 * 15:02d}"


def make(zone: str, eve: date, *, hour: int = 0, **changes: Any) -> dict[str, Any]:
    handling = {"distribution": "deterministic", "mean_minutes": 5}
    return {
        "format": "swingdesk/scenario",
        "version": 1,
        "start": datetime.combine(eve, time(hour), tzinfo=ZoneInfo(zone)).astimezone(UTC).isoformat(),
        "timezone": zone,
        "days": DAYS,
        "replications": 2,
        "teams": [{"id": "a"}],
        "task_types": [{"id": "t", "team": "a", "skill": "s", "handling": handling}],
        "arrivals": [{"task_type": "t", "per_hour": 10}],
        "agents": [staff([{"start": "02:30", "end": "02:45"}])],
        **changes,
    }


def staff(week: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "g", "count": 2, "team": "a", "skills": {"s": {"level": 1}}, "week": week}


def lay_out(asked: Question) -> tuple[Rosters, float]:
    clock = WallClock(asked.scenario)
    horizon = clock.after(asked.scenario.days)
    return lay_out_rosters(asked.scenario, list(asked.scenario.agents), clock, warm_up=0.0, horizon=horizon), horizon


def draw_spans(draw: st.DrawFn, low: int, high: int, most: int) -> list[tuple[int, int]]:
    """Return disjoint spans of quarter hours, which may touch."""
    cuts = sorted(draw(st.lists(st.integers(low, high), max_size=most + 1, unique=True))) if most else []
    return [span for span in pairwise(cuts) if draw(st.booleans())]


@st.composite
def weeks(draw: st.DrawFn, *, most_shifts: int, most_breaks: int) -> list[dict[str, Any]]:
    """Shifts of each day, of which one may run over midnight, with breaks."""
    first = draw(st.sampled_from([0, 4, 88]))
    return [
        {
            "start": clock_text(start),
            "end": clock_text(end),
            "breaks": [[clock_text(low), clock_text(high)] for low, high in draw_spans(draw, start, end, most_breaks)],
        }
        for start, end in draw_spans(draw, first, first + QUARTERS, most_shifts) or [(first, first + 20)]
    ]


def list_spans(zone: str, eve: date, origin: int, pairs: list[list[str]], *, after: str | None = None) -> list[Span]:
    """Return what clock times mean on the days around, read off the zone; empty where it leaves nothing.

    `after` is the start of the shift: what comes before it on the clock is of the next day.
    """
    spans = []
    for start, end in pairs:
        for day in range(-2, DAYS + 3):
            first = eve + timedelta(days=day + (after is not None and start < after))
            last = first + timedelta(days=end <= start)
            low, high = (
                datetime.combine(on, time.fromisoformat(clock), tzinfo=ZoneInfo(zone)).timestamp() - origin
                for on, clock in ((first, start), (last, end))
            )
            spans.append((low, high))
    return spans


def covers(spans: list[Span], at: float) -> bool:
    return any(low <= at < high for low, high in spans)


def middles(horizon: float) -> Iterator[float]:
    """Yield the middle of each quarter hour: no edge of a shift lies on one."""
    yield from np.arange(450.0, horizon, 900.0)


@settings(max_examples=150, deadline=None)
@given(eve=st.sampled_from(EVES), hour=st.integers(0, 23), week=weeks(most_shifts=4, most_breaks=3))
def test_what_is_laid_out_is_apart_and_in_order(eve: tuple[str, date], hour: int, week: list[dict[str, Any]]) -> None:
    rosters, horizon = lay_out(parse_scenario(make(*eve, hour=hour, agents=[staff(week)])))
    assert all(low < high for low, high in [*rosters.shifts, *rosters.stretches])
    assert all(
        earlier[1] <= later[0] for spans in (rosters.shifts, rosters.stretches) for earlier, later in pairwise(spans)
    )
    for (low, high), shift in zip(rosters.stretches, rosters.stretch_shift, strict=True):
        assert rosters.shifts[shift][0] <= low < high <= rosters.shifts[shift][1]
    assert rosters.rostered_s == [
        pytest.approx(sum(max(0.0, min(high, horizon) - max(low, 0.0)) for low, high in rosters.shifts))
    ]
    for shift, (start, end) in enumerate(rosters.shifts):
        (first, begins, *_), *breaks, (last, ends, *_) = sorted(event for event in rosters.events if event[3] == shift)
        assert (first, begins, last, ends) == (max(start, 0.0), SHIFT_START, end, DUTY_END)
        assert [kind for _, kind, *_ in breaks] == [BREAK_START, BREAK_END] * (len(breaks) // 2) + [BREAK_START] * (
            len(breaks) % 2
        )
        assert all(earlier[0] < later[0] for earlier, later in pairwise([*breaks, (last,)]))


@settings(max_examples=60, deadline=None)
@given(eve=st.sampled_from(EVES), week=weeks(most_shifts=4, most_breaks=0))
def test_shifts_cover_what_the_clocks_say_and_no_more(eve: tuple[str, date], week: list[dict[str, Any]]) -> None:
    asked = parse_scenario(make(*eve, agents=[staff(week)]))
    rosters, horizon = lay_out(asked)
    meant = list_spans(*eve, asked.scenario.start, [[duty["start"], duty["end"]] for duty in week])
    for at in middles(horizon):
        assert covers(rosters.stretches, at) == covers(meant, at)


@settings(max_examples=60, deadline=None)
@given(eve=st.sampled_from(EVES), week=weeks(most_shifts=1, most_breaks=3))
def test_breaks_cover_what_the_clocks_say_and_no_more(eve: tuple[str, date], week: list[dict[str, Any]]) -> None:
    asked = parse_scenario(make(*eve, agents=[staff(week[:1])]))
    rosters, horizon = lay_out(asked)
    duty = week[0]
    shifts = list_spans(*eve, asked.scenario.start, [[duty["start"], duty["end"]]])
    breaks = list_spans(*eve, asked.scenario.start, duty["breaks"], after=duty["start"])
    for at in middles(horizon):
        assert covers(rosters.stretches, at) == (covers(shifts, at) and not covers(breaks, at))


@settings(max_examples=60, deadline=None)
@given(eve=st.sampled_from(EVES), hours=weeks(most_shifts=4, most_breaks=0))
def test_calendars_are_open_once_and_in_order(eve: tuple[str, date], hours: list[dict[str, Any]]) -> None:
    pairs = [[duty["start"], duty["end"]] for duty in hours if duty["start"] < duty["end"]] or [["02:00", "03:30"]]
    asked = parse_scenario(make(*eve, calendars=[{"id": "c", "week": dict.fromkeys(WEEKDAYS, pairs)}]))
    clock = WallClock(asked.scenario)
    rows, pointers = lay_out_calendars(asked.scenario, clock, oldest_s=0.0, longest_sla_s=3600.0)
    assert pointers.tolist() == [0, len(rows)]
    assert (rows[:, 0] < rows[:, 1]).all()
    assert (rows[:-1, 1] <= rows[1:, 0]).all()
    assert np.allclose(rows[:, 2], np.concatenate([[0.0], np.cumsum(rows[:, 1] - rows[:, 0])[:-1]]))
    meant = list_spans(*eve, asked.scenario.start, pairs)
    laid_out = [(row[0], row[1]) for row in rows]
    for at in middles(clock.after(DAYS)):
        assert covers(laid_out, at) == covers(meant, at)


MADRID, NEW_YORK = EVES[1], EVES[3]


@pytest.mark.parametrize(
    ("eve", "week", "hours"),
    [
        (MADRID, [{"start": "22:00", "end": "06:00", "breaks": [["02:00", "03:00"]]}], 23.0),
        (MADRID, [{"start": "22:00", "end": "06:00", "breaks": [["02:00", "02:30"], ["03:00", "03:30"]]}], 23.0),
        (MADRID, [{"start": "22:00", "end": "06:00", "breaks": [["02:00", "03:00"], ["03:30", "04:00"]]}], 23.0),
        (NEW_YORK, [{"start": "22:00", "end": "06:00", "breaks": [["02:00", "03:00"]]}], 23.0),
        (MADRID, [{"start": "00:00", "end": "02:30"}, {"start": "03:00", "end": "04:00"}], 10.0),
        (MADRID, [{"start": "00:00", "end": "01:00"}, {"start": "02:00", "end": "03:00"}], 5.0),
    ],
)
def test_a_night_without_an_hour_is_simulated(eve: tuple[str, date], week: list[dict[str, Any]], hours: float) -> None:
    """Breaks, a pair of shifts and a whole shift in the gap: nobody is on duty twice, and no task is lost."""
    experiment = simulate(parse_scenario(make(*eve, agents=[staff(week)])))
    assert experiment.assembly.rostered_s == (hours * 3600,)
    names = list(experiment.measures.names)
    arrived, completed, abandoned, left = (
        experiment.figures[:, names.index(f"overall.{metric}")]
        for metric in ("arrived", "completed", "abandoned", "backlog_end")
    )
    assert (completed > 0).all()
    assert np.array_equal(arrived, completed + abandoned + left)


@pytest.mark.parametrize(
    "start", ["9999-12-30T00:00:00+00:00", "2200-01-01T00:00:00+00:00", "1969-12-31T23:59:59+00:00"]
)
def test_a_start_in_far_years_is_refused(start: str) -> None:
    with pytest.raises(InputError, match=r"^s\.yaml: start: is '.*'; expected an instant of the years 1970 to 2199$"):
        assemble_scenario(parse_scenario({**make(*MADRID), "start": start}, file="s.yaml"))


@pytest.mark.parametrize("hours", [876_001, 1e30, 1e308])
def test_a_backlog_older_than_a_hundred_years_is_refused(hours: float) -> None:
    waits = [{"task_type": "t", "count": 1}, {"task_type": "t", "count": 1, "age_hours": hours}]
    with pytest.raises(InputError, match=r"^s\.yaml: initial_backlog\[1\]: age_hours: is .*; expected at most 876,000"):
        assemble_scenario(parse_scenario(make(*MADRID, initial_backlog=waits), file="s.yaml"))


@pytest.mark.parametrize("start", ["1970-01-01T00:00:00+00:00", "2199-12-31T23:59:59+00:00"])
def test_the_outermost_years_and_the_oldest_backlog_are_laid_out(start: str) -> None:
    document = make(
        *MADRID,
        calendars=[{"id": "c", "week": {day: [["09:00", "17:00"]] for day in WEEKDAYS}}],
        initial_backlog=[{"task_type": "t", "count": 1, "age_hours": 876_000}],
    )
    layout = assemble_scenario(parse_scenario({**document, "start": start})).layout
    assert layout.open_real[0, 0] < -876_000 * 3600 < layout.open_real[-1, 0]


def test_a_start_in_the_hour_that_comes_twice_is_where_time_begins() -> None:
    document = {**make(*EVES[2]), "start": "2026-10-25T02:30:00+01:00"}
    clock = WallClock(parse_scenario(document).scenario)
    assert (clock.after(0), clock.after(0.5), clock.after(1)) == (0.0, 43_200.0, 86_400.0)
