"""The counter window: the frame every screen shares, and which screen is in it.

The first paint needs the sign-in screen and QtWidgets only. The selling screen, with
numpy and the map, is imported when someone has signed in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QVBoxLayout,
    QWidget,
)

from pos.settings import WindowSettings
from pos.ui.attendance import Attendance
from pos.ui.bridge import Bridge, Till
from pos.ui.foot.presenter import PaperPresenter
from pos.ui.frame.face import LEAST, USUAL, Face
from pos.ui.frame.leaving import ended_from_outside
from pos.ui.frame.notice import notice
from pos.ui.frame.practice import PracticeBanner
from pos.ui.frame.rail import screen_at
from pos.ui.i18n import tr
from pos.ui.keys import ERRANDS, KeyMap, cap
from pos.ui.presenters import Presenters
from pos.ui.qttexts import speak_qt
from pos.ui.rush import Rush
from pos.ui.scanning.presenter import ScanPresenter
from pos.ui.screen import Screen
from pos.ui.screens import build
from pos.ui.session import Session
from pos.ui.signin.presenter import SignInPresenter
from pos.ui.sounds import Sounds
from pos.ui.theme.apply import dress, tokens_for
from pos.ui.theme.fonts import load_fonts

if TYPE_CHECKING:
    from pos.ui.customer.window import CustomerWindow
    from pos.ui.scanning.wedge import Typing


class CounterWindow(Presenters):
    """Sells through `till` (`pos.till.front.Front`). A QApplication must exist.

    `language` is a locale of till.toml, `settings` its [window]; `theme` overrules the one in there. `training`
    puts a banner over everything that says so, a `drill` also who waits at the counter; `typing` is the scanner that
    types here.
    """

    def __init__(
        self,
        till: Till,
        *,
        language: str = "en",
        settings: WindowSettings | None = None,
        theme: str = "",
        training: bool = False,
        drill: bool = False,
        typing: Typing | None = None,
    ) -> None:
        super().__init__()
        load_fonts()
        speak_qt(self)
        self.settings = settings or WindowSettings()
        self.theme = theme or self.settings.theme
        self.tokens = tokens_for(self.theme)
        self._dress()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.bridge = Bridge(till, self)
        self.session = Session(self.bridge, language, self)
        self.paper = PaperPresenter(self.session, self)
        self.signin = SignInPresenter(self.session, self)
        self.training, self.drill = training, drill
        self.rush = Rush(self.session, self)
        self.screens: dict[str, Screen] = {}
        self.current: Screen | None = None
        self.customer: CustomerWindow | None = None
        self._asks = not training  # before it closes over what is open
        self.setWindowTitle("Housefull")
        self.setMinimumSize(*LEAST)
        room = self.screen().availableSize()  # of a small screen it takes what there is
        self.resize(min(USUAL[0], room.width()), min(USUAL[1], room.height()))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._build()
        self._keys = KeyMap(self, self.act)
        self.scans = ScanPresenter(self.session, self.pays, self, self._takes_scan)
        if typing is not None:
            from pos.ui.scanning.wedge import Wedge

            Wedge(self, typing).read.connect(self.scans.typed)
        self.attendance = Attendance(self.session, self.settings.lock_after, self)
        self.sounds = Sounds(self.session, self, enabled=self.settings.sounds)
        for signal in (self.scans.found, self.scans.offered, self.scans.passed):
            signal.connect(self.sounds.accepted)
        self._connect_frame()
        self._connect()
        self.go("signin")
        # Only after the first paint does anything ask the till.
        QTimer.singleShot(0, self, self.session.start)

    # ---- building ----------------------------------------------------------------------

    def _dress(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        dress(app, self.tokens)

    def _build(self) -> None:
        above: QWidget | None = None
        if self.training:
            above = self.practice_banner = PracticeBanner(self.practice, self.tokens)
        if self.drill and above is not None:
            from pos.ui.drills.strip import with_strip

            above = with_strip(above, self.running, lambda: self.act("drills"))
        # In one piece that another language replaces.
        self._face = face = Face(self.session, self.paper, above)
        self.top, self.banner, self.tabs, self.rail, self.foot = face.top, face.banner, face.tabs, face.rail, face.foot
        self.works, self.panels, self.toast = face.works, face.panels, face.toast
        whole = self.layout()
        assert whole is not None
        whole.addWidget(face)
        face.busy.opens(self.signin.step)

    def _connect_frame(self) -> None:
        self.top.lock.connect(self.session.lock)
        self.top.settings.connect(lambda: self.go("settings"))
        self.top.line.connect(lambda: self.act("line_page"))
        self.top.level.connect(lambda: self.act("contingency"))
        self.tabs.chosen.connect(self.choose_show)
        self.tabs.all_shows.connect(lambda: self.go("shows"))
        self.rail.chosen.connect(self.go)
        self.banner.asked.connect(lambda: self.act("contingency"))
        self.foot.reprint.connect(lambda: self.act("reprint"))
        self.session.toast.connect(self.toast.say)

    def _connect(self) -> None:
        session = self.session
        session.spoken.connect(self.set_language)
        session.signed.connect(self._signed)
        session.heard.connect(self._heard)
        session.ticked.connect(self._tick)
        self.scans.found.connect(self._scanned)
        self.scans.passed.connect(self._show_pass)
        self.scans.offered.connect(lambda purse: self.sell.payment.offer(purse))
        for signal in (session.linked, session.shows_changed, session.status_changed):
            signal.connect(self._draw_notice)
        for signal in (session.show_chosen, session.rush_changed):
            signal.connect(self._draw_notice)
        self.paper.changed.connect(self._draw_counts)

    def _make(self, name: str) -> Screen:
        screen = build(self, name)
        screen.setParent(self)
        self._face.add(screen)
        return screen

    # ---- moving about ------------------------------------------------------------------

    def go(self, name: str) -> None:
        """Show a screen. The frame stays where it is."""
        if name not in self.screens:
            self.screens[name] = self._make(name)
        screen = self.screens[name]
        if self.current is not None and self.current is not screen:
            self.current.leave()
        self.current = screen
        self._face.show_screen(screen)
        self.rail.show_screen(name, self._usable())
        screen.enter()

    def _usable(self) -> set[str]:
        """The rail's screens that this person may go to now: some of them without a shift."""
        person = self.session.person
        if person is None or (self.current is not None and self.current.name == "report"):
            return set()
        works = {"sell", "orders", "found", "customers", "drawer"} if person.shift is not None else set()
        theirs = {"disputes": person.settles, "layouts": person.sets_up, "devices": True, "reports": True}
        return works | {name for name, usable in theirs.items() if usable}

    def home(self) -> None:
        """Back to where work goes on."""
        person = self.session.person
        if person is None:
            self.go("signin")  # of a drill there is something to see before anybody signs in
            return
        self.go("open" if person.shift is None else "sell")

    def _takes_scan(self, event: dict[str, Any]) -> bool:
        return self.current is not None and self.current.takes_scan(event)

    def choose_show(self, show: str) -> None:
        """Sell this show; while tickets are being changed, change to it."""
        if self.found_swaps:
            self.go("found")
            self.screens["found"].takes_show(show)
            return
        if self.session.rush not in ("", show):
            text = tr("In the rush the show stays: {key} leaves the rush.", key=cap("rush"))
            self.session.toast.emit("plain", text)
            return
        self.session.choose(show)
        if self.current is None or self.current.name != "orders":
            self.go("sell")  # else its lists are those of this show now

    @property
    def found_swaps(self) -> bool:
        """Whether seats are being picked for an exchange."""
        # Asking the property itself would build what was never needed.
        return "found" in self.__dict__ and self.found.swapping

    def _signed(self) -> None:
        person = self.session.person
        if person is not None and person.settles:
            self.disputes.refresh()
            if not self.training:
                self.practice.remind()
        if person is None:
            if self.cover is not None:
                self.cover.dismiss()
            self.go("signin")
        elif person.shift is not None:
            self.go("drawer" if self.session.drawer_of_other else "sell")
            if self.session.drawer_of_other:
                whose = self.session.names.get(person.shift_user, person.shift_user)
                self.toast.say("warning", tr("This drawer is {name}'s: take it over, or close its shift.", name=whose))
        elif self.current is None or self.current.name not in ("count", "report"):
            self.go("open")

    def _heard(self, event: dict[str, Any]) -> None:
        """What is to be heard of on whichever screen: an evacuation, what the audit has flagged, an outage's report."""
        if event.get("event") == "evacuation" and "evacuation" not in vars(self):
            self.evacuation.open()
        elif event.get("event") == "audit_item":
            self.session.toast.emit("warning", tr("The audit has found something that is yours to look at (^⇧A)."))
        elif event.get("event") == "outage" and event["incident"]:
            self.session.toast.emit("good", tr("The outage is over; its report is made ({key}).", key=cap("outages")))

    def show_help(self) -> None:
        """What can be done on this screen, what to do in trouble, and all keys."""
        self.help.show_for(self.current, self.tokens)

    # ---- keys --------------------------------------------------------------------------

    def act(self, action: str) -> None:
        """Do what a key asks: the window's own keys first, then the screen's."""
        self.attendance.stirred()
        if action == "evacuate":
            self.evacuation.call()
            return
        if (cover := self.cover) is not None and action not in ("lock", "switch_person"):
            cover.act(action)
            return
        if self._on_errand(action):
            return
        if action == "line_page":
            self.line_sheet.open()
        elif action == "diagnostics":
            self.diagnostics.open()
        elif action == "contingency":
            self.contingency.open()
        elif action == "help":
            self.show_help()
        elif action == "theme":
            self.set_theme("light" if self.tokens.dark else "dark")
        elif action == "drills" and self.drill:
            self.go("drills")
        elif action in ("training", "training_line"):
            self.practice.act(action)
        elif self.session.person is not None and self._act_signed(action):
            return
        elif self.current is not None:
            self.current.act(action)

    def _on_errand(self, action: str) -> bool:
        """Whether a key is about a customer, a case or a history, or belongs to what one of these shows."""
        person = self.session.person
        ready = person is not None and person.shift is not None
        if not ready or ("errands" not in self.__dict__ and action not in ERRANDS):
            return False
        return self.errands.act(action)

    def _act_signed(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        person = self.session.person
        if action in ("lock", "switch_person"):
            self.signin.awaits_another = action == "switch_person"
            self.session.lock()
            return True
        if kind == "screen" and screen_at(int(value)) in self._usable():
            self.go(screen_at(int(value)))
            return True
        if action in ("audit", "drills", "frozen", "outages", "settings", "takeover"):
            self.go(action)
            return True
        if action in ("paper_pack", "rekey"):
            self._go_to_paper(action)
            return True
        if action == "show_card" and self.session.show_id:
            self.show_card.look_at(self.session.show_id)
            return True
        if person is None or person.shift is None:
            return False
        if action == "shows":
            self.go("shows")
        elif action == "rush":
            self.rush.toggle()
            if self.session.rush:
                self.go("sell")
        elif action == "void_last":
            self.found.void_last()
        elif action == "reprint" and (self.current is None or self.current.name != "found"):
            self.found.look_at_last()
        elif action in ("next_show", "last_show"):
            self.tabs.step(1 if action == "next_show" else -1)
        elif action == "back" and self.current is not None and self.current.name == "drawer":
            if not self.current.act(action):
                self.go("sell")
        else:
            return False
        return True

    def _go_to_paper(self, name: str) -> None:
        """Paper tickets and their cash belong to a shift."""
        if self.works_here:
            self.go(name)
        else:
            self.session.toast.emit("warning", tr("Open a shift first: paper tickets are sold from it."))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Arrows belong to whatever has the focus; the list of shows has them from its search field.
        arrows = {Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down"}
        action = arrows.get(Qt.Key(event.key()))
        if action is not None and self.cover is not None:
            self.cover.act(action)
        elif action is None or self.current is None or not self.current.act(action):
            super().keyPressEvent(event)

    # ---- drawing -----------------------------------------------------------------------

    def _tick(self) -> None:
        self.top.draw()
        self._draw_notice()
        if self.session.now.second == 0:
            self.tabs.draw()

    def _draw_notice(self) -> None:
        said = notice(self.session)
        self.banner.show_message(said.level, said.lead, said.rest, said.action)

    def opens(self, step: str) -> None:
        """How far the till behind the window has come: "office", "till", or nothing when it is open."""
        self._face.busy.opens(step)
        self.signin.opens(step)

    def _draw_counts(self) -> None:
        self.rail.show_count("devices", self.paper.troubled)
        if "disputes" in self.__dict__:
            self.rail.show_count("disputes", len(self.disputes.rows))

    def set_language(self, language: str) -> None:
        """Speak another language from here on: what is on screen is built anew, what presenters know stays."""
        if language == self.session.language:
            return
        self.session.speak(language)
        shown = self.current.name if self.current is not None else "signin"
        self._drop()
        self._build()
        self._connect_frame()
        self._draw_counts()
        self._draw_notice()
        self._face.show()  # a layout would do so only later
        self.go(shown)
        if self.session.evacuation:
            self.evacuation.open()

    def _drop(self) -> None:
        """Take off the screens and the frame around them."""
        if self.current is not None:
            self.current.leave()
        self.current = None
        for screen in self.screens.values():
            screen.deleteLater()
        self.screens = {}
        self.forget_overlays()
        self._face.hide()
        self._face.deleteLater()

    def set_theme(self, theme: str) -> None:
        """Change the look, at once."""
        self.theme, self.tokens = theme, tokens_for(theme)
        self._dress()
        for screen in self.screens.values():
            screen.set_tokens(self.tokens)
        if self.training:
            self.practice_banner.set_tokens(self.tokens)
        if self.customer is not None:
            self.customer.set_tokens(self.tokens)
        self.top.draw()

    def _follow_system(self) -> None:
        if self.theme == "system":
            self.set_theme("system")

    def show_customer(self) -> None:
        """Open the customer's window."""
        from pos.ui.customer.window import CustomerWindow

        self.customer = CustomerWindow(self.session, self.tokens)
        self.customer.open()
        self.activateWindow()  # the keyboard stays with the cashier

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Without a window manager, as in a kiosk, nobody else gives the keyboard to a window.
        self.activateWindow()

    def close_now(self) -> None:
        """Close whatever is open: there is nobody who could be asked."""
        self._asks = False
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        # Over an evacuation nothing is asked: what it says stays in sight.
        if self._asks and not ended_from_outside() and (self.session.evacuation or not self.leaving.agrees()):
            event.ignore()
            return
        self.session.close()
        self.sounds.close()
        if self.customer is not None:
            self.customer.close()
        super().closeEvent(event)
