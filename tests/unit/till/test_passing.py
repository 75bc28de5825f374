"""Rights passing through a till's hands: recalls, grants that come late, the allotment."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

from pos.domain.rights import Token
from pos.till.ports import ClaimAnswer, Recall
from tests.unit.till.counter import NOW, Counter, show_document

Make = Callable[..., Counter]


def test_an_idle_right_is_given_back_by_a_fact(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("clear")
    assert counter.line.recall(("aida", "A-1")) == []
    assert counter.right("A-1") == ("RETURNED", 1)
    assert counter.kinds() == ["ShiftOpened", "RightsReturned"]
    counter.line.drain()
    assert counter.line.records["aida", "A-1"].state == "POOL"
    assert counter.line.disputes == []


def test_a_right_given_back_cannot_be_sold(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("clear")
    counter.line.recall(("aida", "A-1"))
    counter.line.cut()
    assert counter.refusal("add", show="aida", places=["A-1"], price_type="adult").code == "right_elsewhere"


def test_a_place_in_the_basket_is_declined(counter: Counter) -> None:
    counter.add("A-1", "A-2")
    counter.ask("remove", line=2)
    declined = counter.line.recall(("aida", "A-1"), ("aida", "A-2"))
    assert [ask.place for ask in declined] == ["A-1"]
    assert counter.right("A-1") == ("LEASED", 1)
    assert counter.right("A-2") == ("RETURNED", 1)
    counter.pay()


def test_a_basket_that_ran_out_is_given_back_whole(counter: Counter) -> None:
    counter.add("A-1", "A-2")
    counter.clock.wait(minutes=11)
    assert counter.line.recall(("aida", "A-1")) == []
    assert counter.right("A-1") == ("RETURNED", 1)
    assert counter.said("basket") == [{"event": "basket", "reason": "expired"}]
    assert counter.refusal("pay", tenders=[{"kind": "cash", "amount": "118.00"}]).code == "basket_expired"
    assert counter.ask("basket")["basket"]["lines"] == []


def test_a_basket_that_ran_out_sells_as_long_as_nobody_asked(counter: Counter) -> None:
    counter.add("A-1")
    counter.clock.wait(hours=2)
    assert counter.pay()["total"] == "59.00"


def test_a_new_basket_after_one_that_lapsed_is_a_basket(counter: Counter) -> None:
    counter.add("A-1")
    counter.clock.wait(minutes=11)
    counter.line.recall(("aida", "A-1"))
    counter.line.drain()
    assert counter.add("A-2")["basket"]["total"] == "59.00"
    assert counter.pay()["total"] == "59.00"


def test_a_sold_place_gives_its_refund_token_and_stays_sold(counter: Counter) -> None:
    counter.sell("A-1")
    assert counter.line.recall(("aida", "A-1")) == []
    assert counter.right("A-1") == ("SOLD_RETURNED", 1)
    assert counter.state_of("A-1") == "sold"
    counter.line.drain()
    record = counter.line.records["aida", "A-1"]
    assert (record.state, record.holder, counter.line.disputes) == ("SOLD", "", [])


def test_an_answered_recall_is_not_answered_again(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("clear")
    ask = Recall("aida", "A-1", Token(1, 0))
    for _ in range(3):
        assert counter.line.side.recall([ask]).result(5) == []
    assert counter.kinds().count("RightsReturned") == 1


def test_a_grant_that_never_arrived_is_returned_and_dropped_when_it_comes_late(counter: Counter) -> None:
    """Without the raised guard the late grant would sell a place that the office gave to another."""
    counter.line.holding = True
    waiting = counter.front.call("add", show="aida", places=["A-1"], price_type="adult")
    counter.settle()
    assert counter.line.recall(("aida", "A-1")) == []
    assert counter.right("A-1") == ("RETURNED", 1)
    counter.line.drain()
    assert counter.line.records["aida", "A-1"].state == "POOL"
    counter.line.give("aida", "A-1", "LEASED", "T2")
    counter.settle()
    counter.line.let_through()
    assert getattr(waiting.exception(5), "code", None) in ("right_elsewhere", "sold")
    assert counter.right("A-1") == ("RETURNED", 1)
    assert counter.ask("basket")["basket"]["lines"] == []


def test_a_recall_of_an_older_token_is_history(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("clear")
    counter.line.recall(("aida", "A-1"))
    counter.line.drain()
    counter.add("A-1")
    counter.ask("clear")
    assert counter.right("A-1") == ("LEASED", 2)
    assert counter.line.side.recall([Recall("aida", "A-1", Token(1, 0))]).result(5) == []
    assert counter.right("A-1") == ("LEASED", 2)


def test_a_right_returned_and_not_yet_sent_is_sent_before_it_is_asked_for(counter: Counter) -> None:
    """The office still has this till as holder and would grant the old token, which is dead here."""
    counter.add("A-1")
    counter.ask("clear")
    counter.line.recall(("aida", "A-1"))
    assert counter.line.records["aida", "A-1"].state == "LEASED"
    counter.add("A-1")
    assert counter.line.syncs == 1
    assert counter.right("A-1") == ("LEASED", 2)
    counter.pay()
    counter.line.drain()
    assert counter.line.disputes == []


def test_what_the_office_passed_on_is_not_sold_whatever_the_ledger_says(counter: Counter) -> None:
    """The higher token wins: a right that was quarantined and given on is no longer this till's."""
    counter.add("A-1")
    counter.line.give("aida", "A-1", "LEASED", "T2")
    counter.settle()
    refused = counter.refusal("pay", tenders=[{"kind": "cash", "amount": "59.00"}])
    assert (refused.code, refused.fields["place"]) == ("right_elsewhere", "A-1")
    assert counter.rows("SELECT count(*) FROM sale") == [(0,)]


# ---- the allotment -----------------------------------------------------------------------


def allotted(**show: object) -> list[dict[str, object]]:
    return [show_document("tosca", allotment={"Stalls": 4, "Foyer": 2}, **show)]


def test_opening_a_shift_fills_the_allotment_with_neighbours(make_counter: Make) -> None:
    counter = make_counter(allotted())
    counter.open()
    assert counter.ask("status")["rights_in_hand"] == {"tosca": 6}
    seats = [place for place in counter.line.claims[0].places if "#" not in place]
    rows = {seat.split("-")[0] for seat in seats}
    numbers = sorted(int(seat.split("-")[1]) for seat in seats)
    assert len(rows) == 1
    assert numbers == list(range(numbers[0], numbers[0] + 4))
    counter.line.cut()
    counter.add(*seats[:2], show="tosca")
    assert counter.pay()["total"] == "118.00"


def test_the_allotment_is_a_ceiling(make_counter: Make) -> None:
    counter = make_counter(allotted())
    counter.open()
    held = counter.ask("status")["rights_in_hand"]
    counter.line.cut()
    counter.line.mend()
    counter.settle()
    assert counter.ask("status")["rights_in_hand"] == held
    assert len(counter.line.claims) == 1


def test_the_allotment_takes_what_the_pool_has(make_counter: Make) -> None:
    counter = make_counter(allotted())
    for row in "AB":
        for number in range(1, 13):
            if (row, number) != ("B", 5):
                counter.line.give("tosca", f"{row}-{number}", "SOLD", "T2")
    counter.settle()
    counter.open()
    assert counter.ask("status")["rights_in_hand"] == {"tosca": 3}
    assert "B-5" in counter.line.claims[0].places


def test_low_in_hand_is_filled_after_a_sale(make_counter: Make) -> None:
    counter = make_counter(allotted())
    counter.open()
    seats = [place for place in counter.line.claims[0].places if "#" not in place]
    counter.sell(*seats[:2], show="tosca")
    counter.settle()
    assert counter.ask("status")["rights_in_hand"] == {"tosca": 4}  # two of four seats are not low yet
    counter.sell(seats[2], show="tosca")
    counter.settle()
    assert counter.ask("status")["rights_in_hand"] == {"tosca": 6}


def test_a_shift_opened_offline_is_filled_when_the_line_comes(make_counter: Make) -> None:
    counter = make_counter(allotted())
    counter.line.cut()
    counter.open()
    assert counter.ask("status")["rights_in_hand"] == {}
    counter.line.mend()
    counter.settle()
    assert counter.ask("status")["rights_in_hand"] == {"tosca": 6}


def test_only_shows_on_sale_are_allotted(make_counter: Make) -> None:
    counter = make_counter(allotted(on_sale=(NOW + timedelta(days=1)).isoformat()))
    counter.open()
    assert counter.line.claims == []


def test_a_slow_office_does_not_keep_a_shift_closed(make_counter: Make, monkeypatch: object) -> None:
    import pos.till.counter.passing as passing
    import pos.till.drawer.shift as shift

    counter = make_counter(allotted())
    counter.line.holding = True
    monkeypatch.setattr(shift, "ALLOT_S", 0.2)  # type: ignore[attr-defined]
    monkeypatch.setattr(passing, "ALLOTMENT_WAIT_S", 0.2)  # type: ignore[attr-defined]
    counter.open()
    assert counter.ask("status")["shift"] == "T1-1-S0001"


def test_returned_facts_name_their_reason_and_effects(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("clear")
    counter.line.recall(("aida", "A-1"))
    fact = json.loads(counter.rows("SELECT envelope FROM journal ORDER BY number DESC LIMIT 1")[0][0])
    assert fact["body"] == {"reason": "recall"}
    assert fact["effects"] == [["aida", "A-1", 1, 0, "LEASED", "POOL", "", ""]]
    assert fact["money"] == []


def test_a_late_answer_for_a_token_sold_here_changes_nothing(counter: Counter) -> None:
    counter.sell("A-1")
    claim = ClaimAnswer(1, (("A-1", Token(1, 0)),), ())
    from pos.till.counter.passing import accept

    def late() -> list[str]:
        with counter.desk.unit() as unit:
            return accept(counter.desk, unit, "aida", claim)

    assert counter.desk.submit(late).result(5) == []
    assert counter.right("A-1") == ("SOLD", 1)


# ---- rebalancing -------------------------------------------------------------------------


def spare(counter: Counter, *places: str, show: str = "tosca") -> list[str]:
    """What the till declines when another till lacks these places."""
    asks = [Recall(show, place, counter.line._token(show, place), spare=True) for place in places]
    return [ask.place for ask in counter.line.side.recall(asks).result(5)]


def seats_in_hand(counter: Counter) -> list[str]:
    return [place for place in counter.line.claims[0].places if "#" not in place]


def test_a_till_gives_what_it_can_do_without_and_keeps_the_rest(make_counter: Make) -> None:
    counter = make_counter(allotted())
    counter.open()
    seats = seats_in_hand(counter)
    assert spare(counter, *seats) == seats[2:], "two of an allotment of four are kept"
    assert counter.ask("status")["rights_in_hand"] == {"tosca": 4}


def test_a_customer_gets_what_another_till_does_not(make_counter: Make) -> None:
    counter = make_counter(allotted())
    counter.open()
    seats = seats_in_hand(counter)
    assert spare(counter, *seats) == seats[2:]
    assert counter.line.recall(("tosca", seats[3])) == []


def test_nothing_leaves_a_basket_for_another_till_not_even_when_it_ran_out(make_counter: Make) -> None:
    counter = make_counter(allotted())
    counter.open()
    seats = seats_in_hand(counter)
    counter.add(seats[0], show="tosca")
    counter.clock.wait(minutes=11)
    assert spare(counter, seats[0]) == [seats[0]]
    assert counter.said("basket") == []
    assert counter.pay()["tickets"][0]["place"] == seats[0]


def test_a_till_that_is_low_when_the_pool_is_empty_asks_for_what_others_have(make_counter: Make) -> None:
    counter = make_counter(allotted())
    for row in "AB":
        for number in range(1, 13):
            if (row, number) not in (("B", 5), ("B", 6)):
                counter.line.give("tosca", f"{row}-{number}", "LEASED", "T2")
    counter.settle()
    counter.open()
    assert counter.line.shorts == [{}], "two of four are in hand: not low"
    counter.sell("B-5", show="tosca")
    counter.settle()
    assert counter.line.shorts == [{}, {"Stalls": 3}]


def test_one_category_that_is_low_is_filled_though_another_is_full(make_counter: Make) -> None:
    counter = make_counter([show_document("tosca", allotment={"Stalls": 2, "Foyer": 8})])
    counter.open()
    seats = seats_in_hand(counter)
    counter.sell(*seats, show="tosca")
    counter.settle()
    assert counter.ask("status")["rights_in_hand"] == {"tosca": 10}
