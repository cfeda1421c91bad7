"""The page on event logs says what the code does."""

import re
from dataclasses import fields
from pathlib import Path

import typer.main

from api.cli.imports import app
from models.formats.event_logs.labels import PLACEHOLDERS
from models.formats.event_logs.log import LOG_RULES, LogColumns, LogRule
from models.formats.event_logs.pairing import TRANSITIONS
from simulations.discovery import DiscoveryRule
from simulations.discovery.discover import DISCOVERY_RULES
from simulations.discovery.skills import LEVELS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "formats" / "event-log.md").read_text(encoding="utf-8")
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| `([^`]+)` \| (.*?) \|(?: (.*?) \|)?$", PAGE, re.MULTILINE)}


def test_every_rule_is_told_in_its_own_words() -> None:
    assert set(LOG_RULES) == set(LogRule)
    assert set(DISCOVERY_RULES) == set(DiscoveryRule)
    for rule, meaning in (*LOG_RULES.items(), *DISCOVERY_RULES.items()):
        assert ROWS[rule.value][0] == meaning


def test_every_option_is_told() -> None:
    command = typer.main.get_command(app).commands["log"]  # type: ignore[attr-defined]
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    assert [option for option in sorted(options) if f"`{option}" not in PAGE] == []
    assert len([name for name in ROWS if name.startswith("--")]) == len(fields(LogColumns)) + 4


def test_every_transition_and_placeholder_is_told() -> None:
    assert all(f"`{name}`" in PAGE for name in TRANSITIONS)
    assert all(f"`{word}`" in PAGE for word in ("null", "none", "nan", "unknown", "empty", "unassigned"))
    assert {"null", "none", "nan", "unknown", "empty", "unassigned"} <= PLACEHOLDERS


def test_the_levels_are_told() -> None:
    assert "1 from the first instance, 2 from 5, 3 from 20, 4 from 80, 5 from 320" in " ".join(PAGE.split())
    assert LEVELS == (1, 5, 20, 80, 320)
