"""Figures as one file that needs no network: Plotly's script is in it, and nothing else may run."""

from collections.abc import Sequence

from api.documents.assets import static_text
from api.documents.chart_data import encode_for_script
from api.documents.render import BASE_STYLES, digest_of, page_environment, trusted
from reports.panels import Panel, plotly_script

STYLES = (*BASE_STYLES, "figures.css")


def render_figure_file(
    panels: Sequence[Panel],
    *,
    title: str,
    eyebrow: str,
    lead: str,
    facts: Sequence[str] = (),
    warnings: Sequence[str] = (),
) -> str:
    """Return a page of figures, each with how it is counted, what it shows in words, and its numbers as a table.

    Parameters
    ----------
    facts
        Sentences that stand above the figures.
    """
    style = "\n".join(static_text(name) for name in STYLES)
    script = f"{plotly_script()}\n{static_text('figures.js')}"
    # Plotly sets styles of its own, on elements and in a sheet that it makes.
    policy = (
        f"default-src 'none'; script-src '{digest_of(script)}'; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        page_environment()
        .get_template("simulation.html")
        .render(
            inline={"style": trusted(style), "script": trusted(script), "policy": policy},
            title=title,
            eyebrow=eyebrow,
            lead=lead,
            facts=facts,
            warnings=warnings,
            panels=panels,
            data=trusted(encode_for_script({panel.name: panel.data() for panel in panels})),
        )
    )
