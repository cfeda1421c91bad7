"""Pages from templates: as a file of its own, which holds all it needs, or as served, with its parts beside it."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from api.documents.plan_view import PlanView

STYLES = ("page.css", "day-chart.css")
SCRIPTS = ("day-chart.js",)


@cache
def page_environment() -> Environment:
    """Return where the templates are."""
    environment = Environment(
        loader=PackageLoader("api", "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = lambda value: f"{value:,}"
    return environment


def render_page(template: str, **context: Any) -> str:
    """Return a page as served: its styles and scripts stand beside it, under `/static`."""
    return page_environment().get_template(template).render(inline=None, styles=STYLES, scripts=SCRIPTS, **context)


def render_plan_file(view: PlanView) -> str:
    """Return the plan's page as one file that needs no network and runs no script but its own."""
    style = "\n".join(static_text(name) for name in STYLES)
    script = "\n".join(static_text(name) for name in SCRIPTS)
    policy = (
        f"default-src 'none'; script-src '{digest_of(script)}'; style-src '{digest_of(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {"style": trusted(style), "script": trusted(script), "policy": policy}
    page = page_environment().get_template("plan.html")
    return page.render(inline=parts, styles=(), scripts=(), view=view, chart=trusted(view.chart), downloads=())


def render_plan_page(view: PlanView, *, downloads: Sequence[tuple[str, str]]) -> str:
    """Return the plan's page as served, with the addresses of its other forms."""
    return render_page("plan.html", view=view, chart=trusted(view.chart), downloads=tuple(downloads))


def trusted(text: str) -> Markup:
    """Mark a text as fit to stand in a page as it is: our own static files, and JSON by `encode_for_script`."""
    return Markup(text)  # noqa: S704


def static_folder() -> Path:
    """Return where the styles and scripts are."""
    return Path(str(files("api"))) / "static"


def static_text(name: str) -> str:
    """Return the text of a style or script."""
    return (static_folder() / name).read_text(encoding="utf-8")


def digest_of(text: str) -> str:
    """Return what a content security policy knows a script or a style by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
