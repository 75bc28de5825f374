"""Paper that does not come: the sale stands, one click prints again, and nothing prints twice by itself."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

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


def test_the_foot_says_what_the_last_print_really_did_and_when(counter: Counter) -> None:
    foot, printers = counter.window.foot, counter.house.printers
    gate = Event()
    real, printers.submit = (
        printers.submit,
        lambda *a, **k: Thread(target=lambda: (gate.wait(10), real(*a, **k))).start(),
    )  # type: ignore[method-assign]
    sale = sell(counter)
    counter.until(lambda: "waits for its printer" in foot._said.text())
    assert "confirmed" not in foot._said.text()
    gate.set()
    counter.until(lambda: "confirmed ✓" in foot._said.text())
    assert f"confirmed ✓ {counter.window.session.formats.time(counter.window.session.now)}" in foot._said.text()
    assert foot._said.text().endswith(f" · {sale}")
    assert "Tickets" in foot._devices.text()


def test_what_was_sent_and_not_confirmed_is_not_called_printed(counter: Counter) -> None:
    foot = counter.window.foot
    begun, gate = Event(), Event()
    real = counter.house.printers.submit

    def submit(role: str, job: str, content: Any, started: Callable[[], None], finished: Any) -> None:
        def hold() -> None:
            started()
            begun.set()
            gate.wait(10)

        real(role, job, content, hold, finished)

    counter.house.printers.submit = submit  # type: ignore[method-assign]
    sale = sell(counter)
    assert begun.wait(10)
    counter.until(lambda: any(job.state == "started" for job in counter.window.paper.jobs))
    assert counter.window.paper.fate(counter.sell.payment.sale) == ("muted", "sent, not confirmed yet…")  # type: ignore[arg-type]
    started = next(job for job in counter.window.paper.jobs if job.state == "started")
    assert "not confirmed yet" in counter.window.paper.told(started)
    assert "✓" not in foot._said.text()
    gate.set()
    counter.until(lambda: "confirmed ✓" in foot._said.text() and sale in foot._said.text())


def test_a_copy_is_called_one_and_its_key_stands_beside_it(counter: Counter) -> None:
    sell(counter)
    counter.until(lambda: len(counter.house.printers.paper) == 2)
    counter.press(Key.Key_E, modifier=CTRL)
    counter.until(lambda: "Receipt · copy 1" in counter.window.foot._said.text())
    assert counter.window.foot._receipt.isVisible()
    assert counter.window.foot._reprint.isVisible()
    counter.window.foot._reprint.click()
    counter.until(lambda: counter.screen == "found")


def test_after_a_restart_the_foot_still_knows_the_last_print(counter: Counter) -> None:
    sale = sell(counter)
    counter.until(lambda: "confirmed ✓" in counter.window.foot._said.text())
    paper = counter.window.paper
    paper.last, paper._ended, paper.jobs = None, {}, []
    paper.changed.emit()
    assert counter.window.foot._said.text() == ""
    paper.refresh()
    counter.until(lambda: "confirmed ✓" in counter.window.foot._said.text())
    assert sale in counter.window.foot._said.text()


def test_a_question_names_the_sale_and_the_time(counter: Counter) -> None:
    counter.house.printers.outcome = ("unknown", "the line to the printer broke")
    sale = sell(counter)
    counter.until(lambda: "did it come out?" in counter.window.foot._said.text())
    assert f"did it come out? · {sale} · " in counter.window.foot._said.text()
