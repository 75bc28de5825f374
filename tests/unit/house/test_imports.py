"""Each import contract bites: a violation is planted in a copy of the tree and must be found."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

# contract -> plants; a plant is the lines added to a module, which is made when it is not there.
PLANTS = {
    "pos-layers": [
        {"pos/domain/money.py": "import pos.till.ports"},
        {"pos/store/replica.py": "import pos.till.ports"},
        {"pos/store/replica.py": "import pos.devices"},
        {"pos/till/ports.py": "import pos.ui"},
        {"pos/ui/window.py": "import pos.headless"},
        {"pos/demo/season.py": "import pos.ui"},
        {"pos/settings.py": "import pos.domain"},
        {"pos/till/ports.py": "def late():\n    import pos.app"},
        {"pos/utils/__init__.py": ""},
        {"pos/misc.py": ""},
    ],
    "till-layers": [
        {"pos/till/ports.py": "import pos.till.desk"},
        {"pos/till/desk.py": "import pos.till.counter"},
        {"pos/till/counter/sell.py": "import pos.till.drawer"},
        {"pos/till/drawer/shift.py": "import pos.till.orders"},
        {"pos/till/helpers.py": ""},
    ],
    "devices-layers": [
        {"pos/devices/escpos/__init__.py": "import pos.devices.transport"},
        {"pos/devices/transport.py": "import pos.devices.worker"},
        {"pos/devices/fgl/__init__.py": "import pos.devices.escpos"},
        {"pos/devices/usb.py": "import pos.devices.transport"},
        {"pos/devices/dongle.py": ""},
    ],
    "sync-layers": [
        {"sync/wire.py": "import sync.office"},
        {"sync/office/__init__.py": "import sync.agent"},
        {"sync/agent/__init__.py": "import sync.office"},
        {"sync/common.py": ""},
    ],
    "no-cycles": [
        {"pos/domain/money.py": "import pos.domain.plan", "pos/domain/errors.py": "import pos.domain.money"},
        {"pos/store/replica.py": "import pos.store.ledger", "pos/store/ledger.py": "import pos.store.replica"},
    ],
    "till-stands-alone": [
        {"pos/till/desk.py": "import sync.wire"},
        {"pos/headless.py": "import sync.agent"},
        {"pos/app.py": "import sync.office"},
        {"pos/embedded.py": "import sync.office"},
    ],
    "agent-sees": [
        {"sync/agent/__init__.py": "import pos.store.ledger"},
        {"sync/agent/pull.py": "import pos.till.desk"},
        {"sync/agent/pull.py": "import pos.settings"},
        {"sync/agent/pull.py": "import pos"},
    ],
    "office-sees": [
        {"sync/office/api.py": "import pos.store.replica"},
        {"sync/office/__init__.py": "import pos.till.ports"},
        {"sync/office/__init__.py": "import pos.till.counter.issue"},
    ],
    "wire-sees": [{"sync/wire.py": "import pos.till.ports"}],
    "qt": [
        {"pos/till/desk.py": "from PySide6.QtCore import QObject"},
        {"pos/app.py": "import PySide6.QtWidgets"},
        {"pos/paper/preview.py": "import shiboken6"},
        {"sync/agent/__init__.py": "import PySide6"},
    ],
    "faces": [
        {"pos/ui/window.py": "import pos.store.replica"},
        {"pos/headless.py": "import pos.devices"},
        {"pos/ui/preview.py": "import pos.paper"},
    ],
    "pure": [
        {"pos/domain/plan.py": "from pathlib import Path"},
        {"pos/domain/rights.py": "import random"},
        {"pos/domain/terms.py": "from time import monotonic"},
        {"pos/domain/books.py": "import sqlite3"},
        {"pos/paper/page.py": "import threading"},
        {"pos/devices/escpos/__init__.py": "import socket"},
        {"pos/devices/zvt/__init__.py": "from asyncio import sleep"},
        {"pos/devices/zpl/__init__.py": "import ctypes"},
        {"sync/wire.py": "import httpx2"},
    ],
    "untranslated": [{"pos/domain/money.py": "from babel.numbers import format_currency"}],
}  # fmt: skip


def contracts() -> dict[str, str]:
    """Contract id -> its name."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter", encoding="utf-8")
    prefix = "importlinter:contract:"
    return {s.removeprefix(prefix): config[s]["name"] for s in config.sections() if s.startswith(prefix)}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source, made once."""
    tree = tmp_path_factory.mktemp("house")
    for package in ("pos", "sync"):
        shutil.copytree(ROOT / "src" / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tree)
    return tree


def lint(tree: Path) -> tuple[int, str]:
    done = subprocess.run([LINT_IMPORTS, "--no-cache"], cwd=tree, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def module_at(tree: Path, name: str) -> Path:
    """The file of a module, made with its packages when it is not there."""
    path = tree / name
    if path.suffix != ".py":
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if path.with_suffix("").is_dir():
        path = path.with_suffix("") / "__init__.py"
    for parent in reversed(path.relative_to(tree).parents[:-1]):
        (tree / parent).mkdir(exist_ok=True)
        (tree / parent / "__init__.py").touch()
    path.touch()
    return path


def plant(tree: Path, lines_by_module: dict[str, str]) -> None:
    for name, lines in lines_by_module.items():
        for imported in re.findall(r"import ((?:pos|sync)\.[\w.]+)", lines):
            module_at(tree, imported.replace(".", "/"))
        with module_at(tree, name).open("a", encoding="utf-8") as file:
            file.write(f"\n{lines}\n")


def test_the_tree_as_it_is_keeps_every_contract(pristine):
    code, output = lint(pristine)
    assert code == 0, output
    assert f"Contracts: {len(contracts())} kept, 0 broken" in output


def test_every_contract_has_a_plant():
    assert set(PLANTS) == set(contracts())


@pytest.mark.parametrize(
    ("contract", "planted"),
    [(contract, planted) for contract, plants in PLANTS.items() for planted in plants],
    ids=lambda value: value if isinstance(value, str) else "+".join(value),
)
def test_a_planted_violation_is_found(pristine, tmp_path, contract, planted):
    tree = tmp_path / "tree"
    shutil.copytree(pristine, tree)
    plant(tree, planted)
    code, output = lint(tree)
    assert code == 1, output
    assert re.search(rf"^{re.escape(contracts()[contract])} BROKEN", output, re.MULTILINE), output
