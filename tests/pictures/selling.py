"""Walks over the selling screen, each state a picture."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pos.till.ports import OfficeLine
from pos.ui.sell.aside.choosing import MoveTo, Options
from pos.ui.sell.aside.handing import HandOut
from pos.ui.sell.aside.hits import Hits
from pos.ui.sell.aside.holding import HoldFor, HoldUntil, HoldWhat
from pos.ui.sell.aside.more import More
from pos.ui.sell.aside.parking import Park, TakeUp
from pos.ui.welcome.guide import STEPS, Guide
from tests.pictures.stage import Stage
from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.test_guide import ToyWork
from tests.window.test_orders import BUYERS, ordered
from tests.window.test_questions import asked

Shots = Iterator[str]


def at_work(counter: Counter, user: str = "anna") -> None:
    """Signed in, shift open, tonight's opera on the map."""
    counter.sign_in(user)
    counter.open_shift("150")
    counter.choose("tosca")
    counter.until(lambda: counter.sell.show is not None and bool(counter.sell.chosen_category))


def two_seats(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)


def begin(stage: Stage) -> Shots:
    """From the sign-in to an open shift."""
    with stage.season() as counter:
        yield "signin"
        counter.press(Key.Key_I, modifier=CTRL)
        counter.until(lambda: bool(counter.window.diagnostics.lines))
        yield "diagnostics"
        counter.press(Key.Key_Escape)
        counter.window.signin.choose("bela")
        counter.type("0000")
        counter.press(Key.Key_Return)
        counter.until(lambda: bool(counter.window.signin.problem))
        yield "signin-wrong"
        counter.sign_in("anna")
        counter.until(lambda: counter.screen == "open")
        yield "open"
        counter.press(Key.Key_F1)
        yield "open-pieces"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_Question)
        yield "help"


def sale(stage: Stage) -> Shots:
    """One customer after the other."""
    with stage.season() as counter:
        at_work(counter)
        yield "sell"
        two_seats(counter)
        yield "sell-basket"
        counter.press(Key.Key_F2)
        counter.press(Key.Key_1, Key.Key_0, Key.Key_0)
        yield "sell-given"
        counter.press(Key.Key_B)
        counter.settled(4)
        counter.press(Key.Key_B)
        counter.settled(6)
        yield "sell-six"
        for _ in range(3):
            counter.press(Key.Key_Backspace)
        counter.type("500")
        counter.press(Key.Key_Return)
        counter.until(lambda: counter.sell.payment.sale is not None)
        counter.qtbot.wait(100)
        yield "change"
        counter.press(Key.Key_Return)
        counter.press(Key.Key_Slash)
        counter.type("hopper")
        yield "sell-find"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_O, modifier=CTRL)
        counter.until(lambda: counter.screen == "shows")
        yield "shows"
        counter.press(Key.Key_F7)
        counter.until(lambda: counter.screen == "seats")
        counter.qtbot.wait(200)
        yield "seats"


def beside(stage: Stage) -> Shots:
    """What is asked beside a basket."""
    with stage.season() as counter:
        at_work(counter)
        counter.press(Key.Key_B, modifier=SHIFT)
        asked(counter, Options)
        yield "sell-options"
        counter.press(Key.Key_Escape)
        two_seats(counter)
        counter.press(Key.Key_P, modifier=CTRL)
        asked(counter, Park)
        yield "sell-park"
        counter.type("Mrs Brown")
        counter.press(Key.Key_Return)
        counter.settled(0)
        counter.press(Key.Key_P, modifier=CTRL | SHIFT)
        asked(counter, TakeUp)
        counter.until(lambda: bool(counter.selling.questions.lot.parked))
        yield "sell-take-up"
        counter.press(Key.Key_Escape)
        two_seats(counter)
        counter.press(Key.Key_M)
        asked(counter, More)
        yield "sell-more"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_M, modifier=CTRL)
        asked(counter, MoveTo)
        yield "sell-move"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_H, modifier=CTRL)
        asked(counter, HoldWhat)
        yield "sell-hold"
        counter.press(Key.Key_3)
        asked(counter, HoldFor)
        yield "sell-hold-for"
        counter.type("School 5b")
        counter.press(Key.Key_Return)
        asked(counter, HoldUntil)
        yield "sell-hold-until"
        counter.press(Key.Key_Escape, Key.Key_Escape, Key.Key_Escape)
        counter.press(Key.Key_A, modifier=CTRL)
        counter.until(lambda: bool(counter.sell.extras.products))
        counter.press(Key.Key_F1)
        yield "sell-articles"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_Y, modifier=CTRL)
        counter.qtbot.wait(100)
        yield "sell-reprice"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_D)
        counter.qtbot.wait(100)
        yield "sell-delivery"


def rush(stage: Stage) -> Shots:
    """The last minutes before a start: people who pick up beside a sale, and several things that a text may mean."""
    with stage.season() as counter:
        at_work(counter)
        ordered(counter)
        counter.press(Key.Key_Slash)
        counter.type("to")
        counter.press(Key.Key_Return)
        asked(counter, Hits)
        yield "sell-hits"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_U, modifier=CTRL)
        counter.until(lambda: len(counter.sell.pickups.rows) == len(BUYERS))
        counter.selling.view.search.clear()
        two_seats(counter)
        yield "rush"
        counter.press(Key.Key_Slash)
        counter.type("kov")
        counter.press(Key.Key_Return)
        asked(counter, HandOut)
        yield "rush-hand-out"


def tenders(stage: Stage) -> Shots:
    """Several tenders, a card under way, and one whose outcome is unknown."""
    with stage.season(cards=True) as counter:
        terminal = counter.house.desk.outside.terminal
        counter.house.document("account", {"id": "club", "name": "Opera Club"})
        counter.house.office.purses["~account", "club"] = 2_000
        at_work(counter)
        two_seats(counter)
        counter.press(Key.Key_F12)
        counter.until(lambda: counter.sell.payment.split.open and bool(counter.sell.payment.split.takes))
        yield "split"
        counter.type("20")
        counter.press(Key.Key_F3)
        yield "split-account"
        while counter.sell.payment.split.open:
            counter.press(Key.Key_Escape)
            counter.qtbot.wait(20)
        terminal.holding = True
        counter.press(Key.Key_F11)
        counter.until(lambda: bool(counter.sell.payment.card.phase))
        counter.qtbot.wait(200)
        yield "card"
        terminal.let_through()
        counter.until(lambda: counter.sell.payment.sale is not None)
        yield "card-done"


def unknown(stage: Stage) -> Shots:
    """A payment of which the terminal says nothing."""
    with stage.season(cards=True) as counter:
        terminal = counter.house.desk.outside.terminal
        at_work(counter)
        two_seats(counter)
        terminal.script, terminal.takes, terminal.recovers = ["unknown"], False, False
        counter.press(Key.Key_F11)
        counter.until(lambda: counter.sell.payment.card.phase == "unknown")
        yield "card-unknown"


def away(stage: Stage) -> Shots:
    """The line to the office is down, and a printer has no paper."""
    with stage.season() as counter:
        at_work(counter)
        two_seats(counter)
        counter.house.cut()
        counter.until(lambda: not counter.window.session.link.online)
        counter.qtbot.wait(200)
        yield "offline"
        counter.house.printers.outcome = ("failed", "there is no paper")
        counter.press(Key.Key_Return)
        counter.until(lambda: counter.sell.payment.sale is not None)
        counter.qtbot.wait(300)
        yield "change-no-paper"
        counter.press(Key.Key_Question)
        yield "help-offline"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_O, modifier=CTRL | SHIFT)
        counter.until(lambda: bool(counter.window.line_sheet.now.rows[0][1].text()))
        yield "line"
        counter.press(Key.Key_Escape)
        since = counter.house.office.state.since
        counter.house.office.addresses = [
            OfficeLine("", "office.example:8443", "", "fails", "no_office", "it hung up", since),
            OfficeLine("5G", "198.51.100.7:8443", "198.51.100.20", "fails", "not_our_office", "", since),
            OfficeLine("4G", "[2001:db8::7]:8443", "", "answers", since=since),
        ]
        counter.press(Key.Key_O, modifier=CTRL | SHIFT)
        counter.until(lambda: bool(counter.window.line_sheet.lines.rows[2][1].text()))
        yield "line-backups"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_Return)
        two_seats(counter)
        counter.window.session.refresh_status()
        counter.until(lambda: counter.window.session.status.basket is not None)
        counter.window.close()
        yield "leaving"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_L, modifier=CTRL)
        counter.until(lambda: counter.screen == "signin" and counter.window.session.status.basket is not None)
        yield "signin-basket"


def evacuation(stage: Stage) -> Shots:
    """The house is cleared, in the middle of a sale."""
    with stage.season() as counter:
        at_work(counter)
        two_seats(counter)
        counter.press(Key.Key_E, modifier=CTRL | SHIFT)
        cover = counter.window.evacuation
        counter.until(lambda: cover.who.count() > 0 and counter.screen == "signin")
        yield "evacuation"
        counter.type("0000")
        counter.press(Key.Key_Return)
        counter.until(lambda: bool(cover.problem.text()))
        yield "evacuation-wrong"


def training(stage: Stage) -> Shots:
    """Practice, where nothing is real."""
    with stage.season(training=True) as counter:
        yield "training-signin"
        counter.sign_in("anna")
        counter.until(lambda: counter.screen == "open" and bool(counter.window.session.shows))
        yield "training"


def guide(stage: Stage) -> Shots:
    """The first start, step by step."""
    for step in STEPS:
        work = ToyWork()
        work.there = step not in STEPS[:2]
        shown = Guide(work, step, stage.language, "light")
        shown.show()
        QTest.qWait(50)
        yield f"guide-{step}"
        shown.close()
        shown.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
