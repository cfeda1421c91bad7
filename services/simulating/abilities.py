"""Who may do what: queues, and classes of agents with the queues that they take from, tier by tier."""

from dataclasses import dataclass, field

import numpy as np

from models.formats.scenarios.scenario import AgentGroup, Scenario, TaskType
from simulations.engine.columns import MOST_TIERS
from simulations.engine.layout import Reals, Wholes, Words


@dataclass
class _Class:
    level: int
    group: int
    home: int
    tiers: list[tuple[frozenset[int], bool]]
    """Teams of each tier, and whether they are held to the threshold."""
    after_dwell: int = -1
    reach: frozenset[int] = frozenset()
    """Teams besides, in which it may work when it is told to."""


@dataclass(kw_only=True)
class Abilities:
    """The classes of a scenario as columns."""

    class_whole: Wholes
    class_queues: Words
    class_engaged: Wholes
    class_all: Words
    class_speed: Reals
    class_next: Wholes
    queue_classes: Words
    queue_unheld: Words
    group_class: list[int] = field(default_factory=list)


def get_speed(group: AgentGroup, kind: TaskType) -> float:
    """Return the speed at which agents of a group do a type by their skills, 0 where they cannot."""
    wanted = {**kind.also_requires, kind.skill: max(kind.min_level, kind.also_requires.get(kind.skill, 1))}
    for skill, level in wanted.items():
        if skill not in group.skills or group.skills[skill].level < level:
            return 0.0
    return group.skills[kind.skill].speed


def list_teams(scenario: Scenario, group: AgentGroup) -> list[str]:
    """Return the teams whose work a group may do, home first."""
    swing = [] if scenario.policy.swing.mode == "off" else group.swing_teams
    return list(dict.fromkeys([group.team, *swing]))


def lay_out_abilities(scenario: Scenario, groups: list[AgentGroup], queue_type: list[int]) -> Abilities:
    """Return the classes of all groups, one for those who may do the same as fast; fewer skills come first."""
    teams = {team.id: n for n, team in enumerate(scenario.teams)}
    order = sorted(range(len(groups)), key=lambda position: (len(groups[position].skills), position))
    classes: list[_Class] = []
    following: list[tuple[int, int, int, int]] = []
    group_class = [0] * len(groups)
    by_type = [[get_speed(group, kind) for kind in scenario.task_types] for group in groups]
    alike: dict[tuple[object, ...], int] = {}
    for position in order:
        group = groups[position]
        own = [teams[name] for name in list_teams(scenario, group)]
        key = (len(group.skills), tuple(own), tuple(by_type[position]), group.max_moves is None)
        if key not in alike:
            alike[key] = len(classes)
            _add_classes(
                classes, following, scenario, len(group.skills), position, own, has_limit=group.max_moves is not None
            )
        group_class[position] = alike[key]
    queue_team = [teams[scenario.task_types[kind].team] for kind in queue_type]
    num_classes, num_queues = len(classes), len(queue_type)
    speed = np.zeros((num_classes, num_queues))
    queues = np.zeros((num_classes, MOST_TIERS, (num_queues + 63) // 64), dtype=np.uint64)
    of_queue = np.zeros((num_queues, (num_classes + 63) // 64), dtype=np.uint64)
    unheld = np.zeros_like(of_queue)
    for c, item in enumerate(classes):
        for queue, kind in enumerate(queue_type):
            if queue_team[queue] in item.reach.union(*(members for members, _ in item.tiers)):
                speed[c, queue] = by_type[item.group][kind]
            for tier, (members, is_held) in enumerate(item.tiers):
                if by_type[item.group][kind] > 0 and queue_team[queue] in members:
                    queues[c, tier, queue // 64] |= np.uint64(1 << (queue % 64))
                    of_queue[queue, c // 64] |= np.uint64(1 << (c % 64))
                    if not is_held:
                        unheld[queue, c // 64] |= np.uint64(1 << (c % 64))
    engaged = np.zeros((num_classes, MOST_TIERS), dtype=np.int64)
    for c, item in enumerate(classes):
        for tier, (_, is_engaged) in enumerate(item.tiers):
            engaged[c, tier] = is_engaged
    next_class = np.full((num_classes, len(teams), 2), -1, dtype=np.int64)
    for base, team, is_bound, after in following:
        next_class[base, team, is_bound] = after
    whole = [(item.level, len(item.tiers), item.home, item.after_dwell, item.group) for item in classes]
    return Abilities(
        class_whole=np.array(whole, dtype=np.int64).reshape(-1, 5),
        class_queues=queues,
        class_engaged=engaged,
        class_all=_pack(speed > 0),
        class_speed=speed,
        class_next=next_class,
        queue_classes=of_queue,
        queue_unheld=unheld,
        group_class=group_class,
    )


def _pack(is_member: np.ndarray) -> Words:
    """Return rows of flags as words of bits."""
    num_rows, num_columns = is_member.shape
    words = np.zeros((num_rows, (num_columns + 63) // 64), dtype=np.uint64)
    for row, column in zip(*np.nonzero(is_member), strict=True):
        words[row, column // 64] |= np.uint64(1 << (int(column) % 64))
    return words


def _add_classes(
    classes: list[_Class],
    following: list[tuple[int, int, int, int]],
    scenario: Scenario,
    level: int,
    group: int,
    own: list[int],
    *,
    has_limit: bool,
) -> None:
    """Add what agents of a group may be: free to do all, away and bound to stay, or without moves left."""
    home, away = own[0], own[1:]
    base = len(classes)

    def add(*tiers: tuple[set[int], bool], after_dwell: int = -1, reach: tuple[int, ...] = ()) -> int:
        made = [(frozenset(members), is_held) for members, is_held in tiers]
        classes.append(
            _Class(level=level, group=group, home=home, tiers=made, after_dwell=after_dwell, reach=frozenset(reach))
        )
        return len(classes) - 1

    if scenario.policy.swing.mode == "planned":
        for team in own:  # the first is home, where every shift begins
            following.append((base, team, 0, add(({team}, False), reach=tuple(own))))
            if has_limit:
                following.append((base, team, 1, add(({team}, False))))
        return
    if scenario.policy.swing.mode != "threshold":
        add((set(own), False))
        for team in own:
            following.append((base, team, 0, base))
            if has_limit:
                following.append((base, team, 1, add(({team}, False))))
        return
    add(({home}, False), (set(away), True))
    following.append((base, home, 0, base))
    if has_limit:
        following.append((base, home, 1, add(({home}, False))))
    for team in away:
        stays = add(({team}, False), ({home}, False), (set(away) - {team}, True), after_dwell=base)
        following.append((base, team, 0, stays))
        if has_limit:
            held = add(({team}, True))
            following.append((base, team, 1, add(({team}, False), after_dwell=held)))
