"""Facts: canonical bytes, read as written, damage an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.books import moved
from pos.domain.facts import FIRST_HASH, Fact, Kind, hash_of
from pos.domain.money import Money
from pos.domain.rights import Effect, OfficeState, Token
from tests.unit.till.counter import NOW

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(st.integers(1, 10**9), st.dictionaries(st.text(max_size=8), JSON, max_size=4), st.text(max_size=20))
def test_a_fact_is_read_as_written_and_written_the_same_again(number: int, body: dict[str, object], place: str) -> None:
    effect = Effect("aida", place, Token(2, 1), OfficeState.LEASED, OfficeState.SOLD, "T1", "t")
    fact = Fact(
        "T1", 1, number, FIRST_HASH, NOW.isoformat(), Kind.TICKETS_SOLD,
        moved("safe", "drawer:T1", Money(5, "EUR")), (effect,), body,
    )  # fmt: skip
    envelope = fact.to_bytes()
    again = Fact.from_bytes(envelope)
    assert again == fact
    assert again.to_bytes() == envelope
    assert hash_of(envelope) == hash_of(again.to_bytes())


def test_the_canonical_form_is_fixed() -> None:
    """Other programs hash these very bytes."""
    fact = Fact("T1", 1, 1, FIRST_HASH, "2027-03-01T18:00:00+01:00", "ShiftOpened", (), (), {"z": "Дніпро", "a": 1})
    assert fact.to_bytes().decode() == (
        '{"at":"2027-03-01T18:00:00+01:00","body":{"a":1,"z":"Дніпро"},"effects":[],"incarnation":1,'
        '"kind":"ShiftOpened","money":[],"number":1,"prev":"' + "0" * 64 + '","schema":1,"till":"T1"}'
    )
    assert fact.fact_id == "T1.1.1"


@pytest.mark.parametrize(
    "envelope",
    [b"", b"[]", b"null", b"{}", b"\xff", b'{"till": "T1"}',
     b'{"till":"T1","incarnation":1,"number":"1","prev":"","at":"","kind":"","money":[],"effects":[],"body":{},"schema":1}',
     b'{"till":"T1","incarnation":1,"number":1,"prev":"","at":"","kind":"","money":[[1]],"effects":[],"body":{},"schema":1}',
     b'{"till":"T1","incarnation":1,"number":1,"prev":"","at":"","kind":"","money":[],"effects":[],"body":[],"schema":1}'],
)  # fmt: skip
def test_a_damaged_envelope_is_an_error(envelope: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Fact.from_bytes(envelope)


def test_an_unknown_kind_and_schema_are_read() -> None:
    """A newer till's fact is booked by its envelope."""
    fact = Fact("T1", 1, 1, FIRST_HASH, NOW.isoformat(), "MoonSold", (), (), {}, schema=9)
    assert Fact.from_bytes(fact.to_bytes()).kind == "MoonSold"
