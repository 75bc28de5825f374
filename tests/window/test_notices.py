"""What was written to customers, and invoices for sales that were found, by the keyboard."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLabel

from pos.ui.customers.outbox import Outbox
from pos.ui.customers.view import CustomersScreen
from pos.ui.found.view import FoundScreen
from tests.window.counter import CTRL, Counter, Key
from tests.window.test_customers import record
from tests.window.test_returns import find, sell


def notice(counter: Counter, sale: str, state: str, kind: str = "sale", **more: Any) -> None:
    """The office tells of one."""
    told = {"id": f"{kind}:{sale}", "kind": kind, "sale": sale, "state": state, "to": "i…@example.org", "tries": 1}
    counter.house.document("notice", told | {"at": "2026-11-26T16:00:00+00:00"} | more)


def outbox(counter: Counter) -> Outbox:
    return counter.window.customers.outbox


def text(counter: Counter, screen: str) -> str:
    labels = counter.window.screens[screen].panel.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def test_the_outbox_lists_whom_what_and_how_it_stands(counter: Counter) -> None:
    sale = sell(counter)[0]["id"].rpartition("-")[0]
    notice(counter, sale, "sent")
    notice(counter, sale, "failed", "refund", why="the address was refused (550)")
    counter.press(Key.Key_4, modifier=CTRL)
    counter.press(Key.Key_F7)
    counter.until(lambda: len(outbox(counter).rows) == 2)
    counter.press(Key.Key_F4)
    counter.until(lambda: [row.state for row in outbox(counter).rows] == ["failed"])
    assert "not sent: the address was refused (550)" in text(counter, "customers")
    assert "i…@example.org" in text(counter, "customers")
    counter.press(Key.Key_F1)
    counter.until(lambda: len(outbox(counter).rows) == 2)
    notice(counter, sale, "queued", "show")  # comes while it is on screen
    counter.until(lambda: len(outbox(counter).rows) == 3)
    counter.press(Key.Key_Down)
    assert outbox(counter).marked == outbox(counter).rows[1].id
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.screen == "found" and bool(counter.window.found.rows))
    assert counter.window.found.rows[0].sale == sale


def test_a_customers_notices_are_shown_alone_and_esc_leads_back(counter: Counter) -> None:
    record(counter, "Ida", "ida@example.org")
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.screen == "sell")
    mine = sell(counter)[0]["id"].rpartition("-")[0]
    other = sell(counter)[0]["id"].rpartition("-")[0]
    for sale in (mine, other):
        notice(counter, sale, "sent")
    counter.press(Key.Key_4, modifier=CTRL)
    counter.type("ida")
    counter.until(lambda: bool(counter.window.customers.known.get("sales")))
    counter.press(Key.Key_F7)
    counter.until(lambda: [row.sale for row in outbox(counter).rows] == [mine])
    assert outbox(counter).whose == "Ida"
    counter.press(Key.Key_F5)
    counter.until(lambda: {row.sale for row in outbox(counter).rows} == {mine, other})
    counter.press(Key.Key_Escape)
    assert not outbox(counter).open
    screen = counter.window.screens["customers"]
    assert isinstance(screen, CustomersScreen)
    assert counter.screen == "customers"
    assert not screen.letters.isVisible()


def test_a_sale_that_was_found_tells_its_newest_notice(counter: Counter) -> None:
    ticket = sell(counter)[0]
    find(counter, ticket["code"])
    assert "E-mail" not in text(counter, "found")
    notice(counter, ticket["id"].rpartition("-")[0], "failed", why="the address was refused (550)")
    counter.until(lambda: "Tickets: not sent · " in text(counter, "found"))
    assert "the address was refused (550)" in counter.window.found.written()


def test_an_invoice_asks_whom_it_is_for_and_once_made_out_is_printed_again(counter: Counter) -> None:
    ticket = sell(counter)[0]
    found = find(counter, ticket["code"])
    screen = counter.window.screens["found"]
    assert isinstance(screen, FoundScreen)
    counter.press(Key.Key_F11)
    assert found.invoice.sale
    assert "€" in text(counter, "found")  # what it comes to, before anything is made out
    counter.press(Key.Key_Return)
    assert "buyer's name" in found.invoice.problem
    for words in ("School No. 7", "Main Street 1", "ATU12345678"):
        counter.type(words)
        counter.press(Key.Key_Tab)
    counter.press(Key.Key_Return)
    counter.until(lambda: found.invoice.sale == "")
    assert "sent to the printer" in found.result
    assert len(counter.house.bodies("InvoiceIssued")) == 1
    said = counter.house.ask("invoices")["invoices"][0]
    assert (said["name"], said["contact"]) == ("School No. 7", "Main Street 1")
    assert said["buyer"]["tax_number"] == "ATU12345678"
    counter.press(Key.Key_F11)
    counter.until(lambda: bool(found.invoice.known))
    assert "School No. 7" in text(counter, "found")
    assert not screen.invoice_panel.fields["name"].isVisible()
    counter.press(Key.Key_Return)
    counter.until(lambda: found.invoice.sale == "")
    assert len(counter.house.bodies("InvoiceIssued")) == 1
    counter.until(lambda: sum("buyer" in content for _, content in counter.house.printers.paper) == 2)
