"""What the pages of the system share: who may, and the tabs."""

from typing import Annotated

from api.access import Caller, permits
from api.language.texts import Texts

Admin = Annotated[Caller, permits()]
STYLES = ("admin.css",)
SCRIPTS = ("jobs.js", "admin.js")


def tabs_of(texts: Texts, here: str) -> list[tuple[str, str, bool, None]]:
    """Return the tabs of the system, with the one that is shown."""
    lines = (
        ("/system", texts.gettext("Health")),
        ("/system/jobs", texts.gettext("Jobs")),
        ("/system/audit", texts.gettext("Audit")),
    )
    return [(href, name, href == here, None) for href, name in lines]
