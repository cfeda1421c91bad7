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


def locale_folder() -> Path:
    """Return where the catalogues are."""
    return Path(str(files("api"))) / "locales"


def read_catalogue(path: Path, language: str) -> Catalog:
    """Return one file of texts."""
    with path.open("rb") as stream:
        return read_po(stream, locale=language, charset="utf-8", abort_invalid=True)


@cache
def translations(language: str) -> NullTranslations:
    """Return the texts of a language; those of the source are themselves."""
    if language == SOURCE:
        return NullTranslations()
    merged = Catalog(locale=language, charset="utf-8")
    for path in sorted((locale_folder() / language).glob("*.po")):
        for message in read_catalogue(path, language):
            if message.id:
                merged.add(message.id, message.string, context=message.context)
    packed = BytesIO()
    write_mo(packed, merged)
    packed.seek(0)
    return GNUTranslations(packed)
