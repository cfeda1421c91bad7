"""One look for every figure: a palette that colour-blind readers can tell apart, and the Plotly template around it."""

from typing import Any

PALETTE: tuple[str, ...] = (
    "#4477aa",
    "#cc6677",
    "#2a9d8f",
    "#aa4499",
    "#c9a227",
    "#117733",
    "#66b8e0",
    "#882255",
    "#999933",
    "#6b5fb5",
)
"""Colours of teams in order, after Paul Tol's muted scheme; the day chart's style sheet has the same."""

NEUTRAL = "#7a828a"
"""Colour of a team that owns no task types."""

INK, SOFT_INK, RULE = "#17212b", "#55626f", "#dde3e9"


def figure_layout(*, title: str, formula: str, height: int = 380) -> dict[str, Any]:
    """Return the layout that every figure shares: its title says what is measured, the line below how."""
    return {
        "title": {
            "text": f"{title}<br><sup>{formula}</sup>",
            "x": 0,
            "xanchor": "left",
            "font": {"size": 16, "color": INK},
        },
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": INK},
        "colorway": list(PALETTE),
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "height": height,
        "margin": {"l": 8, "r": 16, "t": 72, "b": 48},
        "legend": {"orientation": "h", "y": -0.18, "x": 0},
        "hoverlabel": {"font": {"size": 12}},
    }


def team_colours(owners: list[bool]) -> list[int]:
    """Return the palette position of each team: teams that own task types in turn, the others the neutral one."""
    positions, used = [], 0
    for owns in owners:
        positions.append(used % len(PALETTE) if owns else len(PALETTE))
        used += owns
    return positions
