"""What a page says, in the reader's language and the office's zone: passed to whatever words something."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from gettext import NullTranslations
from typing import Any

from api.language import formats
from api.language.catalogues import SOURCE, translations
from api.language.telling import Part, teller_of
from models.time import to_datetime


@dataclass(frozen=True)
class Texts:
    """The texts and forms of a language.

    In every text `%(name)s` stands for a value, and `%%` for a percent sign. Texts that are the same in English but
    differ elsewhere are told apart by a context (`pgettext`).

    Attributes
    ----------
    zone
        The office's; instants are shown by its clocks.
    clock
        Epoch seconds; what is called today.
    """

    language: str = SOURCE
    zone: tzinfo = UTC
    clock: Callable[[], float] = field(default=time.time, compare=False)

    def gettext(self, message: str, /, **values: Any) -> str:
        """Return a text."""
        return self.catalogue.gettext(message) % values

    def ngettext(self, singular: str, plural: str, num: int, /, **values: Any) -> str:
        """Return a text for so many; `%(num)s` is the number, written as readers do."""
        return self.catalogue.ngettext(singular, plural, num) % {"num": self.number(num), **values}

    def pgettext(self, context: str, message: str, /, **values: Any) -> str:
        """Return a text that has a context."""
        return self.catalogue.pgettext(context, message) % values

    def npgettext(self, context: str, singular: str, plural: str, num: int, /, **values: Any) -> str:
        """Return a text for so many that has a context."""
        return self.catalogue.npgettext(context, singular, plural, num) % {"num": self.number(num), **values}

    def told(self, text: str) -> str:
        """Return what a deeper layer words in English, such as a reason or the name of a figure.

        What no catalogue has stays as it is.
        """
        return "".join(part.text for part in self.told_parts(text))

    def told_parts(self, text: str) -> tuple[Part, ...]:
        """Return what a deeper layer words in English, and of each piece whether it is in the reader's language."""
        teller = teller_of(self.language)
        if teller is None or not text:
            return (Part(formats.bound_percents(text), is_told=True),) if text else ()
        constant = self.catalogue.gettext(text)
        parts = teller.parts(text) if constant == text else (Part(constant, is_told=True),)
        return tuple(part._replace(text=formats.bound_percents(part.text)) for part in parts)

    @property
    def catalogue(self) -> NullTranslations:
        """What is said for each text."""
        return translations(self.language)

    @property
    def today(self) -> date:
        """The day by the clocks of the office."""
        return to_datetime(int(self.clock()), self.zone).date()

    def number(self, value: float | None, digits: int = 0) -> str:
        """Return a figure with so many digits after the point."""
        return formats.number_text(value, self.language, digits=digits)

    def share(self, value: float | None, digits: int = 0) -> str:
        """Return a share of 1 in percent."""
        return formats.share_text(value, self.language, digits=digits)

    def moment(self, at: int | None) -> str:
        """Return an instant: the time, with the weekday or the date where it is not today."""
        return formats.moment_text(at, self.language, self.zone, today=self.today)

    def dated_moment(self, at: int, *, has_year: bool = False) -> str:
        """Return an instant with its weekday and date, whenever it is read."""
        return formats.dated_moment_text(at, self.language, self.zone, has_year=has_year)

    def clock_time(self, at: int | None) -> str:
        """Return the time of day of an instant."""
        return formats.clock_text(at, self.zone)

    def day(self, day: date | int | None, *, is_long: bool = False) -> str:
        """Return a day, or that of an instant."""
        return formats.day_text(day, self.language, self.zone, today=self.today, is_long=is_long)

    def duration(self, seconds: float | None) -> str:
        """Return a length of time, given in seconds."""
        return formats.duration_text(seconds)


ENGLISH = Texts()
"""What files say that are made without a reader known."""
