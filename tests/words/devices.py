"""What devices and their drivers say of themselves, of a print job or of a card payment, in plain English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pos.devices.zvt.texts import RESULTS
from tests.words.templates import template

_FILES: Final = (
    "devices/worker/*.py",
    "devices/*/dialogue.py",
    "devices/zvt/outcome.py",
    "devices/readers/magstripe.py",
    "devices/transport.py",
    "devices/usb.py",
    "app/backups.py",
    "app/copying.py",
    "app/peripherals.py",
    "app/setup.py",
    "store/copyfile.py",
    "store/copyshelf.py",
    "till/counter/devices.py",
)
# Said with a state, an outcome or an error: there a single word is a text, too.
_SAYERS: Final = {"DeviceState", "Result", "CardOutcome", "TransportError", "did", "_did"}
# Not said to people: the log, and errors of whoever wrote the program.
_UNSAID: Final = {
    "Malformed",
    "debug",
    "info",
    "warning",
    "error",
    "exception",
    "RuntimeError",
    "ValueError",
    "partial",
    "Thread",
}
# A drawer's sensor, and what came of a job or a payment, as they stand in a sentence.
_WORDS: Final = ("open", "shut", "done", "failed", "unknown", "approved", "declined")


def device_texts(src: Path) -> Iterator[str]:
    """All of them; one that begins small and has a space is a sentence, wherever it stands."""
    yield from _WORDS
    yield from RESULTS.values()
    for pattern in _FILES:
        for path in sorted(src.glob(pattern)):
            yield from _said(ast.parse(path.read_text(encoding="utf-8")), small=False)
    for node in ast.walk(ast.parse((src / "app" / "counter.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _called(node) == "did":
            yield from filter(None, map(template, node.args))


def _said(node: ast.AST, *, small: bool) -> Iterator[str]:
    """`small`: whether single words count."""
    if isinstance(node, ast.Call):
        if _called(node) in _UNSAID:
            return
        small = _called(node) in _SAYERS
    for at, child in enumerate(ast.iter_child_nodes(node)):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        if text := template(child) if isinstance(child, ast.Constant | ast.JoinedStr) else "":
            if _sentence(text) or (small and at > 0 and text.isalpha() and text.islower()):
                yield text
        elif not isinstance(child, ast.JoinedStr):
            yield from _said(child, small=small and isinstance(child, ast.IfExp | ast.BoolOp))


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _sentence(text: str) -> bool:
    return " " in text.strip() and "%s" not in text and bool(re.match(r"[a-z{]", text))
