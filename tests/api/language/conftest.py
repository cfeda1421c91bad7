"""What deeper layers say to people, read from their source: every sentence, its values replaced by `%(name)s`."""

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

import api

ROOT = Path(api.__file__).parent.parent
MOST_WAYS = 12
"""A sentence with more ways to be said keeps its parts as values, which are looked up by themselves."""
WRAPPERS = frozenset(
    {"abs", "float", "format_instant", "int", "len", "list", "max", "min", "quoted", "repr", "round", "shown", "sorted"}
    | {"capitalize", "isoformat", "lower", "removeprefix", "removesuffix", "replace", "str", "strip", "sum", "total"}
    | {"say_share"}
)
"""Calls by which a value is called as what they are given."""
VAGUE = frozenset({"args", "id", "key", "name", "text", "title", "value"})
"""Attributes that say too little without what they are of."""
WORD = re.compile(r"[A-Za-z]{2,}")
SPACED = re.compile(r"\s")
UNSAID_CALLS = frozenset({"_log", "log", "logger", "_LOG", "compile", "execute", "text", "exec_driver_sql", "strftime"})
UNSAID_ARGUMENTS = frozenset({"description", "pattern", "help", "alias", "default", "media_type", "format"})
JOINTS = ";:,"
LISTS = Path(__file__).parent / "told"


@dataclass
class Reader:
    """Reads one module.

    Attributes
    ----------
    inlined
        Parts that stand within the sentences that they are parts of.
    unsaid
        Texts that are not for people.
    listed
        Words that one of is chosen by a code: single words are texts there as well.
    """

    tree: ast.Module
    inlined: set[ast.AST] = field(default_factory=set)
    unsaid: set[ast.AST] = field(default_factory=set)
    listed: set[ast.AST] = field(default_factory=set)

    def sentences(self) -> Iterator[tuple[int, str]]:
        """Return every text for people with its line."""
        self._leave_out()
        scopes = [(scope, _assigned(scope)) for scope in ast.walk(self.tree) if isinstance(scope, ast.FunctionDef)]
        where: dict[ast.AST, dict[str, ast.expr]] = {}
        for scope, known in scopes:
            where |= dict.fromkeys(ast.walk(scope), known)
        found: list[tuple[ast.expr, list[str]]] = []
        pending: list[ast.AST] = [self.tree]
        while pending:
            node = pending.pop()
            if node in self.unsaid:
                continue
            is_constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if isinstance(node, ast.expr) and (is_constant or isinstance(node, ast.JoinedStr) or _is_joined(node)):
                found.append((node, self._ways(node, where.get(node, {}), 0)))
            pending += [child for child in ast.iter_child_nodes(node) if not _is_part(node, child)]
        for node, ways in found:
            if node not in self.inlined:
                for line in (line for way in ways for line in way.split("\n")):
                    message = _numbered(line)
                    if node in self.listed or _is_said(message, is_filled=not isinstance(node, ast.Constant)):
                        yield node.lineno, message

    def _ways(self, node: ast.expr, known: dict[str, ast.expr], depth: int) -> list[str]:
        """Return every way a text can be: with each choice within it made."""
        if isinstance(node, ast.Constant):
            return [str(node.value).replace("%", "%%")]
        if isinstance(node, ast.IfExp):
            return [*self._ways(node.body, known, depth), *self._ways(node.orelse, known, depth)]
        if isinstance(node, ast.BinOp):
            sides = (self._ways(node.left, known, depth), self._ways(node.right, known, depth))
            return ["".join(pair) for pair in itertools.product(*sides)]
        if not isinstance(node, ast.JoinedStr):
            return [f"%({_name(node)})s"]
        ways = [""]
        for part in node.values:
            if isinstance(part, ast.Constant):
                choices = self._ways(part, known, depth)
            else:
                assert isinstance(part, ast.FormattedValue)
                choices = self._value_ways(part.value, known, depth)
                if len(choices) * len(ways) > MOST_WAYS:
                    choices = [f"%({_name(part.value)})s"]
                elif choices != [f"%({_name(part.value)})s"]:
                    self.inlined |= _texts_of(_resolved(part.value, known))
            ways = [way + choice for way in ways for choice in choices]
        return ways

    def _value_ways(self, value: ast.expr, known: dict[str, ast.expr], depth: int) -> list[str]:
        found = _resolved(value, known)
        if depth < 3 and _is_wording(found):
            return self._ways(found, known, depth + 1)
        return [f"%({_name(value)})s"]

    def _leave_out(self) -> None:
        """Note what is no text for people: what explains the source, is compared, is a key, is for the log."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                self.unsaid.add(node.value)
            elif isinstance(node, ast.Compare):
                self.unsaid |= {node.left, *node.comparators}
            elif isinstance(node, ast.Subscript):
                self.unsaid.add(node.slice)
            elif isinstance(node, ast.Dict):
                self.unsaid |= {key for key in node.keys if key is not None}
                texts = [item for item in node.values if isinstance(item, ast.Constant) and isinstance(item.value, str)]
                if any(SPACED.search(str(item.value)) for item in texts):
                    self.listed |= {item for item in texts if WORD.search(str(item.value))}
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Dict):
                self.listed |= {item for item in node.value.values if isinstance(item, ast.Constant)}
            elif isinstance(node, ast.Call):
                called = node.func
                base = called.value if isinstance(called, ast.Attribute) else called
                names = {getattr(base, "id", ""), getattr(called, "attr", "")}
                if names & UNSAID_CALLS:
                    self.unsaid |= set(node.args)
                if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Constant):
                    self.unsaid.add(called.value)  # what a list is joined by
                self.unsaid |= {item.value for item in node.keywords if item.arg in UNSAID_ARGUMENTS}


def _assigned(scope: ast.FunctionDef) -> dict[str, ast.expr]:
    """Return the words that local names stand for, where they are said once."""
    found: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
                else:
                    for part in ast.walk(target):
                        if isinstance(part, ast.Name):
                            found.setdefault(part.id, []).append(None)
        elif isinstance(node, ast.AugAssign | ast.For | ast.comprehension | ast.withitem | ast.NamedExpr):
            bound = node.optional_vars if isinstance(node, ast.withitem) else node.target
            for part in ast.walk(bound) if bound is not None else ():
                if isinstance(part, ast.Name):
                    found.setdefault(part.id, []).append(None)
    return {
        name: values[0]
        for name, values in found.items()
        if len(values) == 1 and values[0] is not None and _is_wording(values[0])
    }


def _resolved(value: ast.expr, known: dict[str, ast.expr]) -> ast.expr:
    return known.get(value.id, value) if isinstance(value, ast.Name) else value


def _is_wording(node: ast.expr) -> bool:
    """Return whether a value is words of ours: fixed ones, a sentence, or a choice of them."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.IfExp):
        return _is_wording(node.body) and _is_wording(node.orelse)
    return isinstance(node, ast.JoinedStr)


def _texts_of(node: ast.expr) -> set[ast.AST]:
    """Return the texts of a choice."""
    if isinstance(node, ast.IfExp):
        return _texts_of(node.body) | _texts_of(node.orelse)
    return {node}


def _is_joined(node: ast.AST) -> bool:
    """Return whether a text is put together of words of ours and something else."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return False
    sides = (node.left, node.right)
    return any(_is_wording(side) or _is_joined(side) for side in sides)


def _is_part(node: ast.AST, child: ast.AST) -> bool:
    """Return whether a child is said with its parent: the fixed words of a sentence, and how a value is written."""
    if isinstance(node, ast.JoinedStr):
        return isinstance(child, ast.Constant)
    if _is_joined(node):
        return isinstance(child, ast.Constant | ast.JoinedStr) or _is_joined(child)
    return isinstance(node, ast.FormattedValue) and child is node.format_spec


def _is_said(message: str, *, is_filled: bool) -> bool:
    """Return whether a text is for people: it has a word, and a space beside it."""
    fixed = re.sub(r"%\(\w+\)s", "", message)
    if not WORD.search(fixed):
        return False
    return bool(SPACED.search(fixed if is_filled else fixed.strip()))


def _bare(way: str) -> str:
    """Return a text without what joins it to others."""
    text = way.strip()
    while text[:1] in JOINTS and text[1:2] == " ":
        text = text[2:].lstrip()
    return text


def _numbered(way: str) -> str:
    """Return a template in which no two values are called the same."""
    seen: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        seen[found[1]] = seen.get(found[1], 0) + 1
        return f"%({found[1]}{'' if seen[found[1]] == 1 else f'_{seen[found[1]]}'})s"

    return re.sub(r"%\((\w+)\)s", number, _bare(way))


def _name(node: ast.expr) -> str:
    """Return what a value is called, by the expression that gives it."""
    if isinstance(node, ast.Name):
        return node.id.strip("_").lower()
    if isinstance(node, ast.Attribute):
        own = node.attr.strip("_")
        return f"{_name(node.value)}_{own}" if own in VAGUE and not _is_self(node.value) else own
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else _name(node.func)
        if called == "join" and node.args:
            return _name(node.args[0])
        if called in WRAPPERS:
            inner = node.args[0] if node.args and not isinstance(node.func, ast.Attribute) else None
            if inner is None and isinstance(node.func, ast.Attribute):
                inner = node.func.value
            name = _name(inner) if inner is not None else "value"
            return f"num_{name}" if called == "len" else name
        return called.strip("_")
    if isinstance(node, ast.Subscript):
        base = _name(node.value)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return f"{base}_{re.sub(r'[^A-Za-z0-9]+', '_', key)}" if isinstance(key, str) else base
    if isinstance(node, ast.UnaryOp):
        return _name(node.operand)
    if isinstance(node, ast.BinOp):
        return next((name for name in (_name(node.left), _name(node.right)) if name != "value"), "value")
    if isinstance(node, ast.BoolOp):
        return _name(node.values[0])
    if isinstance(node, ast.IfExp):
        return _name(node.body)
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        return _name(node.generators[0].iter)
    return "value"


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}


def sentences_of(name: str) -> dict[str, str]:
    """Return the texts for people of a module of that name, with where each is said first."""
    path = ROOT / (name.replace(".", "/") + ".py")
    found: dict[str, str] = {}
    for line, message in sorted(Reader(ast.parse(path.read_text(encoding="utf-8"))).sentences()):
        found.setdefault(message, f"{name}:{line}")
    return found


def told_modules() -> dict[str, set[str]]:
    """Return the modules that word what pages show, and what of it no page does.

    The files of `told` name a module a line; below it, indented, stands what people never read, and after a `+` what it
    puts together of parts.
    """
    found: dict[str, set[str]] = {}
    for path in sorted(LISTS.glob("*.txt")):
        name = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("    "):
                found[name].add(line[4:])
            elif line and not line.startswith("#"):
                name = line
                found.setdefault(name, set())
    return found


@cache
def told_sentences() -> dict[str, str]:
    """Return what deeper layers say on pages, with where."""
    found: dict[str, str] = {}
    for name, noted in told_modules().items():
        said = sentences_of(name)
        found |= {line.removeprefix("+ "): name for line in noted if line.startswith("+ ")}
        unsaid = {line for line in noted if not line.startswith("+ ")}
        gone = unsaid - said.keys()
        assert not gone, f"{name} does not say: {sorted(gone)}"
        for message, where in said.items():
            if message not in unsaid:
                found.setdefault(message, where)
    return found


@pytest.fixture(scope="session")
def told_by_modules() -> dict[str, str]:
    """What deeper layers say on pages, with where."""
    return told_sentences()
