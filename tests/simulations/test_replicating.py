"""Replications: the same bits from any number of threads, from small rooms and large, whatever else there is."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.errors import CancelledError
from models.formats.scenarios.reading import Question, parse_scenario
from services.simulating.assembly import assemble_scenario
from services.simulating.replicator import make_engine
from services.simulating.simulate import simulate
from simulations.engine import columns as c
from simulations.engine.bundles import Bundle
from simulations.engine.quantiles import get_quantiles
from simulations.engine.workspace import Capacity


def make(**changes: Any) -> dict[str, Any]:
    handling = {"distribution": "gamma", "mean_minutes": 10, "cv": 0.7}
    return {
        "format": "swingdesk/scenario",
        "version": 1,
        "start": "2026-03-02T00:00:00+00:00",
        "days": 2,
        "replications": 8,
        "teams": [{"id": "t"}],
        "task_types": [{"id": "a", "team": "t", "skill": "s", "handling": handling, "sla": {"minutes": 30}}],
        "arrivals": [{"task_type": "a", "per_hour": 25, "day_cv": 0.3}],
        "agents": [
            {
                "id": "g",
                "count": 6,
                "team": "t",
                "skills": {"s": {"level": 1}},
                "week": [{"start": "06:00", "end": "22:00"}],
                "absence": 0.2,
            }
        ],
        **changes,
    }


def question(**changes: Any) -> Question:
    return parse_scenario(make(**changes))


def log_of(asked: Question, replication: int = 1) -> tuple[np.ndarray, np.ndarray]:
    outcome = make_engine(assemble_scenario(asked), 5, has_log=True).replicate(replication)
    assert outcome.row_real is not None
    assert outcome.row_whole is not None
    order = np.lexsort((outcome.row_whole[:, c.ROW_VISIT], outcome.row_whole[:, c.ROW_ORDER]))
    return outcome.row_real[order], outcome.row_whole[order]


def test_threads_change_no_bit() -> None:
    one, four = (simulate(question(), threads=threads) for threads in (1, 4))
    assert np.array_equal(one.figures, four.figures, equal_nan=True)
    assert np.array_equal(one.series, four.series)


def test_a_replication_is_the_same_alone_and_among_others() -> None:
    asked = question()
    together = simulate(asked).figures[6]
    experiment = simulate(asked, replications=1)
    engine = make_engine(experiment.assembly, asked.scenario.seed)
    assert np.array_equal(experiment.measures.evaluate(engine.replicate(6)), together, equal_nan=True)


def test_a_workspace_that_is_too_small_grows_and_changes_nothing() -> None:
    asked = question(arrivals=[{"task_type": "a", "per_hour": 60}], replications=2)
    assembly = assemble_scenario(asked)
    roomy, tight = (make_engine(assembly, 1, has_log=True) for _ in range(2))
    tight._capacity = Capacity(slots=4, waits=4, rows=4)
    large, small = roomy.replicate(0), tight.replicate(0)
    assert small.row_real is not None
    assert np.array_equal(small.row_real, large.row_real, equal_nan=True)  # type: ignore[arg-type]
    assert np.array_equal(small.type_sums, large.type_sums)
    assert tight._capacity.slots > 4


def test_a_further_replication_of_a_large_day_takes_less_than_five_megabytes() -> None:
    # 1,000 people, 100,000 tasks of which most wait
    people = {"count": 1000, "week": "always", "absence": 0}
    document = make(days=1, arrivals=[{"task_type": "a", "per_hour": 100_000 / 24}])
    document["agents"][0].update(people)
    document["task_types"][0]["handling"] = {"distribution": "exponential", "mean_minutes": 14.35}
    engine = make_engine(assemble_scenario(parse_scenario(document)), 1)
    outcome = engine.replicate(0)
    assert outcome.type_sums[0, c.NUM_WAITED] > 0.5 * outcome.type_sums[0, c.NUM_STARTED] > 40_000
    assert engine.bytes_per_thread < 5_000_000


def test_policy_staffing_and_other_types_shift_no_draw() -> None:
    real, _ = log_of(question())
    other_team = {"id": "b", "team": "t", "skill": "x", "handling": {"distribution": "exponential", "mean_minutes": 3}}
    changed = make(policy={"routing": "spt", "idle_agent": "fastest", "shift_end": "resume"})
    changed["task_types"] = [other_team, *changed["task_types"]]
    changed["arrivals"] = [{"task_type": "b", "per_hour": 9}, *changed["arrivals"]]
    changed["agents"][0]["count"] = 9
    new, facts = log_of(parse_scenario(changed))
    same = new[facts[:, c.ROW_STEP] == 1]
    assert np.array_equal(same[:, c.ROW_ARRIVED], real[:, c.ROW_ARRIVED])
    both = (same[:, c.ROW_HANDLING] > 0) & (real[:, c.ROW_HANDLING] > 0)
    assert both.sum() > 500
    assert np.array_equal(same[both, c.ROW_HANDLING], real[both, c.ROW_HANDLING])


def test_seeds_and_replications_differ() -> None:
    asked = question()
    figures = simulate(asked).figures
    assert len(np.unique(figures[:, 0])) > 4
    assert not np.array_equal(figures, simulate(asked, seed=99).figures, equal_nan=True)


def test_a_cancelled_simulation_says_so() -> None:
    import threading

    cancel = threading.Event()
    cancel.set()
    with pytest.raises(CancelledError):
        simulate(question(), cancel=cancel)


def test_quantiles_are_those_of_numpy() -> None:
    values = np.random.default_rng(1).exponential(size=501)
    assert get_quantiles(values) == pytest.approx(np.quantile(values, (0.5, 0.9, 0.99)))
    positive = values[values > 1]
    for num_zeros in (0, 1, len(positive) // 3, 3 * len(positive), 100 * len(positive)):
        whole = np.concatenate([positive, np.zeros(num_zeros)])
        assert get_quantiles(positive, num_zeros) == pytest.approx(np.quantile(whole, (0.5, 0.9, 0.99)), abs=1e-12)
    assert get_quantiles(np.zeros(0), 2) == pytest.approx([0, 0, 0])
    assert np.isnan(get_quantiles(np.zeros(0))).all()
    assert get_quantiles(np.array([3.0])) == pytest.approx([3, 3, 3])


def test_a_bundle_refuses_what_compiled_code_does_not_expect() -> None:
    layout = assemble_scenario(question()).layout
    with pytest.raises(ValueError, match="amounts"):
        Bundle(layout._replace(amounts=layout.amounts.astype(np.float32)))
    with pytest.raises(ValueError, match="type_whole"):
        Bundle(layout._replace(type_whole=layout.type_whole[:, :2].copy()))


def test_a_trace_of_everything_is_replayed(tmp_path: Path) -> None:
    rows = [f"2026-03-02T{8 + n // 60:02d}:{n % 60:02d}:00+00:00,T{n},7" for n in range(0, 240, 4)]
    (tmp_path / "in.csv").write_text("arrived,task,handling_minutes\n" + "\n".join(rows), encoding="utf-8")
    document = make(arrivals=[{"task_type": "a", "times": "in.csv"}], days=1)
    document["agents"][0].update(count=2, absence=0)
    experiment = simulate(parse_scenario(document, folder=tmp_path), replications=3)
    assert (experiment.figures == experiment.figures[0]).all() or np.isnan(experiment.figures).any()
    assert experiment.estimate("overall.wait_minutes_mean").mean == 0
    assert experiment.estimate("overall.utilization").mean == pytest.approx(60 * 7 / (2 * 960))
