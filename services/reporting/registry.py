"""The reports there are, by the names that commands and addresses ask for them by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.errors import UsageError
from reports.report import Report
from services.reporting import waiting
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
