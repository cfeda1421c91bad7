"""How people pick, by group: how often the head was left, for what, and what they went for instead."""

import numpy as np
import pandas as pd

from reports.operations.chance import permute_within
from reports.operations.record import Record, share
from reports.operations.workload import ALL
from reports.picking.choices import LEAVES, NO_LEAVE, Choices, leave_heads_out, select, split

DRAWS = 999

COLUMNS = (
    "num_picks",
    "num_choices",
    "num_head",
    "num_excused",
    "num_deviations",
    "deviation_share",
    "by_lot_share",
    "passed_over_mean",
    "inversions_share",
    "shortest_lift",
    "same_type_lift",
    "shortness",
    "shortness_expected",
    "p",
    "choose_median_s",
    "choose_hours",
)


def measure_picking(choices: Choices, by: str = "team", *, seed: int, draws: int = DRAWS) -> pd.DataFrame:
    """Return how people pick: of everybody (`ALL`), and of each team or agent: `by` and `COLUMNS`.

    num_picks, num_choices
        Tasks taken, and those of them with two or more to choose from; all else is counted over these.
    num_head, num_excused, num_deviations
        Where the head was taken, or one as good; where something excuses that it was not; the rest.
    deviation_share
        Deviations over choices.
    by_lot_share
        What part of choices would not have been the head if people drew lots.
    passed_over_mean
        Tasks passed over, mean over deviations.
    inversions_share
        Pairs of a task taken and one that waited then and was to come first, over all pairs of a task taken and one
        that waited then, without the excused: Kendall's distance from the right order, 0 to 1.
    shortest_lift, same_type_lift
        How many times as often as by lot the shortest was taken, or one of the type before; over choices in which not
        all are alike.
    shortness, shortness_expected, p
        Over deviations: the mean share of the others, without the head, that are longer than what was taken, what lot
        would give within the same choice sets, and the chance of as much under lot (permutation within choice sets; NaN
        without any). The head is left out as who deviates has not taken it, long or short.
    choose_median_s, choose_hours
        From looking to taking, where the desk saw it.
    """
    names = choices.frame[by].fillna(ALL).to_numpy(dtype=object)
    codes, found = pd.factorize(names, sort=True)
    rows = [{by: ALL, **_measure(choices)}]
    parts = split(choices, codes, len(found))
    rows += [{by: name, **_measure(part)} for name, part in zip(found, parts, strict=True) if name != ALL]
    made = pd.DataFrame(rows)
    tests = _test(choices, codes, len(found), seed=seed, draws=draws)
    overall = _test(choices, np.zeros(len(codes), dtype=np.int64), 1, seed=seed, draws=draws)
    kept = [n for n, name in enumerate(found) if name != ALL]
    for name, whole, each in zip(("shortness", "shortness_expected", "p"), overall, tests, strict=True):
        made[name] = [float(whole[0]) if len(whole) else np.nan, *(float(each[n]) for n in kept)]
    return made[[by, *COLUMNS]]


def _measure(choices: Choices) -> dict[str, float | int | None]:
    frame = choices.frame
    real, passed, deviates = choices.has_choice, choices.passed_over, choices.is_deviation
    deviates = deviates & real
    excused = real & (passed > 0) & ~deviates
    sizes = frame["num_eligible"].to_numpy(dtype=np.float64)
    counted = real & ~excused
    waited = frame["choose_s"].to_numpy(dtype=np.float64)
    waited = waited[~np.isnan(waited)]
    return {
        "num_picks": len(frame),
        "num_choices": int(real.sum()),
        "num_head": int((real & (passed == 0)).sum()),
        "num_excused": int(excused.sum()),
        "num_deviations": int(deviates.sum()),
        "deviation_share": share(deviates.sum(), real.sum()),
        "by_lot_share": float((1 - 1 / sizes[real]).mean()) if real.any() else None,
        "passed_over_mean": float(passed[deviates].mean()) if deviates.any() else None,
        "inversions_share": share(passed[counted].sum(), (sizes[counted] - 1).sum()),
        "shortest_lift": _lift(choices, choices.is_shortest()),
        "same_type_lift": _lift(choices, choices.is_same),
        "choose_median_s": float(np.median(waited)) if len(waited) else None,
        "choose_hours": float(waited.sum()) / 3600 if len(waited) else None,
    }


def _lift(choices: Choices, is_wanted: np.ndarray) -> float | None:
    """Return how many times as often as by lot what was taken is as wanted, where some of the set is and some not."""
    if len(choices) == 0:
        return None
    begins = choices.first[:-1]
    wanted = np.add.reduceat(np.where(is_wanted, choices.count, 0.0), begins)
    total = np.add.reduceat(choices.count, begins)
    is_open = (wanted > 0) & (wanted < total)
    by_lot = float((wanted[is_open] / total[is_open]).sum())
    met = float(is_wanted[begins + choices.taken][is_open].sum())
    return share(met, by_lot)


def _test(
    choices: Choices, codes: np.ndarray, num_groups: int, *, seed: int, draws: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return shortness over deviations, what lot gives, and the p-value, by group."""
    chosen = choices.is_deviation & choices.has_choice
    some = leave_heads_out(select(choices, chosen))
    return permute_within(
        some.shortness(),
        some.first,
        some.taken,
        codes[chosen],
        count=some.count,
        num_groups=num_groups,
        draws=draws,
        seed=seed,
    )


def count_leaves(choices: Choices, by: str = "team") -> pd.DataFrame:
    """Return what excused passing over the head, before anything is called a deviation: `by`, `leave`, `num`, `share`.

    The share is of choices in which the head was not taken.
    """
    passed = (choices.passed_over > 0) & choices.has_choice
    frame = choices.frame[passed]
    made = frame.assign(num=1).groupby([by, "leave"], sort=True)["num"].sum().reset_index()
    whole = frame.assign(leave=frame["leave"], num=1).groupby("leave", sort=True)["num"].sum().reset_index()
    made = pd.concat([whole.assign(**{by: ALL}), made], ignore_index=True)
    totals = made.groupby(by)["num"].transform("sum")
    made["share"] = made["num"] / totals
    made["meaning"] = [
        LEAVES.get(leave, "nothing excuses it" if leave == NO_LEAVE else leave) for leave in made["leave"]
    ]
    return made[[by, "leave", "meaning", "num", "share"]]


def measure_by_rule(choices: Choices, by: str = "team") -> pd.DataFrame:
    """Return, where the queue's rule is not known, how picking looks by each rule that it may have had.

    Columns: `by`, `rule`, `num_choices`, `head_share`, `by_lot_share`, `inversions_share`.
    """
    real = choices.has_choice
    sizes = choices.frame["num_eligible"].to_numpy(dtype=np.float64)
    rows = []
    for rule, ranks in sorted(choices.other_ranks.items()):
        made = pd.DataFrame(
            {
                by: choices.frame[by],
                "num_choices": 1,
                "num_head": (ranks == 1).astype(np.int64),
                "by_lot": 1 - 1 / np.maximum(sizes, 1),
                "passed": ranks - 1,
                "pairs": sizes - 1,
            }
        )[real]
        parts = [
            (ALL, made.drop(columns=by).sum()),
            *((name, group.drop(columns=by).sum()) for name, group in made.groupby(by, sort=True)),
        ]
        rows += [
            {
                by: name,
                "rule": rule,
                "num_choices": int(total["num_choices"]),
                "head_share": share(total["num_head"], total["num_choices"]),
                "by_lot_share": share(total["by_lot"], total["num_choices"]),
                "inversions_share": share(total["passed"], total["pairs"]),
            }
            for name, total in parts
        ]
    return pd.DataFrame(rows, columns=[by, "rule", "num_choices", "head_share", "by_lot_share", "inversions_share"])


def measure_throughput(record: Record, by: str = "team") -> pd.DataFrame:
    """Return tasks an hour and, adjusted for complexity, standard minutes an hour of handling, of what was completed.

    Who picks short tasks completes many an hour and not more work. Columns: `by`, `num_tasks`, `handling_hours`,
    `tasks_an_hour`, `standard_minutes_an_hour`, `mean_standard_minutes`.
    """
    done = record.tasks[record.completed_within()]
    done = done[(done["handling_minutes"] > 0) & done["standard_minutes"].notna() & done[by].notna()]
    grouped = done.groupby(by, sort=True)
    made = pd.DataFrame(
        {
            "num_tasks": grouped.size(),
            "handling_hours": grouped["handling_minutes"].sum() / 60,
            "standard_minutes": grouped["standard_minutes"].sum(),
        }
    ).reset_index(names=by)
    made["tasks_an_hour"] = made["num_tasks"] / made["handling_hours"]
    made["standard_minutes_an_hour"] = made["standard_minutes"] / made["handling_hours"]
    made["mean_standard_minutes"] = made["standard_minutes"] / made["num_tasks"]
    return made.drop(columns="standard_minutes")
