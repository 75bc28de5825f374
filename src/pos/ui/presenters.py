"""The presenters of the window's screens, made when first asked for: the first paint does without them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from pos.ui.attendance import Attendance
    from pos.ui.audit.presenter import AuditPresenter
    from pos.ui.contingency.evacuation import EvacuationCover
    from pos.ui.contingency.outagepresenter import OutagesPresenter
    from pos.ui.contingency.sheet import ContingencySheet
    from pos.ui.customers.presenter import CustomersPresenter
    from pos.ui.devices.presenter import DevicesPresenter
    from pos.ui.disputes.presenter import DisputesPresenter
    from pos.ui.drawer.presenter import DrawerPresenter
    from pos.ui.drills.presenter import DrillsPresenter
    from pos.ui.drills.running import RunningPresenter
    from pos.ui.errands import Errands
    from pos.ui.foot.presenter import PaperPresenter
    from pos.ui.found.callingoff import CallOffSheet
    from pos.ui.found.presenter import FoundPresenter
    from pos.ui.frame.cover import Cover
    from pos.ui.frame.diagnostics import DiagnosticsSheet
    from pos.ui.frame.help import HelpOverlay
    from pos.ui.frame.leaving import Leaving
    from pos.ui.frame.linesheet import LineSheet
    from pos.ui.frame.practice import PracticePresenter
    from pos.ui.frame.rail import Rail
    from pos.ui.frozen.presenter import FrozenPresenter
    from pos.ui.layouts.presenter import LayoutsPresenter
    from pos.ui.model import Sale
    from pos.ui.orders.presenter import OrdersPresenter
    from pos.ui.paperpack.pack import PackPresenter
    from pos.ui.paperpack.rekey import RekeyPresenter
    from pos.ui.reports.presenter import ReportsPresenter
    from pos.ui.safe.presenter import SafePresenter
    from pos.ui.screen import Screen
    from pos.ui.sell.anything import Hit
    from pos.ui.sell.presenter import SellPresenter
    from pos.ui.session import Session
    from pos.ui.settings.presenter import SettingsPresenter
    from pos.ui.shift.handover import HandOverPresenter
    from pos.ui.shift.listed import ShiftsPresenter
    from pos.ui.shift.opening import OpenPresenter
    from pos.ui.shift.presenter import ClosePresenter
    from pos.ui.shift.takeover import TakeOverPresenter
    from pos.ui.shows.cardview import ShowCardSheet
    from pos.ui.shows.presenter import ShowsPresenter
    from pos.ui.sounds import Sounds
    from pos.ui.stock.blanks import BlanksPresenter
    from pos.ui.stock.seats import SeatsPresenter

_COVERS: Final = (
    "evacuation", "leaving", "calling_off", "contingency", "line_sheet", "diagnostics", "show_card", "help",
)  # fmt: skip


class Presenters(QWidget):
    """What the window is built on. It has the session, and says where the screens' presenters lead."""

    session: Session
    paper: PaperPresenter
    rail: Rail
    current: Screen | None
    sounds: Sounds
    attendance: Attendance
    training: bool
    drill: bool

    def go(self, name: str) -> None:
        raise NotImplementedError

    def act(self, action: str) -> None:
        raise NotImplementedError

    def home(self) -> None:
        raise NotImplementedError

    def choose_show(self, show: str) -> None:
        raise NotImplementedError

    def set_theme(self, theme: str) -> None:
        raise NotImplementedError

    def _sold(self, sale: Sale) -> None:
        self.paper.sold(sale)
        self.sounds.accepted()
        self.session.refresh_status()

    def _draw_counts(self) -> None:
        raise NotImplementedError

    # ---- where a scan or something found leads --------------------------------------------

    def pays(self) -> bool:
        """Whether a voucher or gift card that is shown now would pay for something."""
        return self.current is not None and self.current.name == "sell" and self.sell.payment.open

    def _show_found(self) -> None:
        # Whoever counts a drawer or settles a dispute is not taken away from it by a scan.
        if self.current is not None and self.current.name in ("sell", "shows", "found", "drawer"):
            self.go("found")
        elif (one := self.found.current) is not None:
            self.session.toast.emit("plain", f"{self.found.place(one)}: {self.found.state(one)[1]}")

    def _scanned(self, sale: str, ticket: str) -> None:
        """In a rush an order's code is about its pick-up; else the ticket is shown."""
        sells = self.current is not None and self.current.name == "sell"
        if not (sells and self.sell.pickups.scanned(sale)):
            self.found.look(sale, ticket)

    def _show_pass(self, code: str) -> None:
        if self.current is not None and self.current.name in ("sell", "shows", "found", "customers", "orders"):
            self.go("sell")
            self.sell.extras.pass_asked.emit(code)

    # ---- made when first asked for --------------------------------------------------------

    @cached_property
    def practice(self) -> PracticePresenter:
        from pos.ui.frame.practice import PracticePresenter

        return PracticePresenter(self.session, on=self.training, drill=self.drill, parent=self)

    @cached_property
    def sell(self) -> SellPresenter:
        from pos.ui.sell.presenter import SellPresenter

        presenter = SellPresenter(self.session, self)
        presenter.sold.connect(self._sold)
        presenter.anything.chosen.connect(self._open_hit)
        presenter.anything.nothing.connect(self.found.not_found)
        presenter.unread.connect(lambda show: self.show_card.look_at(show))
        return presenter

    def _open_hit(self, hit: Hit) -> None:
        """What was typed on the selling screen meant this; an order is that screen's own."""
        if hit.kind == "sale":
            self.found.look(hit.key)
        elif hit.kind == "customer":
            self.customers.show(hit.key, hit.title)
            self.go("customers")
        elif hit.kind == "show":
            self.choose_show(hit.key)

    @cached_property
    def found(self) -> FoundPresenter:
        from pos.ui.found.presenter import FoundPresenter

        presenter = FoundPresenter(self.session, self)
        presenter.opened.connect(self._show_found)
        presenter.passed.connect(self._show_pass)
        presenter.calls_off.connect(lambda kind: self.calling_off.ask(kind))
        return presenter

    @cached_property
    def choices(self) -> SettingsPresenter:
        from pos.ui.settings.presenter import SettingsPresenter

        presenter = SettingsPresenter(self.session, self)
        presenter.looked.connect(self.set_theme)
        presenter.locks.connect(self.attendance.watch)
        presenter.sounds.connect(self.sounds.enable)
        presenter.tried.connect(self.sounds.try_out)
        return presenter

    @cached_property
    def opening(self) -> OpenPresenter:
        from pos.ui.shift.opening import OpenPresenter

        return OpenPresenter(self.session, self)

    @cached_property
    def closing(self) -> ClosePresenter:
        from pos.ui.shift.presenter import ClosePresenter

        presenter = ClosePresenter(self.session, self)
        presenter.closed.connect(lambda: self.go("report"))
        return presenter

    @cached_property
    def drawer(self) -> DrawerPresenter:
        from pos.ui.drawer.presenter import DrawerPresenter

        return DrawerPresenter(self.session, self)

    @cached_property
    def handing(self) -> HandOverPresenter:
        from pos.ui.shift.handover import HandOverPresenter

        return HandOverPresenter(self.session, self)

    @cached_property
    def shifts(self) -> ShiftsPresenter:
        from pos.ui.shift.listed import ShiftsPresenter

        return ShiftsPresenter(self.session, self)

    @cached_property
    def taking_over(self) -> TakeOverPresenter:
        from pos.ui.shift.takeover import TakeOverPresenter

        return TakeOverPresenter(self.session, self)

    @cached_property
    def frozen(self) -> FrozenPresenter:
        from pos.ui.frozen.presenter import FrozenPresenter

        return FrozenPresenter(self.session, self)

    def forget_overlays(self) -> None:
        """Take off what lies over the screens; it is made anew when it is asked for."""
        for name, made in list(vars(self).items()):
            if isinstance(made, QWidget) and isinstance(getattr(type(self), name, None), cached_property):
                vars(self).pop(name).deleteLater()
        if "errands" in vars(self):
            vars(self).pop("errands").sheet.deleteLater()

    @property
    def works_here(self) -> bool:
        """Whether somebody is signed in and a shift is open."""
        person = self.session.person
        return person is not None and person.shift is not None

    @cached_property
    def blanks(self) -> BlanksPresenter:
        from pos.ui.stock.blanks import BlanksPresenter

        return BlanksPresenter(self.session, self)

    @cached_property
    def seats(self) -> SeatsPresenter:
        from pos.ui.stock.seats import SeatsPresenter

        return SeatsPresenter(self.session, self)

    @cached_property
    def safe(self) -> SafePresenter:
        from pos.ui.safe.presenter import SafePresenter

        return SafePresenter(self.session, self)

    @cached_property
    def shows(self) -> ShowsPresenter:
        from pos.ui.shows.presenter import ShowsPresenter

        return ShowsPresenter(self.session, self)

    @cached_property
    def customers(self) -> CustomersPresenter:
        from pos.ui.customers.presenter import CustomersPresenter

        presenter = CustomersPresenter(self.session, self)
        presenter.taken.connect(self.home)
        return presenter

    @cached_property
    def errands(self) -> Errands:
        from pos.ui.errands import Errands

        return Errands(self, self)

    @cached_property
    def disputes(self) -> DisputesPresenter:
        from pos.ui.disputes.presenter import DisputesPresenter

        presenter = DisputesPresenter(self.session, self)
        presenter.changed.connect(self._draw_counts)
        return presenter

    @cached_property
    def audit(self) -> AuditPresenter:
        from pos.ui.audit.presenter import AuditPresenter

        return AuditPresenter(self.session, self)

    @cached_property
    def outages(self) -> OutagesPresenter:
        from pos.ui.contingency.outagepresenter import OutagesPresenter

        return OutagesPresenter(self.session, self)

    @cached_property
    def drills(self) -> DrillsPresenter:
        from pos.ui.drills.presenter import DrillsPresenter

        presenter = DrillsPresenter(self.session, self)
        presenter.began.connect(self.practice.begin_drill)
        return presenter

    @cached_property
    def running(self) -> RunningPresenter:
        """The drill that this window is there for."""
        from pos.ui.drills.running import RunningPresenter

        return RunningPresenter(self.session, self)

    @cached_property
    def devices(self) -> DevicesPresenter:
        from pos.ui.devices.presenter import DevicesPresenter

        return DevicesPresenter(self.session, self)

    @cached_property
    def layouts(self) -> LayoutsPresenter:
        from pos.ui.layouts.presenter import LayoutsPresenter

        return LayoutsPresenter(self.session, self)

    @cached_property
    def reports(self) -> ReportsPresenter:
        from pos.ui.reports.presenter import ReportsPresenter

        return ReportsPresenter(self.session, self)

    @cached_property
    def packing(self) -> PackPresenter:
        from pos.ui.paperpack.pack import PackPresenter

        return PackPresenter(self.session, self)

    @cached_property
    def rekeying(self) -> RekeyPresenter:
        from pos.ui.paperpack.rekey import RekeyPresenter

        return RekeyPresenter(self.session, self)

    def _to_sell(self) -> None:
        """Something else than the selling screen has filled the basket."""
        self.sell.refresh_basket()
        self.go("sell")

    @cached_property
    def orders(self) -> OrdersPresenter:
        from pos.ui.orders.presenter import OrdersPresenter

        presenter = OrdersPresenter(self.session, self)
        presenter.to_sell.connect(self._to_sell)
        return presenter

    @property
    def cover(self) -> Cover | None:
        """What lies over the window now and has its keys."""
        # Asking the properties themselves would build what was never needed.
        made = (self.__dict__.get(name) for name in _COVERS)
        return next((cover for cover in made if cover is not None and cover.isVisible()), None)

    def back_to_work(self) -> None:
        """The keyboard goes where the screen shown wants it."""
        if self.current is not None:
            self.current.enter()

    @cached_property
    def calling_off(self) -> CallOffSheet:
        from pos.ui.found.callingoff import CallOffSheet

        return CallOffSheet(self, self.session, self.back_to_work, self.found.called_off.refresh)

    @cached_property
    def evacuation(self) -> EvacuationCover:
        from pos.ui.contingency.evacuation import EvacuationCover

        return EvacuationCover(self, self.session, self.back_to_work)

    @cached_property
    def leaving(self) -> Leaving:
        from pos.ui.frame.leaving import Leaving

        return Leaving(self, self.session, self.paper, self.back_to_work, self.close)

    @cached_property
    def line_sheet(self) -> LineSheet:
        from pos.ui.frame.linesheet import LineSheet

        return LineSheet(self, self.session, self.back_to_work)

    @cached_property
    def contingency(self) -> ContingencySheet:
        from pos.ui.contingency.sheet import ContingencySheet

        return ContingencySheet(self, self.session, self.back_to_work, self.act)

    @cached_property
    def show_card(self) -> ShowCardSheet:
        from pos.ui.shows.cardview import ShowCardSheet

        return ShowCardSheet(self, self.session, self.back_to_work, self.choose_show)

    @cached_property
    def diagnostics(self) -> DiagnosticsSheet:
        from pos.ui.frame.diagnostics import DiagnosticsSheet

        return DiagnosticsSheet(self, self.session, self.back_to_work)

    @cached_property
    def help(self) -> HelpOverlay:
        from pos.ui.frame.help import HelpOverlay

        return HelpOverlay(self, self.session, self.back_to_work)
