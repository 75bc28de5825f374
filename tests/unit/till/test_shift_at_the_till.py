"""The shift between its float and its verification: no sale, hand-over, X and Z, what is declared, and by whom."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from pos.app.layouts import LayoutShelf, LayoutWork
from pos.data import printer_data
from pos.domain import declared
from pos.paper.press import Press
from tests.mutate import mutate
from tests.unit.paper.presses import fonts
from tests.unit.store.evening import violations
from tests.unit.till.counter import PINS, Counter

Make = Callable[..., Counter]


def who(user: str) -> dict[str, str]:
    return {"user": user, "pin": PINS[user]}


def last_money(counter: Counter) -> list[list[Any]]:
    row = counter.rows("SELECT envelope FROM journal ORDER BY number DESC LIMIT 1")[0][0]
    money: list[list[Any]] = json.loads(row)["money"]
    return money


# ---- the float ---------------------------------------------------------------------------


def test_a_float_is_counted_by_pieces_and_held_against_its_amount(make_counter: Make) -> None:
    counter = make_counter()
    counter.sign_in()
    apart = counter.refusal("open_shift", float="100.00", pieces={"50.00": 1, "20.00": 2})
    assert (apart.code, apart.fields["field"]) == ("bad_request", "pieces")
    assert "90.00" in apart.fields["reason"]
    assert counter.refusal("open_shift").code == "bad_request"
    assert counter.refusal("open_shift", pieces={"total": "5.00"}).code == "bad_request"
    counter.ask("open_shift", pieces={"50.00": 1, "20.00": 2, "10.00": 1})
    assert counter.ask("shift")["float"] == "100.00"
    assert counter.refusal("open_shift").code == "bad_request", "before it is said that one is open"
    assert counter.bodies("ShiftOpened")[0]["pieces"] == {"50.00": 1, "20.00": 2, "10.00": 1}


def test_the_venue_names_what_a_drawer_is_counted_by(make_counter: Make) -> None:
    usual = make_counter().ask("status")["venue"]["denominations"]
    assert (usual[0], usual[-1], len(usual)) == ("200.00", "0.01", 14)


# ---- no sale -----------------------------------------------------------------------------


def test_the_drawer_opens_for_a_reason_and_never_without_a_fact(counter: Counter) -> None:
    assert counter.refusal("no_sale", reason=" ").code == "bad_request"
    assert counter.printers.kicks == 0
    opened = counter.ask("no_sale", reason="change for a note")["opened"]
    assert counter.printers.kicks == 1
    assert counter.bodies("DrawerOpened") == [opened]
    assert (opened["user"], opened["reason"], opened["shift"]) == ("anna", "change for a note", "T1-1-S0001")
    assert counter.ask("x_report")["x"]["no_sales"] == 1
    counter.sign_in("otto")
    assert counter.refusal("no_sale", reason="to look").code == "not_allowed"
    assert (counter.printers.kicks, violations(counter)) == (1, [])


def test_trying_the_drawer_out_is_on_record_too(make_counter: Make) -> None:
    class Setup:
        def named(self) -> list[dict[str, Any]]:
            return [{"name": "drawer"}]

        def test(self, name: str) -> Future[tuple[str, str]]:
            done: Future[tuple[str, str]] = Future()
            done.set_result(("done", "it opened"))
            return done

    counter = make_counter(setup=Setup())
    counter.sign_in("ada")
    assert counter.ask("device_test", device="drawer")["outcome"] == "done"
    (told,) = counter.bodies("DrawerOpened")
    assert (told["user"], "shift" in told) == ("ada", False)
    assert violations(counter) == []


def test_a_venue_may_leave_opening_to_supervisors(make_counter: Make) -> None:
    counter = make_counter(no_sale="supervisor")
    counter.open()
    assert counter.refusal("no_sale", reason="change").code == "approval_needed"
    assert counter.refusal("no_sale", reason="change", approver=who("beth")).code == "not_allowed"
    counter.ask("no_sale", reason="change", approver=who("sam"))
    assert [body.get("approver") for body in counter.bodies("DrawerOpened")] == ["sam"]
    counter.sign_in("sam")
    counter.ask("no_sale", reason="to look")
    assert counter.printers.kicks == 2


# ---- whose drawer ------------------------------------------------------------------------


def test_a_shared_drawer_is_every_cashiers_and_sales_are_their_own(counter: Counter) -> None:
    counter.sell("A-1")
    counter.sign_in("beth")
    counter.sell("A-2", "A-3")
    by = counter.ask("close_shift", counted={"total": "277.00"})["report"]["by_cashier"]
    assert {user: (own["tickets"], own["by_tender"]) for user, own in by.items()} == {
        "anna": (1, {"cash": "59.00"}),
        "beth": (2, {"cash": "118.00"}),
    }


def test_a_drawer_of_ones_own_is_nobody_elses(make_counter: Make) -> None:
    counter = make_counter(drawer="own")
    counter.open()
    counter.sell("A-1")
    for other in ("beth", "sam"):
        counter.sign_in(other)
        refused = counter.refusal("add", show="aida", places=["A-2"], price_type="adult")
        assert (refused.code, refused.fields["name"]) == ("drawer_of_other", "Anna")
        assert counter.refusal("move_cash", kind="drop", amount="5.00", reason="safe").code == "drawer_of_other"
    counter.sign_in("beth")
    assert counter.refusal("close_shift", counted={"total": "159.00"}).code == "drawer_of_other"
    assert counter.refusal("no_sale", reason="change").code == "drawer_of_other"
    counter.ask("hand_over", counted={"total": "159.00"}, giver=who("anna"), taker=who("beth"))
    counter.sell("A-2")
    counter.sign_in("anna")
    assert counter.refusal("add", show="aida", places=["A-3"], price_type="adult").code == "drawer_of_other"
    counter.sign_in("sam")
    assert counter.ask("close_shift", counted={"total": "218.00"})["report"]["difference"] == "0.00"
    assert violations(counter) == []


def test_that_guard_bites(make_counter: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from pos.till.desk import Desk

    mutate(monkeypatch, Desk, "shift", "season.venue.drawer == OWN", "season.venue.drawer == 'theirs'")
    with pytest.raises(AssertionError, match="was not refused"):
        test_a_drawer_of_ones_own_is_nobody_elses(make_counter)


# ---- hand-over ---------------------------------------------------------------------------


def test_a_hand_over_books_the_difference_to_who_gives_and_goes_on_from_the_count(counter: Counter) -> None:
    counter.sell("A-1")
    counter.add("B-1")
    handed = counter.ask(
        "hand_over", counted={"50.00": 3, "5.00": 1, "2.00": 1}, giver=who("anna"), taker=who("beth"), printed=True
    )
    over = handed["handed_over"]
    assert (over["user"], over["taker"], over["expected"], over["difference"]) == ("anna", "beth", "159.00", "-2.00")
    assert sorted(last_money(counter)) == [["drawer:T1", -200, "EUR"], ["over_short", 200, "EUR"]]
    assert (counter.ask("status")["user"], counter.ask("shift")["user"]) == ("beth", "beth")
    assert [line["place"] for line in counter.ask("basket")["basket"]["lines"]] == ["B-1"], "the basket stays"
    counter.printers.run()
    assert counter.printers.paper[-1][1]["heading"] == "Hand-over of the drawer"
    counter.pay()
    counter.restart()
    counter.sign_in("beth")
    report = counter.ask("close_shift", counted={"total": "216.00"})["report"]
    assert (report["expected"], report["difference"], report["cashier"]) == ("216.00", "0.00", "beth")
    assert report["drawer"]["handed_over"] == "-2.00"
    assert violations(counter) == []


@pytest.mark.parametrize(
    ("giver", "taker", "code"),
    [
        (who("beth"), who("anna"), "not_allowed"),  # not hers to give
        (who("anna"), who("anna"), "not_allowed"),
        (who("anna"), who("otto"), "not_allowed"),  # an auditor has no drawer
        ({"user": "anna", "pin": "0000"}, who("beth"), "wrong_pin"),
        (who("anna"), {"user": "beth", "pin": "0000"}, "wrong_pin"),
    ],
)
def test_a_hand_over_takes_both_pins(counter: Counter, giver: dict[str, str], taker: dict[str, str], code: str) -> None:
    assert counter.refusal("hand_over", counted={"total": "100.00"}, giver=giver, taker=taker).code == code
    assert counter.kinds() == ["ShiftOpened"]
    assert counter.ask("status")["user"] == "anna"


# ---- X and Z -----------------------------------------------------------------------------


def test_an_x_is_blind_for_a_cashier_and_counts_as_nothing(counter: Counter) -> None:
    counter.sell("A-1")
    x = counter.ask("x_report")["x"]
    assert (x["sales"], x["tickets"]) == (1, 1)
    told = json.dumps(x)
    assert "159.00" not in told, "what the drawer should hold"
    assert "59.00" not in told, "what was taken in cash"
    assert counter.kinds() == ["ShiftOpened", "TicketsSold"]
    counter.sign_in("sam")
    seen = counter.ask("x_report", printed=True)["x"]
    assert (seen["expected"], seen["by_tender"]) == ("159.00", {"cash": "59.00"})
    counter.printers.run()
    assert counter.printers.paper[-1][1]["heading"] == "X report"


def test_each_close_has_the_next_z_and_it_prints_again_as_it_was(counter: Counter) -> None:
    counter.sell("A-1")
    counter.line.cut()
    first = counter.ask("close_shift", counted={"total": "158.00"})["report"]
    counter.printers.run()
    printed = counter.printers.paper[-1]
    counter.ask("open_shift", float="50.00")
    second = counter.ask("close_shift", counted={"total": "50.00"})["report"]
    assert [(one["z"], one["z_number"]) for one in (first, second)] == [("T1-Z0001", 1), ("T1-Z0002", 2)]
    counter.line.mend()
    counter.line.drain()
    again = counter.ask("z_report", number=1, printed="z")
    counter.printers.run()
    assert counter.printers.paper[-1] == printed
    assert printed[1]["provisional"] is True, "as it was printed, though the office has it all by now"
    assert (again["state"], again["report"]["shift"]) == ("final", "T1-1-S0001")
    assert counter.ask("z_report")["report"]["z_number"] == 2
    assert counter.refusal("z_report", number=3).code == "unknown_shift"
    assert counter.refusal("z_report", shift="T9-1-S0001").code == "unknown_shift"
    assert violations(counter) == []


def test_a_report_of_others_is_no_cashiers(counter: Counter) -> None:
    counter.ask("close_shift", counted={"total": "100.00"})
    assert counter.ask("z_report")["report"]["counted"] == "100.00"
    counter.sign_in("beth")
    assert counter.refusal("z_report").code == "not_allowed"
    counter.sign_in("otto")
    assert counter.ask("z_report")["report"]["counted"] == "100.00"


def test_what_was_closed_offline_is_provisional_until_the_office_has_it(counter: Counter) -> None:
    counter.line.cut()
    counter.ask("close_shift", counted={"total": "100.00"})
    assert counter.ask("status")["provisional"] == ["T1-1-S0001"]
    assert counter.ask("z_report")["state"] == "provisional"
    assert counter.refusal("z_report", printed="agreed").code == "not_allowed"
    counter.line.mend()
    counter.line.drain()
    assert [event["shift"] for event in counter.said("shift_final")] == ["T1-1-S0001"]
    assert counter.ask("status")["provisional"] == []
    counter.ask("z_report", printed="agreed")
    counter.printers.run()
    assert counter.printers.paper[-1][1]["heading"] == "Agreed with the office: final"


# ---- what is declared --------------------------------------------------------------------


def test_what_is_declared_is_held_against_the_books(counter: Counter) -> None:
    counter.add("A-1")
    total = counter.ask("basket")["basket"]["total"]
    counter.ask("pay", tenders=[{"kind": "card", "amount": total, "slip": "004711"}])
    sale = counter.sell("A-2")
    counter.ask("refund", tickets=[sale["tickets"][0]["id"]], reason="ill")
    declared = {"card_slip": {"count": 1, "amount": "58.00"}, "voucher": {"count": 0, "amount": "0.00"}}
    report = counter.ask(
        "close_shift", counted={"total": "106.80"}, declared=declared, witness=who("beth"), note="the change"
    )["report"]
    assert report["declared"] == [
        {"kind": "card_slip", "count": 1, "books_count": 1, "declared": "58.00", "books": "59.00",
         "difference": "-1.00"},
        {"kind": "voucher", "count": 0, "books_count": 0, "declared": "0.00", "books": "0.00", "difference": "0.00"},
        {"kind": "returned", "count": None, "books_count": 1},
    ]  # fmt: skip
    assert (report["witness"], report["note"]) == ("beth", "the change")
    counter.printers.run()
    assert counter.printers.paper[-1][1]["signatures"] == ["Cashier", "Witness: Beth"]


@pytest.mark.parametrize(
    "declared",
    [{"gold": {"count": 1}}, {"card": {"count": 1}}, {"card": {"count": -1, "amount": "5.00"}}, {"returned": 5}, [],
     {"returned": {"count": 1, "amount": "5.00"}}, {"cash": {"count": 1, "amount": "5.00"}},
     {"card": {"count": 1, "amount": "1.001"}}],
)  # fmt: skip
def test_a_declaration_names_papers_of_a_kind(counter: Counter, declared: Any) -> None:
    assert counter.refusal("close_shift", counted={"total": "100.00"}, declared=declared).code == "bad_request"
    assert counter.ask("status")["shift"] == "T1-1-S0001"


def test_nobody_is_their_own_witness(counter: Counter) -> None:
    counted = {"total": "100.00"}
    assert counter.refusal("close_shift", counted=counted, witness=who("anna")).code == "not_allowed"
    assert counter.refusal("close_shift", counted=counted, witness={"user": "sam", "pin": "1"}).code == "wrong_pin"
    assert counter.ask("status")["shift"] == "T1-1-S0001"


def test_a_difference_above_the_house_limit_needs_a_note_and_every_count_is_kept(make_counter: Make) -> None:
    counter = make_counter(note_over="1.00")
    counter.open()
    for counted in ("90.00", "98.99"):
        refused = counter.refusal("close_shift", counted={"total": counted})
        assert refused.code == "note_needed"
        assert set(refused.fields) == {"what", "counts"}, "nothing of what is expected"
    report = counter.ask("close_shift", counted={"total": "99.00"})["report"]
    assert [(one["counted"], one["by"]) for one in report["counts"]] == [("90.00", "anna"), ("98.99", "anna")]
    counter.ask("open_shift", float="10.00")
    report = counter.ask("close_shift", counted={"total": "0.00"}, note="robbed")["report"]
    assert (report["difference"], "counts" in report) == ("-10.00", False)
    assert violations(counter) == []


def test_counts_begin_anew_with_whoever_takes_the_drawer(make_counter: Make) -> None:
    counter = make_counter(note_over="0.00")
    counter.open()
    people = {"giver": who("anna"), "taker": who("beth")}
    assert counter.refusal("hand_over", counted={"total": "1.00"}, **people).code == "note_needed"
    over = counter.ask("hand_over", counted={"total": "99.00"}, note="lent to the bar", **people)["handed_over"]
    assert [one["counted"] for one in over["counts"]] == ["1.00"]
    assert "counts" not in counter.ask("close_shift", counted={"total": "99.00"})["report"]


# ---- ticket paper at the close, and two people -------------------------------------------


def stocked(counter: Counter) -> Counter:
    """Anna has a shift with 100.00 in the drawer, and 200 numbered blanks, of which 20 lie in the printer."""
    counter.printers.numbers = ("ticket",)
    counter.open()
    counter.ask("receive_stock", box="Box 7", serials=["A0001-A0200"], approver=who("sam"))
    counter.ask("load_stock", **{"from": "A0001", "to": "A0020"})
    return counter


def closed(counter: Counter, *serials: str, **more: Any) -> dict[str, Any]:
    fields = {"counted": {"total": "100.00"}, "declared": {"stock": {"serials": list(serials)}}} | more
    report: dict[str, Any] = counter.ask("close_shift", **fields)["report"]
    return report


def test_ticket_paper_is_counted_with_the_drawer_and_booked_with_the_close(make_counter: Make) -> None:
    counter = stocked(make_counter())
    assert counter.ask("shift")["asked"] == {"stock": True, "count_paper": False, "close_by_two": False}
    report = closed(counter, "A0001-A0190", "Q1", note="the end of the roll is gone")
    assert report["declared"] == [
        {"kind": "stock", "count": 191, "books_count": 200, "missing": [["A0191", "A0200"]], "more": [["Q1", "Q1"]]}
    ]
    (counted,) = counter.bodies("StockCounted")
    assert (counted["user"], counted["shift"], counted["note"]) == ("anna", report["shift"], report["note"])
    paper = counter.ask("ticket_paper")
    assert (paper["left"], paper["missing"]) == (191, [["A0191", "A0200"]])
    counter.printers.run()
    rows = [row["text"] for group in counter.printers.paper[-1][1]["groups"] for row in group["rows"]]
    assert rows[-5:-1] == ["Ticket paper × 191", "  in the books × 200", "  missing A0191–A0200",
                           "  more than in the books Q1"]  # fmt: skip
    latest = counter.rows("SELECT envelope FROM journal ORDER BY number DESC LIMIT 2")
    journal = [json.loads(text) for (text,) in latest]
    assert [fact["kind"] for fact in journal] == ["ShiftClosed", "StockCounted"]
    assert report["number_range"][1] == journal[0]["number"]
    assert violations(counter) == []


def test_a_count_of_paper_that_differs_takes_a_note_and_tells_nothing(make_counter: Make) -> None:
    counter = stocked(make_counter())
    for serials in (["A0001-A0190"], []):
        declared = {"stock": {"serials": serials}}
        refused = counter.refusal("close_shift", counted={"total": "100.00"}, declared=declared)
        assert (refused.code, set(refused.fields)) == ("note_needed", {"what", "counts"})
    assert counter.bodies("StockCounted") == []
    assert counter.ask("ticket_paper")["left"] == 200
    report = closed(counter, "A0001-A0200")
    assert [one["stock"] for one in report["counts"]] == [[["A0001", "A0190"]], []]
    assert report["declared"][0]["missing"] == []
    counter.printers.run()
    texts = [row["text"] for group in counter.printers.paper[-1][1]["groups"] for row in group["rows"]]
    assert {"  Ticket paper A0001–A0190", "  Ticket paper 0"} <= set(texts), "every count that was refused is on the Z"


def test_as_many_blanks_with_other_numbers_differ(make_counter: Make) -> None:
    counter = stocked(make_counter())
    report = closed(counter, "A0002-A0200", "Q1", note="a roll of another box")
    (row,) = report["declared"]
    assert (row["count"], row["books_count"], row["missing"]) == (200, 200, [["A0001", "A0001"]])
    assert declared.differs(report["declared"])


def test_paper_is_not_counted_while_a_print_is_a_question(make_counter: Make) -> None:
    counter = stocked(make_counter())
    counter.sell("A-1")
    counter.printers.run("unknown", "no answer")
    drawer = {"total": "159.00"}
    declared = {"stock": {"serials": ["A0002-A0200"]}}
    refused = counter.refusal("close_shift", counted=drawer, declared=declared)
    assert (refused.code, "ticket printer" in refused.fields["reason"]) == ("not_allowed", True)
    counter.ask("printed", job=1, came_out=True, lies_next="A0002")
    report = counter.ask("close_shift", counted=drawer, declared=declared)["report"]
    assert report["declared"][-1] == {"kind": "stock", "count": 199, "books_count": 199, "missing": [], "more": []}


@pytest.mark.parametrize("stock", [5, {}, {"serials": "A1"}, {"serials": ["?"]}, {"serials": ["A1-A9", "A5"]},
                                   {"count": 3}, {"serials": ["A1"], "count": 1}])  # fmt: skip
def test_paper_is_declared_by_its_numbers(make_counter: Make, stock: Any) -> None:
    counter = stocked(make_counter())
    assert counter.refusal("close_shift", counted={"total": "1.00"}, declared={"stock": stock}).code == "bad_request"
    assert counter.ask("status")["shift"] == "T1-1-S0001"


def test_the_venue_may_want_the_paper_counted_where_it_has_numbers(make_counter: Make) -> None:
    counter = stocked(make_counter(count_paper=True))
    refused = counter.refusal("close_shift", counted={"total": "100.00"})
    assert (refused.code, refused.fields["field"]) == ("bad_request", "declared.stock")
    assert closed(counter, "A0001-A0200")["declared"][0]["count"] == 200
    plain = make_counter(count_paper=True)
    plain.open()
    assert plain.ask("shift")["asked"]["count_paper"] is False
    assert "declared" not in plain.ask("close_shift", counted={"total": "100.00"})["report"]


def test_paper_that_nobody_counted_says_so_beside_what_was_declared(make_counter: Make) -> None:
    counter = stocked(make_counter())
    report = counter.ask("close_shift", counted={"total": "100.00"}, declared={"returned": {"count": 0}})["report"]
    assert report["declared"][-1] == {"kind": "stock", "count": None, "books_count": 200}
    assert counter.bodies("StockCounted") == []


def test_the_venue_may_want_two_people_at_the_close(make_counter: Make) -> None:
    counter = make_counter(close_by_two=True)
    counter.open()
    assert counter.ask("shift")["asked"]["close_by_two"] is True
    refused = counter.refusal("close_shift", counted={"total": "100.00"})
    assert (refused.code, refused.fields["field"]) == ("check_needed", "witness")
    assert counter.refusal("close_shift", counted={"total": "100.00"}, witness=who("anna")).code == "not_allowed"
    report = counter.ask("close_shift", counted={"total": "100.00"}, witness=who("beth"))["report"]
    assert report["witness"] == "beth"


# ---- the second stage --------------------------------------------------------------------


def closed_by_anna(counter: Counter, counted: str = "157.00") -> str:
    """A shift of anna's that is two short, closed with the line down."""
    counter.sell("A-1")
    counter.line.cut()
    report = counter.ask("close_shift", counted={"total": counted}, declared={"returned": {"count": 0}})["report"]
    return str(report["shift"])


def test_a_supervisor_verifies_what_somebody_else_has_counted(counter: Counter) -> None:
    shift = closed_by_anna(counter)
    assert counter.refusal("verify_shift", shift=shift).code == "not_allowed"
    counter.sign_in("sam")
    (row,) = counter.ask("shifts")["shifts"]
    assert (row["shift"], row["z"], row["difference"], row["verified"], row["may"]) == (
        shift, "T1-Z0001", "-2.00", None, True,
    )  # fmt: skip
    assert counter.refusal("verify_shift", shift=shift).code == "note_needed"
    done = counter.ask("verify_shift", shift=shift, counted={"total": "158.50"}, note="found under the tray")
    told = done["verified"]
    assert (told["counted"], told["recounted"], told["difference"]) == ("157.00", "158.50", "1.50")
    assert sorted(last_money(counter)) == [["over_short", -150, "EUR"], ["safe", 150, "EUR"]]
    assert counter.ask("z_report", shift=shift)["report"]["counted"] == "157.00", "the first count stays"
    assert counter.ask("z_report", shift=shift)["verified"]["user"] == "sam"
    assert counter.ask("shifts")["shifts"] == []
    assert [row["verified"]["user"] for row in counter.ask("shifts", state="all")["shifts"]] == ["sam"]
    assert counter.refusal("verify_shift", shift=shift).code == "not_allowed"
    counter.restart()
    counter.sign_in("sam")
    assert counter.refusal("verify_shift", shift=shift).code == "not_allowed"
    assert violations(counter) == []


def test_what_adds_up_is_verified_without_a_word(counter: Counter) -> None:
    shift = closed_by_anna(counter, "159.00")
    counter.sign_in("ada")
    counter.ask("verify_shift", shift=shift, printed=True)
    assert last_money(counter) == []
    counter.printers.run()
    assert counter.printers.paper[-1][1]["heading"] == "Shift verified"


def test_nobody_verifies_a_drawer_that_they_had(make_counter: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    import pos.till.drawer.verifying as verifying

    counter = make_counter()
    counter.open("sam")
    shift = closed_by_anna(counter, "159.00")
    assert counter.ask("shifts")["shifts"][0]["may"] is False
    assert counter.refusal("verify_shift", shift=shift).code == "not_allowed"
    mutate(monkeypatch, verifying, "_check_may", 'if user.id in closed["people"]', "if False")
    counter.ask("verify_shift", shift=shift)


def test_a_shift_of_another_till_is_the_offices_to_tell(counter: Counter) -> None:
    report = {
        "opened_by": "beth", "closed_by": "beth", "opened_at": "2027-03-01T10:00:00+01:00",
        "closed_at": "2027-03-01T17:00:00+01:00", "expected": "80.00", "counted": "80.00", "difference": "0.00",
        "by_tender": {},
    }  # fmt: skip
    there = {"shift": "T2-1-S0004", "till": "T2", "incarnation": 1, "report": report, "people": ["beth"]}
    counter.line.found = {
        "shift": {"shift": there}, "shifts": {"shifts": [there | {"state": "final", "verified": None}]},
    }  # fmt: skip
    counter.sign_in("sam")
    listed = counter.ask("shifts")
    assert ([row["shift"] for row in listed["shifts"]], listed["complete"]) == (["T2-1-S0004"], True)
    assert listed["shifts"][0]["till_name"] == "Window 2"
    counter.ask("verify_shift", shift="T2-1-S0004", counted={"total": "79.00"}, note="one less")
    assert sorted(last_money(counter)) == [["over_short", 100, "EUR"], ["safe", -100, "EUR"]]
    assert counter.refusal("verify_shift", shift="T2-1-S0004").code == "not_allowed"
    counter.line.cut()
    assert counter.refusal("verify_shift", shift="T2-1-S0005").code == "offline"
    assert counter.ask("shifts")["complete"] is False
    assert violations(counter) == []


# ---- the layout of a report ----------------------------------------------------------------


def test_a_z_is_set_as_it_was_although_its_layout_has_changed(make_counter: Make, tmp_path: Path) -> None:
    """Through the real shelf and the real press: the same dots."""
    shelf = LayoutShelf(printer_data("layouts"), tmp_path / "layouts")
    press = Press(shelf.in_use("receipt", ["receipt-standard", "z-report", "list-standard"]), fonts(), shelf.kept)
    work = LayoutWork(shelf, printer_data("samples.toml"), fonts)
    try:
        counter = make_counter(layouts=work)
        counter.open()
        counter.ask("close_shift", counted={"total": "100.00"})
        counter.printers.run()
        (first,) = press.bitmaps(counter.printers.paper[-1][1], 72.0, 8.0)
        text, _ = shelf.text("z-report")
        changed = text.replace("size = 7.6", "size = 5.0")
        shelf.put(shelf.parse(changed, "test"), changed)
        counter.ask("z_report", printed="z")
        counter.printers.run()
        again = counter.printers.paper[-1][1]
        assert [dots.data for dots in press.bitmaps(again, 72.0, 8.0)] == [first.data]
        plain = {key: value for key, value in again.items() if key != "set_in"}
        (other,) = press.bitmaps(plain, 72.0, 8.0)
        assert other.data != first.data, "the layout that is used now is another one"
    finally:
        work.close()
