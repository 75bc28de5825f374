"""What every test has: no screen, folders and keys of its own, and guards that notice what is left behind."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import guards
from tests.peers.postgres import Cluster

pytest_plugins = ["pytester"]

# Tests that want a real display start one, and say so in the environment of what they start.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A developer's own keyring is none of our business; without one, keys go to a file in the data folder.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# On the build machine the same examples each time: a red build is about the change it builds.
hypothesis.settings.register_profile("house", deadline=None, derandomize="CI" in os.environ, print_blob=True)
hypothesis.settings.load_profile("house")


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
    """The ids of processes that fixtures keep for the whole run."""
    return set()


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
    """A PostgreSQL server of this run, started when a test first asks.

    It keeps its files in memory where there is room, since a database is 300 files. What
    tests do to it is kill processes; nothing here can take the power from the machine.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2_000_000_000
    with Cluster(memory if roomy else None) as cluster:
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
