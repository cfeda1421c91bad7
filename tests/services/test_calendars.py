"""Calendars: any text comes back as it went in, no line is too long, and the file is what a program expects."""

from hypothesis import given
from hypothesis import strategies as st

from services.calendars import MOST_OCTETS, Appointment, escape, fold, write_calendar

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"))


def unfold(text: str) -> list[str]:
    assert text.endswith("\r\n")
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def unescape(value: str) -> str:
    result, is_escaped = "", False
    for one in value:
        if is_escaped:
            result += {"n": "\n", "N": "\n"}.get(one, one)
            is_escaped = False
        elif one == "\\":
            is_escaped = True
        else:
            result += one
    return result


@given(TEXTS, TEXTS)
def test_whatever_is_said_comes_back_and_no_line_is_too_long(summary: str, description: str) -> None:
    item = Appointment(uid="a@b", start=1772434800, end=1772436600, stamp=0, summary=summary, description=description)
    text = write_calendar("The day", [item])
    assert all(len(line.encode()) <= MOST_OCTETS for line in text.split("\r\n"))
    values = dict(line.split(":", 1) for line in unfold(text) if line.split(":", 1)[0] in {"SUMMARY", "DESCRIPTION"})
    assert unescape(values["SUMMARY"]) == summary
    assert unescape(values.get("DESCRIPTION", "")) == description


def test_an_event_has_its_instants_in_utc_between_its_begin_and_end() -> None:
    item = Appointment(uid="plan-7-T1@swingdesk", start=1772434800, end=1772436600, stamp=1772431200, summary="A, b; c")
    assert unfold(write_calendar("Ana", [item]))[6:13] == [
        "BEGIN:VEVENT",
        "UID:plan-7-T1@swingdesk",
        "DTSTAMP:20260302T060000Z",
        "DTSTART:20260302T070000Z",
        "DTEND:20260302T073000Z",
        "SUMMARY:A\\, b\\; c",
        "END:VEVENT",
    ]


def test_controls_are_left_out_and_a_character_is_never_cut() -> None:
    assert escape("a\x00b\rc\td") == "abc\td"
    pieces = list(fold("é" * 60))
    assert [len(piece.encode()) for piece in pieces] == [74, 47]
    assert "".join(piece.removeprefix(" ") for piece in pieces) == "é" * 60
