"""What kinds of jobs there are, and what does each: the one table to add to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from models.repositories.jobs.records import JobResult
from models.vocabulary_jobs import JobKind
from services.jobs.lease import Lease
from services.settings import Settings

Doing = Callable[[Lease, Settings], JobResult | None]
"""Does a job and returns its result; None where it has ended the job itself, with what it stored (`Lease.finish`)."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of job.

    Attributes
    ----------
    meaning
        What it does, for people.
    doing
        `package.module:function` of what does it; imported only in the process that does.
    """

    meaning: str
    doing: str

    def load(self) -> Doing:
        """Return what does it."""
        module, _, name = self.doing.partition(":")
        found: Doing = getattr(import_module(module), name)
        return found


KINDS: Mapping[JobKind, Kind] = {
    JobKind.PLAN: Kind(meaning="plan a day", doing="services.jobs.planning:plan"),
    JobKind.REPLAN: Kind(
        meaning="plan the rest of a day anew, calm to what was shown", doing="services.jobs.planning:plan"
    ),
    JobKind.SIMULATE: Kind(meaning="simulate a scenario", doing="services.jobs.simulating:simulate"),
    JobKind.COMPARE: Kind(meaning="compare scenarios", doing="services.jobs.simulating:compare"),
    JobKind.STAFF: Kind(meaning="find the least-cost staffing", doing="services.jobs.staffing:staff"),
    JobKind.IMPORT: Kind(meaning="take in tables or a log", doing="services.jobs.importing:take_in"),
    JobKind.REPORT: Kind(meaning="make a report", doing="services.jobs.reporting:make"),
    JobKind.HISTORY: Kind(meaning="read a scenario off the office's history", doing="services.jobs.histories:read"),
    JobKind.WORKBOOK: Kind(meaning="write a large table as a workbook", doing="services.jobs.workbooks:make"),
}
