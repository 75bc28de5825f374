"""Texts of the window that no catalogue can have, or that a change of language would not reach."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_SAYERS = ("tr", "tr_count", "told")
_TABLES = {"template_of(refused)", "way", "say"}  # texts that come from a table, which is read apart


def careless(tree: ast.Module) -> list[str]:
    """Each with its line: said at import, when nobody has a language yet, or not a literal text."""
    found = [f"line {call.lineno}: said at import" for call in _calls(tree, at_import=True)]
    for call in _calls(tree, at_import=False):
        if getattr(call.func, "id", "") == "tr" and not _literal(call.args[0]):
            found.append(f"line {call.lineno}: {ast.unparse(call.args[0])} is not a literal text")
    return found


def _calls(node: ast.AST, *, at_import: bool, inside: bool = False) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        deeper = inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") in _SAYERS and at_import is not inside:
            yield child
        yield from _calls(child, at_import=at_import, inside=deeper)


def _literal(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _literal(node.body) and _literal(node.orelse)
    return (isinstance(node, ast.Constant) and isinstance(node.value, str)) or ast.unparse(node) in _TABLES
