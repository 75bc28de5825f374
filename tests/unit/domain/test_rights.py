"""Rights: the table of belief, the guards, and effects as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.rights import (
    UNTOUCHED,
    Effect,
    OfficeRight,
    OfficeState,
    OwnRight,
    OwnState,
    PlaceState,
    Token,
    believed,
    may_accept,
    may_sell,
)

TOKENS = st.builds(Token, st.integers(0, 5), st.integers(0, 3))
OFFICE = st.builds(OfficeRight, st.sampled_from(OfficeState), st.sampled_from(["", "T1", "T2"]), st.just(0), TOKENS)
OWN = st.none() | st.builds(OwnRight, st.sampled_from(OwnState), TOKENS)
FIVE = Token(5, 0)


def office(state: OfficeState, holder: str, token: Token = FIVE) -> OfficeRight:
    return OfficeRight(state, holder, 0, token)


@pytest.mark.parametrize(
    ("state", "holder", "taken_for"),
    [
        (OfficeState.POOL, "", PlaceState.FREE),
        (OfficeState.HELD, "press", PlaceState.HELD),
        (OfficeState.LEASED, "T2", PlaceState.ELSEWHERE),
        (OfficeState.LEASED, "T1", PlaceState.FREE),  # ours, but the grant never came: free to ask for
        (OfficeState.SOLD, "T2", PlaceState.SOLD),
        (OfficeState.PAPER, "box", PlaceState.ELSEWHERE),
        (OfficeState.QUARANTINE, "T2", PlaceState.ELSEWHERE),
    ],
)
def test_without_a_word_of_its_own_the_till_believes_the_office(
    state: OfficeState, holder: str, taken_for: PlaceState
) -> None:
    assert believed("T1", office(state, holder), None) is taken_for
    older = OwnRight(OwnState.SOLD, Token(4, 9))
    assert believed("T1", office(state, holder), older) is taken_for


@pytest.mark.parametrize(
    ("own", "taken_for"),
    [
        (OwnState.LEASED, PlaceState.HERE),
        (OwnState.SOLD, PlaceState.SOLD),
        (OwnState.RETURNED, PlaceState.FREE),
        (OwnState.SOLD_RETURNED, PlaceState.SOLD),
    ],
)
@pytest.mark.parametrize("token", [FIVE, Token(5, 1), Token(6, 0)])
def test_at_an_equal_or_higher_token_the_ledger_wins(own: OwnState, taken_for: PlaceState, token: Token) -> None:
    for state in OfficeState:
        assert believed("T1", office(state, "T2"), OwnRight(own, token)) is taken_for


def test_tokens_compare_by_epoch_then_hop() -> None:
    assert Token(1, 9) < Token(2, 0) < Token(2, 1)


@given(OWN, TOKENS)
def test_only_a_higher_token_comes_alive(own: OwnRight | None, token: Token) -> None:
    assert may_accept(own, token) == (own is None or token > own.token)


@given(OFFICE, OWN)
def test_only_what_is_held_and_was_not_passed_on_is_sold(right: OfficeRight, own: OwnRight | None) -> None:
    allowed = own is not None and own.state is OwnState.LEASED and own.token >= right.token
    assert may_sell(right, own) == allowed
    if allowed:
        assert believed("T1", right, own) is PlaceState.HERE


@given(TOKENS, TOKENS)
def test_what_was_given_back_never_comes_alive_again(returned: Token, late: Token) -> None:
    """The law under the never-received return: a late grant is of that token or an older one."""
    own = OwnRight(OwnState.RETURNED, max(returned, late))
    assert not may_accept(own, late)
    assert not may_sell(UNTOUCHED, own)


@given(
    st.builds(
        Effect, st.text(), st.text(), TOKENS, st.sampled_from(OfficeState), st.sampled_from(OfficeState), st.text(),
        st.text(),
    )
)  # fmt: skip
def test_an_effect_is_read_as_written(effect: Effect) -> None:
    assert Effect.from_json(effect.to_json()) == effect


GOOD = ["aida", "A-1", 1, 0, "LEASED", "SOLD", "T1", "t"]


@pytest.mark.parametrize(
    "value",
    [None, {}, [], GOOD[:-1], [*GOOD, ""], [*GOOD[:2], "1", *GOOD[3:]], [*GOOD[:4], "LENT", *GOOD[5:]], [7, *GOOD[1:]]],
)
def test_what_is_no_effect_is_an_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not a|not a valid"):
        Effect.from_json(value)
