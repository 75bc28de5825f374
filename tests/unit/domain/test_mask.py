"""No card number gets past the mask, and what is none is left as it is."""

from __future__ import annotations

import logging
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pos.app.logs import Masking
from pos.domain.mask import scrub


def card_numbers() -> st.SearchStrategy[str]:
    """Numbers of 13 to 19 digits that pass Luhn's check."""
    return st.text("0123456789", min_size=12, max_size=18).map(lambda body: body + _check_digit(body))


def _check_digit(body: str) -> str:
    doubled = [int(digit) * (2 - ix % 2) for ix, digit in enumerate(reversed(body))]
    return str(-sum(value - 9 * (value > 9) for value in doubled) % 10)


def test_the_strategy_makes_card_numbers() -> None:
    assert _check_digit("541333008960411") == "1"
    assert _check_digit("411111111111111") == "1"


@given(st.text(max_size=20), card_numbers(), st.text(max_size=20))
def test_no_card_number_gets_through_in_any_text(before: str, number: str, after: str) -> None:
    assert number not in scrub(before + number + after)


@given(st.from_regex(r"[0-9A-Z]{12}", fullmatch=True))
def test_a_tickets_code_is_left_as_it_is(code: str) -> None:
    assert scrub(code) == code


@given(st.text(max_size=20), card_numbers())
def test_a_log_has_no_card_number_in_its_lines_nor_in_its_traces(text: str, number: str) -> None:
    try:
        raise ValueError(text + number)
    except ValueError as error:
        trace = (type(error), error, error.__traceback__)
    record = logging.LogRecord("a", logging.ERROR, str(Path("x")), 1, "read %s", (text + number,), trace)
    assert number not in Masking("%(asctime)s %(message)s").format(record)
