"""Each screen of the window, built when it is first shown: what it imports is paid for only then."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from pos.ui.audit.presenter import AuditPresenter
    from pos.ui.contingency.outagepresenter import OutagesPresenter
    from pos.ui.customers.presenter import CustomersPresenter
    from pos.ui.devices.presenter import DevicesPresenter
    from pos.ui.disputes.presenter import DisputesPresenter
    from pos.ui.drawer.presenter import DrawerPresenter
    from pos.ui.drills.presenter import DrillsPresenter
    from pos.ui.drills.running import RunningPresenter
    from pos.ui.foot.presenter import PaperPresenter
    from pos.ui.found.presenter import FoundPresenter
    from pos.ui.frame.practice import PracticePresenter
    from pos.ui.frozen.presenter import FrozenPresenter
    from pos.ui.layouts.presenter import LayoutsPresenter
    from pos.ui.orders.presenter import OrdersPresenter
    from pos.ui.paperpack.pack import PackPresenter
    from pos.ui.paperpack.rekey import RekeyPresenter
    from pos.ui.reports.presenter import ReportsPresenter
    from pos.ui.safe.presenter import SafePresenter
    from pos.ui.screen import Screen
    from pos.ui.sell.presenter import SellPresenter
    from pos.ui.settings.presenter import SettingsPresenter
    from pos.ui.shift.handover import HandOverPresenter
    from pos.ui.shift.listed import ShiftsPresenter
    from pos.ui.shift.opening import OpenPresenter
    from pos.ui.shift.presenter import ClosePresenter
    from pos.ui.shift.takeover import TakeOverPresenter
    from pos.ui.shows.cardview import ShowCardSheet
    from pos.ui.shows.presenter import ShowsPresenter
    from pos.ui.signin.presenter import SignInPresenter
    from pos.ui.stock.blanks import BlanksPresenter
    from pos.ui.stock.seats import SeatsPresenter
    from pos.ui.theme.tokens import Tokens


class Window(Protocol):
    """The window as its screens need it: their presenters, and where they lead."""

    paper: PaperPresenter
    signin: SignInPresenter
    tokens: Tokens

    @property
    def practice(self) -> PracticePresenter: ...
    @property
    def sell(self) -> SellPresenter: ...
    @property
    def found(self) -> FoundPresenter: ...
    @property
    def opening(self) -> OpenPresenter: ...
    @property
    def closing(self) -> ClosePresenter: ...
    @property
    def drawer(self) -> DrawerPresenter: ...
    @property
    def handing(self) -> HandOverPresenter: ...
    @property
    def shifts(self) -> ShiftsPresenter: ...
    @property
    def taking_over(self) -> TakeOverPresenter: ...
    @property
    def frozen(self) -> FrozenPresenter: ...
    @property
    def works_here(self) -> bool: ...
    @property
    def safe(self) -> SafePresenter: ...
    @property
    def shows(self) -> ShowsPresenter: ...
    @property
    def show_card(self) -> ShowCardSheet: ...
    @property
    def customers(self) -> CustomersPresenter: ...
    @property
    def blanks(self) -> BlanksPresenter: ...
    @property
    def seats(self) -> SeatsPresenter: ...
    @property
    def disputes(self) -> DisputesPresenter: ...
    @property
    def audit(self) -> AuditPresenter: ...
    @property
    def outages(self) -> OutagesPresenter: ...
    @property
    def drill(self) -> bool: ...
    @property
    def drills(self) -> DrillsPresenter: ...
    @property
    def running(self) -> RunningPresenter: ...
    @property
    def devices(self) -> DevicesPresenter: ...
    @property
    def layouts(self) -> LayoutsPresenter: ...
    @property
    def orders(self) -> OrdersPresenter: ...
    @property
    def reports(self) -> ReportsPresenter: ...
    @property
    def packing(self) -> PackPresenter: ...
    @property
    def rekeying(self) -> RekeyPresenter: ...
    @property
    def choices(self) -> SettingsPresenter: ...

    def go(self, name: str) -> None: ...
    def home(self) -> None: ...
    def act(self, action: str) -> None: ...
    def choose_show(self, show: str) -> None: ...


def build(window: Window, name: str) -> Screen:
    """Raises KeyError for a screen that there is not."""
    return _BUILDERS[name](window)


def _signin(window: Window) -> Screen:
    from pos.ui.signin.view import SignInScreen

    return SignInScreen(window.signin, window.practice, window.act)


def _open(window: Window) -> Screen:
    from pos.ui.shift.open import OpenScreen

    return OpenScreen(window.opening, window.go)


def _sell(window: Window) -> Screen:
    from pos.ui.sell.screen import SellScreen

    return SellScreen(window.sell, window.paper, window.tokens, window.act)


def _shows(window: Window) -> Screen:
    from pos.ui.shows.view import ShowsScreen

    def go(name: str) -> None:
        window.seats.origin = "shows"
        window.go(name)

    return ShowsScreen(window.shows, window.choose_show, go, lambda show: window.show_card.look_at(show))


def _found(window: Window) -> Screen:
    from pos.ui.found.view import FoundScreen

    return FoundScreen(window.found, window.tokens, window.home)


def _customers(window: Window) -> Screen:
    from pos.ui.customers.view import CustomersScreen

    def look(sale: str) -> None:
        window.go("found")
        window.found.look(sale)

    return CustomersScreen(window.customers, window.home, look)


def _drawer(window: Window) -> Screen:
    from pos.ui.drawer.view import DrawerScreen
    from pos.ui.safe.tasks import titles

    def begin(task: str) -> None:
        window.go("safe")
        window.safe.choose(task)

    tasks = ("fetch", "transfer_out", "counterfeit")
    return DrawerScreen(window.drawer, window.go, [(titles()[task], partial(begin, task)) for task in tasks])


def _handover(window: Window) -> Screen:
    from pos.ui.shift.handover import HandOverScreen

    return HandOverScreen(window.handing, lambda: window.go("drawer"))


def _shifts(window: Window) -> Screen:
    from pos.ui.shift.listview import ShiftsScreen

    return ShiftsScreen(window.shifts, lambda: window.go("drawer" if window.works_here else "open"), window.go)


def _takeover(window: Window) -> Screen:
    from pos.ui.shift.takeoverview import TakeOverScreen

    return TakeOverScreen(window.taking_over, lambda: window.go("shifts"))


def _frozen(window: Window) -> Screen:
    from pos.ui.frozen.view import FrozenScreen

    return FrozenScreen(window.frozen, window.home)


def _blanks(window: Window) -> Screen:
    from pos.ui.stock.blanksview import BlanksScreen

    return BlanksScreen(window.blanks, lambda: window.go("drawer"))


def _seats(window: Window) -> Screen:
    from pos.ui.stock.seatsview import SeatsScreen

    return SeatsScreen(window.seats, lambda: window.go(window.seats.origin))


def _safe(window: Window) -> Screen:
    from pos.ui.safe.view import SafeScreen

    return SafeScreen(window.safe, lambda: window.go("drawer" if window.works_here else "open"))


def _disputes(window: Window) -> Screen:
    from pos.ui.disputes.view import DisputesScreen

    return DisputesScreen(window.disputes, window.home)


def _audit(window: Window) -> Screen:
    from pos.ui.audit.view import AuditScreen

    return AuditScreen(window.audit, window.home)


def _outages(window: Window) -> Screen:
    from pos.ui.contingency.outageview import OutagesScreen

    return OutagesScreen(window.outages, window.home)


def _drills(window: Window) -> Screen:
    if window.drill:
        from pos.ui.drills.runningview import RunningScreen

        return RunningScreen(window.running, window.home)
    from pos.ui.drills.view import DrillsScreen

    return DrillsScreen(window.drills, window.home)


def _devices(window: Window) -> Screen:
    from pos.ui.devices.view import DevicesScreen

    return DevicesScreen(window.devices, window.home)


def _layouts(window: Window) -> Screen:
    from pos.ui.layouts.view import LayoutsScreen

    return LayoutsScreen(window.layouts, window.tokens, window.home)


def _orders(window: Window) -> Screen:
    from pos.ui.orders.view import OrdersScreen

    return OrdersScreen(window.orders, window.home)


def _reports(window: Window) -> Screen:
    from pos.ui.reports.view import ReportsScreen

    def go(name: str) -> None:
        window.seats.origin = "reports"
        window.go(name)

    return ReportsScreen(window.reports, window.home, go)


def _paper_pack(window: Window) -> Screen:
    from pos.ui.paperpack.packview import PackScreen

    return PackScreen(window.packing, window.home, lambda: window.go("rekey"))


def _rekey(window: Window) -> Screen:
    from pos.ui.paperpack.rekeyview import RekeyScreen

    return RekeyScreen(window.rekeying, window.home)


def _settings(window: Window) -> Screen:
    from pos.ui.settings.view import SettingsScreen

    return SettingsScreen(window.choices, window.home)


def _count(window: Window) -> Screen:
    from pos.ui.shift.count import CountScreen

    return CountScreen(window.closing, lambda: window.go("drawer"))


def _report(window: Window) -> Screen:
    from pos.ui.shift.report import ReportScreen

    return ReportScreen(window.closing, lambda: window.go("open"))


_BUILDERS: Final[dict[str, Callable[[Window], Screen]]] = {
    "signin": _signin,
    "open": _open,
    "sell": _sell,
    "shows": _shows,
    "found": _found,
    "customers": _customers,
    "drawer": _drawer,
    "handover": _handover,
    "shifts": _shifts,
    "takeover": _takeover,
    "frozen": _frozen,
    "blanks": _blanks,
    "seats": _seats,
    "safe": _safe,
    "disputes": _disputes,
    "audit": _audit,
    "outages": _outages,
    "drills": _drills,
    "devices": _devices,
    "layouts": _layouts,
    "orders": _orders,
    "reports": _reports,
    "paper_pack": _paper_pack,
    "rekey": _rekey,
    "settings": _settings,
    "count": _count,
    "report": _report,
}
