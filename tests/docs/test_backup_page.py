"""The page on backups: its manifest is read, and its kinds are those that there are."""

import json
import re
from pathlib import Path

from models.formats.backups.manifest import Kind, manifest_document, parse_manifest

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "backup.md").read_text(encoding="utf-8")


def test_the_example_is_a_manifest() -> None:
    found = re.search(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    document = json.loads(found[1])
    manifest = parse_manifest(document, file="backup.md")
    assert manifest.num_rows == 6
    assert manifest_document(manifest) == document


def test_every_kind_of_column_is_told() -> None:
    rows = "\n".join(line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `"))
    assert {kind.value for kind in Kind} <= set(re.findall(r"`(\w+)`", rows))
