"""Templates of sentences: fixed words with values between them, found again in a finished sentence.

A template is matched by looking for its fixed words one after the other, each from where the one before ended. That
finds a match wherever there is one, never goes back, and so takes no longer than reading the sentence once.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|(%))")
LISTING = frozenset({"and", "or"})
WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Template:
    """A text with values in it.

    Attributes
    ----------
    names
        What its values are called, in order.
    fixed
        The words before, between and after them: one more than there are names.
    """

    names: tuple[str, ...]
    fixed: tuple[str, ...]

    @classmethod
    def of(cls, message: str) -> "Template":
        """Return the template of a catalogue's text, in which `%(name)s` is a value and `%%` a percent sign."""
        names: list[str] = []
        fixed = [""]
        end = 0
        for found in PLACEHOLDER.finditer(message):
            fixed[-1] += message[end : found.start()]
            end = found.end()
            if found[1] is None:
                fixed[-1] += "%"
            else:
                names.append(found[1])
                fixed.append("")
        fixed[-1] += message[end:]
        return cls(tuple(names), tuple(fixed))

    @cached_property
    def num_fixed(self) -> int:
        """How many of its characters are fixed: the more, the surer a match."""
        return sum(map(len, self.fixed))

    @cached_property
    def words(self) -> frozenset[str]:
        """Whole words that every text of it holds, in small letters; those that touch a value may be parts of one."""
        found = set()
        last = len(self.fixed) - 1
        for idx, part in enumerate(self.fixed):
            for word in WORD.finditer(part):
                begins = word.start() > 0 or idx == 0
                ends = word.end() < len(part) or idx == last
                if begins and ends:
                    found.add(word[0].casefold())
        return frozenset(found)

    @cached_property
    def is_list(self) -> bool:
        """Whether it only lists: `a and b`."""
        return bool(self.words) and self.words <= LISTING

    def match(self, text: str) -> tuple[str, ...] | None:
        """Return the values that make this of the template; None where none do.

        Each value is the shortest that leaves the rest its place.
        """
        first, *between = self.fixed
        if not between:
            return () if text == first else None
        last = between.pop()
        end = len(text) - len(last)
        at = len(first)
        if end < at or not (text.startswith(first) and text.endswith(last)):
            return None
        values = []
        for part in between:
            found = text.find(part, at, end)
            if found < 0:
                return None
            values.append(text[at:found])
            at = found + len(part)
        values.append(text[at:end])
        return tuple(values)

    def fill(self, values: dict[str, str]) -> str:
        """Return the text with these values."""
        parts = [self.fixed[0]]
        for name, part in zip(self.names, self.fixed[1:], strict=True):
            parts += (values[name], part)
        return "".join(parts)


class TemplateIndex:
    """Finds the few templates that may fit a text, those with most fixed words first."""

    def __init__(self, templates: Iterable[Template]) -> None:
        known = sorted(templates, key=lambda one: (-one.num_fixed, len(one.names), one.fixed))
        counts: dict[str, int] = {}
        for template in known:
            for word in template.words:
                counts[word] = counts.get(word, 0) + 1
        self._templates = known
        self._always: list[int] = []
        self._by_word: dict[str, list[int]] = {}
        for position, template in enumerate(known):
            if template.words:
                rarest = min(template.words, key=lambda word: (counts[word], word))
                self._by_word.setdefault(rarest, []).append(position)
            else:
                self._always.append(position)

    def candidates(self, text: str) -> Iterator[Template]:
        """Return what may fit a text: what has all of its whole words there."""
        words = {word.casefold() for word in WORD.findall(text)}
        found = list(self._always)
        for word in words & self._by_word.keys():
            found += self._by_word[word]
        templates = (self._templates[position] for position in sorted(found))
        return (template for template in templates if template.words <= words)
