"""An office read off an event log: task types, standards, people, teams, hours, rosters, and its queue at any time."""

from simulations.discovery.discover import Discovery, DiscoveryOptions, DiscoveryRule, discover_office
from simulations.discovery.queue import open_work
from simulations.discovery.rosters import Roster

__all__ = ["Discovery", "DiscoveryOptions", "DiscoveryRule", "Roster", "discover_office", "open_work"]
