"""This installation, as a technician asks about it: where its files lie, how large they are, what it runs on."""

from __future__ import annotations

import logging
import platform
import shutil
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pos.app.logs import LOG
from pos.filing import write_whole
from pos.settings import Settings
from pos.store import LEDGER, REPLICA
from pos.store.identity import Identity

_GB: Final = 1_000_000_000
_MB: Final = 1_000_000


class Machine:
    """Fulfils the till's port. `key_at` is where the private key is kept."""

    def __init__(self, settings: Settings, identity: Identity, key_at: str) -> None:
        self.key_at = key_at
        self._folder, self._state = settings.folder, identity.state_folder
        self._office = _without_user(settings.office_url)

    def told(self) -> list[tuple[str, str]]:
        return [
            ("data_folder", str(self._folder.absolute())),
            ("state_folder", str(self._state)),
            ("key", self.key_at),
            ("log_file", _log_file() or str((self._folder / LOG).absolute())),
            ("office_address", self._office),
            ("disk", _disk(self._folder)),
            ("ledger_size", _size(self._folder / LEDGER)),
            ("replica_size", _size(self._folder / REPLICA)),
            ("system", f"{platform.system()} {platform.release()}, {platform.machine()}"),
            ("versions", f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, Qt {_qt()}"),
        ]

    def keep(self, name: str, text: str) -> str:
        path = (self._folder / name).absolute()
        write_whole(path, text.encode(), replace=True)
        return str(path)


def _log_file() -> str:
    """Where this program logs to, "" for nowhere."""
    files = [one.baseFilename for one in logging.getLogger().handlers if isinstance(one, RotatingFileHandler)]
    return files[0] if files else ""


def _without_user(url: str) -> str:
    """An address without a name and password that somebody wrote into it."""
    return urlsplit(url)._replace(netloc=urlsplit(url).netloc.rpartition("@")[2]).geturl()


def _disk(folder: Path) -> str:
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        return error.strerror or str(error)
    return f"{usage.free / _GB:.1f} GB free of {usage.total / _GB:.1f} GB"


def _size(file: Path) -> str:
    """A database with what lies beside it and is not in it yet."""
    found = [part.stat().st_size for part in (file, file.with_name(f"{file.name}-wal")) if part.exists()]
    return f"{sum(found) / _MB:.1f} MB" if found else "not there"


def _qt() -> str:
    try:
        return version("PySide6-Essentials")
    except PackageNotFoundError:
        return "not there"
