"""Numbered blanks at a till: every ticket knows its own, and none is used twice, skipped or lost unsaid."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest

from pos.domain.serials import each
from pos.store.verify import report
from tests.unit.till.counter import Counter

SAM = {"user": "sam", "pin": "1111"}


@pytest.fixture
def stocked(counter: Counter) -> Counter:
    """A till whose ticket printer has the numbers A0001 to A0020 of a box of 200."""
    counter.printers.numbers = ("ticket",)
    counter.ask("receive_stock", box="Box 7", serials=["A0001-A0200"], approver=SAM)
    counter.ask("load_stock", **{"from": "A0001", "to": "A0020"})
    return counter


def paper(counter: Counter) -> dict[str, Any]:
    return counter.ask("ticket_paper")


def printed(counter: Counter) -> list[Any]:
    counter.settle()
    return [body.get("stock") for body in counter.bodies("PrintReported")]


def sound(counter: Counter) -> str:
    out = io.StringIO()
    assert report(counter.folder, out) == 0, out.getvalue()
    return out.getvalue()


def test_every_ticket_knows_the_blank_it_was_printed_on(stocked: Counter) -> None:
    sale = stocked.sell("A-1", "A-2")
    stocked.printers.run()
    used = [
        {"ticket": sale["tickets"][0]["id"], "serials": [["A0001", "A0001"]]},
        {"ticket": sale["tickets"][1]["id"], "serials": [["A0002", "A0002"]]},
    ]
    assert printed(stocked) == [{"used": used, "spoiled": [], "unknown": 0}]
    assert (paper(stocked)["next"], paper(stocked)["left"]) == ("A0003", 198)
    (found,) = stocked.ask("find", sale=sale["id"])["sales"]
    assert [ticket["stock"] for ticket in found["tickets"]] == [["A0001"], ["A0002"]]
    (found,) = stocked.ask("find", stock="a0002")["sales"]
    assert found["id"] == sale["id"]
    stocked.ask("reprint", ticket=sale["tickets"][0]["id"], reason="torn")
    stocked.printers.run()
    (found,) = stocked.ask("find", sale=sale["id"])["sales"]
    assert found["tickets"][0]["stock"] == ["A0001", "A0003"], "a copy has a blank of its own"
    assert stocked.ask("status")["paper"] == {"next": "A0004", "left": 197, "low": False}
    sound(stocked)


def test_a_ticket_longer_than_its_blank_uses_two(stocked: Counter) -> None:
    stocked.sell("A-1", "A-2")
    stocked.printers.run(sheets=4)
    (stock,) = printed(stocked)
    assert [page["serials"] for page in stock["used"]] == [[["A0001", "A0002"]], [["A0003", "A0004"]]]


def test_a_printer_without_numbers_uses_none(counter: Counter) -> None:
    counter.sell("A-1")
    counter.printers.run()
    assert printed(counter) == [None]
    assert "paper" not in counter.ask("status")
    assert counter.refusal("load_stock", **{"from": "A1"}).code == "not_allowed"


def test_what_did_not_begin_or_went_to_the_other_printer_uses_none(stocked: Counter) -> None:
    stocked.sell("A-1")
    stocked.printers.run("failed", "no paper")
    assert printed(stocked) == [None]
    stocked.ask("move_job", job=1, to="printer.receipt")
    stocked.printers.run()
    assert printed(stocked) == [None, None]
    assert paper(stocked)["next"] == "A0001"


def test_a_jam_is_asked_about_and_what_is_gone_is_spoiled(stocked: Counter) -> None:
    stocked.sell("A-1", "A-2")
    stocked.printers.run("unknown", "jam; 1 of 2 confirmed", 1)
    assert paper(stocked)["next"] == "A0001", "nobody has looked yet"
    asked = stocked.refusal("printed", job=1, came_out=False)
    assert (asked.code, asked.fields["field"]) == ("bad_request", "lies_next")
    assert stocked.refusal("printed", job=1, came_out=False, lies_next="B0003").code == "bad_request"
    stocked.ask("printed", job=1, came_out=False, lies_next="A0003")
    stocked.printers.run()
    (body,) = stocked.bodies("StockMoved")
    assert (body["move"], body["serials"], body["user"]) == ("spoiled", [["A0001", "A0002"]], "anna")
    assert [page["serials"] for page in printed(stocked)[-1]["used"]] == [[["A0003", "A0003"]], [["A0004", "A0004"]]]
    sound(stocked)


def test_paper_that_came_out_after_all_takes_what_is_gone(stocked: Counter) -> None:
    stocked.sell("A-1")
    stocked.printers.run("unknown", "no answer")
    few = stocked.refusal("printed", job=1, came_out=True, lies_next="A0001")
    assert "only 0 numbers" in few.fields["reason"]
    stocked.ask("printed", job=1, came_out=True, lies_next="A0004")
    assert printed(stocked)[-1]["spoiled"] == [["A0002", "A0003"]]
    assert paper(stocked)["next"] == "A0004"


def test_selling_goes_on_without_a_number_and_says_so(stocked: Counter) -> None:
    stocked.ask("load_stock", **{"from": "A0020", "to": "A0020"}, reason="the roll was torn", approver=SAM)
    stocked.sell("A-1", "A-2")
    stocked.printers.run()
    stock = printed(stocked)[-1]
    assert ([page["serials"] for page in stock["used"]], stock["unknown"]) == ([[["A0020", "A0020"]]], 1)
    assert stocked.said("stock_unloaded")
    assert paper(stocked)["next"] == ""


def test_a_second_roll_lies_behind_the_first(stocked: Counter) -> None:
    stocked.ask("load_stock", **{"from": "A0019", "to": "A0020"}, reason="wound too far", approver=SAM)
    stocked.ask("load_stock", **{"from": "A0101", "to": "A0110"}, after=True)
    stocked.sell("A-1", "A-2", "A-3")
    stocked.printers.run()
    assert [page["serials"][0][0] for page in printed(stocked)[-1]["used"]] == ["A0019", "A0020", "A0101"]


def test_skipping_numbers_takes_a_reason_and_above_five_a_supervisor(stocked: Counter) -> None:
    assert stocked.refusal("load_stock", **{"from": "A0003"}).fields["field"] == "reason"
    stocked.ask("load_stock", **{"from": "A0003"}, reason="two came out stuck together")
    assert paper(stocked)["next"] == "A0003"
    assert stocked.refusal("load_stock", **{"from": "A0009"}, reason="x").code == "approval_needed"
    assert stocked.refusal("load_stock", **{"from": "A0002"}).code == "not_allowed", "it is spoiled"
    assert stocked.refusal("spoil_stock", serials=["A0100-A0105"], reason="wet").code == "approval_needed"
    stocked.ask("spoil_stock", serials=["A0100-A0105"], reason="wet", approver=SAM)
    assert stocked.bodies("StockMoved")[-1]["approver"] == "sam"
    assert stocked.refusal("spoil_stock", serials=["A0100"], reason="wet").code == "not_allowed"
    assert paper(stocked)["spoiled"] == 8
    sound(stocked)


def test_low_paper_is_said_once_and_stands_in_the_status(make_counter: Any) -> None:
    counter: Counter = make_counter(paper_low="3")
    counter.open()
    counter.printers.numbers = ("ticket",)
    counter.ask("receive_stock", box="1", serials=["A01-A04"], approver=SAM)
    counter.ask("load_stock", **{"from": "A01"})
    counter.sell("A-1", "A-2")
    counter.printers.run()
    counter.settle()
    assert [(event["left"], event["low"]) for event in counter.said("stock_low")] == [(2, 3)]
    assert counter.ask("status")["paper"]["low"] is True
    counter.sell("A-3")
    counter.printers.run()
    counter.settle()
    assert len(counter.said("stock_low")) == 1


def test_a_restart_knows_which_number_is_next(stocked: Counter) -> None:
    stocked.sell("A-1")
    stocked.printers.run()
    stocked.settle()
    stocked.restart()
    stocked.sign_in()
    assert paper(stocked)["next"] == "A0002"


def test_paper_goes_to_another_window_and_comes_from_there(stocked: Counter) -> None:
    assert stocked.refusal("issue_stock", to="T1", serials=["A0100"]).code == "bad_request"
    assert stocked.refusal("issue_stock", to="T2", serials=["A0150-A0250"]).fields["serials"] == ["A0201", "A0250"]
    stocked.ask("issue_stock", to="T2", serials=["A0101-A0150"])
    assert paper(stocked)["sent"] == [{"to": "T2", "serials": [["A0101", "A0150"]], "count": 50}]
    assert stocked.refusal("spoil_stock", serials=["A0120"], reason="x").code == "not_allowed"
    stocked.ask("withdraw_stock", to="T2", serials=["A0141-A0150"])
    stocked.ask("take_stock", **{"from": "T2"}, serials=["B0001-B0010"])
    assert stocked.refusal("take_stock", **{"from": "T2"}, serials=["B0010"]).code == "not_allowed"
    assert paper(stocked)["hand"] == [["A0001", "A0100"], ["A0141", "A0200"], ["B0001", "B0010"]]
    assert [one["where"] for one in paper(stocked)["boxes"]] == [[{"till": "T1", "count": 160}]]
    sound(stocked)


def test_a_request_is_answered_by_a_supervisor_and_handed_out(stocked: Counter) -> None:
    asked = stocked.ask("request_stock", count=100, note="for Saturday")["request"]
    assert [one["state"] for one in paper(stocked)["requests"]] == ["open"]
    assert stocked.refusal("answer_request", request=asked["id"], approve=True).code == "approval_needed"
    assert stocked.refusal("answer_request", request="x", approve=True, approver=SAM).code == "bad_request"
    stocked.ask("answer_request", request=asked["id"], approve=True, approver=SAM)
    assert [one["state"] for one in paper(stocked)["requests"]] == ["approved"]
    assert stocked.refusal("answer_request", request=asked["id"], approve=False, approver=SAM).code == "not_allowed"
    stocked.ask("take_stock", **{"from": "T2"}, serials=["C001-C100"], request=asked["id"])
    assert paper(stocked)["requests"] == []
    other = stocked.ask("request_stock", count=1)["request"]["id"]
    stocked.ask("withdraw_request", request=other)
    assert stocked.refusal("withdraw_request", request=other).code == "not_allowed"


def test_paper_that_nobody_gave_to_this_window_is_loaded_only_as_found(stocked: Counter) -> None:
    assert "not at this window" in stocked.refusal("load_stock", **{"from": "Z100", "to": "Z199"}).fields["reason"]
    stocked.ask("load_stock", **{"from": "Z100", "to": "Z199"}, found=True)
    assert stocked.bodies("StockMoved")[-1]["move"] == "found"
    assert paper(stocked)["next"] == "Z100"
    sound(stocked)


def test_a_count_is_blind_and_what_is_missing_takes_a_note_and_may_come_back(stocked: Counter) -> None:
    same = stocked.ask("count_stock", serials=["A0001-A0200"])["count"]
    assert (same["missing"], same["more"], same["left"]) == ([], [], 200)
    short = stocked.refusal("count_stock", serials=["A0001-A0190", "Q1"])
    assert (short.fields["field"], short.fields["missing"]) == ("note", [["A0191", "A0200"]])
    stocked.ask("count_stock", serials=["A0001-A0190", "Q1"], note="the end of the roll is gone")
    assert paper(stocked)["missing"] == [["A0191", "A0200"]]
    assert paper(stocked)["left"] == 191
    stocked.ask("count_stock", serials=["A0001-A0195", "Q1"], note="five lay under the desk")
    body = stocked.bodies("StockCounted")[-1]
    assert (body["paper"]["back"], body["paper"]["found"]) == ([["A0191", "A0195"]], [])
    assert paper(stocked)["missing"] == [["A0196", "A0200"]]
    sound(stocked)


def test_a_box_comes_once_and_goes_back_to_the_works_with_a_supervisor(stocked: Counter) -> None:
    assert stocked.refusal("receive_stock", box="8", serials=["A0200-A0300"], approver=SAM).code == "not_allowed"
    assert stocked.refusal("receive_stock", box="8", serials=["B1"]).code == "approval_needed"
    assert stocked.refusal("receive_stock", box="8", serials=["B1-B1"], approver=SAM | {"pin": "0"}).code == "wrong_pin"
    assert stocked.refusal("return_stock", serials=["A0101-A0200"], reason="old logo").code == "approval_needed"
    stocked.ask("return_stock", serials=["A0101-A0200"], reason="old logo", approver=SAM)
    assert "sent back here" in stocked.refusal("issue_stock", to="T2", serials=["A0101"]).fields["reason"]
    sound(stocked)


@pytest.mark.parametrize("serials", [["A1-"], ["A1-B2"], ["A1", "A1"], ["#"]])
def test_what_names_no_numbers_is_refused(stocked: Counter, serials: list[str]) -> None:
    refused = stocked.refusal("take_stock", **{"from": "T2"}, serials=serials)
    assert (refused.code, refused.fields["field"]) == ("bad_request", "serials")


# ---- with other windows, as the office tells of them ---------------------------------------


def tell(counter: Counter, till: str, hand: list[list[str]], *coming: dict[str, Any]) -> None:
    body = {"id": till, "hand": hand, "left": 0, "coming": list(coming), "open": []}
    counter.line.document("stock_hand", body)
    counter.ask("sync")


def test_what_another_window_has_given_is_seen_coming_and_counted_in(stocked: Counter) -> None:
    tell(stocked, "T1", [["A0001", "A0200"]], {"from": "T2", "serials": [["B0001", "B0050"]]})
    assert paper(stocked)["coming"] == [{"from": "T2", "serials": [["B0001", "B0050"]], "count": 50}]
    assert "on its way from T2" in stocked.refusal("load_stock", **{"from": "B0001"}, found=True).fields["reason"]
    stocked.line.cut()
    stocked.ask("take_stock", **{"from": "T2"}, serials=["B0001-B0040"])
    assert paper(stocked)["coming"] == [{"from": "T2", "serials": [["B0041", "B0050"]], "count": 10}]
    assert stocked.ask("load_stock", **{"from": "B0001"})["loaded"] == [["B0001", "B0040"]]


def test_what_is_known_to_be_elsewhere_is_neither_found_nor_new(stocked: Counter) -> None:
    tell(stocked, "T2", [["C001", "C100"]])
    assert "at T2" in stocked.refusal("load_stock", **{"from": "C050"}, found=True).fields["reason"]
    assert "at T2" in stocked.refusal("receive_stock", box="9", serials=["C100-C200"], approver=SAM).fields["reason"]
    assert paper(stocked)["house"]["left"] == 300
    assert paper(stocked)["house"]["low"], "the venue wants 500"


def test_a_request_of_another_window_gets_its_paper_from_here(stocked: Counter) -> None:
    request = {"id": "T2-Q00001", "home": "T2", "user": "beth", "count": 50, "note": "", "state": "open"}
    stocked.line.document("stock_request", request | {"at": "2027-03-01T17:00:00+01:00"})
    stocked.ask("sync")
    stocked.line.cut()
    stocked.ask("answer_request", request="T2-Q00001", approve=True, serials=["A0151-A0200"], approver=SAM)
    assert paper(stocked)["sent"] == [{"to": "T2", "serials": [["A0151", "A0200"]], "count": 50}]
    assert stocked.bodies("StockMoved")[-1]["request"] == "T2-Q00001"
    assert [one["state"] for one in paper(stocked)["requests"]] == ["approved"]
    sound(stocked)


def test_a_window_that_was_enrolled_anew_takes_its_own_paper_over(make_counter: Any) -> None:
    counter: Counter = make_counter(incarnation=2)
    counter.open()
    counter.printers.numbers = ("ticket",)
    tell(counter, "T1", [["A0005", "A0020"]])
    assert paper(counter)["earlier"] == [["A0005", "A0020"]]
    assert counter.refusal("take_stock", **{"from": "T1"}, serials=["A0004"]).code == "not_allowed"
    counter.ask("take_stock", **{"from": "T1"}, serials=["A0005-A0020"])
    assert (paper(counter)["earlier"], paper(counter)["left"]) == ([], 16)
    counter.ask("load_stock", **{"from": "A0005"})
    counter.sell("A-1")
    counter.printers.run()
    assert printed(counter)[-1]["used"][0]["serials"] == [["A0005", "A0005"]]
    sound(counter)


# ---- a whole evening with one roll -----------------------------------------------------------


class Roll:
    """The paper in the printer, as it really lies there: which blank is next, and what came of those before."""

    def __init__(self) -> None:
        self.next, self.fate = 1, dict[str, str]()

    def number(self) -> str:
        return f"A{self.next:04d}"

    def feed(self, fate: str, count: int) -> None:
        for _ in range(count):
            self.fate[self.number()] = fate
            self.next += 1


def print_all(counter: Counter, roll: Roll, chance: random.Random) -> None:
    """Every job that waits comes out, or fails, or jams, or the till dies over it."""
    while counter.printers.jobs:
        job = counter.printers.jobs.pop(0)
        job.started()
        pages = len(job.content["tickets"]) if job.role == "ticket" else 0
        end = chance.choice(("done", "done", "failed", "jam", "crash")) if pages else "done"
        if end == "done":
            roll.feed("used", pages)
            job.finished("done", "", pages or None)
        elif end == "failed":
            job.finished("failed", "no paper")
            counter.settle()
            counter.ask("retry", job=int(job.name))
        else:
            out = chance.randint(0, pages)
            if end == "jam":
                job.finished("unknown", "jam", out)
                counter.settle()
            else:
                counter.restart()
                counter.sign_in()
            whole = out == pages
            roll.feed("used" if whole else "spoiled", out)
            counter.ask("printed", job=int(job.name), came_out=whole, lies_next=roll.number())
        counter.settle()


def test_whatever_happens_to_a_roll_the_facts_say_what_became_of_each_blank(stocked: Counter) -> None:
    chance, roll = random.Random(11), Roll()
    stocked.ask("load_stock", **{"from": "A0001", "to": "A0200"})
    seats = [f"{row}-{n}" for row in "AB" for n in range(1, 13)]
    chance.shuffle(seats)
    sold: list[str] = []
    while seats:
        if sold and chance.random() < 0.3:
            stocked.ask("reprint", ticket=chance.choice(sold), reason="torn")
        elif chance.random() < 0.2:
            wasted = chance.randint(1, 3)
            roll.feed("spoiled", wasted)
            stocked.ask("load_stock", **{"from": roll.number(), "to": "A0200"}, reason="crumpled")
        else:
            taken = [seats.pop() for _ in range(min(len(seats), chance.randint(1, 4)))]
            sold += [ticket["id"] for ticket in stocked.sell(*taken)["tickets"]]
        print_all(stocked, roll, chance)
        assert paper(stocked)["next"] == roll.number()
    books = stocked.desk.submit(stocked.desk.ledger.blanks.books).result()
    said = {number: fate for fate in ("used", "spoiled") for number in each(books.of(f"{fate}:T1"))}
    assert said == roll.fate
    assert set(roll.fate.values()) == {"used", "spoiled"}
    (last, *_) = [body for body in reversed(stocked.bodies("PrintReported")) if "stock" in body]
    (found,) = stocked.ask("find", stock=last["stock"]["used"][0]["serials"][0][0])["sales"]
    assert last["tickets"][0] in {ticket["id"] for ticket in found["tickets"]}
    sound(stocked)
