"""What fails a test that looks green: a stray error in the log, a process left behind, a call to the world."""

from __future__ import annotations

import ctypes
import ipaddress
import logging
import os
import re
import signal
import sys
import time
from pathlib import Path

_PROC = Path("/proc")
_ENDING_SECONDS = 2.0
_SET_CHILD_SUBREAPER, _GET_CHILD_SUBREAPER = 36, 37  # prctl(2)
LASTING: set[int] = set()  # the ids of processes that are kept for the whole run


# ---- the log -----------------------------------------------------------------------------


class ErrorLog(logging.Handler):
    """Keeps what is logged at ERROR or above."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{record.name}: {record.getMessage()}")

    def complaint(self, expected: list[str]) -> str:
        """What is wrong with the log, given the patterns a test said it expects; empty when all is well."""
        stray = [text for text in self.texts if not any(re.search(pattern, text) for pattern in expected)]
        missing = [pattern for pattern in expected if not any(re.search(pattern, text) for text in self.texts)]
        parts = [f"stray error in the log: {text}" for text in stray]
        parts += [f"expected in the log and not there: {pattern}" for pattern in missing]
        return "\n".join(parts)


# ---- processes ---------------------------------------------------------------------------


def adopt_orphans() -> None:
    """Grandchildren whose parent ends become ours, so that none is left behind unseen (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def adopting() -> bool:
    """Whether orphans below this process become its children."""
    yes = ctypes.c_int()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_GET_CHILD_SUBREAPER, ctypes.byref(yes), 0, 0, 0)
    return bool(yes.value)


def descendants(of: int | None = None) -> dict[int, str]:
    """Living processes below this one: pid -> command line. Empty where there is no /proc."""
    children: dict[int, list[int]] = {}
    ended: set[int] = set()  # but perhaps not yet parted from their children
    for entry in _PROC.glob("[0-9]*"):
        try:
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(int(parent), []).append(int(entry.name))
        if state == "Z":
            ended.add(int(entry.name))
    found: dict[int, str] = {}
    waiting = list(children.get(of or os.getpid(), []))
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        if pid not in ended:
            found[pid] = _command(pid)
    return found


def _command(pid: int) -> str:
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return "(gone)"


def left_behind(before: set[int], lasting: set[int]) -> dict[int, str]:
    """Processes that were not there before, after a moment's grace. They are ended, so that the next test is clean.

    `lasting` are those which are meant to outlive this: they and what is below them do not count.
    """
    deadline = time.monotonic() + _ENDING_SECONDS
    quiet = 0
    # Twice, since /proc is read bit by bit: a child can be born while its parent, read later, ends.
    while quiet < 2 and time.monotonic() < deadline:
        meant = lasting | {pid for root in lasting for pid in descendants(root)}
        # Python's own helper of shared memory; it ends with us.
        left = {
            pid: command
            for pid, command in descendants().items()
            if pid not in before | meant and "multiprocessing.resource_tracker" not in command
        }
        quiet = 0 if left else quiet + 1
        time.sleep(0.02)
    for pid in left:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return left


# ---- the world ---------------------------------------------------------------------------


class OutsideWorld(RuntimeError):
    """A test called an address that is not this machine's."""


def stay_on_this_machine() -> None:
    """From now on connecting anywhere but loopback raises OutsideWorld. Cannot be undone."""
    sys.addaudithook(_refuse_outside)


def _refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
    if event not in {"socket.connect", "socket.sendto"}:
        return
    address = arguments[1]
    if not isinstance(address, tuple):
        return  # a Unix socket
    host = str(address[0])
    try:
        outside = not ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        outside = host not in {"localhost", ""}
    if outside:
        raise OutsideWorld(f"a test called {host}")
