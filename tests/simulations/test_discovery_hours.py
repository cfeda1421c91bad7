"""When people worked, and the rosters made of it."""

import numpy as np
import pandas as pd
import pytest

from simulations.discovery.history import US_PER_DAY, US_PER_MINUTE
from simulations.discovery.hours import (
    WorkingDays,
    find_closed_days,
    find_hours,
    find_office_hours,
    find_working_days,
    weekday_of,
)
from simulations.discovery.rosters import Roster, make_shifts

MONDAY = 20514  # 2 March 2026, in days since 1970
WEEKDAYS = 5


def presence(*signs: tuple[int, int, float]) -> pd.DataFrame:
    """Agent, day after Monday, hour."""
    return pd.DataFrame(
        {
            "agent_idx": [agent for agent, _, _ in signs],
            "local_us": [(MONDAY + day) * US_PER_DAY + round(hour * 60) * US_PER_MINUTE for _, day, hour in signs],
        }
    )


def full_day(agent: int, day: int, start: float, end: float, step: float = 0.5) -> list[tuple[int, int, float]]:
    return [(agent, day, hour) for hour in np.arange(start, end + 1e-9, step)]


def weeks(agent: int, count: int, start: float, end: float) -> list[tuple[int, int, float]]:
    return [
        sign for week in range(count) for day in range(WEEKDAYS) for sign in full_day(agent, 7 * week + day, start, end)
    ]


def hours_of(days: WorkingDays, agent: int, weekday: int, team: list[int] | None = None) -> tuple[int, int, str]:
    num_agents = int(days.frame["agent_idx"].max()) + 1
    hours = find_hours(days, np.array(team or [0] * num_agents))
    row = hours[(hours["agent_idx"] == agent) & (hours["weekday"] == weekday)].iloc[0]
    return int(row["opens"]), int(row["closes"]), str(row["basis"])


def shifts_of(days: WorkingDays, *, roster: Roster = Roster.SEEN, days_ahead: int = 0) -> pd.DataFrame:
    team = np.zeros(int(days.frame["agent_idx"].max()) + 1, dtype=np.int64)
    return make_shifts(days, find_hours(days, team), roster=roster, days_ahead=days_ahead)


def test_weekdays_are_those_of_the_calendar() -> None:
    assert weekday_of(np.array([0, MONDAY, MONDAY + 6])).tolist() == [3, 0, 6]


def test_a_night_shift_is_one_working_day() -> None:
    signs = [sign for day in range(5) for sign in full_day(0, day, 14, 25.5)]
    days = find_working_days(presence(*signs))
    assert len(days.frame) == 5
    assert days.frame["last"].tolist() == [1530.0] * 5
    assert 120 <= days.cut_minute <= 480


def test_an_office_that_works_at_night_turns_its_day_at_noon() -> None:
    signs = [sign for day in range(5) for sign in full_day(0, day, 21, 30)]
    days = find_working_days(presence(*signs))
    assert len(days.frame) == 5
    assert days.cut_minute >= 8 * 60


def test_own_hours_are_quantiles_of_own_days_and_leave_out_the_odd_one() -> None:
    signs = weeks(0, 11, 8, 16) + full_day(0, 7 * 11, 3.2, 22)  # one endless Monday in twelve
    days = find_working_days(presence(*signs))
    assert hours_of(days, 0, 0) == (480, 960, "person-weekday")


def test_few_days_of_a_weekday_borrow_from_the_week_and_few_days_in_all_from_the_team() -> None:
    signs = weeks(0, 1, 8, 16) + weeks(1, 6, 9, 17) + full_day(2, 0, 7, 12)
    days = find_working_days(presence(*signs))
    assert hours_of(days, 0, 0, [0, 0, 0]) == (480, 960, "person")
    assert hours_of(days, 1, 0, [0, 0, 0])[2] == "person-weekday"
    assert hours_of(days, 2, 1, [0, 0, 0]) == (540, 1020, "team-weekday")
    assert hours_of(days, 2, 1, [0, 0, 1])[2] == "office"
    assert hours_of(days, 2, 6, [0, 0, 0])[2] == "team"


def test_the_office_is_open_when_enough_of_its_people_are_there() -> None:
    signs = weeks(0, 8, 8, 16) + weeks(1, 8, 10, 18) + full_day(0, 5, 9, 12) + full_day(0, 13, 9, 12)
    hours = find_office_hours(find_working_days(presence(*signs)))
    assert hours["weekday"].tolist() == [0, 1, 2, 3, 4]
    assert hours["opens"].tolist() == [480] * 5
    assert hours["closes"].tolist() == [1080] * 5


def test_a_day_on_which_nobody_worked_though_many_usually_do_was_closed() -> None:
    signs = [sign for agent in range(6) for sign in weeks(agent, 4, 8, 16)]
    days = find_working_days(presence(*(sign for sign in signs if sign[1] != 9)))
    assert find_closed_days(days, find_office_hours(days)) == [MONDAY + 9]
    few = find_working_days(presence(*(sign for sign in weeks(0, 4, 8, 16) if sign[1] != 9)))
    assert find_closed_days(few, find_office_hours(few)) == []


def test_a_full_day_is_a_shift_from_its_first_to_its_last_sign_and_a_gap_beyond() -> None:
    signs = weeks(0, 8, 8, 16) + full_day(0, 56, 10, 13, step=1)
    shifts = shifts_of(find_working_days(presence(*signs)))
    last = shifts[shifts["day"] == MONDAY + 56].iloc[0]
    assert (last["start"], last["end"]) == (9 * 60, 14 * 60)
    first = shifts[shifts["day"] == MONDAY].iloc[0]
    assert (first["start"], first["end"]) == (480, 960)  # half an hour beyond, but for the working hours


def test_a_day_with_few_signs_is_a_usual_one_if_they_lie_in_it() -> None:
    signs = [*weeks(0, 8, 8, 16), (0, 56, 11.2), (0, 57, 20.1)]
    shifts = shifts_of(find_working_days(presence(*signs)))
    last = shifts[shifts["day"] >= MONDAY + 56]
    assert last[["start", "end"]].to_numpy().tolist() == [[480, 960], [1200, 1215]]


def test_a_guest_is_on_duty_while_seen_and_no_longer() -> None:
    signs = [*weeks(0, 8, 8, 16), (1, 3, 11.2), (1, 3, 11.4)]
    shifts = shifts_of(find_working_days(presence(*signs)))
    guest = shifts[shifts["agent_idx"] == 1]
    assert guest[["start", "end"]].to_numpy().tolist() == [[660, 690]]


def test_after_the_log_people_are_on_duty_as_usual() -> None:
    signs = [*weeks(0, 8, 8, 16), *weeks(1, 2, 8, 16), *full_day(0, 5, 9, 12)]
    shifts = shifts_of(find_working_days(presence(*signs)), days_ahead=7)
    ahead = shifts[~shifts["is_seen"]]
    assert ahead["agent_idx"].unique().tolist() == [0]  # the other was gone long before
    first_ahead = MONDAY + 7 * 7 + 5
    assert ahead["day"].tolist() == [first_ahead + 2 + day for day in range(5)]
    assert ahead[["start", "end"]].to_numpy().tolist() == [[480, 960]] * 5


@pytest.mark.parametrize("roster", list(Roster))
def test_a_usual_roster_fills_the_days_on_which_somebody_was_not_seen(roster: Roster) -> None:
    signs = [sign for sign in weeks(0, 8, 8, 16) if sign[1] != 9]
    shifts = shifts_of(find_working_days(presence(*signs)), roster=roster)
    assert ((MONDAY + 9) in set(shifts["day"])) == (roster is Roster.USUAL)
    assert len(shifts) == 39 + (roster is Roster.USUAL)


def test_shifts_of_an_agent_never_overlap() -> None:
    generator = np.random.default_rng(5)
    signs = [
        (int(generator.integers(3)), int(generator.integers(40)), float(generator.uniform(0, 24))) for _ in range(900)
    ]
    days = find_working_days(presence(*signs))
    for roster in Roster:
        shifts = shifts_of(days, roster=roster, days_ahead=10)
        start = shifts["day"] * 1440 + shifts["start"]
        end = shifts["day"] * 1440 + shifts["end"]
        assert (end > start).all()
        is_same = shifts["agent_idx"].diff() == 0
        assert (start[is_same].to_numpy() >= end.shift()[is_same].to_numpy()).all()
