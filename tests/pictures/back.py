"""Walks over everything that is not selling."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from pos.domain.figures import Figures
from tests.peers.dead_till import leave_copy
from tests.pictures.selling import at_work, two_seats
from tests.pictures.stage import Stage
from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.test_audit import item, submitted
from tests.window.test_customers import record
from tests.window.test_disputes import some
from tests.window.test_frozen import leave_places
from tests.window.test_notices import notice
from tests.window.test_orders import ordered
from tests.window.test_paper_pack import mark
from tests.window.test_paper_pack import screen_of as pack_screen
from tests.window.test_rekey import issue, key
from tests.window.test_rekey import screen_of as rekey_screen
from tests.window.test_returns import find, sell

Shots = Iterator[str]
_FIGURES = {"figures": Figures().to_json(), "position": None, "share": 1000, "tills": []}


def tickets(stage: Stage) -> Shots:
    """A sale that was found, and what may become of it."""
    with stage.season() as counter:
        at_work(counter)
        bought = sell(counter, 2)
        notice(counter, bought[0]["id"].rpartition("-")[0], "sent")
        found = find(counter, bought[0]["code"])
        yield "found"
        counter.press(Key.Key_F4, Key.Key_F5)
        counter.until(lambda: found.deal.told is not None)
        yield "refund"
        counter.press(Key.Key_F3, Key.Key_F6, Key.Key_Return)
        counter.qtbot.wait(200)
        yield "refund-approval"
        counter.press(Key.Key_Escape)
        for key, name in ((Key.Key_F7, "void"), (Key.Key_F9, "tender"), (Key.Key_F10, "rename")):
            counter.press(key)
            counter.qtbot.wait(200)
            yield name
            counter.press(Key.Key_Escape)
        counter.press(Key.Key_F11)
        counter.qtbot.wait(200)
        yield "invoice"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_F6)
        counter.until(lambda: found.swap.show is not None and found.swap.hall.opened_show == found.swap.show.id)
        counter.qtbot.wait(200)
        yield "exchange"
        counter.press(Key.Key_Escape, Key.Key_F8)
        counter.qtbot.wait(200)
        yield "called-off"
        for key, name in ((Key.Key_F7, "abandon"), (Key.Key_F8, "close-places"), (Key.Key_F9, "reopen-places")):
            counter.press(key)
            counter.until(lambda: counter.window.calling_off.approval.who.count() > 0)
            yield name
            counter.press(Key.Key_Escape)


def people(stage: Stage) -> Shots:
    """Customers, what was written to them, cases, histories; orders, waiting list, commission."""
    with stage.season() as counter:
        at_work(counter)
        record(counter, "Ida Orsos", "ida@example.org")
        yield "customers"
        counter.press(Key.Key_F2)
        counter.until(lambda: counter.window.customers.draft is not None)
        yield "customer-change"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_F7)
        counter.qtbot.wait(200)
        yield "notices"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_C, modifier=CTRL | SHIFT)
        counter.qtbot.wait(200)
        yield "case"
        counter.press(Key.Key_Escape)
        counter.press(Key.Key_1, modifier=CTRL)
        counter.press(Key.Key_Right)
        counter.press(Key.Key_H, modifier=CTRL | SHIFT)
        counter.qtbot.wait(200)
        yield "history"
        counter.press(Key.Key_Escape)
        ordered(counter)
        counter.press(Key.Key_2, modifier=CTRL)
        counter.until(lambda: len(counter.window.orders.rows) == 3)
        yield "orders"
        for key, name in ((Key.Key_F2, "waiting"), (Key.Key_F3, "commission"), (Key.Key_F4, "invoices")):
            counter.press(key)
            counter.qtbot.wait(250)
            yield f"orders-{name}"


def money(stage: Stage) -> Shots:
    """The drawer, the safe and everything that counts."""
    with stage.season() as counter:
        counter.house.printers.numbers = ("ticket",)
        at_work(counter, "sofia")
        sell(counter, 2)
        counter.press(Key.Key_5, modifier=CTRL)
        counter.until(lambda: counter.screen == "drawer" and counter.window.drawer.state is not None)
        yield "drawer"
        counter.press(Key.Key_F6)
        counter.until(lambda: counter.screen == "safe")
        yield "safe"
        for number in range(1, 10):
            counter.press(Key(Key.Key_F1 + number - 1))
            counter.qtbot.wait(120)
            yield f"safe-{counter.window.safe.task or number}"
            counter.press(Key.Key_Escape)
            if counter.screen != "safe":
                counter.window.go("safe")
        counter.window.go("drawer")
        counter.press(Key.Key_F7)
        counter.until(lambda: counter.screen == "blanks")
        counter.press(Key.Key_F7)
        counter.qtbot.wait(120)
        yield "blanks"
        counter.window.go("drawer")
        counter.press(Key.Key_F8)
        counter.until(lambda: counter.screen == "shifts")
        counter.qtbot.wait(120)
        yield "shifts"
        leave_copy(counter.house.copies, "KASSA-9")
        counter.press(Key.Key_F5)
        counter.until(lambda: bool(counter.window.taking_over.rows))
        counter.press(Key.Key_1, Key.Key_Return)
        counter.qtbot.wait(120)
        yield "takeover"
        counter.press(Key.Key_Escape)
        leave_places(counter, "not_stopped")
        counter.press(Key.Key_F7, modifier=CTRL)
        counter.until(lambda: bool(counter.window.frozen.rows))
        yield "frozen"
        counter.press(Key.Key_Return, Key.Key_F2, Key.Key_Down, Key.Key_F1, Key.Key_F3, Key.Key_Return)
        counter.qtbot.wait(120)
        yield "frozen-ticked"
        counter.window.go("shifts")
        counter.window.go("drawer")
        counter.window.go("handover")
        counter.qtbot.wait(200)
        yield "handover"
        counter.window.go("drawer")
        counter.press(Key.Key_F4)
        counter.until(lambda: counter.screen == "count")
        counter.type("1")
        yield "count"
        counter.press(Key.Key_F3)
        counter.qtbot.wait(100)
        yield "count-declared"
        counter.press(Key.Key_Return)
        counter.qtbot.wait(300)
        yield "count-difference"
        counter.press(Key.Key_Return)
        counter.until(lambda: counter.screen == "report")
        yield "report-z"


def paper(stage: Stage) -> Shots:
    """Tickets that went out on paper, and what was sold of them."""
    with stage.season(packs=True) as counter:
        at_work(counter)
        issue(counter, 24)
        packs = pack_screen(counter)
        counter.until(lambda: len(packs.presenter.papers.packs) == 1)
        mark(counter, packs, packs.presenter.papers.packs[0].id)
        counter.press(Key.Key_F4)
        counter.until(lambda: all(doc["state"] == "fresh" for doc in packs.presenter.told["shows"]))
        counter.press(Key.Key_Return)
        yield "paper-pack"
        counter.press(Key.Key_F2)
        yield "paper-pack-issue"
        counter.press(Key.Key_F3)
        counter.type("x")
        counter.press(Key.Key_Return, Key.Key_Return)
        counter.until(lambda: packs.approval.isVisible())
        yield "paper-pack-lost"
        screen = rekey_screen(counter)
        yield "rekey-nothing"
        for entry, price in (("1", Key.Key_F1), ("2-4", Key.Key_F1), ("+5", Key.Key_F2), ("6", Key.Key_F2)):
            key(counter, entry, price)
        counter.until(lambda: len(screen.presenter.rows) == 6)
        counter.type("7-9")
        yield "rekey"
        counter.press(Key.Key_Escape)
        key(counter, "2")
        yield "rekey-twice"


def office(stage: Stage) -> Shots:
    """What supervisors and auditors look at."""
    with stage.season() as counter:
        house = counter.house
        today = datetime.now(UTC).date().isoformat()
        tally = {"sales": 41, "tickets": 96, "refunds": 6, "queue_s": 1640, "queue_sales": 40}
        house.office.found["people"] = {"tallies": [[today, "anna", tally]], "looked": {}}
        house.office.found["figures"] = _FIGURES
        at_work(counter, "sofia")
        sell(counter, 2)
        for body in some(counter):
            house.document("dispute", body)
        for one in (item("refund_rate:anna:2026-11-22", ["anna"]), item("over_short:W1-1-S0001", ["anna"])):
            house.document("audit_item", one)
        house.document("settlement", submitted())
        counter.until(lambda: len(counter.window.disputes.rows) == 2)
        counter.press(Key.Key_6, modifier=CTRL)
        yield "disputes"
        counter.press(Key.Key_A, modifier=CTRL | SHIFT)
        counter.until(lambda: counter.screen == "audit" and bool(counter.window.audit.rows))
        yield "audit"
        counter.press(Key.Key_Down)
        yield "audit-second"
        counter.press(Key.Key_7, modifier=CTRL)
        counter.until(lambda: counter.window.layouts.paper is not None)
        yield "layouts"
        yield from _reports(counter)


def _reports(counter: Counter) -> Shots:
    counter.window.go("reports")
    counter.until(lambda: bool(counter.window.reports.kinds))
    yield "reports"
    for kind in [kind.name for kind in counter.window.reports.kinds]:
        counter.window.reports.mark(kind)
        if kind not in ("shift_z", "daily_settlement", "sales_by_price_type", "occupancy"):
            continue
        counter.press(Key.Key_Return)
        counter.qtbot.wait(600)
        if counter.window.reports.made is not None:
            yield f"reports-{kind}"
            counter.press(Key.Key_Escape)


def devices(stage: Stage) -> Shots:
    """Printers on sockets."""
    with stage.bench() as counter:
        counter.sign_in("sam")
        counter.press(Key.Key_8, modifier=CTRL)
        counter.until(lambda: len(counter.window.devices.devices) == 4)
        counter.qtbot.wait(300)
        yield "devices"
        counter.press(Key.Key_F2)
        counter.qtbot.wait(200)
        yield "devices-2"
        counter.press(Key.Key_Escape, Key.Key_F3)
        counter.qtbot.wait(200)
        yield "devices-3"
        counter.press(Key.Key_Comma, modifier=CTRL)
        counter.until(lambda: counter.screen == "settings" and bool(counter.window.choices.values))
        yield "settings"
        counter.press(Key.Key_F6)
        counter.until(lambda: counter.window.choices.later and not counter.window.choices.asking)
        yield "settings-later"


def customer(stage: Stage) -> Shots:
    """What the person on the other side sees is another window: here only that it is open beside this one."""
    with stage.season() as counter:
        at_work(counter)
        counter.window.show_customer()
        two_seats(counter)
        counter.qtbot.wait(300)
        yield "customer-window"
