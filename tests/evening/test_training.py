"""Training beside a till that sells: real processes, and nothing of it reaches the house."""

from __future__ import annotations

from pathlib import Path

from tests.evening.house import PINS, House
from tests.evening.season import SHOW
from tests.evening.till_process import TillProcess, housefull


class Trainee(TillProcess):
    """`housefull --training --headless` beside the till of `folder`."""

    def __init__(self, folder: Path, state: Path) -> None:
        super().__init__(folder, state, "--training")


def test_training_beside_a_real_till_sells_prints_charges_and_loses_its_line_and_nothing_is_real(house: House) -> None:
    window = house.window("T1")
    window.open()
    before = window.till.ok("status")
    with Trainee(window.till.folder, house.state) as trainee:
        # The same people, hall and prices, in a till of another name.
        assert trainee.named("ready")[0]["till"] == "TRAIN-T1"
        assert trainee.ok("sign_in", user="vera", pin=PINS["vera"])["role"] == "supervisor"
        trainee.wait_event("link", state="online")
        trainee.ok("open_shift", float="100.00")
        trainee.ok("sync")
        assert trainee.ok("status")["venue"]["name"] == "TRAINING · The House"
        places = trainee.ok("places", show=SHOW)["places"]
        a, b = [row["place"] for row in places if (row["category"], row.get("state")) == ("Stalls", "here")][:2]

        trainee.ok("add", show=SHOW, places=[a], price_type="adult")
        paid = trainee.ok("pay", tenders=[{"kind": "card", "amount": "59.00"}])["sale"]
        code = paid["tickets"][0]["code"]
        assert code.startswith("TRAIN")
        assert trainee.wait_event("printed")["outcome"] == "done"
        assert list((window.till.folder / "training" / "paper").glob("*.pdf"))

        # An outage to practise: the line is cut, what is in hand still sells, and it comes back.
        trainee.ok("link", cut=True)
        trainee.wait_event("link", state="offline")
        trainee.ok("add", show=SHOW, places=[b], price_type="adult")
        trainee.ok("pay", tenders=[{"kind": "cash", "amount": "59.00"}])
        mark = trainee.heard()
        trainee.ok("link", mend=True)
        trainee.wait_event("link", state="online", after=mark)
        assert trainee.ok("sync")["unsent"] == 0

        # Nobody trains twice at one till.
        second = housefull("--data", str(window.till.folder), "--training", "--headless", state=house.state)
        assert second.returncode == 2
        assert "already using" in second.stderr
        trainee.quit()

    # The real till is as it was, does not know the ticket, and its own line cannot be cut.
    after = window.till.ok("status")
    assert (after["journal"], after["rights_in_hand"]) == (before["journal"], before["rights_in_hand"])
    assert house.sales() == set()
    for verb, fields in (("find", {"code": code}), ("admit", {"code": code, "show": SHOW})):
        refused = window.till.refused(verb, **fields)
        assert (refused["code"], refused["text"]) == (
            "unknown_ticket",
            "This is a ticket from training. It is valid nowhere.",
        )
    assert window.till.refused("link", cut=True)["code"] == "not_allowed"
    house.audit([])

    # The training of this morning is taken up where it was left.
    with Trainee(window.till.folder, house.state) as trainee:
        assert trainee.ok("sign_in", user="vera", pin=PINS["vera"])["shift"]
        assert trainee.ok("find", code=code)["sales"][0]["id"] == paid["id"]
