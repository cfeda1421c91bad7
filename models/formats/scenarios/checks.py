"""What a scenario's records must hold together. Reports every fault, not the first."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from models.errors import Fault
from models.formats.places import quoted
from models.formats.scenarios.flow import find_endless_steps
from models.formats.scenarios.roster_checks import find_roster_faults
from models.formats.scenarios.scenario import Arrivals, Distribution, Process, Scenario, Sla

_Fault = Callable[[str, str, str, str], Fault]
_Spoken = Iterator[tuple[str, str, str, str]]

_WORDS = {
    "teams": "a team",
    "task_types": "a task type",
    "processes": "a process",
    "calendars": "a calendar",
    "agents": "a group of agents",
}
_ROUNDING = 1e-9


def find_faults(scenario: Scenario, *, file: str) -> list[Fault]:
    """Return everything in which the records of a scenario contradict each other."""
    found: list[tuple[str, str, str, str]] = []
    for collection in _WORDS:
        found += _repeated(collection, [item.id for item in getattr(scenario, collection)])
    found += _empty(scenario)
    found += _type_faults(scenario)
    for process in scenario.processes:
        found += _process_faults(process, scenario)
    for n, arrivals in enumerate(scenario.arrivals):
        found += _arrival_faults(arrivals, f"arrivals[{n}]", scenario)
    for n, backlog in enumerate(scenario.initial_backlog):
        found += _unknown("task_types", [backlog.task_type], f"initial_backlog[{n}]", "task_type", scenario)
    for group in scenario.agents:
        record = f"agent {quoted(group.id)}"
        found += _unknown("teams", [group.team], record, "team", scenario)
        found += _unknown("teams", group.swing_teams, record, "swing_teams", scenario)
    found += find_roster_faults(scenario)
    found += _policy_faults(scenario)
    found += _staffing_faults(scenario)
    return [Fault(file=file, record=a, field=b, value=c or None, expected=d) for a, b, c, d in found]


def _repeated(collection: str, ids: Sequence[str]) -> _Spoken:
    first: dict[str, int] = {}
    for n, name in enumerate(ids):
        if name in first:
            known = f"{collection}[{first[name]}]"
            yield f"{collection}[{n}]", "id", quoted(name), f"an id of its own; {known} has it too"
        first.setdefault(name, n)


def _empty(scenario: Scenario) -> _Spoken:
    for collection in ("teams", "task_types", "agents"):
        if not getattr(scenario, collection):
            yield "", collection, "an empty list", f"{_WORDS[collection]} at least"
    if scenario.agents and not any(group.count for group in scenario.agents):
        yield "", "agents", "without anybody: every count is 0", "somebody who works"
    if scenario.warm_up_days is not None and scenario.warm_up_days >= scenario.days:
        yield "", "warm_up_days", f"{scenario.warm_up_days:g}", f"less than the {scenario.days} days there are"


def _unknown(collection: str, names: Iterable[str | None], record: str, field: str, scenario: Scenario) -> _Spoken:
    known = {item.id for item in getattr(scenario, collection)}
    for name in names:
        if name is not None and name not in known:
            yield record, field, quoted(name), f"the id of {_WORDS[collection]} of this scenario"


def _distribution_faults(value: Distribution | None, record: str, field: str) -> _Spoken:
    if value is None:
        return
    kind = value.distribution
    if kind == "empirical":
        if not value.minutes:
            yield record, f"{field}.minutes", "", "is required for empirical: a list of minutes, one at least"
        if value.mean_minutes is not None:
            yield record, f"{field}.mean_minutes", f"{value.mean_minutes:g}", "nothing: empirical has its minutes"
    else:
        if value.mean_minutes is None:
            yield record, f"{field}.mean_minutes", "", f"is required for {kind}"
        elif value.mean_minutes == 0 and kind != "deterministic":
            yield record, f"{field}.mean_minutes", "0", "a number greater than 0"
        if value.minutes:
            yield record, f"{field}.minutes", quoted(list(value.minutes)), "nothing: minutes are of empirical only"
    takes_cv = kind in {"lognormal", "gamma", "weibull"}
    if takes_cv and value.cv is None:
        yield record, f"{field}.cv", "", f"is required for {kind}"
    if not takes_cv and value.cv is not None:
        yield record, f"{field}.cv", f"{value.cv:g}", "nothing: cv is of lognormal, gamma and weibull only"


def _sla_faults(sla: Sla | None, record: str, scenario: Scenario) -> _Spoken:
    if sla is not None:
        yield from _unknown("calendars", [sla.calendar], record, "sla.calendar", scenario)


def _type_faults(scenario: Scenario) -> _Spoken:
    for kind in scenario.task_types:
        record = f"task type {quoted(kind.id)}"
        yield from _unknown("teams", [kind.team], record, "team", scenario)
        yield from _distribution_faults(kind.handling, record, "handling")
        yield from _distribution_faults(kind.patience, record, "patience")
        yield from _sla_faults(kind.sla, record, scenario)


def _process_faults(process: Process, scenario: Scenario) -> _Spoken:
    record = f"process {quoted(process.id)}"
    steps = {step.id for step in process.steps}
    yield from _sla_faults(process.sla, record, scenario)
    is_sound = process.start in steps
    if not is_sound:
        yield record, "start", quoted(process.start), "the id of a step of this process"
    if len(steps) < len(process.steps):
        is_sound = False
        yield record, "steps", "with the same id more than once", "an id of its own for each step"
    for n, step in enumerate(process.steps):
        yield from _unknown("task_types", [step.task_type], record, f"steps[{n}].task_type", scenario)
        total = sum(branch.probability for branch in step.next)
        if total > 1 + _ROUNDING:
            is_sound = False
            yield record, f"steps[{n}].next", f"with probabilities that sum to {total:g}", "a sum of at most 1"
        for m, branch in enumerate(step.next):
            if branch.step not in steps:
                is_sound = False
                yield record, f"steps[{n}].next[{m}].step", quoted(branch.step), "the id of a step of this process"
    if is_sound:
        for name in find_endless_steps(process):
            n = [step.id for step in process.steps].index(name)
            yield record, f"steps[{n}]", f"{quoted(name)}, from which no case ever leaves", "a way out of the process"


def _arrival_faults(arrivals: Arrivals, record: str, scenario: Scenario) -> _Spoken:
    if (arrivals.task_type is None) == (arrivals.process is None):
        yield record, "", "", "one of task_type and process"
    yield from _unknown("task_types", [arrivals.task_type], record, "task_type", scenario)
    yield from _unknown("processes", [arrivals.process], record, "process", scenario)
    given = [bool(arrivals.pattern), arrivals.per_hour is not None, bool(arrivals.times)]
    if sum(given) != 1:
        yield record, "", "", "one of pattern, per_hour and times"
    if arrivals.times and (arrivals.spacing != "poisson" or arrivals.day_cv or arrivals.lot != 1):
        yield record, "times", quoted(arrivals.times), "no spacing, day_cv or lot beside it: a trace has its own"
    for n, window in enumerate(arrivals.pattern):
        if window.end <= window.start:
            yield (
                record,
                f"pattern[{n}].to",
                "not after from",
                "a later clock time of the same day, 24:00 at the latest",
            )
        if not window.days:
            yield record, f"pattern[{n}].days", "an empty list", "a weekday at least"


def _policy_faults(scenario: Scenario) -> _Spoken:
    policy = scenario.policy
    if policy.swing.mode == "threshold":
        if policy.swing.engage_tasks is None:
            yield "", "policy.swing.engage_tasks", "", "is required for threshold"
    elif policy.swing.engage_tasks is not None:
        yield "", "policy.swing.engage_tasks", str(policy.swing.engage_tasks), "nothing: it is of threshold only"
    selection = policy.selection
    yield from _distribution_faults(selection.choose, "", "policy.selection.choose")
    if selection.mode == "pull" and selection.choose is None:
        yield "", "policy.selection.choose", "", "is required for pull"
    if selection.mode == "push" and (selection.choose is not None or selection.cherry_pick):
        yield "", "policy.selection", "with mode push", "mode pull where choose or cherry_pick is given"


def _staffing_faults(scenario: Scenario) -> _Spoken:
    if scenario.staffing is None:
        return
    for name, limits in scenario.staffing.groups.items():
        field = f"staffing.groups[{quoted(name)}]"
        yield from _unknown("agents", [name], "", field, scenario)
        if limits.max < limits.min:
            yield "", f"{field}.max", str(limits.max), f"not below min, {limits.min}"
    for n, target in enumerate(scenario.staffing.targets):
        if (target.at_least is None) == (target.at_most is None):
            yield "", f"staffing.targets[{n}]", "", "one of at_least and at_most"
