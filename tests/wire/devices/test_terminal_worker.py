"""The payment terminal's worker against a terminal on a real socket or serial line.

The money that the toy really charged is held against what the till believes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest

from pos.devices.transport import read_address
from pos.devices.worker.absent import AbsentTerminal
from pos.devices.worker.outcome import DeviceState
from pos.devices.worker.terminal import TerminalWorker
from pos.devices.worker.terminal_line import Timing
from pos.devices.worker.zvt_terminal import zvt_maker
from pos.domain.card import CardOutcome, CardTotal, DayTotals, Shown
from pos.domain.errors import Unreadable
from pos.till.ports import Terminal
from tests.peers.toy_terminal import CARD, STEPS, Day, Play, ToyTerminal

# For a terminal that does not answer. Those that do have the real times, however busy the machine is.
HASTY = Timing(t3=0.4, t4=0.6, plain=0.6)
SERIAL = Timing(t2=1.0, t3=4.0, t4=4.0, plain=4.0)


class Counter:
    """One window's terminal."""

    def __init__(self, url: str, timing: Timing | None = None, *, prints: bool = True) -> None:
        self.heard: list[DeviceState] = []
        self.shown: list[Shown] = []
        address = read_address(url, "till.toml", "transport")
        make = zvt_maker(address, "123456", "till.toml", "transport", timing, prints=prints)
        self.worker = TerminalWorker(make, lambda name, state: self.heard.append(state))
        self.worker.subscribe(self.shown.append)
        self.port: Terminal = self.worker

    def wait_for(self, state: str, seconds: float = 5.0) -> None:
        end = time.monotonic() + seconds
        while self.worker.state()["state"] != state:
            assert time.monotonic() < end, self.heard
            time.sleep(0.005)

    def know_the_last(self, seconds: float = 5.0) -> dict[str, str]:
        end = time.monotonic() + seconds
        while not self.worker.last():
            assert time.monotonic() < end, "the last payment is not known"
            time.sleep(0.005)
        return self.worker.last()

    def pay(self, key: str = "S1", minor: int = 1000) -> CardOutcome:
        return self.worker.pay(key, minor, "EUR").result(15)

    def recover(self, before: dict[str, str], key: str = "S1", minor: int = 1000) -> CardOutcome:
        """Ask, and again while the terminal does not tell, as a person would."""
        end = time.monotonic() + 10
        while True:
            outcome = self.worker.recover(key, minor, "EUR", before).result(15)
            if outcome.state != "unknown":
                return outcome
            assert time.monotonic() < end, outcome
            time.sleep(0.05)

    def recover_once(self, before: dict[str, str], key: str = "S1", minor: int = 1000) -> CardOutcome:
        return self.worker.recover(key, minor, "EUR", before).result(15)


def printed(outcome: CardOutcome) -> list[str]:
    """The lines of all its slips."""
    return [line.text for slip in outcome.slips for line in slip.lines]


@pytest.fixture
def toy() -> Iterator[ToyTerminal]:
    with ToyTerminal() as toy:
        toy.bank.book(700, 0)  # yesterday's last payment
        yield toy


@pytest.fixture
def counters() -> Iterator[Callable[..., Counter]]:
    made: list[Counter] = []

    def make(url: str, timing: Timing | None = None, *, prints: bool = True) -> Counter:
        made.append(Counter(url, timing, prints=prints))
        return made[-1]

    yield make
    for counter in made:
        counter.worker.close()


@pytest.fixture
def counter(toy: ToyTerminal, counters: Callable[..., Counter]) -> Counter:
    counter = counters(toy.url)
    counter.wait_for("ready")
    counter.know_the_last()
    return counter


@pytest.fixture
def hasty(toy: ToyTerminal, counters: Callable[..., Counter]) -> Counter:
    counter = counters(toy.url, HASTY)
    counter.know_the_last()
    return counter


# What goes well, and what is declined


def test_a_payment(toy: ToyTerminal, counter: Counter) -> None:
    outcome = counter.pay()
    assert outcome.state == "approved"
    assert toy.charged == [1000]
    assert counter.shown == [Shown("insert_card", "Insert card")]
    assert printed(outcome) == ["TOY TERMINAL", "PAN ************4111", ""]
    assert outcome.receipt["trace"] == "000102"
    assert outcome.receipt["terminal"] == "52500295"
    assert outcome.receipt["card"] == "************4111"
    assert outcome.receipt["approval"] == "978539"
    assert all(isinstance(value, str) for value in outcome.receipt.values())
    assert counter.worker.last() == {name: outcome.receipt[name] for name in ("trace", "terminal", "at")}


def test_a_card_number_is_in_no_outcome_and_no_log(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        outcome = counter.pay()
    assert CARD not in repr(outcome) + caplog.text
    assert "PAN ************4111" in printed(outcome)


def test_the_terminal_declines(toy: ToyTerminal, counter: Counter) -> None:
    toy.next = Play(declined=0x6C)
    outcome = counter.pay()
    assert (outcome.state, outcome.text) == ("declined", "abort via timeout or abort-key")
    assert toy.charged == []
    assert counter.worker.last(), "a payment that follows at once can be told from this one"
    assert counter.pay("S2").state == "approved"


@pytest.mark.parametrize(("code", "text"), [(0x9C, "please wait"), (0xA0, "receiver not ready")])
def test_refused_before_anything_began(toy: ToyTerminal, counter: Counter, code: int, text: str) -> None:
    toy.next = Play(refused=code)
    assert counter.pay() == CardOutcome("declined", text)
    assert toy.charged == []


def test_every_byte_on_its_own(toy: ToyTerminal, counter: Counter) -> None:
    toy.next = Play(bytewise=True)
    assert counter.pay().state == "approved"


def test_a_result_of_nothing_but_good(toy: ToyTerminal, counter: Counter) -> None:
    toy.next = Play(bare=True)
    outcome = counter.pay()
    assert (outcome.state, outcome.receipt) == ("approved", {})
    # What the result did not tell is asked for, so that the next payment can be compared.
    assert counter.know_the_last()["trace"] == "000102"


def test_the_currency_is_that_of_the_order(toy: ToyTerminal, counter: Counter) -> None:
    assert counter.worker.pay("S1", 1000, "CHF").result(15).state == "approved"
    registered = [each for each in toy.bank.commands if each[:2] == b"\x06\x00"]
    assert registered[-1][7:9] == b"\x07\x56"
    outcome = counter.worker.pay("S2", 1000, "XXX").result(15)
    assert outcome == CardOutcome("declined", "XXX has no number here for a payment terminal")


def test_nobody_at_the_address(counters: Callable[..., Counter]) -> None:
    counter = counters("tcp://127.0.0.1:9")
    counter.wait_for("offline")
    outcome = counter.pay()
    assert outcome.state == "declined"
    assert "refused" in outcome.text
    # Nothing was sent, so nothing is in doubt.
    assert counter.pay("S2").state == "declined"


def test_a_terminal_that_was_off_and_on_again_is_simply_reached_anew(toy: ToyTerminal, counter: Counter) -> None:
    toy.hang_up()
    assert counter.pay().state == "approved"
    assert toy.charged == [1000]


def test_a_serial_adapter_that_is_not_there_is_absent(counters: Callable[..., Counter]) -> None:
    counter = counters("serial:///dev/ttyNOTHERE")
    counter.wait_for("absent")
    assert counter.pay().state == "declined"


@pytest.mark.parametrize("url", ["file:///dev/usb/lp0", "pdf:///tmp/x"])
def test_a_terminal_cannot_be_a_file(url: str) -> None:
    with pytest.raises(Unreadable, match="cannot be reached by"):
        zvt_maker(read_address(url, "till.toml", "k"), "123456", "till.toml", "k")


def test_a_state_of_the_terminal_is_told(toy: ToyTerminal, counters: Callable[..., Counter]) -> None:
    toy.status = 0xC2
    counter = counters(toy.url)
    counter.wait_for("error")
    assert counter.worker.state()["text"] == "diagnosis required"


def test_no_terminal_at_all() -> None:
    absent: Terminal = AbsentTerminal()
    assert not absent.present()
    assert absent.pay("S1", 1000, "EUR").result(0).state == "declined"
    assert absent.refund("R1", 1000, "EUR").result(0).state == "declined"
    assert absent.reverse({"receipt": "1"}, 1000, "EUR").result(0).state == "declined"
    assert absent.recover("S1", 1000, "EUR", {}).result(0).state == "unknown"
    for asked in (absent.end_of_day("EUR"), absent.repeat(), absent.enquire()):
        assert asked.result(0).state == "declined"
    assert absent.last() == {}
    assert absent.state() == {"state": "absent", "text": "there is no payment terminal"}


# Stopping


def test_an_abort_is_taken(toy: ToyTerminal, counter: Counter) -> None:
    toy.next = Play(slow_s=5.0, at=lambda step: counter.worker.abort() if step == "shown" else None)
    assert counter.pay().state == "declined"
    assert (toy.bank.aborts, toy.charged) == (1, [])
    assert counter.pay("S2").state == "approved"


def test_an_abort_is_ignored_and_the_card_charged(toy: ToyTerminal, counter: Counter) -> None:
    def once(step: str) -> None:
        if step == "shown" and not toy.bank.aborts:  # on a busy machine it shows something more than once meanwhile
            counter.worker.abort()

    toy.next = Play(slow_s=1.5, ignores_abort=True, at=once)
    assert counter.pay().state == "approved"
    assert (toy.bank.aborts, toy.charged) == (1, [1000])
    assert counter.shown[-1] == Shown("abort_ignored", "")
    assert counter.pay("S2").state == "approved", "an abort is for one order"


def test_an_abort_without_a_payment_is_forgotten(toy: ToyTerminal, counter: Counter) -> None:
    counter.worker.abort()
    assert counter.pay().state == "approved"
    counter.worker.abort()
    assert counter.pay("S2").state == "approved"
    assert toy.bank.aborts == 0


def test_an_abort_after_a_good_result_is_looked_into(toy: ToyTerminal, counter: Counter) -> None:
    before = counter.worker.last()
    toy.next = Play(abort_after_result=True)
    assert counter.pay().state == "unknown"
    assert counter.recover(before).state == "declined"
    assert toy.charged == []


# Never twice, never lost


def test_what_the_terminal_says_unasked_is_no_answer_to_the_next_order(toy: ToyTerminal, counter: Counter) -> None:
    toy.say(bytes.fromhex("040f022700" + "060f00"))
    toy.next = Play(declined=0x78)
    assert counter.pay().state == "declined"


def test_what_was_last_is_not_known_while_a_payment_is_in_doubt(toy: ToyTerminal, counter: Counter) -> None:
    """Else the next payment would be compared with one that is not the last one before it."""
    toy.repeats = False
    toy.next = Play(drop_at="charged")
    before = counter.worker.last()
    assert counter.pay("S1").state == "unknown"
    assert counter.worker.last() == {}
    toy.repeats = True
    counter.wait_for("ready")
    assert counter.recover(before, "S1").state == "approved"
    assert counter.worker.last()["trace"] == "000102"


def test_the_last_payment_is_not_learned_from_a_terminal_at_work(
    toy: ToyTerminal, counters: Callable[..., Counter]
) -> None:
    toy.status = 0x9C
    counter = counters(toy.url)
    counter.wait_for("ready")
    assert counter.worker.last() == {}
    assert not any(each[:2] == b"\x06\x20" for each in toy.bank.commands)


def test_the_same_key_never_charges_twice(toy: ToyTerminal, counter: Counter) -> None:
    first = counter.worker.pay("S1", 1000, "EUR")
    second = counter.worker.pay("S1", 1000, "EUR")
    assert first.result(15) is second.result(15)
    assert counter.pay("S1") is first.result(0)
    assert toy.charged == [1000]


def test_one_payment_at_a_time(toy: ToyTerminal, counter: Counter) -> None:
    toy.next = Play(slow_s=0.3)
    first = counter.worker.pay("S1", 1000, "EUR")
    assert counter.pay("S2") == CardOutcome("declined", "the terminal is busy with another payment")
    assert first.result(15).state == "approved"
    assert toy.charged == [1000]


def test_nothing_is_charged_while_an_outcome_is_unknown(toy: ToyTerminal, counter: Counter) -> None:
    before = counter.worker.last()
    toy.next = Play(drop_at="charged")
    assert counter.pay("S1").state == "unknown"
    asked = len([each for each in toy.bank.commands if each[:2] == b"\x06\x01"])
    assert counter.pay("S2").state == "declined"
    assert counter.worker.refund("R1", 100, "EUR").result(15).state == "declined"
    assert counter.pay("S1").state == "unknown"
    assert len([each for each in toy.bank.commands if each[:2] == b"\x06\x01"]) == asked
    assert counter.recover(before).state == "approved"
    assert counter.pay("S1").state == "approved"
    assert counter.pay("S2", 500).state == "approved"
    assert toy.charged == [1000, 500]


def test_a_person_settles_what_the_terminal_cannot_tell(toy: ToyTerminal, counter: Counter) -> None:
    toy.repeats = False
    toy.next = Play(drop_at="charged")
    before = counter.worker.last()
    assert counter.pay("S1").state == "unknown"
    assert counter.recover_once(before).state == "unknown"
    assert counter.pay("S2").state == "declined"
    counter.worker.settled("S1")
    assert counter.pay("S2", 500).state == "approved"
    assert counter.pay("S1").state == "unknown"  # it is not charged again all the same
    assert toy.charged == [1000, 500]


def test_after_a_restart_a_payment_to_be_recovered_blocks_others_until_it_is(
    toy: ToyTerminal, counter: Counter, counters: Callable[..., Counter]
) -> None:
    before = counter.worker.last()
    toy.next = Play(drop_at="charged", repeats_minor=900)
    assert counter.pay("S1").state == "unknown"
    counter.worker.close()
    again = counters(toy.url)
    again.wait_for("ready")
    assert again.recover_once(before).state == "unknown"
    assert again.pay("S2").state == "declined"
    again.worker.settled("S1")
    assert again.pay("S2", 500).state == "approved"


def test_a_payment_to_be_recovered_blocks_others_though_the_terminal_had_no_time_to_be_asked(
    toy: ToyTerminal, counter: Counter
) -> None:
    toy.next = Play(slow_s=0.3)
    other = counter.worker.pay("S2", 500, "EUR")
    outcome = counter.recover_once(counter.worker.last(), "S1")
    assert (outcome.state, outcome.text) == ("unknown", "the terminal is busy")
    assert other.result(15).state == "approved"
    assert counter.pay("S3").state == "declined"
    assert toy.charged == [500]


def test_a_terminal_that_repeats_another_amount_is_not_believed(toy: ToyTerminal, counter: Counter) -> None:
    before = counter.worker.last()
    toy.next = Play(drop_at="result", repeats_minor=900)
    assert counter.pay().state == "unknown"
    outcome = counter.recover_once(before)
    assert outcome.state == "unknown"
    assert outcome.text == "the terminal's last payment is of 9.00, and 10.00 was ordered"


def test_a_terminal_that_charges_another_amount_is_not_believed(toy: ToyTerminal, counter: Counter) -> None:
    toy.next = Play(says_minor=900)
    assert counter.pay().state == "unknown"


def test_an_earlier_payment_of_the_same_amount_is_not_taken_for_this_one(toy: ToyTerminal, counter: Counter) -> None:
    assert counter.pay("S1").state == "approved"
    before = counter.worker.last()
    toy.next = Play(drop_at="accepted")
    assert counter.pay("S2").state == "unknown"
    assert counter.recover(before, "S2").state == "declined"
    assert toy.charged == [1000]


def test_without_a_payment_to_compare_with_it_stays_unknown(counters: Callable[..., Counter]) -> None:
    with ToyTerminal() as toy:  # a new terminal has nothing to repeat
        counter = counters(toy.url)
        counter.wait_for("ready")
        assert counter.worker.last() == {}
        toy.next = Play(drop_at="charged")
        assert counter.pay().state == "unknown"
        assert counter.recover_once({}).state == "unknown"


def test_while_the_terminal_is_at_work_nothing_is_concluded(toy: ToyTerminal, counter: Counter) -> None:
    before = counter.worker.last()
    toy.next = Play(drop_at="accepted", goes_on=True, slow_s=1.0)
    assert counter.pay().state == "unknown"
    early = counter.recover_once(before)
    assert (early.state, early.text) == ("unknown", "please wait")
    assert counter.recover(before).state == "approved"
    assert toy.charged == [1000]


@pytest.mark.parametrize("status", [0x9C, 0xA0, 0xDC])
def test_a_terminal_that_says_it_is_at_work_is_asked_again_later(
    toy: ToyTerminal, counter: Counter, status: int
) -> None:
    before = counter.worker.last()
    toy.next = Play(drop_at="accepted")
    assert counter.pay().state == "unknown"
    toy.status = status
    outcome = counter.recover_once(before)
    assert outcome.state == "unknown"
    assert "still at work" in outcome.text
    toy.status = 0
    assert counter.recover(before).state == "declined"


# Broken at every step


def believed(outcome: CardOutcome) -> list[int]:
    """What a till that has asked knows to be charged; it fails a test when that is not known."""
    assert outcome.state in ("approved", "declined"), outcome
    return [1000] if outcome.state == "approved" else []


@pytest.mark.parametrize("goes_on", [False, True])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", ["drop", "stall"])
def test_the_connection_breaks_at_every_step(
    toy: ToyTerminal, counters: Callable[..., Counter], how: str, step: str, goes_on: bool
) -> None:
    counter = counters(toy.url, HASTY if how == "stall" else None)
    before = counter.know_the_last()
    toy.next = Play(drop_at=step, goes_on=goes_on) if how == "drop" else Play(stall_at=step, goes_on=goes_on)
    outcome = counter.pay()
    if outcome.state == "unknown":
        outcome = counter.recover(before)
    else:
        assert step == "completed", f"{outcome.state} after {step}, though only the completion tells"
    assert believed(outcome) == toy.charged


@pytest.mark.parametrize("step", ["charged", "result"])
def test_what_the_terminal_takes_back_is_not_believed_to_be_paid(toy: ToyTerminal, counter: Counter, step: str) -> None:
    before = counter.worker.last()
    toy.next = Play(drop_at=step, reverses=True)
    assert counter.pay().state == "unknown"
    toy.wait_for(lambda: not toy.charged)
    assert believed(counter.recover(before)) == toy.charged == []


@pytest.mark.parametrize("step", ["charged", "result"])
def test_an_answer_that_cannot_be_sent_does_not_mean_that_the_order_was_not(
    toy: ToyTerminal, counter: Counter, step: str
) -> None:
    before = counter.worker.last()
    toy.next = Play(drop_at=step, hard=True)
    # The terminal's next words are here and it is gone before the till has answered the first.
    counter.worker.subscribe(lambda text: toy.wait_for(lambda: not toy.bank.busy))
    assert counter.pay().state == "unknown"
    assert believed(counter.recover(before)) == toy.charged == [1000]


TILL = """
import json, sys, time
from pos.devices.transport import read_address
from pos.devices.worker.terminal import TerminalWorker
from pos.devices.worker.zvt_terminal import zvt_maker

address = read_address(sys.argv[1], "till.toml", "transport")
worker = TerminalWorker(zvt_maker(address, "123456", "till.toml", "transport"), lambda name, state: None)
while not worker.last():
    time.sleep(0.005)
print(json.dumps(worker.last()), flush=True)
worker.pay("S1", 1000, "EUR").result()
time.sleep(60)
"""


@pytest.mark.parametrize("goes_on", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_the_till_is_killed_at_every_step(
    toy: ToyTerminal, counters: Callable[..., Counter], step: str, goes_on: bool
) -> None:
    reached, killed = threading.Event(), threading.Event()

    def at(now: str) -> None:
        if now == step:
            reached.set()
            assert killed.wait(30)

    toy.next = Play(at=at, goes_on=goes_on, slow_s=0.05)
    till = subprocess.Popen([sys.executable, "-c", TILL, toy.url], stdout=subprocess.PIPE, text=True)
    assert till.stdout is not None
    with till.stdout:
        before = json.loads(till.stdout.readline())
        assert reached.wait(30)
        os.kill(till.pid, signal.SIGKILL)
        till.wait(10)
        killed.set()
    again = counters(toy.url)
    assert believed(again.recover(before)) == toy.charged


# Time


def late(seconds: float) -> Callable[[str], Any]:
    return lambda step: time.sleep(seconds) if step == "asked" else None


def test_no_reply_in_time_is_unknown_not_declined(toy: ToyTerminal, hasty: Counter) -> None:
    counter = hasty
    before = counter.worker.last()
    toy.next = Play(at=late(0.8), goes_on=True)
    outcome = counter.pay()
    assert (outcome.state, outcome.text) == ("unknown", "the terminal does not answer")
    assert believed(counter.recover(before)) == toy.charged


def test_what_the_terminal_shows_starts_its_time_anew(toy: ToyTerminal, counters: Callable[..., Counter]) -> None:
    counter = counters(toy.url, Timing(t4=2.0))
    counter.know_the_last()
    # To the first text, to the result and to the end: longer in all than T4.
    toy.next = Play(at=lambda step: time.sleep(0.8) if step in ("accepted", "shown", "printed") else None)
    assert counter.pay().state == "approved"


def test_a_late_answer_is_not_taken_for_one_to_the_next_order(toy: ToyTerminal, hasty: Counter) -> None:
    counter = hasty
    before = counter.worker.last()
    toy.next = Play(at=lambda step: time.sleep(0.9) if step == "shown" else None, goes_on=True)
    assert counter.pay("S1").state == "unknown"
    assert believed(counter.recover(before)) == toy.charged == [1000]
    toy.next = Play(declined=0x78)
    assert counter.pay("S2").state == "declined"


def test_late_words_over_an_old_connection_are_heard_by_nobody(toy: ToyTerminal, hasty: Counter) -> None:
    counter = hasty
    toy.next = Play(stall_at="accepted")
    assert counter.pay("S1").state == "unknown"
    counter.worker.settled("S1")
    toy.next = Play(declined=0x78)
    order = counter.worker.pay("S2", 1000, "EUR")
    while not order.done():
        toy.say(bytes.fromhex("800000 040f022700 060f00"))
        time.sleep(0.01)
    assert order.result(0).state == "declined"
    assert toy.charged == []


def test_close_takes_less_than_two_seconds_and_leaves_no_order_without_outcome(
    toy: ToyTerminal, counters: Callable[..., Counter]
) -> None:
    for play, state in ((None, None), (Play(slow_s=20.0), "unknown"), (Play(stall_at="accepted"), "unknown")):
        counter = counters(toy.url)
        counter.know_the_last()
        order: Future[CardOutcome] | None = None
        if play is not None:
            toy.next = play
            order = counter.worker.pay("S1", 1000, "EUR")
            toy.wait_for(lambda: toy.bank.busy)
        start = time.monotonic()
        counter.worker.close()
        assert time.monotonic() - start < 2.0
        assert not any(thread.name == "terminal" for thread in threading.enumerate())
        if order is not None:
            assert order.result(0).state == state
            toy.wait_for(lambda: not toy.bank.busy)
    assert toy.charged == []


# Back


def test_a_refund(toy: ToyTerminal, counter: Counter) -> None:
    outcome = counter.worker.refund("R1", 400, "EUR").result(15)
    assert outcome.state == "approved"
    assert counter.worker.refund("R1", 400, "EUR").result(15) is outcome
    assert toy.charged == [-400]


def test_a_refund_that_broke_off_is_recovered_like_a_payment(toy: ToyTerminal, counter: Counter) -> None:
    before = counter.worker.last()
    toy.next = Play(drop_at="charged")
    assert counter.worker.refund("R1", 400, "EUR").result(15).state == "unknown"
    assert counter.recover(before, "R1", 400).state == "approved"
    assert toy.charged == [-400]


def test_a_payment_is_reversed_once(toy: ToyTerminal, counter: Counter) -> None:
    receipt = counter.pay().receipt
    assert counter.worker.reverse(receipt, 1000, "EUR").result(15).state == "approved"
    again = counter.worker.reverse(receipt, 1000, "EUR").result(15)
    assert (again.state, again.text) == ("declined", "already reversed")
    assert toy.charged == []


def test_what_has_no_receipt_number_cannot_be_reversed(toy: ToyTerminal, counter: Counter) -> None:
    outcome = counter.worker.reverse({"trace": "1"}, 1000, "EUR").result(15)
    assert outcome.state == "declined"
    assert "no receipt number" in outcome.text


# Slips, and the end of the day


def test_the_merchants_slip_and_the_customers(toy: ToyTerminal, counter: Counter) -> None:
    toy.next = Play(blocks=True)
    slips = counter.pay().slips
    assert [slip.kind for slip in slips] == ["merchant", "customer"]
    assert [line.text for line in slips[1].lines] == ["CUSTOMER", "PAN ************4111"]


def test_what_was_printed_is_fetched_again_when_the_payment_is_recovered(toy: ToyTerminal, counter: Counter) -> None:
    before = counter.worker.last()
    toy.next = Play(drop_at="charged")
    assert counter.pay().slips == ()
    outcome = counter.recover(before)
    assert (outcome.state, printed(outcome)[0]) == ("approved", "TOY TERMINAL")
    toy.next = Play(drop_at="charged")
    toy.prints_again = False
    assert counter.pay("S2").state == "unknown"
    outcome = counter.recover(outcome.receipt, "S2")
    assert (outcome.state, outcome.slips) == ("approved", ())


def test_without_a_receipt_printer_the_terminal_prints_itself(
    toy: ToyTerminal, counters: Callable[..., Counter]
) -> None:
    counter = counters(toy.url, prints=False)
    counter.know_the_last()
    outcome = counter.pay()
    assert (outcome.state, outcome.slips, toy.bank.till_prints) == ("approved", (), False)


def test_the_last_slips_again(toy: ToyTerminal, counter: Counter) -> None:
    again = counter.worker.repeat().result(15)
    assert (again.state, printed(again)[0], again.receipt["trace"]) == ("approved", "TOY TERMINAL", "000101")
    toy.repeats = False
    refused = counter.worker.repeat().result(15)
    assert (refused.state, refused.text) == ("declined", "function not possible")
    assert toy.charged == []


def test_an_end_of_day(toy: ToyTerminal, counter: Counter) -> None:
    counter.pay("S1", 1000)
    counter.pay("S2", 500)
    outcome = counter.worker.end_of_day("EUR").result(15)
    assert outcome.state == "approved"
    assert outcome.totals == DayTotals(1500, (CardTotal("Visa", 2, 1500),), "0101", "0199")
    assert printed(outcome) == ["END OF DAY", "1500"]
    assert counter.shown[-1].what == "closing_day"
    assert toy.bank.handed_in == [1500]
    assert counter.pay("S3").state == "approved"


def test_an_end_of_day_that_names_no_sum_has_none(toy: ToyTerminal, counter: Counter) -> None:
    toy.day = Day(bare=True)
    outcome = counter.worker.end_of_day("EUR").result(15)
    assert (outcome.state, outcome.totals) == ("approved", None)


@pytest.mark.parametrize(("aborts", "text"), [(b"\x77", "end-of-day batch not possible"), (b"\x05", "network (05)")])
def test_an_end_of_day_that_the_terminal_breaks_off(
    toy: ToyTerminal, counter: Counter, aborts: bytes, text: str
) -> None:
    toy.day = Day(aborts=aborts)
    outcome = counter.worker.end_of_day("EUR").result(15)
    assert outcome.state == "declined"
    assert text in outcome.text


@pytest.mark.parametrize("day", [Day(drop_at="asked"), Day(drop_at="handed in"), Day(stalls=True)])
def test_an_end_of_day_without_an_end_is_unknown_and_another_may_be_asked_for(
    toy: ToyTerminal, hasty: Counter, day: Day
) -> None:
    toy.day = day
    assert hasty.worker.end_of_day("EUR").result(15).state == "unknown"
    assert hasty.worker.end_of_day("EUR").result(15).state == "approved"


def test_an_end_of_day_with_a_bad_result_is_none(toy: ToyTerminal, counter: Counter) -> None:
    toy.day = Day(bare=True, result=0x77)
    outcome = counter.worker.end_of_day("EUR").result(15)
    assert (outcome.state, outcome.text) == ("declined", "end-of-day batch not possible")


def test_an_end_of_day_may_take_long(toy: ToyTerminal, counters: Callable[..., Counter]) -> None:
    counter = counters(toy.url, Timing(plain=0.5))
    counter.know_the_last()
    toy.day = Day(takes_s=1.0)
    assert counter.worker.end_of_day("EUR").result(15).state == "approved"


def test_after_an_end_of_day_the_last_payment_is_asked_for_again(toy: ToyTerminal, counter: Counter) -> None:
    counter.pay("S1")
    toy.repeats = False  # it has nothing any more that it could repeat
    assert counter.worker.end_of_day("EUR").result(15).state == "approved"
    assert counter.worker.last() == {}


def test_no_end_of_day_while_a_payment_is_in_doubt_but_it_may_be_asked_how_it_is(
    toy: ToyTerminal, counter: Counter
) -> None:
    toy.next = Play(drop_at="charged")
    assert counter.pay().state == "unknown"
    assert counter.worker.end_of_day("EUR").result(15).state == "declined"
    assert counter.worker.enquire().result(15).state == "approved"
    assert counter.worker.repeat().result(15).state == "approved"
    assert toy.bank.handed_in == []


def test_how_it_is_is_asked_now(toy: ToyTerminal, counter: Counter) -> None:
    toy.status = 0xC2
    assert counter.worker.enquire().result(15).text == "diagnosis required"
    assert counter.worker.state()["state"] == "error"


# A serial line


def test_an_end_of_day_and_a_repeated_slip_over_a_serial_line(serial: ToyTerminal, serial_counter: Counter) -> None:
    # 1010.10 is three bytes 10, each of them twice on the line.
    assert serial_counter.pay("S1", 101010).state == "approved"
    serial.line.damaged = 1
    outcome = serial_counter.worker.end_of_day("EUR").result(15)
    assert outcome.totals is not None
    assert (outcome.state, outcome.totals.minor, serial.line.asked_again) == ("approved", 101010, 1)
    assert printed(serial_counter.worker.repeat().result(15))[0] == "TOY TERMINAL"


@pytest.fixture
def serial() -> Iterator[ToyTerminal]:
    with ToyTerminal(serial=True) as toy:
        toy.bank.book(700, 0)
        yield toy


@pytest.fixture
def serial_counter(serial: ToyTerminal, counters: Callable[..., Counter]) -> Counter:
    counter = counters(serial.url, SERIAL)
    counter.wait_for("ready")
    counter.know_the_last()
    return counter


def test_a_payment_over_a_serial_line(serial: ToyTerminal, serial_counter: Counter) -> None:
    outcome = serial_counter.pay()
    assert outcome.state == "approved"
    assert printed(outcome)[0] == "TOY TERMINAL"
    assert serial.charged == [1000]


def test_an_order_whose_acknowledgement_is_lost_is_sent_again_and_charged_once(
    serial: ToyTerminal, serial_counter: Counter
) -> None:
    serial.line.lost = b"\x06\x01"
    serial.next = Play(at=late(1.5))  # longer than T2
    assert serial_counter.pay().state == "approved"
    assert serial.line.repeated == 1
    assert serial.charged == [1000]


def test_an_order_that_is_answered_is_not_sent_again_though_its_acknowledgement_is_lost(
    serial: ToyTerminal, serial_counter: Counter
) -> None:
    serial.line.lost = b"\x06\x01"
    assert serial_counter.pay().state == "approved"
    assert [each[:2] for each in serial.bank.commands].count(b"\x06\x01") == 1
    assert (serial.line.repeated, serial.charged) == (0, [1000])


def test_a_block_that_the_terminal_refuses_is_sent_again(serial: ToyTerminal, serial_counter: Counter) -> None:
    serial.line.refused = 5  # the registration three times, and twice over a new connection
    assert serial_counter.pay().state == "approved"
    assert serial.charged == [1000]


def test_more_than_two_repetitions_are_not_made(serial: ToyTerminal, serial_counter: Counter) -> None:
    serial.line.refused = 6  # the registration three times, and three times over a new connection
    assert serial_counter.pay().state == "declined"
    assert serial.charged == []
    assert serial_counter.pay("S2").state == "approved"


@pytest.mark.parametrize("fault", ["damaged", "broken_off"])
def test_a_block_that_comes_broken_is_asked_for_again(serial: ToyTerminal, serial_counter: Counter, fault: str) -> None:
    setattr(serial.line, fault, 2)
    assert serial_counter.pay().state == "approved"
    assert serial.line.asked_again == 2
    assert serial.charged == [1000]


def test_a_line_that_is_printed_twice_is_two_lines_and_a_repeated_block_one(
    serial: ToyTerminal, serial_counter: Counter
) -> None:
    serial.line.unheard = b"\x06\xd1"  # the terminal misses our acknowledgement, and sends its block again
    outcome = serial_counter.pay()
    assert outcome.state == "approved"
    assert printed(outcome) == ["TOY TERMINAL", "PAN ************4111", ""]


def test_silence_on_a_serial_line_is_unknown(serial: ToyTerminal, counters: Callable[..., Counter]) -> None:
    counter = counters(serial.url, replace(SERIAL, t4=0.5))
    before = counter.know_the_last()
    serial.next = Play(stall_at="charged")
    assert counter.pay().state == "unknown"
    assert believed(counter.recover(before)) == serial.charged == [1000]
