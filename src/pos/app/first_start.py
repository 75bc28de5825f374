"""The first start of a data folder: join an office, or be alone with one of its own."""

from __future__ import annotations

import shutil
import socket
import tomllib
from contextlib import closing
from pathlib import Path

from pos.app.joining import DEVICES, EnrolFailed, join
from pos.app.own_office import FOLDER
from pos.embedded import EmbeddedOffice, OfficeFailed
from pos.settings import Settings, read_settings
from pos.store.identity import FolderInUse, IdentityLost
from pos.ui.application import theme
from pos.ui.theme.apply import tokens_for
from pos.ui.welcome.dialog import WelcomeDialog


def first_start(folder: Path) -> Settings | None:
    """Ask how to begin, and do it; None when the person closed the window instead."""
    dialog = WelcomeDialog(
        tokens_for(theme()), lambda url, code: join_office(folder, url, code), lambda season: alone(folder, season)
    )
    return read_settings(folder) if dialog.exec() else None


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
