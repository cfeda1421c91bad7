"""Cells of a report's tables as text for people."""

from typing import Any

import pandas as pd

from api.language.texts import ENGLISH

DASH = "\N{EN DASH}"


def cell_text(value: Any, kind: str) -> str:
    """Return a value as people read it; what is unknown is a dash.

    Parameters
    ----------
    kind
        A `reports.report.CellFormat`.
    """
    if value is None or bool(pd.isna(value)):
        return DASH
    if kind == "instant":
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if kind == "flag":
        return "yes" if value else "no"
    if kind == "count":
        return f"{int(value):,}"
    if kind == "share":
        return ENGLISH.share(float(value), 1)
    if kind == "number":
        return f"{float(value):,.2f}"
    return str(value)
