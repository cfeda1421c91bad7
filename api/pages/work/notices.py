"""What an agent is told where something did not come about, or changed without them: why, and what to do."""

from dataclasses import dataclass

from api.language.texts import Texts
from api.pages.work.acting import OF_AGENTS, ActForm
from api.pages.work.words import ACTS, lost_text
from models.errors import NotFoundError, SwingdeskError, UsageError
from models.vocabulary_live import Presence, TaskStage
from services.live.lost_tasks import LostTask
from services.live.own_work import OwnWork


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something to be told once: what, why, and what to do."""

    title: str
    text: str
    advice: str


def tell_refusal(
    texts: Texts, name: str, form: ActForm, error: SwingdeskError, *, work: OwnWork, lost: LostTask | None
) -> Notice:
    """Return what to tell of a press that could not be noted.

    Parameters
    ----------
    work
        Where the agent stands now.
    lost
        What became of the task that it was about, where it is not in hand.
    """
    text, advice = _explain(texts, name, error, work=work, lost=lost)
    at = int(form.at) if form.at.isascii() and form.at.isdigit() else work.at
    act = ACTS[name](texts) if name in ACTS else name
    return Notice(
        title=texts.gettext("“%(act)s” of %(at)s was not noted", act=act, at=texts.moment(at)), text=text, advice=advice
    )


def tell_lost(texts: Texts, lost: LostTask) -> Notice:
    """Return what to tell of a task that left an agent's hand without them."""
    return Notice(
        title=texts.gettext("“%(title)s” is no longer yours", title=_title(lost)),
        text=lost_text(texts, lost, title=_title(lost)),
        advice=texts.gettext("What you worked on it stays noted. If you had finished it, tell your lead."),
    )


def _explain(
    texts: Texts, name: str, error: SwingdeskError, *, work: OwnWork, lost: LostTask | None
) -> tuple[str, str]:
    is_out = work.state.presence is Presence.OUT
    held = work.held[0] if work.held else None
    look = texts.gettext("The page shows how things stand now.")
    if is_out and name not in {"sign-in", "sign-out"}:
        at = texts.moment(work.state.since) if work.state.version else ""
        said = texts.gettext("You are not at the desk since %(at)s.", at=at) if at else texts.told(str(error))
        return said, texts.gettext("Start your day, and tell your lead what you did meanwhile.")
    if name == "claim":
        if lost is not None:
            return lost_text(texts, lost, title=_title(lost)), texts.gettext("Take another one, or go on with yours.")
        return _plain(texts, error), look
    if lost is not None and name not in OF_AGENTS:
        return (
            lost_text(texts, lost, title=_title(lost)),
            texts.gettext("What you worked on it stays noted. If you had finished it, tell your lead."),
        )
    if name == "skip" and not work.skips_left and held is not None and held.state.state is TaskStage.CLAIMED:
        said = texts.ngettext(
            "You have skipped %(num)s task today, which is the most.",
            "You have skipped %(num)s tasks today, which is the most.",
            work.most_skips,
        )
        return said, texts.gettext("Start it, or give it back with a reason.")
    if name == "pend" and isinstance(error, UsageError):
        return (
            texts.gettext("That is no time at which it could come back."),
            texts.gettext("Choose one from now on and within a year."),
        )
    return _plain(texts, error), look


def _plain(texts: Texts, error: SwingdeskError) -> str:
    if isinstance(error, NotFoundError):
        return texts.gettext("There is no such task or team any more.")
    if isinstance(error, UsageError):
        return texts.gettext("What was sent cannot be used (%(detail)s).", detail=texts.told(str(error)))
    return texts.gettext("Things stand otherwise by now (%(detail)s).", detail=texts.told(str(error)))


def _title(lost: LostTask) -> str:
    return lost.title or lost.task_id
