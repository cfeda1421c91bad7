"""The use case of `swingdesk report waiting`: why tasks waited."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from models.errors import UsageError
from models.time import format_instant
from reports.panels import Panel
from reports.report import Report, ReportTable
from reports.waiting.batching import Batches, find_batches
from reports.waiting.busy import find_busy
from reports.waiting.desk import DeskWork, follow_desk, join_desk
from reports.waiting.document import waiting_document
from reports.waiting.enabling import Enabling, find_concurrent, find_enabling, take_told
from reports.waiting.figures import show_waiting
from reports.waiting.history import US_PER_S, Flags, Integers, WorkHistory, read_history, to_microseconds
from reports.waiting.ledger import WaitingLedger
from reports.waiting.person_split import split_by_person
from reports.waiting.pool_split import PoolSplit, expect_handling, split_by_pool
from reports.waiting.pools import find_free, find_pools, gather_moments
from reports.waiting.sentences import say_actions, say_facts, say_lead, say_limits
from reports.waiting.tables import tabulate_waiting
from services.reporting.people import People, find_pended, find_people, find_rests
from services.reporting.period import find_period
from services.reporting.question import ReportQuestion
from services.reporting.sources import Source, open_source
from simulations.discovery.hours import LEAST_DAYS

PAPER, POOL = "paper", "pool"
DEFINITIONS = (PAPER, POOL)
"""By what the person who did it was at, or everybody who could have done it; the latter where nobody says."""


def report_waiting(question: ReportQuestion) -> Report:
    """Return the report on why tasks waited.

    Raises
    ------
    InputError, UsageError, NotFoundError
        If the source cannot be read, or nothing is left to report on.
    """
    source = open_source(question)
    question.on_stage("splitting the waiting")
    ledger = make_ledger(source, question)
    question.on_stage("writing it down")
    zone = source.zone.key
    has_hours = source.weekly_hours is not None or source.stored_office is not None
    limits = (
        *say_limits(
            ledger, num_milestones=_count_milestones(source, ledger), has_hours=has_hours, least_days=LEAST_DAYS
        ),
        *source.limits,
    )
    actions = say_actions(ledger, source.names)
    first, last = _find_span(ledger)
    # Who reads a log has the names in it; of the stored office only who has leave asks for them.
    has_people = source.log is not None or question.options.get("names") == "shown"
    tables = tabulate_waiting(ledger, zone=zone, names=dict(source.names), has_people=has_people)
    document = {
        **waiting_document(ledger),
        "source": source.name,
        "timezone": zone,
        "from": format_instant(first, source.zone),
        "to": format_instant(last, source.zone),
        "actions": [f"{action.heading}: {action.text}" for action in actions],
        "limits": list(limits),
    }
    return Report(
        name="waiting",
        title="Why tasks waited",
        lead=say_lead(ledger, source=source.name, first=document["from"][:10], last=document["to"][:10]),
        actions=actions,
        facts=say_facts(ledger),
        limits=limits,
        panels=_show(ledger, tables),
        tables=tables,
        document=document,
    )


def _show(ledger: WaitingLedger, tables: Sequence[ReportTable]) -> list[Panel]:
    rows = {table.name: table.rows for table in tables}
    return show_waiting(ledger, rows["by-type"], rows["by-transition"])


def make_ledger(source: Source, question: ReportQuestion) -> WaitingLedger:
    """Return the waiting ledger of a source, about what was begun in the question's period.

    Raises
    ------
    UsageError
        If nothing was.
    """
    work = _read_work(source)
    staff = () if source.stored_office is None else [row["id"] for row in source.stored_office.rows("agents")]
    history = read_history(work.instances, agents=staff)
    people = find_people(source, history)
    team, team_names = _find_teams(source, history)
    is_paper = question.options.get("definitions", POOL) == PAPER
    enabling = _find_enabling(history, is_paper=is_paper)
    batches = find_batches(history, enabling.enabled)
    by_person = split_by_person(history, enabling.enabled, batches, people.duty)
    return WaitingLedger(
        definitions=PAPER if is_paper else POOL,
        history=history,
        enabling=enabling,
        batches=batches,
        split=by_person if is_paper else _split_by_pool(work, history, people, enabling, batches),
        chosen=_choose(history, source, question, team, team_names) & (is_paper | _is_task(source, history)),
        team=team,
        team_names=team_names,
        by_person=None if is_paper else by_person,
    )


def _find_enabling(history: WorkHistory, *, is_paper: bool) -> Enabling:
    """Return when instances were enabled; beyond the paper, the source's own word goes first, and any work before."""
    if is_paper:
        return find_enabling(history, find_concurrent(history))
    num_types = len(history.type_names)
    return take_told(history, find_enabling(history, np.zeros((num_types, num_types), dtype=np.bool_)))


def _read_work(source: Source) -> DeskWork:
    """Return the instances of a source, as the desk saw them where it did, with their pauses and pended time."""
    nothing = pd.DataFrame({"id": [], "start": [], "end": []})
    if source.events is not None:
        desk = follow_desk(source.events, source.instances)
        return replace(desk, instances=join_desk(source.instances, desk))
    if source.log is None:
        return DeskWork(instances=source.instances, pauses=nothing, pended=nothing)
    pauses = source.log.pauses
    rests = pd.DataFrame({"id": pauses["id"], **{name: to_microseconds(pauses[name]) for name in ("start", "end")}})
    return DeskWork(instances=source.instances, pauses=rests, pended=nothing)


def _split_by_pool(
    work: DeskWork, history: WorkHistory, people: People, enabling: Enabling, batches: Batches
) -> PoolSplit:
    busy = find_busy(history, enabling.enabled, find_rests(work.pauses, history))
    first, last = history.span()
    free = find_free(people.duty, busy, first=first, last=last + 1)
    return split_by_pool(
        history,
        enabling.enabled,
        batches,
        pools=find_pools(history, people.is_person, people.qualified),
        moments=gather_moments(busy, free, away=people.away, office=people.office),
        free=free,
        terms=expect_handling(history),
        pended=find_pended(work.pended, history),
        has_office=bool(people.office),
    )


def _choose(
    history: WorkHistory, source: Source, question: ReportQuestion, team: Integers, team_names: Sequence[str]
) -> Flags:
    start, end = find_period(question, source.zone)
    chosen = np.ones(len(history), dtype=np.bool_)
    if start is not None:
        chosen &= history.start >= start * US_PER_S
    if end is not None:
        chosen &= history.start < end * US_PER_S
    if question.types:
        chosen &= np.isin(history.type, _find(question.types, history.type_names, source, "--type", "task type"))
    if question.teams:
        chosen &= np.isin(team, _find(question.teams, team_names, source, "--team", "team"))
    if not chosen.any():
        raise UsageError("nothing was begun in this period, of these teams and types")
    return chosen


def _is_task(source: Source, history: WorkHistory) -> Flags:
    """Return which instances take somebody's time, as an import would see it: of a log; of a database all do."""
    if source.discovery is None:
        return np.ones(len(history), dtype=np.bool_)
    return np.isin(history.ids.astype("str"), source.discovery.office.table("tasks")["id"].to_numpy(dtype="str"))


def _count_milestones(source: Source, ledger: WaitingLedger) -> int:
    return 0 if ledger.definitions == PAPER else int(np.count_nonzero(~_is_task(source, ledger.history)))


def _find(asked: Sequence[str], ids: Sequence[str], source: Source, option: str, what: str) -> list[int]:
    """Return the positions of what was asked for, by id or by name."""
    found: list[int] = []
    for text in asked:
        hits = [at for at, known in enumerate(ids) if text in (known, source.name_of(known))]
        if not hits:
            there = ", ".join(repr(source.name_of(known)) for known in ids) or "none"
            raise UsageError(f"{option} is {text!r}; there is no such {what}; there are {there}")
        found += hits
    return found


def _find_teams(source: Source, history: WorkHistory) -> tuple[Integers, tuple[str, ...]]:
    told = pd.Series(source.teams.to_numpy(dtype=object), index=source.instances["id"].to_numpy(dtype=object))
    # Where the desk saw a task begun several times, each time is an instance, named after it.
    tasks = history.ids if source.events is None else [str(name).partition("#")[0] for name in history.ids]
    codes, names = pd.factorize(told.reindex(tasks), sort=True)
    return codes.astype(np.int64), tuple(str(name) for name in names)


def _find_span(ledger: WaitingLedger) -> tuple[int, int]:
    history, chosen = ledger.history, ledger.chosen
    return int(history.start[chosen].min()) // US_PER_S, int(history.end[chosen].max()) // US_PER_S
