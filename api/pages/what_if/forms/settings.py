"""Forms of the question itself: days and replications; the search for staffing; and all of it as JSON."""

from collections.abc import Mapping
from typing import Any

from api.language.texts import Texts
from api.pages.what_if.forms.choices import describe_group, list_named
from api.pages.what_if.forms.entries import (
    Entry,
    Kind,
    Line,
    Part,
    Sheet,
    entry_of,
    get_at,
    read_texts,
    set_at,
    write_texts,
)

DEFAULT_TARGET = 0.9
ON_TIME = "overall.on_time_share"
SOUGHT = "?sought"
"""Whether the heads of a group are sought."""


def build_settings(document: Mapping[str, Any], texts: Texts) -> Sheet:
    """Return the form of the days and the replications."""
    return Sheet(
        parts=(
            Part(
                title=texts.gettext("What is looked at"),
                entries=(
                    entry_of(document, ("name",), texts.gettext("Name"), kind=Kind.TEXT),
                    entry_of(
                        document,
                        ("start",),
                        texts.gettext("Begins"),
                        kind=Kind.TEXT,
                        hint=texts.gettext("A day and a time, such as 2026-03-02T00:00:00+01:00."),
                    ),
                    entry_of(document, ("days",), texts.gettext("Days"), kind=Kind.WHOLE),
                    entry_of(
                        document,
                        ("warm_up_days",),
                        texts.gettext("Days that do not count yet"),
                        hint=texts.gettext("What comes in on them is left out; auto finds how many."),
                        default=0,
                    ),
                ),
            ),
            Part(
                title=texts.gettext("How often it is simulated"),
                note=texts.gettext("More replications make intervals narrower: four times as many halve them."),
                entries=(
                    entry_of(document, ("replications",), texts.gettext("Replications"), kind=Kind.WHOLE, default=30),
                    entry_of(
                        document,
                        ("seed",),
                        texts.gettext("Random numbers"),
                        kind=Kind.WHOLE,
                        hint=texts.gettext("The same number gives the same chance."),
                        default=0,
                    ),
                    entry_of(
                        document,
                        ("precision", "half_width"),
                        texts.gettext("Go on until the interval reaches so far to each side"),
                        hint=texts.gettext("0.01 is one percentage point of a share. Comparisons do not look at it."),
                    ),
                    entry_of(
                        document,
                        ("precision", "metric"),
                        texts.gettext("Of this figure"),
                        kind=Kind.TEXT,
                        hint=texts.gettext("Such as overall.on_time_share."),
                    ),
                ),
            ),
        )
    )


def finish_settings(document: dict[str, Any]) -> None:
    """Take away a precision that was emptied; one without a figure is of the share on time."""
    precision = document.get("precision")
    if precision is None:
        return
    if precision.get("half_width") is None:
        del document["precision"]
    elif precision.get("metric") is None:
        precision["metric"] = ON_TIME


def build_staffing(document: Mapping[str, Any], texts: Texts) -> Sheet:
    """Return the form of the search for staffing: how many people each group may have, and what is to be reached."""
    limits = get_at(document, ("staffing", "groups")) or {}
    target = _target(document)
    names = dict(list_named(document, "agents"))
    return Sheet(
        parts=(
            Part(
                title=texts.gettext("What is to be reached"),
                entries=(
                    Entry(
                        path=("staffing", "targets", 0, "at_least"),
                        label=texts.gettext("On time, at least"),
                        kind=Kind.PERCENT,
                        unit="%",
                        is_required=True,
                        texts=write_texts(target.get("at_least", DEFAULT_TARGET), Kind.PERCENT),
                    ),
                    Entry(
                        path=("staffing", "targets", 0, "confidence"),
                        label=texts.gettext("And that with a certainty of"),
                        kind=Kind.PERCENT,
                        unit="%",
                        is_required=True,
                        texts=write_texts(target.get("confidence", 0.95), Kind.PERCENT),
                    ),
                ),
            ),
            Part(
                title=texts.gettext("How many people there may be"),
                note=" ".join(_notes(document, texts)),
                headings=(
                    texts.gettext("Group"),
                    texts.gettext("Now"),
                    texts.gettext("Sought"),
                    texts.gettext("Least"),
                    texts.gettext("Most"),
                    texts.gettext("Cost an hour"),
                ),
                lines=tuple(
                    Line(
                        name=names[group["id"]],
                        note=describe_group(group, texts),
                        facts=(texts.number(group.get("count", 1)),),
                        entries=_limits(document, group, limits.get(group["id"]), n, texts),
                    )
                    for n, group in enumerate(document["agents"])
                ),
            ),
        )
    )


def _notes(document: Mapping[str, Any], texts: Texts) -> list[str]:
    """Return what is to be known of the groups before any is sought, and what is missing to speak of cost."""
    told = [texts.gettext("Groups that are not sought keep the people they have. More groups take longer.")]
    priced = [group for group in document["agents"] if group.get("cost_per_hour")]
    if not priced:
        told.append(
            texts.gettext(
                "Nobody has a cost an hour yet, and no history tells it: as long as that is so, every hour counts as "
                "1, and what is sought is the fewest hours. Fill in what an hour costs, in any one currency."
            )
        )
    elif len(priced) < len(document["agents"]):
        told.append(
            texts.gettext("Beware: a group without a cost an hour is taken as free, and free people are added first.")
        )
    return told


def finish_staffing(document: dict[str, Any], sheet: Sheet) -> None:
    """Put what the form says into the document, its proposals too: groups that are sought, and the one target."""
    written = {entry.name: entry for entry in sheet.entries}

    def read(name: str) -> Any:
        return read_texts(written[name].texts, written[name].kind)

    staffing = document.setdefault("staffing", {})
    staffing["groups"] = {}
    for group in document["agents"]:
        name = group["id"]
        if written[f"{SOUGHT}.{name}"].texts:
            for side in ("min", "max"):
                set_at(staffing, ("groups", name, side), read(f"staffing.groups.{name}.{side}"))
    target = {"metric": ON_TIME}
    for key in ("at_least", "confidence"):
        target[key] = read(f"staffing.targets.0.{key}")
    staffing["targets"] = [target]


def _limits(
    document: Mapping[str, Any], group: Mapping[str, Any], limits: Mapping[str, Any] | None, position: int, texts: Texts
) -> tuple[Entry, ...]:
    count = int(group.get("count", 1))
    name = group["id"]
    least, most = (max(0, count - 3), count + 5) if limits is None else (limits.get("min", 0), limits.get("max"))
    return (
        Entry(
            path=(SOUGHT, name),
            label=texts.gettext("Sought"),
            kind=Kind.MANY,
            options=(("yes", texts.gettext("Sought")),),
            texts=("yes",) if limits is not None else (),
        ),
        Entry(
            path=("staffing", "groups", name, "min"),
            label=texts.gettext("Least"),
            kind=Kind.WHOLE,
            texts=(str(least),),
        ),
        Entry(
            path=("staffing", "groups", name, "max"),
            label=texts.gettext("Most"),
            kind=Kind.WHOLE,
            texts=("" if most is None else str(most),),
        ),
        entry_of(document, ("agents", position, "cost_per_hour"), texts.gettext("Cost an hour"), default=0),
    )


def _target(document: Mapping[str, Any]) -> Mapping[str, Any]:
    first = get_at(document, ("staffing", "targets", 0)) or {}
    return first if first.get("metric") == ON_TIME and "at_least" in first else {}
