"""The first start of a data folder: join an office, or be alone with one of its own."""

from __future__ import annotations

import logging
import shutil
import socket
import tomllib
from contextlib import closing
from pathlib import Path

from pos.app import devices, progress
from pos.app.joining import DEVICES, EnrolFailed, join
from pos.app.layouts import LayoutShelf
from pos.app.own_office import FOLDER
from pos.app.training.launch import Launcher
from pos.app.workbench import test_device
from pos.data import printer_data
from pos.devices.worker.find import PORT, find
from pos.domain.errors import Unreadable
from pos.embedded import EmbeddedOffice, OfficeFailed
from pos.settings import (
    FILE,
    LOCALES,
    BadSettings,
    Settings,
    WindowSettings,
    read_settings,
    replace_settings,
    settings_from,
)
from pos.store import REPLICA
from pos.store.glance import people
from pos.store.identity import FolderInUse, IdentityLost
from pos.toml_edit import CannotEdit, put
from pos.ui.application import theme
from pos.ui.welcome.guide import STEPS, Guide

log = logging.getLogger(__name__)


def first_start(folder: Path) -> Settings | None:
    """Guide whoever begins, from where it was left; None when that was left before the till was set up."""
    step, language = progress.read(folder)
    work = FirstStart(folder)
    guide = Guide(work, step or STEPS[0], language if language in LOCALES else "en", theme() or work.theme)
    return read_settings(folder) if guide.exec() else None


class FirstStart:
    """Does what the guide asks (`pos.ui.welcome.work.Work`), in a data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._training = Launcher(folder)

    @property
    def there(self) -> bool:
        return (self._folder / FILE).exists()

    @property
    def theme(self) -> str:
        """The theme in till.toml, or what there is without one."""
        return read_settings(self._folder).window.theme if self.there else WindowSettings().theme

    def keep(self, step: str, language: str) -> None:
        try:
            progress.keep(self._folder, step, language)
        except OSError:
            log.exception("how far the guide has come is not kept")

    def done(self) -> None:
        progress.over(self._folder)

    def join(self, url: str, code: str) -> str:
        return join_office(self._folder, url, code)

    def alone(self, season: Path) -> str:
        return alone(self._folder, season)

    def profiles(self) -> list[str]:
        return sorted(path.stem for path in printer_data("profiles").glob("*.toml"))

    def printers(self) -> dict[str, tuple[str, str]]:
        if not self.there:
            return {}
        return {
            role: (printer.transport, printer.profile) for role, printer in read_settings(self._folder).printers.items()
        }

    def find(self) -> list[dict[str, str]]:
        return find()

    def try_printer(self, role: str, address: str, profile: str) -> tuple[bool, str]:
        where = address if "://" in address else f"tcp://{address}" if ":" in address else f"tcp://{address}:{PORT}"
        values = {"profile": profile, "transport": where, "layout": f"{role}-standard"}
        said: list[str] = []
        try:
            self._change(f"printer.{role}", values)
            works = test_device(read_settings(self._folder), f"printer.{role}", said.append) == 0
        except (CannotEdit, BadSettings, Unreadable, OSError) as error:
            return False, str(error)
        return works, said[-1].partition(": ")[2].partition(": ")[2]

    def speak(self, language: str) -> None:
        self._wish("till", {"locale": language})

    def look(self, theme: str) -> None:
        self._wish("window", {"theme": theme})

    def people(self) -> list[dict[str, str]]:
        return people(self._folder / REPLICA)

    def practise(self) -> str:
        try:
            self._training.run()
        except OSError as error:
            return str(error)
        return ""

    def _wish(self, section: str, values: dict[str, str]) -> None:
        """A change that the till can do without."""
        try:
            self._change(section, values)
        except (CannotEdit, BadSettings, Unreadable, OSError):
            log.exception("%s is not changed", section)

    def _change(self, section: str, values: dict[str, str]) -> None:
        """Put values into till.toml if a till could start with them.

        Raises CannotEdit, BadSettings, Unreadable, OSError.
        """
        file = self._folder / FILE
        text = put(file.read_text(encoding="utf-8"), section, values)
        settings = settings_from(text, file)
        shelf = LayoutShelf(printer_data("layouts"), self._folder / "layouts")
        devices.printer_makers(settings, shelf, devices.device_watches(settings))
        replace_settings(file, text)


def join_office(folder: Path, url: str, code: str) -> str:
    """Join by address and code; "" or what went wrong."""
    try:
        join(folder, url, code)
    except (EnrolFailed, FolderInUse, IdentityLost, OSError) as error:
        return str(error)
    return ""


def alone(folder: Path, season: Path) -> str:
    """An office beside this till with that season, and the season's first till; "" or what went wrong.

    An office that did not come about leaves nothing: another season may be tried after it.
    """
    there_before = (folder / FOLDER).exists()
    office = EmbeddedOffice(folder / FOLDER)
    try:
        office.run("import", str(season))
        till = _first_till(season)
        # Its own port for good: till.toml names it, and the till starts this office again each time.
        port = _free_port()
        url = office.start(port)
        try:
            join(folder, url, office.run("enrol", till).strip(), devices=DEVICES, embedded=True)
        finally:
            office.stop()
    except (OfficeFailed, EnrolFailed, FolderInUse, IdentityLost, OSError, ValueError) as error:
        if not there_before:
            shutil.rmtree(folder / FOLDER, ignore_errors=True)
        return str(error)
    return ""


def _first_till(season: Path) -> str:
    """The first till of a season that an office has accepted."""
    tills = tomllib.loads(season.read_text(encoding="utf-8")).get("till")
    if not tills:
        raise ValueError(f"{season.name}: till: missing; this till has to be one of the season's, so name it: [[till]]")
    return str(tills[0]["id"])


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
