"""What is installed is what was locked, and the wheel carries its data."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
# Extras that are left to whoever wants them: on some system they come as source only, and the lock has wheels.
NOT_LOCKED = {"nfc"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins() -> dict[str, tuple[str, int]]:
    """Package -> its one version and how many hashes go with it."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        match = re.fullmatch(r"([a-z0-9-]+)==([^ ;]+)([^#]*)", line.strip())
        assert match, f"not a pin: {line[:80]!r}"
        assert match[1] not in found, f"{match[1]} is there twice"
        found[match[1]] = (match[2], len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", match[3])))
    return found


def requirements() -> list[Requirement]:
    project = PROJECT["project"]
    locked = [lines for extra, lines in project["optional-dependencies"].items() if extra not in NOT_LOCKED]
    extras = (line for lines in locked for line in lines)
    build = PROJECT["build-system"]["requires"]
    return [Requirement(line) for line in [*project["dependencies"], *extras, *build]]


def test_every_pin_has_its_hashes():
    assert {name for name, (_, hashes) in pins().items() if hashes == 0} == set()


def test_the_lock_names_no_address():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_what_the_project_needs_is_locked(requirement):
    version, _ = pins()[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version)


# Imported under a name of its own by a package that brings it along.
BROUGHT_BY = {"shiboken6": "pyside6-essentials", "pydantic-core": "pydantic", "smartcard": "pyscard"}
# Never imported by us: named on a command line, in a URL or in another package's settings.
NAMED_ONLY = {
    "hatchling", "httptools", "import-linter", "mypy", "psycopg", "pytest-timeout", "pytest-xdist",
    "ruff", "tzdata", "uvloop",
}  # fmt: skip


def imported_packages(folder: str) -> set[str]:
    """The packages, by the names they are installed under, that modules in a folder import."""
    modules = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module)
    tops = {module.partition(".")[0] for module in modules} - set(sys.stdlib_module_names) - {"pos", "sync", "tests"}
    owners = packages_distributions()
    found = {canonicalize_name(owners[top][0]) if top in owners else top for top in tops}
    return {BROUGHT_BY.get(name, name) for name in found}


def declared(*extras: str) -> set[str]:
    project = PROJECT["project"]
    lines = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def test_the_program_imports_only_what_it_declares():
    assert imported_packages("src") - declared("nfc", "postgres") == set()


def test_the_tests_import_only_what_the_project_declares():
    assert imported_packages("tests") - declared("postgres", "dev") == set()


def test_nothing_is_declared_in_vain():
    assert declared() - imported_packages("src") - NAMED_ONLY == set()
    assert declared("dev") - declared() - imported_packages("tests") - NAMED_ONLY == set()


def test_qt_keeps_the_references_to_none(qapp):
    """6.12.0 drops one on every void call, and aborts the process after about 5,000 of them."""
    from PySide6.QtWidgets import QWidget

    widget = QWidget()
    before = sys.getrefcount(None)
    for _ in range(1_000):
        widget.update()
    assert sys.getrefcount(None) > before - 500


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.mark.parametrize("folder", ["resources", "printers"])
def test_the_wheel_carries_the_data(wheel, folder):
    tracked = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, check=True)
    files = {f"pos/_data/{name}" for name in tracked.stdout.decode().split("\0") if name}
    assert files != set()
    assert files <= set(wheel.namelist())


def test_the_wheel_carries_both_packages_and_no_tests(wheel):
    names = wheel.namelist()
    assert {"pos/__init__.py", "sync/__init__.py"} <= set(names)
    assert {name.split("/")[0] for name in names} == {
        "pos",
        "sync",
        f"housefull-{PROJECT['project']['version']}.dist-info",
    }
