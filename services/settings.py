"""What can be set from outside: environment variables that begin with SWINGDESK_, read once and passed on."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Literal

from limits import parse
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from models.errors import Fault, InputError, shown
from models.formats.problem import Setup
from models.time import load_zone

PREFIX = "SWINGDESK_"
PLANNABLE_SHARE = 0.9
LEAST_SHARE = 0.01
MOST_SETUP_MINUTES = 1440.0
MOST_LIVE_MINUTES = 10_080.0
SetupMinutes = Annotated[float, Field(ge=0, le=MOST_SETUP_MINUTES, allow_inf_nan=False)]
USUAL_SETUP = Setup(same_team_minutes=1.0, other_team_minutes=5.0)


def _zone(name: str) -> str:
    load_zone(name)
    return name


def _rate(text: str) -> str:
    if text:
        try:
            parse(text)
        except ValueError:
            raise ValueError("such as 100/second or 6000/minute, or nothing") from None
    return text


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Rate = Annotated[str, AfterValidator(_rate)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


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
    claim_minutes
        How long a task that is claimed waits to be started; then it is for others again.
    most_in_hand
        Tasks that an agent may have in hand; all but one are paused.
    most_skips_a_day
        Tasks that an agent may skip on one day of the office.
    skips_to_lead
        A task that was skipped so often goes to a lead.
    clock_ahead_minutes
        How far the clock of who tells an event may be ahead of ours.
    sign_out_after_minutes
        How long after the end of their shift agents are signed out who did not do it; never where 0.
    allowed_hosts
        Names by which the server may be asked besides those of the address that it listens on; `*` for any.
    trusted_proxies
        Addresses of proxies whose word on where a request comes from counts.
    rate_per_key, rate_per_address, rate_failures
        How often a key (or session), an address, and an address whose keys are none may ask; empty for no limit.
    max_body_mb, max_file_mb
        Most of one request's body, and of one that brings files to take in, in MiB.
    log_level
        What the server's log leaves out: all below it.
    shutdown_seconds
        How long a server that ends waits for what it is answering.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    database_url: str = "sqlite:///swingdesk.sqlite3"
    plannable_share: Annotated[float, Field(ge=LEAST_SHARE, le=1, allow_inf_nan=False)] = PLANNABLE_SHARE
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    setup_same_team_minutes: SetupMinutes = USUAL_SETUP.same_team_minutes
    setup_other_team_minutes: SetupMinutes = USUAL_SETUP.other_team_minutes
    claim_minutes: Annotated[float, Field(gt=0, le=MOST_LIVE_MINUTES, allow_inf_nan=False)] = 15.0
    most_in_hand: Annotated[int, Field(ge=1, le=100)] = 1
    most_skips_a_day: Annotated[int, Field(ge=0, le=10_000)] = 5
    skips_to_lead: Annotated[int, Field(ge=1, le=10_000)] = 3
    clock_ahead_minutes: Annotated[float, Field(ge=0, le=MOST_LIVE_MINUTES, allow_inf_nan=False)] = 5.0
    sign_out_after_minutes: Annotated[float, Field(ge=0, le=MOST_LIVE_MINUTES, allow_inf_nan=False)] = 120.0

    allowed_hosts: Names = ()
    trusted_proxies: Names = ()
    rate_per_key: Rate = "6000/minute"
    rate_per_address: Rate = "12000/minute"
    rate_failures: Rate = "60/minute"
    max_body_mb: Annotated[float, Field(gt=0, le=1024)] = 32.0
    max_file_mb: Annotated[float, Field(gt=0, le=4096)] = 128.0
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    shutdown_seconds: Annotated[int, Field(ge=1, le=600)] = 30

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
