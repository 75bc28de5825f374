"""The guards around what is scanned bite: each is taken out in turn, and the test that rests on it must then fail.

(How: tests/mutate.py.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import pos.app.logs as logs
import pos.devices.readers.magstripe as magstripe
import pos.domain.mask as mask
import pos.till.counter.customer as customer
import pos.till.counter.purses as purses
import pos.till.counter.scan as scan
import pos.till.counter.tickets as tickets
import pos.till.front as front
from pos.domain.errors import Refused
from tests.mutate import mutate
from tests.unit.domain import test_mask as masking
from tests.unit.till import test_customer as showing
from tests.unit.till import test_scan as scanning
from tests.unit.till.counter import Counter
from tests.wire.devices import test_readers as reading

Make = Callable[..., Counter]
Patch = pytest.MonkeyPatch
STRIPE = "%B5413330089604111^MUSTER/ANNA^28122010000000000?;5413330089604111=28122010000000000?"


def opened(make: Make) -> Counter:
    counter = make()
    counter.open()
    return counter


def no_card_number_is_told(make: Make, patch: Patch) -> None:
    counter = opened(make)
    assert scanning.scanned(counter, scanning.CARD)["kind"] == "card"
    assert scanning.CARD not in scanning.traces(counter)


def no_card_number_is_asked_for(make: Make, patch: Patch) -> None:
    counter = opened(make)
    assert scanning.CARD not in str(counter.refusal("purse", code=scanning.CARD))
    assert not [claim for claim in counter.line.claims if scanning.CARD in claim.places]


def asks_of_any_code(patch: Patch) -> None:
    """The table of verbs has the function, too."""
    mutate(patch, purses, "purse", "if scrub(code) != code:", "if False:")
    patch.setitem(front.VERBS, "purse", replace(front.VERBS["purse"], run=purses.purse))


GUARDS: dict[str, tuple[Callable[[Patch], None], Callable[[Make, Patch], None]]] = {
    "card numbers are masked": (
        lambda patch: mutate(patch, mask, "scrub", "_RUN.sub(lambda run: _masked(run[0]), text)", "text"),
        no_card_number_is_told,
    ),
    "a reading is masked before it is told": (
        lambda patch: mutate(patch, scan, "what", "scrub(text)", "text"),
        no_card_number_is_told,
    ),
    "a card number is asked of nobody": (asks_of_any_code, no_card_number_is_asked_for),
    "a refusal repeats none": (
        lambda patch: mutate(patch, tickets, "find_ticket", "scrub(name)", "name"),
        lambda make, patch: scanning.test_a_refusal_does_not_repeat_a_card_number(
            opened(make), "refund", {"tickets": [scanning.CARD], "reason": "ill"}
        ),
    ),
    "a log has none": (
        lambda patch: mutate(
            patch, logs.Masking, "format", "return scrub(super().format(record))", "return record.getMessage()"
        ),
        lambda make, patch: masking.test_a_log_has_no_card_number_in_its_lines_nor_in_its_traces(),
    ),
    "a bank's card is told by its number": (
        lambda patch: mutate(patch, magstripe, "read_swipe", "if bank else", "if False else"),
        lambda make, patch: reading.test_a_banks_card_keeps_its_last_four_digits_only(STRIPE),
    ),
    "nobody is looked up before somebody signs in": (
        lambda patch: mutate(patch, scan, "what", "if desk.user is None:", "if False:"),
        lambda make, patch: scanning.test_before_somebody_signs_in_nothing_is_looked_up(opened(make)),
    ),
    "one sale's thanks do not end another's": (
        lambda patch: mutate(patch, customer, "_end_thanks", "if desk.shown is scene:", "if True:"),
        lambda make, patch: showing.test_the_thanks_of_one_sale_do_not_end_those_of_the_next(
            make, showing.Screen(), patch
        ),
    ),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_without_its_guard_the_test_fails(make_counter: Make, monkeypatch: pytest.MonkeyPatch, guard: str) -> None:
    take_out, scenario = GUARDS[guard]
    take_out(monkeypatch)
    with pytest.raises((AssertionError, Refused)):
        scenario(make_counter, monkeypatch)


@pytest.mark.parametrize("guard", GUARDS)
def test_with_its_guard_it_does_not(make_counter: Make, monkeypatch: pytest.MonkeyPatch, guard: str) -> None:
    GUARDS[guard][1](make_counter, monkeypatch)
