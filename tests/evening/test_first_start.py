"""The first start of a data folder: join an office, or be alone with one of its own; and what goes wrong in it."""

from __future__ import annotations

import signal
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pos.app import progress
from pos.app.first_start import FirstStart
from pos.ui.theme.tokens import LIGHT
from pos.ui.welcome.begin import BeginPage
from pos.ui.welcome.work import Apart
from tests.evening.display import Display, Place, Program, share, wait_until
from tests.evening.season import season
from tests.peers.office_process import OfficeProcess, office
from tests.peers.small_season import write_season

DONE_MS = 30_000
START_S = 30.0
STEP_S = 15.0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A real office's address and its database."""
    folder = tmp_path_factory.mktemp("office")
    database = f"sqlite:///{folder / 'office.db'}"
    done = office("import", str(write_season(folder, season())), "--db", database)
    assert done.returncode == 0, done.stderr
    with OfficeProcess(database) as process:
        yield process.url, database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "till"


@pytest.fixture
def dialog(qtbot: QtBot, folder: Path) -> Iterator[BeginPage]:
    """The page on which it is chosen how to begin, at the first start of `folder`."""
    apart = Apart()
    page = BeginPage(FirstStart(folder), apart)
    qtbot.addWidget(page)
    page.show()
    yield page
    apart.close()


def join(qtbot: QtBot, dialog: BeginPage, url: str, code: str) -> str:
    """Type both, press Join, and what is said under the fields in the end."""
    dialog.url.setText(url)
    dialog.code.setText(code)
    dialog.join_button.click()
    return answer(qtbot, dialog)


def answer(qtbot: QtBot, dialog: BeginPage) -> str:
    qtbot.waitUntil(lambda: not dialog.busy, timeout=DONE_MS)
    return dialog.said.text()


def test_an_address_where_no_office_is_gives_a_sentence_and_keeps_what_was_typed(
    qtbot: QtBot, dialog: BeginPage, folder: Path
) -> None:
    said = join(qtbot, dialog, "http://127.0.0.1:9", "ABCD-EFGH")
    assert "127.0.0.1:9" in said
    assert (dialog.url.text(), dialog.code.text()) == ("http://127.0.0.1:9", "ABCD-EFGH")
    assert dialog.isVisible()
    assert not (folder / "till.toml").exists()


def test_what_is_no_address_at_all_is_said_too(qtbot: QtBot, dialog: BeginPage) -> None:
    said = join(qtbot, dialog, "office", "ABCD-EFGH")
    assert "office" in said
    assert "http" in said


def test_a_wrong_code_is_refused_and_the_right_one_then_joins(
    qtbot: QtBot, dialog: BeginPage, folder: Path, served: tuple[str, str]
) -> None:
    url, database = served
    said = join(qtbot, dialog, url, "WRONGCODE")
    assert "code" in said
    assert (dialog.url.text(), dialog.code.text()) == (url, "WRONGCODE")
    qtbot.waitUntil(dialog.code.hasFocus)

    code = office("enrol", "T1", "--db", database).stdout.strip()
    join(qtbot, dialog, f" {url} ", f" {code} ")
    assert (folder / "till.toml").exists(), dialog.said.text()
    assert not dialog.url.isEnabled()  # once is enough: what comes next is the guide's
    written = tomllib.loads((folder / "till.toml").read_text("utf-8"))
    assert (written["till"]["id"], written["office"]["url"]) == ("T1", url)
    assert not written["office"].get("embedded")


def test_nothing_typed_is_asked_for_at_once(dialog: BeginPage) -> None:
    dialog.join_button.click()
    assert dialog.said.text()
    assert dialog.url.isEnabled()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('currency = "EUR"', 'currency = "EUR"\ncolour = "red"', ("SEASON.toml", "colour")),
        ('adult = "58.00"', 'adult = "cheap"', ("SEASON.toml", "adult", "cheap")),
        ("[venue]", "[venue", ("SEASON.toml", "line")),
        ('[[till]]\nid = "T1"\nname = "Window 1"', "", ("SEASON.toml", "till")),
    ],
)
def test_a_broken_season_is_named_with_its_key_and_the_reason(
    qtbot: QtBot, dialog: BeginPage, folder: Path, tmp_path: Path, old: str, new: str, told: tuple[str, ...]
) -> None:
    text = season(tills=1)
    assert old in text
    dialog.begin_alone(write_season(tmp_path, text.replace(old, new)))
    said = answer(qtbot, dialog)
    assert all(word in said for word in told), said
    assert not (folder / "till.toml").exists()
    assert not (folder / "office").exists()
    assert dialog.alone_button.isEnabled()


# ---- with the real window ----------------------------------------------------------------


@pytest.fixture(scope="module")
def display() -> Iterator[Display]:
    with Display() as display:
        yield display


def test_this_till_alone_chosen_by_keyboard_sells_with_an_office_of_its_own_that_ends_with_it(
    display: Display, folder: Path, tmp_path: Path
) -> None:
    chosen = write_season(tmp_path, season(tills=1))
    state = {"XDG_STATE_HOME": str(tmp_path / "state"), "HOUSEFULL_THEME": "light"}
    command = [sys.executable, "-m", "pos", "--data", str(folder)]
    program, picture = Program(command, display.environment(**state), tmp_path / "said.txt"), tmp_path / "now.png"
    try:
        wait_until(lambda: display.find("Housefull") is not None, START_S, "the question how to begin")
        # Keys that come before it can be read may be lost.
        question = display.find("Housefull")
        assert question is not None
        wait_until(
            lambda: share(display.picture(picture), LIGHT.ink, question.box) > 0, STEP_S, "the question, in words"
        )
        display.press("Return")  # the language is right
        wait_until(lambda: progress.read(folder)[0] == "begin", STEP_S, "the question how to begin")
        display.press("Tab", "Tab", "Tab", "space")
        wait_until(lambda: display.find("Season") is not None, STEP_S, "the choice of a file")
        _answer(display, str(chosen))
        wait_until(lambda: progress.read(folder)[0] == "printers", START_S, "the question which printers there are")
        display.press("Escape")  # later
        wait_until(lambda: counter(display) is not None, START_S, "the counter's window")
        window = counter(display)
        assert window is not None
        online = (700, 4, window.box[2], 52)  # the right half of its top bar
        wait_until(
            lambda: share(display.picture(picture), LIGHT.good, online) > 0, STEP_S, "that the office is reached"
        )
        written = tomllib.loads((folder / "till.toml").read_text("utf-8"))
        assert written["office"]["embedded"] is True
        assert len(program.family()) >= 2, "the office is a process of its own"
        assert program.gone(lambda: display.close_window("Housefull")) == 0
        assert "Traceback" not in program.said
    finally:
        program.close()


def test_ctrl_c_ends_the_question_how_to_begin(display: Display, folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pos", "--data", str(folder)]
    program = Program(command, display.environment(), tmp_path / "said.txt")
    try:
        wait_until(lambda: display.find("Housefull") is not None, START_S, "the question how to begin")
        assert program.end(signal.SIGINT) in (0, 2, 130)
        assert "Traceback" not in program.said
        assert not (folder / "till.toml").exists()
    finally:
        program.close()


def _answer(display: Display, path: str) -> None:
    """Type a path into the choice of a file; again, if it came before the field could take it."""

    def gone() -> bool:
        if display.find("Season") is not None:
            display.press("ctrl+a")
            display.type(path)
            display.press("Return")
            time.sleep(STEP_S / 10)
        return display.find("Season") is None

    wait_until(gone, START_S, "the file to be chosen")


def counter(display: Display) -> Place | None:
    """The counter's window, which is larger than the question that has the same title."""
    place = display.find("Housefull")
    return place if place is not None and place.width >= 1366 else None
