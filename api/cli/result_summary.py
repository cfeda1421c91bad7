"""A simulation result on the terminal."""

from rich.console import Console
from rich.table import Table

from models.formats.scenarios.result import Metric, SimulationResult
from reports.shares import say_share

_ROWS = (
    ("on-time share", "on_time_share", 100.0, "%"),
    ("wait, mean", "wait_minutes_mean", 1.0, "min"),
    ("wait, 9 of 10 at most", "wait_minutes_p90", 1.0, "min"),
    ("arrived", "arrived", 1.0, "tasks"),
    ("completed", "completed", 1.0, "tasks"),
    ("abandoned", "abandoned", 1.0, "tasks"),
    ("open at the end", "backlog_end", 1.0, "tasks"),
    ("utilization", "utilization", 100.0, "%"),
    ("overtime", "overtime_minutes", 1.0, "min"),
    ("moves", "moves", 1.0, ""),
    ("cost", "cost", 1.0, ""),
)
_LABELS = {name: (label, factor, unit) for label, name, factor, unit in _ROWS}


def name_metric(path: str) -> str:
    """Return what people call the figure of a path, such as `teams.billing.on_time_share`."""
    section, _, rest = path.partition(".")
    group, _, name = rest.rpartition(".")
    label = _LABELS[name][0] if name in _LABELS else name.replace("_", " ")
    return label if section == "overall" else f"{group}: {label}"


def get_scale(path: str) -> tuple[float, str]:
    """Return by how much the figure of a path is multiplied where it is shown, and its unit then."""
    name = path.rpartition(".")[2]
    if name in _LABELS:
        return _LABELS[name][1:]
    if name.endswith("_share"):
        return 100.0, "%"
    return 1.0, "min" if "_minutes" in name else ""


def print_result(result: SimulationResult) -> None:
    """Print the figures of all work, and those of teams where there are several."""
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("mean", justify="right")
    table.add_column(f"{say_share(result.confidence)} interval", justify="right")
    table.add_column("")
    for label, name, factor, unit in _ROWS:
        metric = result.sections["overall"][""].get(name)
        if name == "cost" and metric is not None and not metric.mean:
            continue  # nobody has a cost per hour
        if metric is not None and metric.mean is not None:
            table.add_row(label, f"{factor * metric.mean:,.2f}", _interval(metric, factor), unit)
    teams = result.sections["teams"]
    for team in teams if len(teams) > 1 else ():
        metric = teams[team]["on_time_share"]
        if metric.mean is not None:
            table.add_row(f"{team}: on-time share", f"{100 * metric.mean:,.2f}", _interval(metric, 100.0), "%")
    console = Console(markup=False, emoji=False)
    console.print(f"{result.scenario or 'scenario'}: {result.replications} replications")
    console.print(table)


def _interval(metric: Metric, factor: float) -> str:
    if metric.low is None or metric.high is None:
        return "-"
    return f"{factor * metric.low:,.2f} to {factor * metric.high:,.2f}"
