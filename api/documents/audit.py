"""The audit trail as JSON and as lines of text."""

from typing import Any

from api.documents.words import count_of
from models.repositories.audit import Change
from models.repositories.seals import Tail
from models.time import format_instant
from services.audit.verifying import Verdict


def change_document(change: Change) -> dict[str, Any]:
    """Return a change as JSON."""
    return {**vars(change), "at": format_instant(change.at)}


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """Return what checking the chain gave as JSON."""
    return {
        "holds": verdict.holds,
        "anchor": verdict.anchor,
        "seals": verdict.num_seals,
        "events": verdict.num_events,
        "changes": verdict.num_changes,
        "first_break": None if verdict.first_break is None else dict(vars(verdict.first_break)),
        "unsealed": {"events": tail_document(verdict.event_tail), "changes": tail_document(verdict.change_tail)},
    }


def tail_document(tail: Tail) -> dict[str, Any]:
    """Return what lies under no seal yet as JSON."""
    first_at = None if tail.first_at is None else format_instant(tail.first_at)
    return {"count": tail.count, "first_id": tail.first_id, "first_at": first_at}


def verdict_lines(verdict: Verdict) -> list[str]:
    """Return what checking the chain gave as lines of text."""
    rows = f"{count_of(verdict.num_events, 'event')} and {count_of(verdict.num_changes, 'change')}"
    checked = f"{count_of(verdict.num_seals, 'seal')} over {rows}"
    lines = [
        f"{checked} {'holds' if verdict.num_seals == 1 else 'hold'}" if verdict.holds else f"broken after {checked}"
    ]
    if verdict.first_break is not None:
        seal = verdict.first_break.seal
        lines.append(f"{'beyond the chain' if seal is None else f'seal {seal}'}: {verdict.first_break.what}")
    for one, tail in (("event", verdict.event_tail), ("change", verdict.change_tail)):
        if tail.count and tail.first_at is not None:
            lines.append(
                f"under no seal yet: {count_of(tail.count, one)}, from number {tail.first_id} of "
                f"{format_instant(tail.first_at)} on"
            )
    if verdict.anchor is not None:
        lines.append(f"anchor {verdict.anchor}")
    return lines
