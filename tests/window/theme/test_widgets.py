"""The shared widgets, and the dress they wear."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from pos.ui.theme import tokens as t
from pos.ui.theme.apply import dress, palette
from pos.ui.theme.fonts import load_fonts, money_font, text_font
from pos.ui.theme.icons import ICONS, paint_icon
from pos.ui.theme.stylesheet import stylesheet
from pos.ui.theme.widgets import Banner, KeyButton, MoneyLabel, Pill, RailButton, Stepper, TabButton


@pytest.fixture(autouse=True)
def dressed(qapp):
    load_fonts()
    dress(qapp, t.LIGHT)
    yield
    qapp.setStyleSheet("")


def test_the_shipped_typefaces_are_the_ones_in_use():
    assert QFontInfo(text_font()).family() == "Inter"
    assert QFontInfo(QFont("WenQuanYi Micro Hei")).family() == "WenQuanYi Micro Hei"
    assert {QFontInfo(text_font(weight=w)).weight() for w in (QFont.Weight.Medium, QFont.Weight.DemiBold)} == {500, 600}


@pytest.mark.parametrize("size", [13, 16, 19])
def test_amounts_line_up(size):
    metrics = QFontMetricsF(money_font(size))
    widths = [metrics.horizontalAdvance(digit) for digit in "0123456789"]
    assert max(widths) - min(widths) < 0.1  # proportional figures differ by pixels


def test_a_font_that_cannot_be_read_is_named(monkeypatch, tmp_path):
    (tmp_path / "broken.otf").write_bytes(b"no font")
    monkeypatch.setattr("pos.ui.theme.fonts._FILES", ("broken.otf",))
    monkeypatch.setattr("pos.ui.theme.fonts.resource", lambda *parts: tmp_path / parts[-1])
    with pytest.raises(OSError, match=r"broken\.otf"):
        load_fonts()


def test_the_sheet_leaves_no_token_open():
    for tokens in (t.LIGHT, t.DARK):
        sheet = stylesheet(tokens)
        assert "$" not in sheet
        assert sheet.count("{") == sheet.count("}")
        assert tokens.accent in sheet


def test_the_palette_follows_the_tokens(qapp):
    dress(qapp, t.DARK)
    assert QApplication.palette().window().color() == QColor(t.DARK.paper)
    assert palette(t.LIGHT).highlight().color() == QColor(t.LIGHT.accent)


def test_changing_the_palette_repaints_what_is_there(qapp, qtbot):
    label = QLabel("due")
    label.setProperty("role", "muted")
    qtbot.addWidget(label)
    label.show()
    light = label.grab().toImage()
    dress(qapp, t.DARK)
    assert label.grab().toImage() != light


def test_a_button_is_wide_enough_for_a_finger_and_says_what_it_does(qtbot):
    button = KeyButton("Adult", "F1", cap_first=True)
    qtbot.addWidget(button)
    button.set_detail("58.00")
    button.show()
    assert button.height() >= t.TOUCH
    assert button.width() >= t.TOUCH
    assert button.accessibleName() == "Adult 58.00"
    shown = {label.text() for label in button.findChildren(QLabel) if label.isVisible()}
    assert shown == {"Adult", "58.00", "F1"}
    button.set_key("")
    button.set_detail("")
    assert {label.text() for label in button.findChildren(QLabel) if label.isVisible()} == {"Adult"}


def test_a_press_on_the_label_presses_the_button(qtbot):
    button = KeyButton("Cash", "Enter", kind="primary", stacked=True)
    qtbot.addWidget(button)
    button.show()
    label = next(label for label in button.findChildren(QLabel) if label.text() == "Cash")
    with qtbot.waitSignal(button.clicked, timeout=500):
        at = label.mapTo(button, label.rect().center())
        assert button.childAt(at) in (None, label)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=at)


def test_a_disabled_button_looks_disabled(qtbot):
    button = KeyButton("Cash", "Enter", kind="primary")
    qtbot.addWidget(button)
    button.show()
    enabled = button.grab().toImage()
    button.setEnabled(False)
    assert button.grab().toImage() != enabled


@pytest.mark.parametrize(("level", "sign"), [("online", "●"), ("away", "▲"), ("loss", "■"), ("quiet", "○")])
def test_the_link_is_told_by_a_sign_and_not_by_colour_alone(qtbot, level, sign):
    pill = Pill()
    qtbot.addWidget(pill)
    pill.show_state(level, "12 ms")
    assert pill.text() == f"{sign} 12 ms"
    assert pill.accessibleName() == "12 ms"


def test_the_banner_keeps_its_height(qtbot):
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show()
    heights = set()
    for level, lead in (("quiet", ""), ("amber", "No answer from the office"), ("red", "The journal is full")):
        banner.show_message(level, lead, "38 places in hand", "What to do")
        heights.add(banner.height())
    assert heights == {40}
    assert banner.accessibleName() == "The journal is full 38 places in hand"
    action = next(w for w in banner.findChildren(QWidget) if w.property("role") == "link")
    with qtbot.waitSignal(banner.asked, timeout=500):
        qtbot.mouseClick(action, Qt.MouseButton.LeftButton)


def test_a_long_notice_does_not_widen_the_window(qtbot):
    banner = Banner()
    qtbot.addWidget(banner)
    narrow = banner.minimumSizeHint().width()
    banner.show_message("quiet", "", "word " * 200)
    assert banner.minimumSizeHint().width() == narrow


def test_rail_buttons_exclude_each_other(qtbot):
    rail = QWidget()
    qtbot.addWidget(rail)
    sell, orders = (RailButton(name, name.title(), "^1", rail) for name in ("sell", "orders"))
    orders.move(0, 80)
    rail.show()
    qtbot.mouseClick(sell, Qt.MouseButton.LeftButton)
    marked = sell.grab().toImage()
    qtbot.mouseClick(orders, Qt.MouseButton.LeftButton)
    assert orders.isChecked()
    assert not sell.isChecked()
    assert sell.grab().toImage() != marked


def test_the_stepper_stays_within_its_bounds(qtbot):
    stepper = Stepper(2, 1, 3)
    qtbot.addWidget(stepper)
    less, more = stepper._less, stepper._more
    seen = []
    stepper.changed.connect(seen.append)
    for _ in range(3):
        qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert (stepper.value, more.isEnabled()) == (3, False)
    for _ in range(5):
        qtbot.mouseClick(less, Qt.MouseButton.LeftButton)
    assert (stepper.value, less.isEnabled()) == (1, False)
    assert seen == [3, 2, 1]


def test_a_tab_shows_plain_text(qtbot):
    tab = TabButton("19:30", "<b>Tosca</b> & more", "28 min")
    qtbot.addWidget(tab)
    assert [label.text() for label in tab.findChildren(QLabel)] == ["19:30", "<b>Tosca</b> & more", "28 min"]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in tab.findChildren(QLabel))


def test_amounts_stand_at_the_right(qtbot):
    label = MoneyLabel("58.00", t.TOTAL)
    qtbot.addWidget(label)
    assert label.alignment() & Qt.AlignmentFlag.AlignRight
    label.ensurePolished()
    assert label.font().pixelSize() == t.TOTAL


def test_every_icon_draws_something_of_its_own():
    seen = set()
    for name in ICONS:
        image = QImage(24, 24, QImage.Format.Format_Grayscale8)
        image.fill(255)
        with QPainter(image) as painter:
            paint_icon(painter, name, QRectF(0, 0, 24, 24), QColor("black"))
        pixels = bytes(image.constBits())
        assert pixels.count(255) < len(pixels)
        seen.add(pixels)
    assert len(seen) == len(ICONS)


def test_the_first_frame_does_not_wait_for_numpy():
    modules = "apply color fonts icons stylesheet tokens widgets".split()
    code = f"import sys; import {', '.join('pos.ui.theme.' + m for m in modules)}; print('numpy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_a_long_amount_gets_smaller_instead_of_losing_a_digit(qtbot):
    label = MoneyLabel("€58.00", t.TOTAL)
    qtbot.addWidget(label)
    label.resize(240, 60)
    label.show()
    assert label.font().pixelSize() == t.TOTAL
    label.setText("€6,000,000,000.00")
    assert t.TITLE <= label.font().pixelSize() < t.TOTAL
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
    label.resize(900, 60)
    assert label.font().pixelSize() == t.TOTAL
    label.setText("€1.00")
    assert label.font().pixelSize() == t.TOTAL
