"""What the program imports to wait, count time and draw lots, on the simulated clock.

`on_stage` puts these in the place of the modules' own names. Nothing else of the program
is replaced but the socket (network.py), the printer and the keyring.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import queue as real_queue
import sqlite3
import threading as real_threading
import types
import uuid as real_uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, Generic, NamedTuple, TypeVar
from unittest import mock

from sqlalchemy import Engine, create_engine

from tests.simulation.scheduler import Scheduler, Task

T = TypeVar("T")
BEGAN: Final = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)  # the house opens

_stage: list[Scheduler] = []


def world() -> Scheduler:
    """The world that is on stage."""
    return _stage[-1]


class SimFuture(concurrent.futures.Future[T]):
    """A Future whose waiting is simulated."""

    def result(self, timeout: float | None = None) -> T:
        self._wait(timeout)
        return super().result(0)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        self._wait(timeout)
        return super().exception(0)

    def _wait(self, timeout: float | None) -> None:
        world().wait_for(self, None if timeout is None else world().now + timeout)


class Waited(NamedTuple):
    done: set[SimFuture[Any]]
    not_done: set[SimFuture[Any]]


def wait(futures: Iterable[SimFuture[Any]], timeout: float | None = None) -> Waited:
    """`concurrent.futures.wait`, for all of them."""
    until = None if timeout is None else world().now + timeout
    for future in (every := list(futures)):
        world().wait_for(future, until)
    done = {future for future in every if future.done()}
    return Waited(done, set(every) - done)


class Lock:
    """A lock, or with `again` one that its owner may take again."""

    def __init__(self, again: bool = False) -> None:
        self._again, self._owner, self._count = again, None, 0
        self._waiting: deque[Task] = deque()
        self._owner: Task | None

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        here = world()
        while self._owner is not None and not (self._again and self._owner is here.current):
            if not blocking:
                return False
            self._waiting.append(here.current)
            here.park()
        self._owner, self._count = here.current, self._count + 1
        return True

    def release(self) -> None:
        self._count -= 1
        if self._count == 0:
            self._owner = None
            while self._waiting:
                world().wake(self._waiting.popleft())

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class Event:
    def __init__(self) -> None:
        self._set = False
        self._waiting: list[Task] = []

    def is_set(self) -> bool:
        return self._set

    def clear(self) -> None:
        self._set = False

    def set(self) -> None:
        self._set = True
        waiting, self._waiting = self._waiting, []
        for task in waiting:
            world().wake(task)

    def wait(self, timeout: float | None = None) -> bool:
        here = world()
        until = None if timeout is None else here.now + timeout
        while not self._set:
            self._waiting.append(here.current)
            if not here.park(until):
                break
        return self._set


class Thread:
    """A simulated thread of the process that starts it."""

    def __init__(
        self, group: None = None, target: Callable[..., object] | None = None, name: str = "", args: Sequence[Any] = (),
        daemon: bool = True,
    ) -> None:  # fmt: skip
        self.name, self._target, self._args = name, target, args
        self._task: Task | None = None

    def start(self) -> None:
        assert self._target is not None
        target = self._target
        self._task = world().spawn(self.name, lambda: target(*self._args))

    def is_alive(self) -> bool:
        return self._task is not None and not self._task.done

    def join(self, timeout: float | None = None) -> None:
        until = None if timeout is None else world().now + timeout
        while self.is_alive() and (until is None or world().now < until):
            world().sleep(0.01)


class Timer(Thread):
    def __init__(self, interval: float, function: Callable[..., object], args: Sequence[Any] = ()) -> None:
        super().__init__(None, self._run, "timer")
        self._interval, self._function, self._arguments = interval, function, args
        self._cancelled = Event()

    def cancel(self) -> None:
        self._cancelled.set()

    def _run(self) -> None:
        if not self._cancelled.wait(self._interval):
            self._function(*self._arguments)


class SimpleQueue(Generic[T]):
    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._waiting: list[Task] = []

    def put(self, item: T) -> None:
        self._items.append(item)
        if self._waiting:
            world().wake(self._waiting.pop(0))

    def get(self) -> T:
        here = world()
        here.current.process.check()
        while not self._items:
            self._waiting.append(here.current)
            here.park()
        here.breathe()
        return self._items.popleft()


class ThreadPoolExecutor:
    """So many simulated threads, each a task made for its work."""

    def __init__(self, max_workers: int, thread_name_prefix: str = "") -> None:
        self._free, self._name = max_workers, thread_name_prefix
        self._work: deque[tuple[SimFuture[Any], Callable[[], Any]]] = deque()
        self._ended = False

    def submit(self, call: Callable[..., T], *arguments: Any) -> SimFuture[T]:
        if self._ended:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: SimFuture[T] = SimFuture()
        self._work.append((future, lambda: call(*arguments)))
        if self._free:
            self._free -= 1
            world().spawn(self._name, self._run)
        return future

    def _run(self) -> None:
        while self._work:
            future, call = self._work.popleft()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = call()
            except Exception as error:  # noqa: BLE001 - whoever holds the Future gets it
                future.set_exception(error)
            else:
                future.set_result(result)
        self._free += 1

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._ended = True
        if cancel_futures:
            for future, _ in self._work:
                future.cancel()
            self._work.clear()


# ---- modules -----------------------------------------------------------------------------

threading: Final = types.SimpleNamespace(
    Thread=Thread, Timer=Timer, Event=Event, Lock=Lock, RLock=lambda: Lock(again=True), local=real_threading.local
)
queue: Final = types.SimpleNamespace(SimpleQueue=SimpleQueue, Empty=real_queue.Empty)
time: Final = types.SimpleNamespace(
    monotonic=lambda: world().now,
    time=lambda: BEGAN.timestamp() + world().now,
    sleep=lambda seconds: world().sleep(seconds),
)
secrets: Final = types.SimpleNamespace(
    token_bytes=lambda count: world().random.randbytes(count),
    token_hex=lambda count: world().random.randbytes(count).hex(),
    choice=lambda values: world().random.choice(values),
    randbelow=lambda limit: world().random.randrange(limit),
)
random: Final = types.SimpleNamespace(
    random=lambda: world().random.random(), uniform=lambda low, high: world().random.uniform(low, high)
)
uuid: Final = types.SimpleNamespace(uuid4=lambda: real_uuid.UUID(bytes=world().random.randbytes(16), version=4))


def office_now() -> datetime:
    return BEGAN + timedelta(seconds=world().now)


class OfficeDatetime:
    """`datetime` as the office's clock uses it."""

    @staticmethod
    def now(zone: tzinfo) -> datetime:
        return office_now().astimezone(zone)


ON_STAGE: Final[dict[str, dict[str, Any]]] = {
    "pos.till.desk": {"threading": threading, "queue": queue, "Future": SimFuture},
    "pos.till.front": {"Future": SimFuture},
    "pos.till.waiting": {"threading": threading, "Future": SimFuture},
    "pos.store.replica.writer": {"threading": threading},
    "sync.agent.agent": {
        "threading": threading, "time": time, "Future": SimFuture, "ThreadPoolExecutor": ThreadPoolExecutor,
    },
    "sync.agent.backoff": {"random": random},
    "sync.agent.claim": {"time": time, "Future": SimFuture},
    "sync.agent.enrol": {"time": time, "secrets": secrets},
    "sync.agent.forward": {"threading": threading, "time": time},
    "sync.agent.guard": {"threading": threading},
    "sync.agent.leftovers": {"threading": threading},
    "sync.agent.lines": {"threading": threading, "time": time},
    "sync.agent.link": {"time": time, "secrets": secrets},
    "sync.agent.loop": {"threading": threading},
    "sync.agent.neighbour": {"Future": SimFuture, "ThreadPoolExecutor": ThreadPoolExecutor, "wait": wait},
    "sync.agent.neighbour_window": {"threading": threading},
    "sync.agent.presence": {"threading": threading},
    "sync.agent.probe": {"threading": threading},
    "sync.agent.pull": {"threading": threading, "time": time},
    "sync.agent.push": {"threading": threading, "time": time, "Future": SimFuture, "wait": wait},
    "sync.agent.recall": {"threading": threading, "time": time},
    "sync.agent.watch": {"threading": threading},
    "sync.office.backups": {"secrets": secrets},
    "sync.office.clock": {"time": time, "datetime": OfficeDatetime},
    "sync.office.api.claims": {"uuid": uuid},
    "sync.office.rules.enrolment": {"secrets": secrets},
    "sync.office.season.importer": {"datetime": OfficeDatetime},
}  # fmt: skip


FULL: Final[set[str]] = set()  # databases on disks that are full


class _Cursor(sqlite3.Cursor):
    def execute(self, sql: str, *parameters: Any) -> _Cursor:
        if sql == "COMMIT" and FULL and self.connection.file in FULL:
            raise sqlite3.OperationalError("database or disk is full")
        super().execute(sql, *parameters)
        return self


class _Connection(sqlite3.Connection):
    """A connection to a disk that may be full: then SQLite can append nothing to its journal, and no commit is one."""

    file = ""

    def cursor(self, *_: Any) -> Any:
        return super().cursor(_Cursor)


def _connect(file: Any, *arguments: Any, **options: Any) -> sqlite3.Connection:
    """As only one task runs at a time, the files of a killed process may be closed by another."""
    made = _real_connect(file, *arguments, **{**options, "check_same_thread": False, "factory": _Connection})
    made.file = str(file)
    return made


_real_connect: Final = sqlite3.connect


_engines: Final[dict[str, Engine]] = {}  # the first that each module has made


def _engine_maker(module: str) -> Callable[..., Engine]:
    """`create_engine`, but what was compiled for one engine serves the next: a fifth of an evening's time."""

    def make(*arguments: Any, **options: Any) -> Engine:
        engine = create_engine(*arguments, **options)
        first = _engines.setdefault(module, engine)
        if engine is not first:
            engine.dialect = engine.pool._dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        return engine

    return make


@contextlib.contextmanager
def on_stage(here: Scheduler) -> Iterator[Scheduler]:
    """The program's time, threads and lots are this world's. One world at a time."""
    with contextlib.ExitStack() as undo:
        undo.enter_context(mock.patch("sqlite3.connect", _connect))
        undo.enter_context(mock.patch("sqlite3.dbapi2.connect", _connect))
        for module in ("pos.store.schema", "pos.store.replica.schema", "sync.office.store.engine"):
            undo.enter_context(mock.patch(f"{module}.create_engine", _engine_maker(module)))
        for module, names in ON_STAGE.items():
            for name, stand_in in names.items():
                undo.enter_context(mock.patch(f"{module}.{name}", stand_in))
        _stage.append(here)
        undo.callback(_stage.pop)
        yield here
