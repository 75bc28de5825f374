"""The guards around labels bite: each is taken out in turn, and a test that rests on it must then fail.

(How: tests/mutate.py. That each test passes with its guard is told where it stands.)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from pos.devices.worker.label_printer import LabelPrinter
from pos.devices.zpl import dialogue, encode
from tests.mutate import mutate
from tests.wire.devices import test_label_printer as worker
from tests.wire.devices.test_label_printer import counter, counters, line, soon, zebra

__all__ = ["counter", "counters", "line", "soon", "zebra"]  # fixtures

Patch = Callable[[pytest.MonkeyPatch], None]


def change(name: str, old: str, new: str) -> Patch:
    return lambda patch: mutate(patch, LabelPrinter, name, old, new)


# What is taken out, the test that rests on it, and what that is given.
GUARDS: dict[str, tuple[Patch, Callable[..., None], dict[str, Any]]] = {
    "nothing left once is not enough": (
        change("_deliver", " or self._await_again()", ""),
        worker.test_a_label_that_is_counted_nowhere_is_waited_for, {},
    ),
    "silence is a fault": (
        change("_why_not", "return SILENT", 'return ""'),
        worker.test_one_that_never_answers_is_sent_nothing, {},
    ),
    "labels that stay are not printed": (
        change("_await", "left <= most", "True"), worker.test_done_is_said_when_nothing_is_left_in_it, {},
    ),
    "labels of an earlier job come first": (
        change("_why_not", "if self._left()", "if False"),
        worker.test_labels_that_end_on_the_way_are_unknown_and_never_doubled, {"mute": False},
    ),
    "only a few ahead": (
        change("_deliver", "sent >= _AHEAD", "False"), worker.test_a_group_goes_a_few_labels_ahead, {},
    ),
    "half a label is given up": (
        lambda patch: patch.setattr(encode, "HELLO", b""),
        worker.test_unplugged_in_mid_label_is_unknown_and_the_next_is_whole, {"count": 3000},
    ),
    "the cutter is asked about": (
        lambda patch: patch.setattr(dialogue, "ASK", b"~HS"),
        worker.test_paused_or_with_a_stuck_cutter_it_is_sent_nothing,
        {"fault": "cutter_stuck", "text": "cutter is stuck"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_without_its_guard_the_test_fails(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    take_out, test, given = GUARDS[guard]
    # Only what the test asks for: one printer has one till.
    wanted = [name for name in ("zebra", "line", "counter", "counters") if name in inspect.signature(test).parameters]
    fixtures = {name: request.getfixturevalue(name) for name in wanted}
    take_out(monkeypatch)
    monkeypatch.setattr(worker, "PATIENCE_S", 3.0)
    with pytest.raises(AssertionError):
        test(**given, **fixtures)
