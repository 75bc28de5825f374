"""A drill beside a till that sells: real processes, real outages of a pretended house, and a record in the real one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.evening.house import PINS, House, Window
from tests.evening.till_process import TillProcess

SECONDS: Final = 20
SEED: Final = 3
PLAN: Final = """\
version = "house-1"
valid_from = 2026-01-01
[drill]
every_days = 30
[[person]]
key = "duty"
name = "Dana Duty"
telephone = "+43 1 5550100"
tell_at = ["away", "alone"]
"""


class Trainee(TillProcess):
    """`housefull --drill --headless` beside the till of `folder`, and a person who does what is right."""

    def __init__(self, folder: Path, state: Path) -> None:
        super().__init__(folder, state, "--drill")
        self.issued: dict[int, str] = {}
        self.settled: set[int] = set()

    def running(self) -> dict[str, Any]:
        told: dict[str, Any] = self.ok("drills")["running"]
        return told

    def begin(self) -> None:
        self.ok("sign_in", user="anna", pin=PINS["anna"])
        self.wait_event("link", state="online")
        self.ok("sync")
        self.ok("open_shift", float="100.00")

    def cope(self) -> dict[str, Any]:
        """Do what there is to do until the drill is over; its result."""
        heard = read = 0
        while (told := self.running())["state"] != "over":
            if not read and any(event["event"] == "level" and event["level"] != "normal" for event in self.events):
                read = self.heard()
                self.ok("contingency")
                self.ok("told_person", person="duty")
            for customer in told["customers"]:
                getattr(self, f"serve_{customer['task']}")(customer)
            if self.running() == told:
                self.wait_event("drill", after=heard, seconds=SECONDS + 5)
            heard = self.heard()
        result: dict[str, Any] = told["result"]
        return result

    def pick(self, customer: dict[str, Any]) -> str:
        """What they want goes into the basket; what it costs."""
        rows = self.ok("places", show=customer["show"])["places"]
        free = [row["place"] for row in rows if (row["category"], row.get("state")) == (customer["category"], "here")]
        self.ok("add", show=customer["show"], places=free[: customer["count"]], price_type="adult")
        total: str = self.ok("basket")["basket"]["total"]
        return total

    def serve_sell(self, customer: dict[str, Any]) -> None:
        self.ok("pay", tenders=[{"kind": "cash", "amount": self.pick(customer)}])

    serve_in_hand = serve_sell

    def serve_elsewhere(self, customer: dict[str, Any]) -> None:
        refused = self.refused("add", show=customer["show"], places=[customer["place"]], price_type="adult")
        assert refused["code"] == "right_elsewhere"
        self.ok("drill_said", what="turned_away", customer=customer["customer"])

    def serve_refund(self, customer: dict[str, Any]) -> None:
        """The show is tonight, and its tickets come back a day before at the latest."""
        assert self.refused("refund", tickets=[customer["code"]], reason="ill")["code"] == "outside_terms"
        self.ok("drill_said", what="turned_away", customer=customer["customer"])

    def serve_jam(self, customer: dict[str, Any]) -> None:
        heard = self.heard()
        self.serve_sell(customer)
        torn = self.wait_event("printed", after=heard)
        assert torn["outcome"] == "unknown"
        self.ok("drill_said", what="jam_cleared")
        heard = self.heard()
        self.ok("printed", job=torn["job"], came_out=False)
        assert self.wait_event("printed", after=heard)["outcome"] == "done"

    def serve_card(self, customer: dict[str, Any]) -> None:
        total = self.pick(customer)
        refused = self.refused("pay", tenders=[{"kind": "card", "amount": total}])
        assert refused["code"] == "payment_unknown"
        assert self.ok("ask_payment", payment=refused["payment"])["outcome"] == "unknown"
        shown = next(one["terminal"] for one in self.running()["customers"] if one["task"] == "card")
        self.ok("settle_payment", payment=refused["payment"], outcome=shown)
        kind = "card" if shown == "approved" else "cash"
        self.ok("pay", tenders=[{"kind": kind, "amount": total}])

    def serve_paper(self, customer: dict[str, Any]) -> None:
        wanted = {name: customer[name] for name in ("show", "category", "count")}
        ticket = self.ok("issue_paper", **wanted)["pack"]["tickets"][0]["id"]
        self.ok("key_paper", tickets=[ticket], price_type="adult")
        self.ok("book_paper")


def order(window: Window) -> dict[str, Any]:
    window.till.ok("sign_in", user="vera", pin=PINS["vera"])
    drill: dict[str, Any] = window.till.ok("start_drill", person="anna", seconds=SECONDS, seed=SEED)["drill"]
    return drill


@pytest.mark.timeout(240)  # two trainings are made, an office each
def test_a_drill_goes_to_its_end_and_another_dies_half_way_and_both_are_in_the_books_of_the_house(house: House) -> None:
    window = house.window("T1")
    folder = window.till.folder
    (folder / "contingency.toml").write_text(PLAN, encoding="utf-8")
    window.open()
    sale = window.sell(window.seats("here")[0])
    assert order(window)["plan"] == "house-1"

    with Trainee(folder, house.state) as trainee:
        assert trainee.running()["state"] == "waiting"
        assert "already" in window.till.refused("start_drill", person="anna")["text"]
        assert window.till.ok("note_drill")["drill"] is None  # it goes on
        trainee.begin()
        result = trainee.cope()
        assert trainee.ok("status")["unsent"] == 0
        trainee.quit()
    assert (result["state"], result["points"], result["of"]) == ("done", 100, 100), result["marks"]
    record = window.till.ok("note_drill")["drill"]
    assert {name: record[name] for name in result} == result
    assert (record["person"], record["supervisor"], record["plan"]) == ("anna", "vera", "house-1")

    # Another one, in the middle of which the machine dies. The real till books it when it starts again.
    order(window)
    with Trainee(folder, house.state) as trainee:
        trainee.begin()
        trainee.wait_event("drill", seconds=SECONDS)
        trainee.kill()
    window.till.quit()
    window.restart()
    window.till.ok("sign_in", user="vera", pin=PINS["vera"])
    told = window.till.ok("drills")
    assert [one["state"] for one in told["log"]] == ["broken_off", "done"]
    (anna,) = [one for one in told["people"] if one["user"] == "anna"]
    assert (anna["last"], anna["overdue"]) == (record["at"], False)

    # The office has both, counts one, and not a ticket of either; the till's own sale is the only one.
    window.till.ok("sync")
    known = house.ask("SELECT body FROM document WHERE family = 'drill'")
    assert sorted(json.loads(row[0])["state"] for row in known) == ["broken_off", "done"]
    house.wait(lambda: _held(window) == 1, 20, "the drill is counted for who was drilled")
    house.audit([sale])


def _held(window: Window) -> int:
    """How many drills the office and this till together count for Anna."""
    figures = window.till.ok("people_figures")
    return sum(one["drills"] for one in figures["people"] if one["user"] == "anna" and not figures["partial"])
