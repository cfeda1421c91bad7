"""Event logs as XES (IEEE 1849), streamed: memory grows with the values kept, not with the file.

A document type, and so every entity, is refused before anything expands; nothing is fetched.
"""

import io
from collections.abc import Mapping
from dataclasses import fields
from typing import cast

import pandas as pd
from lxml import etree

from models.errors import Fault, InputError
from models.formats.event_logs.csv_text import OPTIONS, XES_NAMES
from models.formats.event_logs.log import ATTRIBUTE_PREFIX, LogColumns, RawLog

CASE_PREFIX = "case:"
_PROLOG_BYTES = 1 << 16


def read_xes_log(stream: io.BufferedReader, columns: LogColumns, *, file: str) -> RawLog:
    """Return the raw events of an XES log.

    Raises
    ------
    InputError
        If it is not well-formed XML, no XES log, has a document type, or lacks an attribute that was named.
    """
    wanted = _wanted(columns)
    _refuse_document_type(stream.peek(_PROLOG_BYTES)[:_PROLOG_BYTES], file)
    try:
        cells, is_seen = _read_events(stream, set(wanted.values()), file)
    except etree.XMLSyntaxError as error:
        raise InputError.of(file, f"is no well-formed XML: {error.msg}") from None
    num_events = len(next(iter(cells.values())))
    if num_events == 0:
        raise InputError.of(file, "is an XES log without events")
    _check_found(columns, wanted, is_seen, file)
    frame = pd.DataFrame(
        {
            role: pd.Series(cells[key], dtype="str")
            for role, key in wanted.items()
            if is_seen[key] or role in {"case", "type", "agent", "end"}
        }
    )
    frame.index = pd.RangeIndex(1, 1 + len(frame))
    return RawLog(frame=frame, file=file, names={role: wanted[str(role)] for role in frame.columns}, record="event")


def _wanted(columns: LogColumns) -> dict[str, str]:
    given = {item.name: getattr(columns, item.name) for item in fields(columns) if item.name != "attributes"}
    wanted: dict[str, str] = {}
    for role, name in given.items():
        # A start of its own makes each event an instance: then nothing is paired.
        usual = None if role in {"lifecycle", "instance"} and columns.start is not None else XES_NAMES.get(role)
        key = name if name is not None else usual
        if key is not None:
            wanted[role] = key
    wanted.update({ATTRIBUTE_PREFIX + name: name for name in columns.attributes})
    return wanted


def _check_found(columns: LogColumns, wanted: Mapping[str, str], is_seen: Mapping[str, bool], file: str) -> None:
    faults: list[Fault] = []
    for role, key in wanted.items():
        if is_seen[key]:
            continue
        option = OPTIONS.get(role, "--attribute")
        was_named = role.startswith(ATTRIBUTE_PREFIX) or getattr(columns, role) is not None
        if was_named:
            faults.append(
                Fault(
                    file=file,
                    field=key,
                    expected=f"no event has it, and no trace (a trace's is named `case:KEY`); see {option}",
                )
            )
        elif role in {"type", "end"}:
            faults.append(Fault(file=file, field=key, expected=f"no event has it; name another with {option}"))
    if faults:
        raise InputError(faults)


def _refuse_document_type(head: bytes, file: str) -> None:
    text = head.replace(b"\x00", b"").upper()  # UTF-16 looks the same without its zeros
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _document_type(file)


def _document_type(file: str) -> InputError:
    return InputError.of(file, "has a document type (<!DOCTYPE>), which no XES log needs and this one may not have")


def _read_events(
    stream: io.BufferedReader, keys: set[str], file: str
) -> tuple[dict[str, list[str | None]], dict[str, bool]]:
    cells: dict[str, list[str | None]] = {key: [] for key in keys}
    case_keys = {key.removeprefix(CASE_PREFIX): key for key in keys if key.startswith(CASE_PREFIX)}
    event_keys = [key for key in keys if not key.startswith(CASE_PREFIX)]
    is_seen = dict.fromkeys(keys, False)
    num_traces = num_events = 0
    parser = etree.iterparse(
        stream,
        events=("end",),
        tag=("{*}trace", "{*}event"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
    )
    is_checked = False
    for _, element in parser:
        if not is_checked:
            _check_root(element.getroottree(), file)
            is_checked = True
        values = {child.get("key"): child.get("value") for child in element}
        if element.tag.endswith("event"):
            for key in event_keys:
                value = values.get(key)
                cells[key].append(value)
                if value is not None:
                    is_seen[key] = True
            num_events += 1
        else:
            num_traces += 1
            for key, case_key in case_keys.items():
                value = values.get(key)
                if value is not None:
                    is_seen[case_key] = True
                elif case_key == XES_NAMES["case"]:
                    value = f"trace {num_traces}"
                column = cells[case_key]
                column.extend([value] * (num_events - len(column)))
        _forget(element)
    if not is_checked and parser.root is not None:
        _check_root(parser.root.getroottree(), file)
    for column in cells.values():  # events outside any trace have no case
        column.extend([None] * (num_events - len(column)))
    return cells, is_seen


def _check_root(tree: "etree._ElementTree", file: str) -> None:
    if cast("etree.DTD | None", tree.docinfo.internalDTD) is not None:
        raise _document_type(file)
    name = str(tree.getroot().tag).rpartition("}")[2]
    if name != "log":
        raise InputError.of(file, f"is XML and no XES log: it begins with <{name}>; expected <log>")


def _forget(element: "etree._Element") -> None:
    """Free an element and its elder sibling, which nobody reads any more."""
    element.clear()
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None and parent is not None and previous.tag == element.tag:
        parent.remove(previous)
