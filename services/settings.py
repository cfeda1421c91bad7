"""What can be set from outside: environment variables that begin with SWINGDESK_, read once and passed on."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Literal
from urllib.parse import urlsplit

from limits import parse
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from models.errors import Fault, InputError, shown
from models.formats.problem import Setup
from models.time import load_zone

PREFIX = "SWINGDESK_"
PLANNABLE_SHARE = 0.9
LEAST_SHARE = 0.01
MOST_SETUP_MINUTES = 1440.0
MOST_LIVE_MINUTES = 10_080.0
LEAST_MEMORY_MB, LEAST_ROUNDS = 19, 2
"""Least that the hash of a password costs, whatever the settings say (OWASP, Password Storage: argon2id)."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
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


def _address(text: str) -> str:
    """Check an address of a server: HTTPS, or HTTP on this machine, with neither a query nor somebody's password."""
    if text:
        parts = urlsplit(text)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if not is_safe or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("such as https://desk.example.org; http:// is for this machine alone")
    return text


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Rate = Annotated[str, AfterValidator(_rate)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Address = Annotated[str, AfterValidator(_address)]


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
    public_url
        Where people reach the server, as they write it: links lead there, and the single sign-on comes back there.
    session_hours, session_idle_minutes
        How long a session lasts at most, and how long without a request.
    password_sign_in
        Whether people sign in by passwords; else by links and single sign-on only.
    password_length
        Least characters of a password.
    password_memory_mb, password_rounds, password_lanes
        What it costs to check one (argon2id); a password is hashed anew by these when its owner signs in next.
    sign_in_attempts
        Attempts under one name that are taken one after the other; then it is locked for a while.
    lock_seconds, lock_most_minutes
        How long at first, twice that with each further attempt, and at most.
    oidc_issuer, oidc_client_id
        The provider of the single sign-on (OpenID Connect), and what we are called there; none where empty.
    oidc_client_secret, oidc_client_secret_file
        By what we are known there, or the file that holds it; neither for a public client.
    oidc_name
        What the provider is called on the button.
    oidc_scopes
        What is asked for.
    oidc_prompt
        What the provider is to ask whoever signs in, though it may know them.
    oidc_principal_claim
        The claim that says by which name somebody is known here.
    oidc_create_people
        Whether somebody who is not known here is made known.
    oidc_groups_claim, oidc_roles
        The claim with somebody's groups, and what each is here: `GROUP=planner`, `GROUP=lead:TEAM`, `GROUP=agent`.
    oidc_skew_seconds
        How far the provider's clock may be off ours.
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
    public_url: Address = ""
    session_hours: Annotated[float, Field(ge=0.1, le=720)] = 12.0
    session_idle_minutes: Annotated[float, Field(ge=5, le=43_200)] = 240.0
    password_sign_in: Literal["on", "off"] = "on"  # noqa: S105 - a switch
    password_length: Annotated[int, Field(ge=8, le=64)] = 12
    password_memory_mb: Annotated[int, Field(ge=LEAST_MEMORY_MB, le=1024)] = 64
    password_rounds: Annotated[int, Field(ge=LEAST_ROUNDS, le=20)] = 3
    password_lanes: Annotated[int, Field(ge=1, le=16)] = 1
    sign_in_attempts: Annotated[int, Field(ge=3, le=100)] = 5
    lock_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    lock_most_minutes: Annotated[float, Field(ge=1, le=1440)] = 15.0
    oidc_issuer: Address = ""
    oidc_client_id: str = ""
    oidc_client_secret: Annotated[str, Field(repr=False)] = ""
    oidc_client_secret_file: str = ""
    oidc_name: Annotated[str, Field(max_length=60)] = ""
    oidc_scopes: str = "openid profile email"
    oidc_prompt: Literal["", "login", "consent", "select_account"] = ""
    oidc_principal_claim: Annotated[str, Field(min_length=1)] = "preferred_username"
    oidc_create_people: Literal["on", "off"] = "off"
    oidc_groups_claim: Annotated[str, Field(min_length=1)] = "groups"
    oidc_roles: Names = ()
    oidc_skew_seconds: Annotated[int, Field(ge=0, le=600)] = 60
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    shutdown_seconds: Annotated[int, Field(ge=1, le=600)] = 30

    @model_validator(mode="after")
    def _check_together(self) -> "Settings":
        if bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise ValueError(f"{PREFIX}OIDC_ISSUER and {PREFIX}OIDC_CLIENT_ID go together")
        if self.oidc_client_secret and self.oidc_client_secret_file:
            raise ValueError(f"{PREFIX}OIDC_CLIENT_SECRET or {PREFIX}OIDC_CLIENT_SECRET_FILE, not both")
        if self.oidc_issuer and "openid" not in self.oidc_scopes.split():
            raise ValueError(f"{PREFIX}OIDC_SCOPES must hold openid")
        if self.oidc_issuer and "*" in self.allowed_hosts and not self.public_url:
            raise ValueError(
                f"{PREFIX}PUBLIC_URL is needed where any host name is allowed and single sign-on is set up"
            )
        if self.password_sign_in == "off" and not self.oidc_issuer:  # noqa: S105 - a switch
            raise ValueError(f"{PREFIX}PASSWORD_SIGN_IN is off, and no single sign-on is set up")
        return self

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
                value=shown(item["input"]) if item["loc"] else None,
                expected=str(item.get("ctx", {}).get("error", item["msg"])).removeprefix("Input should be "),
            )
            for item in error.errors(include_url=False)
        ) from None
