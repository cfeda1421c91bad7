"""What was open at an instant of a log: waiting, or in progress with somebody."""

import numpy as np
import pandas as pd

WAITING = "waiting"
IN_PROGRESS = "in progress"


def open_work(frame: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    """Return the instances of a cleaned log's frame that were open at an instant, with their `state`.

    Open: enabled by then and not closed by then. In progress: started by then besides.
    """
    is_open = (frame["enabled"] <= at) & (frame["closed"].isna() | (frame["closed"] > at))
    found = frame[is_open]
    return found.assign(state=np.where(found["start"] <= at, IN_PROGRESS, WAITING))
