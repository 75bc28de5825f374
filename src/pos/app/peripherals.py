"""What reads and shows at a counter: scanners, card readers, the customer's display."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pos.devices.transport import Address, read_address
from pos.devices.worker.display import NAME, LineDisplay, check_display_address
from pos.devices.worker.reader import Readers, Source, line_source
from pos.devices.worker.watch import Watch
from pos.settings import KEYBOARD, PCSC, Settings
from pos.till.counter.scan import CARD_READER
from pos.till.ports import Customer

SCANNER = "scanner"
OnState = Callable[[str, str, str], None]  # name, state, text


def readers(settings: Settings, on_state: OnState, watches: Mapping[str, Watch] | None) -> Readers:
    """The scanner and the card reader, not begun yet; those that type are heard by the window. Raises Unreadable."""
    scanner, reader = settings.scanner, settings.card_reader
    where = str(settings.file)
    sources: dict[str, Callable[[], Source]] = {}
    keyboards = []
    for name, found in ((SCANNER, scanner), (CARD_READER, reader)):
        if found is None:
            continue
        if found.transport == KEYBOARD:
            keyboards.append(name)
            continue
        if found.transport == PCSC:
            sources[name] = _card_source
            continue
        key = f"{name}.transport"
        around = (scanner.prefix, scanner.suffix) if scanner is not None and found is scanner else ("", "")
        sources[name] = line_source(_watched(found.transport, where, key, name, watches), where, key, *around)
    return Readers(sources, tuple(keyboards), lambda name, state: on_state(name, state.state, state.text))


def _card_source() -> Source:
    from pos.devices.worker.nfc import PcscSource  # its library is an extra, and few tills have such a reader

    return PcscSource()


class WindowDisplay:
    """The customer's display is a window of this till's: what becomes of it is known where windows are."""

    def states(self) -> dict[str, dict[str, str]]:
        return {NAME: {"state": "unknown", "text": "a window beside the cashier's"}}

    def close(self) -> None:
        """There is nothing to let go of."""


def display(
    settings: Settings, on_state: OnState, watches: Mapping[str, Watch] | None
) -> LineDisplay | WindowDisplay | None:
    """The customer's display, begun; None without one. Raises Unreadable."""
    wanted = settings.customer_display
    if wanted is None or wanted.kind == "none":
        return None
    if wanted.kind == "window":
        return WindowDisplay()
    return LineDisplay(display_address(settings, watches), lambda name, state: on_state(name, state.state, state.text))


def display_address(settings: Settings, watches: Mapping[str, Watch] | None) -> Address:
    """Where the line display is. Raises Unreadable."""
    assert settings.customer_display is not None
    where, key = str(settings.file), f"{NAME}.transport"
    return check_display_address(_watched(settings.customer_display.transport, where, key, NAME, watches), where, key)


def customer(settings: Settings, shown: LineDisplay | WindowDisplay | None) -> Customer | None:
    """What the till has to show, and to what."""
    wanted = settings.customer_display
    if wanted is None or shown is None:
        return None
    return Customer(wanted.locale or settings.locale, wanted.link, shown if isinstance(shown, LineDisplay) else None)


def check(settings: Settings) -> None:
    """Whether these settings can be used; opens nothing. Raises Unreadable."""
    readers(settings, lambda *_: None, None)
    if settings.customer_display is not None and settings.customer_display.kind == "escpos":
        display_address(settings, None)


def _watched(url: str, where: str, key: str, name: str, watches: Mapping[str, Watch] | None) -> Address:
    address = read_address(url, where, key)
    return address if watches is None else replace(address, tap=watches[name].tap)
