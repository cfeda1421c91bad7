"""The machine's time zone, however it is kept."""

from pathlib import Path

import pytest

from api.cli.machine_zone import find_machine_zone


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Europe/Madrid", "Europe/Madrid"),
        (":America/Bogota", "America/Bogota"),
        ("/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
        (":/usr/share/zoneinfo/posix/Asia/Tokyo", "Asia/Tokyo"),
        ("Etc/UTC", "UTC"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", None),
        ("/etc/passwd", None),
        ("../../etc/passwd", None),
        ("Mars/Olympus", None),
    ],
)
def test_the_variable_goes_before_all(tmp_path: Path, said: str, name: str | None) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "timezone").write_text("Europe/Lisbon\n")
    assert find_machine_zone({"TZ": said}, root=tmp_path) == name
    assert find_machine_zone({"TZ": ""}, root=tmp_path) == "Europe/Lisbon"


@pytest.mark.parametrize(
    "target",
    ["/usr/share/zoneinfo/Europe/Paris", "../usr/share/zoneinfo/Europe/Paris", "/var/db/zoneinfo/Europe/Paris"],
)
def test_then_the_link_then_the_file(tmp_path: Path, target: str) -> None:
    etc = tmp_path / "etc"
    etc.mkdir()
    assert find_machine_zone({}, root=tmp_path) is None
    (etc / "timezone").write_text("Europe/Lisbon")
    (etc / "localtime").symlink_to(target)
    assert find_machine_zone({}, root=tmp_path) == "Europe/Paris"
    (etc / "localtime").unlink()
    (etc / "localtime").write_bytes(b"TZif2")  # a copy has no name
    assert find_machine_zone({}, root=tmp_path) == "Europe/Lisbon"
    (etc / "timezone").write_bytes(b"\xff")
    assert find_machine_zone({}, root=tmp_path) is None
