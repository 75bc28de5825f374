"""Layouts at the window: written with the paper beside the text, tried on the printer, kept and taken back."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from pos.domain.errors import Refused
from pos.paper.elements import Layout
from pos.ui.layouts.paperview import PaperView
from pos.ui.layouts.presenter import LayoutsPresenter, Paper
from pos.ui.layouts.view import LayoutsScreen
from pos.ui.theme.tokens import LIGHT
from tests.unit.paper.presses import layout as shipped
from tests.window.counter import CTRL, Counter, Key
from tests.window.till import TillHouse

Open = Callable[..., Counter]

PLAIN = 'name = "{}"\nkind = "ticket"\n[[element]]\ntext = "{{title}}"\nsize = 8.0\n'


def refusal(house: TillHouse, verb: str, **fields: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        house.ask(verb, **fields)
    return caught.value


# ---- the verbs -----------------------------------------------------------------------------


def test_layouts_are_for_those_who_set_the_machine_up(house: TillHouse) -> None:
    text = PLAIN.format("mine")
    verbs: dict[str, dict[str, Any]] = {
        "layouts": {},
        "layout": {"layout": "z-report"},
        "layout_preview": {"text": text},
        "layout_save": {"text": text},
        "layout_revert": {"layout": "z-report"},
        "layout_print": {"text": text},
    }
    for verb, fields in verbs.items():
        assert refusal(house, verb, **fields).code == "not_signed_in"
    house.sign_in("anna")
    for verb, fields in verbs.items():
        assert refusal(house, verb, **fields).code == "not_allowed"
    assert house.printers.paper == []
    assert not house.shelf.own.exists()


def test_a_layout_is_read_changed_and_taken_back_by_verbs(house: TillHouse) -> None:
    house.sign_in("sofia", None)
    listed = {each["name"]: each for each in house.ask("layouts")["layouts"]}
    assert listed["ticket-standard"]["used"] == ["printer.ticket"]
    saved = house.ask("layout_save", text=PLAIN.format("ticket-standard"), key="once")["layout"]
    assert saved["own"]
    assert house.ask("layout_save", text="anything", key="once")["layout"] == saved
    assert house.ask("layout", layout="ticket-standard")["layout"]["text"] == PLAIN.format("ticket-standard")
    assert not house.ask("layout_revert", layout="ticket-standard")["layout"]["own"]
    refused = refusal(house, "layout_save", text=PLAIN.format("mine") + "x = 1")
    assert (refused.code, refused.fields["line"], refused.fields["key"]) == ("bad_request", 6, "element[0].x")
    assert house.ask("layout_preview", text="x", language="hu", width=48)["preview"]["error"]["line"] == 1
    for fields in ({"language": "de"}, {"width": 5}, {"marked": 1}):
        assert refusal(house, "layout_preview", text="x", **fields).code == "bad_request"


def test_a_test_print_goes_to_the_ticket_printer_and_into_no_book(house: TillHouse) -> None:
    house.sign_in("sofia", None)
    printed = house.ask("layout_print", text=PLAIN.format("mine"), language="vi")
    assert printed == {"printer": "printer.ticket", "outcome": "done", "text": ""}
    ((role, content),) = house.printers.paper
    assert (role, content["training"], isinstance(content["draft"], Layout)) == ("ticket", True, True)
    assert house.ask("jobs")["jobs"] == []
    house.printers.outcome = ("failed", "there is no paper")
    printed = house.ask("layout_print", text=PLAIN.format("mine"))
    assert (printed["outcome"], printed["text"]) == ("failed", "there is no paper")


# ---- the screen ----------------------------------------------------------------------------


@pytest.fixture
def editor(open_window: Open) -> Counter:
    """Софія has the editor open on the layout that the ticket printer uses."""
    counter = open_window()
    counter.sign_in("sofia")
    counter.until(lambda: counter.screen == "open")
    counter.press(Key.Key_7, modifier=CTRL)
    counter.until(lambda: presenter(counter).paper is not None)
    return counter


def presenter(counter: Counter) -> LayoutsPresenter:
    return counter.window.layouts


def screen(counter: Counter) -> LayoutsScreen:
    found = counter.window.screens["layouts"]
    assert isinstance(found, LayoutsScreen)
    return found


def rewrite(counter: Counter, text: str) -> None:
    """All of the text for another, by the keyboard."""
    counter.press(Key.Key_A, modifier=CTRL)
    for number, line in enumerate(text.splitlines()):
        if number:
            counter.press(Key.Key_Return)
        counter.type(line)


def test_the_layout_in_use_is_opened_and_its_paper_shown(editor: Counter) -> None:
    shown = presenter(editor)
    assert (shown.name, shown.unsaved, shown.error) == ("ticket-standard", False, "")
    assert screen(editor).editor.toPlainText() == shown.text
    assert shown.paper is not None
    assert (shown.paper.width_mm, shown.paper.image.width()) == (72.0, 576)
    editor.press(Key.Key_Escape)
    assert editor.screen == "open"


def test_an_error_is_shown_in_place_as_one_types_and_nothing_broken_is_saved(editor: Counter) -> None:
    shown, view = presenter(editor), screen(editor)
    before = shown.paper
    rewrite(editor, 'name = "ticket-standard"\nkind = "ticket"\n[[element]]\ntext = "{titel}"')
    editor.until(lambda: bool(shown.error))
    assert shown.error_line == 4
    assert "element[0].text: there is no field 'titel'; there are: address" in view._error.text()
    assert view._error.text().startswith("▲ Line 4: ")
    (mark,) = view.editor.extraSelections()
    assert mark.cursor.blockNumber() == 3
    assert shown.paper is before, "the last paper that could be set stays"
    editor.press(Key.Key_S, modifier=CTRL)
    editor.qtbot.wait(50)
    assert not editor.house.shelf.own.exists()
    editor.press(Key.Key_Backspace, Key.Key_Backspace, Key.Key_Backspace, Key.Key_Backspace)
    editor.type('le}"')
    editor.until(lambda: not shown.error and shown.paper is not before)
    assert view.editor.extraSelections() == []
    assert view._error.text() == ""


def test_what_is_written_is_saved_used_and_taken_back(editor: Counter) -> None:
    shown = presenter(editor)
    rewrite(editor, PLAIN.format("ticket-standard"))
    editor.until(lambda: shown.paper is not None and shown.paper.height_mm < 20)
    assert shown.unsaved
    editor.press(Key.Key_S, modifier=CTRL)
    editor.until(lambda: "Saved: ticket-standard" in editor.toast)
    assert not shown.unsaved
    editor.until(lambda: shown.row is not None and shown.row.own)
    assert len(editor.house.shelf.layout("ticket-standard").elements) == 1, "what printers use from now on"
    editor.press(Key.Key_F10)
    editor.until(lambda: "as it was shipped" in editor.toast)
    assert editor.house.shelf.layout("ticket-standard") == shipped("ticket-standard")
    assert screen(editor).editor.toPlainText() == shown.text != PLAIN.format("ticket-standard")


def test_what_is_not_saved_is_kept_while_another_is_looked_at_and_given_up_on_demand(editor: Counter) -> None:
    shown = presenter(editor)
    kept = shown.text
    editor.type("# mine 1.5")
    shown.open("ticket-label")
    editor.until(lambda: shown.paper is not None and shown.paper.width_mm == 101.6)
    shown.open("ticket-standard")
    editor.until(lambda: shown.text.startswith("# mine 1.5"))
    editor.press(Key.Key_F10)
    assert (shown.text, shown.unsaved) == (kept, False)
    assert screen(editor).editor.toPlainText() == kept


def test_a_new_name_in_the_text_makes_a_new_layout(editor: Counter) -> None:
    shown = presenter(editor)
    standard = shown.text
    rewrite(editor, PLAIN.format("gala"))
    editor.until(lambda: screen(editor)._save.isEnabled() and shown.paper is not None)
    editor.press(Key.Key_S, modifier=CTRL)
    editor.until(lambda: any(row.name == "gala" and row.own for row in shown.rows))
    assert (shown.name, shown.unsaved) == ("gala", False)
    shown.open("ticket-standard")
    editor.until(lambda: shown.text == standard)
    assert not shown.unsaved


def test_a_space_that_holds_words_together_stays_one(editor: Counter) -> None:
    text = PLAIN.format("gala").replace("{title}", "5\u00a0€")
    editor.house.ask("layout_save", text=text)
    presenter(editor).open("gala")
    editor.until(lambda: presenter(editor).name == "gala")
    assert not presenter(editor).unsaved
    editor.press(Key.Key_End)
    editor.type("#")
    assert presenter(editor).text == text.replace('"gala"', '"gala"#')


def test_what_is_written_outlasts_a_lock_and_typing_keeps_the_window_open(editor: Counter) -> None:
    asked: list[None] = []
    editor.window.bridge.asked.connect(lambda: asked.append(None))
    editor.type("#")
    assert asked, "or the window would lock itself under one's hands"
    written = presenter(editor).text
    editor.window.session.lock()
    editor.until(lambda: editor.screen == "signin")
    editor.sign_in("sofia")
    editor.until(lambda: editor.screen == "open")
    editor.press(Key.Key_7, modifier=CTRL)
    assert (presenter(editor).text, presenter(editor).unsaved) == (written, True)


def test_language_roll_and_copy_are_chosen_by_keys(editor: Counter) -> None:
    shown = presenter(editor)
    seen: list[bytes] = []

    def changed() -> bool:
        assert shown.paper is not None
        bits = bytes(shown.paper.image.constBits())
        if bits in seen:
            return False
        seen.append(bits)
        return True

    assert changed()
    for key in (Key.Key_F2, Key.Key_F3, Key.Key_F4, Key.Key_F5, Key.Key_F7, Key.Key_F8):
        editor.press(key)
        editor.until(changed)
    assert (shown.language, shown.roll, shown.marked_copy) == ("hu", 58, True)
    assert shown.paper is not None
    assert shown.paper.width_mm == 48.0


def test_the_keyboard_goes_from_the_text_to_the_list_and_writes_another(editor: Counter) -> None:
    for _ in range(20):
        if not screen(editor).list.hasFocus():
            editor.press(Key.Key_Tab)
    assert screen(editor).list.hasFocus()
    editor.press(Key.Key_Up)
    editor.until(lambda: presenter(editor).name == "ticket-label")


def test_keys_that_the_window_knows_too_belong_to_the_text_while_one_writes(editor: Counter) -> None:
    text = screen(editor).editor
    kept = text.toPlainText()
    editor.press(Key.Key_PageDown)
    assert text.textCursor().blockNumber() > 3
    editor.type("b+1/?")
    assert text.toPlainText() != kept
    for _ in range(5):
        editor.press(Key.Key_Z, modifier=CTRL)
    assert text.toPlainText() == kept
    assert editor.window.cover is None
    editor.press(Key.Key_PageUp, Key.Key_Delete)
    assert text.toPlainText() == kept[1:]


def test_a_test_print_takes_the_text_as_it_is(editor: Counter) -> None:
    rewrite(editor, PLAIN.format("ticket-standard"))
    editor.until(lambda: presenter(editor).paper is not None and screen(editor)._print.isEnabled())
    editor.press(Key.Key_F9)
    editor.until(lambda: "The test print is out" in editor.toast)
    ((role, content),) = editor.house.printers.paper
    assert (role, len(content["draft"].elements)) == ("ticket", 1)
    editor.house.printers.outcome = ("failed", "there is no paper")
    editor.press(Key.Key_F9)
    editor.until(lambda: "Nothing was printed: there is no paper" in editor.toast)


def test_a_cashier_has_no_editor(counter: Counter) -> None:
    assert not counter.window.rail._buttons["layouts"].isVisible()
    counter.press(Key.Key_7, modifier=CTRL)
    assert counter.screen == "sell"


def test_the_frame_stays_and_what_can_be_pressed_is_large_enough(editor: Counter) -> None:
    window = editor.window
    parts = [window.top, window.banner, window.tabs, window.rail, window.works, window.panels, window.foot]
    before = [part.geometry() for part in parts]
    presenter(editor).open("ticket-boca")
    editor.until(lambda: presenter(editor).name == "ticket-boca")
    editor.qtbot.wait(30)
    assert [part.geometry() for part in parts] == before
    small = [
        (each.accessibleName(), each.width(), each.height())
        for each in screen(editor).panel.findChildren(QPushButton)
        if each.isVisible() and min(each.width(), each.height()) < 48
    ]
    assert small == []


# ---- the preview against the raster --------------------------------------------------------

_TOLERANCE = 6 / 255  # mean difference of a dot when the page is shown smaller, against an average of its dots


def page(house: TillHouse, name: str, language: str) -> tuple[Paper, Image.Image]:
    """A page as the window has it, and the same as the printer gets it."""
    text = house.ask("layout", layout=name)["layout"]["text"]
    preview = house.ask("layout_preview", text=text, language=language)["preview"]
    data = base64.b64decode(preview["picture"])
    paper = Paper(QImage.fromData(data), preview["width_mm"], preview["height_mm"])
    return paper, Image.open(io.BytesIO(data)).convert("L")


def seen(view: PaperView, paper: Paper, size: QSize) -> Image.Image:
    """What the view shows of a page, cut out at `size`."""
    view.show_paper(paper)
    view.resize(size.width() + 32, size.height() + 32)
    QApplication.processEvents()
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    whole = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return Image.fromarray(whole[16 : 16 + size.height(), 16 : 16 + size.width()].copy())


@pytest.mark.parametrize("language", ["en", "zh_TW", "vi", "uk", "hu"])
@pytest.mark.parametrize("name", ["ticket-standard", "ticket-boca", "ticket-label", "ticket-a4", "z-report"])
def test_the_preview_is_the_raster(house: TillHouse, qtbot: QtBot, name: str, language: str) -> None:
    house.sign_in("sofia", None)
    paper, raster = page(house, name, language)
    view = PaperView(LIGHT)
    qtbot.addWidget(view)
    view.show()
    same = seen(view, paper, paper.image.size())
    assert np.array_equal(np.asarray(same), np.asarray(raster)), "dot for dot at one dot a dot"
    half = QSize(round(raster.width / 2), round(raster.height / 2))
    smaller = np.asarray(seen(view, paper, half), np.int16)
    expected = np.asarray(raster.resize(smaller.shape[::-1], Image.Resampling.BOX), np.int16)
    assert np.abs(smaller - expected).mean() / 255 < _TOLERANCE


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("ticket-standard", {"QR Code"}),
        ("ticket-boca", {"QR Code", "PDF417"}),
        ("ticket-label", {"QR Code", "Code 128"}),
        ("ticket-a4", {"QR Code", "Code 128"}),
    ],
)
def test_the_codes_are_read_off_the_screen(house: TillHouse, qtbot: QtBot, name: str, kinds: set[str]) -> None:
    house.sign_in("sofia", None)
    paper, _ = page(house, name, "en")
    view = PaperView(LIGHT)
    qtbot.addWidget(view)
    view.show()
    found = zxingcpp.read_barcodes(seen(view, paper, paper.image.size()))
    assert {(str(code.format), code.text) for code in found} == {(kind, "SAMPLE000000") for kind in kinds}


def test_proportions_are_true_at_every_size_and_nearer_shows_more(house: TillHouse, qtbot: QtBot) -> None:
    house.sign_in("sofia", None)
    paper, raster = page(house, "ticket-boca", "en")
    view = PaperView(LIGHT)
    qtbot.addWidget(view)
    view.show_paper(paper)
    view.show()
    for size in (QSize(400, 300), QSize(900, 220), QSize(300, 900)):
        view.resize(size)
        QApplication.processEvents()
        view.grab()
        shown = view.sheet._scaled.size()
        assert shown.width() / shown.height() == pytest.approx(raster.width / raster.height, rel=0.01)
        assert shown.width() <= size.width() - 32
        assert shown.height() <= size.height() - 32
    view.zoom_by(2)
    view.grab()
    assert view.sheet._scaled.width() == pytest.approx(2 * (300 - 32), abs=2)
    view.fit()
    QApplication.processEvents()
    view.grab()
    assert view.sheet._scaled.width() == 300 - 32
