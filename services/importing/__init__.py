"""Taking in what other systems know: tables checked and stored, lists of open work compared, templates to fill in."""

from services.importing.report import ImportReport
from services.importing.store import store_office
from services.importing.tables import ImportOptions, import_tables
from services.importing.templates import write_template_folder

__all__ = ["ImportOptions", "ImportReport", "import_tables", "store_office", "write_template_folder"]
