"""The words of the day chart, in a language: `{name}` in a text stands for a value that the chart fills in."""

from typing import Any

from api.language.texts import Texts


def chart_words(texts: Texts) -> dict[str, Any]:
    """Return what the chart says, by the keys of `api/static/day-chart`."""
    return {"language": texts.language, **_calendar(texts), **_tasks(texts), **_tools(texts), **_moves(texts)}


def _calendar(texts: Texts) -> dict[str, Any]:
    _ = texts.gettext
    return {
        "weekdays": [_("Sun"), _("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat")],
        "months": [
            *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), texts.pgettext("month", "May"), _("Jun")),
            *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
        ],
        "day": _("{weekday} {day} {month}"),
        "minutes": _("{count} min"),
        "hours": _("{count} h"),
        "days": _("{count} days"),
        "plan.at": _("Plan {clock}"),
        "now.at": _("Now {clock}"),
    }


def _tasks(texts: Texts) -> dict[str, str]:
    _ = texts.gettext
    return {
        "people.one": _("{count} person"),
        "people.many": _("{count} people"),
        "agents.one": _("{count} agent"),
        "agents.many": _("{count} agents"),
        "tasks.one": _("{count} task"),
        "tasks.many": _("{count} tasks"),
        "agent": _("Agent"),
        "team": _("Team"),
        "task": _("Task"),
        "type": _("Type"),
        "start": _("Start"),
        "end": _("End"),
        "planned": _("Planned"),
        "due": _("Due"),
        "client": _("Client"),
        "case": _("Case"),
        "weight": _("Weight"),
        "marks": _("Marks"),
        "break": _("break"),
        "off.duty": _("not on duty"),
        "no.tasks": _("no tasks"),
        "planned.share": _("{share} planned"),
        "due.share": _("{share} of {count} due on time"),
        "from.to": _("{start} to {end}"),
        "due.at": _("due {when}"),
        "due.was": _("was due {when}"),
        "due.late": _("late by {span}"),
        "due.spare": _("{span} to spare"),
        "lent.from": _("lent from {from}"),
        "lent.from.to": _("lent from {from} to {to}"),
        "mark.late": _("Late"),
        "mark.late.means": _("will end after its due"),
        "mark.risk": _("At risk"),
        "mark.risk.means": _("ends less than 30 minutes before its due"),
        "mark.overdue": _("Was overdue"),
        "mark.overdue.means": _("was overdue before the plan began"),
        "mark.lent": _("Lent"),
        "mark.lent.means": _("done outside the agent’s home team"),
        "mark.pinned": _("Pinned"),
        "mark.pinned.means": _("only this agent may do it"),
        "mark.pinned.said": _("pinned"),
        "mark.open": _("In progress"),
        "mark.open.means": _("was already begun"),
        "mark.open.said": _("in progress"),
    }


def _tools(texts: Texts) -> dict[str, str]:
    _ = texts.gettext
    return {
        "chart.label": _(
            "Day chart of {agents} and {tasks}. Arrow keys move from task to task and from person to person."
        ),
        "toolbar": _("What the chart shows"),
        "team.all": _("All teams"),
        "find": _("Find a person, task, case or client"),
        "find.hint": _("Find a person, task, client …"),
        "marks.only": _("Show only tasks that are"),
        "zoom": _("Zoom"),
        "zoom.in": _("Zoom in"),
        "zoom.out": _("Zoom out"),
        "fit": _("Fit"),
        "fit.long": _("Fit the day into the width"),
        "now": _("Now"),
        "now.long": _("Now: go to the present, or to where the plan begins"),
        "table": _("Table"),
        "table.long": _("Table: the same for reading line by line"),
        "table.label": _("Table of tasks"),
        "table.caption": _("Tasks {from} to {to} of {count}, by agent and start"),
        "previous": _("Previous"),
        "next": _("Next"),
        "page.of": _("Page {page} of {pages}"),
        "matching": _("{counts} match"),
        "nothing.matches": _("Nobody and nothing matches. Choose another team, or clear the search."),
        "not.loaded": _("The plan could not be loaded. Load the page again."),
        "keys": _("Keys"),
        "key.arrows": "← →",
        "key.arrows.does": _("previous, next task"),
        "key.updown": "↑ ↓",
        "key.updown.does": _("person above, below, at the same time of day"),
        "key.ends": _("Home End"),
        "key.ends.does": _("first, last task of the person"),
        "key.pages": _("Page Up, Page Down"),
        "key.pages.does": _("a screen up, down"),
        "key.zoom": "+ − 0",
        "key.zoom.does": _("zoom in, out, fit"),
        "key.wheel": _("Ctrl + wheel"),
        "key.wheel.does": _("zoom where the pointer is"),
        "key.fold": _("Enter on a team"),
        "key.fold.does": _("fold or unfold it"),
        "key.escape": _("Esc"),
        "key.escape.does": _("hide the details"),
    }


def _moves(texts: Texts) -> dict[str, str]:
    _ = texts.gettext
    return {
        "move": _("Move…"),
        "move.long": _("Move the chosen task (M)"),
        "move.group": _("Moving tasks"),
        "move.panel": _("Move a task"),
        "move.title": _("Moving: {title}"),
        "move.time": _("From"),
        "move.drop": _("Move here"),
        "move.cancel": _("Cancel"),
        "move.cancelled": _("Nothing was moved."),
        "move.pick": _("Choose a task on the chart first, then move it."),
        "move.close": _("Close"),
        "move.foreign": _("This is a task of {team}. Only its lead or a planner can move it."),
        "move.open": _("This task is in progress: it stays with whoever has begun it."),
        "move.asking": _("What this would cost is being worked out."),
        "move.again": _("Try it on the newer plan"),
        "move.show": _("Show the newer plan"),
        "move.signed.out": _("Your session has ended. Sign in again; nothing was moved."),
        "move.stranger": _("Not possible: {agent} is of {team}, which you do not lead."),
        "move.forbidden": _("This task or this person is not of a team that you lead. Nothing was moved."),
        "move.failed": _("That went wrong here, and nothing was moved. Load the page again."),
        "move.unreached": _("The server cannot be reached. Nothing was lost: try again when the connection is back."),
        "undo": _("Undo"),
        "undo.long": _("Undo the last move"),
        "key.move": "M",
        "key.move.does": _("pick up the task"),
        "key.move.arrows": "← → ↑ ↓",
        "key.move.arrows.does": _("hold it at another place, over another person"),
        "key.move.shift": _("Shift + ← →"),
        "key.move.shift.does": _("five minutes earlier, later"),
        "key.move.drop": _("Enter, Esc"),
        "key.move.drop.does": _("move it there, put it back"),
        "key.undo": _("Ctrl + Z"),
        "key.undo.does": _("undo the last move"),
    }
