"""The guide of the first start: every step by its keys, left and taken up again, in the language chosen first."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from pos.app import progress
from pos.app.first_start import FirstStart
from pos.settings import write_settings
from pos.ui.application import ENDING
from pos.ui.catalogue import LANGUAGES
from pos.ui.i18n import speak
from pos.ui.welcome.begin import BeginPage
from pos.ui.welcome.guide import STEPS, Guide
from pos.ui.welcome.people import PeoplePage
from pos.ui.welcome.printers import PrintersPage
from tests.peers.toy_printer import ToyPrinter
from tests.window.counter import CTRL, Key
from tests.window.till import make_replica

Open = Callable[..., Guide]


class ToyWork:
    """Remembers what it was asked for. `there`: the till is set up."""

    def __init__(self) -> None:
        self.there = False
        self.kept: tuple[str, str] | None = None
        self.asked: list[tuple[str, ...]] = []
        self.wrong = ""

    def keep(self, step: str, language: str) -> None:
        self.kept = (step, language)

    def done(self) -> None:
        self.kept = None

    def join(self, url: str, code: str) -> str:
        self.asked.append(("join", url, code))
        self.there = not self.wrong
        return self.wrong

    def alone(self, season: Path) -> str:
        return self.join("alone", season.name)

    def profiles(self) -> list[str]:
        return ["epson-tm-t88v", "pdf"]

    def printers(self) -> dict[str, tuple[str, str]]:
        return {}

    def find(self) -> Sequence[Mapping[str, str]]:
        return [{"address": "usb://04b8:0202", "text": "something answers there"}]

    def try_printer(self, role: str, address: str, profile: str) -> tuple[bool, str]:
        self.asked.append(("try", role, address, profile))
        return not self.wrong, self.wrong or "ready"

    def speak(self, language: str) -> None:
        self.asked.append(("speak", language))

    def look(self, theme: str) -> None:
        self.asked.append(("look", theme))

    def people(self) -> Sequence[Mapping[str, str]]:
        return [{"user": "anna", "name": "Anna", "role": "cashier"}]

    def practise(self) -> str:
        self.asked.append(("practise",))
        return self.wrong


@pytest.fixture
def work() -> ToyWork:
    return ToyWork()


@pytest.fixture
def open_guide(qtbot: QtBot, work: ToyWork) -> Iterator[Open]:
    """The guide as a start shows it."""

    def open_it(step: str = "language", language: str = "en") -> Guide:
        guide = Guide(work, step, language, "light")
        qtbot.addWidget(guide)
        guide.show()
        guide.activateWindow()
        qtbot.waitUntil(guide.isActiveWindow)
        return guide

    yield open_it
    speak("en")


def press(guide: Guide, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or guide, key, modifier)


def words(guide: Guide) -> str:
    return "\n".join(label.text() for label in guide.page.findChildren(QLabel))


def begin_page(guide: Guide) -> BeginPage:
    assert isinstance(guide.page, BeginPage)
    return guide.page


def test_from_nothing_to_the_open_till_with_the_keyboard_alone(qtbot: QtBot, work: ToyWork, open_guide: Open) -> None:
    guide = open_guide()
    press(guide, Key.Key_Return)
    assert guide.step == "begin"
    QTest.keyClicks(QApplication.focusWidget(), "http://house:8443")
    press(guide, Key.Key_Tab)
    QTest.keyClicks(QApplication.focusWidget(), "AB12")
    press(guide, Key.Key_Return)
    qtbot.waitUntil(lambda: guide.step == "printers")
    assert work.asked == [("join", "http://house:8443", "AB12"), ("speak", "en")]
    for step in ("look", "people", "practice"):
        press(guide, Key.Key_Return)
        assert guide.step == step
    press(guide, Key.Key_1, CTRL)
    qtbot.waitUntil(lambda: ("practise",) in work.asked)
    press(guide, Key.Key_Return)
    assert guide.result() == Guide.DialogCode.Accepted
    assert work.kept is None  # it does not come again


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_the_language_is_chosen_first_and_every_page_speaks_it(work: ToyWork, open_guide: Open, language: str) -> None:
    guide = open_guide()
    press(guide, Qt.Key(Key.Key_1 + list(LANGUAGES).index(language)), CTRL)
    assert guide.language == language
    assert guide.step == "language"
    assert work.kept == ("language", language)
    # Each by its own name, whatever is spoken, and the one that is spoken is marked.
    named = {f"✓ {name}" if each == language else name for each, name in LANGUAGES.items()}
    assert named <= set(words(guide).split("\n"))
    press(guide, Key.Key_Return)
    assert guide.step == "begin"
    assert "Join an office" not in words(guide)
    assert QApplication.focusWidget() is begin_page(guide).url


def test_it_is_left_at_any_step_and_taken_up_there(work: ToyWork, open_guide: Open) -> None:
    guide = open_guide()
    press(guide, Key.Key_Return)
    press(guide, Key.Key_Escape)
    assert guide.result() == Guide.DialogCode.Rejected  # there is no till to open yet
    assert work.kept == ("begin", "en")
    work.there = True
    for step in STEPS[2:]:
        guide = open_guide(step)
        assert guide.step == step
        press(guide, Key.Key_Escape)
        assert guide.result() == Guide.DialogCode.Accepted  # the till opens
        assert work.kept == (step, "en")  # and the guide comes again
    press(open_guide("look"), Key.Key_PageUp)
    assert work.kept == ("printers", "en")


@pytest.mark.parametrize(("ending", "result"), [(False, "Accepted"), (True, "Rejected")])
def test_the_frames_cross_opens_the_till_and_the_end_of_the_program_does_not(
    qapp: QApplication, work: ToyWork, open_guide: Open, ending: bool, result: str
) -> None:
    work.there = True
    guide = open_guide("printers")
    qapp.setProperty(ENDING, ending)
    try:
        guide.close()
    finally:
        qapp.setProperty(ENDING, False)
    assert guide.result() == Guide.DialogCode[result]


def test_a_step_that_needs_a_till_is_not_taken_up_without_one(open_guide: Open) -> None:
    assert open_guide("practice").step == "language"
    assert open_guide("nonsense").step == "language"


def test_what_goes_wrong_is_said_and_the_step_stays(qtbot: QtBot, work: ToyWork, open_guide: Open) -> None:
    work.wrong = "nobody answers at house"
    guide = open_guide("begin")
    page = begin_page(guide)
    press(guide, Key.Key_Return)
    assert page.said.text() == "Type the office's address and the code."
    page.url.setText("http://house")
    page.code.setText("AB12")
    press(guide, Key.Key_Return)
    qtbot.waitUntil(lambda: page.said.text() == work.wrong)
    assert guide.step == "begin"
    assert page.url.text() == "http://house"
    assert page.url.isEnabled()


def test_while_something_is_under_way_no_key_leaves_it(work: ToyWork, open_guide: Open) -> None:
    work.there = True
    guide = open_guide("printers")
    guide.page.working(True)
    for key in (Key.Key_Escape, Key.Key_Return, Key.Key_PageUp):
        press(guide, key)
    assert guide.step == "printers"
    assert guide.isVisible()
    assert not guide.next_button.isEnabled()


def test_a_look_is_in_force_at_once(work: ToyWork, open_guide: Open) -> None:
    work.there = True
    guide = open_guide("look")
    press(guide, Key.Key_3, CTRL)
    assert work.asked == [("look", "dark")]
    assert guide.palette().window().color().lightness() < 80


def test_it_has_room_on_a_common_screen_at_twice_its_size(work: ToyWork, open_guide: Open) -> None:
    """960 × 540 px are left then; a page that needs more of them scrolls, and the buttons stay."""
    guide = open_guide("begin")
    least = guide.minimumSizeHint()
    assert (least.width() <= 960, least.height() <= 540) == (True, True), least
    guide.resize(960, 540)
    assert guide.next_button.mapTo(guide, guide.next_button.rect().bottomLeft()).y() < 540


# ---- with a real folder ------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A till that has joined, and whose guide was left then."""
    folder = tmp_path / "till"
    folder.mkdir()
    write_settings(folder, "T1", "http://127.0.0.1:9")
    progress.keep(folder, "printers", "hu")
    return folder


def test_a_printer_is_found_tried_and_set_up(qtbot: QtBot, folder: Path) -> None:
    with ToyPrinter() as printer:
        guide = Guide(FirstStart(folder), *progress.read(folder)[:1], "en", "light")
        qtbot.addWidget(guide)
        page = guide.page
        assert isinstance(page, PrintersPage)
        page.attempt("receipt")
        assert "address first" in page.said.text()
        page.addresses["receipt"].setCurrentText(printer.url.removeprefix("tcp://"))
        page.tries["receipt"].click()
        qtbot.waitUntil(lambda: not page.busy, timeout=30_000)
        assert page.said.text().startswith("It works"), page.said.text()
    written = tomllib.loads((folder / "till.toml").read_text(encoding="utf-8"))
    assert written["printer"]["receipt"]["transport"] == printer.url
    assert written["printer"]["receipt"]["layout"] == "receipt-standard"
    assert FirstStart(folder).printers() == {"receipt": (printer.url, "epson-tm-t88v")}


def test_an_address_that_is_none_changes_nothing(folder: Path) -> None:
    before = (folder / "till.toml").read_bytes()
    works, said = FirstStart(folder).try_printer("ticket", "bluetooth://x", "epson-tm-t88v")
    assert not works
    assert "bluetooth" in said
    assert (folder / "till.toml").read_bytes() == before


def test_language_and_look_are_in_till_toml_and_people_are_those_of_the_season(qtbot: QtBot, folder: Path) -> None:
    work = FirstStart(folder)
    work.speak("vi")
    work.look("contrast")
    written = tomllib.loads((folder / "till.toml").read_text(encoding="utf-8"))
    assert (written["till"]["locale"], written["window"]["theme"]) == ("vi", "contrast")
    assert work.theme == "contrast"
    make_replica(folder, datetime.now(UTC), ("studio",))
    guide = Guide(work, "people", "en", "light")
    qtbot.addWidget(guide)
    page = guide.page
    assert isinstance(page, PeoplePage)
    qtbot.waitUntil(lambda: "Anna · cashier" in page.names.text())


def test_a_till_whose_guide_was_left_is_guided_again_and_no_other_one(folder: Path, tmp_path: Path) -> None:
    assert progress.begun(folder)
    assert progress.read(folder) == ("printers", "hu")
    FirstStart(folder).done()
    assert not progress.begun(folder)
    assert progress.read(folder) == ("", "")
    (folder / progress.FILE).write_text("{", encoding="utf-8")
    assert progress.read(folder) == ("", "")
