"""What a scenario of the office's history rests on, in words: days, counts, how well it fits, what is not told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.language.texts import Texts
from api.pages.what_if.forms.choices import distributions, name_of

FEW = 30
"""Tasks measured of a type below which its times are a guess."""
REFUSED_P, FAR = 0.05, 0.02


@dataclass(frozen=True, kw_only=True)
class FitLine:
    """How long a type takes, by how many tasks, and how well the distribution stands for them."""

    name: str
    measured: str
    mean: str
    family: str
    told: str
    is_good: bool


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a scenario rests on."""

    said: str
    facts: tuple[tuple[str, str], ...]
    fits: tuple[FitLine, ...]
    notes: tuple[str, ...]


def tell_findings(findings: Mapping[str, Any] | None, document: Mapping[str, Any], texts: Texts) -> Findings | None:
    """Return what was read off a history in words; None where a scenario is of none."""
    if findings is None:
        return None
    counts = findings["counts"]
    return Findings(
        said=texts.ngettext(
            "Read off %(num)s day of history, %(first)s to %(last)s.",
            "Read off %(num)s days of history, %(first)s to %(last)s.",
            findings["days"],
            first=texts.day(date.fromisoformat(findings["from"])),
            last=texts.day(date.fromisoformat(findings["to"])),
        ),
        facts=(
            (texts.gettext("Came in"), texts.number(counts["came"])),
            (texts.gettext("Closed"), texts.number(counts["closed"])),
            (texts.gettext("Times measured"), texts.number(counts["measured"])),
            (texts.gettext("People"), texts.number(counts["people"])),
        ),
        fits=tuple(
            _fit_line(name, fit, document, texts)
            for name, fit in sorted(findings["handling"].items(), key=lambda item: -item[1]["measured"])
        ),
        notes=tuple(f"{note[:1].upper()}{note[1:]}." for note in findings["notes"]),
    )


def _fit_line(name: str, fit: Mapping[str, Any], document: Mapping[str, Any], texts: Texts) -> FitLine:
    family = dict(distributions(texts)).get(fit["distribution"], fit["distribution"]).partition(":")[0]
    is_far = fit["distance"] is not None and fit["distance"] > FAR
    is_refused = fit["p_value"] is not None and fit["p_value"] < REFUSED_P and is_far
    if fit["measured"] < FEW:
        told, is_good = texts.gettext("Few were measured: take it as a guess"), False
    elif fit["distribution"] == "empirical":
        told, is_good = texts.gettext("No usual distribution fits: what was observed is drawn from"), True
    elif is_refused:
        told, is_good = texts.gettext("It fits badly"), False
    else:
        told, is_good = texts.gettext("It fits"), True
    return FitLine(
        name=name_of(document, "task_types", name),
        measured=texts.number(fit["measured"]),
        mean=texts.number(fit["mean_minutes"], 1),
        family=family,
        told=told,
        is_good=is_good,
    )
