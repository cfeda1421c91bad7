"""The page about the design names every part that there is, and the page of components shows it."""

import re
from pathlib import Path

from jinja2 import nodes

import api
from api.documents.render import page_environment

ROOT = Path(__file__).parents[2]
TEMPLATES = Path(api.__file__).parent / "templates"
ROW = re.compile(r"^\| `(\w+\.\w+)` \|", re.MULTILINE)
KIND = re.compile(r'^  "([a-z-]+)": \(', re.MULTILINE)


def parts() -> set[str]:
    """All macros that pages import, such as `forms.button`."""
    found = set()
    for path in (TEMPLATES / "parts").glob("*.html"):
        tree = page_environment().parse(path.read_text(encoding="utf-8"))
        found |= {f"{path.stem}.{macro.name}" for macro in tree.find_all(nodes.Macro) if macro.name[0] != "_"}
    return found


def test_every_part_is_named_and_shown() -> None:
    named = set(ROW.findall((ROOT / "docs" / "design.md").read_text(encoding="utf-8")))
    shown = "".join(path.read_text(encoding="utf-8") for path in (TEMPLATES / "design").glob("*.html"))
    assert named == parts()
    assert {part for part in parts() if f"{part}(" not in shown and f"{part.partition('.')[2]}(" not in shown} == set()


def test_every_state_is_named_and_shown() -> None:
    kinds = set(KIND.findall((TEMPLATES / "parts" / "marks.html").read_text(encoding="utf-8")))
    row = next(
        line for line in (ROOT / "docs" / "design.md").read_text(encoding="utf-8").splitlines() if "marks.badge" in line
    )
    shown = (TEMPLATES / "design" / "controls.html").read_text(encoding="utf-8")
    assert len(kinds) > 20
    assert [kind for kind in kinds if not re.search(rf"[ :]{kind}[,; ]", row)] == []
    assert [kind for kind in kinds if f'"{kind}"' not in shown] == []
