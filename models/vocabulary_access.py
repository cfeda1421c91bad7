"""The words of signing in: by what somebody proved who they are, and why a proof or a password was not taken."""

from enum import StrEnum


class Proof(StrEnum):
    """By what somebody proved who they are when a session began."""

    LINK = "link"
    PASSWORD = "password"  # noqa: S105 - a word, not a secret
    SINGLE_SIGN_ON = "single-sign-on"


class Refusal(StrEnum):
    """Why somebody is not signed in."""

    WRONG = "wrong"
    """The name and the password do not belong together; which of them is wrong is not said."""
    LOCKED = "locked"
    """There were too many attempts under this name."""
    LINK = "link"
    """The link was used, is too old, or is none of ours."""
    SHUT_OUT = "shut-out"
    """Who this is was shut out."""
    BUSY = "busy"
    """Too many passwords are being checked at once."""
    PROVIDER_DOWN = "provider-down"
    """The provider of the single sign-on does not answer."""
    PROVIDER_ANSWER = "provider-answer"
    """The provider answered what does not hold: not signed by it, not for us, not now, not for this request."""
    PROVIDER_REFUSED = "provider-refused"
    """The provider did not sign them in, or they cancelled there."""
    RUN = "run"
    """The sign-on was begun by another browser, too long ago, or has ended before."""
    UNKNOWN_PERSON = "unknown-person"
    """The provider knows them, and nobody of that name is known here."""
    NOT_CONNECTED = "not-connected"
    """Somebody of that name is known here who has not connected the single sign-on to their account."""
    NO_ROLE = "no-role"
    """None of their groups is given a role here."""
    OTHER_PERSON = "other-person"
    """That account of the provider is connected to somebody else here."""


class PasswordFault(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    NAME = "name"
    COMMON = "common"
    PATTERN = "pattern"
    SAME = "same"
