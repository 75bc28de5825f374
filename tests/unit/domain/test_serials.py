"""Serial numbers of ticket paper: how they are read, and how ranges are taken apart and put together."""

from __future__ import annotations

import pytest

from pos.domain.serials import Serials, apart, counted, each, first_of, ranges


@pytest.mark.parametrize(
    ("text", "json", "count"),
    [
        ("A000123", ["A000123", "A000123"], 1),
        ("A000123-A000200", ["A000123", "A000200"], 78),
        ("a000123 – 200", ["A000123", "A000200"], 78),
        ("000999..001000", ["000999", "001000"], 2),
    ],
)
def test_a_range_is_read_as_a_person_writes_it(text: str, json: list[str], count: int) -> None:
    found = Serials.parse(text)
    assert found.to_json() == json
    assert found.count == count
    assert ranges([json]) == [found]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no number"),
        ("A12-", "no number"),
        ("A000123-B000200", "two series"),
        ("A000123-A0200", "two series"),
        ("A000200-A000123", "comes before"),
        ("0000000-9999999", "more than"),
        ("A1-A2-A3", "no range"),
        ("A-1", "no number"),
    ],
)
def test_what_is_no_range_is_refused_and_named(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Serials.parse(text)


def test_neighbours_are_made_one_and_what_is_named_twice_is_refused() -> None:
    a, b, c = (Serials.parse(text) for text in ("A101-A110", "A111-A120", "A130"))
    assert apart([c, b, a]) == [Serials.parse("A101-A120"), c]
    with pytest.raises(ValueError, match="A110 is named twice"):
        apart([a, Serials.parse("A110-A111")])


def test_the_first_so_many_are_taken_across_ranges() -> None:
    taken, rest = first_of([Serials.parse("A008-A010"), Serials.parse("B100-B105")], 5)
    assert list(each(taken)) == ["A008", "A009", "A010", "B100", "B101"]
    assert rest == [Serials.parse("B102-B105")]
    assert first_of(rest, 9) == ([Serials.parse("B102-B105")], [])
    assert counted(rest) == 4
