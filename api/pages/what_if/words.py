"""What figures of simulations are called, how they are written, and what their differences say in a sentence."""

from collections.abc import Callable, Mapping
from typing import Any

from api.language.texts import Texts
from api.pages.what_if.forms.choices import name_of
from models.repositories.jobs.records import Job
from models.vocabulary_jobs import JobKind, JobState
from services.simulating.senses import is_share
from services.what_if.verdicts import Judged, Verdict

ON_TIME, WAIT, BACKLOG, COST, OVERTIME = (
    f"overall.{name}" for name in ("on_time_share", "wait_minutes_mean", "backlog_end", "cost", "overtime_minutes")
)
_FINE = 0.015
"""Shares that differ by less are written with a digit more."""
_SMALL = 10.0
_HARDLY = 1e-9
_NAMES: Mapping[str, Callable[[Texts], str]] = {
    "on_time_share": lambda texts: texts.gettext("On time"),
    "wait_minutes_mean": lambda texts: texts.gettext("Wait, mean minutes"),
    "wait_minutes_p50": lambda texts: texts.gettext("Wait, half at most, minutes"),
    "wait_minutes_p90": lambda texts: texts.gettext("Wait, 9 of 10 at most, minutes"),
    "wait_minutes_p99": lambda texts: texts.gettext("Wait, 99 of 100 at most, minutes"),
    "waited_share": lambda texts: texts.gettext("Had to wait"),
    "flow_minutes_mean": lambda texts: texts.gettext("From coming in to done, mean minutes"),
    "tardy_minutes_mean": lambda texts: texts.gettext("Late by, mean minutes"),
    "arrived": lambda texts: texts.gettext("Came in"),
    "completed": lambda texts: texts.gettext("Done"),
    "abandoned": lambda texts: texts.gettext("Given up"),
    "backlog_end": lambda texts: texts.gettext("Open at the end"),
    "backlog_hours_end": lambda texts: texts.gettext("Open at the end, hours of work"),
    "utilization": lambda texts: texts.gettext("Busy"),
    "overtime_minutes": lambda texts: texts.gettext("Overtime, minutes"),
    "moves": lambda texts: texts.gettext("Moves between teams"),
    "choosing_minutes": lambda texts: texts.gettext("Time lost by choosing, minutes"),
    "idle_with_work_minutes": lambda texts: texts.gettext("Free while work waits, minutes"),
    "cost": lambda texts: texts.gettext("Cost"),
}
_DEFINITIONS: Mapping[str, Callable[[Texts], str]] = {
    "on_time_share": lambda texts: texts.gettext(
        "Done by their due, of all tasks that came in and fell due in the counted days; still open is late."
    ),
    "wait_minutes_mean": lambda texts: texts.gettext("From when a task can be begun to its beginning."),
    "backlog_end": lambda texts: texts.gettext("Tasks that are open when the days end."),
    "utilization": lambda texts: texts.gettext("Handling and setup, of the time on shift less breaks."),
    "cost": lambda texts: texts.gettext("All shifts at their cost an hour, and overtime at its factor."),
}
_STATES: Mapping[JobState, Callable[[Texts], str]] = {
    JobState.QUEUED: lambda texts: texts.gettext("Waits for its turn"),
    JobState.RUNNING: lambda texts: texts.gettext("Is being worked out"),
    JobState.CANCELLING: lambda texts: texts.gettext("Is being stopped"),
    JobState.DONE: lambda texts: texts.gettext("Answered"),
    JobState.FAILED: lambda texts: texts.gettext("Failed"),
    JobState.CANCELLED: lambda texts: texts.gettext("Stopped"),
}


def name_metric(path: str, texts: Texts) -> str:
    """Return what a figure is called, without of what it is."""
    metric = path.rpartition(".")[2]
    word = _NAMES.get(metric)
    return metric.replace("_", " ") if word is None else word(texts)


def define_metric(path: str, texts: Texts) -> str:
    """Return how a figure is counted; empty where its name says so."""
    word = _DEFINITIONS.get(path.rpartition(".")[2])
    return "" if word is None else word(texts)


def name_place(path: str, document: Mapping[str, Any], texts: Texts) -> str:
    """Return of what a figure is: of all, or of a team, a type or a group by its name."""
    section, _, rest = path.partition(".")
    if section == "overall":
        return texts.gettext("All teams")
    return name_of(document, section, rest.rpartition(".")[0])


def say_figure(path: str, value: float | None, texts: Texts, *, is_fine: bool = False) -> str:
    """Return a figure as people write it."""
    if is_share(path):
        return texts.share(value, 1 if is_fine else 0)
    return texts.number(value, 1 if value is not None and abs(value) < _SMALL else 0)


def say_tick(path: str, value: float, step: float, texts: Texts) -> str:
    """Return what stands at an axis, with as many digits as its steps need."""
    scale = 100.0 if is_share(path) else 1.0
    digits = 0 if abs(scale * step - round(scale * step)) < _HARDLY else 1
    return texts.share(value, digits) if is_share(path) else texts.number(value, digits)


def say_difference(path: str, value: float | None, texts: Texts) -> str:
    """Return a difference with its sign; of shares in percentage points."""
    if value is None:
        return texts.number(None)
    scaled = 100 * value if is_share(path) else value
    digits = 1 if abs(scaled) < _SMALL else 0
    sign = "+" if round(scaled, digits) > 0 else ""
    said = f"{sign}{texts.number(scaled, digits)}"
    return texts.gettext("%(value)s points", value=said) if is_share(path) else said


def say_range(path: str, low: float | None, high: float | None, texts: Texts, *, is_difference: bool = False) -> str:
    """Return an interval; nothing where there is none."""
    if low is None or high is None:
        return ""
    say = say_difference if is_difference else _say_fine
    return texts.gettext("%(low)s to %(high)s", low=say(path, low, texts), high=say(path, high, texts))


def say_headline(name: str, judged: Judged, texts: Texts) -> str:
    """Return what a scenario brings, in one sentence that claims no more than its interval bears out."""
    is_fine = (
        is_share(judged.path)
        and judged.before is not None
        and judged.after is not None
        and abs(judged.after - judged.before) < _FINE
    )
    told = {
        "name": name,
        "before": say_figure(judged.path, judged.before, texts, is_fine=is_fine),
        "after": say_figure(judged.path, judged.after, texts, is_fine=is_fine),
    }
    if judged.path == ON_TIME:
        said = texts.gettext("%(name)s: on time %(before)s to %(after)s", **told)
    elif judged.path == BACKLOG:
        said = texts.gettext("%(name)s: tasks open at the end %(before)s to %(after)s", **told)
    else:
        said = texts.gettext("%(name)s: mean wait %(before)s to %(after)s minutes", **told)
    return f"{said}, {say_verdict(judged, texts)}."


def say_verdict(judged: Judged, texts: Texts) -> str:
    """Return what is known of a difference."""
    if judged.verdict is Verdict.OPEN:
        if judged.more_replications is None:
            return texts.gettext("which may be nothing at all: no number of replications worth waiting for would tell")
        return texts.gettext(
            "which cannot be told from chance yet; %(num)s more replications would",
            num=texts.number(judged.more_replications),
        )
    words: Mapping[Verdict, str] = {
        Verdict.BETTER: texts.gettext("surely better"),
        Verdict.WORSE: texts.gettext("surely worse"),
        Verdict.MORE: texts.gettext("surely more"),
        Verdict.LESS: texts.gettext("surely less"),
        Verdict.SAME: texts.gettext("exactly the same"),
    }
    return words[judged.verdict]


def name_verdict(judged: Judged, texts: Texts) -> tuple[str, str]:
    """Return the kind of a badge and its word."""
    kinds: Mapping[Verdict, tuple[str, str]] = {
        Verdict.BETTER: ("good", texts.gettext("Surely better")),
        Verdict.WORSE: ("bad", texts.gettext("Surely worse")),
        Verdict.MORE: ("info", texts.gettext("Surely more")),
        Verdict.LESS: ("info", texts.gettext("Surely less")),
        Verdict.SAME: ("plain", texts.gettext("The same")),
        Verdict.OPEN: ("plain", texts.gettext("Not told yet")),
    }
    return kinds[judged.verdict]


def name_state(state: JobState, texts: Texts) -> str:
    """Return how a question stands."""
    return _STATES[state](texts)


def name_kind(kind: JobKind, texts: Texts) -> str:
    """Return what kind of question it is."""
    kinds: Mapping[JobKind, str] = {
        JobKind.COMPARE: texts.gettext("Comparison"),
        JobKind.SIMULATE: texts.gettext("Simulation"),
        JobKind.STAFF: texts.gettext("Staffing"),
    }
    return kinds[kind]


def name_reading(job: Job, texts: Texts) -> str:
    """Return which history a job reads."""
    days = int(job.question.get("days") or 0)
    return texts.ngettext("%(num)s day of history", "%(num)s days of history", days)


def name_stage(stage: str, texts: Texts) -> str:
    """Return what is done of reading a history."""
    return {
        "": texts.gettext("waits for its turn"),
        "reading the office": texts.gettext("reading the office"),
        "ordering what happened": texts.gettext("ordering what happened"),
        "measuring how long work takes": texts.gettext("measuring how long work takes"),
        "counting what comes in": texts.gettext("counting what comes in"),
        "looking at who is there": texts.gettext("looking at who is there"),
        "looking at how people work": texts.gettext("looking at how people work"),
    }.get(stage, stage)


def _say_fine(path: str, value: float | None, texts: Texts) -> str:
    return say_figure(path, value, texts, is_fine=True)
