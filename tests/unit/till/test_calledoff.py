"""An abandoned show, and places that may not be used: not sold any more, and all that was sold of it may come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pos.domain.contingency.calledoff import CalledOff, reopening
from pos.till.contingency import incident
from pos.till.ports import Changed
from tests.unit.store.evening import violations
from tests.unit.till.counter import PINS, Counter, show_document

Make = Callable[..., Counter]
SAM = {"user": "sam", "pin": PINS["sam"]}
WHY = "fire in the wings"


def off(counter: Counter) -> list[dict[str, Any]]:
    return list(counter.ask("worklist")["worklist"])


def sold_and_let_in(counter: Counter, place: str) -> str:
    """The ticket of somebody who sits there already."""
    ticket = counter.sell(place)["tickets"][0]
    counter.ask("admit", code=ticket["code"], show="aida")
    return str(ticket["id"])


def close(counter: Counter, **what: Any) -> dict[str, Any]:
    return counter.ask("close_places", show="aida", reason=WHY, approver=SAM, **what)


def tell(counter: Counter, *documents: dict[str, Any]) -> None:
    """The office tells of what other tills have called off."""
    for one in documents:
        counter.line.document("called_off", one)
    counter.line.side.changed(Changed(records=("called_off",)))
    counter.settle()


def document(id: str, what: str, **more: Any) -> dict[str, Any]:
    at = more.pop("at", "2027-03-01T17:00:00+01:00")
    return {"id": id, "home": id[:2], "what": what, "show": "aida", "by": "sam", "reason": WHY, "at": at} | more


# ---- a show that was abandoned ---------------------------------------------------------------


def test_an_abandoned_show_sells_nothing_and_owes_every_ticket(counter: Counter) -> None:
    ticket = sold_and_let_in(counter, "A-1")
    counter.add("A-2")
    counter.clock.wait(days=1, hours=23)  # by the terms it is too late for a refund
    assert counter.refusal("refund", tickets=[ticket], reason="-").code == "already_admitted"
    assert counter.refusal("abandon_show", show="aida", reason=WHY).code == "approval_needed"
    counter.ask("abandon_show", show="aida", reason=WHY, approver=SAM)
    assert counter.refusal("pay", tenders=[{"kind": "cash", "amount": "59.00"}]).code == "show_cancelled"
    counter.ask("clear")
    assert counter.refusal("add", show="aida", places=["A-3"], price_type="adult").code == "show_cancelled"
    (row,) = off(counter)
    assert (row["state"], row["reason"], row["by"], row["owed"]) == ("abandoned", WHY, "Sam", "58.00")
    assert [one["id"] for one in row["tickets"]] == [ticket]
    refund = counter.ask("refund", tickets=[ticket], reason=WHY)["refund"]
    assert (refund["amount"], refund["fee"]) == ("58.00", "0.00")
    (row,) = off(counter)
    assert (row["tickets"], row["owed"], row["back"]) == ([], "0.00", {"tickets": 1, "price": "58.00"})
    assert counter.bodies("ShowAbandoned")[0]["approver"] == "sam"
    assert violations(counter) == []


def test_an_outage_has_what_was_called_off_and_that_the_house_was_cleared(counter: Counter) -> None:
    def notes() -> list[tuple[str, dict[str, Any]]]:
        outage = counter.desk.ledger.outages.open()
        assert outage is not None
        return [(note.kind, note.body) for note in counter.desk.ledger.outages.notes(outage.id) if note.kind != "level"]

    counter.desk.submit(lambda: incident.level_changed(counter.desk, "normal", "away", "no_office")).result(5)
    counter.ask("evacuate")
    counter.ask("end_evacuation", **SAM)
    close(counter, places=["A-1"])
    counter.ask("abandon_show", show="aida", reason="smoke", approver=SAM)
    assert counter.desk.submit(notes).result(5) == [
        ("evacuation", {"till": "Window 1", "name": "Anna"}),
        ("evacuation_ended", {}),
        ("places_closed", {"show": "Tosca", "reason": WHY}),
        ("show_abandoned", {"show": "Tosca", "reason": "smoke"}),
    ]


def test_what_had_come_back_before_is_not_of_it(counter: Counter) -> None:
    early = counter.sell("A-1")["tickets"][0]["id"]
    counter.ask("refund", tickets=[early], reason="ill")
    counter.sell("A-2")
    counter.ask("abandon_show", show="aida", reason=WHY, approver=SAM)
    (row,) = off(counter)
    assert (len(row["tickets"]), row["back"]["tickets"]) == (1, 0)


def test_an_abandoned_ticket_is_exchanged_for_another_show_without_a_fee(make_counter: Make) -> None:
    counter = make_counter([show_document("aida"), show_document("carmen")])
    counter.open()
    ticket = sold_and_let_in(counter, "A-1")
    counter.ask("abandon_show", show="aida", reason=WHY, approver=SAM)
    done = counter.ask("exchange", tickets=[ticket], show="carmen", places=["A-1"], price_type="adult", tenders=[])[
        "exchange"
    ]
    assert (done["difference"], done["fee"]) == ("0.00", "0.00")


def test_nobody_is_let_in_and_another_window_hears_of_it(counter: Counter) -> None:
    code = counter.sell("A-1")["tickets"][0]["code"]
    tell(counter, document("T2-D00001", "abandoned", ended=[]))
    assert counter.refusal("admit", code=code, show="aida").code == "show_cancelled"
    assert [row["state"] for row in counter.ask("gate_list", show="aida")["tickets"]] == ["void"]
    assert off(counter)[0]["state"] == "abandoned"
    counter.restart()
    counter.sign_in()
    assert counter.refusal("add", show="aida", places=["A-3"], price_type="adult").code == "show_cancelled"


def test_a_show_goes_on_whoever_had_abandoned_it(counter: Counter) -> None:
    tell(counter, document("T2-D00001", "abandoned", ended=[]))
    assert counter.refusal("reopen_places", show="aida", reason="false alarm").code == "approval_needed"
    counter.ask("reopen_places", show="aida", reason="false alarm", approver=SAM)
    assert counter.sell("A-1")["total"] == "59.00"
    assert off(counter) == []
    assert counter.refusal("reopen_places", show="aida", reason="again", approver=SAM).code == "bad_request"


# ---- places that may not be used -------------------------------------------------------------


def test_closed_seats_are_not_sold_and_those_sold_may_come_back(counter: Counter) -> None:
    ticket = sold_and_let_in(counter, "A-1")
    other = counter.sell("B-1")["tickets"][0]["id"]
    counter.clock.wait(days=1, hours=23)
    made = close(counter, text="Stalls A 1-3")["called_off"]
    assert made["places"] == ["A-1", "A-2", "A-3"]
    refused = counter.refusal("add", show="aida", places=["A-2"], price_type="adult")
    assert (refused.code, refused.fields["reason"]) == ("place_closed", WHY)
    assert counter.state_of("A-2") == "held"
    assert counter.ask("place", show="aida", place="A-2")["closed"]["reason"] == WHY
    assert "A-2" not in counter.ask("best", show="aida", category="Stalls", count=12)["places"]
    (row,) = off(counter)
    assert (row["state"], [one["id"] for one in row["tickets"]], row["owed"]) == ("closed", [ticket], "58.00")
    assert counter.refusal("refund", tickets=[other], reason="-").code == "outside_terms"
    done = counter.ask("exchange", tickets=[ticket], show="aida", places=["B-2"], price_type="adult", tenders=[])[
        "exchange"
    ]
    assert (done["difference"], done["fee"]) == ("0.00", "0.00")
    assert off(counter)[0]["back"] == {"tickets": 1, "price": "58.00"}
    assert counter.refusal("add", show="aida", places=["A-1"], price_type="adult").code == "place_closed"
    assert violations(counter) == []


def test_a_seat_in_the_basket_that_is_closed_meanwhile_is_not_paid(counter: Counter) -> None:
    counter.add("A-1", "A-2")
    tell(counter, document("T2-D00001", "closed", places=["A-1"], ended=[]))
    refused = counter.refusal("pay", tenders=[{"kind": "cash", "amount": "118.00"}])
    assert (refused.code, refused.fields["place"]) == ("place_closed", "A-1")
    counter.ask("remove", line=1)
    assert counter.pay()["total"] == "59.00"


def test_nobody_is_let_in_to_a_closed_place(counter: Counter) -> None:
    one, two = (counter.sell(place)["tickets"][0] for place in ("A-1", "A-2"))
    close(counter, places=["A-1"])
    assert counter.refusal("admit", code=one["code"], show="aida").code == "place_closed"
    counter.ask("admit", code=two["code"], show="aida")
    states = {row["id"]: row["state"] for row in counter.ask("gate_list", show="aida")["tickets"]}
    assert states == {one["id"]: "void", two["id"]: "used"}


def test_a_whole_category_and_part_of_an_area(counter: Counter) -> None:
    for _ in range(3):
        counter.sell("Foyer")
    close(counter, category="Foyer", count=8)  # seven that are free, and of three that are sold the last one
    assert counter.refusal("add", show="aida", places=["Foyer"], price_type="adult").code == "place_closed"
    (row,) = off(counter)
    assert [one["place"] for one in row["tickets"]] == ["Foyer"]
    counter.ask("reopen_places", show="aida", reason="mended", text="foyer 3", approver=SAM)
    counter.sell("Foyer")
    close(counter, text="stalls")
    assert counter.refusal("add", show="aida", places=["B-5"], price_type="adult").code == "place_closed"
    shows = {show["id"]: show for show in counter.ask("shows")["shows"]}
    assert shows["aida"]["free"] == 2  # the wheelchair place, and one in the foyer


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "bad_request"),
        ({"places": ["A-1"], "category": "Stalls"}, "bad_request"),
        ({"places": ["Z-1"]}, "unknown_place"),
        ({"text": "Balcony 1"}, "unknown_place"),
        ({"category": "Balcony"}, "unknown_place"),
        ({"category": "Stalls", "count": 3}, "bad_request"),
        ({"places": ["A-9"]}, "bad_request"),  # closed already
    ],
)
def test_what_is_to_be_closed_must_be_there(counter: Counter, fields: dict[str, Any], code: str) -> None:
    close(counter, places=["A-9"])
    assert counter.refusal("close_places", show="aida", reason=WHY, approver=SAM, **fields).code == code
    assert counter.kinds().count("PlacesClosed") == 1


def test_some_are_opened_again_also_where_two_tills_had_closed_them(counter: Counter) -> None:
    close(counter, places=["A-1", "A-2"])
    tell(counter, document("T2-D00001", "closed", places=["A-1"], ended=[]))
    counter.ask("reopen_places", show="aida", reason="mended", places=["A-1"], approver=SAM)
    assert counter.sell("A-1")["total"] == "59.00"
    assert counter.refusal("add", show="aida", places=["A-2"], price_type="adult").code == "place_closed"


def test_closed_places_in_hand_do_not_count_as_an_allotment(make_counter: Make) -> None:
    counter = make_counter([show_document("aida", allotment={"Stalls": 4})])
    counter.open()
    mine = [place for show, place, *_ in counter.rows("SELECT show, place, state FROM own_right")]
    assert len(mine) == 4
    close(counter, places=mine[:3])
    counter.line.cut()
    counter.line.mend()
    counter.settle()
    held = counter.rows("SELECT place FROM own_right WHERE state = 'LEASED'")
    assert len(held) == 7  # four that may be sold, and the three


# ---- the law by itself -----------------------------------------------------------------------


def test_documents_mean_the_same_in_any_order() -> None:
    closing = document("T1-D00001", "closed", places=["A-1", "A-2"])
    again = document("T2-D00001", "closed", places=["A-2", "A-3"])
    back = document("T2-D00002", "reopened", of=reopening([closing], "aida", ["A-2"]))
    late = document("T3-D00001", "abandoned", at="2027-03-01T16:00:00+01:00")
    there = CalledOff([closing, again, back, late])
    assert there == CalledOff([late, back, again, closing])
    assert {place: one["id"] for place, one in there.closed["aida"].items()} == {
        "A-1": "T1-D00001", "A-2": "T2-D00001", "A-3": "T2-D00001",
    }  # fmt: skip
    assert there.abandoned["aida"]["id"] == "T3-D00001"
    assert there.of("tosca", "A-1") is None
