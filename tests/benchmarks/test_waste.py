"""The benchmarks of the waste ledger in small: injected choosing is found again, events go all the way."""

import pytest

from benchmarks import waste_events
from benchmarks.waste_recovery import OFFICES, recover
from reports.waste.ledger import keep_ledger

RUNS = 12


@pytest.mark.parametrize("office", OFFICES)
def test_the_choosing_that_a_simulated_day_was_given_is_in_its_interval(office: str) -> None:
    runs = recover(office, runs=RUNS, days=1)
    assert sum(run.is_found for run in runs) >= 0.91 * RUNS
    assert all(run.low < run.found < run.high for run in runs)
    assert sum(run.found for run in runs) == pytest.approx(sum(run.injected for run in runs), rel=0.03)


def test_events_go_all_the_way_and_balance() -> None:
    events, num_days = waste_events.draw_events(3_000)
    ledger = keep_ledger(waste_events.make_history(events, num_days))
    assert (ledger.seconds.sum(axis=2) == ledger.paid_s).all()
    assert (ledger.totals > 0).sum() >= 8
