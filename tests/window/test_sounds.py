"""What is heard: each event asks for its own tone, nothing waits for it, and a machine without sound is no error."""

from __future__ import annotations

import io
import sys
import threading
import time
import wave
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

import pos.ui.tones
from pos.till.ports import LinkState
from pos.ui.sounds import Sounds
from pos.ui.tones import TONES, Loudspeaker, find_player, tone
from tests.window.counter import Counter, Key


@pytest.fixture
def heard(counter: Counter) -> list[str]:
    """The tones that are asked for from here on."""
    names: list[str] = []
    counter.window.sounds.asked.connect(names.append)
    return names


def forget(counter: Counter, heard: list[str]) -> None:
    counter.qtbot.wait(260)  # what comes sooner counts as the same
    heard.clear()


def test_a_sale_is_heard_as_accepted_and_a_refusal_as_refused(counter: Counter, heard: list[str]) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    assert heard == []  # picking seats is silent
    counter.press(Key.Key_1, Key.Key_Return)  # 1 is too little: nothing was asked of the till, the panel says it
    counter.press(Key.Key_Escape)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    assert heard == ["accepted"]
    forget(counter, heard)
    counter.window.bridge.call("pay", None, lambda _: None, tenders=[])  # refused, and handled where it is shown
    counter.until(lambda: heard == ["refused"])


def test_scans_are_heard_as_known_or_unknown(counter: Counter, heard: list[str]) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    sale = counter.sell.payment.sale
    assert sale is not None
    forget(counter, heard)
    counter.window.scans.typed(sale.id)
    counter.until(lambda: heard == ["accepted"])
    forget(counter, heard)
    counter.window.scans.typed("NOSUCHCODE")
    counter.until(lambda: heard == ["refused"])


def test_the_line_is_heard_when_it_is_lost_and_when_it_is_back(counter: Counter, heard: list[str]) -> None:
    counter.house.cut("no_network")
    counter.until(lambda: heard == ["line_lost"])
    counter.house.cut("no_office")  # another cause is no other loss
    counter.until(lambda: counter.window.session.link.cause == "no_office")
    counter.house.mend()
    counter.until(lambda: heard == ["line_lost", "line_back"])
    counter.house.office.state = LinkState("offline", "not_asked", "", "2026-11-26T19:42:00+01:00")
    counter.window.session.refresh_status()
    counter.until(lambda: counter.window.session.link.cause == "not_asked")
    assert heard == ["line_lost", "line_back"]


def test_what_is_heard_is_on_the_screen_too(counter: Counter, heard: list[str]) -> None:
    counter.house.cut("no_network")
    counter.until(lambda: "line_lost" in heard)
    assert "No network" in counter.window.banner.accessibleName()
    forget(counter, heard)
    counter.click(counter.free()[0])
    counter.until(lambda: "refused" in heard)
    counter.until(lambda: bool(counter.toast))


def test_switched_off_nothing_is_played_and_on_each_once(counter: Counter) -> None:
    played: list[bytes] = []
    quiet = Sounds(counter.window.session, counter.window, enabled=False, player=played.append)
    quiet.play("refused")
    loud = Sounds(counter.window.session, counter.window, enabled=True, player=played.append)
    loud.play("refused")
    loud.play("refused")
    counter.until(lambda: played == [tone("refused")])
    loud.close()


def test_nothing_waits_for_a_player_that_hangs_and_only_the_newest_is_played(counter: Counter) -> None:
    going, begun, played = threading.Event(), threading.Event(), []

    def slow(wav: bytes) -> None:
        played.append(wav)
        begun.set()
        going.wait(5)

    loud = Loudspeaker(slow, lambda: None)
    began = time.monotonic()
    loud.play("accepted")
    assert begun.wait(5)
    for name in ("refused", "line_lost", "line_back"):
        loud.play(name)
    assert time.monotonic() - began < 1
    going.set()
    counter.until(lambda: len(played) == 2)
    assert played == [tone("accepted"), tone("line_back")]
    loud.close()


@pytest.mark.parametrize(
    "trouble", [OSError("no device"), RuntimeError("busy"), pos.ui.tones.subprocess.TimeoutExpired("aplay", 3)]
)
def test_a_player_that_fails_leaves_the_bell(trouble: Exception) -> None:
    rung = threading.Semaphore(0)

    def fails(_: bytes) -> None:
        raise trouble

    loud = Loudspeaker(fails, rung.release)
    for _ in range(2):
        loud.play("accepted")
        assert rung.acquire(timeout=5)
    loud.close()


def test_without_any_player_the_bell_rings(monkeypatch: pytest.MonkeyPatch, counter: Counter) -> None:
    monkeypatch.setattr(pos.ui.tones.shutil, "which", lambda _: None)
    monkeypatch.setattr(sys, "platform", "linux")
    assert find_player() is None
    rung: list[str] = []
    monkeypatch.setattr(QApplication, "beep", lambda: rung.append("bell"))
    sounds = Sounds(counter.window.session, counter.window, enabled=True)
    sounds.enabled = True  # as on a real screen
    sounds.play("accepted")
    counter.until(lambda: rung == ["bell"])


def test_the_best_player_that_is_there_gets_the_tone_on_its_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(pos.ui.tones.shutil, "which", lambda name: f"/usr/bin/{name}" if name != "pw-play" else None)
    ran: list[tuple[list[str], bytes]] = []

    def run(command: list[str], *, input: bytes, **_: Any) -> None:
        ran.append((command, input))

    monkeypatch.setattr(pos.ui.tones.subprocess, "run", run)
    player = find_player()
    assert player is not None
    player(b"wav")
    assert ran == [(["/usr/bin/paplay"], b"wav")]


def test_the_tones_are_short_and_no_two_are_alike() -> None:
    lengths = []
    for name in TONES:
        with wave.open(io.BytesIO(tone(name))) as file:
            lengths.append(file.getnframes() / file.getframerate())
            assert max(abs(level) for level in memoryview(file.readframes(file.getnframes())).cast("h")) < 16_000
    assert max(lengths) < 0.5
    melodies = [[hertz for hertz, _ in notes if hertz] for notes in TONES.values()]
    assert len({tuple(melody) for melody in melodies}) == len(melodies)
    assert len({(len(m), m[0] < m[-1], m[0] > 500) for m in melodies}) == len(melodies)
