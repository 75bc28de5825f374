"""The guards around a card payment bite: each is taken out in turn, and a test that rests on it must then fail.

(How: tests/mutate.py.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import pos.devices.worker.terminal as terminal
import pos.devices.worker.terminal_line as terminal_line
import pos.devices.worker.zvt_terminal as zvt_terminal
import pos.devices.zvt.dialogue as dialogue
import pos.devices.zvt.mask as packed
import pos.devices.zvt.outcome as outcome
import pos.devices.zvt.slips as slips
import pos.domain.mask as mask
from tests.mutate import mutate
from tests.peers.toy_terminal import Day, ToyTerminal
from tests.wire.devices import test_terminal_worker as worker
from tests.wire.devices import test_zvt_dialogue as talk
from tests.wire.devices import test_zvt_messages as words
from tests.wire.devices.test_terminal_worker import HASTY, SERIAL, Counter, counters, toy

__all__ = ["counters", "toy"]  # fixtures

Make = Callable[..., Counter]
Patch = Callable[[pytest.MonkeyPatch], None]
Scenario = Callable[[ToyTerminal, Make], None]


def change(owner: object, name: str, old: str, new: str) -> Patch:
    return lambda patch: mutate(patch, owner, name, old, new)


def table(state: str, event: str, after: str) -> Patch:
    return lambda patch: patch.setitem(dialogue._MONEY, (state, event), after)  # type: ignore[arg-type]


def window(test: Callable[..., None], *more: Any, hasty: bool = False) -> Scenario:
    """A test of one window that has been at its terminal for a while."""

    def scenario(toy: ToyTerminal, make: Make) -> None:
        counter = make(toy.url, HASTY if hasty else None)
        counter.know_the_last()
        test(toy, counter, *more)

    return scenario


def serial(test: Callable[..., None], *more: Any) -> Scenario:
    """The same over a serial line."""

    def scenario(toy: ToyTerminal, make: Make) -> None:
        with ToyTerminal(serial=True) as line:
            line.bank.book(700, 0)
            counter = make(line.url, SERIAL)
            counter.know_the_last()
            test(line, counter, *more)

    return scenario


def ends(*said: str, state: str) -> Scenario:
    return lambda toy, make: talk.test_how_a_payment_ends(said, state)


def tells(state: str, **more: Any) -> Scenario:
    return lambda toy, make: talk.test_what_the_last_transaction_tells(more, state)


def breaks(how: str, step: str) -> Scenario:
    return lambda toy, make: worker.test_the_connection_breaks_at_every_step(toy, make, how, step, False)


def after_a_restart(toy: ToyTerminal, make: Make) -> None:
    counter = make(toy.url)
    counter.know_the_last()
    worker.test_after_a_restart_a_payment_to_be_recovered_blocks_others_until_it_is(toy, counter, make)


WORKER, DEVICE, LINE = terminal.TerminalWorker, zvt_terminal.ZvtTerminal, terminal_line.SerialLine

GUARDS: dict[str, tuple[Patch, Scenario]] = {
    # Only the terminal's own words are an outcome.
    "an abort contradicts a good result": (
        table("booked", "aborted", "approved"), window(worker.test_an_abort_after_a_good_result_is_looked_into),
    ),
    "a completion alone says nothing": (
        table("running", "completed", "approved"), ends(talk.TOOK, talk.DONE, state="unclear"),
    ),
    "a bad result contradicts a good one": (
        table("booked", "failed", "failed"), ends(talk.TOOK, talk.GOOD, talk.BAD, talk.DONE, state="unclear"),
    ),
    "a result that cannot be read is none": (
        table("running", "garbled", "running"), ends(talk.TOOK, talk.GARBLED, talk.GOOD, talk.DONE, state="unclear"),
    ),
    "an abort refused is not a payment refused": (
        table("running", "refused", "declined"), window(worker.test_an_abort_is_ignored_and_the_card_charged),
    ),
    "the amount is the one ordered": (
        change(dialogue.Dialogue, "_settle", "moved not in (None, asked.minor)", "False"),
        window(worker.test_a_terminal_that_charges_another_amount_is_not_believed),
    ),
    "broken off is not declined": (
        change(DEVICE, "_move", 'ended.state != "declined"', "False"),
        breaks("drop", "charged"),
    ),
    "an answer that cannot be sent is not an order that was not": (
        change(DEVICE, "_run", "self._hear(dialogue, self._line)\n    except TransportError as error:",
               "self._hear(dialogue, self._line)\n    except NothingSent:\n        raise\n    except TransportError as error:"),  # noqa: E501
        window(worker.test_an_answer_that_cannot_be_sent_does_not_mean_that_the_order_was_not, "result"),
    ),
    # Times, and words that come late
    "what it shows starts its time anew": (
        change(DEVICE, "_hear", "step.progress or ", ""),
        lambda toy, make: worker.test_what_the_terminal_shows_starts_its_time_anew(toy, make),
    ),
    "after an unclear end the connection goes": (
        change(DEVICE, "_run", 'dialogue.state == "unclear"', "False"),
        window(worker.test_late_words_over_an_old_connection_are_heard_by_nobody, hasty=True),
    ),
    "what is said unasked is no answer": (
        change(DEVICE, "_run", "self._listen(self._line)", "pass"),
        window(worker.test_what_the_terminal_says_unasked_is_no_answer_to_the_next_order),
    ),
    # Never twice
    "the same key": (
        change(WORKER, "_move", "known is not None", "False"), window(worker.test_the_same_key_never_charges_twice),
    ),
    "one order at a time": (
        change(WORKER, "_why_not", "self._busy", "False"), window(worker.test_one_payment_at_a_time),
    ),
    "nothing while one is in doubt": (
        change(WORKER, "_why_not", "self._open", "False"),
        window(worker.test_nothing_is_charged_while_an_outcome_is_unknown),
    ),
    "nor while one is to be recovered": (
        change(WORKER, "recover", "self._open.add(key)", "pass"),
        window(worker.test_a_payment_to_be_recovered_blocks_others_though_the_terminal_had_no_time_to_be_asked),
    ),
    "nor after a restart": (change(WORKER, "_carry_out", 'outcome.state == "unknown"', "False"), after_a_restart),
    "an abort is for one order": (
        change(WORKER, "_submit", "self._device.begin()", "pass"),
        window(worker.test_an_abort_is_ignored_and_the_card_charged),
    ),
    # What became of it
    "not while it is at work": (
        change(DEVICE, "recover", " or self._at_work()", ""),
        window(worker.test_a_terminal_that_says_it_is_at_work_is_asked_again_later, 0x9C),
    ),
    "not without what was before": (
        change(outcome, "judge", "not now or not before", "not now"),
        lambda toy, make: talk.test_without_knowing_what_was_before_nothing_is_told(),
    ),
    "the same terminal": (
        change(outcome, "judge", 'now["terminal"] != before.get("terminal")', "False"),
        tells("unknown", terminal_id=52500296),
    ),
    "a payment that was there before": (
        change(outcome, "judge", "now == before", "False"),
        window(worker.test_an_earlier_payment_of_the_same_amount_is_not_taken_for_this_one),
    ),
    "a newer one": (
        change(outcome, "judge", 'not _later(now["at"], before.get("at", ""))', "False"),
        tells("unknown", trace_number=99, time="17:00:00"),
    ),
    "the same amount": (
        change(outcome, "judge", "moved is not None and moved != amount.minor", "False"),
        window(worker.test_a_terminal_that_repeats_another_amount_is_not_believed),
    ),
    "a result that is good": (
        change(outcome, "judge", "if found.result_code:", "if False:"), tells("declined", result_code=0x6C),
    ),
    "not taken back": (
        change(outcome, "judge", "if found.original_trace_number:", "if False:"),
        window(worker.test_what_the_terminal_takes_back_is_not_believed_to_be_paid, "charged"),
    ),
    "what was last is not known in doubt": (
        change(DEVICE, "_move", "self._last = {}", "pass"),
        window(worker.test_what_was_last_is_not_known_while_a_payment_is_in_doubt),
    ),
    "nor learned from a terminal at work": (
        change(DEVICE, "probe", " and status not in _AT_WORK", ""),
        lambda toy, make: worker.test_the_last_payment_is_not_learned_from_a_terminal_at_work(toy, make),
    ),
    # Slips, and the end of the day
    "what was printed is fetched again": (
        change(DEVICE, "recover", ", self._papers_again())", ")"),
        window(worker.test_what_was_printed_is_fetched_again_when_the_payment_is_recovered),
    ),
    "the till prints only where it has a printer": (
        change(DEVICE, "_registered", ", prints=self._prints", ""),
        lambda toy, make: worker.test_without_a_receipt_printer_the_terminal_prints_itself(toy, make),
    ),
    "a slip ends with its last line": (
        change(slips.Slips, "line", "self._open = False", "pass"),
        lambda toy, make: talk.test_the_last_line_ends_a_slip_and_one_of_nothing_is_none(),
    ),
    "a slip has an end": (
        change(slips.Slips, "_add", "self._count > MOST_LINES", "False"),
        lambda toy, make: talk.test_a_recorded_end_of_day_is_one_slip_and_a_terminal_that_never_ends_is_cut_off(),
    ),
    "that it does not stop is told": (
        change(DEVICE, "_hear", "step.refused and aborted", "False"),
        window(worker.test_an_abort_is_ignored_and_the_card_charged),
    ),
    "no end of day in doubt": (
        change(WORKER, "end_of_day", "self._plain(", "self._plain(moves=False, act="),
        window(worker.test_no_end_of_day_while_a_payment_is_in_doubt_but_it_may_be_asked_how_it_is),
    ),
    "in doubt it may be asked how it is": (
        change(WORKER, "enquire", ", moves=False", ""),
        window(worker.test_no_end_of_day_while_a_payment_is_in_doubt_but_it_may_be_asked_how_it_is),
    ),
    "a broken end of day is not one": (
        change(DEVICE, "end_of_day", "_PLAIN_ENDS[ended.state]", '"approved"'),
        window(worker.test_an_end_of_day_without_an_end_is_unknown_and_another_may_be_asked_for,
               Day(drop_at="handed in"), hasty=True),
    ),
    "a bad result of an end of day": (
        change(DEVICE, "end_of_day", "found.result_code", "False"),
        window(worker.test_an_end_of_day_with_a_bad_result_is_none),
    ),
    "an end of day may take long": (
        change(DEVICE, "_hear", ' or dialogue.order.kind == "end_of_day"', ""),
        lambda toy, make: worker.test_an_end_of_day_may_take_long(toy, make),
    ),
    "after an end of day the last payment is asked for": (
        change(DEVICE, "end_of_day", "self._last = {}", "pass"),
        window(worker.test_after_an_end_of_day_the_last_payment_is_asked_for_again),
    ),
    # Serial lines
    "an order that is answered is not sent again": (
        change(LINE, "_acknowledged", "if self._take(piece):", "if self._take(piece) and False:"),
        serial(worker.test_an_order_that_is_answered_is_not_sent_again_though_its_acknowledgement_is_lost),
    ),
    "a block that is repeated is one": (
        change(LINE, "_take", "self._answered or piece.data != self._last_block", "True"),
        serial(worker.test_a_line_that_is_printed_twice_is_two_lines_and_a_repeated_block_one),
    ),
    "a block that is damaged is asked for again": (
        change(LINE, "_take", "_write(self._transport, NAK)", "pass"),
        serial(worker.test_a_block_that_comes_broken_is_asked_for_again, "damaged"),
    ),
    # Card numbers
    "texts are masked": (
        change(mask, "scrub", "_RUN.sub(lambda run: _masked(run[0]), text)", "text"),
        lambda toy, make: words.test_no_message_shows_a_card_number(),
    ),
    "packed numbers are masked": (
        change(packed, "masked_number", '"*" * (len(letters) - len(kept))', "letters[:-4]"),
        lambda toy, make: words.test_no_message_shows_a_card_number(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_without_its_guard_the_test_fails(
    toy: ToyTerminal, counters: Make, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    take_out, scenario = GUARDS[guard]
    take_out(monkeypatch)
    with pytest.raises(Exception):  # noqa: B017, PT011 - an assertion, or an error that nobody expected
        scenario(toy, counters)


@pytest.mark.parametrize("guard", GUARDS)
def test_with_its_guard_it_passes(toy: ToyTerminal, counters: Make, guard: str) -> None:
    GUARDS[guard][1](toy, counters)
