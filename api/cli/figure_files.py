"""`--html`: the figures of a simulation as one file to open in a browser."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.outputs import check_outputs

if TYPE_CHECKING:
    from models.formats.scenarios.reading import Question
    from services.simulating.comparing import Comparison
    from services.simulating.simulate import Experiment

HtmlFile = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Also write the figures as a page that needs no network.", show_default=False
    ),
]


ENDINGS = {"-o": (".json", ".json.gz"), "--html": (".html",), "--tasks-log": (".csv", ".parquet")}


def check_answer_files(
    scenarios: "Mapping[Path, Question]",
    *,
    output: Path | None = None,
    html: Path | None = None,
    tasks_log: Path | None = None,
) -> None:
    """Refuse places of answers that cannot be written, or would replace a scenario, a trace of one, or another answer.

    Parameters
    ----------
    scenarios : what was read, by the file
    """
    inputs = (
        {f"scenario {path}": path for path in scenarios} if len(scenarios) > 1 else {"scenario": next(iter(scenarios))}
    )
    for path, question in scenarios.items():
        names = [arrivals.times for arrivals in question.scenario.arrivals if arrivals.times]
        inputs |= {f"trace {name}": path.parent / name for name in names}
    check_outputs({"-o": output, "--html": html, "--tasks-log": tasks_log}, inputs=inputs, endings=ENDINGS)


def write_experiment_page(path: Path, experiment: "Experiment", *, warnings: Sequence[str]) -> None:
    """Write the figures of a simulation."""
    from api.documents.figure_pages import render_figure_file
    from models.formats.documents import write_atomically
    from reports.panels import shorten
    from services.simulating.showing import UNNAMED, show_experiment

    scenario = experiment.assembly.scenario
    page = render_figure_file(
        show_experiment(experiment),
        title=shorten(scenario.name or UNNAMED),
        eyebrow="Simulation",
        lead=f"{_spell_out(scenario.name)}{scenario.days} days, {len(experiment.figures)} replications. "
        f"Times are those of {scenario.timezone}.",
        warnings=warnings,
    )
    write_atomically(path, page.encode())


def write_comparison_page(path: Path, comparison: "Comparison") -> None:
    """Write the figures of scenarios side by side."""
    from api.documents.figure_pages import render_figure_file
    from models.formats.documents import write_atomically
    from reports.panels import shorten
    from services.simulating.showing import name_shortly, show_comparison

    base = comparison.experiments[0]
    title = f"{comparison.names[0]} and {', '.join(comparison.names[1:])}"
    named = zip(name_shortly(comparison.names), comparison.names, strict=True)
    page = render_figure_file(
        show_comparison(comparison),
        title=shorten(title),
        eyebrow="Scenarios side by side",
        lead=f"{_spell_out(title)}{base.assembly.scenario.days} days, {len(base.figures)} replications on the same "
        "random numbers.",
        facts=[f"{name}: {full}" for name, full in named if name != full],
    )
    write_atomically(path, page.encode())


def write_staffing_page(path: Path, answer: Mapping[str, Any], *, warnings: Sequence[str]) -> None:
    """Write what each further share of work on time costs, by the document of a staffing search."""
    from api.documents.figure_pages import render_figure_file
    from models.formats.documents import write_atomically
    from reports.panels import shorten
    from reports.simulation_figures import FrontierPoint, show_frontier
    from services.simulating.showing import UNNAMED
    from services.staffing.sentences import say_effort, say_reasons

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
    heads = ", ".join(f"{name} {number}" for name, number in answer["groups"].items())
    page = render_figure_file(
        [show_frontier(points, target=_find_on_time_target(answer))] if points else [],
        title=shorten(answer["scenario"] or UNNAMED),
        eyebrow="Staffing",
        lead=_spell_out(answer["scenario"]) + _begin(f"{heads}: {answer['message']}."),
        facts=[_begin(f"{said}.") for said in (*say_reasons(answer), *say_effort(answer))],
        warnings=warnings,
    )
    write_atomically(path, page.encode())


def _find_on_time_target(answer: Mapping[str, Any]) -> float | None:
    """Return what was asked of the share that the frontier shows, that of all teams."""
    asked = [target["at_least"] for target in answer["targets"] if target["metric"] == "overall.on_time_share"]
    return max(asked, default=None)


def _spell_out(title: str | None) -> str:
    """Return a title in full where the heading of a page has no room for it."""
    from reports.panels import shorten

    return "" if not title or shorten(title) == title else f"{title}. "


def _begin(sentence: str) -> str:
    """Return a sentence with a capital letter where it begins with a word, not with the path of a metric."""
    first = sentence.split(" ", 1)[0]
    return sentence if "." in first or ":" in first else f"{sentence[:1].upper()}{sentence[1:]}"
