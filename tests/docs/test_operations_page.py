"""`docs/operations.md` names every setting of the server with its usual value, and every figure."""

import re
from pathlib import Path

from api.serving.metrics import Metrics
from services.settings import PREFIX, Settings

DOCS = Path(__file__).parents[2] / "docs"
ROW = re.compile(rf"^\| `{PREFIX}(\w+)` \|.*\|([^|]*)\|$", re.MULTILINE)


def test_every_setting_is_told_with_its_usual_value() -> None:
    told = {name.lower(): usual for page in DOCS.glob("*.md") for name, usual in ROW.findall(page.read_text("utf-8"))}
    fields = Settings.model_fields
    assert sorted(told) == sorted(fields), "a setting is told nowhere, or is none"
    for name, field in fields.items():
        usual = told[name].strip().partition(";")[0].strip("`")
        default = "" if field.default in {"", ()} else field.default
        assert usual == default if isinstance(default, str) else float(usual) == default, name


def test_every_figure_is_told() -> None:
    page = (DOCS / "operations.md").read_text("utf-8")
    told = set(re.findall(r"`(swingdesk_\w+)`", page))
    metrics = Metrics()
    metrics.end("GET", "/health", 200, seconds=0.1)
    kept = re.findall(r"^# TYPE (swingdesk_\w+?) \w+$", metrics.render().decode(), re.MULTILINE)
    assert told == {name for name in kept if not name.endswith("_created")}
