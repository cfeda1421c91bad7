"""Plotly's own script, from the library that made the figures: nothing is asked of anybody else."""

import gzip
from functools import cache
from importlib.metadata import version

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import Reach, permits
from reports.panels import plotly_script

READERS = permits(lead=Reach.ALL, planner=Reach.ALL, analyst=Reach.ALL)
router = APIRouter(dependencies=[READERS])
A_YEAR_S = 31_536_000
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Of pages with figures: Plotly sets styles of its own, on elements and in a sheet that it makes; scripts are ours."""


@router.get("/time/plotly.js")
def hand_out_script() -> Response:
    """Hand out the script; its address changes with its version."""
    headers = {"Content-Encoding": "gzip", "Cache-Control": f"private, max-age={A_YEAR_S}, immutable"}
    return Response(_packed(), media_type="text/javascript; charset=utf-8", headers=headers)


def script_address() -> str:
    """Return where the script is."""
    return f"/time/plotly.js?v={version('plotly')}"


@cache
def _packed() -> bytes:
    return gzip.compress(plotly_script().encode(), 6)
