"""What deeper layers word in English, in the reader's language.

They write finished sentences. Here each is found again among the templates of the catalogues whose names begin with
`told-`, and is said anew with its values: those that are texts of ours are said anew too, figures are written as
readers write them, and names stay as they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from api.language import formats
from api.language.catalogues import SOURCE, told_messages
from api.language.quotations import is_place, put_back, quotations_of, take_out
from api.language.templates import WORD, Template, TemplateIndex

MOST_CHARACTERS = 2_000
"""A longer line stays as it is: none of ours is."""
MOST_PIECES = 24
MOST_DEPTH = 8
MOST_TRIALS = 2_000
"""Templates tried for a line; what is not found by then stays as it is."""
MOST_MATCHES = 3
SURE = 20
SURE_SHARE = 0.4
"""A template with so many fixed characters, or so large a part of a text, is what the text is of."""
LEAST_FIXED = 8
"""Fixed characters of a template that stands alone, or begins with another letter than it does, small or capital."""
BEGINNING = 3
REMEMBERED = 4_096
_NAMES = """
    address agent agent_id agent_name base_url by_name client column digest entry_file file folder group group_id
    home_name id key label name option owner path pinned pinned_agent principal principal_id row_id setting skill
    skill_name skill_names spec_name step table table_name target target_name task task_id task_type team team_id
    team_name team_names template_name text title url who worst zone_name
"""
NAMES = frozenset(_NAMES.split())
"""Values that are names and texts of others': they are not ours to translate."""
PLACES = ": "
"""What stands between the parts of a place: `tasks.csv: row 3: due`."""
JOINTS = ("; ", PLACES, ", ")
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=\S)")
_JOINED = re.compile(r"[;:,.!?] ")
_COUNT = re.compile(r"([\d.,]+) (?=\S)")
_NUMBERED = re.compile(r"_\d+$")


class Part(NamedTuple):
    """A piece of a text, and whether it is said in the reader's language."""

    text: str
    is_told: bool


class _Said(NamedTuple):
    """A text said anew, how many characters of the English were known, and whether nothing else can be meant."""

    text: str
    known: int
    is_sure: bool = False


@dataclass
class _Line:
    """What was found out of a line so far.

    Attributes
    ----------
    trials
        How many templates may still be tried.
    """

    trials: int = MOST_TRIALS
    matched: dict[str, _Said | None] = field(default_factory=dict)
    said: dict[str, _Said] = field(default_factory=dict)


class Teller:
    """Says the sentences of deeper layers in a language."""

    def __init__(self, language: str, messages: dict[str, str]) -> None:
        self._language = language
        pairs = [(Template.of(english), Template.of(told)) for english, told in messages.items()]
        self._constants = {english.fixed[0]: told.fixed[0] for english, told in pairs if not english.names}
        self._told = {english: told for english, told in pairs if english.names}
        self._index = TemplateIndex(self._told)
        self._beginnings = {english.fixed[0][:BEGINNING] for english, _ in pairs}
        self._quoted = frozenset(quotation for english in messages for quotation in quotations_of(english))
        self._remembered = lru_cache(REMEMBERED)(self._parts)

    def parts(self, text: str) -> tuple[Part, ...]:
        """Return a text piece by piece: what is known in the reader's language, the rest as it is."""
        return self._remembered(text) if len(text) <= MOST_CHARACTERS else self._parts(text)

    def _parts(self, text: str) -> tuple[Part, ...]:
        lines = text.split("\n")
        parts: list[Part] = []
        for position, line in enumerate(lines):
            if position:
                parts.append(Part("\n", is_told=True))
            parts += self._line_parts(line) if 0 < len(line) <= MOST_CHARACTERS else [Part(line, is_told=not line)]
        return tuple(parts)

    def _line_parts(self, line: str) -> Iterator[Part]:
        bare, taken = take_out(line, kept=self._quoted)
        pieces = _SENTENCE_END.split(bare)
        for position, (english, said) in enumerate(self._best(pieces, " ", 0, _Line())):
            text = put_back(said.text, taken)
            yield Part((" " if position else "") + text, is_told=said.known > 0 or not english.strip())

    def _say(self, text: str, depth: int, line: _Line) -> _Said:
        """Return a text said anew as far as it is known: as one, or as several that are joined."""
        if text not in line.said:
            options = [self._match(text, depth, line) or _Said(text, 0)]
            line.said[text] = options[0]
            is_open = depth < MOST_DEPTH and " " in text and not options[0].is_sure
            for joint in (" ", *JOINTS) if is_open else ():
                pieces = _SENTENCE_END.split(text) if joint == " " else text.split(joint)
                if 1 < len(pieces) <= MOST_PIECES:
                    told = [said for _, said in self._best(pieces, joint, depth + 1, line)]
                    options.append(_Said(joint.join(said.text for said in told), sum(said.known for said in told)))
            line.said[text] = max(options, key=lambda said: said.known)
        return line.said[text]

    def _best(self, pieces: list[str], joint: str, depth: int, line: _Line) -> list[tuple[str, _Said]]:
        """Return the pieces, some of them together, so that most is known: a sentence of ours may hold several."""
        if len(pieces) > MOST_PIECES:
            return [(piece, self._say(piece, depth, line)) for piece in pieces]
        alone = [self._say_piece(piece, joint, depth, line) for piece in pieces]
        sure = [said.is_sure or 2 * said.known >= len(piece) for piece, said in zip(pieces, alone, strict=True)]
        if all(sure):
            return list(zip(pieces, alone, strict=True))
        best: list[tuple[int, int, list[tuple[str, _Said]]]] = [(0, 0, [])]
        for end in range(1, len(pieces) + 1):
            options = []
            for begin in range(end):
                english = joint.join(pieces[begin:end])
                said: _Said | None = alone[begin]
                if end - begin > 1:
                    said = None if all(sure[begin:end]) else self._match(english, depth, line)
                if said is not None:
                    known, unknown, before = best[begin]
                    options.append((known + said.known, unknown - (said.known == 0), [*before, (english, said)]))
            best.append(max(options, key=lambda option: option[:2]))
        return best[-1][2]

    def _say_piece(self, piece: str, joint: str, depth: int, line: _Line) -> _Said:
        if joint == PLACES and " " not in piece:
            return _Said(piece, 0)  # the name of a file, a table or a column
        return self._say(piece, depth, line)

    def _match(self, text: str, depth: int, line: _Line) -> _Said | None:
        """Return a text of ours said anew: a fixed one, or the template that most of it is of; None where it is none.

        It may have been given a capital, or a full stop.
        """
        if text not in line.matched:
            line.matched[text] = None
            count = _COUNT.match(text)
            options = [
                self._match_stopped(text, depth, line),
                self._match_counted(text, count.end(), depth, line) if count is not None else None,
            ]
            found = (said for said in options if said is not None)
            line.matched[text] = max(found, key=lambda said: said.known, default=None)
        return line.matched[text]

    def _match_stopped(self, text: str, depth: int, line: _Line) -> _Said | None:
        """Return what `_match` does of a text as it is, else without a full stop, and with another letter first."""
        bare_texts = [(text, "")] + ([(text[:-1], ".")] if text.endswith(".") else [])
        ways = [(bare, stop, False) for bare, stop in bare_texts]
        ways += [(_turned(bare), stop, True) for bare, stop in bare_texts]
        ways = [way for way in ways if not way[2] or way[0][:BEGINNING] in self._beginnings]
        for match in (self._match_constant, self._match_template):
            for english, stop, is_turned in ways:
                said = match(english, depth, line, LEAST_FIXED if is_turned else 0)
                if said is not None:
                    return said._replace(text=(_turned(said.text) if is_turned else said.text) + stop)
        return None

    def _match_constant(self, text: str, _depth: int, _line: _Line, _least: int) -> _Said | None:
        constant = self._constants.get(text)
        return None if constant is None else _Said(constant, len(text), is_sure=True)

    def _match_counted(self, text: str, begin: int, depth: int, line: _Line) -> _Said | None:
        """Return what `_match` does of a text that begins with a figure."""
        counted = self._match(text[begin:], depth + 1, line) if depth < MOST_DEPTH else None
        if counted is None:
            return None
        number = self._value("", text[: begin - 1], depth, line)
        return _Said(f"{number.text} {counted.text}", number.known + counted.known)

    def _match_template(self, text: str, depth: int, line: _Line, least: int) -> _Said | None:
        best: _Said | None = None
        num_matches = 0
        for template in self._index.candidates(text) if depth < MOST_DEPTH and " " in text else ():
            line.trials -= 1
            if line.trials < 0 or template.num_fixed < least or num_matches == MOST_MATCHES:
                break
            values = None if depth == 0 and template.is_list else template.match(text)
            if values is None:
                continue
            open_names = [len(value) for name, value in zip(template.names, values, strict=True) if not _is_name(name)]
            if best is not None and template.num_fixed + sum(open_names) <= best.known:
                continue
            num_matches += 1
            told = {
                name: self._value(name, value, depth, line) for name, value in zip(template.names, values, strict=True)
            }
            known = template.num_fixed + sum(said.known for said in told.values())
            is_enough = depth > 0 or template.num_fixed >= LEAST_FIXED or known == len(text)
            if is_enough and (best is None or known > best.known):
                is_sure = template.num_fixed >= min(SURE, SURE_SHARE * len(text)) and not any(
                    _JOINED.search(value) for name, value in zip(template.names, values, strict=True) if _is_name(name)
                )
                filled = self._told[template].fill({name: said.text for name, said in told.items()})
                best = _Said(filled, known, is_sure)
                if is_sure:
                    break
        return best

    def _value(self, name: str, value: str, depth: int, line: _Line) -> _Said:
        """Return a value said anew, unless it is a name or a quotation."""
        bare = value.strip()
        if not bare or is_place(bare) or _is_name(name) or (name == "where" and " " not in bare):
            return _Said(value, 0)
        written = formats.rewritten_figure(bare, self._language) or formats.rewritten_clock(bare, self._language)
        if written or not WORD.search(bare):
            return _Said(value.replace(bare, written or bare), len(bare) if written else 0)
        said = self._say(bare, depth + 1, line)
        return said._replace(text=value.replace(bare, said.text, 1)) if said.known else _Said(value, 0)


@cache
def teller_of(language: str) -> Teller | None:
    """Return who says the sentences of deeper layers in a language; nobody where it is theirs."""
    return None if language == SOURCE else Teller(language, told_messages(language))


@cache
def _is_name(placeholder: str) -> bool:
    """Return whether the values of a placeholder are names."""
    return _NUMBERED.sub("", placeholder) in NAMES


def _turned(text: str) -> str:
    """Return a text with a capital instead of a small letter first, or the other way round."""
    return text[:1].swapcase() + text[1:]
