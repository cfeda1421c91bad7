"""JSON documents as files: whole or not at all, the same bytes for the same document, and bounded."""

import gzip
import json
import os
import stat
import tracemalloc
from pathlib import Path

import pytest

from models.errors import InputError
from models.formats.documents import encode_document, read_document, write_document

DOCUMENT = {
    "format": "x",
    "list": [{"id": "é", "n": 1.5}, {"id": "b"}],
    "none": [],
    "text": "\u2028 \n",
    "free": {"a": 1},
}


@pytest.mark.parametrize("name", ["document.json", "document.json.gz", "document"])
def test_a_document_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    write_document(tmp_path / name, DOCUMENT)
    assert read_document(tmp_path / name) == DOCUMENT
    assert [item.name for item in tmp_path.iterdir()] == [name]


def test_a_document_has_a_line_for_each_record() -> None:
    assert encode_document("a.json", DOCUMENT).decode().splitlines()[2:5] == [
        ' "list": [',
        '  {"id": "é", "n": 1.5},',
        '  {"id": "b"}',
    ]


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    first = encode_document(tmp_path / "a.json.gz", DOCUMENT)
    assert encode_document(tmp_path / "b.json.gz", DOCUMENT) == first
    assert json.loads(gzip.decompress(first)) == DOCUMENT


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(DOCUMENT).encode())
    assert read_document(tmp_path / "a.json") == DOCUMENT


def test_a_number_that_json_does_not_know_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_document(tmp_path / "a.json", {"n": float("nan")})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
def test_what_is_too_large_is_refused_without_being_held(tmp_path: Path, name: str) -> None:
    content = b'{"a": "' + b" " * 50_000_000 + b'"}'
    (tmp_path / name).write_bytes(gzip.compress(content, mtime=0) if name.endswith("gz") else content)
    del content
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=r"a\.json(\.gz)?: (has|unpacks to) more than 1,000,000 bytes"):
            read_document(tmp_path / name, max_bytes=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_file_that_is_not_there_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json: there is no such file"):
        read_document(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_document(tmp_path)


def test_what_stood_there_stays_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_document(path, {"old": 1})

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match=r"a\.json: cannot be written: No space left on device"):
        write_document(path, {"new": 1})
    assert read_document(path) == {"old": 1}
    assert [item.name for item in tmp_path.iterdir()] == ["a.json"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        write_document(tmp_path / "none" / "a.json", {})


def test_a_link_is_written_through_and_permissions_are_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "a.json", tmp_path / "link.json"
    path.write_text("{}", encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    write_document(link, {"new": 1})
    assert link.is_symlink()
    assert read_document(path) == {"new": 1}
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_that_the_user_gives_new_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_document(tmp_path / "a.json", {})
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o640
