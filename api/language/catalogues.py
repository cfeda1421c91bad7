"""Catalogues of texts: one gettext file a family of pages and language, merged when they are first needed."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"
LANGUAGES = {"en": "English", "es": "Español"}
"""Languages of the pages, each by its own name."""
TOLD = "told-"
"""How the catalogues are called that hold what deeper layers word in English."""


def locale_folder() -> Path:
    """Return where the catalogues are."""
    return Path(str(files("api"))) / "locales"


def read_catalogue(path: Path, language: str) -> Catalog:
    """Return one file of texts."""
    with path.open("rb") as stream:
        return read_po(stream, locale=language, charset="utf-8", abort_invalid=True)


@cache
def _catalogues(language: str) -> tuple[tuple[str, Catalog], ...]:
    """Return the files of a language by their names."""
    paths = sorted((locale_folder() / language).glob("*.po"))
    return tuple((path.name, read_catalogue(path, language)) for path in paths)


def told_messages(language: str) -> dict[str, str]:
    """Return what is said for each text of deeper layers, values as `%(name)s`."""
    return {
        str(message.id): str(message.string)
        for name, catalogue in _catalogues(language)
        if name.startswith(TOLD)
        for message in catalogue
        if message.id and not message.context
    }


@cache
def translations(language: str) -> NullTranslations:
    """Return the texts of a language; those of the source are themselves."""
    if language == SOURCE:
        return NullTranslations()
    merged = Catalog(locale=language, charset="utf-8")
    for _, catalogue in _catalogues(language):
        for message in catalogue:
            if message.id:
                merged.add(message.id, message.string, context=message.context)
    packed = BytesIO()
    write_mo(packed, merged)
    packed.seek(0)
    return GNUTranslations(packed)
