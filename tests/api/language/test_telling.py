"""Sentences of deeper layers in another language: found again by their templates, whatever stands in them."""

from datetime import UTC

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.language.catalogues import told_messages
from api.language.formats import rewritten_clock, rewritten_figure
from api.language.quotations import put_back, take_out
from api.language.telling import LEAST_FIXED, MOST_CHARACTERS, MOST_TRIALS, Teller, teller_of
from api.language.templates import Template, TemplateIndex
from api.language.texts import Texts

MESSAGES = {
    "%(task)s is late by %(lasting)s": "%(task)s lleva %(lasting)s de retraso",
    "%(task)s is late": "%(task)s va con retraso",
    "%(hours)s days": "%(hours)s días",
    "Leaving it costs %(amount)s.": "Dejarla cuesta %(amount)s.",
    "Nobody else may do it.": "Nadie más puede hacerla.",
    "%(why)s, %(share)s of it": "%(why)s, %(share)s de ello",
    "%(shown)s and %(last)s": "%(shown)s y %(last)s",
    "no more than 10 %%": "no más del 10 %%",
    "is on duty": "está de turno",
    "%(where)s: is %(value)s; expected %(expected)s": "%(where)s: es %(value)s; se esperaba %(expected)s",
    "a date": "una fecha",
    "the field %(field)s is empty. Fill it in": "el campo %(field)s está vacío. Rellénelo",
}
SPANISH = Texts("es", UTC, lambda: 0)
NAME = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
RUBBISH = st.text(st.sampled_from("ab. ,;:%()s'\"\\{}123 is and of it late by days costs Leaving\n"), max_size=400)


@pytest.fixture(scope="module")
def teller() -> Teller:
    return Teller("es", MESSAGES)


def told(teller: Teller, text: str) -> str:
    return "".join(part.text for part in teller.parts(text)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("Nobody else may do it.", "Nadie más puede hacerla."),
        ("nobody else may do it.", "nadie más puede hacerla."),
        ("T1 is late by 2 days", "T1 lleva 2 días de retraso"),
        ("T1 is late", "T1 va con retraso"),
        ("Leaving it costs 12,345.60.", "Dejarla cuesta 12.345,60."),
        ("Is on duty, 96.5% of it", "Está de turno, 96,5 % de ello"),
        ("no more than 10 %", "no más del 10 %"),
        ("Nobody else may do it. Leaving it costs 5.", "Nadie más puede hacerla. Dejarla cuesta 5."),
        ("Mr. P. Ro is late. Leaving it costs 5.", "Mr. P. Ro va con retraso. Dejarla cuesta 5."),
        ("a.csv: row 3: is 'no. Is late'; expected a date", "a.csv: row 3: es 'no. Is late'; se esperaba una fecha"),
        ("the field x is empty. Fill it in", "el campo x está vacío. Rellénelo"),
        ("a date and b, 5 of it", "una fecha y b, 5 de ello"),
        ("1. x\nT1 is late\n", "1. x\nT1 va con retraso\n"),
    ],
)
def test_a_sentence_is_told_with_its_values(teller: Teller, english: str, spanish: str) -> None:
    assert told(teller, english) == spanish


def test_names_and_quotations_stay_as_they_are(teller: Teller) -> None:
    assert told(teller, "a date and b is late") == "a date and b va con retraso"
    assert told(teller, "x: is 'a date; expected y'; expected a date") == (
        "x: es 'a date; expected y'; se esperaba una fecha"
    )


def test_what_no_template_has_is_known_to_be_in_english(teller: Teller) -> None:
    parts = teller.parts("Nobody else may do it. This was never written.")
    assert [(part.text, part.is_told) for part in parts] == [
        ("Nadie más puede hacerla.", True),
        (" This was never written.", False),
    ]
    assert [part.is_told for part in teller.parts("x" * (MOST_CHARACTERS + 1))] == [False]


@given(task=NAME, cost=st.integers(0, 10**6))
@example(task="%(task)s", cost=0)
@example(task="100 %, {x} 'is", cost=0)
@example(task="J. R. and co.", cost=1_000)
def test_whatever_a_name_holds_it_is_said_as_it_is(task: str, cost: int) -> None:
    line = told(Teller("es", MESSAGES), f"{task!r} is late. Leaving it costs {cost}.")
    assert line == f"{task!r} va con retraso. Dejarla cuesta {cost}.".replace("\N{NO-BREAK SPACE}", " ")


@given(RUBBISH)
def test_rubbish_is_given_back_quickly(text: str) -> None:
    """Each look compares at most so many templates, however the text is put together."""
    teller = Teller("es", MESSAGES)
    parts = teller.parts(text)
    assert "".join(part.text for part in parts if not part.is_told).strip() in text or len(parts) > 1
    assert ("\n" in text) <= any("\n" in part.text for part in parts)


@pytest.mark.parametrize("text", ["is late by " * 180, "a, b; c: d. " * 160, "and " * 490, "'" * 1999, "x. " * 650])
def test_no_text_takes_long(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trials = []
    match = Template.match

    def counted(template: Template, line: str) -> tuple[str, ...] | None:
        trials.append(line)
        return match(template, line)

    monkeypatch.setattr(Template, "match", counted)
    teller = teller_of("es")
    assert teller is not None
    assert teller.parts(text)
    assert len(trials) <= MOST_TRIALS


@given(st.lists(NAME, min_size=2, max_size=2))
def test_a_template_finds_its_values_again(values: list[str]) -> None:
    template = Template.of("from %(a)s\nto %(b)s\n")
    text = f"from {values[0]}\nto {values[1]}\n"
    assert template.match(text) == tuple(values)
    assert template.match(text[:-1]) is None


@given(RUBBISH)
def test_quotations_come_back_as_they_were(text: str) -> None:
    bare, taken = take_out(text)
    assert put_back(bare, taken) == text
    assert [one[0] == one[-1] and len(one) > 1 for one in taken] == [True] * len(taken)


@given(NAME)
def test_a_quotation_is_taken_out_as_python_writes_it(name: str) -> None:
    assert take_out(f"the agent's task {name!r} is: late")[1] == [repr(name)]


def test_only_templates_that_share_a_rare_word_are_looked_at() -> None:
    index = TemplateIndex(map(Template.of, MESSAGES))
    assert [one.fixed for one in index.candidates("Leaving it costs 5.")] == [("Leaving it costs ", ".")]
    assert list(index.candidates("Leavingit")) == []


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("1,234.50", "1.234,50"),
        ("1234", "1234"),
        ("0.5", "0,5"),
        ("-12 %", "\N{MINUS SIGN}12\N{NO-BREAK SPACE}%"),
        ("1,23", None),
        ("1.2.3", None),
        ("T1", None),
        ("", None),
    ],
)
def test_figures_are_written_as_readers_write_them(english: str, spanish: str | None) -> None:
    assert rewritten_figure(english, "es") == spanish


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("Mon 09:00", "lun 09:00"),
        ("Wed 2 Sep 23:59", "mié 2 sept 23:59"),
        ("Mon 2 Xyz 09:00", None),
        ("Abc 09:00", None),
        ("09:00", None),
    ],
)
def test_days_are_named_as_readers_name_them(english: str, spanish: str | None) -> None:
    assert rewritten_clock(english, "es") == spanish


def test_every_sentence_is_found_again_with_its_values(told_by_modules: dict[str, str]) -> None:
    """No sentence hides another: each template, filled in, is told as its own Spanish.

    Those of few words stand only where they are all that there is, or within others.
    """
    teller = teller_of("es")
    assert teller is not None
    faults = []
    spoken = told_messages("es")
    for message in told_by_modules.keys() & spoken.keys():
        english, spanish = Template.of(message), Template.of(spoken[message])
        values = {name: f"⟨{position}⟩" for position, name in enumerate(english.names)}
        if english.num_fixed >= LEAST_FIXED and told(teller, english.fill(values)) != spanish.fill(values).replace(
            "\N{NO-BREAK SPACE}", " "
        ):
            faults.append((message, told(teller, english.fill(values))))
    assert faults == []
