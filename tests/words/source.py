"""Every text that the window can show, read out of the source: its own, and what is told to it in plain English."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pos.domain import disputes, parcels, story
from pos.till import refusals
from pos.till.counter.sealing import SEALED
from pos.ui.catalogue import QT, TOLD
from pos.ui.qttexts import TEXTS as QT_TEXTS
from tests.words.devices import device_texts
from tests.words.templates import template

SRC: Final = Path(__file__).resolve().parents[2] / "src" / "pos"

# Where the English sentences are made that reach the window as they are.
_TELLERS: Final = ("pos/till", "pos/domain", "pos/store", "pos/app", "sync/agent")
# Modules whose ValueErrors become the reason of a refusal.
_ERRORS: Final = ("money", "serials", "shift", "check", "order", "refund", "declared", "agreement")


# What may go wrong at the first start, and with the line.
_BEGINNING: Final = {"EnrolFailed", "FolderInUse", "IdentityLost", "CannotEnrol", "Trouble"}
# Fields of a refusal that are English.
_SAID: Final = ("reason", "device", "sort")
# Functions whose answer is given as a reason elsewhere.
_ANSWERS: Final = {"why_not", "where_is", "_take", "_differs", "differs", "_missing", "_sentence"}


@dataclass(frozen=True, order=True)
class Text:
    """One entry of a catalogue. `many` is the plural's English, "" for none; `context` as in gettext."""

    one: str
    many: str = ""
    context: str = ""


def texts() -> set[Text]:
    """All of them."""
    qt = (Text(text, context=QT) for each in QT_TEXTS.values() for text in each)
    return {*_own(), *_tables(), *(Text(text, context=TOLD) for text in _told()), *qt}


# ---- the window's own ------------------------------------------------------------------------


def _own() -> Iterator[Text]:
    for path in sorted(path for room in ("ui", "app") for path in (SRC / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id == "tr":
                    yield from (Text(text) for text in _literals(node.args[0]))
                elif node.func.id == "tr_count":
                    yield Text(*(_only(arg, path) for arg in node.args[:2]))


def _literals(node: ast.expr) -> list[str]:
    """The literal texts that an argument may be; none for one that comes from a table."""
    if isinstance(node, ast.IfExp):
        return _literals(node.body) + _literals(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _only(node: ast.expr, path: Path) -> str:
    found = _literals(node)
    assert len(found) == 1, f"{path}:{node.lineno}: a counted text must be two literals"
    return found[0]


def _tables() -> Iterator[Text]:
    """Sentences outside the window that are put through `tr` by their template."""
    yield from map(Text, refusals.TEMPLATES.values())
    for table in (refusals.PAPER, refusals.CAPS, refusals.WAYS):
        yield from map(Text, table.values())
    yield from map(Text, _returned(SRC / "till" / "refusals.py", "template_of"))
    yield from map(Text, disputes.sentences())


def _returned(path: Path, function: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield from _literals(inner.value)


# ---- what is told ------------------------------------------------------------------------------


def _told() -> Iterator[str]:
    yield from story.SENTENCES.values()
    yield from device_texts(SRC)
    yield from _layout_faults(ast.parse((SRC / "paper" / "layout.py").read_text(encoding="utf-8")))
    yield SEALED
    for sort, steps in parcels.SORTS.items():
        yield from (sort, *steps.begins, *steps.passes, *steps.ends)
    for teller in _TELLERS:
        for path in sorted((SRC.parent / teller).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield from _reasons(tree)
            if teller == "pos/domain" and path.stem in _ERRORS:
                yield from _errors(tree, {"ValueError", "Unreadable"})
            yield from _errors(tree, _BEGINNING)
    enrolment = SRC.parent / "sync" / "office" / "rules" / "enrolment.py"
    yield from _errors(ast.parse(enrolment.read_text(encoding="utf-8")), _BEGINNING)


def _reasons(tree: ast.Module) -> Iterator[str]:
    """What is given as `reason=` of a refusal, there or to a helper that refuses, or for a till that is fenced."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    helpers = {}
    for function in functions:
        if function.name in _ANSWERS:
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    yield from _templates(node.value, function, tree)
        for call in _calls(function, "fence"):
            yield from _templates(call.args[0], function, tree)
        for call in _calls(function, "Refused"):
            for keyword in call.keywords:
                if keyword.arg in _SAID:
                    yield from _templates(keyword.value, function, tree)
                    names = [argument.arg for argument in function.args.args]
                    if isinstance(keyword.value, ast.Name) and keyword.value.id in names:
                        helpers[function.name] = names.index(keyword.value.id)
    for function in functions:
        for name, at in helpers.items():
            for call in _calls(function, name):
                if at < len(call.args):
                    yield from _templates(call.args[at], function, tree)


def _calls(function: ast.FunctionDef, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
            yield node


def _layout_faults(tree: ast.Module) -> Iterator[str]:
    """Why a layout that is being edited cannot be."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for call in _calls(function, "_refuse"):
                yield from _templates(call.args[1], function, tree)


def _errors(tree: ast.Module, names: Collection[str]) -> Iterator[str]:
    """What errors of these names say: their only words, or those behind a code or a place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") in names:
            at = {"Trouble": 1, "CannotEnrol": 1}.get(getattr(node.func, "id", ""), len(node.args) - 1)
            yield from _templates(node.args[at], None, None)


def _templates(node: ast.expr, function: ast.FunctionDef | None, tree: ast.Module | None) -> Iterator[str]:
    """The texts that an expression may be, f-strings with their fields named."""
    if isinstance(node, ast.IfExp):
        yield from _templates(node.body, function, tree)
        yield from _templates(node.orelse, function, tree)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _templates(value, function, tree)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        # A sentence and its ending, which may not be there.
        endings = [*_templates(node.right, function, tree), ""]
        yield from (begun + ending for begun in _templates(node.left, function, tree) for ending in endings)
    elif isinstance(node, ast.Name):
        for place in (function, tree):
            for value in _assigned(place, node.id) if place is not None else ():
                yield from _templates(value, None, None)
    elif isinstance(node, ast.Tuple):
        yield from _templates(node.elts[0], function, tree)
    elif isinstance(node, ast.Constant | ast.JoinedStr) and (text := template(node)):
        yield text
        for part in getattr(node, "values", ()):
            # A sentence may begin with another one.
            if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name) and function is not None:
                yield from _templates(part.value, function, None)


def _assigned(place: ast.FunctionDef | ast.Module, name: str) -> Iterable[ast.expr]:
    nodes = ast.walk(place) if isinstance(place, ast.FunctionDef) else place.body
    for node in nodes:
        if isinstance(node, ast.Assign):
            targets: list[ast.expr] = node.targets
        elif isinstance(node, ast.NamedExpr | ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        if node.value is not None and any(isinstance(one, ast.Name) and one.id == name for one in targets):
            yield node.value
