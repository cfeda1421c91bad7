"""Hands out styles and scripts, which browsers keep for as long as they stay what they are."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.documents.assets import EDITION, edition_of_assets, static_folder

FOR_GOOD = "public, max-age=31536000, immutable"


class Assets(StaticFiles):
    """The files below their edition, or without one.

    Only under the edition that is theirs are they kept by browsers. Under another one they are handed out all the
    same: while servers change from one version to the next, a page of one may ask another for its scripts.
    """

    def __init__(self) -> None:
        super().__init__(directory=static_folder())

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or why there is none."""
        edition, _, rest = path.partition("/")
        if EDITION.fullmatch(edition) is None:
            return await super().get_response(path, scope)
        response = await super().get_response(rest, scope)
        if edition == edition_of_assets():
            response.headers["Cache-Control"] = FOR_GOOD
        return response
