"""The waiting ledger on random histories: it balances, no order of rows matters, and slow plain code says the same."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import time
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.time import load_zone
from reports.waiting.batching import Batches, find_batches
from reports.waiting.busy import find_busy
from reports.waiting.duty import Duty, expand_weeks, make_duty
from reports.waiting.enabling import Enabling, find_concurrent, find_enabling, take_told
from reports.waiting.history import WorkHistory, read_history
from reports.waiting.ledger import LedgerError, WaitingLedger
from reports.waiting.person_split import PAPER_CAUSES, Split, split_by_person
from reports.waiting.pool_split import POOL_CAUSES, PolicyTerms, split_by_pool
from reports.waiting.pools import find_free, find_pools, gather_moments

MINUTE = 60_000_000
MADRID = load_zone("Europe/Madrid")
EVE = int(pd.Timestamp("2026-03-28T06:00:00Z").timestamp()) * 1_000_000
"""A Saturday; the clocks of Madrid go forward in the night after it."""
WEEK = {
    "ana": {5: ((time(8), time(12)), (time(13), time(18))), 6: ((time(8), time(16)),)},
    "ben": {5: ((time(22), time(6)),), 6: ((time(1), time(4)), (time(22), time(2)))},
    "eva": {},
}
SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Stretches = dict[str, list[tuple[int, int]]]


@dataclass
class Known:
    """What is known besides the instances."""

    weeks: dict[str, Any] = field(default_factory=lambda: dict(WEEK))
    absences: list[tuple[str, int, int]] = field(default_factory=list)
    pended: list[tuple[int, int, int]] = field(default_factory=list)


@st.composite
def histories(draw: st.DrawFn, *, most: int = 14) -> list[dict[str, Any]]:
    """Rows with overlaps, zero lengths, missing ends and people, work over midnight and over the change of clocks."""
    rows = []
    for number in range(draw(st.integers(1, most))):
        start = EVE + draw(st.integers(0, 2700)) * MINUTE + draw(st.sampled_from([0, 0, 0, 437_000]))
        length = draw(st.one_of(st.just(0), st.integers(0, 90), st.integers(0, 900))) * MINUTE
        told = draw(st.one_of(st.none(), st.integers(0, 1500)))
        rows.append(
            {
                "id": f"t{number:02d}",
                "case": draw(st.sampled_from(["c1", "c2", "c3"])),
                "type": draw(st.sampled_from(["check", "pay", "file"])),
                "agent": draw(st.sampled_from(["ana", "ben", "eva", None])),
                "start": start,
                "end": draw(st.sampled_from([start + length] * 5 + [None])),
                "told": None if told is None else start - told * MINUTE,
                "due": draw(st.one_of(st.none(), st.integers(-200, 4000).map(lambda at: EVE + at * MINUTE))),
            }
        )
    return rows


def frame_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    def instants(name: str) -> pd.Series:
        cells = [np.datetime64("NaT", "us") if row[name] is None else np.datetime64(row[name], "us") for row in rows]
        return pd.Series(np.array(cells, dtype="datetime64[us]")).dt.tz_localize("UTC")

    def texts(name: str) -> pd.Series:
        return pd.Series([row[name] for row in rows], dtype="str")

    return pd.DataFrame(
        {
            **{name: texts(name) for name in ("id", "case", "type", "agent")},
            "enabled": instants("told"),
            "enabled_by": ["nothing" if row["told"] is None else "log" for row in rows],
            "start": instants("start"),
            "end": instants("end"),
            "due": instants("due"),
            "outcome": ["open" if row["end"] is None else "done" for row in rows],
        }
    )


def hours_of(history: WorkHistory, known: Known) -> Duty:
    first, last = history.span()
    return make_duty(history.agent_names, expand_weeks(known.weeks, MADRID, first=first, last=last))


@dataclass
class Made:
    """A history with both splits."""

    history: WorkHistory
    paper: tuple[Enabling, Batches, Split]
    pool: tuple[Enabling, Batches, Split]
    duty: Duty
    terms: PolicyTerms


def analyse(rows: list[dict[str, Any]], known: Known | None = None) -> Made:
    known = known or Known()
    history = read_history(frame_of(rows))
    duty = hours_of(history, known)
    enabling = find_enabling(history, find_concurrent(history))
    batches = find_batches(history, enabling.enabled)
    paper = (enabling, batches, split_by_person(history, enabling.enabled, batches, duty))
    num_types = len(history.type_names)
    enabling = take_told(history, find_enabling(history, np.zeros((num_types, num_types), dtype=np.bool_)))
    batches = find_batches(history, enabling.enabled)
    busy = find_busy(history, enabling.enabled)
    first, last = history.span()
    free = find_free(duty, busy, first=first, last=last + 1)
    terms = PolicyTerms(due=history.due, weight=np.ones(len(history)), handling_s=np.full(len(history), 600.0))
    people = {name: at for at, name in enumerate(history.agent_names)}
    split = split_by_pool(
        history,
        enabling.enabled,
        batches,
        pools=find_pools(history, np.ones(len(people), dtype=np.bool_)),
        moments=gather_moments(
            busy,
            free,
            away=[(people[agent], (since, until)) for agent, since, until in known.absences if agent in people],
            office=[(EVE, EVE + 20 * 60 * MINUTE), (EVE + 40 * 60 * MINUTE, EVE + 90 * 60 * MINUTE)],
        ),
        free=free,
        terms=terms,
        pended=np.array(known.pended, dtype=np.int64).reshape(-1, 3),
        has_office=True,
    )
    return Made(history, paper, (enabling, batches, split), duty, terms)


def slow_enabled(history: WorkHistory, *, is_paper: bool) -> list[int]:
    """Each case in order; nothing clever."""
    cases: dict[int, list[int]] = defaultdict(list)
    for at in range(len(history)):
        cases[int(history.case[at])].append(at)
    follows, overlaps = set(), set()
    for members in cases.values():
        for one, other in pairwise(members):
            follows.add((history.type[one], history.type[other]))
        for one in members:
            for other in members:
                if history.start[one] < history.end[other] and history.start[other] < history.end[one]:
                    overlaps.add((history.type[one], history.type[other]))

    def is_concurrent(one: int, other: int) -> bool:
        pair, back = (history.type[one], history.type[other]), (history.type[other], history.type[one])
        return is_paper and pair[0] != pair[1] and (pair in overlaps or (pair in follows and back in follows))

    enabled = []
    for at in range(len(history)):
        ends = [
            int(history.end[other])
            for other in cases[int(history.case[at])]
            if other < at
            and history.has_end[other]
            and history.end[other] <= history.start[at]
            and not is_concurrent(at, other)
        ]
        enabled.append(max(ends, default=int(history.start[at])))
    if not is_paper:
        enabled = [
            int(told) if told != np.iinfo(np.int64).min else plain
            for told, plain in zip(history.told, enabled, strict=True)
        ]
    return enabled


def slow_batches(history: WorkHistory, enabled: list[int]) -> list[list[int]]:
    """Grow each batch from its first member for as long as the next one fits."""
    made = []
    for agent in range(len(history.agent_names)):
        for kind in range(len(history.type_names)):
            rest = [at for at in range(len(history)) if history.agent[at] == agent and history.type[at] == kind]
            while rest:
                batch = [rest.pop(0)]
                while rest:
                    is_back_to_back = history.start[rest[0]] <= max(history.end[member] for member in batch)
                    if not is_back_to_back or enabled[rest[0]] > history.start[batch[0]]:
                        break
                    batch.append(rest.pop(0))
                if len(batch) > 1:
                    made.append(batch)
    return made


class Slow:
    """Splits by looking at each stretch between two moments at which anything changes."""

    def __init__(self, history: WorkHistory, duty: Duty, enabled: list[int]) -> None:
        self.history, self.enabled = history, enabled
        self.mates: dict[int, list[int]] = {at: batch for batch in slow_batches(history, enabled) for at in batch}
        self.hours = {
            who: list(zip(duty.start[low:high].tolist(), duty.end[low:high].tolist(), strict=True))
            for who, (low, high) in enumerate(pairwise(duty.first.tolist()))
        }
        self.is_known = duty.is_known

    def ready(self, at: int) -> int:
        return max(self.enabled[mate] for mate in self.mates.get(at, [at]))

    def cuts(self, since: int, until: int, extra: list[int]) -> list[tuple[int, int]]:
        moments = {since, until, *extra, *self.history.start.tolist(), *self.history.end.tolist()}
        moments |= {moment for stretches in self.hours.values() for stretch in stretches for moment in stretch}
        return list(pairwise(sorted(moment for moment in moments if since <= moment <= until)))

    def open_work(self, who: int, at: int) -> list[int]:
        history = self.history
        found = np.flatnonzero((history.agent == who) & (history.start <= at) & (history.end > at))
        return [int(one) for one in found]

    def is_on_duty(self, who: int, at: int) -> bool:
        return not self.is_known[who] or any(opens <= at < closes for opens, closes in self.hours[who])

    def by_person(self, at: int) -> list[int]:
        parts = dict.fromkeys(PAPER_CAUSES, 0)
        ready, who = self.ready(at), int(self.history.agent[at])
        parts["batching"] = ready - self.enabled[at]
        for since, until in self.cuts(ready, int(self.history.start[at]), []):
            work = [] if who < 0 else [other for other in self.open_work(who, since) if other != at]
            if any(
                self.enabled[other] <= (self.enabled[at] if other in self.mates.get(at, []) else ready)
                for other in work
            ):
                cause = "contention"
            elif work:
                cause = "prioritization"
            elif who >= 0 and not self.is_on_duty(who, since):
                cause = "unavailability"
            else:
                cause = "extraneous"
            parts[cause] += until - since
        return list(parts.values())

    def by_pool(self, at: int, known: Known, terms: PolicyTerms) -> list[int]:
        history, parts = self.history, dict.fromkeys(POOL_CAUSES, 0)
        same = (history.type == history.type[at]) & (history.agent >= 0)
        pool = sorted({int(who) for who in history.agent[same]}) or list(range(len(history.agent_names)))
        people = {name: place for place, name in enumerate(history.agent_names)}
        ready, doer = self.ready(at), int(history.agent[at])
        began = min(int(history.start[mate]) for mate in self.mates.get(at, [at]))
        opening = [EVE, EVE + 1200 * MINUTE, EVE + 2400 * MINUTE, EVE + 5400 * MINUTE]
        extra = [ready, began, *opening, *(moment for row in known.pended for moment in row[1:])]
        extra += [moment for row in known.absences for moment in row[1:]]
        for since, until in self.cuts(self.enabled[at], int(history.start[at]), extra):
            work = {who: self.open_work(who, since) for who in pool}
            oldest = [min((self.enabled[one], one) for one in found) for found in work.values() if found]
            if any(row[0] == at and row[1] <= since < row[2] for row in known.pended):
                cause = "customer"
            elif since < ready:
                cause = "batching"
            elif any(not work[who] and self.is_on_duty(who, since) for who in pool):
                is_own = doer in pool and not work[doer] and self.is_on_duty(doer, since)
                cause = "extraneous.same_person_free" if is_own else "extraneous.colleague_free"
            elif oldest:
                mark = self.enabled[at] if began < history.start[at] and since >= began else ready
                moment, other = max(oldest)
                cause = "contention" if moment <= mark else f"prioritization.{self.judge(at, other, terms)}"
            elif not (opening[0] <= since < opening[1] or opening[2] <= since < opening[3]):
                cause = "unavailability.office_closed"
            elif any(people.get(agent) in pool and low <= since < high for agent, low, high in known.absences):
                cause = "unavailability.absent"
            else:
                cause = "unavailability.rostered_gap"
            parts[cause] += until - since
        return list(parts.values())

    def judge(self, at: int, other: int, terms: PolicyTerms) -> str:
        none = np.iinfo(np.int64).min
        if none in (terms.due[at], terms.due[other]):
            return "unjudged"

        def index(one: int) -> float:
            slack = (int(terms.due[one]) - int(self.history.start[other])) / 1e6 - 600.0
            return float(np.exp(-max(0.0, slack) / (2.0 * 600.0)) / 600.0)

        return "justified" if index(other) >= 0.95 * index(at) else "discretionary"


@SOME
@given(histories())
def test_the_paper_split_is_that_of_slow_plain_code(rows: list[dict[str, Any]]) -> None:
    made = analyse(rows)
    enabling, batches, split = made.paper
    enabled = slow_enabled(made.history, is_paper=True)
    assert enabling.enabled.tolist() == enabled
    slow = Slow(made.history, made.duty, enabled)
    assert batches.ready.tolist() == [slow.ready(at) for at in range(len(made.history))]
    assert split.parts.tolist() == [slow.by_person(at) for at in range(len(made.history))]


@SOME
@given(histories(), st.data())
def test_the_split_by_pool_is_that_of_slow_plain_code(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    known = Known(absences=[("ana", EVE + 60 * MINUTE, EVE + 400 * MINUTE), ("eva", EVE, EVE + 2000 * MINUTE)])
    held = data.draw(st.sets(st.integers(0, len(rows) - 1)))
    known.pended = [(at, EVE + 30 * MINUTE, EVE + data.draw(st.integers(31, 900)) * MINUTE) for at in sorted(held)]
    made = analyse(rows, known)
    enabling, _, split = made.pool
    enabled = slow_enabled(made.history, is_paper=False)
    assert enabling.enabled.tolist() == enabled
    slow = Slow(made.history, made.duty, enabled)
    assert split.parts.tolist() == [slow.by_pool(at, known, made.terms) for at in range(len(made.history))]


@SOME
@given(histories(most=40), st.randoms(use_true_random=False))
def test_it_balances_and_the_order_of_rows_changes_nothing(rows: list[dict[str, Any]], random: Any) -> None:
    made = analyse(rows)
    for enabling, _, split in (made.paper, made.pool):
        assert (split.parts >= 0).all()
        assert split.parts.sum(axis=1).tolist() == (made.history.start - enabling.enabled).tolist()
    shuffled = list(rows)
    random.shuffle(shuffled)
    again = analyse(shuffled)
    assert again.history.ids.tolist() == made.history.ids.tolist()
    assert again.paper[2].parts.tolist() == made.paper[2].parts.tolist()
    assert again.pool[2].parts.tolist() == made.pool[2].parts.tolist()


@SOME
@given(histories(most=30))
def test_with_pools_of_one_both_definitions_agree(rows: list[dict[str, Any]]) -> None:
    """Each person has types of one's own, each type cases of its own, and no batches: then all is the same."""
    for number, row in enumerate(rows):
        row["agent"] = row["agent"] or "ana"
        row["case"] = f"{row['case']} {row['agent']}"
        row["type"] = f"{row['agent']} {number}"  # no two of a type: no batch
        row["told"] = None
    made = analyse(rows)
    history = made.history
    num_types = len(history.type_names)
    enabled = find_enabling(history, np.zeros((num_types, num_types), dtype=np.bool_)).enabled
    paper = split_by_person(history, enabled, find_batches(history, enabled), made.duty).parts
    pool = made.pool[2].parts
    assert pool[:, 2].tolist() == paper[:, 1].tolist()
    assert pool[:, 3:6].sum(axis=1).tolist() == paper[:, 2].tolist()
    assert pool[:, 6:9].sum(axis=1).tolist() == paper[:, 3].tolist()
    assert pool[:, 9].tolist() == paper[:, 4].tolist()
    assert not pool[:, 10].any()


@SOME
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 60)), min_size=1, max_size=30), st.integers(1, 3))
def test_first_come_first_served_is_contention_and_nothing_else(
    arrivals: list[tuple[int, int]], num_agents: int
) -> None:
    free_at = [EVE] * num_agents
    now = EVE
    rows: list[dict[str, Any]] = []
    for number, (gap, length) in enumerate(arrivals):
        now += gap * MINUTE + number  # no two at one moment
        who = min(range(num_agents), key=lambda place: free_at[place])
        start = max(now, free_at[who])
        free_at[who] = start + length * MINUTE
        rows.append(
            {"id": f"t{number:02d}", "case": f"c{number}", "type": "check", "agent": f"a{who}", "start": start,
             "end": free_at[who], "told": now, "due": None}
        )  # fmt: skip
    always = {day: ((time(0), time(0)),) for day in range(7)}
    made = analyse(rows, Known(weeks={f"a{who}": always for who in range(num_agents)}))
    used = sorted({row["agent"] for row in rows})
    if len(used) == num_agents:  # whoever never did it is not known to be able to
        parts = dict(zip(POOL_CAUSES, made.pool[2].parts.sum(axis=0).tolist(), strict=True))
        waited = sum(row["start"] - row["told"] for row in rows)
        assert parts["batching"] + parts["contention"] + _prioritized_in_batches(made) == waited
        assert parts["extraneous.same_person_free"] + parts["extraneous.colleague_free"] == 0


def _prioritized_in_batches(made: Made) -> int:
    """Waiting that counts as prioritization: only members of batches, whose own place counts once theirs has begun."""
    split, batches = made.pool[2], made.pool[1]
    assert not split.parts[batches.batch < 0, 3:6].any()
    return int(split.parts[:, 3:6].sum())


def test_a_ledger_that_does_not_balance_is_refused() -> None:
    made = analyse(
        [{"id": "t", "case": "c", "type": "k", "agent": "ana", "start": EVE, "end": EVE, "told": EVE - 5, "due": None}]
    )
    enabling, batches, split = made.pool
    wrong = split.parts.copy()
    wrong[0, 0] += 1
    with pytest.raises(LedgerError, match="does not balance"):
        WaitingLedger(
            definitions="pool",
            history=made.history,
            enabling=enabling,
            batches=batches,
            split=Split(causes=POOL_CAUSES, parts=wrong),
            chosen=np.ones(1, dtype=np.bool_),
            team=np.full(1, -1),
            team_names=(),
        )
