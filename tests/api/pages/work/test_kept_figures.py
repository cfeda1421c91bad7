"""Own figures are made for all at once, beside the requests, and shown to each alone."""

from collections.abc import Mapping
from threading import Event, Thread

import pytest

from api.pages.work import kept_figures
from api.pages.work.kept_figures import KeptFigures, Rows
from models.errors import UnavailableError

KEY = ((("sqlite:///office", 1), "lineage"), "picking", "2026-02-02")
ANA: Mapping[str, Rows] = {"ana": [{"agent": "ana", "num_tasks": 3}]}


def test_those_who_ask_at_once_share_one_making_and_nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_figures, "LONGEST_WAIT_S", 0.01)
    kept, may_end, makings = KeptFigures(), Event(), []

    def make() -> Mapping[str, Rows]:
        makings.append(1)
        assert may_end.wait(10)
        return ANA

    told: list[Rows | None] = []
    people = [Thread(target=lambda: told.append(kept.get(KEY, "ana", make))) for _ in range(8)]
    for one in people:
        one.start()
    for one in people:
        one.join(10)
    assert told == [None] * 8
    may_end.set()
    monkeypatch.setattr(kept_figures, "LONGEST_WAIT_S", 10.0)
    assert kept.get(KEY, "ana", make) == ANA["ana"]
    assert kept.get(KEY, "ana", make) is ANA["ana"]
    assert kept.get(KEY, "ben", make) == (), "nobody is shown anybody else's"
    assert makings == [1]


def test_what_is_old_is_shown_while_it_is_made_again_and_nothing_soon_becomes_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept_figures, "LONGEST_WAIT_S", 10.0)
    now = [1000.0]
    monkeypatch.setattr(kept_figures, "monotonic", lambda: now[0])
    kept, may_end = KeptFigures(), Event()
    assert kept.get(KEY, "ana", lambda: ANA) == ANA["ana"]
    now[0] += kept_figures.NOTHING_FRESH_S + 1
    later: Mapping[str, Rows] = {**ANA, "ben": [{"agent": "ben", "num_tasks": 1}]}
    assert kept.get(KEY, "ben", lambda: later) == later["ben"]
    now[0] += kept_figures.FRESH_S + 1

    def make_slowly() -> Mapping[str, Rows]:
        assert may_end.wait(10)
        return {}

    assert kept.get(KEY, "ana", make_slowly) == ANA["ana"], "as it was, without waiting"
    may_end.set()
    now[0] += 3 * kept_figures.FRESH_S
    assert kept.get(KEY, "ana", dict) == ()


def test_what_keeps_it_from_being_made_is_said_and_the_next_one_tries_again() -> None:
    kept = KeptFigures()

    def fail() -> Mapping[str, Rows]:
        raise UnavailableError("the database is away")

    with pytest.raises(UnavailableError, match="away"):
        kept.get(KEY, "ana", fail)
    assert kept.get(KEY, "ana", lambda: ANA) == ANA["ana"]


def test_a_refresh_that_fails_takes_nothing_from_those_whose_figures_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(kept_figures, "monotonic", lambda: now[0])
    monkeypatch.setattr(kept_figures, "LONGEST_WAIT_S", 10.0)
    kept = KeptFigures()
    assert kept.get(KEY, "ana", lambda: ANA) == ANA["ana"]
    now[0] += kept_figures.NOTHING_FRESH_S + 1

    def fail() -> Mapping[str, Rows]:
        raise UnavailableError("the database is away")

    with pytest.raises(UnavailableError, match="away"):
        kept.get(KEY, "ben", fail)
    assert kept.get(KEY, "ana", fail) == ANA["ana"]
