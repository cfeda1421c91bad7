"""Answers to questions about scenarios as pages show them: sentences first, then figures, then every number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.language.texts import Texts
from api.pages.what_if.intervals import BarChart, Mark, Plot, draw_bars
from api.pages.what_if.words import (
    BACKLOG,
    COST,
    ON_TIME,
    OVERTIME,
    WAIT,
    define_metric,
    name_metric,
    name_place,
    name_verdict,
    say_difference,
    say_figure,
    say_headline,
    say_range,
    say_tick,
)
from services.simulating.comparing import DEFAULT_METRICS
from services.simulating.senses import is_share
from services.what_if.verdicts import Judged, Verdict, judge_comparison

OF_TEAMS = ("on_time_share", "wait_minutes_mean")
MOST_ROWS = 40


@dataclass(frozen=True, kw_only=True)
class Headline:
    """What one scenario brings.

    Attributes
    ----------
    tone
        `good`, `bad`, `risk` or `info`.
    beside
        What it costs, in further sentences.
    """

    said: str
    tone: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NumberLine:
    """A row of the table of all numbers: the figure, and of each scenario what it is."""

    place: str
    metric: str
    definition: str
    cells: tuple[tuple[str, str], ...]
    differences: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a page says of an answer.

    Attributes
    ----------
    names
        Of the scenarios; the first is what the others are compared with.
    more
        Replications to ask for, so that what is open is told; None where nothing is to be gained.
    cost_name
        Of a search for staffing: what its cost is.
    """

    names: tuple[str, ...]
    headlines: tuple[Headline, ...]
    facts: tuple[tuple[str, str], ...]
    charts: tuple[BarChart, ...]
    numbers: tuple[NumberLine, ...]
    replications: int
    plots: tuple[Plot, ...] = ()
    more: int | None = None
    warnings: tuple[str, ...] = ()
    cost_name: str = ""


def answer_comparison(document: Mapping[str, Any], scenario: Mapping[str, Any], texts: Texts) -> Answer:
    """Return what a comparison says.

    Parameters
    ----------
    scenario
        The document of the first scenario, for names.
    """
    names = tuple(item["name"] for item in document["scenarios"])
    judged = [judge_comparison(document, n) for n in range(1, len(names))]
    heads = [_find_headline(found) for found in judged]
    open_ones = [one.more_replications for one in heads if one is not None and one.more_replications is not None]
    paths = _order(document, scenario)
    told = next((head.path for head in heads if head is not None), ON_TIME)
    return Answer(
        names=names,
        headlines=tuple(
            _head(name, head, found, texts)
            for name, head, found in zip(names[1:], heads, judged, strict=True)
            if head is not None
        ),
        facts=(),
        charts=(
            _draw_differences(names, judged, told, texts),
            *(chart for metric in OF_TEAMS if (chart := _draw_teams(document, scenario, metric, texts)) is not None),
        ),
        numbers=tuple(
            _number_line(path, document, judged, scenario, texts)
            for path in paths
            if any(item.get(path) is not None for item in document["scenarios"])
        ),
        replications=int(document["replications"]),
        more=max(open_ones, default=None),
    )


def _find_headline(found: Sequence[Judged]) -> Judged | None:
    """Return what is spoken of first: the share on time, unless it is not touched and something else is."""
    by_path = {one.path: one for one in found if one.mean is not None}
    on_time = by_path.get(ON_TIME)
    if on_time is not None and on_time.verdict is not Verdict.SAME:
        return on_time
    others = [by_path[path] for path in (BACKLOG, WAIT) if path in by_path]
    told = [one for one in others if one.verdict in (Verdict.BETTER, Verdict.WORSE)]
    still_open = [one for one in others if one.verdict is Verdict.OPEN]
    return next(iter([*told, *still_open]), on_time)


def _order(document: Mapping[str, Any], scenario: Mapping[str, Any]) -> list[str]:
    """Return the figures in the order in which people ask for them: of all first, then team by team."""
    paths = [path for path in document["scenarios"][0] if path != "name"]
    usual = {path: n for n, path in enumerate(DEFAULT_METRICS)}
    teams = {team["id"]: n for n, team in enumerate(scenario["teams"])}

    def place(path: str) -> tuple[int, int, int]:
        section, _, rest = path.partition(".")
        name, _, metric = rest.rpartition(".")
        rank = usual.get(f"overall.{metric}", len(usual))
        return (0 if section == "overall" else 1), teams.get(name, len(teams)), rank

    free = {path for path in (COST,) if all(_is_nothing(item.get(path)) for item in document["scenarios"])}
    return sorted((path for path in paths if path not in free), key=place)


def _is_nothing(made: Mapping[str, Any] | None) -> bool:
    return made is None or not made["mean"]


def _head(name: str, head: Judged, found: Sequence[Judged], texts: Texts) -> Headline:
    tones = {Verdict.BETTER: "good", Verdict.WORSE: "bad", Verdict.OPEN: "info"}
    by_path = {one.path: one for one in found}
    beside = []
    for path in (WAIT, BACKLOG, OVERTIME, COST):
        one = by_path.get(path)
        if one is not None and path != head.path and one.verdict not in (Verdict.SAME, Verdict.OPEN):
            beside.append(
                texts.gettext(
                    "%(figure)s: %(before)s to %(after)s (%(difference)s).",
                    figure=name_metric(path, texts),
                    before=say_figure(path, one.before, texts),
                    after=say_figure(path, one.after, texts),
                    difference=say_difference(path, one.mean, texts),
                )
            )
    return Headline(said=say_headline(name, head, texts), tone=tones.get(head.verdict, "info"), beside=tuple(beside))


def _draw_differences(names: Sequence[str], judged: Sequence[Sequence[Judged]], path: str, texts: Texts) -> BarChart:
    """Return by how much each scenario differs from the first in a figure."""
    rows = [
        (
            name,
            [
                Mark(
                    name=name,
                    position=n + 1,
                    mean=one.mean,
                    low=one.low,
                    high=one.high,
                    told=say_difference(path, one.mean, texts),
                    interval=say_range(path, one.low, one.high, texts, is_difference=True),
                )
            ],
        )
        for n, (name, found) in enumerate(zip(names[1:], judged, strict=True))
        for one in found
        if one.path == path
    ]
    return draw_bars(
        texts.gettext("%(figure)s: the difference to %(name)s", figure=name_metric(path, texts), name=names[0]),
        texts.gettext("Pairs of replications with the same chance; the line is the 95 %% interval of the difference."),
        rows,
        lambda value, _step: say_difference(path, value, texts),
        is_difference=True,
    )


def _draw_teams(document: Mapping[str, Any], scenario: Mapping[str, Any], metric: str, texts: Texts) -> BarChart | None:
    paths = [path for path in _order(document, scenario) if path.endswith(f".{metric}")]
    if len(paths) == 2:
        paths = paths[:1]  # one team is all teams
    rows = []
    for path in paths:
        marks = [mark_of(item["name"], n, path, item.get(path), texts) for n, item in enumerate(document["scenarios"])]
        if any(mark.mean is not None for mark in marks):
            rows.append((name_place(path, scenario, texts), marks))
    return draw_metric(metric, rows, texts) if rows else None


def draw_metric(metric: str, rows: Sequence[tuple[str, Sequence[Mark]]], texts: Texts) -> BarChart:
    """Return rows of a figure on an axis from zero; shares end at one."""
    return draw_bars(
        name_metric(metric, texts),
        define_metric(metric, texts),
        rows[:MOST_ROWS],
        lambda value, step: say_tick(metric, value, step, texts),
        most=1.0 if is_share(metric) else None,
    )


def mark_of(name: str, position: int, path: str, made: Mapping[str, Any] | None, texts: Texts) -> Mark:
    """Return the mark of a figure of a scenario."""
    given = made or {"mean": None, "low": None, "high": None}
    return Mark(
        name=name,
        position=position,
        mean=given["mean"],
        low=given["low"],
        high=given["high"],
        told=say_figure(path, given["mean"], texts, is_fine=True),
        interval=say_range(path, given["low"], given["high"], texts),
    )


def _number_line(
    path: str,
    document: Mapping[str, Any],
    judged: Sequence[Sequence[Judged]],
    scenario: Mapping[str, Any],
    texts: Texts,
) -> NumberLine:
    cells = []
    for item in document["scenarios"]:
        made = item.get(path) or {"mean": None, "low": None, "high": None}
        cells.append(
            (
                say_figure(path, made["mean"], texts, is_fine=True),
                say_range(path, made["low"], made["high"], texts),
            )
        )
    differences = []
    for found in judged:
        one = next((each for each in found if each.path == path), None)
        if one is None:
            differences.append(("", "", "", ""))
            continue
        differences.append(
            (
                say_difference(path, one.mean, texts),
                say_range(path, one.low, one.high, texts, is_difference=True),
                *name_verdict(one, texts),
            )
        )
    return NumberLine(
        place=name_place(path, scenario, texts),
        metric=name_metric(path, texts),
        definition=define_metric(path, texts),
        cells=tuple(cells),
        differences=tuple(differences),
    )
