"""Styles and scripts: kept by browsers for as long as they stay what they are, and found by every page."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.documents import assets
from api.documents.assets import asset_path, edition_of_assets, static_folder
from api.frame import assets as frame

IMPORTED = re.compile(r'^import\b[^;"]*"([^"]+)"', re.MULTILINE)
NAMED = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@pytest.fixture
def asked(make_database_url: Callable[..., str], make_api: Callable[..., Any]) -> Any:
    return make_api(make_database_url("sqlite"))


def test_what_a_page_names_is_there_and_kept_for_good(asked: Any) -> None:
    page = asked.get("/sign-in", headers={"accept": "text/html"})
    named = NAMED.findall(page.text)
    assert asset_path("page.css") in named
    assert asset_path("shell.js") in named
    for address in named:
        answer = asked.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "cookie" not in answer.headers.get("vary", "").lower(), "it is the same whoever asks"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("address", ["/static/page.css", f"/static/{'0' * 16}/page.css"])
def test_without_its_edition_or_under_another_it_is_there_and_asked_for_again(asked: Any, address: str) -> None:
    answer = asked.get(address)
    assert answer.text == (static_folder() / "page.css").read_text()
    assert answer.headers["cache-control"] == "private, no-cache"


def test_what_is_not_there_is_nowhere_and_nobody_keeps_that(asked: Any) -> None:
    for address in (asset_path("none.css"), asset_path(""), asset_path("../app.py"), asset_path("%2e%2e/app.py")):
        answer = asked.get(address)
        assert answer.status_code == 404, address
        assert "immutable" not in answer.headers["cache-control"]


def test_any_change_makes_another_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(static_folder(), tmp_path / "static")
    monkeypatch.setattr(assets, "static_folder", lambda: tmp_path / "static")
    monkeypatch.setattr(assets, "read_assets", assets.read_assets.__wrapped__)
    find = edition_of_assets.__wrapped__
    seen = {find()}
    assert seen == {edition_of_assets()}, "it is the content that counts"
    (tmp_path / "static" / "shell.js").write_text("export const say = () => {};\n")
    seen.add(find())
    (tmp_path / "static" / "shell.js").rename(tmp_path / "static" / "other.js")
    seen.add(find())
    assert len(seen) == 3


def test_what_is_put_in_their_place_while_a_server_runs_is_kept_by_nobody(
    make_database_url: Callable[..., str], make_api: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (static_folder() / "shell.js").read_text()
    shutil.copytree(static_folder(), tmp_path / "static")
    for module in (assets, frame):
        monkeypatch.setattr(module, "static_folder", lambda: tmp_path / "static")
    asked = make_api(make_database_url("sqlite"))
    assert asked.get(asset_path("shell.js")).text == before
    (tmp_path / "static" / "shell.js").write_text("export const say = () => {};\n")
    assert asked.get(asset_path("shell.js")).text == before
    newer = asked.get("/static/shell.js")
    assert newer.text != before
    assert "immutable" not in newer.headers["cache-control"]


def test_scripts_name_each_other_by_where_they_lie() -> None:
    """Else one of them would come twice, once without its edition."""
    scripts = [path for path in static_folder().rglob("*.js") if path.parent.name != "vendor"]
    named = [(path.name, found) for path in scripts for found in IMPORTED.findall(path.read_text())]
    assert len(named) > len(scripts) // 2
    assert [one for one in named if not one[1].startswith("./")] == []
