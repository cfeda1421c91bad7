"""Names of sheets: what spreadsheets take for one, and no two of a workbook alike."""

from models.formats.sheets.grids import cut_text

MOST_UNITS = 31
"""What a name may have, in units of UTF-16: characters outside the first plane have two each."""
_FORBIDDEN = "[]:*?/\\\0"
_RESERVED = ("History",)


class SheetNames:
    """The names of the sheets of one workbook.

    Parameters
    ----------
    taken
        Names that other sheets have.
    instead
        What stands in place of characters that names may not have.
    """

    def __init__(self, *taken: str, instead: str) -> None:
        self._taken = {name.casefold() for name in (*taken, *_RESERVED)}
        self._allowed = str.maketrans(dict.fromkeys(_FORBIDDEN, instead))

    def choose(self, wanted: str) -> str:
        """Return the name that a sheet may have and no other has, closest to what is wanted."""
        base = cut_text(wanted.translate(self._allowed).strip("' "), MOST_UNITS).rstrip("' ") or "Sheet"
        name, number = base, 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{cut_text(base, MOST_UNITS - len(str(number)) - 1)} {number}"
        self._taken.add(name.casefold())
        return name
