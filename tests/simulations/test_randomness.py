"""Random numbers: the published vectors, and distributions against their moments."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from simulations.randomness import distributions
from simulations.randomness.distributions import get_parameters, invert_normal, sample
from simulations.randomness.logarithms import take_log
from simulations.randomness.philox import draw, draw_pairs, draw_row, mix, name_stream

ONES = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_vectors_of_random123(
    counter: tuple[int, ...], key: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    # Random123 1.14, tests/kat_vectors, philox4x32 10
    low, high = (np.uint64(counter[n] | counter[n + 1] << 32) for n in (0, 2))
    first, second = (int(word) for word in mix(np.uint64(key[0] | key[1] << 32), low, high))
    assert (first & ONES, first >> 32, second & ONES, second >> 32) == expected


def test_every_part_of_the_key_and_the_counter_matters() -> None:
    seen = {draw(*(1 if m == n else 0 for m in range(5))) for n in range(5)} | {draw(0, 0, 0, 0, 0)}
    assert len(seen) == 6


def test_streams_are_named_and_not_counted() -> None:
    assert name_stream("work", "task_type", "claim", "0") == name_stream("work", "task_type", "claim", "0")
    assert name_stream("ab", "c") != name_stream("a", "bc")


@pytest.mark.parametrize("probability", [1e-12, 0.001, 0.07, 0.3, 0.5, 0.6, 0.93, 1 - 1e-12])
def test_the_normal_quantile_is_exact(probability: float) -> None:
    assert invert_normal(probability) == pytest.approx(-invert_normal(1 - probability), abs=1e-3)
    if 1e-10 < probability < 1 - 1e-10:
        assert invert_normal(probability) == pytest.approx(NormalDist().inv_cdf(probability), abs=1e-9)


def test_a_row_of_draws_is_what_is_drawn_one_by_one() -> None:
    firsts, seconds, pairs = np.zeros(50), np.zeros(50), np.zeros(64)
    draw_row(2**62 + 5, 3, 0xFFFFFFFF, 0xFFFFFFF0, 128, firsts, seconds)
    alone = [draw(2**62 + 5, 3, 0xFFFFFFFF, 0xFFFFFFF0 + n, 128) for n in range(50)]
    assert list(zip(firsts, seconds, strict=True)) == alone
    draw_pairs(9, 3, 17, 40, pairs)
    assert list(zip(pairs[::2], pairs[1::2], strict=True)) == [draw(9, 3, 17, 40 + n, 0) for n in range(32)]
    assert 0 < min(*firsts, *seconds) < max(*firsts, *seconds) < 1


def test_the_logarithm_is_right_to_two_units_in_the_last_place() -> None:
    rng = np.random.default_rng(5)
    numbers = np.concatenate([rng.random(20_000), 1 - 2.0 ** -np.arange(1, 54), 2.0 ** -np.arange(60), [1.5, 7e9]])
    expected = np.array([math.log(number) for number in numbers])
    taken = np.array([take_log(number) for number in numbers])
    assert (np.abs(taken - expected) <= 2 * np.spacing(np.abs(expected))).all()


@pytest.mark.parametrize("cv", [0.3, 0.8, 1.0, 2.0])
@pytest.mark.parametrize("kind", [distributions.LOGNORMAL, distributions.GAMMA, distributions.WEIBULL])
def test_durations_have_the_mean_and_the_spread_that_were_asked_for(kind: int, cv: float) -> None:
    a, b = get_parameters(kind, 7.0, cv)
    num = 40_000
    drawn = np.array([sample(kind, a, b, np.zeros(1), draw(1, 0, 5, n, 0)[0], 1, 0, 5, n, 1) for n in range(num)])
    assert abs(drawn.mean() - 7) < 4 * 7 * cv / math.sqrt(num)
    assert drawn.std() / drawn.mean() == pytest.approx(cv, rel=0.03 if cv < 1.5 else 0.25)


def test_exponential_and_empirical_durations() -> None:
    values = np.array([1.0, 2.0, 6.0])
    units = (np.arange(3000) + 0.5) / 3000
    drawn = [sample(distributions.EMPIRICAL, 0, 3, values, unit, 1, 0, 0, 0, 0) for unit in units]
    assert np.mean(drawn) == pytest.approx(3.0)
    assert sample(distributions.EXPONENTIAL, 2, 0, values, math.exp(-1), 1, 0, 0, 0, 0) == pytest.approx(2)
    assert sample(distributions.DETERMINISTIC, 2, 0, values, 0.3, 1, 0, 0, 0, 0) == 2
