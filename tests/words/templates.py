"""Texts in the source as their templates: literals, and f-strings with their fields named."""

from __future__ import annotations

import ast
import re


def template(node: ast.expr | None) -> str:
    """The text of a literal or an f-string, "" where it says nothing by itself."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    names: list[str] = []
    written = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            written += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            name = _name(part.value)
            names.append(name)
            written += "{" + name + (str(names.count(name)) if names.count(name) > 1 else "") + "}"
    return written if re.sub(r"\{\w+\}|\W", "", written) else ""


def _name(node: ast.expr) -> str:
    """What a field of an f-string is called for translators: the last word of the expression that has one."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return node.slice.value
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_").lower()
    if isinstance(node, ast.Name):
        return node.id.strip("_").lower()
    for child in [*getattr(node, "args", []), *ast.iter_child_nodes(node)]:
        if isinstance(child, ast.expr) and not isinstance(child, ast.Constant):
            return _name(child)
    return "value"
