"""The reports there are, by the names that commands and addresses ask for them by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from models.errors import UsageError
from services.reporting.idle_teams import leave_out_idle_teams, say_first
from services.reporting.question import ReportQuestion

if TYPE_CHECKING:
    from reports.report import Report


@dataclass(frozen=True, kw_only=True)
class ReportKind:
    """A report that can be asked for.

    Attributes
    ----------
    name
        What it is asked for by.
    summary
        What it answers, in a line.
    use_case
        What makes it, from a question: `module:function` in this package. It is imported when it is asked for, since
        no report needs what all of them together do.
    options
        What it takes besides source, period, teams and types: names of `ReportQuestion.options`, and what each may be
        (anything where empty).
    file_options
        Those that only go with them, and name files of the machine: for who asks on it, never for who asks from afar.
    """

    name: str
    summary: str
    use_case: str
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    file_options: frozenset[str] = frozenset()

    def make(self, question: ReportQuestion) -> "Report":
        """Return the report.

        Raises
        ------
        UsageError
            If it does not take what it is asked.
        InputError
            If its source cannot be used.
        """
        for option, value in question.options.items():
            if option not in self.options and option not in self.file_options:
                raise UsageError(f"the report {self.name} takes no --{option}")
            if option in self.file_options and not question.may_read_files:
                raise UsageError(f"--{option} is for who works on the machine itself")
            known = self.options.get(option, ())
            if known and value not in known:
                raise UsageError(f"--{option} is {value!r}; expected {' or '.join(known)}")
        question, left_out = leave_out_idle_teams(question)
        module, _, function = self.use_case.partition(":")
        made: Report = getattr(import_module(f"services.reporting.{module}"), function)(question)
        return say_first(made, left_out) if left_out else made


_NAMES = {"names": ("shown",)}
_PEOPLE = {**_NAMES, "agent": ()}
"""Options of reports that may show people: by name, to those with leave; or one agent, to itself."""

REPORTS: Mapping[str, ReportKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            ReportKind(
                name="waiting",
                summary="why tasks waited: each waiting second has one cause",
                use_case="waiting:report_waiting",
                options={"definitions": ("paper", "pool"), **_NAMES},
            ),
            ReportKind(
                name="waste",
                summary="where paid time went: each paid minute is in one category",
                use_case="waste:report_waste",
                options={"cost-per-hour": (), "annualise": ("yes",), **_NAMES},
                file_options=frozenset({"tasks-log", "scenario", "replication"}),
            ),
            ReportKind(
                name="picking",
                summary="what is taken while something else is to come first, and what that costs",
                use_case="picking:make_picking",
                options={**_PEOPLE, "replay": ("yes",)},
            ),
            ReportKind(
                name="workload",
                summary="what came in, was done and is open; on time, days to clear, breaches to come",
                use_case="operations:make_workload",
            ),
            ReportKind(
                name="handling",
                summary="what tasks take against their standard, drift, and standards to renew",
                use_case="operations:make_handling",
            ),
            ReportKind(
                name="resolution",
                summary="right the first time, reopened, given back",
                use_case="operations:make_resolution",
            ),
            ReportKind(
                name="flow",
                summary="bottlenecks, hand-offs, ping-pong and rework loops",
                use_case="operations:make_flow",
            ),
            ReportKind(
                name="map",
                summary="the process map, with frequencies and waiting on the arrows",
                use_case="operations:make_map",
            ),
            ReportKind(
                name="skills",
                summary="skills used against skills on paper",
                use_case="operations:make_skills",
                options=_PEOPLE,
            ),
            ReportKind(
                name="swing",
                summary="what lending brought, against what plans promised of it",
                use_case="plans:make_swing",
                options=_NAMES,
            ),
            ReportKind(name="plans", summary="plans against what happened", use_case="plans:make_plans"),
            ReportKind(
                name="compliance",
                summary="four eyes kept, checks made, exceptions",
                use_case="operations:make_compliance",
                options=_NAMES,
            ),
            ReportKind(
                name="fairness",
                summary="how evenly hard work, lending and variety fall over weeks",
                use_case="operations:make_fairness",
                options=_PEOPLE,
            ),
            ReportKind(
                name="digest", summary="the last day on one page, for a lead", use_case="operations:make_digest"
            ),
        )
    }
)


def make_report(name: str, question: ReportQuestion) -> "Report":
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
    return kind.make(question)
