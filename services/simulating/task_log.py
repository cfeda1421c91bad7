"""The log of simulated tasks: a row for each task of each replication, as CSV or Parquet."""

import io
from pathlib import Path

import numpy as np
import pandas as pd

from models.errors import UsageError
from models.formats.documents import write_atomically
from models.formats.sheets.grids import escape_formula
from models.time import SECONDS_PER_MINUTE
from services.simulating.assembly import Assembly
from services.simulating.simulate import Experiment
from simulations.engine import columns as c
from simulations.engine.replicating import Outcome

COLUMNS = (
    "replication",
    "task",
    "task_type",
    "case",
    "arrived",
    "enabled",
    "started",
    "completed",
    "abandoned",
    "agent",
    "team",
    "due",
    "weight",
    "handling_minutes",
    "setup_minutes",
    "wait_minutes",
)


def check_log_path(path: Path) -> None:
    """Refuse a log in Parquet where what writes it is not installed.

    Raises
    ------
    UsageError
        If it is not.
    """
    if path.suffix.lower() == ".parquet":
        try:
            import pyarrow  # noqa: F401, PLC0415
        except ImportError:
            raise UsageError("--tasks-log: Parquet needs the extra parquet: pip install 'swingdesk[parquet]'") from None


def write_log(path: Path, experiment: Experiment) -> None:
    """Write the log of an experiment that kept one."""
    frames = [make_frame(experiment.assembly, outcome) for outcome in experiment.outcomes]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))
    if path.suffix.lower() == ".parquet":
        packed = io.BytesIO()
        frame.to_parquet(packed, index=False)
        write_atomically(path, packed.getvalue())
    else:
        for name in ("arrived", "enabled", "started", "completed", "abandoned", "due"):
            frame[name] = _as_text(frame[name])
        for name in ("task", "task_type", "case", "agent", "team"):  # a scenario may come from anybody
            frame[name] = frame[name].map(escape_formula, na_action="ignore")
        write_atomically(path, frame.to_csv(index=False).encode())


def make_frame(assembly: Assembly, outcome: Outcome) -> pd.DataFrame:
    """Return the log of one replication, in order of arrival, steps of a case in their order."""
    if outcome.row_real is None or outcome.row_whole is None:
        raise ValueError("this replication kept no log")
    order = np.lexsort((outcome.row_whole[:, c.ROW_VISIT], outcome.row_whole[:, c.ROW_ORDER]))
    real, whole = outcome.row_real[order], outcome.row_whole[order]
    scenario, layout = assembly.scenario, assembly.layout
    queue, agent, ended = whole[:, c.ROW_QUEUE], whole[:, c.ROW_AGENT], whole[:, c.ROW_OUTCOME]
    kinds = layout.queue_whole[queue, c.QUEUE_TYPE]
    was_taken = agent >= 0
    tasks, cases = _names(assembly, whole)
    instants = {
        "arrived": real[:, c.ROW_ARRIVED],
        "enabled": real[:, c.ROW_ENABLED],
        "started": np.where(was_taken & (real[:, c.ROW_STARTED] <= assembly.horizon_s), real[:, c.ROW_STARTED], np.nan),
        "completed": np.where(ended == c.COMPLETED, real[:, c.ROW_ENDED], np.nan),
        "abandoned": np.where(ended == c.ABANDONED, real[:, c.ROW_ENDED], np.nan),
        "due": np.where(np.isfinite(real[:, c.ROW_DUE]), real[:, c.ROW_DUE], np.nan),
    }
    minutes = {
        "handling_minutes": np.where(was_taken, real[:, c.ROW_HANDLING], np.nan) / SECONDS_PER_MINUTE,
        "setup_minutes": np.where(was_taken, real[:, c.ROW_SETUP], np.nan) / SECONDS_PER_MINUTE,
        "wait_minutes": np.where(was_taken, real[:, c.ROW_TAKEN] - real[:, c.ROW_ENABLED], np.nan) / SECONDS_PER_MINUTE,
    }
    type_ids = np.array([kind.id for kind in scenario.task_types], dtype=object)
    team_ids = np.array([kind.team for kind in scenario.task_types], dtype=object)
    agent_ids = np.array([*assembly.agent_ids, None], dtype=object)
    return pd.DataFrame(
        {
            "replication": outcome.replication,
            "task": tasks,
            "task_type": type_ids[kinds],
            "case": cases,
            **{name: _instants(assembly, seconds) for name, seconds in instants.items() if name != "due"},
            "agent": agent_ids[agent],
            "team": team_ids[kinds],
            "due": _instants(assembly, instants["due"]),
            "weight": layout.queue_weight[queue],
            **minutes,
        }
    )[list(COLUMNS)]


def _instants(assembly: Assembly, seconds: np.ndarray) -> pd.Series:
    microseconds = np.where(np.isnan(seconds), 0, np.round(1e6 * np.nan_to_num(seconds))).astype(np.int64)
    stamps = (microseconds + assembly.scenario.start * 1_000_000).astype("datetime64[us]")
    return pd.Series(np.where(np.isnan(seconds), np.datetime64("NaT"), stamps)).dt.tz_localize("UTC")  # type: ignore[arg-type]


def _as_text(instants: pd.Series) -> pd.Series:
    return instants.map(lambda instant: instant.isoformat(timespec="microseconds"), na_action="ignore")


def _names(assembly: Assembly, whole: np.ndarray) -> tuple[list[str], list[str]]:
    """Return the ids of tasks and of their cases: those of the trace, else the stream's name and a number."""
    tasks, cases = [], []
    for step, stream, index, visit in whole[:, [c.ROW_STEP, c.ROW_STREAM, c.ROW_INDEX, c.ROW_VISIT]].tolist():
        case = _name_case(assembly, stream, index)
        is_single = step < len(assembly.scenario.task_types)
        cases.append(case)
        tasks.append(case if is_single else f"{case}/{visit + 1}")
    return tasks, cases


def _name_case(assembly: Assembly, stream: int, index: int) -> str:
    given = assembly.demand.trace_tasks.get(stream)
    if given is not None and given[index] is not None:
        return str(given[index])
    return f"{assembly.demand.stream_names[stream]}-{index + 1}"
