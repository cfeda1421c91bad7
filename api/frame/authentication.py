"""Who asks: found out once a request, before anything of its body is read."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access import NOBODY, set_caller
from api.errors import PROGRAMS, answer_error
from api.frame.headers import cookie_of, values_of
from api.frame.rates import Rates
from api.frame.same_origin import check_same_origin
from models.errors import ConflictError, NotFoundError, SwingdeskError, UnauthenticatedError, UnavailableError
from services.access.caller import Caller
from services.access.recognition import Recognition

SCHEME = "bearer"
COOKIE = "swingdesk_session"
SECURE_COOKIE = "__Host-swingdesk_session"
MAX_CREDENTIAL = 200


class Authentication:
    """Notes who sends a request. What programs ask for is answered to nobody whom we do not know.

    A key (`Authorization: Bearer`) counts alone where there is one; a session's cookie counts for what our own pages
    send.
    """

    def __init__(self, app: ASGIApp, *, recognition: Recognition, rates: Rates) -> None:
        self._app = app
        self._recognition = recognition
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._rates.check_address(scope)
            caller = await self._find(scope)
            if caller is not None:
                self._rates.check_caller(caller.key_id or caller.principal_id)
            elif scope["path"].startswith(PROGRAMS):
                raise UnauthenticatedError(NOBODY)
        except SwingdeskError as error:
            await answer_error(Request(scope), error)(scope, receive, send)
            return
        set_caller(scope, caller)
        await self._app(scope, receive, send)

    async def _find(self, scope: Scope) -> Caller | None:
        given = values_of(scope, b"authorization")
        if given:
            return await self._find_key(scope, given)
        secret = cookie_of(scope, session_cookie(scope))
        if secret is None or len(secret) > MAX_CREDENTIAL:
            return None
        check_same_origin(scope)
        try:
            return await self._recognise(scope, self._recognition.recognise_session, secret)
        except UnauthenticatedError:
            return None  # an old cookie is no attempt to be somebody: its bearer is nobody, and may sign in anew

    async def _find_key(self, scope: Scope, given: list[bytes]) -> Caller:
        scheme, _, text = given[0].decode("latin-1").partition(" ")
        if len(given) > 1 or scheme.lower() != SCHEME or len(text) > MAX_CREDENTIAL:
            raise UnauthenticatedError(NOBODY)
        return await self._recognise(scope, self._recognition.recognise_key, text)

    async def _recognise(self, scope: Scope, recognise: Callable[[str], Caller], credential: str) -> Caller:
        caller = self._recognition.recall(credential)
        if caller is not None:
            return caller
        self._rates.check_failures(scope)
        try:
            return await run_in_threadpool(recognise, credential)
        except UnauthenticatedError:
            self._rates.note_failure(scope)
            raise
        except (NotFoundError, ConflictError) as error:  # no database yet, or one of another version
            raise UnavailableError(str(error)) from error


def session_cookie(scope: Scope) -> str:
    """Return the name of the session's cookie, which browsers keep to this very host where the way is encrypted."""
    return SECURE_COOKIE if scope["scheme"] == "https" else COOKIE
