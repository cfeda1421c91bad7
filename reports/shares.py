"""Shares of a whole in words: `12.3 %`, with a space, as figures and their units are written everywhere."""

import math


def say_share(value: float | None, digits: int = 0, *, is_signed: bool = False) -> str:
    """Return a share of 1 in percent; a hyphen where it is not known.

    Parameters
    ----------
    is_signed
        Whether more is said with a plus.
    """
    return "-" if value is None or math.isnan(value) else f"{100 * value:{'+' if is_signed else ''}.{digits}f} %"
