"""What people are told where they are not let in, or a password is not taken: why, and what to do."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from api.language.texts import Texts
from models.errors import PasswordRefusedError, SignInRefusedError
from models.vocabulary_access import PasswordFault, Proof, Refusal

Say = Callable[[Texts], str]

REFUSALS: Mapping[Refusal, tuple[HTTPStatus, Say]] = {
    Refusal.WRONG: (
        HTTPStatus.UNAUTHORIZED,
        lambda texts: texts.gettext("That name and that password do not belong together."),
    ),
    Refusal.LOCKED: (
        HTTPStatus.TOO_MANY_REQUESTS,
        lambda texts: texts.gettext("There were too many attempts under this name."),
    ),
    Refusal.BUSY: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        lambda texts: texts.gettext("Many people are signing in at once. Try again in a moment."),
    ),
    Refusal.LINK: (
        HTTPStatus.UNAUTHORIZED,
        lambda texts: texts.gettext("This link was used before, or is too old. Ask an administrator for another."),
    ),
    Refusal.SHUT_OUT: (
        HTTPStatus.UNAUTHORIZED,
        lambda texts: texts.gettext("This account was closed. Ask an administrator."),
    ),
    Refusal.PROVIDER_DOWN: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        lambda texts: texts.gettext(
            "The single sign-on does not answer at the moment. Try again, or sign in another way."
        ),
    ),
    Refusal.PROVIDER_ANSWER: (
        HTTPStatus.BAD_GATEWAY,
        lambda texts: texts.gettext(
            "The single sign-on gave an answer that cannot be trusted, and nobody was signed in. "
            "Tell whoever runs the server."
        ),
    ),
    Refusal.PROVIDER_REFUSED: (
        HTTPStatus.UNAUTHORIZED,
        lambda texts: texts.gettext("The single sign-on did not sign you in. Try again, or sign in another way."),
    ),
    Refusal.RUN: (
        HTTPStatus.BAD_REQUEST,
        lambda texts: texts.gettext(
            "This sign-on was begun in another browser, too long ago, or has ended before. Begin anew."
        ),
    ),
    Refusal.UNKNOWN_PERSON: (
        HTTPStatus.FORBIDDEN,
        lambda texts: texts.gettext("You are not known here yet. Ask an administrator for an account."),
    ),
    Refusal.NOT_CONNECTED: (
        HTTPStatus.FORBIDDEN,
        lambda texts: texts.gettext(
            "There is an account of your name here, which is not connected to the single sign-on. Sign in another way, "
            "and connect it under “Your account”."
        ),
    ),
    Refusal.NO_ROLE: (
        HTTPStatus.FORBIDDEN,
        lambda texts: texts.gettext("None of your groups is given a role here. Ask an administrator."),
    ),
    Refusal.OTHER_PERSON: (
        HTTPStatus.CONFLICT,
        lambda texts: texts.gettext("That account of the single sign-on is connected to somebody else here."),
    ),
}
"""With which status each refusal is answered, and what is said."""

FAULTS: Mapping[PasswordFault, Callable[[Texts, int], str]] = {
    PasswordFault.SHORT: lambda texts, least: texts.ngettext(
        "Take at least %(num)s character.", "Take at least %(num)s characters.", least
    ),
    PasswordFault.LONG: lambda texts, _least: texts.gettext("That is too long for a password."),
    PasswordFault.NAME: lambda texts, _least: texts.gettext(
        "That is little more than a name. Take something nobody would guess."
    ),
    PasswordFault.COMMON: lambda texts, _least: texts.gettext(
        "That is among the passwords that are tried first. "
        "Take another, such as a few words that do not belong together."
    ),
    PasswordFault.PATTERN: lambda texts, _least: texts.gettext(
        "That is a pattern that is tried first. Take another, such as a few words that do not belong together."
    ),
    PasswordFault.SAME: lambda texts, _least: texts.gettext("That is the old password. Take another."),
}

PROOFS: Mapping[Proof, Say] = {
    Proof.PASSWORD: lambda texts: texts.gettext("Password"),
    Proof.LINK: lambda texts: texts.gettext("Link"),
    Proof.SINGLE_SIGN_ON: lambda texts: texts.gettext("Single sign-on"),
}


def refusal_text(texts: Texts, error: SignInRefusedError) -> str:
    """Return what somebody is told who is not let in."""
    said = REFUSALS[error.reason][1](texts)
    if error.wait_s is None:
        return said
    minutes = -(-error.wait_s // 60)
    wait = texts.ngettext(
        "Wait a minute, or ask an administrator for a link.",
        "Wait %(num)s minutes, or ask an administrator for a link.",
        minutes,
    )
    return f"{said} {wait}"


def refusal_status(error: SignInRefusedError) -> HTTPStatus:
    """Return with which status somebody is answered who is not let in."""
    return REFUSALS[error.reason][0]


def fault_text(texts: Texts, error: PasswordRefusedError, *, least: int) -> str:
    """Return what somebody is told whose password is not taken."""
    return FAULTS[error.fault](texts, least)


def proof_text(texts: Texts, proof: Proof | None) -> str:
    """Return by what somebody proved who they are."""
    return "" if proof is None else PROOFS[proof](texts)
