"""The first start of a data folder: join an office, or be alone with one of its own."""

from __future__ import annotations

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
from pos.ui.welcome.dialog import WelcomeDialog
from pos.ui.window import tokens_for


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
    """An office beside this till with that season, and the season's first till; "" or what went wrong."""
    office = EmbeddedOffice(folder / FOLDER)
    try:
        till = _first_till(season)
        office.run("import", str(season))
        # Its own port for good: till.toml names it, and the till starts this office again each time.
        port = _free_port()
        url = office.start(port)
        try:
            join(folder, url, office.run("enrol", till).strip(), devices=DEVICES, embedded=True)
        finally:
            office.stop()
    except (OfficeFailed, EnrolFailed, FolderInUse, IdentityLost, OSError, ValueError) as error:
        return str(error)
    return ""


def _first_till(season: Path) -> str:
    try:
        tills = tomllib.loads(season.read_text(encoding="utf-8")).get("till")
        return str(tills[0]["id"]) if isinstance(tills, list) else ""
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"{season}: names no till to begin with ({error})") from error


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
