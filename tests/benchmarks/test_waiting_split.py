"""The log that the benchmark of the waiting split draws is one that people could have made."""

import io

import pandas as pd
import pytest

from benchmarks.waiting_split import NUM_AGENTS, STEPS, draw_log, main


def test_it_draws_as_many_instances_as_asked_for_and_the_same_again() -> None:
    text = draw_log(500, seed=3)
    rows = pd.read_csv(io.StringIO(text), parse_dates=["start_time", "end_time"])
    assert len(rows) == 500
    assert draw_log(500, seed=3) == text != draw_log(500, seed=4)
    assert (rows["end_time"] >= rows["start_time"]).all()
    assert set(rows["activity"]) == set(STEPS)
    assert rows["resource"].nunique() <= NUM_AGENTS
    assert rows["start_time"].dt.day_of_week.max() < 5
    following = rows.sort_values(["case_id", "start_time"], kind="stable").groupby("case_id")
    assert (
        following["start_time"].shift(-1).dropna()
        >= rows["end_time"].loc[following["start_time"].shift(-1).dropna().index]
    ).all()


def test_it_prints_what_each_definition_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--instances", "200"]) == 0
    said = capsys.readouterr().out
    assert said.count("| 200 |") == 2
    assert "| paper |" in said
    assert "| pool |" in said
