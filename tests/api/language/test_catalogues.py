"""All that pages say stands in the catalogues of every language: all of it, nothing else, with the same values."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import PoFileError
from jinja2.lexer import TOKEN_DATA, TOKEN_RAW_BEGIN

import api
from api.documents.render import page_environment
from api.language.catalogues import LANGUAGES, SOURCE, locale_folder, read_catalogue, translations
from api.pages.analysis.telling import CONTEXT
from models.vocabulary import PlanStatus, Role
from models.vocabulary_live import Presence, TaskStage
from reports.metrics import METRICS
from reports.operations.showing import NOUNS
from reports.plan_notes import LEFT_REASONS
from reports.rule_names import RULE_NAMES

API = Path(api.__file__).parent
ROOT = API.parent
TEMPLATES = API / "templates"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
TEMPLATE_OPTIONS = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
BARE_PERCENT = re.compile(r"%(?!\(\w+\)[sd])")
GLUED = re.compile(r"(?:\d|\)s)%%")
OTHERS = sorted(set(LANGUAGES) - {SOURCE})
REPORT_WORDS = Path(__file__).parent / "told" / "reports.words"
"""Single words of reports, `@` before those that mean something else on other pages; see `test_report_words`."""
FILES_ONLY = {"report.html", "simulation.html"}
"""Templates of files that are made without a reader known: they speak English."""
SAME_EVERYWHERE = {"Swingdesk"}
TAG = re.compile(r"<(?:!--.*?--|[^>]*)>", re.DOTALL)
CODE = re.compile(r"<(code|pre|kbd|svg|small class=\"code\")\b.*?</\1>", re.DOTALL)
TRANSLATED = re.compile(r"\{%-?\s*trans\b.*?\bendtrans\s*-?%\}|\{% block main_class %\}.*?\{% endblock %\}", re.DOTALL)
WORDS = re.compile(r"[^\W\d_]{2,}[^<>{}]*")
SPOKEN = re.compile(r"\b(?:aria-label|title|placeholder|alt)=\"([^\"]*[^\W\d_]{2,}[^\"]*)\"")


class Message(NamedTuple):
    """A text by which a catalogue finds another."""

    context: str | None
    singular: str
    plural: str | None = None


@pytest.fixture(scope="module")
def said(told_by_modules: dict[str, str]) -> dict[Message, str]:
    """Everything that templates and Python have translated, with where it is said first."""
    found = {Message(None, text): where for text, where in told_by_modules.items()}
    sources = [(path, "jinja2.ext:babel_extract", TEMPLATE_OPTIONS) for path in TEMPLATES.rglob("*.html")]
    wording = [path for path in API.rglob("*.py") if b"gettext(" in path.read_bytes()]  # the others take seconds
    sources += [(path, "python", {}) for path in wording]
    for path, method, options in sorted(sources):
        with path.open("rb") as stream:
            for line, ids, _, context in extract(method, stream, keywords=KEYWORDS, options=options):
                parts = ids if isinstance(ids, tuple) else (ids,)
                message = Message(context, parts[0], parts[1] if len(parts) > 1 else None)
                found.setdefault(message, f"{path.relative_to(API)}:{line}")
    for origin, texts in told_by_others().items():
        for text in texts:
            found.setdefault(Message(None, text), origin)
    counted = [f"%(number)s {noun}" for pair in NOUNS.items() for noun in pair]
    for word in [*REPORT_WORDS.read_text(encoding="utf-8").splitlines(), *counted]:
        found.setdefault(Message(CONTEXT if word[0] == "@" else None, word.removeprefix("@")), REPORT_WORDS.name)
    return found


def told_by_others() -> dict[str, list[str]]:
    """What deeper layers word in English and pages show by `Texts.told`."""
    parts = [(one.name, one.unit, one.formula, one.denominator, one.note) for one in METRICS]
    return {
        "reports.metrics.METRICS": [text for part in parts for text in part if text],
        "reports.plan_notes.LEFT_REASONS": [text for pair in LEFT_REASONS.values() for text in pair],
        "models.vocabulary_live": [word.value for words in (TaskStage, Presence) for word in words],
        "models.vocabulary.Role": [role.value for role in Role],
        "models.vocabulary.PlanStatus": [status.value for status in PlanStatus],
        "reports.rule_names.RULE_NAMES": list(RULE_NAMES.values()),
    }


def written(language: str) -> Iterator[tuple[str, Message, tuple[str, ...], bool]]:
    """What the catalogues of a language hold: file, text, what is said instead, and whether that is a guess."""
    for path in sorted((locale_folder() / language).glob("*.po")):
        for entry in read_catalogue(path, language):
            if entry.id:
                ids = entry.id if isinstance(entry.id, tuple | list) else (entry.id,)
                told = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
                yield path.name, Message(entry.context, *ids), tuple(part or "" for part in told), entry.fuzzy


@pytest.mark.parametrize("language", OTHERS)
def test_everything_is_said_in_every_language_and_nothing_is_left_from_before(
    language: str, said: dict[Message, str]
) -> None:
    have = {message for _, message, _, _ in written(language)}
    missing = [f"{where}: {message}" for message, where in said.items() if message not in have]
    stale = [f"{name}: {message}" for name, message, _, _ in written(language) if message not in said]
    assert missing == [], "not in any catalogue:\n" + "\n".join(missing)
    assert stale == [], "said nowhere any more:\n" + "\n".join(stale)


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_empty_guessed_or_said_in_two_ways(language: str) -> None:
    ways = defaultdict(set)
    faults = []
    for name, message, told, is_guess in written(language):
        ways[message].add(told)
        if is_guess or not all(told) or len(told) != (1 if message.plural is None else 2):
            faults.append(f"{name}: {message}")
    faults += [f"in two ways: {message} {sorted(found)}" for message, found in ways.items() if len(found) > 1]
    assert faults == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_names_the_same_values_and_leaves_no_bare_percent_sign(language: str) -> None:
    faults = []
    for name, message, told, _ in written(language):
        wanted = [message.singular] if message.plural is None else [message.singular, message.plural]
        for source, text in zip(wanted, told, strict=True):
            values, others = set(PLACEHOLDER.findall(source)), set(PLACEHOLDER.findall(text))
            allowed = values | {"num", ""} if message.plural is not None else values
            if not (values - {"num", ""} <= others <= allowed | {""}) or BARE_PERCENT.search(
                (text + source).replace("%%", "")
            ):
                faults.append(f"{name}: {source!r} -> {text!r}")
    assert faults == []


def test_no_template_says_anything_beside_the_catalogues() -> None:
    """What stands in a template as it is, is read by everybody in English."""
    environment = page_environment()
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        if path.name in FILES_ONLY:
            continue
        bare = TRANSLATED.sub("", path.read_text(encoding="utf-8"))
        tokens = environment.lexer.tokeniter(bare, path.name)
        markup = "".join(text if kind == TOKEN_DATA else "" for _, kind, text in tokens if kind != TOKEN_RAW_BEGIN)
        spoken = SPOKEN.findall(markup) + [told.strip() for told in WORDS.findall(TAG.sub(" ", CODE.sub(" ", markup)))]
        found += [f"{path.relative_to(TEMPLATES)}: {told}" for told in spoken if told not in SAME_EVERYWHERE]
    assert found == []


def test_a_broken_catalogue_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.po"
    broken.write_text('msgid "Save"\nGuardar\n', encoding="utf-8")
    with pytest.raises(PoFileError):
        read_catalogue(broken, "es")


def test_the_source_speaks_for_itself() -> None:
    assert translations(SOURCE).gettext("Close") == "Close"
    assert {language: translations(language).gettext("Close") for language in OTHERS} == {"es": "Cerrar"}


def test_percentages_are_written_with_a_space_everywhere(said: dict[Message, str]) -> None:
    glued = [f"{where}: {message.singular}" for message, where in said.items() if GLUED.search(message.singular)]
    assert glued == [], "write 12 %, not 12%"


@pytest.mark.parametrize("package", ["reports", "services", "api"])
def test_no_sentence_has_python_glue_a_percent_sign_to_a_figure(package: str) -> None:
    glued = []
    for path in sorted((ROOT / package).rglob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        written = [node for node in nodes if isinstance(node, ast.FormattedValue) and node.format_spec is not None]
        specs = [(node.lineno, ast.unparse(node.format_spec)) for node in written if node.format_spec is not None]
        glued += [f"{path.relative_to(ROOT)}:{line}" for line, spec in specs if spec.endswith("%'")]
    assert glued == [], "say it by `say_share`"
