"""When an office is open: its hours by weekday, its holidays, and the clock of its zone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from models.time import SECONDS_PER_MINUTE, from_wall_clock, to_datetime

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Stretch = tuple[time, time]
USUAL_HOURS: Mapping[int, tuple[Stretch, ...]] = {weekday: ((time(8), time(18)),) for weekday in range(5)}
LONGEST_CLOSURE_DAYS = 366


@dataclass(frozen=True, kw_only=True)
class OfficeCalendar:
    """Opening hours of an office.

    Attributes
    ----------
    zone
        Zone of its wall clock.
    hours
        Open stretches by weekday (Monday is 0), disjoint, in order; a stretch that does not end after it starts ends
        on the next day (`time(0)` is midnight).
    closed
        Days on which the office is closed, besides the public holidays.
    country, subdivision
        ISO 3166 codes whose public holidays are kept; none where empty.
    """

    zone: ZoneInfo
    hours: Mapping[int, tuple[Stretch, ...]] = field(default_factory=lambda: USUAL_HOURS)
    closed: frozenset[date] = frozenset()
    country: str = ""
    subdivision: str = ""

    def is_open_on(self, day: date) -> bool:
        """Return whether the office opens at all on a day."""
        return bool(self._stretches_of(day))

    def close_of_business(self, day: date) -> int:
        """Return the epoch second at which the office closes on a day; a closed day counts as the next open one.

        Raises
        ------
        ValueError
            If the office does not open within a year of that day.
        """
        return self._stretches_of(self.next_open_day(day))[-1][1]

    def next_open_day(self, day: date) -> date:
        """Return the day itself where the office opens on it, else the next day on which it does.

        Raises
        ------
        ValueError
            If there is none within a year.
        """
        for ahead in range(LONGEST_CLOSURE_DAYS + 1):
            if self.is_open_on(day + timedelta(days=ahead)):
                return day + timedelta(days=ahead)
        raise ValueError(f"the office does not open within a year of {day.isoformat()}")

    def open_stretches(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the stretches of `[start, end)` in which the office is open, as epoch seconds, in order."""
        found: list[tuple[int, int]] = []
        for opens, closes in self._stretches_from(start):
            if opens >= end:
                break
            found.append((max(opens, start), min(closes, end)))
        return found

    def after_open_minutes(self, start: int, minutes: float) -> int:
        """Return the instant by which the office has been open for so many minutes since `start`.

        Raises
        ------
        ValueError
            If the office does not open within a year of some day on the way.
        """
        left = round(minutes * SECONDS_PER_MINUTE)
        for opens, closes in self._stretches_from(start):
            available = closes - max(opens, start)
            if left <= available:
                return max(opens, start) + left
            left -= available
        raise ValueError("the office does not open within a year")

    def local_day(self, instant: int) -> date:
        """Return the day that the office's calendar shows at an instant."""
        return to_datetime(instant, self.zone).date()

    def _stretches_from(self, start: int) -> Iterator[tuple[int, int]]:
        """Yield the open stretches that end after `start`; ends where the office is closed for over a year."""
        day, closed_days = self.local_day(start) - timedelta(days=1), 0
        while closed_days <= LONGEST_CLOSURE_DAYS:
            stretches = self._stretches_of(day)
            closed_days = 0 if stretches else closed_days + 1
            for opens, closes in stretches:
                if closes > start:
                    yield opens, closes
            day += timedelta(days=1)

    def _stretches_of(self, day: date) -> tuple[tuple[int, int], ...]:
        known = self._by_day.get(day)
        if known is None:
            known = self._by_day[day] = tuple(self._make_stretches(day))
        return known

    def _make_stretches(self, day: date) -> Iterator[tuple[int, int]]:
        if day in self.closed or self._is_public_holiday(day):
            return
        for opens, closes in self.hours.get(day.weekday(), ()):
            last = day if closes > opens else day + timedelta(days=1)
            start, end = from_wall_clock(day, opens, self.zone), from_wall_clock(last, closes, self.zone)
            if start < end:  # a clock change may swallow a stretch at night
                yield start, end

    def _is_public_holiday(self, day: date) -> bool:
        if not self.country:
            return False
        if day.year not in self._holidays:
            import holidays  # noqa: PLC0415 - half a second that most offices need not pay

            self._holidays[day.year] = frozenset(
                holidays.country_holidays(self.country, subdiv=self.subdivision or None, years=day.year)
            )
        return day in self._holidays[day.year]

    @cached_property
    def _by_day(self) -> dict[date, tuple[tuple[int, int], ...]]:
        return {}

    @cached_property
    def _holidays(self) -> dict[int, frozenset[date]]:
        return {}


def is_known_region(country: str, subdivision: str = "") -> bool:
    """Return whether the public holidays of a country, or of a part of it, are known."""
    import holidays  # noqa: PLC0415

    supported = holidays.list_supported_countries(include_aliases=False)
    return country in supported and (not subdivision or subdivision in supported[country])
