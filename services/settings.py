"""What can be set from outside: environment variables that begin with SWINGDESK_, read once and passed on."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.errors import Fault, InputError, shown
from models.formats.problem import Setup
from models.time import load_zone

PREFIX = "SWINGDESK_"
PLANNABLE_SHARE = 0.9
LEAST_SHARE = 0.01
MOST_SETUP_MINUTES = 1440.0
SetupMinutes = Annotated[float, Field(ge=0, le=MOST_SETUP_MINUTES, allow_inf_nan=False)]
USUAL_SETUP = Setup(same_team_minutes=1.0, other_team_minutes=5.0)


def _zone(name: str) -> str:
    load_zone(name)
    return name


class Settings(BaseSettings):
    """The settings of a process.

    Attributes
    ----------
    database_url
        Where the database is: `sqlite:///FILE` (relative to the working directory) or `postgresql://...`.
    plannable_share
        Part of an agent's time on tasks that a plan may fill.
    timezone
        Zone of an office whose tables do not say one.
    setup_same_team_minutes, setup_other_team_minutes
        What an agent loses between two tasks of different type, of the same team or of another.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    database_url: str = "sqlite:///swingdesk.sqlite3"
    plannable_share: Annotated[float, Field(ge=LEAST_SHARE, le=1, allow_inf_nan=False)] = PLANNABLE_SHARE
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    setup_same_team_minutes: SetupMinutes = USUAL_SETUP.same_team_minutes
    setup_other_team_minutes: SetupMinutes = USUAL_SETUP.other_team_minutes

    @property
    def setup(self) -> Setup:
        """Setup times as a problem has them."""
        return Setup(same_team_minutes=self.setup_same_team_minutes, other_team_minutes=self.setup_other_team_minutes)


def _check_names(environment: Mapping[str, str]) -> None:
    """Refuse variables of ours that are none: a misspelt one would be passed over in silence."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    faults = []
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = get_close_matches(name.upper(), known, n=1, cutoff=0.0)
            faults.append(Fault(file="environment", record=name, expected=f"no such setting; did you mean {near[0]}?"))
    if faults:
        raise InputError(faults)


def load_settings() -> Settings:
    """Return the settings that the environment gives.

    Raises
    ------
    InputError
        With every variable that is wrong or that is no setting.
    """
    _check_names(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        raise InputError(
            Fault(
                file="environment",
                field=PREFIX + str(item["loc"][0]).upper() if item["loc"] else "",
                value=shown(item["input"]),
                expected=str(item.get("ctx", {}).get("error", item["msg"])).removeprefix("Input should be "),
            )
            for item in error.errors(include_url=False)
        ) from None
