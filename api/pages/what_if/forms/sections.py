"""The sections that a scenario is changed by: the form of each, and what is made of what somebody wrote in it."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from api.language.texts import Texts
from api.pages.what_if.forms.entries import Posted, Sheet, change_entries
from api.pages.what_if.forms.faults import mark_faults, say_expected
from api.pages.what_if.forms.people import build_group, build_people, finish_group
from api.pages.what_if.forms.policy import build_policy, finish_policy
from api.pages.what_if.forms.reading import read_sheet
from api.pages.what_if.forms.settings import build_settings, build_staffing, finish_settings, finish_staffing
from api.pages.what_if.forms.volumes import build_arrivals, build_volumes, finish_volumes, has_record
from api.pages.what_if.forms.work import build_type, build_work, finish_type, finish_work
from models.errors import InputError, NotFoundError, UsageError
from services.what_if.keeping import check_scenario


class Section(StrEnum):
    """A part of a scenario that has a form."""

    PEOPLE = "people"
    VOLUMES = "volumes"
    WORK = "work"
    POLICY = "policy"
    SETTINGS = "settings"
    STAFFING = "staffing"


RECORDS = {Section.PEOPLE: "agents", Section.VOLUMES: "arrivals", Section.WORK: "task_types"}
"""Sections whose records have a form of their own."""


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What came of a form.

    Attributes
    ----------
    document
        What is to be kept; None where something is wrong.
    sheet
        The form with what was written, and what is wrong beside it.
    """

    document: dict[str, Any] | None
    sheet: Sheet


def build_sheet(document: Mapping[str, Any], texts: Texts, section: Section, record: int | None, address: str) -> Sheet:
    """Return the form of a section, or of one of its records.

    Parameters
    ----------
    address
        Of the section, which the forms of records stand below.

    Raises
    ------
    NotFoundError
        If there is no such record.
    """
    if record is not None:
        collection = RECORDS.get(section)
        if collection is None or not 0 <= record < len(document.get(collection) or ()):
            raise NotFoundError(f"there is no record {record} in {section}")
        if section is Section.VOLUMES and not has_record(document, record):
            raise NotFoundError(f"what comes in as {record} is a trace, which happens as it did")
        build = {Section.PEOPLE: build_group, Section.VOLUMES: build_arrivals, Section.WORK: build_type}[section]
        return build(document, texts, record)
    if section in RECORDS:
        lists = {Section.PEOPLE: build_people, Section.VOLUMES: build_volumes, Section.WORK: build_work}
        return lists[section](document, texts, address)
    single = {Section.POLICY: build_policy, Section.SETTINGS: build_settings, Section.STAFFING: build_staffing}
    return single[section](document, texts)


def change_section(
    document: Mapping[str, Any],
    traces: Mapping[str, str],
    posted: Posted,
    texts: Texts,
    *,
    section: Section,
    record: int | None,
    address: str,
) -> Changed:
    """Return what a form makes of a scenario, checked as its file would be."""
    sheet = build_sheet(document, texts, section, record, address)
    read = read_sheet(sheet, posted, document)
    made, sheet = read.document, read.sheet
    own_faults = _finish(made, sheet, posted, section, record)
    sheet = change_entries(sheet, {name: {"error": say_expected(told, texts)} for name, told in own_faults})
    try:
        # Reading changes what it reads; what is kept is what was written.
        check_scenario(copy.deepcopy(made), traces)
    except InputError as error:
        return Changed(document=None, sheet=mark_faults(sheet, made, error.faults, texts))
    except UsageError as error:
        return Changed(document=None, sheet=replace(sheet, errors=(texts.told(str(error)),)))
    return Changed(document=None if own_faults else made, sheet=sheet)


def _finish(
    document: dict[str, Any], sheet: Sheet, posted: Posted, section: Section, record: int | None
) -> list[tuple[str, str]]:
    """Tidy what was written, and return what is wrong with entries that stand nowhere in a document."""
    if section is Section.VOLUMES and record is None:
        return finish_volumes(document, posted)
    if section is Section.PEOPLE and record is not None:
        finish_group(document, record)
    elif section is Section.WORK:
        if record is None:
            finish_work(document)
        else:
            finish_type(document, record)
    elif section is Section.POLICY:
        finish_policy(document)
    elif section is Section.SETTINGS:
        finish_settings(document)
    elif section is Section.STAFFING:
        finish_staffing(document, sheet)
    return []
