"""What every test has: no screen, folders and keys of its own, and guards that notice what is left behind."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import guards
from tests.peers.postgres import Cluster

pytest_plugins = ["pytester"]


def _roomy_memory() -> Path | None:
    """A folder in memory, where there is one with room for everything that tests write at a time."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2_000_000_000
    return memory if roomy else None


# Every sale waits for the disk, ten milliseconds and more on a busy build machine, and tests make them by the ten
# thousand. Memory loses nothing that tests can take away: they kill processes, and what a power cut leaves is made
# from a recording of the writes (tests/powerloss). Programs that tests start follow; TMPDIR says otherwise.
if (_memory := _roomy_memory()) is not None:
    os.environ.setdefault("TMPDIR", str(_memory))
    tempfile.tempdir = None  # what was looked up before this line

# Programs that tests start by the hundred find their modules compiled, whatever this machine says of that.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Tests that want a real display start one, and say so in the environment of what they start.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A developer's own keyring is none of our business; without one, keys go to a file in the data folder.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# On the build machine the same examples each time: a red build is about the change it builds.
hypothesis.settings.register_profile("house", deadline=None, derandomize="CI" in os.environ, print_blob=True)
hypothesis.settings.load_profile("house")


# The longest files first, so that none of them is left to one process when the others have nothing more to do.
_LONG = ("simulation", "powerloss", "evening", "model", "window", "wire")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=_rank)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # thousands of tests with what they import stay to the end: no collection looks at them again


def _rank(item: pytest.Item) -> int:
    return next((at for at, folder in enumerate(_LONG) if item.nodeid.startswith(f"tests/{folder}/")), len(_LONG))


def pytest_sessionstart(session: pytest.Session) -> None:
    guards.adopt_orphans()
    guards.stay_on_this_machine()


@pytest.fixture(scope="session", autouse=True)
def own_folders() -> Iterator[Path]:
    """Programs that tests start find their data, settings and state in a folder of this run."""
    with tempfile.TemporaryDirectory(prefix="housefull-home-") as name:
        folder = Path(name)
        with pytest.MonkeyPatch.context() as patch:
            for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
                patch.setenv(variable, str(folder / variable.split("_")[1].lower()))
            yield folder


# ---- guards ------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_stray_errors(request: pytest.FixtureRequest) -> Iterator[None]:
    """An error in the log fails the test, unless it is marked `expect_log("pattern")`."""
    expected = [pattern for mark in request.node.iter_markers("expect_log") for pattern in mark.args]
    log = guards.ErrorLog()
    root = logging.getLogger()
    root.addHandler(log)
    yield
    root.removeHandler(log)
    if complaint := log.complaint(expected):
        pytest.fail(complaint, pytrace=False)


@pytest.fixture(scope="session")
def lasting_processes() -> set[int]:
    """The ids of processes that are kept for the whole run."""
    return guards.LASTING


@pytest.fixture(scope="module", autouse=True)
def nothing_left_running(lasting_processes: set[int]) -> Iterator[None]:
    """A process that a module's tests started and did not end is an error of that module."""
    before = set(guards.descendants())
    yield
    if left := guards.left_behind(before, lasting_processes):
        pytest.fail("left running: " + "; ".join(f"{pid} {command}" for pid, command in left.items()), pytrace=False)


# ---- databases ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_cluster(lasting_processes: set[int]) -> Iterator[Cluster]:
    """A PostgreSQL server of this run, started when a test first asks."""
    with Cluster() as cluster:
        assert cluster.pid is not None
        lasting_processes.add(cluster.pid)
        yield cluster


@pytest.fixture
def postgres(postgres_cluster: Cluster) -> Iterator[Callable[[], str]]:
    """Call it for the URL of a new, empty database; they are gone after the test."""
    urls: list[str] = []

    def new_database() -> str:
        urls.append(postgres_cluster.new_database())
        return urls[-1]

    yield new_database
    for url in urls:
        postgres_cluster.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database for an office, of either kind that it runs on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'office.db'}"
    new_database: Callable[[], str] = request.getfixturevalue("postgres")
    return new_database()
