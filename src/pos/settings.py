"""till.toml: what this machine is, read once into frozen values. Nonsense is named by key."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pos import officelines, toml_edit
from pos import tillvalues as values
from pos.officelines import BackupLine

LOCALES: Final = ("en", "zh_TW", "vi", "uk", "hu")
FILE: Final = "till.toml"
KEYBOARD: Final = "keyboard"  # the transport of what types what it reads
PCSC: Final = "pcsc"  # that of cards that are held to a reader
DISPLAYS: Final = ("window", "escpos", "none")
DEVICES: Final = (
    "printer.ticket", "printer.receipt", "drawer", "terminal", "scanner", "card_reader", "customer_display",
)  # fmt: skip


class BadSettings(Exception):
    """Names file, key and reason; the message is for whoever edits the file."""

    def __init__(self, file: Path, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """One printer: names of its profile and layout, and where it is reached. `numbered`: its blank tickets carry
    serial numbers; None leaves that to its profile."""

    profile: str
    transport: str
    layout: str
    numbered: bool | None = None


@dataclass(frozen=True, slots=True)
class DrawerSettings:
    """The cash drawer: on the printer of the role `via`, or on a port of its own that opens it when the
    bytes of `kick` come. `open_when` is the level of its sensor's pin, the printer's own when empty;
    after `left_open_s` seconds it is left open, 0 for never."""

    via: str = ""
    transport: str = ""
    kick: bytes = b"\x07"  # BEL
    open_when: str = ""
    left_open_s: int = 30


@dataclass(frozen=True, slots=True)
class TerminalSettings:
    """The payment terminal: how it is spoken to, where, and the password that it asks of a till."""

    protocol: str
    transport: str
    password: str = field(default="000000", repr=False)


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """The scanner: an address, or "keyboard". `prefix` and `suffix` are what it was told to put around a
    code; `members` is what codes of member cards begin with, empty when none are scanned."""

    transport: str
    prefix: str = ""
    suffix: str = ""
    members: str = ""


@dataclass(frozen=True, slots=True)
class CardReaderSettings:
    """The reader of member cards: an address, "keyboard", or "pcsc" for cards that are held to it."""

    transport: str


@dataclass(frozen=True, slots=True)
class DisplaySettings:
    """What the customer sees: a window of this till's, a line display at an address, or none."""

    kind: str
    transport: str = ""
    locale: str = ""  # the till's, when empty
    link: str = ""  # the address of the code that stands beside the venue's name


@dataclass(frozen=True, slots=True)
class NeighbourSettings:
    """The other tills on the local network: where they ask this one (HOST:PORT, None for nowhere),
    and where this one asks them, by till."""

    listen: str | None = None
    tills: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """Where backups of the data folder go, a relative folder being one beside till.toml; one every `every` seconds,
    of which the newest `keep` stay."""

    to: str
    every: int = 900
    keep: int = 96


@dataclass(frozen=True, slots=True)
class CopySettings:
    """Where each fact is copied to: a folder on a second medium (`to`, "" for none), and other tills on the local
    network. A sale's answer waits for the first copy, `wait_ms` at most. `same_disk`: the folder may lie on the disk
    that the till's own data is on, as when this is tried out."""

    to: str = ""
    neighbours: tuple[str, ...] = ()
    wait_ms: int = 50
    same_disk: bool = False


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How the window looks and behaves: `theme` is one of THEMES, `scale` percent or None for what the system
    says, `lock_after` minutes without a hand on it, 0 for never."""

    theme: str = "system"
    scale: int | None = None
    lock_after: int = 10
    sounds: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """A till's settings. A device left out is simply not there."""

    file: Path
    till: str
    locale: str
    office_url: str
    ca_file: Path | None
    plain_http: bool
    embedded: bool  # the office runs beside this till and is started with it
    printers: dict[str, PrinterSettings]
    drawer: DrawerSettings | None
    terminal: TerminalSettings | None
    neighbours: NeighbourSettings
    scanner: ScannerSettings | None = None
    card_reader: CardReaderSettings | None = None
    customer_display: DisplaySettings | None = None
    backup: BackupSettings | None = None
    copies: CopySettings | None = None
    window: WindowSettings = WindowSettings()
    office_source: str = ""  # where calls to `office_url` go out: as BackupLine.source
    office_backups: tuple[BackupLine, ...] = ()

    @property
    def folder(self) -> Path:
        return self.file.parent


def _locale(value: Any) -> str:
    if value not in LOCALES:
        raise ValueError(f"{value!r} is none of {', '.join(LOCALES)}")
    return str(value)


def _drawer(file: Path, section: dict[str, Any], printers: Collection[str]) -> DrawerSettings:
    """Checked as a whole: it hangs on one thing, and only a port of its own has bytes that open it."""
    via = str(section.get("via", "")).removeprefix("printer.")
    if bool(via) == ("transport" in section):
        raise BadSettings(file, "drawer", "must have either via (a printer) or transport (a port of its own)")
    if via and via not in printers:
        raise BadSettings(file, "drawer.via", f"there is no [printer.{via}]")
    for key, own in (("kick", True), ("open_when", False)):
        if key in section and bool(via) == own:
            where = "on a printer" if via else "on a port of its own"
            raise BadSettings(file, f"drawer.{key}", f"means nothing for a drawer {where}")
    return DrawerSettings(**section | ({"via": via} if via else {}))


def _neighbours(value: Any) -> bool | tuple[str, ...]:
    """All of them, or those that are named."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, list):
        raise ValueError('must be true or a list like ["T2"]')
    return tuple(dict.fromkeys(map(values.till, value)))


def _copies(file: Path, section: dict[str, Any], till: str, neighbours: NeighbourSettings) -> CopySettings:
    """Checked as a whole: who is to keep a copy must be somebody whom this till can ask."""
    named = section.get("neighbours", ())
    others = tuple(name for name in neighbours.tills if name != till)
    chosen = named if isinstance(named, tuple) else others if named else ()
    for name in chosen:
        if name not in others:
            raise BadSettings(file, "copies.neighbours", f"{name} is not among the tills of [neighbours]")
    if named is True and not others:
        raise BadSettings(file, "copies.neighbours", "there are no other tills in [neighbours]")
    if not chosen and not section.get("to"):
        raise BadSettings(file, "copies", "says neither to (a folder) nor neighbours")
    return CopySettings(**section | {"neighbours": chosen})


def _way(value: Any) -> str:
    """An address, read closer by whoever opens it, or the keyboard."""
    if value != KEYBOARD and "://" not in values.string(value):
        raise ValueError(f'{value!r} is neither "keyboard" nor an address like serial:///dev/ttyACM0')
    return str(value)


def _card_way(value: Any) -> str:
    if value not in (KEYBOARD, PCSC) and "://" not in values.string(value):
        raise ValueError(f'{value!r} is neither "keyboard", "pcsc" nor an address like serial:///dev/ttyACM0')
    return str(value)


def _display(value: Any) -> str:
    if value not in DISPLAYS:
        raise ValueError(f"{value!r} is none of {', '.join(DISPLAYS)}")
    return str(value)


_PRINTER: Final[dict[str, Callable[[Any], Any]]] = {
    "profile": values.string,
    "transport": values.string,
    "layout": values.string,
}
_TICKET_PRINTER: Final[dict[str, Callable[[Any], Any]]] = _PRINTER | {"numbered": values.flag}
# Every key there may be.
_KEYS: Final[dict[str, dict[str, Callable[[Any], Any]]]] = {
    "till": {"id": values.till, "locale": _locale},
    "office": {
        "url": values.url,
        "ca_file": values.string,
        "plain_http": values.flag,
        "embedded": values.flag,
        "from": officelines.source,
        "backup": officelines.backups,
    },
    "printer.ticket": _TICKET_PRINTER,
    "printer.receipt": _PRINTER,
    "drawer": {
        "via": values.via,
        "transport": values.string,
        "kick": values.kick,
        "open_when": values.level,
        "left_open_s": values.seconds,
    },
    "terminal": {"protocol": values.protocol, "transport": values.string, "password": values.password},
    "neighbours": {"listen": values.address, "tills": values.tills},
    "scanner": {"transport": _way, "prefix": values.around, "suffix": values.around, "members": values.around},
    "card_reader": {"transport": _card_way},
    "customer_display": {"kind": _display, "transport": values.string, "locale": _locale, "link": values.url},
    "backup": {"to": values.string, "every": values.span, "keep": values.count},
    "copies": {"to": values.string, "neighbours": _neighbours, "wait_ms": values.wait_ms, "same_disk": values.flag},
    "window": {
        "theme": values.theme,
        "scale": values.scale,
        "lock_after": values.idle_minutes,
        "sounds": values.flag,
    },
}
_NEEDED: Final = {
    "till": ("id",),
    "office": ("url",),
    "printer.ticket": ("profile", "transport", "layout"),
    "printer.receipt": ("profile", "transport", "layout"),
    "terminal": ("protocol", "transport"),
    "scanner": ("transport",),
    "card_reader": ("transport",),
    "customer_display": ("kind",),
    "backup": ("to",),
}


def read_settings(folder: Path) -> Settings:
    """Read `folder`/till.toml. Raises FileNotFoundError, or BadSettings for anything wrong in it."""
    file = folder / FILE
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise BadSettings(file, "", f"is not UTF-8 ({error})") from error
    return settings_from(text, file)


def settings_from(text: str, file: Path) -> Settings:
    """What `text` says, as if it stood in `file`. Raises BadSettings."""
    folder = file.parent
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(file, "", f"is not TOML ({error})") from error
    sections = _sections(file, document)
    till, office = sections["till"], sections["office"]
    printers = {
        role: PrinterSettings(**sections[f"printer.{role}"])
        for role in ("ticket", "receipt")
        if f"printer.{role}" in sections
    }
    drawer = _drawer(file, sections["drawer"], printers) if "drawer" in sections else None
    terminal = TerminalSettings(**sections["terminal"]) if "terminal" in sections else None
    scanner = ScannerSettings(**sections["scanner"]) if "scanner" in sections else None
    reader = CardReaderSettings(**sections["card_reader"]) if "card_reader" in sections else None
    display = DisplaySettings(**sections["customer_display"]) if "customer_display" in sections else None
    if display is not None and (display.kind == "escpos") != bool(display.transport):
        reason = "is missing" if display.kind == "escpos" else f"means nothing for the kind {display.kind!r}"
        raise BadSettings(file, "customer_display.transport", reason)
    backup = BackupSettings(**sections["backup"]) if "backup" in sections else None
    neighbours = NeighbourSettings(**sections.get("neighbours", {}))
    copies = _copies(file, sections["copies"], till["id"], neighbours) if "copies" in sections else None
    ca_file = folder / office["ca_file"] if "ca_file" in office else None
    locale = till.get("locale", "en")
    plain = office.get("plain_http", False)
    embedded = office.get("embedded", False)
    return Settings(
        file,
        till["id"],
        locale,
        office["url"],
        ca_file,
        plain,
        embedded,
        printers,
        drawer,
        terminal,
        neighbours,
        scanner,
        reader,
        display,
        backup,
        copies,
        WindowSettings(**sections.get("window", {})),
        office.get("from", ""),
        tuple(
            replace(line, ca_file=folder / line.ca_file) if line.ca_file is not None else line
            for line in office.get("backup", ())
        ),
    )


def device_values(text: str) -> dict[str, dict[str, Any]]:
    """The sections of a till.toml that is in order which name devices, and what they say. Passwords stay out."""
    document = tomllib.loads(text)
    tables = document | {f"printer.{role}": table for role, table in document.get("printer", {}).items()}
    return {
        name: {key: value for key, value in tables[name].items() if key != "password"}
        for name in DEVICES
        if name in tables
    }


def _sections(file: Path, document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Section name -> checked values."""
    tables = {name: value for name, value in document.items() if name != "printer"}
    printers = document.get("printer", {})
    if not isinstance(printers, dict):
        raise BadSettings(file, "printer", "must be [printer.ticket] or [printer.receipt]")
    tables |= {f"printer.{role}": value for role, value in printers.items()}
    found: dict[str, dict[str, Any]] = {}
    for section, table in tables.items():
        if section not in _KEYS:
            raise BadSettings(file, section, f"is not a section; there are {', '.join(_KEYS)}")
        if not isinstance(table, dict):
            raise BadSettings(file, section, "must be a table")
        found[section] = _section(file, section, table)
    for section in ("till", "office"):
        if section not in found:
            raise BadSettings(file, section, "is missing")
    return found


def _section(file: Path, section: str, table: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for key, value in table.items():
        check = _KEYS[section].get(key)
        if check is None:
            raise BadSettings(file, f"{section}.{key}", f"is unknown; there are {', '.join(_KEYS[section])}")
        try:
            read[key] = check(value)
        except ValueError as error:
            raise BadSettings(file, f"{section}.{key}", str(error)) from error
    for key in _NEEDED.get(section, ()):
        if key not in read:
            raise BadSettings(file, f"{section}.{key}", "is missing")
    return read


def write_settings(
    folder: Path,
    till: str,
    office_url: str,
    devices: str = "",
    *,
    ca_file: Path | None = None,
    plain_http: bool = False,
    embedded: bool = False,
) -> Path:
    """Write a new till.toml, or put till and office right in one that is there. `devices` is TOML.

    What a person has written in an old file stays: only the two values are changed.
    """
    file = folder / FILE
    if file.exists():
        text = file.read_bytes().decode()
        try:
            text = toml_edit.put(text, "till", {"id": till})
            text = toml_edit.put(text, "office", {"url": office_url})
        except toml_edit.CannotEdit as error:
            raise BadSettings(file, "", str(error)) from error
    else:
        flags = "plain_http = true\n" * plain_http + "embedded = true\n" * embedded
        if ca_file is not None:
            flags += f'ca_file = "{ca_file.resolve().as_posix()}"\n'
        text = f'[till]\nid = "{till}"\nlocale = "en"\n\n[office]\nurl = "{office_url}"\n{flags}\n{devices}'
    replace_settings(file, text)
    return file


def replace_settings(file: Path, text: str) -> None:
    """Put `text` in place of the file, whole or not at all, also when the power goes. Raises OSError."""
    fresh = file.with_suffix(".toml.new")
    with fresh.open("w", encoding="utf-8", newline="") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
