"""The world of training: an office, a cable and a data folder beside the real till's, made anew every twelve hours,
and for every drill.

    DATA/training/office  season  paper  till
                  made.json          when, and of which season

The real till's files are read and never written. What is made here has a key of its own and knows one office, its own.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pos.app.joining import EnrolFailed, join
from pos.app.training.season import copy_season, till_of
from pos.demo.cable import Cable
from pos.demo.season import write_season
from pos.domain.errors import Unreadable
from pos.embedded import EmbeddedOffice, OfficeFailed
from pos.settings import BadSettings, Settings, read_settings, replace_settings, settings_from
from pos.store import REPLICA
from pos.store.identity import FolderInUse, FolderLock, IdentityLost, forget
from pos.toml_edit import put

log = logging.getLogger(__name__)
FOLDER: Final = "training"
PLAN: Final = "contingency.toml"
FAILURES: Final = (Unreadable, FolderInUse, IdentityLost, OfficeFailed, EnrolFailed, OSError, ValueError, RuntimeError)
_FRESH_FOR: Final = timedelta(hours=12)
_MADE: Final = "made.json"
_COPY: Final = "season.json"
_DEMO_TILL: Final = "T1"  # the season's first
_DEVICES: Final = """\
# Training prints into a folder. Other printers may be set up on the devices' screen while training: their paper says
# that it is not valid.
[printer.ticket]
profile = "pdf"
transport = "{paper}"
layout = "{ticket}"

[printer.receipt]
profile = "pdf"
transport = "{paper}"
layout = "{receipt}"

[scanner]
transport = "keyboard"
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A training that can begin. `demo`: its season and people are the demo's, as the till has none of its own."""

    settings: Settings
    cable: Cable
    demo: bool


@dataclass(frozen=True, slots=True)
class _Made:
    """What a world was made of, and when (ISO 8601)."""

    at: str
    season: str
    demo: bool


class World:
    """The training beside the till of `real`, its data folder. Close it when the training's till is closed.

    To be opened in a thread that lives until then: the office ends with it. One that is `anew` begins afresh each time,
    and its till has places of every category in hand (`allotment`).
    """

    def __init__(self, real: Path, folder: str = FOLDER, *, anew: bool = False, allotment: int = 0) -> None:
        self.folder = real / folder
        self._anew, self._allotment = anew, allotment
        self.till = self.folder / "till"
        self.paper = self.folder / "paper"
        self._real = real
        self._ends = ExitStack()

    def open(self, tell: Callable[[str], None] = lambda what: None) -> Opened:
        """Take up the training of today, or make one. `tell` hears what takes a while.

        Raises FolderInUse when somebody trains here already, OfficeFailed, EnrolFailed, IdentityLost, OSError.
        """
        with ExitStack() as undo:
            lock = FolderLock(self.folder)
            undo.callback(lock.release)
            real = _real_settings(self._real)
            season = self._season(real)
            office = EmbeddedOffice(self.folder / "office")
            made = self._made(season)
            fresh = made is not None
            if made is None:
                tell("making")
                made = self._make(season)
            undo.callback(office.stop)
            tell("starting")
            address = urlsplit(office.start())
            cable = Cable(address.hostname or "127.0.0.1", address.port or 80)
            undo.callback(cable.close)
            url = f"http://127.0.0.1:{cable.port}"
            if not fresh:
                till = till_of(_DEMO_TILL if made.demo or real is None else real.till)
                join(self.till, url, office.run("enrol", till).strip(), devices=self._devices(real))
                self._speak(real)
                self._plan()
                (self.folder / _MADE).write_text(json.dumps(asdict(made)), encoding="utf-8")
            self._ends = undo.pop_all()
            # The cable has another port at every start, and the file does not matter to anybody else.
            return Opened(replace(read_settings(self.till), office_url=url), cable, made.demo)

    def close(self) -> None:
        """End the office, and let go of the folder."""
        self._ends.close()

    def _season(self, real: Settings | None) -> str:
        """Copy the season that the till knows now; what tells it from others, "" where there is none with a show to
        come."""
        copy = self.folder / _COPY
        copy.unlink(missing_ok=True)
        if real is None:
            return ""
        return copy_season(self._real / REPLICA, real.till, copy, _now(), self._allotment)

    def _made(self, season: str) -> _Made | None:
        """What was made for this season and is not over, None when it has to be made."""
        if self._anew:
            return None
        try:
            made = _Made(**json.loads((self.folder / _MADE).read_text(encoding="utf-8")))
            age = _now() - datetime.fromisoformat(made.at)
            read_settings(self.till)
        except (FileNotFoundError, ValueError, TypeError, BadSettings):
            return None
        return made if timedelta() <= age < _FRESH_FOR and made.season == season else None

    def _clear(self) -> None:
        """Throw away what training has made, and nothing else."""
        (self.folder / _MADE).unlink(missing_ok=True)
        if self.till.exists():
            forget(self.till)
        for part in ("office", "season", "paper", "till"):
            shutil.rmtree(self.folder / part, ignore_errors=True)

    def _make(self, season: str) -> _Made:
        """An office with the till's season, or with the demo's where there is none or it is refused."""
        copy, demo = self.folder / _COPY, not season
        self._clear()
        if season:
            try:
                EmbeddedOffice(self.folder / "office").run("import-copy", str(copy))
            except OfficeFailed:
                log.exception("the season of this till cannot be copied: training has the demo's")
                self._clear()
                demo = True
        copy.unlink(missing_ok=True)  # hashes of PINs, which the office has now
        if demo:
            folder = self.folder / "season"
            path = write_season(folder, _now(), training=True)
            EmbeddedOffice(self.folder / "office").run("import", str(path))
            shutil.rmtree(folder, ignore_errors=True)
        return _Made(_now().isoformat(), season, demo)

    def _devices(self, real: Settings | None) -> str:
        layouts = {"ticket": "ticket-standard", "receipt": "receipt-standard"}
        if real is not None:
            layouts |= {role: printer.layout for role, printer in real.printers.items()}
            if (own := self._real / "layouts").is_dir():
                shutil.copytree(own, self.till / "layouts", dirs_exist_ok=True)
        return _DEVICES.format(paper=f"pdf://{_url_path(self.paper)}", **layouts)

    def _plan(self) -> None:
        """The contingency plan of the real till."""
        for plan in (self._real / PLAN, self.folder / PLAN):  # a drill's own goes before the file
            if plan.is_file():
                shutil.copyfile(plan, self.till / PLAN)

    def _speak(self, real: Settings | None) -> None:
        """The language of the real till's paper."""
        if real is not None:
            file = read_settings(self.till).file
            text = put(file.read_text(encoding="utf-8"), "till", {"locale": real.locale})
            settings_from(text, file)
            replace_settings(file, text)


def _real_settings(folder: Path) -> Settings | None:
    try:
        return read_settings(folder)
    except (FileNotFoundError, BadSettings):
        return None


def _url_path(folder: Path) -> str:
    return folder.absolute().as_uri().removeprefix("file://")


def _now() -> datetime:
    return datetime.now().astimezone()
