"""Which way of a metric is the better one, and which way more heads move it."""

from models.errors import InputError

LARGER_IS_BETTER = ("on_time_share", "completed")
SMALLER_IS_BETTER = (
    "wait_minutes_mean",
    "wait_minutes_p50",
    "wait_minutes_p90",
    "wait_minutes_p99",
    "waited_share",
    "flow_minutes_mean",
    "tardy_minutes_mean",
    "backlog_end",
    "backlog_hours_end",
    "abandoned",
    "overtime_minutes",
    "idle_with_work_minutes",
)
LESS_IS_CHEAPER = ("cost", "choosing_minutes", "moves")
SHARES = ("on_time_share", "waited_share", "utilization")
FALLS_WITH_HEADS = (*SMALLER_IS_BETTER, "utilization")


def get_sense(path: str) -> int:
    """Return 1 where more of a metric is better, -1 where less is, 0 where nobody can say."""
    metric = path.rpartition(".")[2]
    if metric in LARGER_IS_BETTER:
        return 1
    return -1 if metric in SMALLER_IS_BETTER or metric in LESS_IS_CHEAPER else 0


def is_share(path: str) -> bool:
    """Return whether a metric lies from 0 to 1."""
    return path.rpartition(".")[2] in SHARES


def check_reachable(path: str, *, is_floor: bool, file: str, record: str) -> None:
    """See that more heads bring a metric nearer to its target.

    Parameters
    ----------
    is_floor
        Whether the target is `at_least`.

    Raises
    ------
    InputError
        If they do not.
    """
    metric = path.rpartition(".")[2]
    known = LARGER_IS_BETTER if is_floor else FALLS_WITH_HEADS
    if metric not in known:
        asked = "at_least" if is_floor else "at_most"
        expected = f"a metric that more heads bring to its {asked}: {', '.join(known)}"
        raise InputError.of(file, expected, record=record, field="metric", value=path)
