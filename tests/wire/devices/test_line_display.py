"""The line display: what is to be read on it, and that nobody waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.devices.escpos.linedisplay import COLUMNS, encode, rows
from pos.devices.transport import read_address
from pos.devices.worker.display import LineDisplay, check_display_address
from pos.devices.worker.outcome import DeviceState
from pos.domain.errors import Unreadable
from pos.domain.money import Money
from pos.domain.scene import Scene, ShownLine, Sum
from tests.peers.toy_display import Glass, ToyDisplay

Make = Callable[[str], LineDisplay]


def euro(text: str) -> Money:
    return Money.parse(text, "EUR")


IDLE = Scene("idle", "en", "Opera House")
TOTAL = Sum("Total", euro("59.00"))
BASKET = Scene("basket", "en", "Opera House", (ShownLine("Stalls L 14", "Tosca", euro("58.00")),), due=TOTAL)
GIVEN, CHANGE = Sum("Given", euro("60.00")), Sum("Change", euro("1.00"))
PAID = Scene("paid", "en", "Thank you", due=TOTAL, given=GIVEN, change=CHANGE)


@pytest.mark.parametrize(
    ("scene", "upper", "lower"),
    [
        (IDLE, "    Opera House     ", "                    "),
        (BASKET, "Stalls L 14    58.00", "Total          59.00"),
        (PAID, "Total          59.00", "Change          1.00"),
        (replace(PAID, given=None, change=None), "Total          59.00", "     Thank you      "),
        (replace(BASKET, note="請插卡", language="zh_TW"), "Stalls L 14    58.00", "Total          59.00"),
        (replace(BASKET, note="Insert card"), "    Insert card     ", "Total          59.00"),
        (
            replace(BASKET, lines=(ShownLine("Balkon Links Reihe 12 Platz 4", "", euro("1158.00")),)),
            "Balkon Links 1158.00",
            "Total          59.00",
        ),
    ],
)
def test_a_scene_fits_two_rows(scene: Scene, upper: str, lower: str) -> None:
    assert rows(scene) == (upper, lower)
    assert shown(scene) == (upper, lower)


def shown(scene: Scene) -> tuple[str, str]:
    """What a display makes of it, whatever it showed before."""
    glass = Glass()
    glass.feed(encode(PAID))
    glass.feed(encode(scene))
    return glass.rows


@pytest.mark.parametrize(
    ("language", "word", "said"),
    [
        ("hu", "Összesen", "Összesen"),
        ("uk", "Решта", "Решта"),
        ("uk", "Отримано від ґ", "Отримано вiд г"),
        ("vi", "Tổng cộng", "Tong cong"),
        ("vi", "Khách đưa", "Khách dua"),
        ("zh_TW", "找零", "Change"),
    ],
)
def test_words_are_written_as_far_as_a_display_has_letters_and_never_as_question_marks(
    language: str, word: str, said: str
) -> None:
    scene = replace(PAID, language=language, change=Sum(word, euro("1.00")))
    assert shown(scene)[1].removesuffix("1.00").strip() == said


@given(st.text(max_size=60), st.text(max_size=60), st.integers(-(10**18), 10**18), st.sampled_from(["en", "hu", "uk"]))
def test_whatever_it_is_called_it_fits_and_the_amount_is_whole(
    place: str, word: str, minor: int, language: str
) -> None:
    amount = Money(minor, "EUR")
    scene = Scene("basket", language, place, (ShownLine(place, "", amount),), due=Sum(word, amount))
    for row in shown(scene):
        assert len(row) == COLUMNS
        assert row.endswith(str(amount)[:COLUMNS])


# ---- the worker ----------------------------------------------------------------------------


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[LineDisplay] = []

    def make(url: str) -> LineDisplay:
        made.append(LineDisplay(read_address(url, "till.toml", "customer_display.transport"), lambda name, state: None))
        return made[-1]

    yield make
    for display in made:
        display.close()


def wait_for(display: LineDisplay, state: str, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while display.state.state != state:
        assert time.monotonic() < end, display.state
        time.sleep(0.005)


@pytest.mark.parametrize("serial", [False, True])
def test_scenes_are_shown_and_a_display_is_never_called_ready(make: Make, serial: bool) -> None:
    with ToyDisplay(serial=serial) as toy:
        display = make(toy.url)
        display.show(BASKET)
        toy.until(lambda seen: seen == rows(BASKET))
        display.show(PAID)
        toy.until(lambda seen: seen == rows(PAID))
        assert display.state == DeviceState("unknown", "connected; such a display tells nothing of itself")


def test_a_scene_is_sent_once(make: Make) -> None:
    with ToyDisplay() as toy:
        make(toy.url).show(BASKET)
        toy.until(lambda seen: seen == rows(BASKET))
        taken = toy.glass.taken
        time.sleep(0.3)
        assert toy.glass.taken == taken


def test_one_that_comes_back_shows_the_newest_scene_again(make: Make) -> None:
    with ToyDisplay() as toy:
        display = make(toy.url)
        display.show(BASKET)
        toy.until(lambda seen: seen == rows(BASKET))
        toy.glass.clear()
        toy.drop()
        wait_for(display, "offline")
        toy.until(lambda seen: seen == rows(BASKET))


@pytest.mark.parametrize("serial", [False, True])
def test_one_that_hangs_delays_nobody_and_shows_the_newest_when_it_comes_to(make: Make, serial: bool) -> None:
    with ToyDisplay(serial=serial) as toy:
        display = make(toy.url)
        display.show(IDLE)
        toy.until(lambda seen: seen == rows(IDLE))
        toy.hangs = True
        slowest = 0.0
        for number in range(2000):
            scene = replace(BASKET, due=Sum("Total", euro(f"{number}.00")))
            began = time.monotonic()
            display.show(scene)
            slowest = max(slowest, time.monotonic() - began)
            if not number % 100:
                time.sleep(0.01)
        assert slowest < 0.1
        toy.hangs = False
        toy.until(lambda seen: "1999.00" in seen[1], seconds=15)


def test_one_whose_buffer_is_full_is_said_to_take_nothing(make: Make) -> None:
    with ToyDisplay(serial=True) as toy:
        display = make(toy.url)
        toy.hangs = True
        end = time.monotonic() + 20
        while display.state.state != "offline":
            assert time.monotonic() < end
            display.show(BASKET)
            time.sleep(0.001)
        assert display.state.text == "the display takes no more data"


def test_one_that_hangs_does_not_hold_up_the_end(make: Make) -> None:
    with ToyDisplay(serial=True) as toy:
        display = make(toy.url)
        toy.hangs = True
        for _ in range(400):
            display.show(BASKET)
            time.sleep(0.001)
        began = time.monotonic()
        display.close()
        assert time.monotonic() - began < 1.5


def test_one_that_is_not_there_says_so(make: Make) -> None:
    display = make("serial:///dev/ttyNOSUCH9")
    wait_for(display, "absent")
    display.show(BASKET)


def test_a_display_cannot_be_a_folder() -> None:
    with pytest.raises(Unreadable, match=r"a line display cannot be reached by pdf://"):
        check_display_address(read_address("pdf:///tmp/x", "t", "k"), "till.toml", "customer_display.transport")
