"""KN++ picks the best as often as it promises."""

from collections.abc import Callable

import numpy as np
import pytest

from simulations.statistics.selection import Selection, select_best

Sample = Callable[[np.random.Generator, int], np.ndarray]


def select(columns: np.ndarray, *, indifference: float, confidence: float = 0.95) -> Selection:
    return select_best(
        lambda systems, low, high: columns[low:high, systems],
        columns.shape[1],
        indifference=indifference,
        confidence=confidence,
        most=len(columns),
    )


def normal(rng: np.random.Generator, num: int) -> np.ndarray:
    return rng.standard_normal(num)


def skewed(rng: np.random.Generator, num: int) -> np.ndarray:
    return rng.exponential(size=num) - 1


@pytest.mark.parametrize("share", [0.0, 0.8])
@pytest.mark.parametrize(("num_systems", "sample"), [(2, normal), (5, normal), (3, skewed)])
def test_the_best_is_selected_as_often_as_promised(num_systems: int, sample: Sample, share: float) -> None:
    """The hardest case: all others worse by just the indifference; shared random numbers or not."""
    rng = np.random.default_rng([num_systems, int(10 * share)])
    right = 0
    for _ in range(300):
        common = sample(rng, 2500)
        own = np.stack([sample(rng, 2500) for _ in range(num_systems)], axis=1)
        values = np.sqrt(share) * common[:, None] + np.sqrt(1 - share) * own
        values[:, 0] += 0.25
        made = select(values, indifference=0.25)
        assert made.is_decided
        right += made.best == 0
    assert right >= 277  # no fewer than 0.95 of 300, by 2.2 standard errors


def test_clearly_worse_systems_go_early_and_cost_little() -> None:
    rng = np.random.default_rng(5)
    values = rng.standard_normal((20_000, 4)) + np.array([0.0, -3.0, -0.1, -3.0])
    made = select(values, indifference=0.05)
    assert made.best == 0
    gone = {item.system: item for item in made.eliminations}
    assert set(gone) == {1, 2, 3}
    assert max(gone[1].replications, gone[3].replications) <= 60
    assert made.replications == tuple(gone[n or 2].replications for n in range(4))
    assert gone[2].by == 0
    assert gone[2].replications > 500


def test_shared_random_numbers_save_replications() -> None:
    rng = np.random.default_rng(6)
    common = 5 * rng.standard_normal((20_000, 1))
    apart = common + rng.standard_normal((20_000, 2)) + np.array([0.0, 0.3])
    shuffled = apart.copy()
    rng.shuffle(shuffled[:, 0])
    paired, unpaired = select(apart, indifference=0.3), select(shuffled, indifference=0.3)
    assert paired.best == unpaired.best == 1
    assert paired.replications[0] * 10 < unpaired.replications[0]


def test_equal_systems_end_within_the_indifference() -> None:
    values = np.repeat(np.random.default_rng(7).standard_normal((200, 1)), 3, axis=1)
    made = select(values, indifference=0.1)
    assert made.is_decided
    assert made.best == 0
    assert made.replications == (20, 20, 20)


def test_what_runs_out_is_said_to_be_open() -> None:
    values = np.random.default_rng(8).standard_normal((60, 3))
    made = select(values, indifference=0.001)
    assert not made.is_decided
    assert made.best == np.argmax(values.mean(axis=0))
    assert made.replications == (60, 60, 60)


def test_replications_without_the_figure_are_left_out() -> None:
    values = np.random.default_rng(9).standard_normal((4000, 2)) + np.array([0.0, 0.5])
    gaps = values.copy()
    gaps[::2, 0] = np.nan
    assert select(gaps, indifference=0.2).best == 1
    assert select(gaps, indifference=0.2).replications[0] > select(values, indifference=0.2).replications[0]
