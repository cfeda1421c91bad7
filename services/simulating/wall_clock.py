"""The days and clock times of a scenario as seconds from its start."""

from collections.abc import Iterator
from datetime import date, time, timedelta

from models.calendar import WEEKDAYS
from models.errors import InputError
from models.formats.scenarios.scenario import Scenario
from models.time import (
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    format_instant,
    from_wall_clock,
    load_zone,
    to_datetime,
)

EARLIEST, LATEST = 0, 7_258_118_399
"""The first and the last second of the years 1970 to 2199: a scenario starts between them."""


class WallClock:
    """The wall clock of a scenario's zone; day 0 is that of its start.

    Parameters
    ----------
    file
        What errors call the scenario.

    Raises
    ------
    InputError
        If the scenario starts in years for which no days are laid out.
    """

    def __init__(self, scenario: Scenario, *, file: str = "scenario") -> None:
        if not EARLIEST <= scenario.start <= LATEST:
            raise InputError.of(
                file, "an instant of the years 1970 to 2199", field="start", value=format_instant(scenario.start)
            )
        self._zone = load_zone(scenario.timezone)
        self._start = scenario.start
        begins = to_datetime(scenario.start, self._zone)
        self._first = begins.date()
        self._clock_s = begins.hour * SECONDS_PER_HOUR + begins.minute * SECONDS_PER_MINUTE + begins.second

    def second(self, day: int, clock_s: int) -> float:
        """Return when clocks show `clock_s` (a day and more allowed) on a day."""
        days, rest = divmod(clock_s, SECONDS_PER_DAY)
        clock = time(rest // SECONDS_PER_HOUR, rest // SECONDS_PER_MINUTE % 60, rest % SECONDS_PER_MINUTE)
        return float(from_wall_clock(self.date(day + days), clock, self._zone) - self._start)

    def date(self, day: int) -> date:
        """Return the date of a day."""
        return self._first + timedelta(days=day)

    def after(self, days: float) -> float:
        """Return when so many days have passed by the clock on the wall; parts of a day are by elapsed time."""
        whole = int(days)
        # The start itself may be the second time that clocks show what they show.
        begins = self.second(whole, self._clock_s) if whole else 0.0
        return begins + (days - whole) * SECONDS_PER_DAY

    def days_on(self, weekdays: tuple[str, ...], first: int, last: int) -> Iterator[int]:
        """Yield the days from `first` to `last` that fall on the weekdays."""
        wanted = {WEEKDAYS.index(name) for name in weekdays}
        for day in range(first, last + 1):
            if self.date(day).weekday() in wanted:
                yield day
