"""By how much scenarios differ from the first: shares in percentage points, all else relatively."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from models.formats.scenarios.result import SimulationResult
from reports.panels import Panel, label, panel_layout
from reports.simulation_figures import SHARES, Named
from reports.theme import NEUTRAL, PALETTE
from simulations.statistics.comparing import Difference
from simulations.statistics.intervals import Estimate

POINTS = 100.0
_ROW_PX = 52
_AXIS_PX = 80
_WORDS = {
    "on_time_share": "on-time share",
    "wait_minutes_mean": "wait, mean",
    "wait_minutes_p50": "wait, half at most",
    "wait_minutes_p90": "wait, 9 of 10 at most",
    "backlog_end": "open at the end",
    "utilization": "utilization",
    "overtime_minutes": "overtime",
    "cost": "cost",
    "moves": "moves",
}


def show_differences(
    results: Named, differences: Sequence[Mapping[str, Difference]], *, metrics: Sequence[str]
) -> Panel:
    """Return by how much each scenario differs from the first, with the intervals of the differences.

    Shares have an axis of their own, in percentage points; what is 0 in the first and no share is in the table alone.
    """
    base = results[0][1]
    factors = {metric: factor for metric in metrics if (factor := _find_factor(base, metric)) is not None}
    shares = [metric for metric in factors if _is_share(metric)]
    others = [metric for metric in factors if metric not in shares]
    parts = [(name, some) for name, some in (("points", shares), ("share", others)) if some]
    height = 40 + sum(_AXIS_PX + _ROW_PX * len(some) for _, some in parts)
    figure = go.Figure(layout=panel_layout(height=max(height, 200), has_legend=True))
    top = 1.0
    for position, (unit, some) in enumerate(parts):
        number = "" if position == 0 else str(position + 1)
        for place, ((name, _), made) in enumerate(zip(results[1:], differences, strict=True)):
            figure.add_trace(
                _markers(name, {metric: made[metric].estimate for metric in some if metric in made}, factors, unit),
            )
            figure.data[-1].update(
                marker={"color": PALETTE[(place + 1) % len(PALETTE)], "size": 11, "symbol": place},
                showlegend=position == 0,
                xaxis=f"x{number}",
                yaxis=f"y{number}",
            )
        bottom = top - (_ROW_PX * len(some) / height)
        how = "percentage points" if unit == "points" else "divided by it"
        figure.update_layout(
            {
                f"xaxis{number}": {
                    "anchor": f"y{number}",
                    "automargin": True,
                    "title": f"against {label(results[0][0])}, {how}",
                    "tickformat": "+,.4~g" if unit == "points" else "+.0%",
                    "zeroline": False,
                },
                f"yaxis{number}": {
                    "anchor": f"x{number}",
                    "automargin": True,
                    "autorange": "reversed",
                    "domain": [0.0 if position == len(parts) - 1 else max(bottom, 0.0), top],
                },
            }
        )
        figure.add_shape(
            type="line",
            x0=0,
            x1=0,
            y0=0,
            y1=1,
            xref=f"x{number}",
            yref=f"y{number} domain",
            line={"color": NEUTRAL, "width": 1.5, "dash": "dot"},
        )
        top = max(bottom - _AXIS_PX / height, 0.0)
    clear = sum(made.estimate.low > 0 or made.estimate.high < 0 for item in differences for made in item.values())
    total = sum(len(item) for item in differences)
    return Panel(
        name="differences",
        title="Differences",
        formula="scenario less the first, in pairs of replications with the same random numbers: shares in percentage "
        "points, all else divided by the first; 95 % interval of the mean difference",
        text=f"{clear} of {total} differences are clear of zero.",
        figure=figure,
        headings=["Figure", "Difference", "95 % interval"],
        rows=[
            [f"{name}: {_spell(metric)}", _signed(metric, made[metric].estimate.mean), _between(metric, made[metric])]
            for (name, _), made in zip(results[1:], differences, strict=True)
            for metric in metrics
            if metric in made
        ],
    )


def _markers(name: str, found: Mapping[str, Estimate], factors: Mapping[str, float], unit: str) -> go.Scatter:
    """Return the differences of a scenario as markers with their intervals."""
    scaled = [(factors[metric], item) for metric, item in found.items()]
    return go.Scatter(
        x=[factor * item.mean for factor, item in scaled],
        y=[label(_spell(metric)) for metric in found],
        mode="markers",
        name=label(name),
        legendgroup=name,
        error_x={
            "type": "data",
            "array": [factor * (item.high - item.mean) for factor, item in scaled],
            "arrayminus": [factor * (item.mean - item.low) for factor, item in scaled],
            "thickness": 2,
            "width": 6,
        },
        hovertemplate=("%{y}: %{x:+.2f} points" if unit == "points" else "%{y}: %{x:+.1%}")
        + f"<extra>{label(name)}</extra>",
    )


def _find_factor(base: SimulationResult, metric: str) -> float | None:
    """Return what a difference is multiplied by to be drawn; None where it cannot be drawn."""
    found = base.find(metric)
    if found is None or found.mean is None:
        return None
    if _is_share(metric):
        return POINTS
    return 1 / abs(found.mean) if found.mean else None


def _is_share(path: str) -> bool:
    return path.rpartition(".")[2] in SHARES


def _spell(path: str) -> str:
    section, _, rest = path.partition(".")
    name, _, metric = rest.rpartition(".")
    word = _WORDS.get(metric, metric.replace("_", " "))
    return word if section == "overall" else f"{name}: {word}"


def _signed(path: str, value: float) -> str:
    return f"{POINTS * value:+.2f} points" if _is_share(path) else f"{value:+,.4g}"


def _between(path: str, difference: Difference) -> str:
    return f"{_signed(path, difference.estimate.low)} to {_signed(path, difference.estimate.high)}"
