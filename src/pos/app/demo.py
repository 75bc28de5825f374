"""An evening to try: an office, three halls, virtual printers, and a cable to pull."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pos.app.counter import Till
from pos.app.joining import join
from pos.app.logs import log_to
from pos.app.window import counter_window
from pos.data import resource
from pos.demo.cable import Cable
from pos.demo.season import write_season
from pos.demo.tcp_printer import TcpPrinter
from pos.embedded import EmbeddedOffice, OfficeFailed
from pos.headless import Headless
from pos.settings import Settings, read_settings, write_settings
from pos.ui.application import application, display_missing, side_by_side
from pos.ui.theme.fonts import load_fonts

# After this long the show "in 40 minutes" is too near, and the next start makes a new evening.
_FRESH_FOR: Final = timedelta(minutes=25)
_MADE: Final = "made.json"
_FONT: Final = "wqy-microhei.ttc"
_TILL: Final = "T1"
_DEVICES: Final = """\
[printer.ticket]
profile = "epson-tm-t88v"
transport = "tcp://127.0.0.1:{ticket}"
layout = "ticket-standard"

[printer.receipt]
profile = "epson-tm-t88v"
transport = "tcp://127.0.0.1:{receipt}"
layout = "receipt-standard"

[drawer]
via = "printer.receipt"
"""


def run_demo(data: Path | None, *, headless: bool) -> int:
    """Run the demo in `data` (default: the platform's folder); the exit code."""
    missing = "" if headless else display_missing()
    if missing:
        sys.stderr.write(f"housefull: {missing}\n")
        return 2
    folder = data or _default_folder()
    try:
        return _headless(folder) if headless else _windows(folder)
    except OfficeFailed as failed:
        sys.stderr.write(f"housefull: the demo's office failed: {failed}\n")
        return 1


def _default_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("housefull", appauthor=False) / "demo"


def _windows(folder: Path) -> int:
    from pos.demo.printer import PrinterWindow

    app = application()
    load_fonts()
    printers = PrinterWindow(resource("fonts", _FONT).read_bytes())
    with _evening(folder, printers.ticket_port, printers.receipt_port) as (settings, cable):
        printers.network_switched.connect(lambda plugged: cable.mend() if plugged else cable.cut())
        window, opening = counter_window(settings)
        # Whoever pulls the cable goes on selling: the counter keeps the keyboard.
        printers.network_switched.connect(window.activateWindow)
        printers.closed.connect(app.quit)
        side_by_side(window, printers)
        _tell("PINs: Anna 2468, Béla 1357 (cashiers), Sofia 8642 (supervisor), Adam 9753 (auditor). Ctrl-C ends it.")
        try:
            return app.exec()
        finally:
            opening.close()
            printers.close()


def _headless(folder: Path) -> int:
    font = resource("fonts", _FONT).read_bytes()
    with ExitStack() as ends:
        ports = []
        for _ in range(2):
            printer = TcpPrinter(font, came_out=lambda piece: None, drawer=lambda pin: None)
            ends.callback(printer.close)
            ports.append(printer.port)
        settings, _cable = ends.enter_context(_evening(folder, *ports))
        till = Till(settings)
        ends.callback(till.close)
        Headless(till.front, settings.till, sys.stdin.buffer, sys.stdout.buffer).serve(till.go_online)
    return 0


@contextmanager
def _evening(folder: Path, ticket_port: int, receipt_port: int) -> Iterator[tuple[Settings, Cable]]:
    """A served office and an enrolled till behind a cable; the evening before, if it is still fresh."""
    now = datetime.now().astimezone()
    fresh = _still_fresh(folder, now)
    if not fresh:
        # Only what the demo itself has made is thrown away.
        for part in ("office", "season", _TILL, _MADE):
            path = folder / part
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        _tell("Making an evening: three halls, eight shows, about 60 % presold …")
        season = write_season(folder / "season", now)
    log_to(folder)
    office = EmbeddedOffice(folder / "office")
    if not fresh:
        office.run("import", str(season))
    with ExitStack() as ends:
        ends.callback(office.stop)
        address = urlsplit(office.start())
        cable = Cable(address.hostname or "127.0.0.1", address.port or 80)
        ends.callback(cable.close)
        url = f"http://127.0.0.1:{cable.port}"
        devices = _DEVICES.format(ticket=ticket_port, receipt=receipt_port)
        if not fresh:
            _tell("Enrolling the till …")
            join(folder / _TILL, url, office.run("enrol", _TILL).strip())
            (folder / _MADE).write_text(json.dumps({"at": now.isoformat()}), encoding="utf-8")
        # Ports are new at every start.
        (folder / _TILL / "till.toml").unlink(missing_ok=True)
        write_settings(folder / _TILL, _TILL, url, devices)
        yield read_settings(folder / _TILL), cable


def _still_fresh(folder: Path, now: datetime) -> bool:
    try:
        made = datetime.fromisoformat(json.loads((folder / _MADE).read_text(encoding="utf-8"))["at"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False
    return timedelta() <= now - made < _FRESH_FOR


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
