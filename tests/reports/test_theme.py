"""The palette holds for readers who see fewer colours."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from reports.theme import NEUTRAL, PALETTE, team_colours

STYLE = (Path(__file__).resolve().parents[2] / "api" / "static" / "day-chart.css").read_text(encoding="utf-8")

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TEAMS_AT_ONCE = 8
LEAST_DISTANCE = 9.0


def _linear(colour: str) -> NDArray[np.float64]:
    channels = np.array([int(colour[position : position + 2], 16) for position in (1, 3, 5)]) / 255
    made: NDArray[np.float64] = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return made


def _lab(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = to_xyz @ np.clip(linear, 0, 1) / np.array([0.9505, 1.0, 1.089])
    bent = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * bent[1] - 16, 500 * (bent[0] - bent[1]), 200 * (bent[1] - bent[2])])


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_any_two_teams_are_told_apart(deficiency: str) -> None:
    matrix = DEFICIENCIES[deficiency]
    seen = {colour: _lab(matrix @ _linear(colour)) for colour in PALETTE[:TEAMS_AT_ONCE]}
    distances = {pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in combinations(seen, 2)}
    worst = min(distances, key=lambda pair: distances[pair])
    assert distances[worst] >= LEAST_DISTANCE, (worst, distances[worst])


def test_the_style_sheet_has_the_same_colours() -> None:
    styled = {
        int(position): colour for position, colour in re.findall(r"\.dc-c(\d+) \{ --c: (#[0-9a-f]{6}); \}", STYLE)
    }
    assert [styled[position] for position in range(len(PALETTE))] == list(PALETTE)
    assert styled[len(PALETTE)] == NEUTRAL


def test_a_team_without_task_types_takes_no_colour_from_the_others() -> None:
    assert team_colours([True, False, True]) == [0, len(PALETTE), 1]
    assert team_colours([True] * 12)[10:] == [0, 1]
