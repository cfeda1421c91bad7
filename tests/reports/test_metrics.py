import doctest
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import metrics
from reports.metrics import METRICS, Metric
from reports.operations.metrics import OPERATION_METRICS
from reports.picking.metrics import PICKING_METRICS
from reports.waiting.measures import WAITING_METRICS
from reports.waste.measures import WASTE_METRICS

DEFINED = (*METRICS, *OPERATION_METRICS, *PICKING_METRICS, *WAITING_METRICS, *WASTE_METRICS)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"

hours = st.floats(0, 100, allow_nan=False)
tasks = st.lists(st.tuples(hours, st.one_of(hours, st.just(float("nan")))), max_size=30)


def test_the_worked_examples_of_the_document_hold() -> None:
    result = doctest.testfile(str(DOCUMENT), module_relative=False, optionflags=doctest.FAIL_FAST)
    assert result.attempted >= 20
    assert result.failed == 0


@pytest.mark.parametrize("metric", DEFINED, ids=lambda metric: str(metric.key))
def test_the_document_defines_each_metric_in_the_very_words_of_the_code(metric: Metric) -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DOCUMENT.read_text(encoding="utf-8").splitlines()
        if line.startswith("| **")
    ]
    named = {cells[0].strip("*"): cells[1:] for cells in rows}
    formula = metric.formula
    assert named[metric.name][:2] == [metric.unit, formula]
    if metric.denominator:
        assert named[metric.name][2] == metric.denominator


def test_the_document_defines_nothing_that_the_code_does_not_have() -> None:
    named = re.findall(r"^\| \*\*(.+?)\*\*", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(metric.name for metric in DEFINED)


@given(tasks=tasks, start=hours, length=hours)
def test_on_time_and_late_make_up_the_due_cohort(tasks: list[tuple[float, float]], start: float, length: float) -> None:
    due, completed = (np.array([task[position] for task in tasks]) for position in (0, 1))
    cohort = metrics.due_cohort(due, start=start, end=start + length)
    share = metrics.on_time_share(due, completed, start=start, end=start + length)
    late = metrics.num_late(due, completed, start=start, end=start + length)
    if share is None:
        assert not cohort.any()
        assert late == 0
    else:
        assert share * cohort.sum() + late == pytest.approx(cohort.sum())


@given(tasks=tasks)
def test_completing_an_open_task_never_lowers_the_share(tasks: list[tuple[float, float]]) -> None:
    due, completed = (np.array([task[position] for task in tasks]) for position in (0, 1))
    before = metrics.on_time_share(due, completed, start=0, end=100)
    after = metrics.on_time_share(due, np.nan_to_num(completed, nan=0.0), start=0, end=100)
    assert before is None or after is None or after >= before


@given(handling=st.floats(0, 1e5), setup=st.floats(0, 1e4), free=st.floats(1, 1e5))
def test_occupancy_leaves_setup_out(handling: float, setup: float, free: float) -> None:
    occupancy = metrics.occupancy(handling_s=handling, setup_s=setup, duty_s=handling + setup + free)
    assert occupancy == pytest.approx(handling / (handling + free))


def test_a_gap_is_never_negative() -> None:
    assert metrics.gap(total=100.0, lower_bound=100.00001) == 0.0
