"""Paper that does not come: the sale stands, one click prints again, and nothing prints twice by itself."""

from __future__ import annotations

from tests.window.counter import CTRL, Counter, Key


def sell(counter: Counter) -> str:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    sale = counter.sell.payment.sale
    assert sale is not None
    return sale.id


def test_a_printer_that_is_out_of_paper_is_said_and_one_click_prints_again(counter: Counter) -> None:
    counter.house.printers.outcome = ("failed", "paper is out")
    sale = sell(counter)
    foot, change = counter.window.foot, counter.selling.side.change
    counter.until(lambda: foot._again.isVisible())
    assert "paper is out" in foot._said.text()
    assert "paper is out" in change._printed.text()
    assert change._again.isVisible()
    assert counter.house.ask("find", sale=sale)["sales"], "the sale stands"
    counter.press(Key.Key_Return)
    counter.press(Key.Key_B)
    counter.settled(2)
    assert foot._again.isVisible(), "the next customer hides what is not printed"
    counter.house.printers.outcome = ("done", "")
    foot._again.click()
    counter.until(lambda: not foot._again.isVisible())
    counter.until(lambda: len(counter.house.printers.paper) == 2)
    assert {role for role, _ in counter.house.printers.paper} == {"receipt", "ticket"}


def test_paper_whose_fate_is_unknown_is_asked_about(counter: Counter) -> None:
    counter.house.printers.outcome = ("unknown", "the line to the printer broke")
    sell(counter)
    foot = counter.window.foot
    counter.until(lambda: foot._yes.isVisible() and foot._no.isVisible())
    assert "did it come out?" in foot._said.text()
    counter.house.printers.outcome = ("done", "")
    first = counter.window.paper.attention
    assert first is not None
    foot._no.click()
    counter.until(
        lambda: counter.window.paper.attention is not None and counter.window.paper.attention.job != first.job
    )
    counter.until(lambda: len(counter.house.printers.paper) == 1)
    foot._yes.click()
    counter.until(lambda: counter.window.paper.attention is None)
    assert len(counter.house.printers.paper) == 1, "what came out is not printed again"


def test_the_receipt_again(counter: Counter) -> None:
    sell(counter)
    counter.until(lambda: len(counter.house.printers.paper) == 2)
    counter.press(Key.Key_E, modifier=CTRL)
    counter.until(lambda: len(counter.house.printers.paper) == 3)
    assert counter.house.printers.paper[-1][0] == "receipt"


def test_the_foot_names_the_last_sale_and_the_devices(counter: Counter) -> None:
    sale = sell(counter)
    counter.until(lambda: sale in counter.window.foot._said.text())
    counter.until(lambda: "printed" in counter.window.foot._said.text())
    assert "Tickets" in counter.window.foot._devices.text()
