"""A PostgreSQL of our own: Debian's server on a free port of this machine, gone with the tests."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import psycopg

from tests import guards

_START_SECONDS = 30.0
_USER = "housefull"
_FOLDER = "housefull-postgres-"


def server_programs() -> Path:
    """The folder of `initdb` and `postgres`. Raises FileNotFoundError saying what to install."""
    for folder in (
        Path("/usr/lib/postgresql/15/bin"),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
    ):
        if (folder / "initdb").exists():
            return folder
    if found := shutil.which("initdb"):
        return Path(found).parent
    raise FileNotFoundError("no PostgreSQL server here: run `make setup-test`, or install postgresql-15")


class Cluster:
    """A running server; `with Cluster() as cluster: url = cluster.new_database()`.

    Durability is left at PostgreSQL's defaults (fsync on), since tests kill processes
    and benchmarks compare with it. The server runs as `postgres` when we are root,
    which it refuses to be, and ends by itself when this process does.
    """

    def __init__(self) -> None:
        """The data goes into a folder of its own where temporary files go."""
        self._programs = server_programs()
        self._numbers = itertools.count(1)
        parent = Path(tempfile.gettempdir())
        _sweep(parent)
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-", dir=parent))
        self.port = _free_port()
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server else None

    def __enter__(self) -> Cluster:
        try:
            self._initialise()
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, database: str) -> str:
        """As SQLAlchemy writes it."""
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The URL of an empty database that nobody else has."""
        name = f"test_{next(self._numbers)}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Cut off whoever is connected, and free the space."""
        with self._connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)".encode())

    def restart(self, *, crash: bool = False) -> None:
        """As its administrator would, cutting off who is connected; or `crash`: all its processes killed at once."""
        assert self._server is not None
        family = [self._server.pid, *guards.descendants(self._server.pid)]
        if crash:
            for pid in family:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        else:
            self._server.send_signal(signal.SIGINT)
        self._server.wait(_START_SECONDS)
        # It does not start again while one of them still has its shared memory.
        while any(_runs(pid) for pid in family):
            time.sleep(0.02)
        self._start()

    def stop(self) -> None:
        if self._server:
            self._server.send_signal(signal.SIGQUIT)  # at once, without a checkpoint of what is thrown away
            try:
                self._server.wait(10)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
            self._server = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def program(self, name: str) -> Path:
        """`psql`, `pgbench`, …"""
        return self._programs / name

    def _initialise(self) -> None:
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        options = ["--auth=trust", f"--username={_USER}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(
            [*self._as_owner(), self._programs / "initdb", *options, f"--pgdata={self.folder / 'data'}"],
            check=True,
            capture_output=True,
            cwd="/",
        )

    def _start(self) -> None:
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "300"}
        command = [*self._as_owner(), self._programs / "postgres", "-D", self.folder / "data", "-p", str(self.port)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = self.folder / "server.log"
        with log.open("ab") as output:
            self._server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd="/"
            )
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._connect().close()
                return
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}") from None
                time.sleep(0.05)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host="127.0.0.1", port=self.port, user=_USER, dbname="postgres", autocommit=True)

    @staticmethod
    def _as_owner() -> list[str]:
        owner = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
        return ["setpriv", *owner, "--pdeathsig=QUIT", "--"]


def _runs(pid: int) -> bool:
    """Whether it has not ended; what only waits to be buried has."""
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _sweep(parent: Path) -> None:
    """Remove what runs that were killed have left: their folders name the process they belonged to."""
    for folder in parent.glob(f"{_FOLDER}*-*"):
        owner = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
