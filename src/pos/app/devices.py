"""The printers, the drawer and the terminal of a till, made of its settings. What reads or shows is in peripherals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pos.app import peripherals
from pos.app.layouts import LayoutShelf
from pos.data import printer_data, resource
from pos.devices.profile import Profile, read_profile, unknown_profile
from pos.devices.transport import read_address
from pos.devices.worker.absent import AbsentTerminal
from pos.devices.worker.drawer import DrawerPlace, SerialDrawer, TellDrawer
from pos.devices.worker.printers import MakePrinter, Printers, printer_maker
from pos.devices.worker.watch import Counted, Watch
from pos.domain.card import Shown
from pos.domain.errors import Unreadable
from pos.paper.faces import FONT_FILES
from pos.paper.press import Press
from pos.settings import DEVICES, Settings
from pos.till.counter.scan import CARD_READER

if TYPE_CHECKING:
    from pos.app.drill.faults import Faults
    from pos.devices.worker.pretend import PretendTerminal
    from pos.devices.worker.terminal import MakeDevice, TerminalWorker

# For kinds of paper that a printer names no layout for.
_STANDARD: Final = ("receipt-standard", "z-report", "ticket-standard", "card-slip", "list-standard")


def fonts() -> dict[str, bytes]:
    return {name: resource("fonts", name).read_bytes() for name in FONT_FILES}


def device_watches(settings: Settings) -> dict[str, Watch]:
    watches = {name: Watch() for name in DEVICES} | {CARD_READER: Watch(Counted)}
    if settings.terminal is not None:
        from pos.devices.worker.terminal_watch import terminal_watch

        watches["terminal"] = terminal_watch(settings.terminal.transport)
    return watches


def printer_makers(
    settings: Settings, shelf: LayoutShelf, watches: Mapping[str, Watch], *, training: bool = False
) -> dict[str, MakePrinter]:
    """How to make each printer; one for `training` stamps its paper. Raises Unreadable."""
    shipped = fonts() if settings.printers else {}
    makers: dict[str, MakePrinter] = {}
    for role, printer in settings.printers.items():
        where, key = str(settings.file), f"printer.{role}"
        profile = _profile(printer.profile, where, f"{key}.profile")
        address = replace(read_address(printer.transport, where, f"{key}.transport"), tap=watches[key].tap)
        # PDF has sheets of any size, and characters go one below the other.
        typed = profile.protocol == "escpos" and address.slow
        picture_mm = math.inf if profile.protocol == "pdf" or typed else profile.printed_mm
        shelf.check(printer.layout, where, f"{key}.layout", picture_mm)
        layouts = shelf.in_use(role, [*_STANDARD, printer.layout], picture_mm)
        press = Press(layouts, shipped, shelf.kept, training=training)
        makers[role] = printer_maker(profile, address, press, where, f"{key}.transport")
    return makers


def printers(
    settings: Settings,
    shelf: LayoutShelf,
    on_state: Callable[[str, str, str], None],
    watches: Mapping[str, Watch],
    on_drawer: TellDrawer = lambda state, by, open_s: None,
    *,
    training: bool = False,
    faults: Faults | None = None,
) -> Printers:
    makers = printer_makers(settings, shelf, watches, training=training)
    return Printers(
        makers if faults is None else faults.printers(makers),
        drawer_place(settings, watches),
        lambda name, state: on_state(name, state.state, state.text),
        lambda name, what: watches[name].did(what),
        on_drawer,
        numbered(settings),
    )


def numbered(settings: Settings) -> frozenset[str]:
    """The printers whose blanks carry serial numbers. Raises Unreadable."""
    found = set()
    for role, printer in settings.printers.items():
        profile = _profile(printer.profile, str(settings.file), f"printer.{role}.profile")
        said = printer.numbered if printer.numbered is not None else profile.numbered
        found |= {role} if said and role == "ticket" else set()
    return frozenset(found)


def drawer_place(settings: Settings, watches: Mapping[str, Watch]) -> DrawerPlace | None:
    """Where the drawer hangs. Raises Unreadable."""
    drawer, where = settings.drawer, str(settings.file)
    if drawer is None:
        return None
    if drawer.via:
        profile = _profile(settings.printers[drawer.via].profile, where, f"printer.{drawer.via}.profile")
        inverted = bool(drawer.open_when) and (drawer.open_when == "high") != profile.drawer_open_high
        return DrawerPlace(drawer.via, inverted, drawer.left_open_s)
    address = read_address(drawer.transport, where, "drawer.transport")
    if address.scheme != "serial":
        raise Unreadable(where, "drawer.transport", f"a drawer cannot be reached by {address.scheme}://")
    address = replace(address, tap=watches["drawer"].tap)
    kick = drawer.kick
    return DrawerPlace(make=lambda stopping: SerialDrawer(address, kick, stopping))


def terminal_maker(settings: Settings, watch: Watch | None) -> MakeDevice | None:
    """How to make the payment terminal, None without one. Raises Unreadable."""
    terminal = settings.terminal
    if terminal is None:
        return None
    # Most tills have none, and start a little sooner without this.
    from pos.devices.worker.zvt_terminal import zvt_maker

    where, key = str(settings.file), "terminal.transport"
    address = replace(read_address(terminal.transport, where, key), tap=watch.tap if watch is not None else None)
    return zvt_maker(address, terminal.password, where, key, prints="receipt" in settings.printers)


def pretend_maker(shown: Callable[[Shown], None], stopping: Callable[[], bool]) -> PretendTerminal:
    from pos.devices.worker.pretend import PretendTerminal

    return PretendTerminal(shown)


def terminal(
    settings: Settings,
    on_state: Callable[[str, str, str], None],
    watch: Watch,
    *,
    training: bool = False,
    faults: Faults | None = None,
) -> TerminalWorker | AbsentTerminal:
    """Begun; in `training` it is one that only pretends, whatever is set up. Raises Unreadable."""
    pretend = pretend_maker if faults is None else faults.terminal
    make = pretend if training else terminal_maker(settings, watch)
    if make is None:
        return AbsentTerminal()
    from pos.devices.worker.terminal import TerminalWorker

    return TerminalWorker(make, lambda name, state: on_state(name, state.state, state.text), watch.did)


def check_others(settings: Settings) -> None:
    """Whether everything but the printers can be used as it is set up; opens nothing. Raises Unreadable."""
    terminal_maker(settings, None)
    peripherals.check(settings)


def _profile(name: str, where: str, key: str) -> Profile:
    folder = printer_data("profiles")
    have = {path.stem for path in folder.glob("*.toml")}
    if name not in have:
        raise unknown_profile(name, have, where, key)
    return read_profile((folder / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")
