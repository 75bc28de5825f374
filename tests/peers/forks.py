"""Real processes of the program without the second that Python needs to load it: forked from one that has.

An evening starts a dozen processes, and most of what they do is import the same modules. A *warm* process has
imported them; told what to run, it forks a child that does. Such a child is a process like any other, with a pid,
a ledger, threads, sockets and signals of its own, and a child of ours (see `guards.adopt_orphans`).

What must begin with a fresh interpreter is started in the usual way: an older version of the program, a process
within a recorder or another network, one with a library loaded before it. So is everything on other systems.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from tests import guards
from tests.peers.around import Around

_ROOT: Final = Path(__file__).parents[2]
_HARMLESS: Final = frozenset({"XDG_STATE_HOME"})  # read whenever it is needed, never at an import
_MOST: Final = 1 << 18  # bytes of a request: an environment is a few thousand
_STREAMS: Final = 3
# What a till and an office have imported by the time they answer.
_LOADED: Final = (
    "pos.__main__ pos.headless pos.app.counter pos.app.joining pos.app.devices pos.app.backups pos.store.verify"
    " sync.office.__main__ sync.office.api.serve sync.office.season.importer sync.office.verify.check"
    " sync.office.mail keyring httpx2 httpcore2 truststore uvicorn.protocols.http.httptools_impl uvicorn.loops.uvloop"
    " uvicorn.lifespan.on h11 email.headerregistry encodings.idna psycopg"
).split()

Process = subprocess.Popen[Any]
Stream = int | IO[Any] | None


def start(module: str, *arguments: str, around: Around, text: bool = False, **streams: Stream) -> Process:
    """Run a module of the program with `Popen`'s streams; `text` as there."""
    kind = _Forked if _may_fork(around) else subprocess.Popen
    command = around.command(sys.executable, "-m", module, *arguments)
    return kind(command, env=around.inherited(), text=text, **streams)


def run(module: str, *arguments: str, around: Around, timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Run a module of the program to its end, with no input. Raises subprocess.TimeoutExpired."""
    pipes: dict[str, Stream] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with start(module, *arguments, around=around, text=True, stdin=subprocess.DEVNULL, **pipes) as process:
        try:
            said, errors = process.communicate(timeout=timeout_s)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, said, errors)


def _may_fork(around: Around) -> bool:
    return guards.adopting() and not around.before and around.environment.keys() <= _HARMLESS


# ---- here ---------------------------------------------------------------------------------


class _Forked(subprocess.Popen[Any]):
    """A `Popen` whose child is the warm process's instead of a new interpreter's; all the rest is Popen's own."""

    def _execute_child(self, *popen: Any) -> None:
        """What Popen has for fork and exec, in the order of its arguments (Python 3.11 to 3.13)."""
        command, cwd, env, ends = popen[0], popen[5], popen[6], popen[10:16]
        request = {"module": command[2], "arguments": command[3:], "cwd": str(cwd or Path.cwd()), "environment": env}
        # A stream that was not asked for is ours, as with a fork.
        streams = [end if end != -1 else ours for ours, end in enumerate((ends[0], ends[3], ends[5]))]
        try:
            with _asking:
                socket.send_fds(_warm(), [json.dumps(request).encode()], streams)
                self.pid = int(_warm().recv(_MOST))
            self._child_created = True
        finally:
            self._close_pipe_fds(*ends)  # type: ignore[attr-defined]


@cache
def _warm() -> socket.socket:
    """Our end of the line to the warm process, which is started now and ends with us."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(its.fileno())],
            pass_fds=[its.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=_ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # its threads would not live through a fork
        )
    guards.LASTING.add(process.pid)
    _started.append(process)
    return ours


_asking: Final = threading.Lock()  # threads of a test start tills side by side, and each must get its own one's pid
_started: Final[list[Process]] = []  # so that nobody misses the warm process's end, or warns of it


# ---- in the warm process --------------------------------------------------------------------


def _serve(line: socket.socket) -> dict[str, Any]:
    """Fork a child for every request; return the request in that child. Exits when nobody asks any more."""
    while True:
        said, streams, _, _ = socket.recv_fds(line, _MOST, _STREAMS)
        if not said:
            sys.exit()
        request: dict[str, Any] = json.loads(said)
        told, tell = os.pipe()
        between = os.fork()
        if between:
            os.waitpid(between, 0)  # only now is the child another's
            line.send(os.read(told, _MOST))
            for each in (told, tell, *streams):
                os.close(each)
            continue
        if child := os.fork():
            os.write(tell, str(child).encode())
            os._exit(0)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        for each in (told, tell, *streams):
            os.close(each)
        line.close()
        return request


def _become(request: dict[str, Any]) -> None:
    """Be what was asked for, and end with it."""
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    tempfile.tempdir = None
    os.chdir(request["cwd"])
    program = importlib.import_module(f"{request['module']}.__main__")
    sys.argv = [program.__file__ or "", *request["arguments"]]
    sys.exit(program.main())


if __name__ == "__main__":
    _line = socket.socket(fileno=int(sys.argv[1]))
    for _name in _LOADED:
        importlib.import_module(_name)
    _become(_serve(_line))
