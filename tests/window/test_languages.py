"""A cashier's language: chosen at the sign-in screen or come with the PIN, without a restart, the basket as it was."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from gettext import NullTranslations

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from PySide6.QtCore import QObject, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)

from pos.ui import i18n
from pos.ui.catalogue import QT, Catalogue
from pos.ui.qttexts import TEXTS
from tests.window.counter import CTRL, Counter, Key
from tests.window.till import PINS, TillHouse

SAID = {"Sign in": "Увійти", "Lock": "Замкнути", "Sell": "Продаж", "Cash": "Готівка"}


def _catalogue(language: str) -> NullTranslations:
    """A few words of Ukrainian, so that these tests do not depend on how the real ones are put."""
    if language != "uk":
        return NullTranslations()
    catalog = Catalog(locale="uk", fuzzy=False)
    for english, ukrainian in SAID.items():
        catalog.add(english, ukrainian)
    catalog.add("&Undo", "&Скасувати", context=QT)
    out = io.BytesIO()
    write_mo(out, catalog)
    out.seek(0)
    return Catalogue(out)


@pytest.fixture(autouse=True)
def few_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(i18n, "catalogue", _catalogue)
    yield
    i18n.speak("en")


def words_in(widget: QWidget) -> set[str]:
    """What can be read in it now."""
    labels = [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
    return {*labels, *(button.text() for button in widget.findChildren(QAbstractButton) if button.isVisible())}


def test_a_language_of_the_row_is_spoken_at_once(open_window: Callable[..., Counter]) -> None:
    counter = open_window()
    assert "Sign in" in words_in(counter.window)
    counter.press(Key.Key_4, modifier=CTRL)
    assert "Увійти" in words_in(counter.window)
    assert "Sign in" not in words_in(counter.window)
    counter.press(Key.Key_1, modifier=CTRL)
    assert "Sign in" in words_in(counter.window)


def test_what_was_chosen_at_the_row_is_remembered_for_whoever_signs_in_then(
    open_window: Callable[..., Counter],
) -> None:
    counter = open_window()
    counter.press(Key.Key_4, modifier=CTRL)
    counter.sign_in("anna")
    assert counter.window.session.language == "uk"
    counter.window.session.lock()
    counter.sign_in("bela")
    assert counter.window.session.language == "en"
    counter.window.session.lock()
    counter.sign_in("anna")
    assert counter.window.session.language == "uk"
    assert "Замкнути" in words_in(counter.window)


def test_another_language_leaves_the_basket_and_the_show_as_they_are(counter: Counter, house: TillHouse) -> None:
    counter.click(counter.free()[0])
    counter.settled(1)
    basket, show = counter.labels, counter.window.session.show_id
    counter.window.session.lock()
    counter.press(Key.Key_4, modifier=CTRL)
    counter.sign_in("anna")
    counter.until(lambda: counter.screen == "sell")
    assert counter.labels == basket
    assert counter.window.session.show_id == show
    assert counter.map_shows(show)
    assert {"Готівка", "Продаж", "Замкнути"} <= words_in(counter.window)
    counter.until(lambda: len(counter.selling.side.basket.rows) == 1)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)


def test_a_persons_language_comes_with_the_pin(counter: Counter, house: TillHouse) -> None:
    """… as the season has it, without anybody choosing it here."""
    signed = house.front.call("sign_in", user="bela", pin=PINS["bela"], language="uk").result(10)
    assert signed["language"] == "uk"
    counter.window.session.lock()
    counter.sign_in("bela")
    assert "Замкнути" in words_in(counter.window)


def test_the_keyboard_is_where_it_was_in_training_too(open_window: Callable[..., Counter]) -> None:
    """A part that is shown before it has its place would be a window of its own, and take the keyboard away."""
    counter = open_window(training=True)
    counter.press(Key.Key_4, modifier=CTRL)
    counter.qtbot.wait(50)
    assert counter.window.isActiveWindow()
    counter.sign_in("anna")


def test_every_screen_is_there_in_the_new_language_and_what_lay_over_it_is_gone(
    open_window: Callable[..., Counter],
) -> None:
    """… and nothing that hears of the till afterwards is what was taken off."""
    counter = open_window()
    counter.sign_in("sofia")
    counter.open_shift("150")
    window = counter.window
    screens = ("orders", "found", "customers", "drawer", "disputes", "layouts", "devices", "reports", "shows", "safe")
    for name in screens:
        window.go(name)
    window.show_help()
    before = window.help
    for language in ("uk", "en", "uk"):
        window.set_language(language)
        counter.qtbot.wait(20)
    assert counter.screen == "safe"
    assert window.cover is None
    assert window.help is not before
    for name in screens:
        window.go(name)
        assert "Продаж" in words_in(window.rail)
    counter.house.front.call("status").result(10)
    window.session.lock()
    counter.sign_in("sofia")


def test_a_drawer_that_is_handed_over_speaks_to_whoever_took_it(counter: Counter) -> None:
    counter.window.session.taken_over({"user": "bela", "name": "Béla", "role": "cashier", "language": "uk"})
    assert "Замкнути" in words_in(counter.window)


def test_nothing_of_the_screens_before_is_left(counter: Counter) -> None:
    before = counter.window.screens["sell"].work
    counter.window.set_language("uk")
    gone = []
    before.destroyed.connect(lambda: gone.append(True))
    counter.until(lambda: bool(gone))
    counter.window.set_language("en")
    assert "Lock" in words_in(counter.window)


# ---- Qt's own texts ------------------------------------------------------------------------------

_NEVER_SHOWN = {"Alt+Left", "Alt+Right", "Alt+Up"}  # keys, not words


class Listener(QTranslator):
    """Hears what Qt asks to be translated."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.asked: set[tuple[str, str]] = set()

    def translate(self, context: str, source_text: str, disambiguation: str | None = None, n: int = -1) -> None:
        self.asked.add((context, source_text))


def test_what_qt_itself_says_in_a_field_and_about_files_is_in_the_catalogues(qapp: QApplication) -> None:
    listener = Listener(qapp)
    qapp.installTranslator(listener)
    field, area = QLineEdit(), QPlainTextEdit()
    menus = [field.createStandardContextMenu(), area.createStandardContextMenu()]
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.show()
    QMessageBox(QMessageBox.Icon.NoIcon, "", "", QMessageBox.StandardButton.Ok).deleteLater()
    qapp.removeTranslator(listener)
    for made in (*menus, field, area, dialog, listener):
        made.deleteLater()
    asked = {(context, text) for context, text in listener.asked if context != "QShortcut" and text not in _NEVER_SHOWN}
    assert ("QLineEdit", "&Undo") in asked
    assert {text for context, text in asked if text not in TEXTS.get(context, ())} == set()


def test_qts_own_texts_follow_the_language(open_window: Callable[..., Counter]) -> None:
    open_window()
    field = QLineEdit()

    def undo() -> str:
        menu = field.createStandardContextMenu()
        text = menu.actions()[0].text().split("\t")[0]
        menu.deleteLater()
        return text

    assert undo() == "&Undo"
    i18n.speak("uk")
    assert undo() == "&Скасувати"
    field.deleteLater()
