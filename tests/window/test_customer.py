"""The customer's window: what stands in it, in whose language, and that its code can be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pos.domain.money import Money
from pos.domain.scene import Scene, ShownLine, Sum
from pos.ui.customer.codeview import CodeView
from pos.ui.customer.window import CustomerWindow
from tests.window.counter import Counter, Key
from tests.window.till import TillHouse

Open = Callable[..., Counter]


def euro(text: str) -> Money:
    return Money.parse(text, "EUR")


BASKET = Scene(
    "basket",
    "en",
    "Opera House",
    tuple(ShownLine(f"Stalls L {number}", "Tosca · Adult", euro("58.00")) for number in range(14, 22)),
    (Sum("Counter fee", euro("8.00")),),
    Sum("Total", euro("472.00")),
)
PAID = Scene(
    "paid", "hu", "Köszönjük", due=Sum("Összesen", euro("472.00")), given=Sum("Átvett", euro("500.00")),
    change=Sum("Visszajáró", euro("28.00")), code="W1-00042",
)  # fmt: skip


@pytest.fixture
def counter(open_window: Open) -> Counter:
    return open_window()


@pytest.fixture
def customer(counter: Counter, qtbot: QtBot) -> CustomerWindow:
    window = CustomerWindow(counter.window.session, counter.window.tokens)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.open()
    return window


def texts(window: CustomerWindow) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible() and label.text()]


def show(counter: Counter, customer: CustomerWindow, scene: Scene) -> list[str]:
    counter.house.say("customer", scene=scene)
    counter.until(lambda: customer.scene == scene)
    return texts(customer)


def test_the_newest_lines_and_what_they_come_to(counter: Counter, customer: CustomerWindow) -> None:
    said = show(counter, customer, BASKET)
    assert "Stalls L 21" in said
    assert "Stalls L 16" not in said, "there is room for five"
    assert said[-2:] == ["Total", "€472.00"]
    assert customer.height() == 600, "what is shown must not push the window"
    assert all(customer.rect().contains(label.geometry()) for label in customer.findChildren(QLabel) if label.text())


def test_thanks_change_and_code_in_the_customers_language(counter: Counter, customer: CustomerWindow) -> None:
    said = [text.replace("\xa0", " ") for text in show(counter, customer, PAID)]
    assert said == ["Köszönjük", "Összesen", "472,00 €", "Átvett", "500,00 €", "Visszajáró", "28,00 €"]
    show(counter, customer, replace(PAID, kind="idle", code="", due=None, given=None, change=None))
    assert texts(customer) == ["Köszönjük"]


def test_the_largest_letters_are_those_that_matter_and_all_can_be_read_from_afar(
    counter: Counter, customer: CustomerWindow
) -> None:
    show(counter, customer, PAID)
    sizes = {label.text().replace("\xa0", " "): label.font().pixelSize() for label in customer.findChildren(QLabel)}
    assert sizes["28,00 €"] == max(sizes.values())
    assert sizes["28,00 €"] >= customer.height() // 10
    show(counter, customer, BASKET)
    assert all(label.font().pixelSize() >= 16 for label in customer.findChildren(QLabel) if label.isVisible())


@pytest.mark.parametrize("text", ["W1-00042", "https://opera.example/tonight"])
def test_its_code_can_be_read(text: str, counter: Counter, customer: CustomerWindow, qtbot: QtBot) -> None:
    show(counter, customer, replace(PAID, code=text))
    qtbot.wait(50)
    code = customer.findChild(CodeView)
    assert isinstance(code, CodeView)
    picture = customer.grab().toImage().convertToFormat(customer.grab().toImage().Format.Format_RGBA8888)
    image = Image.frombytes("RGBA", (picture.width(), picture.height()), bytes(picture.constBits())).convert("L")
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == text


def test_what_the_terminal_says_is_shown_to_who_holds_the_card(counter: Counter, customer: CustomerWindow) -> None:
    assert "Insert card" in show(counter, customer, replace(BASKET, note="Insert card"))
    assert "Insert card" not in show(counter, customer, PAID)


def test_a_sale_at_the_window_is_seen_by_the_customer(open_window: Open, house: TillHouse, qtbot: QtBot) -> None:
    counter = open_window()
    counter.window.show_customer()
    customer = counter.window.customer
    assert customer is not None
    counter.sign_in("anna")
    counter.open_shift("150")
    counter.choose("tosca")
    counter.click(counter.free()[0])
    counter.settled(1)
    counter.until(lambda: customer.scene is not None and customer.scene.kind == "basket")
    counter.press(Key.Key_Return)
    counter.until(lambda: customer.scene is not None and customer.scene.kind == "paid")
    assert counter.window.isActiveWindow(), "the customer's window takes no keys"
    counter.window.close_now()  # an open shift is asked about else
    assert not customer.isVisible()
    customer.deleteLater()


_TWO_SCREENS = """
import sys
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pos.ui.bridge import Bridge
from pos.ui.customer.window import CustomerWindow
from pos.ui.session import Session
from pos.ui.theme.tokens import LIGHT

class Nobody:
    def subscribe(self, listener):
        pass

app = QApplication([])
window = CustomerWindow(Session(Bridge(Nobody()), "en"), LIGHT)
window.open()
app.processEvents()
box = window.geometry()
print(len(QGuiApplication.screens()), box.x(), box.y(), box.width(), box.height())
"""


def test_it_is_on_the_second_screen_whole(tmp_path: Path) -> None:
    def screen(name: str, x: int, width: int, height: int) -> dict[str, object]:
        more = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        return {"name": name, "x": x, "y": 0, "width": width, "height": height, **more}

    screens = [screen("cashier", 0, 1366, 768), screen("customer", 1366, 1280, 800)]
    (tmp_path / "screens.json").write_text(json.dumps({"screens": screens}), encoding="utf-8")
    platform = {"QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path / 'screens.json'}"}
    done = subprocess.run(
        [sys.executable, "-c", _TWO_SCREENS], env=os.environ | platform, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["2", "1366", "0", "1280", "800"], done.stderr
