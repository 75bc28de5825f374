"""The real office on simulated time: its web application on an event loop whose clock is the world's.

Requests come straight to the application (ASGI), blocking work runs at once and answers a
moment later, and the database is a real SQLite file. Killing it leaves the file as it is.
"""

from __future__ import annotations

import asyncio
import selectors
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from pos.domain.certificate import Hand
from pos.domain.errors import Unreadable
from sync import wire
from sync.office.absorb import absorb
from sync.office.api.app import Office, make_app
from sync.office.backups import put_back
from sync.office.rules import changes, recovery
from sync.office.rules.watching import look
from sync.office.season.importer import import_season, import_within
from sync.office.store.backup import make
from sync.office.store.engine import Database, open_database
from sync.office.store.own import office_key
from tests.simulation.network import Reply, Request
from tests.simulation.scheduler import Process, Scheduler
from tests.simulation.threads import office_now, world

WATCH_S: Final = 60.0  # how often what was booked is looked at
WORK_S: Final = 0.002  # what blocking work takes, on average
_LEAST_S: Final = 1e-6  # no timer waits for less
CRASHES: Final = ("before a commit", "after a commit, before the answer")


class _Waiting(selectors.BaseSelector):
    """Waits on the world's clock instead of on sockets."""

    def __init__(self) -> None:
        self._map: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        number = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        key = self._map[fileobj] = selectors.SelectorKey(fileobj, number, events, data)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._map.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        here = world()
        here.current.process.check()
        if timeout is None or timeout > 0:
            here.park(None if timeout is None else here.now + timeout)
        return []

    def get_map(self) -> Any:
        return self._map


class SimLoop(asyncio.SelectorEventLoop):
    """asyncio on the world's clock. Belongs to one task."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._task_of_loop = process.world.current
        super().__init__(_Waiting())
        self.set_exception_handler(self._complain)

    def time(self) -> float:
        return self._process.world.now

    def call_at(self, when: float, *args: Any, **named: Any) -> asyncio.TimerHandle:
        """A timer fires a little before its time, by the clock's resolution. What then waits for the rest would wait
        for ever, since no time passes here while anybody computes."""
        now = self.time()
        return super().call_at(now + _LEAST_S if 0.0 < when - now < _LEAST_S else when, *args, **named)

    def _write_to_self(self) -> None:
        self._process.world.wake(self._task_of_loop)

    def _complain(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not self._process.dead and isinstance(error, Exception):
            self._process.world.errors.append(error)

    def run_in_executor(self, _executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Blocking work happens at once; its outcome is known a moment later."""
        self._process.check()
        future = self.create_future()
        took_s = self._process.world.random.expovariate(1.0 / WORK_S)
        settle: Callable[[], None]
        try:
            settle = partial(future.set_result, func(*args))
        except Exception as error:  # noqa: BLE001 - whoever awaits it gets it
            settle = partial(future.set_exception, error)
        self.call_later(took_s, lambda: future.cancelled() or settle())
        return future


class WatchedDatabase(Database):
    """The office's database, with places to die at."""

    def __init__(self, opened: Database, process: Process) -> None:
        super().__init__(opened.engine)
        self._process = process

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self._process.check()
        with super().write() as connection:
            yield connection
            self._process.point(CRASHES[0])
        self._process.point(CRASHES[1])


class SimOffice:
    """The office's machine: the database file stays, the process comes and goes."""

    def __init__(self, world: Scheduler, file: Path) -> None:
        self.world, self.file = world, file
        self.url = f"sqlite:///{file}"
        self.process = Process(world, "office not started")
        self._loop: SimLoop | None = None
        self._app: Any = None
        self._looked = False
        self._journals: list[Path] = []  # of broken PCs, that were brought here
        self._backup: Path | None = None
        self._since: list[str] = []  # what has been imported since the backup
        self.at_risk = False  # what is done here since the backup may be forgotten, or is, and has not all come back
        self.recovering = False  # it was restored, and nobody imports anything until that has ended
        self.database = open_database(self.url)  # for what is done at the office's machine beside the server

    def start(self) -> None:
        self.process = Process(self.world, "office")
        self.world.spawn("office", self._serve, self.process)

    @property
    def up(self) -> bool:
        return self._loop is not None and not self.process.dead

    def _serve(self) -> None:
        process = self.process
        opened = open_database(self.url)
        database = WatchedDatabase(opened, process)
        loop = SimLoop(process)
        try:
            loop.run_until_complete(self._run(Office(database, office_key(opened)), loop))
        finally:
            self._loop = None
            _abandon(loop)
            database.close()

    async def _run(self, office: Office, loop: SimLoop) -> None:
        async with office.running(None):
            self._app, self._loop = make_app(office), loop
            while True:
                await asyncio.sleep(WATCH_S)
                if not self._looked:
                    _watch(office.database)

    # ---- requests ------------------------------------------------------------------------

    def deliver(self, request: Request, reply: Reply) -> bool:
        """A request arrives; False when nobody listens."""
        loop = self._loop
        if loop is None or self.process.dead:
            return False
        loop.call_soon_threadsafe(lambda: loop.create_task(self._answer(request, reply)))
        return True

    async def _answer(self, request: Request, reply: Reply) -> None:
        headers = [(name.lower().encode(), value.encode()) for name, value in request.headers.items()]
        path = request.path
        scope = {
            "type": "http", "http_version": "1.1", "method": request.method, "scheme": "http", "path": path,
            "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers,
            "client": ("till", 1), "server": ("office", 1),
        }  # fmt: skip
        start: dict[str, Any] = {}
        body: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.append(message.get("body", b""))

        await self._app(scope, receive, send)
        signature = dict(start["headers"]).get(wire.H_SIGNATURE.lower().encode(), b"").decode()
        reply((start["status"], signature, b"".join(body)))

    # ---- its disk ------------------------------------------------------------------------

    def back_up(self) -> None:
        """`housefull-office backup`, while it serves."""
        self._backup = make(self.url, self.file.with_name("backups"), office_now().isoformat(), keep=1)
        self._since, self.at_risk = [], True
        self.world.note("the office is backed up")

    def restore(self) -> None:
        """Its disk is gone: `housefull-office restore`, on another machine. It is to be started then."""
        assert self._backup is not None
        self.recovering = True
        self.process.kill()
        while any(not task.done for task in self.process.tasks):
            self.world.sleep(0.001)
        self.database.close()
        put_back(self.url, self._backup, force=True)
        self.database = open_database(self.url)
        self.world.fault("office restored", "the office's disk is gone, and its backup is put back")

    def tills(self) -> dict[Hand, int]:
        """Who has ever been enrolled, and how many facts of each are here."""
        return self._tills(self.file)

    def knows(self, hand: Hand) -> bool:
        """Whether it was enrolled here, as far as the office remembers."""
        return hand in self.tills()

    def tills_backed_up(self) -> dict[Hand, int]:
        """The same, as the backup has it."""
        assert self._backup is not None
        return self._tills(self._backup)

    @staticmethod
    def _tills(file: Path) -> dict[Hand, int]:
        with closing(sqlite3.connect(file)) as db:
            return {
                Hand(id, inc): applied for id, inc, applied in db.execute("SELECT id, incarnation, applied FROM till")
            }

    # ---- what else writes to its database ------------------------------------------------

    def absorb(self, journal: Path) -> None:
        """`housefull-office absorb`; the file is kept here."""
        kept = self.file.with_name(f"absorbed-{len(self._journals)}.jsonl")
        shutil.copy(journal, kept)
        self._journals.append(kept)
        absorb(self.database, kept)

    def absorb_again(self) -> None:
        """Everything that was ever brought here: the backup may not have it."""
        for journal in self._journals:
            absorb(self.database, journal)

    def import_text(self, text: str) -> None:
        """`housefull-office import` of a file with this text. Raises Unreadable."""
        import_season(self.database, self._written(text))
        self._since.append(text)

    def end_restore(self, by: str, without: Sequence[str]) -> None:
        """`housefull-office restored --by --without --import`, with all that was imported since the backup. Raises
        CannotEnd; Unreadable for an import that somebody has to leave out by now, which next time is."""
        with self.writing() as connection:
            recovery.end(connection, by, without, int(office_now().timestamp()))
            for text in self._since:
                try:
                    import_within(connection, self._written(text))
                except Unreadable:
                    self._since.remove(text)
                    raise
        self.recovering = False

    def _written(self, text: str) -> Path:
        path = self.file.with_name("import.toml")
        path.write_text(text, "utf-8")
        return path

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A command at the office's machine."""
        with self.database.write() as connection:
            yield connection

    def look_for_the_last_time(self) -> None:
        """At all that was booked: tills that ask now hear of everything that the audit has found."""
        self._looked = True
        while _watch(self.database):
            continue

    def close(self) -> None:
        self.database.close()


def _watch(database: Database) -> bool:
    """Look at what was booked, as the office's own thread does (`sync.office.watcher`); whether there is more."""
    with database.write() as connection:
        done = look(connection, office_now())
        changes.log(connection, done.entries)
    return done.more


def _abandon(loop: SimLoop) -> None:
    """What was under way in a killed office is gone without a word."""
    for task in asyncio.all_tasks(loop):
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        coroutine = task.get_coro()
        assert coroutine is not None
        try:
            coroutine.close()
        except (RuntimeError, ValueError):
            continue  # it is the one that was running when the office died
    loop._ready.clear()  # type: ignore[attr-defined]
    loop._scheduled.clear()  # type: ignore[attr-defined]
    asyncio.set_event_loop(None)
    loop.close()
