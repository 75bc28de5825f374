"""A small on-sale at the stadium's own plan, so that the table of `stadium.py` can be made at any time."""

from __future__ import annotations

from tests.simulation.stadium import play


def test_a_small_on_sale_sells_no_seat_twice_and_tells_what_it_cost() -> None:
    on_sale = play(3, 4.0, seats_each=60, seed=2)
    count = on_sale.office.figures.count
    assert len(on_sale.sold) >= count["sales"] > 10
    assert count["asked offline"] > 0, "the line was down for some"
    assert count["returned"] > 0, "a till gave what another lacked"
    assert count["transactions"] > count["sales"]
    assert on_sale.office.figures.largest > 0
