"""Does a plan meet its targets? Replications go on until that is clear."""

from dataclasses import dataclass

import numpy as np

from simulations.engine.layout import Reals
from simulations.staffing.question import Plan, StaffingQuestion
from simulations.staffing.trials import Trials
from simulations.statistics.bounds import Verdict, judge_mean, list_looks

FIRST_LOOK = 16
FIRST_FRESH = 64
REJECTION_ERROR = 0.02
"""With which a plan may be given up in the search though it meets its targets."""

_FUTILE_FROM = 1024
_TELLING = 2.5
"""Standard errors that a margin must have at least in the end to be called one."""

_LIKELY_ERROR = 0.1
"""With which a plan may go on to be confirmed though it misses a target."""


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Judges plans, with so many replications of each at most."""

    question: StaffingQuestion
    trials: Trials
    most: int
    most_searching: int
    """Before a plan is confirmed."""

    def judge(self, plan: Plan) -> Verdict:
        """Return whether a plan misses a target for sure, or is likely to meet all."""
        looks = list_looks(min(FIRST_LOOK, self.most_searching), self.most_searching)
        for look in looks:
            verdict = self.read(self.trials.look(plan, look), REJECTION_ERROR, _LIKELY_ERROR * len(looks), len(looks))
            if verdict == Verdict.MISSED or (verdict == Verdict.MET and look >= min(2 * FIRST_LOOK, self.most)):
                return verdict
        return Verdict.OPEN

    def has_missed(self, plan: Plan) -> bool:
        """Return whether a plan misses a target for sure, by the replications that there are."""
        looks = list_looks(min(FIRST_LOOK, self.most), self.most)
        rows = self.trials.look(plan, 0)
        return self.read(rows, REJECTION_ERROR, REJECTION_ERROR, len(looks)) == Verdict.MISSED

    def confirm(self, plan: Plan, share: float) -> tuple[Verdict, Reals]:
        """Return whether a plan meets its targets, by replications that the search has not seen, and those.

        Parameters
        ----------
        share
            Of each target's error, as several plans may be tried one after the other.
        """
        looks = list_looks(min(FIRST_FRESH, self.most), self.most)
        rows = np.empty((0, self.question.num_targets + 2))
        for look in looks:
            rows = np.concatenate([rows, self.trials.draw_fresh(plan, look - len(rows))])
            verdicts = [
                self._read_target(rows[:, n], error * share, error * share, len(looks))
                for n, error in enumerate(self.question.errors)
            ]
            if Verdict.MISSED in verdicts:
                return Verdict.MISSED, rows
            if all(verdict == Verdict.MET for verdict in verdicts):
                return Verdict.MET, rows
            if look >= _FUTILE_FROM and self._is_futile(rows):
                break
        return Verdict.OPEN, rows

    def _is_futile(self, rows: Reals) -> bool:
        """Return whether all the replications that are allowed would hardly tell either, as the margin is so small."""
        margins = rows[:, : self.question.num_targets]
        errors = np.nanstd(margins, axis=0) / np.sqrt(len(rows))
        best = (np.nanmean(margins, axis=0) + errors) * np.sqrt(self.most / len(rows))
        return bool((best < _TELLING * errors).any())

    def read(self, rows: Reals, missed_error: float, met_error: float, num_looks: int) -> Verdict:
        """Return what replications say of all targets, each answer with its own error."""
        verdicts = [
            self._read_target(rows[:, n], missed_error, met_error, num_looks) for n in range(self.question.num_targets)
        ]
        if Verdict.MISSED in verdicts:
            return Verdict.MISSED
        return Verdict.MET if all(verdict == Verdict.MET for verdict in verdicts) else Verdict.OPEN

    @staticmethod
    def _read_target(margins: Reals, missed_error: float, met_error: float, num_looks: int) -> Verdict:
        seen = margins[~np.isnan(margins)]
        if len(seen) == 0:
            return Verdict.OPEN
        if judge_mean(seen, missed_error, num_looks) == Verdict.MISSED:
            return Verdict.MISSED
        return Verdict.MET if judge_mean(seen, met_error, num_looks) == Verdict.MET else Verdict.OPEN
