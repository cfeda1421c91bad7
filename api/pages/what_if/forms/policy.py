"""The form of the policy: who does what next, who is lent, whether people choose, what changing work costs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from api.language.texts import Texts
from api.pages.what_if.forms.choices import routings, swing_modes
from api.pages.what_if.forms.entries import Entry, Kind, Part, Sheet, choice_of, entry_of, get_at
from api.pages.what_if.forms.work import distribution_of, tidy_distribution

TERMS = frozenset({"atc", "planned"})
"""Routings that have terms."""


def build_policy(document: Mapping[str, Any], texts: Texts) -> Sheet:
    """Return the form of the policy."""
    return Sheet(
        parts=(
            Part(
                title=texts.gettext("Who does what next"),
                entries=(
                    choice_of(
                        document,
                        ("policy", "routing"),
                        texts.gettext("The next task is chosen by"),
                        routings(texts),
                        default="atc",
                    ),
                    choice_of(
                        document,
                        ("policy", "idle_agent"),
                        texts.gettext("Of several who are free it is taken by"),
                        (
                            ("specialist", texts.gettext("Who can do least else")),
                            ("longest_idle", texts.gettext("Who has been free longest")),
                            ("fastest", texts.gettext("Who is fastest at it")),
                        ),
                        default="specialist",
                    ),
                    choice_of(
                        document,
                        ("policy", "shift_end"),
                        texts.gettext("At the end of a shift work in hand is"),
                        (
                            ("finish", texts.gettext("Finished, in overtime")),
                            ("resume", texts.gettext("Left until the next shift")),
                        ),
                        default="finish",
                    ),
                ),
            ),
            Part(
                title=texts.gettext("Lending"),
                entries=(
                    choice_of(
                        document,
                        ("policy", "swing", "mode"),
                        texts.gettext("People leave their home team"),
                        swing_modes(texts),
                        default="shared",
                    ),
                    entry_of(
                        document,
                        ("policy", "swing", "engage_tasks"),
                        texts.gettext("From so many waiting tasks on"),
                        kind=Kind.WHOLE,
                        hint=texts.gettext("Only where they leave from so many waiting tasks on."),
                    ),
                    entry_of(
                        document,
                        ("policy", "swing", "min_dwell_minutes"),
                        texts.gettext("And stay so many minutes"),
                        default=0,
                    ),
                ),
            ),
            Part(
                title=texts.gettext("Choosing"),
                entries=(
                    choice_of(
                        document,
                        ("policy", "selection", "mode"),
                        texts.gettext("The next task"),
                        (
                            ("push", texts.gettext("Is given: nobody chooses")),
                            ("pull", texts.gettext("Is chosen from the list")),
                        ),
                        default="push",
                    ),
                    *_named(
                        distribution_of(document, ("policy", "selection", "choose"), texts, is_required=False),
                        texts.gettext("Time to choose"),
                    ),
                    entry_of(
                        document,
                        ("policy", "selection", "cherry_pick"),
                        texts.gettext("Takes what they like"),
                        kind=Kind.PERCENT,
                        unit="%",
                        hint=texts.gettext("Of all choices."),
                        default=0,
                    ),
                    choice_of(
                        document,
                        ("policy", "selection", "prefers"),
                        texts.gettext("What they like"),
                        (
                            ("shortest", texts.gettext("The shortest")),
                            ("own_type", texts.gettext("The type they know best")),
                            ("newest", texts.gettext("The newest")),
                        ),
                        default="shortest",
                    ),
                ),
            ),
            Part(
                title=texts.gettext("Changing work"),
                note=texts.gettext("Minutes lost before a task of another type."),
                entries=(
                    entry_of(document, ("setup", "same_team_minutes"), texts.gettext("In the same team"), default=0),
                    entry_of(document, ("setup", "other_team_minutes"), texts.gettext("In another team"), default=0),
                ),
            ),
            Part(
                title=texts.gettext("Terms of the policy"),
                note=texts.gettext("Of urgency and importance, and of what the optimizer plans."),
                entries=(
                    entry_of(document, ("policy", "dispatch", "k"), texts.gettext("Look-ahead"), default=2),
                    entry_of(document, ("policy", "dispatch", "price"), texts.gettext("Scarce skills"), default=0),
                    entry_of(document, ("policy", "dispatch", "shift_fit"), texts.gettext("End of shift"), default=0),
                    entry_of(document, ("policy", "dispatch", "continuity"), texts.gettext("Same person"), default=0),
                    entry_of(
                        document,
                        ("policy", "planned", "replan_minutes"),
                        texts.gettext("Plan again after so many minutes"),
                        default=60,
                    ),
                    entry_of(
                        document,
                        ("policy", "planned", "iterations"),
                        texts.gettext("Candidates to try"),
                        kind=Kind.WHOLE,
                        default=2000,
                    ),
                ),
            ),
        )
    )


def finish_policy(document: dict[str, Any]) -> None:
    """Take away what belongs to another mode than the one that was chosen."""
    policy = document.get("policy") or {}
    if policy.get("routing", "atc") not in TERMS:
        policy.pop("dispatch", None)
    swing = policy.get("swing") or {}
    if swing.get("mode", "shared") != "threshold":
        swing.pop("engage_tasks", None)
        swing.pop("min_dwell_minutes", None)
    selection = policy.get("selection") or {}
    if selection.get("mode", "push") == "push":
        for name in ("choose", "cherry_pick", "prefers"):
            selection.pop(name, None)
    choose = get_at(selection, ("choose",))
    if isinstance(choose, dict):
        if not choose.get("distribution"):
            selection.pop("choose")
        tidy_distribution(choose)


def _named(entries: tuple[Entry, ...], name: str) -> tuple[Entry, ...]:
    """Return entries that say of what they are: their own words stand in other forms too."""
    return tuple(replace(entry, label=f"{name}: {entry.label[:1].lower()}{entry.label[1:]}") for entry in entries)
