"""The one exception tree. Domain errors know no HTTP and no terminal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.vocabulary_access import PasswordFault, Refusal

MAX_FAULTS_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong with an input, so that its author can find and mend it.

    Attributes
    ----------
    file
        The file (or other source) that holds it.
    record
        The record in the file's own words, such as ``task 'T17'`` or ``row 12``; empty for the whole.
    field
        The key or column; empty where the record as a whole is wrong.
    value
        What stands there, as text; None where nothing does.
    expected
        What should stand there.
    """

    file: str
    record: str = ""
    field: str = ""
    value: str | None = None
    expected: str

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.file, self.record, self.field) if part)
        if self.value is None:
            return f"{where}: {self.expected}"
        return f"{where}: is {self.value}; expected {self.expected}"


class SwingdeskError(Exception):
    """Root of every error that the product raises on purpose."""


class InputError(SwingdeskError):
    """An input that cannot be used; nothing of it was taken.

    Parameters
    ----------
    faults
        Everything that is wrong, at least one.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: Sequence[Fault] = tuple(faults)
        shown = [str(fault) for fault in self.faults[:MAX_FAULTS_SHOWN]]
        more = len(self.faults) - len(shown)
        if more > 0:
            shown.append(f"... and {more} more")
        super().__init__("\n".join(shown))

    @classmethod
    def of(cls, file: str, expected: str, *, record: str = "", field: str = "", value: object = None) -> "InputError":
        """Return an error of a single fault."""
        text = None if value is None else shown(value)
        return cls([Fault(file=file, record=record, field=field, value=text, expected=expected)])


class UsageError(SwingdeskError):
    """A request that contradicts itself or names something that does not exist."""


class UnavailableError(UsageError):
    """What is needed cannot be reached or does not answer: a database that is down, or that is none."""


class StorageFullError(UnavailableError):
    """There is no room for what was to be stored; nothing of it was."""


class NobodyOnDutyError(UsageError):
    """A day was asked for on which nobody works any more.

    Parameters
    ----------
    message
        What to say.
    next_start
        Epoch second at which the next shift starts, None where none is known.
    """

    def __init__(self, message: str, *, next_start: int | None) -> None:
        self.next_start = next_start
        super().__init__(message)


class NotFoundError(SwingdeskError):
    """A record that was asked for by its id is not there."""


class ConflictError(SwingdeskError):
    """The stored state does not allow the change."""


class UnauthenticatedError(SwingdeskError):
    """Who asks is not known: no key or session came with the request, or one that does not hold (any more)."""


class SignInRefusedError(UnauthenticatedError):
    """Somebody has not proved who they are.

    Parameters
    ----------
    reason
        Why not, in a word for whoever says it to them.
    message
        What to say.
    wait_s
        Seconds after which trying again makes sense, where it does.
    """

    def __init__(self, reason: Refusal, message: str, *, wait_s: int | None = None) -> None:
        self.reason = reason
        self.wait_s = wait_s
        super().__init__(message)


class ForbiddenError(SwingdeskError):
    """Who asks is known, and may not do this."""


class StaleError(ConflictError):
    """A change was asked for on a version of a record that is no longer the current one."""


class VersionNeededError(UsageError):
    """A change was asked for without saying of which version of the record."""


class TooManyRequestsError(SwingdeskError):
    """More was asked for in a while than one asker may ask.

    Parameters
    ----------
    message
        What to say.
    retry_after_s
        Seconds after which asking again makes sense.
    """

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class TooLargeError(UsageError):
    """More was sent than is taken at once."""


class PasswordRefusedError(UsageError):
    """A password that somebody chose is not taken.

    Parameters
    ----------
    fault
        Why not, in a word for whoever says it to them.
    message
        What to say.
    """

    def __init__(self, fault: PasswordFault, message: str) -> None:
        self.fault = fault
        super().__init__(message)


class PlanRejectedError(SwingdeskError):
    """The referee found a broken hard rule or a wrong figure in a plan of our own; it was not stored.

    Parameters
    ----------
    violations
        The referee's sentences.
    """

    def __init__(self, violations: Iterable[str]) -> None:
        self.violations: Sequence[str] = tuple(violations)
        super().__init__("the plan breaks its own rules:\n" + "\n".join(self.violations[:MAX_FAULTS_SHOWN]))


class CancelledError(SwingdeskError):
    """The user asked to stop before there was an answer."""


def shown(value: object, *, limit: int = 80) -> str:
    """Return a value as it is quoted in a message, cut to `limit` characters."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."
