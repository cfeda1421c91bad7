"""Teams: those that the log names, else those that the work itself shows; and who belongs where, and helps where.

References
----------
Song, van der Aalst (2008), Towards comprehensive support for organizational mining, section 4 (joint work profiles).
Bhattacharyya (1943), On a measure of divergence between two statistical populations (the affinity of profiles).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulations.discovery.history import NOBODY, History

LEAST_AFFINITY = 0.5
"""Task types are of one team where the same people do them: mean affinity of their profiles at least this."""
MAX_TEAMS = 8
LEAST_INSTANCES = 30
"""A type with fewer instances by known people says too little of who does it: it joins the team it is most like."""
SPLIT_SHARE = 0.1
"""A type that the log has in several teams is split where each has at least this share, and `LEAST_SPLIT` of it."""
LEAST_SPLIT = 20
SWING_SHARE = 0.05
"""Share of an agent's instances, and number of them and of days, that make the agent a helper of another team."""
SWING_INSTANCES = 10
SWING_DAYS = 2
COVERED_SHARE = 0.8
"""Of each kind's instances, those by home members and helpers: below it, whoever did most of the rest helps too."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Teams:
    """Who does what for whom.

    Attributes
    ----------
    ids, names
        Of the teams, the largest first; an id is the name that the log has for it, else that of its main type.
    is_told
        Whether the log named them.
    kinds
        One row a task type of the office: `type_idx` (of the log's type), `team_idx`, `name`.
    kind_idx : (I,)
        Which of `kinds` each instance of the history is.
    home : (A,)
        Team of each agent.
    swing
        Other teams that each agent helps, ascending.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    is_told: bool
    kinds: pd.DataFrame
    kind_idx: NDArray[np.int64]
    home: NDArray[np.int64]
    swing: tuple[tuple[int, ...], ...]


def find_teams(history: History, day: NDArray[np.int64]) -> Teams:
    """Return the teams of an office.

    Parameters
    ----------
    history
        What happened.
    day : (I,)
        Working day of each instance, for counting days.
    """
    is_told = bool(history.rows["team"].notna().any())
    if is_told:
        ids, kinds, kind_idx = _read_teams(history)
        names = ids
    else:
        ids, names, kinds, kind_idx = _cluster_types(history)
    home, swing = _place_agents(history, kinds, kind_idx, day, num_teams=len(ids))
    return Teams(ids=ids, names=names, is_told=is_told, kinds=kinds, kind_idx=kind_idx, home=home, swing=swing)


def affinity(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how alike the profiles of rows are, 0 to 1: the sum of square roots of products of their shares."""
    totals = counts.sum(axis=1, keepdims=True)
    roots = np.sqrt(counts / np.where(totals > 0, totals, 1.0))
    return np.asarray(np.minimum(roots @ roots.T, 1.0))


def cluster_profiles(counts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return a cluster number for each row: average linkage of affinities, cut at `LEAST_AFFINITY`.

    Rows with few instances join the cluster they are most like.
    """
    totals = counts.sum(axis=1)
    alike = affinity(counts)
    is_major = totals >= max(LEAST_INSTANCES, 0.01 * totals.sum())
    if not is_major.any():
        is_major = totals == totals.max()
    major = np.flatnonzero(is_major)
    labels = np.full(len(counts), -1, dtype=np.int64)
    if len(major) == 1:
        labels[major] = 0
    else:
        # Taking it in takes a while: only logs without teams pay.
        from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415
        from scipy.spatial.distance import squareform  # noqa: PLC0415

        distance = 1.0 - alike[np.ix_(major, major)]
        distance = (distance + distance.T) / 2
        np.fill_diagonal(distance, 0.0)
        tree = linkage(squareform(np.maximum(distance, 0.0), checks=False), method="average")
        cut = fcluster(tree, 1.0 - LEAST_AFFINITY, criterion="distance")
        if cut.max() > MAX_TEAMS:
            cut = fcluster(tree, MAX_TEAMS, criterion="maxclust")
        labels[major] = cut - 1
    for minor in np.flatnonzero(~is_major):
        # The whole of a team's work is compared, not each of its types.
        merged = np.array([counts[labels == label].sum(axis=0) for label in range(labels.max() + 1)])
        likeness = affinity(np.vstack([counts[minor][np.newaxis], merged]))[0, 1:]
        labels[minor] = int(likeness.argmax())
    return labels


def _cluster_types(
    history: History,
) -> tuple[tuple[str, ...], tuple[str, ...], pd.DataFrame, NDArray[np.int64]]:
    type_idx, agent_idx = history.column("type_idx"), history.column("agent_idx")
    counts = np.zeros((len(history.type_names), len(history.agent_names)))
    is_known = agent_idx != NOBODY
    np.add.at(counts, (type_idx[is_known], agent_idx[is_known]), 1.0)
    labels = cluster_profiles(counts)
    sizes = np.bincount(type_idx, minlength=len(history.type_names))
    found = sorted(set(labels.tolist()), key=lambda label: (-int(sizes[labels == label].sum()), label))
    rank = {label: position for position, label in enumerate(found)}
    team_idx = np.array([rank[label] for label in labels.tolist()], dtype=np.int64)
    members = [
        [history.type_names[kind] for kind in np.argsort(-sizes, kind="stable") if team_idx[kind] == team]
        for team in range(len(found))
    ]
    kinds = pd.DataFrame(
        {"type_idx": np.arange(len(history.type_names)), "team_idx": team_idx, "name": list(history.type_names)}
    )
    return tuple(types[0] for types in members), tuple(_name_team(types) for types in members), kinds, type_idx


def _name_team(type_names: list[str]) -> str:
    """Return a name that a lead recognises: the main types."""
    if len(type_names) <= 2:
        return " and ".join(type_names)
    return f"{type_names[0]}, {type_names[1]} and {len(type_names) - 2} more"


def _read_teams(history: History) -> tuple[tuple[str, ...], pd.DataFrame, NDArray[np.int64]]:
    type_idx = history.column("type_idx")
    names = tuple(sorted(history.rows["team"].dropna().unique()))
    told = np.asarray(pd.Index(names).get_indexer(pd.Index(history.rows["team"])), dtype=np.int64)
    counts = np.zeros((len(history.type_names), len(names)), dtype=np.int64)
    np.add.at(counts, (type_idx[told >= 0], told[told >= 0]), 1)
    is_placed = counts.sum(axis=1) > 0
    usual = np.where(is_placed, counts.argmax(axis=1), int(counts.sum(axis=0).argmax()))
    is_own = (counts >= LEAST_SPLIT) & (counts >= SPLIT_SHARE * counts.sum(axis=1, keepdims=True))
    is_own[np.arange(len(usual)), usual] = True
    sizes = counts.sum(axis=0)
    used = sorted(np.flatnonzero(is_own.any(axis=0)).tolist(), key=lambda team: (-int(sizes[team]), team))
    rank = np.full(len(names), -1, dtype=np.int64)
    rank[used] = np.arange(len(used))
    listed: list[tuple[int, int, str]] = []
    kind_of = np.full((len(history.type_names), len(names)), -1, dtype=np.int64)
    for kind, name in enumerate(history.type_names):
        own = np.flatnonzero(is_own[kind])
        for team in own.tolist():
            kind_of[kind, team] = len(listed)
            listed.append((kind, int(rank[team]), name if len(own) == 1 else f"{name} ({names[team]})"))
        kind_of[kind, ~is_own[kind]] = kind_of[kind, usual[kind]]
    kinds = pd.DataFrame(listed, columns=["type_idx", "team_idx", "name"])
    owner = np.where(told >= 0, told, usual[type_idx])
    return tuple(names[team] for team in used), kinds, kind_of[type_idx, owner]


def _place_agents(
    history: History, kinds: pd.DataFrame, kind_idx: NDArray[np.int64], day: NDArray[np.int64], *, num_teams: int
) -> tuple[NDArray[np.int64], tuple[tuple[int, ...], ...]]:
    """Return the home team of each agent, the one with most of their instances, and the teams they help."""
    agent_idx = history.column("agent_idx")
    team_of_kind = kinds["team_idx"].to_numpy(dtype=np.int64)
    done = pd.DataFrame({"agent_idx": agent_idx, "team": team_of_kind[kind_idx], "day": day})[agent_idx != NOBODY]
    grouped = done.groupby(["agent_idx", "team"])
    shape = (len(history.agent_names), num_teams)
    counts, days = np.zeros(shape), np.zeros(shape)
    sizes, num_days = grouped.size(), grouped["day"].nunique()
    at = (sizes.index.get_level_values(0).to_numpy(), sizes.index.get_level_values(1).to_numpy())
    counts[at], days[at] = sizes.to_numpy(), num_days.to_numpy()
    home = counts.argmax(axis=1)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    belongs = (share >= SWING_SHARE) & (counts >= SWING_INSTANCES) & (days >= SWING_DAYS)
    belongs[np.arange(len(home)), home] = True
    by_kind = np.zeros((len(kinds), len(home)), dtype=np.int64)
    np.add.at(by_kind, (kind_idx[agent_idx != NOBODY], agent_idx[agent_idx != NOBODY]), 1)
    for kind, of_agents in enumerate(by_kind):
        _cover(belongs[:, team_of_kind[kind]], of_agents)
    belongs[np.arange(len(home)), home] = False
    return home, tuple(tuple(np.flatnonzero(row).tolist()) for row in belongs)


def _cover(belongs: NDArray[np.bool_], counts: NDArray[np.int64]) -> None:
    """Add those who did most of a kind to its team, until the team's people did `COVERED_SHARE` of it: in place."""
    for agent in np.argsort(-counts, kind="stable").tolist():
        if counts[belongs].sum() >= COVERED_SHARE * counts.sum():
            return
        belongs[agent] = True
