"""Answers about one scenario: what happens in it, and which staffing would do."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from api.language.texts import Texts
from api.pages.what_if.answers import Answer, Headline, NumberLine, draw_metric, mark_of
from api.pages.what_if.forms.choices import name_of
from api.pages.what_if.intervals import Axis, Curve, Plot, draw_band, draw_line, flip
from api.pages.what_if.words import (
    BACKLOG,
    COST,
    ON_TIME,
    WAIT,
    define_metric,
    name_metric,
    name_place,
    say_figure,
    say_range,
    say_tick,
)
from models.time import parse_instant, to_datetime

SHOWN = (ON_TIME, WAIT, BACKLOG, "overall.utilization", COST)
SECTIONS = ("teams", "task_types", "processes", "agents")
MOST_CURVES = 5
_STATUS: Mapping[str, tuple[str, Callable[[Texts], str]]] = {
    "found": ("good", lambda texts: texts.gettext("The least-cost staffing that reaches what was asked for.")),
    "impossible": (
        "bad",
        lambda texts: texts.gettext(
            "Not to be reached, even with all the people there may be: allow more, or ask for less. With all of them:"
        ),
    ),
    "open": (
        "risk",
        lambda texts: texts.gettext("No staffing could be shown to reach it within the replications allowed."),
    ),
    "stopped": ("risk", lambda texts: texts.gettext("Stopped; this is the best known until then, not confirmed.")),
}
_PROOFS: Mapping[str, Callable[[Texts], str]] = {
    "dominated": lambda texts: texts.gettext(
        "Nothing cheaper does: each cheaper staffing has no more people in any group than one that falls short."
    ),
    "estimated": lambda texts: texts.gettext(
        "Nothing cheaper should do: those that were simulated fall short, and the others by far, by what these show."
    ),
    "none": lambda texts: texts.gettext("There may be a cheaper one."),
}


def answer_simulation(
    document: Mapping[str, Any], scenario: Mapping[str, Any], findings: Mapping[str, Any] | None, texts: Texts
) -> Answer:
    """Return what a simulation says, beside the history where the scenario was read off one."""
    name = str(scenario.get("name") or document["scenario"])
    overall = document["overall"]
    share, wait = overall["on_time_share"], overall["wait_minutes_mean"]
    headline = (
        texts.gettext(
            "%(share)s on time (%(range)s); mean wait %(wait)s minutes.",
            share=say_figure(ON_TIME, share["mean"], texts),
            range=say_range(ON_TIME, share["low"], share["high"], texts) or texts.gettext("one replication"),
            wait=say_figure(WAIT, wait["mean"], texts),
        )
        if share["mean"] is not None
        else texts.gettext("Nothing falls due; mean wait %(wait)s minutes.", wait=say_figure(WAIT, wait["mean"], texts))
    )
    charts = []
    for section, metric in (("teams", "on_time_share"), ("teams", "wait_minutes_mean"), ("agents", "utilization")):
        rows = [
            (name_of(scenario, section, key), [mark_of(name, 0, f"{section}.{key}.{metric}", item.get(metric), texts)])
            for key, item in document.get(section, {}).items()
            if (item.get(metric) or {}).get("mean") is not None
        ]
        if rows:
            charts.append(draw_metric(metric, rows, texts))
    return Answer(
        names=(name,),
        headlines=(Headline(said=headline, tone="info"),),
        facts=_beside_history(overall, findings, texts),
        charts=tuple(charts),
        numbers=tuple(_numbers(document, scenario, texts)),
        replications=int(document["replications"]),
        plots=(_draw_backlog(document, scenario, texts),),
        warnings=tuple(document.get("warnings") or ()),
    )


def answer_staffing(document: Mapping[str, Any], scenario: Mapping[str, Any], texts: Texts) -> Answer:
    """Return what a search for staffing found, with its frontier."""
    tone, word = _STATUS[document["status"]]
    share = document["on_time_share"]
    is_priced = any(group.get("cost_per_hour") for group in scenario.get("agents", ()))
    cost_name = name_metric(COST, texts) if is_priced else texts.gettext("Hours on duty")
    beside = [_say_heads(document["groups"], scenario, texts)]
    if share["mean"] is not None:
        beside.append(
            texts.gettext(
                "On time: %(share)s (%(range)s). %(cost_name)s: %(cost)s.",
                share=say_figure(ON_TIME, share["mean"], texts, is_fine=True),
                range=say_range(ON_TIME, share["low"], share["high"], texts),
                cost_name=cost_name,
                cost=say_figure(COST, document["cost"]["mean"], texts),
            )
        )
    beside += _say_missing(document, scenario, texts, is_priced=is_priced)
    if document["because"]:
        beside.append(_PROOFS[document["proof"]](texts))
    if document["undecided"]:
        beside.append(
            texts.ngettext(
                "%(num)s cheaper staffing is too close to tell.",
                "%(num)s cheaper staffings are too close to tell.",
                len(document["undecided"]),
            )
        )
    points = [point for point in document["frontier"] if point["on_time_share"]["low"] is not None]
    return Answer(
        names=(str(scenario.get("name") or document["scenario"]),),
        headlines=(Headline(said=word(texts), tone=tone, beside=tuple(beside)),),
        facts=(),
        charts=(),
        numbers=tuple(
            NumberLine(
                place=_say_heads(point["groups"], scenario, texts),
                metric=texts.gettext("The answer") if point["groups"] == document["groups"] else "",
                definition="",
                cells=(
                    (say_figure(COST, point["cost"], texts), ""),
                    (
                        say_figure(ON_TIME, point["on_time_share"]["mean"], texts, is_fine=True),
                        say_range(ON_TIME, point["on_time_share"]["low"], point["on_time_share"]["high"], texts),
                    ),
                ),
                differences=(),
            )
            for point in points
        ),
        replications=sum(document["replications"][key] for key in ("search", "confirmation", "frontier")),
        plots=(_draw_frontier(document, scenario, points, texts, is_priced=is_priced),) if points else (),
        # What costs are missing is said beside the answer, in words of the page.
        warnings=tuple(told for told in document.get("warnings") or () if "cost_per_hour" not in told),
        cost_name=cost_name,
    )


def _say_missing(
    document: Mapping[str, Any], scenario: Mapping[str, Any], texts: Texts, *, is_priced: bool
) -> list[str]:
    """Return what of the costs is not known, and where it is to be said, so that nobody takes hours for money."""
    if not is_priced:
        return [
            texts.gettext(
                "Nobody in this scenario has a cost an hour, so every hour on duty counts as 1: this is the staffing "
                "of the fewest hours. Where hours cost differently, fill that in "
                "under Find the staffing, and ask again."
            )
        ]
    free = [
        name_of(scenario, "agents", group["id"])
        for group in scenario.get("agents", ())
        if group["id"] in document["groups"] and not group.get("cost_per_hour")
    ]
    if not free:
        return []
    return [
        texts.gettext(
            "Taken as free, as they have no cost an hour: %(groups)s. "
            "Fill it in under Find the staffing, and ask again.",
            groups=", ".join(free),
        )
    ]


def _beside_history(
    overall: Mapping[str, Any], findings: Mapping[str, Any] | None, texts: Texts
) -> tuple[tuple[str, str], ...]:
    """Return the main figures, each with what the history had where it tells it."""
    observed: Mapping[str, float | None] = (findings or {}).get("observed") or {}
    facts = []
    for path in SHOWN:
        made = overall.get(path.rpartition(".")[2])
        if made is None or made["mean"] is None or (path == COST and not made["mean"]):
            continue
        said = say_figure(path, made["mean"], texts)
        if observed.get(path) is not None:
            said = texts.gettext(
                "%(simulated)s; the history had %(observed)s",
                simulated=said,
                observed=say_figure(path, observed[path], texts),
            )
        facts.append((name_metric(path, texts), said))
    return tuple(facts)


def _numbers(document: Mapping[str, Any], scenario: Mapping[str, Any], texts: Texts) -> list[NumberLine]:
    sections = [("overall", {"": document["overall"]})]
    sections += [(section, document.get(section) or {}) for section in SECTIONS]
    return [
        NumberLine(
            place=name_place(path, scenario, texts),
            metric=name_metric(path, texts),
            definition=define_metric(path, texts),
            cells=(
                (
                    say_figure(path, made["mean"], texts, is_fine=True),
                    say_range(path, made["low"], made["high"], texts),
                ),
            ),
            differences=(),
        )
        for section, items in sections
        for key, metrics in items.items()
        for metric, made in metrics.items()
        if made["mean"] is not None
        for path in (f"{section}.{key}.{metric}" if key else f"{section}.{metric}",)
    ]


def _draw_backlog(document: Mapping[str, Any], scenario: Mapping[str, Any], texts: Texts) -> Plot:
    series = document["series"]
    teams = sorted(
        series["teams"].items(), key=lambda item: -sum(point["mean"] or 0.0 for point in item[1]["backlog"])
    )[:MOST_CURVES]
    points = max((len(item["backlog"]) for _, item in teams), default=0)
    tops = [point["high"] or point["mean"] or 0.0 for _, item in teams for point in item["backlog"]]
    axis = Axis([0.0, *tops])
    xs = [1000.0 * n / max(points - 1, 1) for n in range(points)]
    curves = []
    for position, (team, item) in enumerate(teams):
        means = [axis.at(point["mean"] or 0.0) for point in item["backlog"]]
        lows = [axis.at(point["low"] or 0.0) for point in item["backlog"]]
        highs = [axis.at(point["high"] if point["high"] is not None else point["mean"]) for point in item["backlog"]]
        curves.append(
            Curve(
                name=name_of(scenario, "teams", team),
                position=position,
                points=draw_line(xs, means),
                band=draw_band(xs, lows, highs),
            )
        )
    return Plot(
        title=texts.gettext("Open tasks over time"),
        formula=texts.gettext("Waiting and in hand, each hour: mean of the replications with its 95 %% interval."),
        text="; ".join(
            texts.gettext(
                "%(team)s: at most %(most)s, %(last)s at the end",
                team=name_of(scenario, "teams", team),
                most=texts.number(max(point["mean"] or 0.0 for point in item["backlog"])),
                last=texts.number(item["backlog"][-1]["mean"]),
            )
            for team, item in teams
        ),
        curves=tuple(curves),
        across=_days_across(scenario, points, float(series["interval_minutes"]), texts),
        up=tuple((flip(axis.at(tick)), say_tick(BACKLOG, tick, axis.step, texts)) for tick in axis.ticks),
    )


def _days_across(
    scenario: Mapping[str, Any], points: int, interval_minutes: float, texts: Texts
) -> tuple[tuple[float, str], ...]:
    """Return where some of the days begin."""
    start = to_datetime(parse_instant(str(scenario["start"])), texts.zone)
    span = timedelta(minutes=interval_minutes * max(points - 1, 1))
    days = max(1, round(span / timedelta(days=1)))
    step = max(1, -(-days // 7))
    return tuple(
        (round(1000.0 * (timedelta(days=day) / span), 1), texts.day((start + timedelta(days=day)).date()))
        for day in range(0, days, step)
    )


def _draw_frontier(
    document: Mapping[str, Any],
    scenario: Mapping[str, Any],
    points: Sequence[Mapping[str, Any]],
    texts: Texts,
    *,
    is_priced: bool,
) -> Plot:
    costs = Axis([point["cost"] for point in points])
    ends = [point["on_time_share"][end] for point in points for end in ("low", "high")]
    target = next((one["at_least"] for one in document["targets"] if one["metric"] == ON_TIME), None)
    shares = Axis([*ends, *([] if target is None else [target])], most=1.0)
    placed = [
        (
            costs.at(point["cost"]),
            *(shares.at(point["on_time_share"][key]) for key in ("mean", "low", "high")),
            point["groups"] == document["groups"],
            texts.gettext(
                "%(heads)s: %(share)s for %(cost)s",
                heads=_say_heads(point["groups"], scenario, texts),
                share=texts.share(point["on_time_share"]["mean"], 1),
                cost=texts.number(point["cost"]),
            ),
        )
        for point in points
    ]
    return Plot(
        title=texts.gettext("Cost against work on time")
        if is_priced
        else texts.gettext("Hours on duty against work on time"),
        formula=texts.gettext(
            "For each cost the staffing that brings the most on time, with the interval of the share."
        )
        if is_priced
        else texts.gettext(
            "For so many hours the staffing that brings the most on time, with the interval of the share."
        ),
        text=texts.gettext(
            "From %(low)s on time for %(cheap)s to %(high)s for %(dear)s.",
            low=texts.share(points[0]["on_time_share"]["mean"]),
            cheap=texts.number(points[0]["cost"]),
            high=texts.share(points[-1]["on_time_share"]["mean"]),
            dear=texts.number(points[-1]["cost"]),
        ),
        curves=(
            Curve(
                name=texts.gettext("Frontier"),
                position=0,
                points=draw_line([one[0] for one in placed], [one[1] for one in placed]),
            ),
        ),
        across=tuple((costs.at(tick), say_tick(COST, tick, costs.step, texts)) for tick in costs.ticks),
        up=tuple((flip(shares.at(tick)), say_tick(ON_TIME, tick, shares.step, texts)) for tick in shares.ticks),
        dots=tuple((x, flip(y), flip(low), flip(high), is_answer, said) for x, y, low, high, is_answer, said in placed),
        level=None if target is None else flip(shares.at(target)),
        level_name="" if target is None else texts.gettext("asked for: %(share)s", share=texts.share(target)),
        axes=texts.gettext(
            "Across: %(across)s. Up: %(up)s.",
            across=name_metric(COST, texts) if is_priced else texts.gettext("Hours on duty"),
            up=name_metric(ON_TIME, texts),
        ),
    )


def _say_heads(groups: Mapping[str, int], scenario: Mapping[str, Any], texts: Texts) -> str:
    return ", ".join(
        texts.gettext("%(count)s in %(group)s", group=name_of(scenario, "agents", name), count=texts.number(count))
        for name, count in groups.items()
    )
