"""The operator's guide: every setting and figure is told, and its samples are what they say."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from api.serving.metrics import Metrics
from models.database import Database
from services.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGE = (DOCS / "guide" / "operator.md").read_text("utf-8")
ROW = re.compile(rf"^\| `{PREFIX}(\w+)` \|.*\|([^|]*)\|$", re.MULTILINE)
MENTION = re.compile(rf"\b{PREFIX}([A-Z_]+[A-Z])\b")
VARIABLE = re.compile(rf"^{PREFIX}(\w+)=(.*)$", re.MULTILINE)
FIGURE = re.compile(r"\bswingdesk_http_\w+")


def _blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"there is no sample of {language}"
    return found


def _texts() -> list[str]:
    return [page.read_text("utf-8") for page in (*DOCS.rglob("*.md"), *ROOT.glob("*.md"))]


def test_every_setting_is_told_once_with_its_usual_value() -> None:
    told = [(name.lower(), usual) for page in _texts() for name, usual in ROW.findall(page)]
    usual_values = dict(told)
    fields = Settings.model_fields
    assert len(told) == len(usual_values), "a setting is told twice"
    assert sorted(name.lower() for name, _ in ROW.findall(PAGE)) == sorted(fields), "a setting is not told, or is none"
    for name, field in fields.items():
        usual = usual_values[name].strip().partition(";")[0].strip("`")
        default = "" if field.default in {"", ()} else field.default
        assert usual == default if isinstance(default, str) else float(usual) == default, name


def test_every_setting_that_is_named_anywhere_is_one() -> None:
    named = {name.lower() for page in _texts() for name in MENTION.findall(page)}
    assert named <= set(Settings.model_fields)


def test_the_samples_of_settings_are_taken() -> None:
    for sample in _blocks("ini"):
        given = {name.lower(): value for name, value in VARIABLE.findall(sample)}
        assert len(given) == len(sample.splitlines())
        taken = Settings(**given)
        assert taken.model_fields_set == set(given)


def test_every_figure_is_told_and_alarms_are_of_figures_and_routes_that_there_are() -> None:
    metrics = Metrics()
    metrics.end("GET", "/health", 200, seconds=0.1)
    kept = re.findall(r"^# TYPE (swingdesk_\w+?) \w+$", metrics.render().decode(), re.MULTILINE)
    names = {name for name in kept if not name.endswith("_created")}
    assert {name.removesuffix("_bucket") for name in FIGURE.findall(PAGE)} == names
    _, alarms = (YAML(typ="safe").load(sample) for sample in _blocks("yaml"))
    rules = alarms["groups"][0]["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 5
    routes = set(re.findall(r"^\| `[A-Z]+ (\S+)` \|", (DOCS / "access.md").read_text("utf-8"), re.MULTILINE))
    for rule in rules:
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert set(re.findall(r'route="([^"]+)"', rule["expr"])) <= routes


def test_the_units_are_well_formed(tmp_path: Path) -> None:
    unit, secret, nightly = _blocks("systemd")
    command = Path(sys.executable).parent / "swingdesk"
    for name, content in (("swingdesk", f"{unit}{secret}"), ("swingdesk-backup", nightly)):
        assert "/opt/swingdesk/.venv/bin/swingdesk" in content
        file = tmp_path / f"{name}.service"
        file.write_text(content.replace("/opt/swingdesk/.venv/bin/swingdesk", str(command)), "utf-8")
        if shutil.which("systemd-analyze"):  # Debian has it; a container may not
            ran = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, text=True, check=False)
            assert ran.returncode == 0, ran.stderr
            assert f"{name}.service:" not in ran.stderr, ran.stderr
    assert int(re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)[0]) > Settings().shutdown_seconds + 10


def test_the_script_runs_commands_by_the_settings_of_the_service(tmp_path: Path) -> None:
    (script,) = _blocks("bash")
    for name, url in (("environment", "sqlite:///served"), ("owner", "sqlite:///owned")):
        (tmp_path / name).write_text(f"{PREFIX}DATABASE_URL={url}\n", "utf-8")
    command = "runuser -u swingdesk -- /opt/swingdesk/.venv/bin/swingdesk"
    assert command in script
    here = script.replace("/etc/swingdesk", str(tmp_path)).replace("/var/lib/swingdesk", str(tmp_path))
    here = here.replace(f'{command} "$@"', f"printenv {PREFIX}DATABASE_URL")
    for given, expected in (
        ({}, "sqlite:///served"),
        ({"SETTINGS": "owner"}, "sqlite:///owned"),
        ({f"{PREFIX}DATABASE_URL": "sqlite:///trial"}, "sqlite:///trial"),
    ):
        environment = {"PATH": os.environ["PATH"], **given}
        ran = subprocess.run(["sh"], input=here, env=environment, capture_output=True, text=True, check=True)
        assert ran.stdout == f"{expected}\n"


@pytest.fixture
def addresses(postgres_server: Engine) -> Iterator[list[str]]:
    """The database that the guide's statements make, under names of its own: as its owner and as the server."""
    (statements,) = _blocks("sql")
    own = "guide_of_operators"
    before, _, after = statements.replace("swingdesk", own).partition(f"\\connect {own}\n")
    assert after
    url = postgres_server.url.set(database=own)
    with postgres_server.connect() as connection:
        try:
            for statement in before.strip().split(";\n"):
                connection.execute(text(statement))
            engine = create_engine(url)
            with engine.begin() as inside:
                for statement in after.strip().split(";\n"):
                    inside.execute(text(statement))
            engine.dispose()
            yield [
                url.set(drivername="postgresql", username=name, password=word).render_as_string(hide_password=False)
                for name, word in ((f"{own}_owner", "choose-one"), (own, "choose-another"))
            ]
        finally:
            connection.execute(text(f"DROP DATABASE IF EXISTS {own} WITH (FORCE)"))
            connection.execute(text(f"DROP ROLE IF EXISTS {own}_owner, {own}"))


def test_the_server_works_on_postgres_by_rights_that_change_no_table(
    addresses: list[str], swingdesk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    owner, server = addresses
    old = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    monkeypatch.chdir(tmp_path)

    def run(url: str, *words: str) -> None:
        monkeypatch.setenv(f"{PREFIX}DATABASE_URL", url)
        ran = swingdesk(*words)
        assert ran.code == 0, ran

    run(old, "import", "template", "office")
    run(old, "import", "tables", "office")
    run(old, "backup", "move.backup", "--quiet")
    run(owner, "restore", "move.backup", "--quiet")
    (tmp_path / "office" / "absences.csv").write_text("agent,start,end,reason\n", "utf-8")
    run(server, "import", "tables", "office")
    run(server, "principal", "create", "ada", "--role", "admin")
    run(server, "audit", "seal")
    run(server, "audit", "verify")
    run(server, "backup", "again.backup", "--quiet")
    with Database(server) as database:
        for forbidden in (
            "DROP TABLE events",
            "TRUNCATE events",
            "ALTER TABLE tasks ADD x int",
            "CREATE TABLE x (y int)",
        ):
            with (
                pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
                database.writing() as session,
            ):
                session.connection().execute(text(forbidden))
