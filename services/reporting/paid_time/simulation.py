"""Paid time from a simulator's log of tasks, with the scenario that it is of."""

import numpy as np
import pandas as pd

from models.time import load_zone
from reports.waste.history import Beginning, StretchKind, WorkHistory
from services.reporting.paid_time.spanning import find_overtime, find_repeated, list_days, pause_outside
from services.simulating.abilities import get_speed, list_teams
from services.simulating.assembly import Assembly
from simulations.engine import columns as c
from simulations.randomness.philox import draw

SIMULATED = (
    "a simulated day: breaks of a scenario are unpaid, agents are there for their whole shifts unless the scenario "
    "draws them absent, and nothing is interrupted, given back or recorded as off task"
)


def history_of_simulation(assembly: Assembly, tasks: pd.DataFrame, *, seed: int) -> WorkHistory:
    """Return what a simulator's log of one replication says of paid time.

    Parameters
    ----------
    tasks
        The log, as `services.simulating.task_log.make_frame` gives it.
    seed
        With which it was simulated: absences follow from it.

    Raises
    ------
    ValueError
        If the log is of several replications.
    """
    numbers = tasks["replication"].unique()
    if len(numbers) > 1:
        raise ValueError("the log of one replication; filter it first")
    scenario = assembly.scenario
    zone = load_zone(scenario.timezone)
    begins = scenario.start + round(assembly.warm_up_s)
    ends = scenario.start + round(assembly.horizon_s)
    edges, names = list_days(begins, ends - 1, zone)
    shifts, duty = _list_duty(assembly, seed=seed, replication=int(numbers[0]) if len(numbers) else 0)
    work = _list_work(tasks, ends)
    paid = pd.concat([duty, find_overtime(work, shifts)], ignore_index=True)
    paid = paid.assign(start=paid["start"].clip(begins, ends), end=paid["end"].clip(begins, ends))
    standard = {kind.id: kind.handling.mean * 60 for kind in scenario.task_types}
    return WorkHistory(
        agents=_list_agents(assembly),
        types=pd.DataFrame(
            [(kind.id, kind.team, standard[kind.id]) for kind in scenario.task_types],
            columns=["type", "team", "standard_s"],
        ),
        abilities=_list_abilities(assembly),
        paid=paid,
        stretches=pause_outside(work, paid),
        tasks=pd.DataFrame(
            {
                "task": tasks["task"],
                "type": tasks["task_type"],
                "finished_by": tasks["agent"].where(tasks["completed"].notna()),
                "is_judged": (_seconds(tasks["started"]) >= begins) & tasks["completed"].notna(),
            }
        ),
        waiting=_list_waiting(tasks, standard, ends),
        day_edges=edges,
        day_names=names,
        limits=(SIMULATED,),
    )


def _list_work(tasks: pd.DataFrame, until: int) -> pd.DataFrame:
    """Return setups and handling; what is still in hand lasts until the end."""
    taken = tasks[tasks["agent"].notna()]
    started = _seconds(taken["started"]).fillna(until)
    began = _taken(taken).where(taken["setup_minutes"] > 0, started)
    completed = _seconds(taken["completed"]).fillna(until)
    repeated = find_repeated(taken["case"], taken["task_type"], started, completed, taken["completed"].notna())
    parts = [
        (began, started, StretchKind.SETUP.value, Beginning.CHOSEN.value),
        (
            started,
            completed,
            np.where(repeated, StretchKind.REWORK.value, StretchKind.HANDLING.value),
            np.where(taken["setup_minutes"] > 0, Beginning.CONTINUED.value, Beginning.CHOSEN.value),
        ),
    ]
    made = [
        pd.DataFrame(
            {
                "agent": taken["agent"].to_numpy(dtype=object),
                "start": start.to_numpy(),
                "end": end.to_numpy(),
                "kind": kind,
                "task": taken["task"].to_numpy(dtype=object),
                "code": "",
                "begun": begun,
            }
        )
        for start, end, kind, begun in parts
    ]
    rows = pd.concat(made, ignore_index=True)
    rows = rows[rows["end"] > rows["start"]].reset_index(drop=True)
    return rows.astype({"start": np.int64, "end": np.float64})


def _list_waiting(tasks: pd.DataFrame, standard: dict[str, float], until: int) -> pd.DataFrame:
    enabled = _seconds(tasks["enabled"])
    ends = _taken(tasks).where(tasks["agent"].notna()).fillna(_seconds(tasks["abandoned"])).fillna(until)
    made = pd.DataFrame(
        {
            "task": tasks["task"],
            "type": tasks["task_type"],
            "start": enabled,
            "end": ends,
            "safe_until": _seconds(tasks["due"]) - tasks["task_type"].map(standard),
        }
    )
    return made[made["end"] > made["start"]]


def _taken(tasks: pd.DataFrame) -> pd.Series:
    """Return when tasks were taken: as they began where that took no setup, so that rounding leaves no gap."""
    at = (_seconds(tasks["enabled"]) + tasks["wait_minutes"] * 60).round()
    return at.where((tasks["setup_minutes"] > 0) | tasks["started"].isna(), _seconds(tasks["started"]))


def _list_agents(assembly: Assembly) -> pd.DataFrame:
    groups = [assembly.groups[position] for position in assembly.layout.agent_whole[:, c.AGENT_GROUP]]
    return pd.DataFrame(
        {
            "agent": list(assembly.agent_ids),
            "team": [group.team for group in groups],
            "cost_per_hour": [np.nan if not group.cost_per_hour else float(group.cost_per_hour) for group in groups],
        }
    )


def _list_abilities(assembly: Assembly) -> pd.DataFrame:
    scenario = assembly.scenario
    rows = []
    for agent, position in zip(assembly.agent_ids, assembly.layout.agent_whole[:, c.AGENT_GROUP], strict=True):
        group = assembly.groups[position]
        teams = list_teams(scenario, group)
        for kind in scenario.task_types:
            speed = get_speed(group, kind)
            if speed > 0:
                rows.append((agent, kind.id, kind.team in teams, float(speed)))
    return pd.DataFrame(rows, columns=["agent", "type", "is_given", "speed"])


def _list_duty(assembly: Assembly, *, seed: int, replication: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the shifts for which agents came, and their time in these less breaks."""
    layout, zero = assembly.layout, assembly.scenario.start
    shifts, duty = [], []
    for agent, name in enumerate(assembly.agent_ids):
        low, high = layout.agent_whole[agent, c.STRETCH_LOW], layout.agent_whole[agent, c.STRETCH_HIGH]
        for shift in sorted(set(layout.stretch_shift[low:high].tolist())):
            if _is_absent(assembly, agent, shift, seed=seed, replication=replication):
                continue
            begins, ends = np.clip(layout.shift_real[shift], 0.0, assembly.horizon_s)
            shifts.append((name, zero + round(begins), zero + round(ends)))
            for stretch in range(low, high):
                if layout.stretch_shift[stretch] == shift:
                    begins, ends = np.clip(layout.stretch_real[stretch], 0.0, assembly.horizon_s)
                    duty.append((name, zero + round(begins), zero + round(ends)))
    columns = ["agent", "start", "end"]
    return pd.DataFrame(shifts, columns=columns), pd.DataFrame(duty, columns=columns)


def _is_absent(assembly: Assembly, agent: int, shift: int, *, seed: int, replication: int) -> bool:
    layout = assembly.layout
    if layout.agent_absence[agent] <= 0.0:
        return False
    stream = int(layout.agent_whole[agent, c.ABSENCE_STREAM])
    unit, _ = draw(seed, replication, stream, int(layout.shift_whole[shift, c.SHIFT_KEY]), 0)
    return bool(unit < layout.agent_absence[agent])


def _seconds(instants: pd.Series) -> pd.Series:
    """Return instants as whole epoch seconds, NaN where there is none."""
    micros = pd.to_datetime(instants, utc=True).dt.tz_localize(None).astype("datetime64[us]").astype("int64")
    seconds = np.round(micros.to_numpy(dtype=np.float64) / 1e6)
    return pd.Series(seconds, index=instants.index).where(instants.notna())
