"""Who is asked at the epochs of a scenario."""

from models.time import SECONDS_PER_MINUTE
from services.simulating.assembly import Assembly
from simulations.planning.live import Decider


def make_decider(assembly: Assembly) -> Decider | None:
    """Return the optimizer in the loop, None where the policy of a scenario does not ask for it."""
    policy = assembly.scenario.policy
    if policy.routing != "planned" and policy.swing.mode != "planned":
        return None
    from simulations.planning.planner import Planner  # noqa: PLC0415 (the solver takes a while to load)

    return Planner(
        assembly.layout,
        iterations=policy.planned.iterations,
        every_s=policy.planned.replan_minutes * SECONDS_PER_MINUTE,
    )
