"""The demo office: an invented back office in Madrid, drawn from a seed, to plan, rehearse and report on."""

from simulations.demo_office.generate import DEMO_DAY, DEMO_OPENING, demo_calendar, generate_office

__all__ = ["DEMO_DAY", "DEMO_OPENING", "demo_calendar", "generate_office"]
