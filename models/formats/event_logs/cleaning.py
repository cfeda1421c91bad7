"""From the raw cells of a log to clean task instances: every rule of `LogRule`, counted where it was applied."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.errors import Fault, InputError, shown
from models.formats.event_logs.instances import INSTANTS, NAT, complete_instances, first_instants, sort_rows
from models.formats.event_logs.instants import NULLS, US_PER_S, ParsedInstants, guess_zone, parse_instants
from models.formats.event_logs.labels import PLACEHOLDERS, CleanLabels, clean_labels, names_alike
from models.formats.event_logs.log import (
    ATTRIBUTE_PREFIX,
    LEAVES_OUT,
    NUM_EXAMPLES,
    SHORTEST_WORK_US,
    EventLog,
    Finding,
    LogRule,
    RawLog,
)
from models.formats.event_logs.pairing import TRANSITIONS, Transition, pair_events
from models.time import load_zone

_LABELS = {  # role: is it an id, what stands for nothing
    "case": (True, NULLS),
    "type": (False, NULLS),
    "agent": (True, PLACEHOLDERS),
    "team": (True, PLACEHOLDERS),
    "instance": (True, NULLS),
}
_SAME = ["case", "type", "agent", "instance", "transition", "end", "start", "enabled"]
_SWAPPED_SHARE = 0.5
_REPEATED_HOUR_US = 3600 * US_PER_S
_UNREADABLE = "an instant: ISO 8601, such as 2026-03-02T08:00:00+01:00, or the form that --time-format names"


class _Cleaner:
    """One log on its way; every step notes what it mended."""

    def __init__(self, raw: RawLog, *, now: int, assumed_timezone: str | None) -> None:
        self.raw = raw
        self.assumed_timezone = assumed_timezone
        self.now_us = now * US_PER_S
        self.findings = list(raw.findings)
        self.hints = list(raw.hints)
        self.labels: dict[str, CleanLabels] = {}
        self.zone_name = "UTC"

    def note(self, rule: LogRule, count: int, *examples: str) -> None:
        if count:
            self.findings.append(Finding.of(rule, count, examples))

    def note_rows(self, rule: LogRule, rows: pd.DataFrame, is_hit: NDArray[np.bool_] | pd.Series) -> None:
        numbers = np.sort(rows["number"].to_numpy()[np.asarray(is_hit, dtype=bool)])
        self.note(rule, len(numbers), *(f"{self.raw.record} {number}" for number in numbers[:NUM_EXAMPLES]))

    def read_cells(self, timezone: str | None, time_format: str | None) -> pd.DataFrame:
        """Return the file's rows as codes of names and microseconds, with the number of the file's record."""
        cells = self.raw.frame
        rows = pd.DataFrame({"number": cells.index.to_numpy(dtype=np.int64)})
        for role, (is_id, nothing) in _LABELS.items():
            rows[role] = -1
            if role in cells:
                self.labels[role] = clean_labels(cells[role], is_id=is_id, placeholders=nothing)
                rows[role] = self.labels[role].codes
        parsed = self._parse(timezone, time_format)
        for role in INSTANTS:
            rows[role] = parsed[role].values.astype(np.int64) if role in parsed else NAT
        if "start" in parsed:  # an hour that the clocks show twice: the second, where only that comes after the start
            later = rows["end"] + _REPEATED_HOUR_US
            is_second = parsed["end"].is_at_clock_change & (rows["end"] < rows["start"]) & (later >= rows["start"])
            rows["end"] = rows["end"].where(~is_second, later)
        rows["transition"] = int(Transition.COMPLETE)
        if "lifecycle" in cells:
            codes, written = pd.factorize(cells["lifecycle"].fillna("").str.strip().str.casefold())
            known = [TRANSITIONS.get(str(word) or "complete", Transition.UNKNOWN) for word in written]
            rows["transition"] = np.array(known, dtype=np.int64)[codes]
        for name in cells:
            if str(name).startswith(ATTRIBUTE_PREFIX):
                rows[name] = cells[name].fillna("").to_numpy()
        return rows

    def _parse(self, timezone: str | None, time_format: str | None) -> dict[str, ParsedInstants]:
        # Where no zone is known and none assumed, instants without an offset are refused below.
        zone_name = timezone or self.assumed_timezone
        zone = None if zone_name is None else load_zone(zone_name)
        parsed = {
            role: parse_instants(self.raw.frame[role], zone=zone, time_format=time_format, is_due=role == "due")
            for role in INSTANTS
            if role in self.raw.frame
        }
        faults = [
            Fault(
                file=self.raw.file,
                record=f"{self.raw.record} {self.raw.frame.index[position]}",
                field=self.raw.names[role],
                value=shown(self.raw.frame[role].iloc[position]),
                expected=_UNREADABLE,
            )
            for role, column in parsed.items()
            for position in np.flatnonzero(column.is_unreadable).tolist()
        ]
        if faults:
            raise InputError(faults)
        self._note_instants(parsed)
        self.zone_name = self._find_zone(parsed, timezone)
        return parsed

    def _note_instants(self, parsed: dict[str, ParsedInstants]) -> None:
        columns = parsed.values()
        num_fractions = sum(int(column.has_fraction.sum()) for column in columns)
        num_whole = sum(int((~np.isnat(column.values) & ~column.has_fraction).sum()) for column in columns)
        if num_fractions and num_whole:
            self.note(LogRule.MIXED_FRACTIONS, min(num_fractions, num_whole))
        num_naive = sum(int(column.is_naive.sum()) for column in columns)
        num_aware = sum(int((~np.isnat(column.values) & ~column.is_naive).sum()) for column in columns)
        if num_naive and num_aware:
            self.note(LogRule.MIXED_OFFSETS, num_naive, f"{num_naive} without", f"{num_aware} with an offset")
        for rule, hits in (
            (LogRule.CLOCK_CHANGE, [column.is_at_clock_change for column in columns]),
            (LogRule.NO_TIME_OF_DAY, [column.is_date_alone for column in columns]),
            (LogRule.PLACEHOLDER_INSTANT, [column.is_placeholder for column in columns]),
        ):
            is_hit = np.any(hits, axis=0)
            numbers = self.raw.frame.index[is_hit][:NUM_EXAMPLES]
            self.note(rule, sum(int(hit.sum()) for hit in hits), *(f"{self.raw.record} {number}" for number in numbers))

    def _find_zone(self, parsed: dict[str, ParsedInstants], timezone: str | None) -> str:
        if timezone is not None:
            if not any(column.is_naive.any() for column in parsed.values()):
                self.hints.append(
                    f"every instant has an offset of its own: --timezone {timezone} was used to read none"
                )
            return timezone
        if self.assumed_timezone is not None and any(column.is_naive.any() for column in parsed.values()):
            self.hints.append(f"instants without an offset were read as {self.assumed_timezone}")
            return self.assumed_timezone
        for role, column in parsed.items():
            if column.is_naive.any():
                position = int(np.flatnonzero(column.is_naive)[0])
                raise InputError.of(
                    self.raw.file,
                    f"an instant with an offset, or its time zone by --timezone, such as --timezone Europe/Madrid "
                    f"({int(column.is_naive.sum())} of {len(column.values)} have none)",
                    record=f"{self.raw.record} {self.raw.frame.index[position]}",
                    field=self.raw.names[role],
                    value=self.raw.frame[role].iloc[position],
                )
        values = np.concatenate([column.values for column in parsed.values()])
        offsets = np.concatenate([column.offsets for column in parsed.values()])
        is_known = ~np.isnat(values)
        zone_name = guess_zone(values[is_known], offsets[is_known]) or "UTC"
        self.note(LogRule.GUESSED_ZONE, 1, zone_name)
        return zone_name

    def note_labels(self) -> None:
        labels = self.labels.values()
        spelled = [text for column in labels for text in column.examples[0]]
        decimals = [text for column in labels for text in column.examples[1]]
        self.note(LogRule.SPELLING, sum(column.respelled for column in labels), *spelled)
        self.note(LogRule.DECIMAL_ID, sum(column.decimals for column in labels), *decimals)
        for role in ("type", "agent", "team"):
            if role in self.labels:
                for group in names_alike(self.labels[role].names):
                    names = " and ".join(repr(name) for name in group)
                    self.hints.append(f"{names} differ only by the case of their letters and were kept apart")

    def keep_rows(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows that can be placed in a case, a type and time, each once."""
        has_no_case = (rows["case"] < 0).to_numpy()
        has_no_type = (rows["type"] < 0).to_numpy() & ~has_no_case
        self.note_rows(LogRule.BLANK_CASE, rows, has_no_case)
        self.note_rows(LogRule.BLANK_TYPE, rows, has_no_type)
        rows = rows[~has_no_case & ~has_no_type]
        is_future = pd.Series(False, index=rows.index)
        for role in ("end", "start", "enabled", "case_start"):
            is_ahead = rows[role] > self.now_us
            rows = rows.assign(**{role: rows[role].mask(is_ahead, NAT)})
            is_future |= is_ahead
        self.note_rows(LogRule.FUTURE, rows, is_future)
        is_nowhere = (rows[["end", "start", "enabled"]] == NAT).all(axis=1)
        self.note_rows(LogRule.NO_INSTANT, rows, is_nowhere)
        is_unknown = rows["transition"] == int(Transition.UNKNOWN)
        self.note_rows(LogRule.UNKNOWN_TRANSITION, rows, is_unknown & ~is_nowhere)
        rows = rows[~is_nowhere & ~is_unknown]
        moments = first_instants(rows).to_numpy()
        is_back = np.diff(moments, prepend=moments[:1]) < 0
        self.note_rows(LogRule.NOT_IN_ORDER, rows, is_back)
        rows = sort_rows(rows)
        is_twice = rows.duplicated(_SAME)
        self.note_rows(LogRule.DUPLICATE, rows, is_twice)
        return rows[~is_twice].reset_index(drop=True)

    def make_instances(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return instances (columns as rows, and `is_dropped`) and their pauses, by position."""
        if "lifecycle" not in self.raw.frame:
            pauses = pd.DataFrame({"position": [], "start": [], "end": []}, dtype=np.int64)
            return rows.assign(is_dropped=False), pauses
        keys = tuple(rows[role].to_numpy() for role in ("case", "type", "instance"))
        paired = pair_events(keys, rows["agent"].to_numpy(), rows["end"].to_numpy(), rows["transition"].to_numpy())
        made = rows.iloc[paired.row].reset_index(drop=True)
        first = rows.iloc[paired.first_row].reset_index(drop=True)
        for role in ("due", "team", "case_start"):  # what an instance's last event leaves out, its first may say
            nothing = -1 if role == "team" else NAT
            made[role] = made[role].where(made[role] != nothing, first[role])
        made["start"], made["end"], made["agent"] = paired.start, paired.end, paired.agent
        # A column of the log's own for when work was enabled goes before the events.
        made["enabled"] = made["enabled"].where(made["enabled"] != NAT, paired.enabled)
        made["is_dropped"] = paired.is_dropped
        pauses = pd.DataFrame(paired.pauses, columns=["position", "start", "end"])
        self._note_pairing(made, pauses, paired.counts)
        return made, pauses

    def _note_pairing(self, made: pd.DataFrame, pauses: pd.DataFrame, counts: Mapping[str, int]) -> None:
        has_started, has_ended = made["start"] != NAT, made["end"] != NAT
        # Types that never start are another matter: nobody measured them, or they are no work.
        starts = has_started.groupby(made["type"]).transform("any")
        self.note_rows(LogRule.COMPLETE_WITHOUT_START, made, starts & ~has_started & has_ended & ~made["is_dropped"])
        self.note_rows(LogRule.START_WITHOUT_COMPLETE, made, has_started & ~has_ended)
        self.note_rows(LogRule.SCHEDULE_WITHOUT_START, made, ~has_started & ~has_ended)
        self.note_rows(LogRule.DROPPED_WORK, made, made["is_dropped"])
        self.note(LogRule.PAUSED, len(pauses))
        self.note(LogRule.RESUME_WITHOUT_SUSPEND, counts["resume"] + counts["suspend"] + counts["reassign"])

    def mend_order(self, made: pd.DataFrame, *, has_starts: bool) -> pd.DataFrame:
        """Return the instances with `enabled <= start <= end` wherever two of them are known."""
        is_both = (made["start"] != NAT) & (made["end"] != NAT)
        is_backward = is_both & (made["end"] < made["start"])
        if is_backward.sum() > _SWAPPED_SHARE * max(1, int(is_both.sum())):
            raise InputError.of(
                self.raw.file,
                f"ends before it starts in {int(is_backward.sum())} of {int(is_both.sum())} {self.raw.record}s: "
                f"are --start ({self.raw.names.get('start', '')}) and --end ({self.raw.names['end']}) swapped?",
            )
        self.note_rows(LogRule.END_BEFORE_START, made, is_backward)
        made = made.assign(start=made["start"].mask(is_backward, NAT))
        first = made["start"].where(made["start"] != NAT, made["end"])
        is_late = (made["enabled"] != NAT) & (first != NAT) & (made["enabled"] > first)
        self.note_rows(LogRule.ENABLED_AFTER_START, made, is_late)
        made = made.assign(enabled=made["enabled"].where(~is_late, first))
        if has_starts:
            is_instant = is_both & ~is_backward & (made["end"] - made["start"] < SHORTEST_WORK_US)
            self.note_rows(LogRule.ZERO_LENGTH, made, is_instant)
        if "lifecycle" not in self.raw.frame and has_starts:
            is_startless = (made["start"] == NAT) & (made["end"] != NAT) & ~is_backward
            self.note_rows(LogRule.COMPLETE_WITHOUT_START, made, is_startless)
        self.note_rows(LogRule.UNFINISHED, made, made["end"] == NAT)
        self.note_rows(LogRule.UNKNOWN_AGENT, made, (made["agent"] < 0) & (first != NAT))
        return made


def _check_format(time_format: str, file: str) -> None:
    try:
        pd.to_datetime(pd.Series(["2026"]), format=time_format, errors="coerce")
    except (ValueError, re.error) as error:
        told = f"a strptime format such as %d/%m/%Y %H:%M ({error})"
        raise InputError([Fault(file=file, field="time format", value=repr(time_format), expected=told)]) from error


def clean_log(
    raw: RawLog,
    *,
    timezone: str | None,
    time_format: str | None,
    now: int,
    assumed_timezone: str | None = None,
) -> EventLog:
    """Return the cleaned log.

    Parameters
    ----------
    raw
        The log as its file has it.
    timezone
        IANA zone of instants without an offset, and of the office's clock.
    time_format
        `strptime` format of its instants where they are not ISO 8601.
    now
        Epoch second after which nothing can have happened yet.
    assumed_timezone
        IANA zone to read instants without an offset in where `timezone` is None; a hint says that it was.

    Raises
    ------
    InputError
        If instants cannot be read, or have no offset and both zones are None, or if nothing usable is left.
    """
    if time_format is not None:
        _check_format(time_format, raw.file)
    cleaner = _Cleaner(raw, now=now, assumed_timezone=assumed_timezone)
    rows = cleaner.read_cells(timezone, time_format)
    cleaner.note_labels()
    kept = cleaner.keep_rows(rows)
    if kept.empty:
        why = [f"{found.count} x {found.meaning}" for found in cleaner.findings if found.rule in LEAVES_OUT]
        raise InputError.of(raw.file, f"has no usable {raw.record}: {'; '.join(why)}")
    made, pauses = cleaner.make_instances(kept)
    has_starts = bool((made["start"] != NAT).any())
    made = cleaner.mend_order(made, has_starts=has_starts)
    names = {role: labels.names for role, labels in cleaner.labels.items()}
    frame, named_pauses = complete_instances(made, pauses, names)
    return EventLog(
        frame=frame,
        pauses=named_pauses,
        zone_name=cleaner.zone_name,
        has_starts=has_starts,
        num_records=len(raw.frame),
        findings=tuple(cleaner.findings),
        hints=tuple(cleaner.hints),
        source=raw.file,
        names=dict(raw.names),
    )
