"""till.toml: what is read from it, and how nonsense is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos import toml_edit
from pos.officelines import BackupLine
from pos.settings import (
    BadSettings,
    CardReaderSettings,
    CopySettings,
    DisplaySettings,
    DrawerSettings,
    NeighbourSettings,
    ScannerSettings,
    Settings,
    TerminalSettings,
    WindowSettings,
    read_settings,
    settings_from,
    write_settings,
)

TILL = '[till]\nid = "T1"\n[office]\nurl = "https://office.example:8443"\n'
TERMINAL = '[terminal]\nprotocol = "zvt"\ntransport = "tcp://127.0.0.1:20007"\n'


def read(folder: Path, more: str = "") -> Settings:
    (folder / "till.toml").write_text(TILL + more, encoding="utf-8")
    return read_settings(folder)


def test_a_payment_terminal(tmp_path: Path) -> None:
    assert read(tmp_path).terminal is None
    assert read(tmp_path, TERMINAL).terminal == TerminalSettings("zvt", "tcp://127.0.0.1:20007", "000000")
    assert read(tmp_path, TERMINAL + 'password = "123456"\n').terminal == TerminalSettings(
        "zvt", "tcp://127.0.0.1:20007", "123456"
    )


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ('[terminal]\nprotocol = "zvt"\n', "terminal.transport", "is missing"),
        ('[terminal]\ntransport = "tcp://127.0.0.1:20007"\n', "terminal.protocol", "is missing"),
        (TERMINAL.replace("zvt", "o2"), "terminal.protocol", "'o2' is not spoken here; this is: zvt"),
        (TERMINAL + 'pin = "1"\n', "terminal.pin", "is unknown; there are protocol, transport, password"),
        (TERMINAL + "password = 123456\n", "terminal.password", "must be six digits"),
        (TERMINAL + 'password = "1234567"\n', "terminal.password", "must be six digits"),
    ],
)
def test_what_is_wrong_with_a_terminal_is_named(tmp_path: Path, text: str, key: str, reason: str) -> None:
    with pytest.raises(BadSettings) as caught:
        read(tmp_path, text)
    assert f"till.toml: {key}: {reason}" in str(caught.value)


def test_a_terminals_password_is_in_no_message(tmp_path: Path) -> None:
    assert "246810" not in repr(read(tmp_path, TERMINAL + 'password = "246810"\n'))
    with pytest.raises(BadSettings) as caught:
        read(tmp_path, TERMINAL + 'password = "2468100"\n')
    assert "246810" not in str(caught.value)


def test_neighbours(tmp_path: Path) -> None:
    assert read(tmp_path).neighbours == NeighbourSettings(None, {})
    more = '[neighbours]\nlisten = "0.0.0.0:9410"\ntills = ["T2=192.0.2.12:9410", "T3 = [2001:db8::3]:9410"]\n'
    assert read(tmp_path, more).neighbours == NeighbourSettings(
        "0.0.0.0:9410", {"T2": "192.0.2.12:9410", "T3": "[2001:db8::3]:9410"}
    )


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ('listen = "9410"', "listen", "'9410' is not an address like 192.0.2.12:9410"),
        ('listen = "192.0.2.12"', "listen", "is not an address"),
        ('listen = "http://192.0.2.12:9410"', "listen", "is not an address"),
        ('listen = "192.0.2.12:94100"', "listen", "is not an address"),
        ('tills = "T2=192.0.2.12:9410"', "tills", "must be a list"),
        ('tills = ["192.0.2.12:9410"]', "tills", "is not a till and its address"),
        ('tills = ["T 2=192.0.2.12:9410"]', "tills", "may hold letters"),
        ('tills = ["T2=192.0.2.12"]', "tills", "is not an address"),
        ('tills = ["T2=192.0.2.12:9410", "T2=192.0.2.13:9410"]', "tills", "'T2' is there twice"),
        ("port = 9410", "port", "is unknown; there are listen, tills"),
    ],
)
def test_what_is_wrong_with_neighbours_is_named(tmp_path: Path, text: str, key: str, reason: str) -> None:
    with pytest.raises(BadSettings) as caught:
        read(tmp_path, f"[neighbours]\n{text}\n")
    assert f"till.toml: neighbours.{key}: " in str(caught.value)
    assert reason in str(caught.value)


def test_a_scanner_a_card_reader_and_a_customer_display(tmp_path: Path) -> None:
    bare = read(tmp_path)
    assert (bare.scanner, bare.card_reader, bare.customer_display) == (None, None, None)
    more = '[scanner]\ntransport = "keyboard"\nprefix = "~"\nsuffix = "#"\nmembers = "M-"\n'
    assert read(tmp_path, more).scanner == ScannerSettings("keyboard", "~", "#", "M-")
    assert read(tmp_path, '[scanner]\ntransport = "serial:///dev/ttyACM0"\n').scanner == ScannerSettings(
        "serial:///dev/ttyACM0"
    )
    assert read(tmp_path, '[card_reader]\ntransport = "pcsc"\n').card_reader == CardReaderSettings("pcsc")
    more = '[customer_display]\nkind = "escpos"\ntransport = "serial:///dev/ttyUSB1"\nlocale = "hu"\n'
    assert read(tmp_path, more).customer_display == DisplaySettings("escpos", "serial:///dev/ttyUSB1", "hu")
    assert read(tmp_path, '[customer_display]\nkind = "window"\n').customer_display == DisplaySettings("window")


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("[scanner]\n", "scanner.transport", "is missing"),
        ('[scanner]\ntransport = "ttyACM0"\n', "scanner.transport", "'ttyACM0' is neither \"keyboard\" nor an address"),
        ('[scanner]\ntransport = "pcsc"\n', "scanner.transport", "'pcsc' is neither"),
        ('[scanner]\ntransport = "keyboard"\nprefix = ""\n', "scanner.prefix", "'' is not one to 8 letters"),
        ('[scanner]\ntransport = "keyboard"\nprefix = "\\u0009"\n', "scanner.prefix", "'\\t' is not one to 8 letters"),
        ('[scanner]\ntransport = "keyboard"\nsuffix = 1\n', "scanner.suffix", "1 is not one to 8 letters"),
        ('[scanner]\ntransport = "keyboard"\nbeep = true\n', "scanner.beep", "is unknown; there are transport, prefix"),
        ('[card_reader]\ntransport = "usb"\n', "card_reader.transport", "'usb' is neither"),
        ('[customer_display]\ntransport = "tcp://127.0.0.1:1"\n', "customer_display.kind", "is missing"),
        ('[customer_display]\nkind = "tv"\n', "customer_display.kind", "'tv' is none of window, escpos, none"),
        ('[customer_display]\nkind = "escpos"\n', "customer_display.transport", "is missing"),
        (
            '[customer_display]\nkind = "none"\ntransport = "tcp://127.0.0.1:1"\n',
            "customer_display.transport",
            "means nothing for the kind 'none'",
        ),
        ('[customer_display]\nkind = "window"\nlocale = "de"\n', "customer_display.locale", "'de' is none of"),
    ],
)
def test_what_is_wrong_with_a_reader_or_display_is_named(tmp_path: Path, text: str, key: str, reason: str) -> None:
    with pytest.raises(BadSettings) as caught:
        read(tmp_path, text)
    assert f"till.toml: {key}: {reason}" in str(caught.value)


PRINTER = """
[printer.receipt]
profile = "epson-tm-t88v"
transport = "tcp://127.0.0.1:9100"
layout = "receipt-standard"
"""
DRAWERS = (
    PRINTER
    + """
[drawer]
"""
)


def test_a_drawer_hangs_on_a_printer_or_on_a_port_of_its_own(tmp_path: Path) -> None:
    assert read(tmp_path, DRAWERS + 'via = "printer.receipt"\n').drawer == DrawerSettings("receipt")
    on_printer = 'via = "printer.receipt"\nopen_when = "low"\nleft_open_s = 0\n'
    assert read(tmp_path, DRAWERS + on_printer).drawer == DrawerSettings("receipt", open_when="low", left_open_s=0)
    own = 'transport = "serial:///dev/ttyUSB1"\nkick = "1B 70 00 19 FA"\n'
    kick = bytes.fromhex("1B700019FA")
    assert read(tmp_path, DRAWERS + own).drawer == DrawerSettings("", "serial:///dev/ttyUSB1", kick)


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("left_open_s = 30", "drawer", "must have either via"),
        ('via = "printer.receipt"\ntransport = "serial:///dev/x"', "drawer", "must have either via"),
        ('via = "printer.ticket"', "drawer.via", "there is no [printer.ticket]"),
        ('via = "printer.receipt"\nkick = "07"', "drawer.kick", "means nothing for a drawer on a printer"),
        ('transport = "serial:///dev/x"\nopen_when = "low"', "drawer.open_when", "means nothing"),
        ('transport = "serial:///dev/x"\nkick = "0"', "drawer.kick", "is not bytes in hexadecimal"),
        (f'transport = "serial:///dev/x"\nkick = "{"00" * 65}"', "drawer.kick", "is longer than 64 bytes"),
        ('via = "printer.receipt"\nopen_when = "shut"', "drawer.open_when", "is neither high nor low"),
        ('via = "printer.receipt"\nleft_open_s = 3601', "drawer.left_open_s", "is not a whole number from 0 to 3600"),
        ('via = "printer.receipt"\nleft_open_s = true', "drawer.left_open_s", "is not a whole number"),
    ],
)
def test_what_is_wrong_with_a_drawer_is_named(tmp_path: Path, text: str, key: str, reason: str) -> None:
    with pytest.raises(BadSettings) as caught:
        read(tmp_path, f"{DRAWERS}{text}\n")
    assert f"till.toml: {key}: " in str(caught.value)
    assert reason in str(caught.value)


def test_the_window(tmp_path: Path) -> None:
    assert read(tmp_path).window == WindowSettings("system", None, 10, True)
    more = '[window]\ntheme = "contrast"\nscale = 150\nlock_after = 0\nsounds = false\n'
    assert read(tmp_path, more).window == WindowSettings("contrast", 150, 0, False)
    assert read(tmp_path, '[window]\nscale = "auto"\n').window.scale is None


@pytest.mark.parametrize(
    ("line", "key", "reason"),
    [
        ('theme = "pink"', "theme", "'pink' is none of system, light, dark, contrast"),
        ("theme = 1", "theme", "1 is none of"),
        ("scale = 99", "scale", '99 is neither "auto" nor a whole number from 100 to 200'),
        ("scale = 201", "scale", "201 is neither"),
        ("scale = true", "scale", "True is neither"),
        ('scale = "150"', "scale", "'150' is neither"),
        ("scale = 125.0", "scale", "125.0 is neither"),
        ("lock_after = -1", "lock_after", "-1 is not a whole number of minutes from 0 (never) to 240"),
        ("lock_after = 241", "lock_after", "241 is not"),
        ("lock_after = false", "lock_after", "False is not"),
        ("sounds = 1", "sounds", "1 is not true or false"),
        ('font = "Comic"', "font", "is unknown; there are theme, scale, lock_after, sounds"),
    ],
)
def test_what_is_wrong_with_the_window_is_named(tmp_path: Path, line: str, key: str, reason: str) -> None:
    with pytest.raises(BadSettings) as caught:
        read(tmp_path, f"[window]\n{line}\n")
    assert f"till.toml: window.{key}: {reason}" in str(caught.value)


# ---- copies of the journal ---------------------------------------------------------------


LAN = '[neighbours]\nlisten = "192.0.2.11:9410"\ntills = ["T2=192.0.2.12:9410", "T3=192.0.2.13:9410"]\n'


def test_copies_go_to_a_folder_and_to_neighbours(tmp_path: Path) -> None:
    assert read(tmp_path).copies is None
    assert read(tmp_path, '[copies]\nto = "/media/usb"\n').copies == CopySettings("/media/usb", (), 50)
    both = '[copies]\nto = "usb"\nneighbours = true\nwait_ms = 0\n'
    assert read(tmp_path, LAN + both).copies == CopySettings("usb", ("T2", "T3"), 0)
    assert read(tmp_path, LAN + '[copies]\nneighbours = ["T3"]\n').copies == CopySettings("", ("T3",), 50)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("[copies]\nwait_ms = 10\n", "copies: says neither to"),
        ("[copies]\nneighbours = false\n", "copies: says neither to"),
        ('[copies]\nto = "usb"\nwait_ms = 1001\n', "copies.wait_ms: 1001 is not a whole number of milliseconds"),
        ("[copies]\nneighbours = true\n", "copies.neighbours: there are no other tills"),
        (LAN + '[copies]\nneighbours = ["T4"]\n', "copies.neighbours: T4 is not among the tills"),
        (LAN + "[copies]\nneighbours = 2\n", "copies.neighbours: must be true or a list"),
    ],
)
def test_copies_that_make_no_sense_are_named(tmp_path: Path, more: str, why: str) -> None:
    with pytest.raises(BadSettings, match=why):
        read(tmp_path, more)


BACKUP = '[[office.backup]]\nname = "4G"\nurl = "https://backup.example:8443"\n'


def test_more_addresses_of_the_office(tmp_path: Path) -> None:
    assert read(tmp_path).office_backups == ()
    second = '[[office.backup]]\nname = "Guest"\nurl = "http://192.0.2.1:80"\nplain_http = true\n'
    found = read(tmp_path, f'from = "192.0.2.7"\n{BACKUP}ca_file = "ca.pem"\nfrom = "2001:db8::7"\n{second}')
    assert found.office_source == "192.0.2.7"
    assert found.office_backups == (
        BackupLine("4G", "https://backup.example:8443", tmp_path / "ca.pem", source="2001:db8::7"),
        BackupLine("Guest", "http://192.0.2.1:80", plain_http=True),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[office.backup]\n", "office.backup: must be tables headed [[office.backup]]"),
        ('[[office.backup]]\nname = "4G"\n', "office.backup: number 1: url is missing"),
        ('[[office.backup]]\nurl = "https://x.example"\n', "office.backup: number 1: name is missing"),
        (BACKUP + 'port = 1\n', "number 1: port is unknown; there are name, url, ca_file, plain_http, from"),
        (BACKUP + BACKUP, "number 2: name: '4G' is there twice"),
        (BACKUP.replace("https://", ""), "number 1: url: 'backup.example:8443' is not an address"),
        (BACKUP + 'from = "wwan0"\n', "number 1: from: 'wwan0' is not an address of this machine"),
        (BACKUP.replace("4G", "x" * 25), "number 1: name: "),
        (BACKUP.replace('"4G"', '" "'), "number 1: name: ' ' is not a text"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_address_of_the_office_is_named(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(BadSettings) as caught:
        read(tmp_path, text)
    assert reason in str(caught.value)


def test_the_office_is_changed_beside_its_other_addresses(tmp_path: Path) -> None:
    """As when a till is enrolled again: nothing of a table of many is taken for the section before it."""
    read(tmp_path, BACKUP)
    write_settings(tmp_path, "T2", "https://new.example:8443")
    found = read_settings(tmp_path)
    assert (found.office_url, found.office_backups[0].url) == (
        "https://new.example:8443",
        "https://backup.example:8443",
    )
    text = toml_edit.put((tmp_path / "till.toml").read_text(), "office", {"plain_http": True})
    assert settings_from(text, tmp_path / "till.toml").plain_http
