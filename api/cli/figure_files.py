"""`--html`: the figures of a simulation as one file to open in a browser."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.outputs import check_output

if TYPE_CHECKING:
    from services.simulating.comparing import Comparison
    from services.simulating.simulate import Experiment

HtmlFile = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Also write the figures as a page that needs no network.", show_default=False
    ),
]


def check_html(path: Path | None) -> None:
    """Refuse a place where no page can be written, before any work is done for it."""
    if path is not None:
        check_output(path)


def write_experiment_page(path: Path, experiment: "Experiment", *, warnings: Sequence[str]) -> None:
    """Write the figures of a simulation."""
    from api.documents.figure_pages import render_figure_file
    from models.formats.documents import write_atomically
    from services.simulating.showing import UNNAMED, show_experiment

    scenario = experiment.assembly.scenario
    page = render_figure_file(
        show_experiment(experiment),
        title=scenario.name or UNNAMED,
        eyebrow="Simulation",
        lead=f"{scenario.days} days, {len(experiment.figures)} replications. Times are those of {scenario.timezone}.",
        warnings=warnings,
    )
    write_atomically(path, page.encode())


def write_comparison_page(path: Path, comparison: "Comparison") -> None:
    """Write the figures of scenarios side by side."""
    from api.documents.figure_pages import render_figure_file
    from models.formats.documents import write_atomically
    from services.simulating.showing import show_comparison

    base = comparison.experiments[0]
    page = render_figure_file(
        show_comparison(comparison),
        title=f"{comparison.names[0]} and {', '.join(comparison.names[1:])}",
        eyebrow="Scenarios side by side",
        lead=f"{base.assembly.scenario.days} days, {len(base.figures)} replications on the same random numbers.",
    )
    write_atomically(path, page.encode())


def write_staffing_page(path: Path, answer: Mapping[str, Any], *, warnings: Sequence[str]) -> None:
    """Write what each further share of work on time costs, by the document of a staffing search."""
    from api.documents.figure_pages import render_figure_file
    from models.formats.documents import write_atomically
    from reports.simulation_figures import FrontierPoint, show_frontier
    from services.simulating.showing import UNNAMED

    points = [
        FrontierPoint(
            cost=point["cost"],
            share=point["on_time_share"]["mean"],
            low=point["on_time_share"]["low"],
            high=point["on_time_share"]["high"],
            label=", ".join(f"{name} {number}" for name, number in point["groups"].items()),
            is_chosen=point["groups"] == answer["groups"],
        )
        for point in answer["frontier"]
        if point["on_time_share"]["low"] is not None
    ]
    page = render_figure_file(
        [show_frontier(points)] if points else [],
        title=answer["scenario"] or UNNAMED,
        eyebrow="Staffing",
        lead=f"{answer['message'][:1].upper()}{answer['message'][1:]}.",
        warnings=warnings,
    )
    write_atomically(path, page.encode())
