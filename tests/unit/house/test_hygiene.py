"""House rules that no linter knows: what must not be in the repository, and how long things may be."""

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MODULE_LINES = 450
FUNCTION_LINES = 70
FILE_BYTES = 9_000_000

# Written apart, so that this file does not find itself.
FORBIDDEN_TEXT = {
    "a path of one machine": r"/(?:work/(?:main|shared)|root)/|\.\./shared" + r"/",
    "a package registry": r"(?i)\bpypi" + r"\.org|pythonhosted" + r"\.org|npmjs" + r"\.org|deb" + r"\.debian\.org",
    "work left over": r"\b(?:TO" + r"DO|FIX" + r"ME)\b",
    "a working note": r"\b[1-8]-(?:house|protocol|contracts|devices|window|style|speed|look)" + r"\.md",
}

# Rooms that are pure: import-linter sees what they import, this sees what they call.
PURE = ("src/pos/domain", "src/pos/paper", "src/sync/wire.py", "src/sync/wire", "src/sync/lanwire.py")
PURE_DEVICES = ("escpos", "fgl", "zpl", "zvt")
IMPURE_NAMES = {"open", "input", "print", "breakpoint", "exec", "eval"}
IMPURE_METHODS = {"now", "today", "utcnow", "uuid1", "uuid4", "getenv", "read_text", "read_bytes", "write_text"}


def repository_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # a font or a picture


def modules() -> list[Path]:
    return sorted((ROOT / "src").rglob("*.py"))


def pure_modules() -> Iterator[Path]:
    for room in (*PURE, *(f"src/pos/devices/{name}" for name in PURE_DEVICES)):
        path = ROOT / room
        yield from path.rglob("*.py")
        if path.with_suffix(".py").is_file():
            yield path.with_suffix(".py")


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def impure_calls(tree: ast.AST) -> list[str]:
    found = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id in IMPURE_NAMES:
            found.append(f"line {call.lineno}: {call.func.id}()")
        if isinstance(call.func, ast.Attribute) and call.func.attr in IMPURE_METHODS:
            found.append(f"line {call.lineno}: .{call.func.attr}()")
    return found


@pytest.mark.parametrize("what", FORBIDDEN_TEXT)
def test_no_file_holds(what):
    pattern = re.compile(FORBIDDEN_TEXT[what])
    found = [
        f"{path.relative_to(ROOT)}: {match[0]!r}"
        for path in repository_files()
        for match in pattern.finditer(text_of(path))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a path of one machine", "/work" + "/main/src"),
        ("a package registry", "https://PyPI" + ".org/simple"),
        ("work left over", "# TO" + "DO later"),
        ("a working note", "see 3-contracts" + ".md"),
    ],
)
def test_forbidden_text_is_recognised(what, text):
    assert re.search(FORBIDDEN_TEXT[what], text)


def test_no_file_is_too_large():
    assert [p.relative_to(ROOT) for p in repository_files() if p.stat().st_size > FILE_BYTES] == []


def test_scripts_can_be_run():
    scripts = [ROOT / ".ci/run", *(ROOT / "installer").glob("*.sh")]
    assert [script.name for script in scripts if not os.access(script, os.X_OK)] == []


def test_no_module_is_too_long():
    lengths = {path.relative_to(ROOT): len(text_of(path).splitlines()) for path in modules()}
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_too_long():
    long = {}
    # A migration is one long statement of what a table holds.
    for path in (path for path in modules() if "migrations" not in path.parts):
        for function in functions(ast.parse(text_of(path))):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > FUNCTION_LINES:
                long[f"{path.relative_to(ROOT)}: {function.name}"] = lines
    assert long == {}


def test_pure_rooms_call_nothing_impure():
    assert list(pure_modules()) != []
    found = {path.relative_to(ROOT): impure_calls(ast.parse(text_of(path))) for path in pure_modules()}
    assert {path: calls for path, calls in found.items() if calls} == {}


@pytest.mark.parametrize("line", ["open('x')", "datetime.now(UTC)", "date.today()", "uuid.uuid4()"])
def test_impure_calls_are_recognised(line):
    assert impure_calls(ast.parse(line)) != []
