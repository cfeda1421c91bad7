"""Hands out styles and scripts, which browsers keep for as long as they stay what they are."""

from mimetypes import guess_type

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.documents.assets import EDITION, edition_of_assets, read_assets, static_folder

FOR_GOOD = "public, max-age=31536000, immutable"


class Assets(StaticFiles):
    """The files below their edition, or without one.

    Below the edition of this process they are what they were when it began, and kept by browsers. Below another one, or
    none, they are what lies on the disk and are asked for again: while servers change from one version to the next, a
    page of one may ask another for its scripts.
    """

    def __init__(self) -> None:
        super().__init__(directory=static_folder())

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or why there is none."""
        edition, _, rest = path.partition("/")
        if EDITION.fullmatch(edition) is None:
            return await super().get_response(path, scope)
        content = read_assets().get(rest) if edition == edition_of_assets() and scope["method"] == "GET" else None
        if content is None:
            return await super().get_response(rest, scope)
        kind = guess_type(rest)[0] or "application/octet-stream"
        return Response(content, media_type=kind, headers={"Cache-Control": FOR_GOOD})
