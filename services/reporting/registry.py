"""The reports there are, by the names that commands and addresses ask for them by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.errors import UsageError
from reports.report import Report
from services.reporting import operations, picking, plans, waiting
from services.reporting.question import ReportQuestion


@dataclass(frozen=True, kw_only=True)
class ReportKind:
    """A report that can be asked for.

    Attributes
    ----------
    name
        What it is asked for by.
    summary
        What it answers, in a line.
    make
        The use case: from a question to the report.
    options
        What it takes besides source, period, teams and types: names of `ReportQuestion.options`, and what each may be
        (anything where empty).
    """

    name: str
    summary: str
    make: Callable[[ReportQuestion], Report]
    options: Mapping[str, tuple[str, ...]]


_NAMES = {operations.NAMES: (operations.SHOWN,)}
_PEOPLE = {**_NAMES, operations.AGENT: ()}
"""Options of reports that may show people: by name, to those with leave; or one agent, to itself."""

REPORTS: Mapping[str, ReportKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            ReportKind(
                name="waiting",
                summary="why tasks waited: each waiting second has one cause",
                make=waiting.report_waiting,
                options={"definitions": waiting.DEFINITIONS},
            ),
            ReportKind(
                name="picking",
                summary="what is taken while something else is to come first, and what that costs",
                make=picking.make_picking,
                options={**_PEOPLE, picking.REPLAY: (picking.YES,)},
            ),
            ReportKind(
                name="workload",
                summary="what came in, was done and is open; on time, days to clear, breaches to come",
                make=operations.make_workload,
                options={},
            ),
            ReportKind(
                name="handling",
                summary="what tasks take against their standard, drift, and standards to renew",
                make=operations.make_handling,
                options={},
            ),
            ReportKind(
                name="resolution",
                summary="right the first time, reopened, given back",
                make=operations.make_resolution,
                options={},
            ),
            ReportKind(
                name="flow",
                summary="bottlenecks, hand-offs, ping-pong and rework loops",
                make=operations.make_flow,
                options={},
            ),
            ReportKind(
                name="map",
                summary="the process map, with frequencies and waiting on the arrows",
                make=operations.make_map,
                options={},
            ),
            ReportKind(
                name="skills",
                summary="skills used against skills on paper",
                make=operations.make_skills,
                options=_PEOPLE,
            ),
            ReportKind(
                name="swing",
                summary="what lending brought, against what plans promised of it",
                make=plans.make_swing,
                options=_NAMES,
            ),
            ReportKind(name="plans", summary="plans against what happened", make=plans.make_plans, options={}),
            ReportKind(
                name="compliance",
                summary="four eyes kept, checks made, exceptions",
                make=operations.make_compliance,
                options=_NAMES,
            ),
            ReportKind(
                name="fairness",
                summary="how evenly hard work, lending and variety fall over weeks",
                make=operations.make_fairness,
                options=_PEOPLE,
            ),
            ReportKind(
                name="digest", summary="the last day on one page, for a lead", make=operations.make_digest, options={}
            ),
        )
    }
)


def make_report(name: str, question: ReportQuestion) -> Report:
    """Return a report.

    Raises
    ------
    UsageError
        If there is no such report, or it does not take what it was asked.
    InputError
        If its source cannot be used.
    """
    kind = REPORTS.get(name)
    if kind is None:
        raise UsageError(f"there is no report {name!r}; there are {', '.join(REPORTS)}")
    for option, value in question.options.items():
        if option not in kind.options:
            raise UsageError(f"the report {name} takes no --{option}")
        known = kind.options[option]
        if known and value not in known:
            raise UsageError(f"--{option} is {value!r}; expected {' or '.join(known)}")
    return kind.make(question)
