"""`swingdesk staff` over the simulator: known optima, reasons for refusal, the public form."""

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.staffing import Case, make_cases
from models.errors import InputError
from models.formats.scenarios.reading import parse_scenario
from services.staffing.document import staffing_document
from services.staffing.staff import staff
from simulations.staffing.answer import Status
from simulations.statistics.intervals import estimate

CASES = {case.name.split(",")[0]: case for n, case in enumerate(make_cases()) if n in (1, 7, 14)}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_known_optimum_is_found_with_a_fifth_of_the_replications(case: Case) -> None:
    made = staff(parse_scenario(case.document))
    trials = made.answer.trials
    assert made.answer.status == Status.FOUND
    assert made.answer.plan == case.find_best()
    most = max(trials.num_confirming, *(len(rows) for rows in trials.rows.values()))
    assert 5 * (made.num_searching + trials.num_confirming) <= case.num_plans * most


def document(**staffing: Any) -> dict[str, Any]:
    return {
        "format": "swingdesk/scenario",
        "version": 1,
        "name": "desk",
        "start": "2026-03-02T08:00:00+00:00",
        "days": 1,
        "seed": 3,
        "teams": [{"id": "t"}],
        "task_types": [
            {
                "id": "a",
                "team": "t",
                "skill": "s",
                "sla": {"minutes": 30},
                "handling": {"distribution": "exponential", "mean_minutes": 10},
            }
        ],
        "arrivals": [{"task_type": "a", "pattern": [{"from": "08:00", "to": "15:00", "per_hour": 20}]}],
        "agents": [
            {
                "id": "g",
                "team": "t",
                "skills": {"s": {"level": 1}},
                "cost_per_hour": 20,
                "week": [{"start": "08:00", "end": "17:00", "breaks": [["12:00", "12:30"]]}],
            }
        ],
        "staffing": staffing,
    }


TARGETS = [
    {"metric": "overall.on_time_share", "at_least": 0.85},
    {"metric": "teams.t.wait_minutes_mean", "at_most": 12, "confidence": 0.99},
    {"metric": "overall.backlog_end", "at_most": 2},
]


def test_the_answer_tells_of_targets_costs_and_the_frontier() -> None:
    groups = {"g": {"min": 0, "max": 12}}
    made = staffing_document(staff(parse_scenario(document(groups=groups, targets=TARGETS))))
    assert (made["format"], made["status"], made["scenario"]) == ("swingdesk/staffing", "found", "desk")
    heads = made["groups"]["g"]
    assert 4 <= heads <= 8
    assert made["cost"]["mean"] >= heads * 9 * 20  # all of the shift, and overtime
    share, wait, backlog = made["targets"]
    assert 0.85 <= share["bound"] <= share["mean"]
    assert wait["mean"] <= wait["bound"] <= 12
    assert backlog["mean"] <= 2
    assert all(target["met"] for target in made["targets"])
    costs = [point["cost"] for point in made["frontier"]]
    shares = [point["on_time_share"]["mean"] for point in made["frontier"]]
    assert costs == sorted(costs)
    assert shares == sorted(shares)
    assert len(costs) >= 3
    assert made["warnings"] == []


def test_intervals_of_shares_end_at_0_and_1() -> None:
    made = staff(parse_scenario(document(groups={"g": {"min": 6, "max": 7}}, targets=TARGETS[:1])))
    (point, *_) = made.frontier
    shares = made.answer.trials.rows[point.plan][:, -2]
    shares[:] = 1.0
    shares[:2] = 0.1
    assert shares.mean() + estimate(shares).half_width > 1
    high = replace(made, frontier=(replace(point, figure=float(shares.mean())),))
    low = replace(made, frontier=(replace(point, figure=0.01),))
    assert staffing_document(high)["frontier"][0]["on_time_share"]["high"] == 1.0
    assert staffing_document(low)["frontier"][0]["on_time_share"]["low"] == 0.0


def test_targets_out_of_reach_are_answered_with_the_best_there_is() -> None:
    groups = {"g": {"min": 0, "max": 3}}
    made = staffing_document(staff(parse_scenario(document(groups=groups, targets=TARGETS))))
    assert made["status"] == "impossible"
    assert made["groups"] == {"g": 3}
    assert made["targets"][0]["mean"] < 0.85
    assert not any(target["met"] for target in made["targets"])


def test_hours_are_counted_where_nothing_has_a_cost() -> None:
    asked = document(groups={"g": {"min": 3, "max": 9}}, targets=TARGETS[:1])
    del asked["agents"][0]["cost_per_hour"]
    made = staffing_document(staff(parse_scenario(asked)))
    assert made["cost"]["mean"] == pytest.approx(9 * made["groups"]["g"], rel=0.15)
    assert any("every hour costs 1" in warning for warning in made["warnings"])


@pytest.mark.parametrize(
    ("staffing", "said"),
    [
        ({"groups": {}, "targets": TARGETS}, "staffing.groups"),
        ({"groups": {"g": {"min": 0, "max": 0}}, "targets": TARGETS}, "nobody"),
        ({"groups": {"g": {"min": 0, "max": 4}}, "targets": []}, "staffing.targets"),
        (
            {"groups": {"g": {"max": 4}}, "targets": [{"metric": "overall.joy", "at_least": 0.9}]},
            r"staffing.targets\[0\]: metric: is 'overall.joy'",
        ),
        (
            {"groups": {"g": {"max": 4}}, "targets": [{"metric": "overall.on_time_share", "at_most": 0.9}]},
            "more heads bring to its at_most",
        ),
        (
            {"groups": {"g": {"max": 4}}, "targets": [{"metric": "teams.u.on_time_share", "at_least": 0.9}]},
            "'teams.u.on_time_share'",
        ),
        (
            {"groups": {"g": {"max": 4}}, "targets": [{"metric": "overall.on_time_share", "at_least": 80}]},
            r"desk.yaml: staffing.targets\[0\]: at_least: is '?80.*'?; expected a share from 0 to 1",
        ),
        (
            {"groups": {"g": {"max": 4}}, "targets": [TARGETS[0], {"metric": "overall.utilization", "at_most": 85}]},
            r"staffing.targets\[1\]: at_most: is '?85.*expected a share from 0 to 1",
        ),
    ],
)
def test_what_cannot_be_searched_is_refused_by_record_and_field(staffing: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        staff(parse_scenario(document(**staffing)), file="desk.yaml")


def test_a_scenario_without_the_question_is_refused() -> None:
    asked = document()
    del asked["staffing"]
    with pytest.raises(InputError, match="staffing: is required here"):
        staff(parse_scenario(asked))
