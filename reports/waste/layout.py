"""A work history as columns of positions and whole seconds: what the ledger computes on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.waste.history import WORK, Beginning, StretchKind, WorkHistory
from reports.waste.spans import Flags, Wholes, cut, key_of, positions_in, unite

Reals = NDArray[np.float64]

KINDS: tuple[StretchKind, ...] = tuple(StretchKind)
OFF_TASK, LOST, REWORK, HANDLING, INTERRUPTED, SETUP, AWAY, LOOKING = range(8)
BEGINNINGS: tuple[str, ...] = tuple(beginning.value for beginning in Beginning)
CHOSEN, PUSHED, CONTINUED = range(3)
NONE = -1

NIGHT_S = 4 * 3600
"""Unpaid time of so much lies between two shifts; less is a break of one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """A work history as columns; positions are those in the sorted ids.

    Attributes
    ----------
    agent_ids, team_ids, type_ids, task_ids, codes
        What positions stand for.
    agent_team : (A,)
    type_team, type_standard_s : (Y,)
    task_type, task_standard_s, task_finisher, task_judged : (T,)
        Standard of the whole task at speed 1, NaN where there is none; who finished it, -1 where nobody did.
    given, able : (A, Y) bool
        What each agent is given, and what the agent's skills allow.
    speed : (A, Y)
    paid_agent, paid_start, paid_end, paid_shift : (P,)
        Disjoint, in order; the number of the shift that each belongs to.
    agent, start, end, kind, task, code, begun : (S,)
        Stretches; zero lengths are kept.
    edges : (D + 1,) midnights
    """

    agent_ids: tuple[str, ...]
    team_ids: tuple[str, ...]
    type_ids: tuple[str, ...]
    task_ids: NDArray[np.object_]
    codes: tuple[str, ...]
    agent_team: Wholes
    type_team: Wholes
    type_standard_s: Reals
    task_type: Wholes
    task_standard_s: Reals
    task_finisher: Wholes
    task_judged: Flags
    given: Flags
    able: Flags
    speed: Reals
    paid_agent: Wholes
    paid_start: Wholes
    paid_end: Wholes
    paid_shift: Wholes
    agent: Wholes
    start: Wholes
    end: Wholes
    kind: Wholes
    task: Wholes
    code: Wholes
    begun: Wholes
    edges: Wholes

    @property
    def num_days(self) -> int:
        """Days of the history."""
        return len(self.edges) - 1

    def day_of(self, instants: Wholes) -> Wholes:
        """Return the day that each instant lies in."""
        return np.asarray(np.searchsorted(self.edges, instants, side="right") - 1, dtype=np.int64)

    def shift_of(self, agent: Wholes, instants: Wholes) -> Wholes:
        """Return the shift in which an instant of an agent lies, or that ends nearest before it; -1 where none does."""
        at = np.searchsorted(key_of(self.paid_agent, self.paid_start), key_of(agent, instants), side="right") - 1
        found = np.where(at >= 0, at, 0)
        is_own = (at >= 0) & (self.paid_agent[found] == agent) if len(self.paid_agent) else np.zeros(len(at), bool)
        return np.where(is_own, self.paid_shift[found] if len(self.paid_shift) else NONE, NONE)


def lay_out(history: WorkHistory) -> Layout:
    """Return a work history as columns."""
    edges = np.array(history.day_edges, dtype=np.int64)
    stretches, tasks, waiting = history.stretches, history.tasks, history.waiting
    agent_ids = _ids(history.agents["agent"], history.paid["agent"], stretches["agent"], history.abilities["agent"])
    task_ids = _ids(tasks["task"], stretches["task"])
    type_ids = _ids(history.types["type"], tasks["type"], history.abilities["type"], waiting["type"], waiting["demand"])
    team_ids = _ids(history.agents["team"], history.types["team"])
    codes = _ids(stretches["code"])
    agents, types = pd.Index(agent_ids), pd.Index(type_ids)
    teams = pd.Index(team_ids)
    agent_team = _spread(len(agent_ids), agents, history.agents["agent"], positions_in(teams, history.agents["team"]))
    type_team = _spread(len(type_ids), types, history.types["type"], positions_in(teams, history.types["team"]))
    standards = np.full(len(type_ids), np.nan)
    standards[positions_in(types, history.types["type"])] = history.types["standard_s"].to_numpy()
    known = pd.Index(task_ids)
    at = positions_in(known, tasks["task"])
    task_type = np.full(len(task_ids), NONE, dtype=np.int64)
    task_type[at] = positions_in(types, tasks["type"])
    task_standard = np.full(len(task_ids), np.nan)
    of_type = np.where(task_type[at] >= 0, standards[task_type[at]] if len(standards) else np.nan, np.nan)
    own = tasks["standard_s"].to_numpy()
    task_standard[at] = np.where(np.isnan(own), of_type, own)
    finisher = np.full(len(task_ids), NONE, dtype=np.int64)
    finisher[at] = positions_in(agents, tasks["finished_by"])
    judged = np.zeros(len(task_ids), dtype=bool)
    judged[at] = tasks["is_judged"].to_numpy()
    given = np.zeros((len(agent_ids), len(type_ids)), dtype=bool)
    able, speed = given.copy(), np.ones(given.shape)
    who, what = positions_in(agents, history.abilities["agent"]), positions_in(types, history.abilities["type"])
    able[who, what] = True
    np.logical_or.at(given, (who, what), history.abilities["is_given"].to_numpy())
    speed[who, what] = history.abilities["speed"].to_numpy()
    paid = _lay_out_paid(agents, history.paid, edges)
    agent = positions_in(agents, stretches["agent"])
    kinds = {kind.value: n for n, kind in enumerate(KINDS)}
    begun = {name: n for n, name in enumerate(BEGINNINGS)}
    kind = np.asarray(stretches["kind"].map(kinds), dtype=np.int64)
    start = stretches["start"].to_numpy(dtype=np.int64)
    end = _close(agent, start, stretches["end"].to_numpy(), kind, paid)
    task = positions_in(known, stretches["task"])
    task = np.where(stretches["task"].to_numpy(dtype=object) == "", NONE, task)
    return Layout(
        agent_ids=agent_ids,
        team_ids=team_ids,
        type_ids=type_ids,
        task_ids=np.array(task_ids, dtype=object),
        codes=codes,
        agent_team=agent_team,
        type_team=type_team,
        type_standard_s=standards,
        task_type=task_type,
        task_standard_s=task_standard,
        task_finisher=finisher,
        task_judged=judged,
        given=given,
        able=able,
        speed=speed,
        paid_agent=paid[0],
        paid_start=paid[1],
        paid_end=paid[2],
        paid_shift=paid[3],
        agent=agent,
        start=start,
        end=end,
        kind=kind,
        task=task,
        code=positions_in(pd.Index(codes), stretches["code"]),
        begun=np.asarray(stretches["begun"].map(begun).fillna(CHOSEN), dtype=np.int64),
        edges=edges,
    )


def _ids(*columns: "pd.Series[str]") -> tuple[str, ...]:
    names = {str(name) for column in columns for name in column.unique()}
    return tuple(sorted(names - {""}))


def _spread(num: int, index: pd.Index, ids: "pd.Series[str]", values: NDArray[np.int64]) -> Wholes:
    found = np.full(num, NONE, dtype=np.int64)
    found[positions_in(index, ids)] = values
    return found


def _lay_out_paid(agents: pd.Index, paid: pd.DataFrame, edges: Wholes) -> tuple[Wholes, Wholes, Wholes, Wholes]:
    """Return paid time, disjoint and in order, with the shift of each span, all of it within the days."""
    owner, start, end = unite(
        positions_in(agents, paid["agent"]),
        paid["start"].to_numpy(dtype=np.int64),
        paid["end"].to_numpy(dtype=np.int64),
    )
    is_new = np.ones(len(owner), dtype=bool)
    is_new[1:] = (owner[1:] != owner[:-1]) | (start[1:] - end[:-1] >= NIGHT_S)
    shift = np.cumsum(is_new) - 1
    of, begins, ends = cut(start, end, edges)
    return owner[of], begins, ends, shift[of]


def _close(
    agent: Wholes, start: Wholes, end: Reals, kind: Wholes, paid: tuple[Wholes, Wholes, Wholes, Wholes]
) -> Wholes:
    """Return when stretches end: as recorded, never before they start.

    One without an end lasts until its agent begins something else, or until the shift ends in which it began.
    """
    closed = np.where(np.isnan(end), start, np.maximum(np.nan_to_num(end), start)).astype(np.int64)
    is_open = np.isnan(end)
    if not is_open.any():
        return closed
    begins = np.isin(kind, [KINDS.index(some) for some in WORK] + [OFF_TASK])
    keys = np.unique(key_of(agent[begins], start[begins]))
    own = key_of(agent[is_open], start[is_open])
    after = np.searchsorted(keys, own, side="right")
    zero = key_of(agent[is_open], np.zeros(int(is_open.sum()), dtype=np.int64))
    next_key = np.append(keys, np.iinfo(np.int64).max)[after]
    limit = _shift_ends(agent[is_open], start[is_open], paid)
    is_same_agent = next_key - zero < key_of(np.ones(1, dtype=np.int64), np.zeros(1, dtype=np.int64))[0]
    closed[is_open] = np.where(is_same_agent, np.minimum(next_key - zero, limit), limit)
    return closed


def _shift_ends(agent: Wholes, start: Wholes, paid: tuple[Wholes, Wholes, Wholes, Wholes]) -> Wholes:
    """Return when the shift ends in which each instant lies; the instant itself where it lies in none."""
    paid_agent, paid_start, paid_end, paid_shift = paid
    if not len(paid_agent):
        return start
    last_of_shift = np.searchsorted(paid_shift, paid_shift, side="right") - 1
    at = np.searchsorted(key_of(paid_agent, paid_start), key_of(agent, start), side="right") - 1
    found = np.maximum(at, 0)
    ends = paid_end[last_of_shift[found]]
    return np.where((at >= 0) & (paid_agent[found] == agent) & (ends > start), ends, start)
