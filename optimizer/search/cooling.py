"""How hot a search begins and ends: the fewer candidates it can afford for each task, the colder."""

from dataclasses import dataclass

_COLDEST_START, _HOTTEST_START = 2.0, 80.0
_END = 2.0
_CANDIDATES_FOR_HOTTEST = 40_000.0


@dataclass(frozen=True, kw_only=True)
class Cooling:
    """A geometric schedule. Temperatures are in minutes of tardiness of a task of mean weight.

    Attributes
    ----------
    unit : cost units of one such minute
    hot, cold : first and last temperature
    """

    unit: float
    hot: float
    cold: float

    def at(self, share: float) -> float:
        """Return the temperature, in cost units, when a share of the budget is spent."""
        return self.unit * self.hot * float((self.cold / self.hot) ** min(1.0, max(0.0, share)))


def choose_cooling(unit: float, candidates_per_task: float) -> Cooling:
    """Return the schedule for a budget."""
    share = (candidates_per_task / _CANDIDATES_FOR_HOTTEST) ** 0.5
    hot = min(_HOTTEST_START, max(_COLDEST_START, _HOTTEST_START * share))
    return Cooling(unit=unit, hot=hot, cold=min(_END, hot / 2))
