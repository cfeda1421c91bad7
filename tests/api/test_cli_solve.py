"""`swingdesk solve` and `swingdesk check`, from a problem to a plan that holds."""

import gzip
import json
import os
import re
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from api.cli.interrupts import run_interruptibly
from models.errors import CancelledError
from models.formats.plan import read_plan

DATA = Path(__file__).parents[1] / "data"
PROBLEM = DATA / "problem.json"
PLAN = DATA / "plan.json"
QUICK = ("--iterations", "500", "--threads", "1")


def test_a_problem_is_solved_and_the_plan_holds(swingdesk: Any, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    solved = swingdesk("solve", PROBLEM, "-o", path, *QUICK)
    assert solved.code == 0, solved
    plan = read_plan(path)
    assert solved.out.startswith(
        f"planned   {len(plan.assignments)} of 9 tasks; {len(plan.unscheduled)} left for later\n"
    )
    assert re.search(r"\non time   \d of 8 that fall due until the last shift ends \(\d+\.\d %\)\n", solved.out)
    total = re.search(r"\ntotal +([\d,.]+)\n", solved.out)
    assert total is not None
    assert float(total[1].replace(",", "")) == pytest.approx(plan.objective.total, abs=0.01)
    assert solved.out.endswith(f"written to {path}\n")
    checked = swingdesk("check", PROBLEM, path)
    assert checked.code == 0, checked
    assert checked.out.startswith("The plan holds: it keeps every rule, and its figures are true.\n")
    assert [item.name for item in tmp_path.iterdir()] == ["plan.json"]


def test_a_plan_goes_to_standard_output_as_one_document(swingdesk: Any, tmp_path: Path) -> None:
    ran = swingdesk("solve", PROBLEM, "--json", *QUICK)
    assert ran.code == 0
    (tmp_path / "plan.json").write_text(ran.out, encoding="utf-8")
    assert swingdesk("check", PROBLEM, tmp_path / "plan.json").code == 0


def test_json_with_an_output_prints_the_figures(swingdesk: Any, tmp_path: Path) -> None:
    path = tmp_path / "plan.json.gz"
    ran = swingdesk("solve", PROBLEM, "-o", path, "--json", "--seed", "7", *QUICK)
    told = json.loads(ran.out)
    plan = json.loads(gzip.decompress(path.read_bytes()))
    assert told["plan"] == str(path)
    assert told["tasks"] == 9
    assert told["scheduled"] == len(plan["assignments"])
    assert told["left"] == len(plan["unscheduled"])
    assert told["due"] == 8
    assert 0 <= told["on_time"] <= told["due"]
    assert told["objective"] == plan["objective"]
    assert told["seed"] == plan["seed"] == 7
    assert 0 <= told["gap"] <= 1
    assert ran.err == ""


def test_quiet_says_nothing(swingdesk: Any, tmp_path: Path) -> None:
    ran = swingdesk("solve", PROBLEM, "-o", tmp_path / "plan.json", "--quiet", *QUICK)
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_the_same_seed_and_iterations_give_the_same_plan_with_any_threads(swingdesk: Any, tmp_path: Path) -> None:
    plans = []
    for threads in (1, 2):
        path = tmp_path / f"{threads}.json"
        assert swingdesk("solve", PROBLEM, "-o", path, "--iterations", 2000, "--threads", threads, "-q").code == 0
        plans.append(read_plan(path))
    assert plans[0].assignments == plans[1].assignments
    assert plans[0].objective == plans[1].objective


def test_a_plan_to_start_from_is_never_fallen_behind(swingdesk: Any, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    ran = swingdesk("solve", PROBLEM, "--from", PLAN, "-o", path, "--iterations", "0", "-q")
    assert ran.code == 0, ran
    assert read_plan(path).objective.total <= read_plan(PLAN).objective.total


def test_an_existing_plan_is_replaced(swingdesk: Any, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("old", encoding="utf-8")
    assert swingdesk("solve", PROBLEM, "-o", path, "-q", *QUICK).code == 0
    assert len(read_plan(path).assignments) + len(read_plan(path).unscheduled) == 9


USAGE: dict[str, tuple[tuple[str, ...], str]] = {
    "no output": ((), "say where the plan goes: -o PLAN for a file, or --json for standard output"),
    "no problem": (("-o", "x"), "Missing argument"),
    "a negative time limit": (("-o", "x", "--time-limit", "-1"), "--time-limit"),
    "a time limit that is no number": (("-o", "x", "--time-limit", "nan"), "--time-limit"),
    "an endless time limit": (("-o", "x", "--time-limit", "inf"), "--time-limit is inf; expected a number of seconds"),
    "text for a time limit": (("-o", "x", "--time-limit", "long"), "--time-limit"),
    "no threads": (("-o", "x", "--threads", "0"), "--threads"),
    "too many threads": (("-o", "x", "--threads", "257"), "--threads"),
    "negative iterations": (("-o", "x", "--iterations", "-1"), "--iterations"),
    "a negative seed": (("-o", "x", "--seed", "-1"), "--seed"),
    "a seed of more than 63 bits": (("-o", "x", "--seed", str(2**63)), "--seed"),
    "an unknown option": (("-o", "x", "--fast"), "No such option"),
    "a folder for the output": (("-o", "."), "-o . is a folder; name a file in it"),
    "a folder that is not there": (("-o", "none/plan.json"), "-o none/plan.json: there is no folder none"),
    "a plan that is not there": (("-o", "x", "--from", "none.json"), "none.json: there is no such file"),
}


@pytest.mark.parametrize(("options", "sentence"), USAGE.values(), ids=USAGE)
def test_bad_usage_is_refused_before_any_work(
    swingdesk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    problem = () if "Missing" in sentence else (PROBLEM,)
    ran = swingdesk("solve", *problem, *options)
    assert ran.code == 2
    assert ran.out == ""
    assert sentence in re.sub(r"[\s│]+", " ", ran.err)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["problem.json", "link.json"])
def test_the_problem_is_never_written_over(swingdesk: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / "problem.json"
    path.write_bytes(PROBLEM.read_bytes())
    (tmp_path / "link.json").symlink_to(path)
    ran = swingdesk("solve", path, "-o", tmp_path / name, *QUICK)
    assert ran.code == 2
    assert f"-o {tmp_path / name} is the problem itself; write to another file" in ran.err
    assert path.read_bytes() == PROBLEM.read_bytes()


def interrupt_once_working(times: int) -> threading.Thread:
    """Send Ctrl-C to this process as soon as its work has begun."""

    def send() -> None:
        while not any(thread.name == "work" for thread in threading.enumerate()):
            time.sleep(0.01)
        for _ in range(times):
            time.sleep(0.3)
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def test_ctrl_c_stops_early_and_writes_the_best_plan_so_far(swingdesk: Any, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    sender = interrupt_once_working(1)
    ran = swingdesk("solve", PROBLEM, "-o", path, "--time-limit", "3600")  # more than a test may take
    sender.join()
    assert ran.code == 0, ran
    assert "stopping with the best plan so far; Ctrl-C again drops it" in ran.err
    assert swingdesk("check", PROBLEM, path).code == 0


def test_ctrl_c_twice_drops_the_work() -> None:
    sender = interrupt_once_working(2)
    release = threading.Event()

    def work(cancel: threading.Event) -> bool:
        return cancel.wait(30) and release.wait(30)

    with pytest.raises(CancelledError):
        run_interruptibly(work, message="stopping")
    release.set()
    sender.join()


def test_ctrl_c_before_there_is_an_answer_ends_with_3(
    swingdesk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_: Path) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)

    monkeypatch.setattr("api.cli.solve.read_problem", read)
    ran = swingdesk("solve", PROBLEM, "-o", tmp_path / "plan.json")
    assert (ran.code, ran.err) == (3, "swingdesk: stopped\n")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_of_the_work_is_raised_where_it_is_waited_for() -> None:
    def work(_: threading.Event) -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        run_interruptibly(work, message="stopping")


def test_check_says_what_does_not_hold(swingdesk: Any, tmp_path: Path) -> None:
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    plan["assignments"][4]["end"] = "2026-03-02T09:18:44+00:00"
    plan["objective"]["late"] = 3
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    ran = swingdesk("check", PROBLEM, path)
    assert ran.code == 1
    assert ran.out.startswith("The plan does not hold: 2 violations.\n  task 'T5': ends at 2026-03-02T09:18:44+00:00; ")
    assert "  the plan reports 3 for late; it is 4\n" in ran.out
    assert re.search(r"^late +weight of late tasks +4 +60 +240$", ran.out, re.MULTILINE)
    assert re.search(r"^total +5,127$", ran.out, re.MULTILINE)
    assert re.search(r"^bound +proven; gap 98\.05 % +100$", ran.out, re.MULTILINE)


def test_check_as_json_is_one_document(swingdesk: Any, tmp_path: Path) -> None:
    ran = swingdesk("check", PROBLEM, PLAN, "--json")
    assert ran.code == 0
    told = json.loads(ran.out)
    assert told["feasible"] is True
    assert told["violations"] == []
    assert told["objective"] == json.loads(PLAN.read_text(encoding="utf-8"))["objective"]
    assert (told["sunk"], told["lower_bound"], told["reported_total"]) == (2880, 100, 5127)
    (tmp_path / "plan.json").write_text(PLAN.read_text(encoding="utf-8").replace("ana", "eva"), encoding="utf-8")
    ran = swingdesk("check", PROBLEM, tmp_path / "plan.json", "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["feasible"] is False
    assert len(json.loads(ran.out)["violations"]) >= 3


def test_check_shows_the_first_violations_of_many(swingdesk: Any, tmp_path: Path) -> None:
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    plan["unscheduled"] += [{"task": f"X{n}", "reason": "no-capacity"} for n in range(200)]
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    ran = swingdesk("check", PROBLEM, tmp_path / "plan.json")
    assert "The plan does not hold: 200 violations.\n" in ran.out
    assert "\n  ... and 150 more; --json lists them all\n" in ran.out


def test_check_of_a_file_that_is_not_there(swingdesk: Any) -> None:
    ran = swingdesk("check", PROBLEM, "none.json")
    assert (ran.code, ran.out, ran.err) == (2, "", "swingdesk: none.json: there is no such file\n")


@pytest.mark.parametrize("command", [("solve",), ("check",), ("warm-up",), ()])
def test_help_has_an_example_for_each_command(swingdesk: Any, command: tuple[str, ...]) -> None:
    ran = swingdesk(*command, "--help")
    assert ran.code == 0
    assert f"swingdesk {command[0]}" in ran.out if command else "solve" in ran.out


def test_the_version_is_told(swingdesk: Any) -> None:
    ran = swingdesk("--version")
    assert ran.code == 0
    assert re.fullmatch(r"swingdesk( \d+\.\d+\.\d+|, run from its sources and not installed)\n", ran.out)


def test_warm_up_compiles_what_a_plan_needs(swingdesk: Any) -> None:
    ran = swingdesk("warm-up")
    assert ran.code == 0
    assert re.fullmatch(r"compiled in \d+\.\d s\n", ran.out)
