"""How somebody wants the pages: in which language, light or dark. Kept in this browser alone."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from api.access import open_to_all
from api.frame.same_origin import check_same_origin
from api.language.catalogues import LANGUAGES
from api.language.choosing import LANGUAGE_COOKIE
from api.pages.addresses import MAX_ADDRESS, own_address
from api.pages.rendering import THEME_COOKIE, THEMES
from models.errors import UsageError

router = APIRouter(include_in_schema=False, dependencies=[open_to_all()])
A_YEAR_S = 365 * 24 * 3600
Choice = Annotated[str, Form(max_length=20)]
Address = Annotated[str, Form(max_length=MAX_ADDRESS)]


@router.post("/preferences")
def choose(request: Request, language: Choice = "", theme: Choice = "", back: Address = "/") -> RedirectResponse:
    """Keep what was chosen, and lead back to where it was chosen."""
    check_same_origin(request.scope)
    if (language and language not in LANGUAGES) or (theme and theme not in THEMES):
        raise UsageError(f"there are the languages {', '.join(LANGUAGES)} and the themes {', '.join(THEMES)}")
    answer = RedirectResponse(own_address(back), status_code=303)
    for cookie, value in ((LANGUAGE_COOKIE, language), (THEME_COOKIE, theme)):
        if value:
            answer.set_cookie(
                cookie,
                value,
                max_age=A_YEAR_S,
                path="/",
                secure=request.scope["scheme"] == "https",
                httponly=True,
                samesite="lax",
            )
    return answer
