"""The guards around tickets bite: each is taken out in turn, and a test that rests on it must then fail.

(How: tests/mutate.py. That each test passes with its guard is told where it stands.)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pos.devices.fgl import dialogue, encode, status
from pos.devices.worker.ticket_printer import TicketPrinter
from tests.mutate import mutate
from tests.peers.toy_fgl import JAM
from tests.wire.devices import test_ticket_printer as worker
from tests.wire.devices.test_ticket_printer import boca, counter, counters, line, soon

__all__ = ["boca", "counter", "counters", "line", "soon"]  # fixtures

Patch = Callable[[pytest.MonkeyPatch], None]


def change(name: str, old: str, new: str, owner: object = TicketPrinter) -> Patch:
    return lambda patch: mutate(patch, owner, name, old, new)


def the_button_acknowledges(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(status.MEANINGS, 0x05, replace(status.MEANINGS[0x05], effect="ack"))


# What is taken out, the test that rests on it, and what that is given.
GUARDS: dict[str, tuple[Patch, Callable[..., None], dict[str, Any]]] = {
    "what was acknowledged before counts for nothing": (
        change("_printed", " - run.before", ""),
        worker.test_late_acknowledgements_do_not_confirm_the_next_job, {"ack_late_s": 0.0},
    ),
    "late ones are waited out": (
        change("_settle", "while self._unsettled", "while False"),
        worker.test_late_acknowledgements_do_not_confirm_the_next_job, {"ack_late_s": 0.4},
    ),
    "the ticket of the printer's button is not ours": (
        the_button_acknowledges, worker.test_the_printers_own_test_ticket_acknowledges_nothing, {},
    ),
    "out of tickets the job waits": (
        change("_run", "moved or self._dialogue.out_of_tickets or ", "moved or "),
        worker.test_out_of_tickets_on_the_way_the_job_waits_and_nothing_is_doubled, {},
    ),
    "and it is said": (
        change("_tell_out", "tell(DeviceState", "str(DeviceState"),
        worker.test_loaded_in_the_middle_it_is_said_to_be_ready, {},
    ),
    "an answer that does not come is a fault": (
        change("_why_not", 'return "" if answered else', 'return "" if True else'),
        worker.test_one_that_does_not_answer_is_sent_nothing, {},
    ),
    "tickets that it holds come first": (
        change("_learn", "self.answered_ever = True", "self._answered()", dialogue.Dialogue),
        worker.test_loaded_again_it_is_sent_nothing_before_what_it_holds_is_out, {},
    ),
    "switched off it forgets": (
        change("_trouble", "self._dialogue.restarts > run.restarts", "False"),
        worker.test_switched_off_and_on_what_was_in_it_is_forgotten, {},
    ),
    "no more than three ahead": (
        change("_feed", "ahead >= _AHEAD", "False"), worker.test_at_most_three_tickets_are_ahead, {},
    ),
    "a jam ends the job": (
        change("_trouble", 'state == "error"', "False"),
        worker.test_a_jam_on_the_way_is_unknown_and_the_next_job_waits_its_turn, {"fault": JAM, "text": "ticket jam"},
    ),
    "half a ticket is cleared away": (
        lambda patch: patch.setattr(encode, "HELLO", b""),
        worker.test_unplugged_in_mid_ticket_is_unknown_and_the_next_is_whole, {"count": 900},
    ),
    "a line that heeds X-off is not held back by us": (
        change("_feed", 'self._address.flow != "xonxoff" and ', ""),
        worker.test_loaded_again_over_a_serial_line_it_goes_on,
        {"options": "?baud=115200&flow=xonxoff", "stock": 0},
    ),
    "one that acknowledges on and on was loaded": (
        change("_count", "self._since_out > 1", "False", dialogue.Dialogue),
        worker.test_loaded_again_it_may_still_fall_silent, {},
    ),
    "no digits, no XON/XOFF": (
        change("_bytes", '== "xonxoff"', '== ""'),
        worker.test_a_serial_line_with_xon_xoff_gets_digits,
        {"options": "?baud=115200&flow=xonxoff", "hexadecimal": True},
    ),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_without_its_guard_the_test_fails(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    take_out, test, given = GUARDS[guard]
    # Only what the test asks for: one printer has one till.
    wanted = [name for name in ("boca", "line", "counter", "counters") if name in inspect.signature(test).parameters]
    fixtures = {name: request.getfixturevalue(name) for name in wanted}
    take_out(monkeypatch)
    monkeypatch.setattr(worker, "PATIENCE_S", 3.0)
    with pytest.raises(AssertionError):
        test(**given, **fixtures)
