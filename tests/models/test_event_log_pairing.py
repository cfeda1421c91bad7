"""Events of the XES lifecycle into instances."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formats.event_logs.pairing import NONE, TRANSITIONS, Paired, Transition, pair_events

NAT = int(np.iinfo(np.int64).min)
Event = tuple[int, int, int, int, str]
"""Case, type, agent, instant, transition."""


def pair(events: Sequence[Event]) -> Paired:
    columns = [np.array([event[field] for event in events], dtype=np.int64) for field in range(4)]
    transition = np.array([TRANSITIONS.get(event[4], Transition.UNKNOWN) for event in events], dtype=np.int64)
    return pair_events((columns[0], columns[1]), columns[2], columns[3], transition)


def lines(paired: Paired) -> list[tuple[int | None, ...]]:
    """Enabled, start, end, agent of each instance."""
    columns = (paired.enabled, paired.start, paired.end, paired.agent)
    found = [tuple(None if value in (NAT, NONE) else int(value) for value in row) for row in zip(*columns, strict=True)]
    return sorted(found, key=lambda line: tuple(-1 if value is None else value for value in line))


def instances(*events: tuple[int, int, str]) -> list[tuple[int | None, ...]]:
    """Events of one case and type: agent, instant, transition."""
    return lines(pair([(0, 0, *event) for event in events]))


def test_a_schedule_a_start_and_a_completion_make_one_instance() -> None:
    assert instances((9, 10, "schedule"), (1, 20, "start"), (1, 30, "complete")) == [(10, 20, 30, 1)]


def test_one_schedule_may_be_followed_by_several_sittings() -> None:
    found = instances(
        (9, 10, "schedule"), (1, 20, "start"), (1, 30, "complete"), (2, 40, "start"), (2, 50, "complete"),
        (2, 60, "complete"),
    )  # fmt: skip
    assert found == [(None, None, 60, 2), (None, 40, 50, 2), (10, 20, 30, 1)]


def test_a_completion_ends_the_same_agents_work_first_and_else_the_oldest() -> None:
    assert instances((1, 10, "start"), (2, 20, "start"), (2, 30, "complete"), (1, 40, "complete")) == [
        (None, 10, 40, 1),
        (None, 20, 30, 2),
    ]
    assert instances((1, 10, "start"), (2, 20, "start"), (3, 30, "complete"), (NONE, 40, "complete")) == [
        (None, 10, 30, 3),
        (None, 20, 40, 2),
    ]


def test_what_ends_when_the_next_begins_is_ended_by_its_own_completion() -> None:
    events = ((1, 10, "start"), (1, 20, "complete"), (1, 20, "start"), (1, 30, "complete"))
    assert instances(*events) == [(None, 10, 20, 1), (None, 20, 30, 1)]


def test_an_instance_of_no_length_is_one() -> None:
    assert instances((1, 10, "complete"), (1, 10, "start")) == [(None, 10, 10, 1)]


def test_pauses_are_kept_and_who_goes_on_has_it() -> None:
    paired = pair(
        [(0, 0, 1, 10, "start"), (0, 0, 1, 20, "suspend"), (0, 0, 2, 50, "resume"), (0, 0, 2, 60, "complete")]
    )
    assert lines(paired) == [(None, 10, 60, 2)]
    assert paired.pauses.tolist() == [[0, 20, 50]]


def test_work_suspended_for_good_stays_suspended() -> None:
    paired = pair([(0, 0, 1, 10, "start"), (0, 0, 1, 20, "suspend")])
    assert paired.pauses.tolist() == [[0, 20, NAT]]
    ended = pair([(0, 0, 1, 10, "start"), (0, 0, 1, 20, "suspend"), (0, 0, 1, 45, "complete")])
    assert ended.pauses.tolist() == [[0, 20, 45]]


def test_withdrawn_and_aborted_work_is_dropped() -> None:
    paired = pair(
        [(0, 0, 9, 10, "schedule"), (0, 0, 9, 15, "withdraw"), (0, 1, 1, 20, "start"), (0, 1, 1, 30, "ate_abort")]
    )
    assert paired.is_dropped.all()
    assert lines(paired) == [(None, 20, 30, 1), (10, None, 15, None)]


def test_reassigned_work_belongs_to_the_new_agent() -> None:
    assert instances((1, 10, "start"), (2, 20, "reassign"), (NONE, 30, "complete")) == [(None, 10, 30, 2)]


def test_a_resumption_of_nothing_is_a_start() -> None:
    paired = pair([(0, 0, 1, 10, "resume"), (0, 0, 1, 20, "complete"), (0, 0, 1, 30, "suspend")])
    assert lines(paired) == [(None, 10, 20, 1)]
    assert paired.counts["resume"] == 1
    assert paired.counts["suspend"] == 1


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 1),
        st.integers(-1, 2),
        st.integers(0, 12),
        st.sampled_from([*TRANSITIONS, "nonsense"]),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(EVENTS)
def test_every_event_goes_into_one_instance_or_one_count(events: list[Event]) -> None:
    paired = pair(events)
    kinds = Counter(TRANSITIONS.get(event[4], Transition.UNKNOWN) for event in events)
    assert int((paired.enabled != NAT).sum()) == kinds[Transition.SCHEDULE]
    assert int((paired.start != NAT).sum()) == kinds[Transition.START] + paired.counts["resume"]
    assert int((paired.end != NAT).sum()) == kinds[Transition.COMPLETE] + kinds[Transition.DROP]
    assert int(paired.is_dropped.sum()) == kinds[Transition.DROP]
    assert len(paired.pauses) + paired.counts["suspend"] == kinds[Transition.SUSPEND]
    assert paired.counts["unknown"] == kinds[Transition.UNKNOWN]
    assert int((paired.pauses[:, 2] != NAT).sum()) >= kinds[Transition.RESUME] - paired.counts["resume"]


@settings(deadline=None)
@given(EVENTS)
def test_instances_are_in_order(events: list[Event]) -> None:
    paired = pair(events)
    for earlier, later in ((paired.enabled, paired.start), (paired.start, paired.end), (paired.enabled, paired.end)):
        is_both = (earlier != NAT) & (later != NAT)
        assert (earlier[is_both] <= later[is_both]).all()
    ended = paired.pauses[paired.pauses[:, 2] != NAT]
    assert (ended[:, 1] <= ended[:, 2]).all()
    assert (paired.start[ended[:, 0]] <= ended[:, 1]).all()


@settings(deadline=None)
@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_events_in_the_file_does_not_matter(events: list[Event], random: object) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = pair(events), pair(shuffled)

    def told(paired: Paired) -> list[tuple[int, ...]]:
        columns = (paired.enabled, paired.start, paired.end, paired.agent, paired.is_dropped)
        return sorted(tuple(int(value) for value in row) for row in zip(*columns, strict=True))

    assert told(one) == told(other)
    assert one.counts == other.counts
