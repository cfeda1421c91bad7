"""Pages from templates: as a file of its own, which holds all it needs, or as served, with its parts beside it."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context
from markupsafe import Markup, escape

from api.documents.assets import asset_path, static_text
from api.documents.chart_data import encode_for_script
from api.documents.chart_words import chart_words
from api.documents.plan_view import PlanView
from api.documents.scripts import join_modules
from api.language.catalogues import SOURCE
from api.language.texts import ENGLISH, Texts

BASE_STYLES = ("tokens.css", "page.css")
STYLES = (*BASE_STYLES, "day-chart.css")
CHART_SCRIPT = "day-chart/element.js"


@lru_cache(maxsize=16)
def page_environment(texts: Texts = ENGLISH) -> Environment:
    """Return where the templates are, with the texts and forms of a language."""
    environment = Environment(
        loader=PackageLoader("api", "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        auto_reload=False,  # templates are those that were installed
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(texts.catalogue, newstyle=True)  # type: ignore[attr-defined]
    for name in ("ngettext", "npgettext"):
        environment.globals[name] = _counted(cast("Callable[..., str]", environment.globals[name]), texts)
    environment.globals |= {"texts": texts, "asset": asset_path}
    environment.filters |= {
        "count": lambda value: f"{value:,}",
        "number": texts.number,
        "share": texts.share,
        "moment": texts.moment,
        "clock": texts.clock_time,
        "day": texts.day,
        "duration": texts.duration,
        "told": partial(_told, texts),
        "attributes": attributes_of,
    }
    return environment


def _counted(ngettext: Callable[..., str], texts: Texts) -> Callable[..., str]:
    """Return what finds a text for so many and writes `%(num)s` in it as readers write numbers."""

    @pass_context
    def count(context: Context, *message: Any, **values: Any) -> str:
        return ngettext(context, *message, **{"num": texts.number(message[-1]), **values})

    return count


def _told(texts: Texts, text: str) -> Markup:
    """Return what a deeper layer words in English, marked as such where no catalogue has it."""
    pieces = [
        escape(part.text) if part.is_told else Markup('<span lang="{}">{}</span>').format(SOURCE, part.text)
        for part in texts.told_parts(text)
    ]
    return Markup("").join(pieces)


def render_plan_file(view: PlanView) -> str:
    """Return the plan's page as one file that needs no network and runs no script but its own."""
    style = "\n".join(static_text(name) for name in STYLES)
    script = join_modules(CHART_SCRIPT, static_text)
    policy = (
        f"default-src 'none'; script-src '{digest_of(script)}'; style-src '{digest_of(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {"style": trusted(style), "script": trusted(script), "policy": policy}
    page = page_environment().get_template("plan.html")
    return page.render(layout="page.html", inline=parts, view=view, body=trusted(render_plan_body(view)))


def render_plan_body(
    view: PlanView, *, downloads: Sequence[tuple[str, str]] = (), chart_source: str = "", texts: Texts = ENGLISH
) -> str:
    """Return what the plan's page says; where it is served, with the addresses of its other forms and of its chart."""
    body = page_environment(texts).get_template("plan-body.html")
    words = trusted(encode_for_script(chart_words(texts)))
    chart = "" if chart_source else trusted(view.chart)
    return body.render(view=view, chart=chart, chart_source=chart_source, words=words, downloads=tuple(downloads))


def attributes_of(given: Mapping[str, object]) -> Markup:
    """Return attributes as they stand in a tag: `hx_post` is hx-post; True stands alone, None and False not at all."""
    parts = [
        Markup(" {}").format(name.replace("_", "-"))
        if value is True
        else Markup(' {}="{}"').format(name.replace("_", "-"), value)
        for name, value in given.items()
        if value is not None and value is not False
    ]
    return Markup("").join(parts)


def trusted(text: str) -> Markup:
    """Mark a text as fit to stand in a page as it is: our own static files, and JSON by `encode_for_script`."""
    return Markup(text)  # noqa: S704


def digest_of(text: str) -> str:
    """Return what a content security policy knows a script or a style by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
