"""Finding the least-cost staffing: cuts from simulation, a master that plans by them, and a last word from fresh runs.

A plan that misses a target forbids all plans with no more heads in any group. Beside these cuts, which hold wherever
more heads do no harm, planes through simulated plans say how much a head brings; they lead the search, and are raised
where a plan turns out better than they say. All plans share their random numbers; what was found is confirmed by
others, so that it is not merely the plan that was luckiest with them.

References
----------
Atlason, Epelman and Henderson (2004), Call center staffing with simulation and cutting plane methods. Annals of
Operations Research 127, 333-358.
Cezik and L'Ecuyer (2008), Staffing multiskill call centers via linear programming and simulation. Management Science
54(2), 310-323.
Veinott (1967), The supporting hyperplane method for unimodal programming. Operations Research 15(1), 147-152 (cuts are
made near the border, where they hold though shares on time are not concave far below it).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from models.errors import CancelledError
from simulations.engine.layout import Reals
from simulations.staffing.answer import Answer, Proof, Status
from simulations.staffing.judging import FIRST_LOOK, Judge
from simulations.staffing.master import Ceiling, Master, Near
from simulations.staffing.planes import Plane, measure_slopes
from simulations.staffing.question import Oracle, Plan, StaffingQuestion
from simulations.staffing.trials import Trials, get_means
from simulations.statistics.bounds import Verdict, share_error

MOST_REPLICATIONS = 10_000
"""Of one plan."""

_MOST_DESCENTS = 60
_MOST_REFUTATIONS = 200
_FEW_GROUPS = 3
"""So many are searched to the end; of more, short steps are taken first."""

_TOLERANCE = 1e-3
_STEPS = (12, 6, 3)
"""Heads that a step may change where there are many groups: fewer after steps that failed."""

_MOST_FAILURES = 12
_MOST_SEARCHING = 512
"""Replications of one of many plans that differ by little, before it is confirmed."""

_LOOK_OF_MANY = 24
"""Replications by which a head's worth is measured where there are many groups, of which each is worth little."""

_HOPELESS = 1.5
"""Standard deviations of a replication's figure by which a plan must be expected to miss a target to be left aside."""

Listener = Callable[[str, int], None]
"""Gets what is being done, and the replications so far."""


def find_staffing(
    question: StaffingQuestion,
    oracle: Oracle,
    *,
    most: int = MOST_REPLICATIONS,
    on_progress: Listener | None = None,
) -> Answer:
    """Return the cheapest plan that meets all targets.

    Parameters
    ----------
    most
        Replications of one plan; where these do not tell, a plan is not called one that meets its targets.
    on_progress
        Gets what is being done.
    """
    search = _Search(question, Trials(question, oracle), most, on_progress)
    try:
        return search.run()
    except CancelledError:
        return search.stop()


@dataclass
class _Search:
    question: StaffingQuestion
    trials: Trials
    most: int
    on_progress: Listener | None
    planes: dict[Plan, Plane] = field(default_factory=dict)
    cuts: list[Plan] = field(default_factory=list)
    undecided: list[Plan] = field(default_factory=list)
    dearer: list[Plan] = field(default_factory=list)
    """Plans that do, and cost more than the best because of their overtime."""
    best: Plan | None = None
    judge: Judge = field(init=False)
    _proof: Proof = Proof.NONE
    _checked: dict[Plan, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        searching = self.most if self._has_few_groups() else min(self.most, _MOST_SEARCHING)
        self.judge = Judge(question=self.question, trials=self.trials, most=self.most, most_searching=searching)

    def run(self) -> Answer:
        highs = self.question.highs
        self._say("all heads that there may be")
        if self.judge.judge(highs) == Verdict.MISSED:
            return self._answer(Status.IMPOSSIBLE, highs, Proof.DOMINATED)
        best: Plan | None = self._bisect(self.question.lows, highs)
        shares = share_error(1.0)
        while best is not None:
            self.best = best = self._descend(best)
            self.best = best = self._refute(best)
            if not self._has_few_groups() and self.judge.judge(best) != Verdict.MET:
                self._cut(best)  # a look of few replications led here
                best = self._climb()
                continue
            self._say("confirming")
            verdict, rows = self.judge.confirm(best, next(shares))
            if verdict == Verdict.MET:
                return self._answer(Status.FOUND, best, self._proof, rows)
            if verdict == Verdict.OPEN:
                self.undecided.append(best)
            self._cut(best)
            best = self._climb()
        return self._answer(Status.OPEN, highs, Proof.NONE)

    def stop(self) -> Answer:
        """Return what is known."""
        return self._answer(Status.STOPPED, self.best or self.question.highs, Proof.NONE)

    def _answer(self, status: Status, plan: Plan, proof: Proof, confirmed: Reals | None = None) -> Answer:
        return Answer(
            status=status,
            plan=plan,
            proof=proof,
            trials=self.trials,
            confirmed=confirmed,
            rejected=tuple(plan for plan in self.cuts if plan not in self.undecided),
            undecided=tuple(self.undecided),
        )

    def _say(self, what: str) -> None:
        if self.on_progress is not None:
            self.on_progress(what, self.trials.num_replications + self.trials.num_confirming)

    def _bisect(self, bad: Plan, good: Plan) -> Plan:
        """Return the plan on the way from one that may not do to one that does where that turns."""
        self._say("where it begins to do")
        if self._is_likely(bad):
            return bad
        while max(abs(a - b) for a, b in zip(bad, good, strict=True)) > 1:
            middle = tuple((a + b + (b > a)) // 2 for a, b in zip(bad, good, strict=True))
            if self._is_likely(middle):
                good = middle
            else:
                bad = middle
        return good

    def _descend(self, best: Plan) -> Plan:
        """Go to ever cheaper plans that should do by the planes, and by the look of few replications do.

        Of many groups, planes tell little far away: then steps are short, and shorter after they failed.
        """
        num_failed = 0
        for _ in range(_MOST_DESCENTS):
            self._say("cheaper plans that should do")
            self._add_plane(best)
            ceilings = self._ceilings(best)
            unlikely = [plan for plan in self.trials if _may_do(plan, ceilings) and not self._is_likely(plan)]
            plan = self._master(best).find_cheapest(
                ceilings,
                below=best,
                cuts=self.cuts,
                tried=[*unlikely, *self.dearer],
                near=self._near(best, num_failed),
            )
            if plan is None or num_failed >= _MOST_FAILURES:
                return best
            turn = plan if self._is_likely(plan) else self._bisect(plan, best)
            better = best
            if turn != best and self.question.count_cost(turn) < self.question.count_cost(best):
                better = self._take_cheaper(turn, best)
            if better != best:
                num_failed = 0
            elif self._has_few_groups():
                self._add_plane(plan)
            else:
                num_failed += 1
            best = better
        return best

    def _refute(self, best: Plan) -> Plan:
        """Try the most promising cheaper plan, until there is none, or none that promises anything."""
        self._proof = Proof.NONE
        num_groups = self.question.num_groups
        is_near = not self._has_few_groups()
        for attempt in range(1, _MOST_REFUTATIONS if self._has_few_groups() else 12 + num_groups):
            self._say("what could be cheaper")
            self._cut_what_missed()
            plan, promise = self._master(best).find_most_promising(
                self._ceilings(best),
                below=best,
                cuts=self.cuts,
                tried=self.dearer,
                near=self._near(best, _MOST_FAILURES) if is_near else None,
            )
            if plan is None or promise < -_HOPELESS:
                if is_near and promise < math.inf:
                    is_near = False  # there may be something farther away
                    continue
                if promise < math.inf:
                    self._proof = Proof.DOMINATED if plan is None else Proof.ESTIMATED
                return best
            verdict = self.judge.judge(plan)
            if verdict in (Verdict.MISSED, Verdict.OPEN):
                if verdict == Verdict.OPEN:
                    self.undecided.append(plan)
                self._cut(plan)
                if num_groups > 1 and attempt % (1 + num_groups) == 0:
                    self._add_plane(plan)
                continue
            cheaper = self._take_cheaper(plan, best)
            if cheaper != best:
                self.best = best = self._descend(cheaper)
                is_near = not self._has_few_groups()
        return best

    def _has_few_groups(self) -> bool:
        return self.question.num_groups <= _FEW_GROUPS

    def _near(self, plan: Plan, num_failed: int) -> Near | None:
        """Return how far from a plan to look; everywhere where there are few groups."""
        if self._has_few_groups():
            return None
        return plan, _STEPS[min(num_failed * len(_STEPS) // _MOST_FAILURES, len(_STEPS) - 1)]

    def _climb(self) -> Plan | None:
        """Return the next plan that should do, now that the best does not; None where all are forbidden."""
        self._say("dearer plans")
        while True:
            anchor = self.trials.anchor or self.question.highs
            tried = [plan for plan in self.trials if not self._is_likely(plan)]
            plan = self._master(anchor).find_cheapest(self._ceilings(anchor), below=None, cuts=self.cuts, tried=tried)
            if plan is None:
                allowed = [plan for plan in self.trials if self._is_likely(plan) and not self._is_cut(plan)]
                return min(allowed, key=self.question.count_cost, default=None)
            if self._is_likely(plan):
                return plan

    def _cut_what_missed(self) -> None:
        """Cut by plans that missed a target for sure when something else was asked of them."""
        for plan, rows in self.trials.rows.items():
            if self._checked.get(plan) != len(rows):
                self._checked[plan] = len(rows)
                if not self._is_cut(plan) and self.judge.has_missed(plan):
                    self._cut(plan)

    def _is_likely(self, plan: Plan) -> bool:
        """Return whether a plan meets its targets by the look of a few replications, corrected by the anchor."""
        self.trials.look(plan, min(FIRST_LOOK, self.most))
        means = self.trials.estimate(plan)[: self.question.num_targets]
        return bool(np.all((means >= 0) | np.isnan(means)))

    def _cut(self, plan: Plan) -> None:
        """Forbid a plan and those below it; only the largest are kept."""
        kept = [cut for cut in self.cuts if any(a > b for a, b in zip(cut, plan, strict=True))]
        self.cuts = [*kept, plan]

    def _is_cut(self, plan: Plan) -> bool:
        return any(all(a <= b for a, b in zip(plan, cut, strict=True)) for cut in self.cuts)

    def _take_cheaper(self, plan: Plan, best: Plan) -> Plan:
        """Return the plan that costs less with its overtime, on the same random numbers."""
        rows, others = self.trials.look(plan, 0), self.trials.look(best, 0)
        num = min(len(rows), len(others))
        if get_means(rows[:num])[-1] < get_means(others[:num])[-1] or np.isnan(rows[:num, -1]).all():
            return plan
        self.dearer.append(plan)
        return best

    def _add_plane(self, base: Plan) -> None:
        """Measure what a head more or less of each group changes."""
        if base in self.planes:
            return
        likely = self._is_likely(base)
        look = min(FIRST_LOOK if self._has_few_groups() else _LOOK_OF_MANY, self.most)
        self.trials.look(base, look)
        others = []
        for n, (low, high) in enumerate(zip(self.question.lows, self.question.highs, strict=True)):
            if low == high:
                continue
            step = -1 if (likely and base[n] > low) or base[n] == high else 1
            other = (*base[:n], base[n] + step, *base[n + 1 :])
            self.trials.look(other, look)
            others.append(other)
        slopes = measure_slopes(self.trials, base, others)
        slopes[:-1] = np.maximum(slopes[:-1], 0.0)
        self.planes[base] = Plane(base=base, slopes=slopes, lift=np.zeros(len(slopes)))

    def _ceilings(self, best: Plan) -> list[Ceiling]:
        """Return what the planes say of each target, in standard deviations of a replication."""
        scales = self._scales(best)
        made = []
        for plane in self.planes.values():
            plane.hear(self.trials)
            constants = plane.get_constants(self.trials)
            for n in range(self.question.num_targets):
                if not np.isnan(constants[n]):
                    slopes = np.clip(plane.slopes[n] / scales[n], -1e6, 1e6)
                    made.append(Ceiling(constant=float(np.clip(constants[n] / scales[n], -1e6, 1e6)), slopes=slopes))
        return made

    def _scales(self, best: Plan) -> Reals:
        rows = self.trials.look(best, FIRST_LOOK)[:, : self.question.num_targets]
        seen = np.where(np.isnan(rows), get_means(rows), rows)
        spread = np.nan_to_num(seen.std(axis=0), nan=0.0)
        steepest = np.max(
            [np.abs(p.slopes[: len(spread)]).max(axis=1) for p in self.planes.values()], axis=0, initial=0
        )
        scales: Reals = np.where(spread > 1e-9, spread, np.where(steepest > 1e-9, steepest, 1.0))
        return scales

    def _master(self, best: Plan) -> Master:
        """Return the master, with what heads change in overtime near the best plan."""
        plane = self.planes.get(best)
        if plane is None:
            return Master(self.question)
        return Master(self.question, plane.slopes[-1] - np.array(self.question.head_costs))


def _may_do(plan: Plan, ceilings: list[Ceiling]) -> bool:
    heads = np.array(plan)
    return all(ceiling.constant + float(ceiling.slopes @ heads) >= -_TOLERANCE for ceiling in ceilings)
