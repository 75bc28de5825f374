"""Backups on schedule, on a thread of their own while the till sells; `housefull backup` and `housefull restore`."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pos.settings import BackupSettings, Settings
from pos.store.backup import CannotBackUp, Made, make

log = logging.getLogger(__name__)

NAME: Final = "backup"  # among the devices
FIRST_S: Final = 60.0  # after the start, when nobody waits for the window any more
RETRY_S: Final = 60.0
PAUSE_S: Final = 0.005  # after each step of a quarter of a megabyte
STOP_S: Final = 3.0


class _Ended(Exception):
    """The till ends, and the backup with it."""


class BackupSchedule:
    """Implements setup.Backups. `tell` hears (name, state, text), as of a device, when something has changed."""

    def __init__(
        self, settings: Settings, tell: Callable[[str, str, str], None], now: Callable[[], datetime] | None = None
    ) -> None:
        assert settings.backup is not None
        self._settings: BackupSettings = settings.backup
        self._folder, self._till = settings.folder, settings.till
        self._to = settings.folder / settings.backup.to
        self._tell = tell
        self._now = now or (lambda: datetime.now().astimezone())
        self._lock = threading.Lock()
        self._last: datetime | None = None
        self._number: int | None = None
        self._problem = ""
        self._began = self._now()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backup", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """A backup that is being made is given up; the next start begins with one."""
        self._stopping.set()
        self._thread.join(STOP_S)

    # ---- setup.Backups -------------------------------------------------------------------

    def told(self) -> dict[str, Any]:
        with self._lock:
            last, number, problem = self._last, self._number, self._problem
        now = self._now()
        return {
            "to": str(self._to),
            "every_s": self._settings.every,
            "last": last.isoformat(timespec="seconds") if last is not None else None,
            "age_s": round((now - last).total_seconds()) if last is not None else None,
            "number": number,
            "problem": problem or self._late(last, now),
        }

    def states(self) -> dict[str, dict[str, str]]:
        problem: str = self.told()["problem"]
        # Short, for the foot of the window: why it failed is in `told`, and in the log.
        text = "failed" if problem and problem == self._problem else problem
        return {NAME: {"state": "error" if problem else "ready", "text": text}}

    def _late(self, last: datetime | None, now: datetime) -> str:
        """Twice the period has passed and there is none, as after a night in which the machine slept."""
        if now - (last or self._began) <= timedelta(seconds=2 * self._settings.every):
            return ""
        return f"the last backup is of {last:%Y-%m-%d %H:%M}" if last is not None else "there is no backup yet"

    # ---- the thread ----------------------------------------------------------------------

    def _run(self) -> None:
        _step_back()
        wait_s = min(FIRST_S, self._settings.every)
        while not self._stopping.wait(wait_s):
            wait_s = self._settings.every if self.make_one() else min(RETRY_S, self._settings.every)

    def make_one(self) -> bool:
        """One backup now; whether it is there. What went wrong is said, and no reason to stop selling."""
        before = self.states()
        try:
            made = self._make()
        except _Ended:
            return False
        except CannotBackUp as error:
            log.warning("%s", error)
            with self._lock:
                self._problem = str(error)
        except Exception as error:
            log.exception("the backup failed")
            with self._lock:
                self._problem = f"the backup failed: {type(error).__name__}"
        else:
            log.info("backed up to %s, fact %d", made.file, made.manifest.number)
            with self._lock:
                self._last, self._number = datetime.fromisoformat(made.manifest.at), made.manifest.number
                self._problem = ""
        after = self.states()
        if after != before:
            self._tell(NAME, after[NAME]["state"], after[NAME]["text"])
        return not self._problem

    def _make(self) -> Made:
        return make(self._folder, self._to, self._now().isoformat(timespec="seconds"), self._settings.keep, self._pause)

    def _pause(self) -> None:
        if self._stopping.wait(PAUSE_S):
            raise _Ended


def _step_back() -> None:
    """This thread's work comes behind everyone else's, where a thread can say so."""
    if sys.platform == "linux":
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        except OSError as error:
            log.info("the backup runs at the usual priority: %s", error)


def back_up(folder: Path, to: Path, keep: int) -> Made:
    """One backup now, whether or not a till runs on the folder. Raises CannotBackUp."""
    return make(folder, to, datetime.now().astimezone().isoformat(timespec="seconds"), keep, lambda: time.sleep(0))
