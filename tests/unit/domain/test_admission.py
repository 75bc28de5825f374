"""Whether a gate lets in who shows a ticket."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.admission import Admission, Shown, check
from pos.domain.errors import Refused
from pos.domain.sale import copy_code, read_code

TICKET = Shown("T1-00001-1", "aida", "live", 0, None)
ONCE = Admission("T2", "2027-03-03T19:10:00+01:00", 0)


def refusal(ticket: Shown, show: str = "aida", copy: int | None = 0) -> str:
    with pytest.raises(Refused) as caught:
        check(ticket, show, copy)
    return caught.value.code


@pytest.mark.parametrize(("copies", "copy", "paper"), [(0, 0, 0), (2, 2, 2), (2, 3, 3), (0, 1, 1), (2, None, 2)])
def test_the_highest_copy_that_is_known_or_a_higher_one_admits(copies: int, copy: int | None, paper: int) -> None:
    assert check(replace(TICKET, copies=copies), "aida", copy) == paper


@pytest.mark.parametrize("copy", [0, 1])
def test_a_lower_copy_is_superseded(copy: int) -> None:
    assert refusal(replace(TICKET, copies=2), copy=copy) == "superseded"


@pytest.mark.parametrize("copy", [0, 1, 2, None])
def test_a_ticket_is_admitted_once_whichever_paper_is_shown(copy: int | None) -> None:
    assert refusal(replace(TICKET, copies=1, admission=ONCE), copy=copy) == "already_admitted"


@pytest.mark.parametrize(
    ("state", "code"), [("refunded", "already_refunded"), ("void", "already_refunded"), ("exchanged", "exchanged")]
)
def test_what_is_worth_nothing_any_more_admits_nobody(state: str, code: str) -> None:
    assert refusal(replace(TICKET, state=state)) == code


@pytest.mark.parametrize("state", ["live", "honoured", "disputed"])
def test_whoever_holds_a_paper_in_dispute_is_let_in(state: str) -> None:
    assert check(replace(TICKET, state=state), "aida", 0) == 0


def test_another_show_is_said_before_everything_else() -> None:
    assert refusal(replace(TICKET, state="refunded", admission=ONCE), show="tosca") == "other_show"


@pytest.mark.parametrize("copy", [0, 1, 17])
def test_a_code_says_which_copy_it_is(copy: int) -> None:
    assert read_code(copy_code("K7AB", copy)) == ("K7AB", copy)


@pytest.mark.parametrize("code", ["K7AB.", "K7AB.x", "K7AB.-1", "K7AB.1.2", "K7AB.²"])
def test_what_names_no_copy_is_no_code(code: str) -> None:
    with pytest.raises(ValueError, match="number of a copy"):
        read_code(code)
