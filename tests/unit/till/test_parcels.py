"""Cash beyond one shift: bags, drops, transfers, change orders, counterfeits, the safe, deposits."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from pos.domain.facts import Fact
from pos.domain.parcels import after, steps_in
from pos.store.verify import report
from pos.store.verify.parcels import parcel_steps
from tests.unit.till.counter import PINS, Counter
from tests.unit.till.toy_line import ToyLine

Make = Callable[..., Counter]
SAM = {"user": "sam", "pin": PINS["sam"]}
BETH = {"user": "beth", "pin": PINS["beth"]}


def facts(counter: Counter) -> list[Fact]:
    return [Fact.from_bytes(row[0]) for row in counter.rows("SELECT envelope FROM journal ORDER BY number")]


def balances(*counters: Counter) -> dict[str, int]:
    """Account -> minor units, by the facts of these tills together; what is empty is left out."""
    sums: dict[str, int] = defaultdict(int)
    for counter in counters:
        for fact in facts(counter):
            for posting in fact.postings:
                sums[posting.account] += posting.amount.minor
    return {account: minor for account, minor in sums.items() if minor}


def tell(line: ToyLine, *counters: Counter) -> None:
    """What the office makes of these tills' facts, told over a line."""
    parcels: dict[str, dict[str, Any]] = {}
    for counter in counters:
        for fact in facts(counter):
            for id, step in steps_in(fact):
                parcels[id] = after(parcels.get(id), id, step)
    for parcel in parcels.values():
        line.document("parcel", parcel)


def check(counter: Counter) -> None:
    """The till's own verify has nothing against it."""
    out = io.StringIO()
    assert report(counter.folder, out) == 0, out.getvalue()


def two_tills(make: Make) -> tuple[Counter, Counter]:
    one, two = make(), make(till="T2")
    one.open()
    two.open("beth")
    return one, two


# ---- bags ------------------------------------------------------------------------------------


def test_a_bag_is_made_sealed_and_taken_as_a_float(make_counter: Make) -> None:
    till = make_counter()
    till.sign_in()
    bag = till.ask("make_bag", bag="F-7", counted={"50.00": 2, "0.50": 10}, key="once")["bag"]
    assert (bag["state"], bag["amount"], bag["open"], bag["owner"]) == ("made", "105.00", {"EUR": "105.00"}, "anna")
    assert till.ask("make_bag", bag="F-7", counted={"50.00": 2, "0.50": 10}, key="once")["bag"] == bag
    assert balances(till) == {"safe": -10_500, "bag:F-7": 10_500}
    assert till.printers.jobs[-1].content["heading"] == "Float bag"
    till.ask("open_shift", bag="F-7")
    assert till.ask("shift")["float"] == "105.00"
    assert balances(till) == {"safe": -10_500, "drawer:T1": 10_500}
    assert till.ask("bags")["bags"] == []
    assert till.ask("bags", state="all")["bags"][0]["state"] == "taken"
    check(till)


def test_a_bag_number_is_used_once(make_counter: Make) -> None:
    till = make_counter()
    till.sign_in()
    till.ask("make_bag", bag="7", counted={"total": "50.00"})
    again = till.refusal("make_bag", bag="7", counted={"total": "60.00"})
    assert (again.code, again.fields["state"], again.fields["by"]) == ("parcel_moved", "made", "anna")
    till.ask("open_bag", bag="7", counted={"total": "50.00"})
    assert till.refusal("open_bag", bag="7", counted={"total": "50.00"}).code == "parcel_moved"
    assert till.refusal("open_shift", bag="7").code == "parcel_moved"
    assert till.refusal("open_shift", bag="8").code == "unknown_parcel"
    assert till.refusal("make_bag", bag="7 8", counted={"total": "1.00"}).code == "bad_request"
    assert balances(till) == {}
    check(till)


def test_what_a_bag_has_too_little_of_goes_to_over_short(make_counter: Make) -> None:
    till = make_counter()
    till.sign_in()
    till.ask("make_bag", bag="7", counted={"total": "50.00"})
    till.ask("make_bag", bag="8", counted={"total": "50.00"})
    assert till.ask("open_bag", bag="7", counted={"total": "49.00"})["difference"] == "-1.00"
    till.ask("open_shift", bag="8", float="50.50")
    assert balances(till) == {"safe": -5100, "drawer:T1": 5050, "over_short": 50}
    check(till)


def test_a_bag_of_a_till_that_is_cut_off_is_counted(make_counter: Make) -> None:
    till = make_counter()
    till.line.cut()
    till.sign_in()
    assert till.refusal("open_shift", bag="9").fields["field"] == "float"
    till.ask("open_shift", bag="9", float="80.00")
    (bag,) = till.ask("bags")["bags"]
    assert (bag["state"], bag["early"], bag["settled"], bag["open"]) == ("taken", True, False, {"EUR": "-80.00"})
    check(till)


def test_two_people_make_a_bag_where_the_venue_wants_it(make_counter: Make) -> None:
    till = make_counter(safe_by_two=True)
    till.sign_in()
    count: dict[str, Any] = {"bag": "7", "counted": {"total": "50.00"}}
    assert till.refusal("make_bag", **count).code == "check_needed"
    assert till.refusal("make_bag", **count, witness={"user": "anna", "pin": PINS["anna"]}).code == "not_allowed"
    assert till.refusal("make_bag", **count, witness={"user": "beth", "pin": "0000"}).code == "wrong_pin"
    till.ask("make_bag", **count, witness=BETH)
    assert till.bodies("BagMade")[0]["second"] == "beth"
    till.ask("open_shift", float="10.00")
    fetched = {"kind": "fetch", "amount": "20.00", "reason": "refund"}
    assert till.refusal("move_cash", **fetched).code == "check_needed"
    assert till.ask("move_cash", **fetched, witness=BETH)["drawer"]["expected"] == "30.00"


# ---- the drawer ------------------------------------------------------------------------------


def test_a_drop_in_a_bag_lies_sealed_until_it_is_opened(counter: Counter) -> None:
    answer = counter.ask("move_cash", kind="drop", amount="60.00", reason="full", bag="D-1")
    assert (answer["bag"], answer["parcel"]["state"]) == ("D-1", "dropped")
    assert answer["drawer"]["expected"] == "40.00"
    assert balances(counter) == {"drawer:T1": 4000, "bag:D-1": 6000, "safe": -10_000}
    assert counter.refusal("move_cash", kind="drop", amount="1.00", reason="x", bag="D-1").code == "parcel_moved"
    assert counter.refusal("move_cash", kind="paid_out", amount="1.00", reason="x", bag="D-2").code == "bad_request"
    counter.ask("open_bag", bag="D-1", counted={"50.00": 1, "10.00": 1})
    assert balances(counter) == {"drawer:T1": 4000, "safe": -4000}
    check(counter)


def test_a_drawer_that_is_short_says_how_to_get_cash_and_gets_it_in_one_step(counter: Counter) -> None:
    sale = counter.sell("A-1")
    counter.ask("move_cash", kind="drop", amount="150.00", reason="safe")
    refused = counter.refusal("refund", tickets=[sale["tickets"][0]["id"]], reason="ill")
    assert (refused.code, refused.fields["expected"]) == ("drawer_short", "9.00")
    missing = refused.fields["missing"]
    assert refused.fields["ways"] == ["fetch", "transfer_in", "other_till"]
    counter.ask("move_cash", kind="fetch", amount=missing, reason="refund")
    counter.ask("refund", tickets=[sale["tickets"][0]["id"]], reason="ill")
    assert balances(counter).get("drawer:T1") is None, "the drawer is empty to the cent"
    check(counter)


def test_over_its_limit_the_drawer_asks_for_a_drop_and_sells_on(make_counter: Make) -> None:
    till = make_counter(drawer_limit="150.00")
    till.open()
    till.sell("A-1")
    till.settle()
    said = [event for event in till.events if event["event"] == "drawer_limit"]
    assert [(event["over"], event["limit"]) for event in said] == [(True, "150.00")]
    assert till.ask("status")["drawer_over"] is True
    till.sell("A-3")
    till.restart()
    assert till.ask("status")["drawer_over"] is True
    till.sign_in()
    till.ask("move_cash", kind="drop", amount="100.00", reason="full", bag="1")
    till.settle()
    assert till.events[-1] == {"event": "drawer_limit", "over": False, "limit": None}


def test_a_counterfeit_note_leaves_the_drawer_and_its_giver_no_trace_in_the_fact(counter: Counter) -> None:
    told = counter.ask(
        "counterfeit", denomination="50.00", serial="X123", name="Mr Black", contact="black@example.org"
    )["counterfeit"]
    assert (told["amount"], told["serial"]) == ("50.00", "X123")
    (body,) = counter.bodies("CounterfeitTaken")
    assert "Black" not in json.dumps(body)
    assert "Black" in counter.rows("SELECT body FROM beside")[-1][0]
    assert balances(counter) == {"drawer:T1": 5000, "counterfeit": 5000, "safe": -10_000}
    assert counter.refusal("counterfeit", denomination="100.00").code == "drawer_short"
    assert counter.printers.jobs[-1].content["heading"] == "Counterfeit note"
    z = counter.ask("close_shift", counted={"total": "50.00"})["report"]
    assert (z["drawer"]["counterfeit"], z["difference"]) == ("-50.00", "0.00")
    check(counter)


# ---- from till to till -----------------------------------------------------------------------


def test_a_transfer_is_confirmed_twice_and_sums_to_zero(make_counter: Make) -> None:
    one, two = two_tills(make_counter)
    before = balances(one, two)
    sent = one.ask("move_cash", kind="transfer_out", amount="30.00", reason="coins", to="T2")
    number = sent["transfer"]
    assert sent["parcel"]["state"] == "sent"
    assert balances(one, two)[f"transit:{number}"] == 3000
    tell(two.line, one)
    assert [(t["number"], t["for_me"]) for t in two.ask("transfers")["transfers"]] == [(number, True)]
    got = two.ask("move_cash", kind="transfer_in", amount="30.00", reason="coins")
    assert (got["transfer"], got["parcel"]["settled"]) == (number, True)
    after_ = balances(one, two)
    assert f"transit:{number}" not in after_
    assert (after_["drawer:T1"], after_["drawer:T2"]) == (before["drawer:T1"] - 3000, before["drawer:T2"] + 3000)
    again = two.refusal("move_cash", kind="transfer_in", amount="30.00", reason="coins", transfer=number)
    assert again.code == "parcel_moved"
    check(one)
    check(two)


def test_both_ends_of_a_transfer_work_with_the_line_down(make_counter: Make) -> None:
    one, two = two_tills(make_counter)
    one.line.cut()
    two.line.cut()
    number = one.ask("move_cash", kind="transfer_out", amount="30.00", reason="coins", to="T2")["transfer"]
    asked = two.refusal("move_cash", kind="transfer_in", amount="28.00", reason="coins")
    assert asked.fields["field"] == "transfer"
    got = two.ask("move_cash", kind="transfer_in", amount="28.00", reason="coins", transfer=number)["parcel"]
    assert (got["early"], got["settled"]) == (True, False)
    tell(two.line, one, two)
    (left,) = two.ask("transfers")["transfers"]
    assert (left["difference"], left["owner"], left["early"]) == ({"EUR": "2.00"}, "beth", False)
    check(two)


def test_a_transfer_goes_to_its_till_or_back(make_counter: Make) -> None:
    one, two = two_tills(make_counter)
    for to, reason in (("T9", "there is no till"), ("T1", "that is this till")):
        refused = one.refusal("move_cash", kind="transfer_out", amount="1.00", reason="x", to=to)
        assert refused.code == "bad_request"
        assert reason in refused.fields["reason"]
    number = one.ask("move_cash", kind="transfer_out", amount="30.00", reason="coins", to="T2")["transfer"]
    third = make_counter(till="T3")
    third.open("beth")
    tell(third.line, one)
    refused = third.refusal("move_cash", kind="transfer_in", amount="30.00", reason="coins", transfer=number)
    assert refused.code == "not_allowed"
    back = one.ask("move_cash", kind="transfer_in", amount="30.00", reason="never fetched", transfer=number)
    assert (back["parcel"]["state"], back["parcel"]["settled"]) == ("taken_back", True)
    assert two.refusal("move_cash", kind="transfer_in", amount="1.00", reason="x", transfer="777").code in (
        "unknown_parcel",
    )


# ---- change orders ---------------------------------------------------------------------------


def test_change_from_the_safe_is_a_swap_that_sums_to_zero(counter: Counter) -> None:
    before = balances(counter)
    order = counter.ask("order_change", wanted={"1.00": 30, "0.50": 20})["change_order"]
    number = order["number"]
    assert (order["state"], order["amount"]) == ("ordered", "40.00")
    assert counter.refusal("receive_change", order=number, counted={"1.00": 40}).code == "approval_needed"
    assert counter.refusal("approve_change", order=number).code == "approval_needed"
    counter.ask("approve_change", order=number, approver=SAM)
    assert counter.refusal("approve_change", order=number, approver=SAM).code == "parcel_moved"
    got = counter.ask("receive_change", order=number, counted={"1.00": 30, "0.50": 20})["change_order"]
    assert (got["state"], got["settled"]) == ("received", True)
    assert balances(counter) == before
    check(counter)


def test_change_from_the_bank_is_under_way_from_the_approval_on(counter: Counter) -> None:
    number = counter.ask("order_change", wanted={"total": "200.00"}, source="bank")["change_order"]["number"]
    counter.sign_in("sam")
    counter.ask("approve_change", order=number)
    assert balances(counter)[f"change_order:{number}"] == 20_000
    counter.ask("receive_change", order=number, counted={"total": "199.00"})
    assert balances(counter)[f"change_order:{number}"] == 100
    explained = counter.ask("explain_difference", of=f"change_order:{number}", note="a roll was short")["parcel"]
    assert explained["settled"] is True
    assert balances(counter)["over_short"] == 100
    refused = counter.ask("order_change", wanted={"total": "10.00"}, source="bank")["change_order"]["number"]
    counter.ask("approve_change", order=refused)
    counter.ask("refuse_change", order=refused, reason="closed")
    assert f"change_order:{refused}" not in balances(counter)
    check(counter)


def test_change_that_came_short_stays_open_on_its_order(counter: Counter) -> None:
    number = counter.ask("order_change", wanted={"total": "40.00"})["change_order"]["number"]
    counter.ask("approve_change", order=number, approver=SAM)
    got = counter.ask("receive_change", order=number, counted={"total": "39.00"})["change_order"]
    assert (got["settled"], got["difference"]) == (False, {"EUR": "1.00"})
    assert counter.ask("close_shift", counted={"total": "99.00"})["report"]["difference"] == "0.00"
    check(counter)


# ---- the safe --------------------------------------------------------------------------------


def test_the_safe_is_counted_by_two_and_blind(counter: Counter) -> None:
    counter.line.document("safe", {"id": "safe", "balances": {"EUR": "500.00"}, "heads": {}})
    counter.ask("move_cash", kind="drop", amount="20.00", reason="full", bag="D-1")
    assert "expected" not in json.dumps(counter.ask("safe"))
    assert counter.refusal("count_safe", counted={"total": "400.00"}).code == "check_needed"
    me = {"user": "anna", "pin": PINS["anna"]}
    assert counter.refusal("count_safe", counted={"total": "400.00"}, witness=me).code == "not_allowed"
    told = counter.ask("count_safe", counted={"100.00": 4, "1.00": 3}, witness=BETH, when="closing", bags=["X"])["safe"]
    assert (told["expected"], told["counted"], told["difference"]) == ("400.00", "403.00", "3.00")
    assert (told["missing_bags"], told["strange_bags"], told["provisional"]) == (["D-1"], ["X"], False)
    (body,) = counter.bodies("SafeCounted")
    assert (body["user"], body["second"], body["when"]) == ("anna", "beth", "closing")
    assert balances(counter)["over_short"] == -300
    counter.line.cut()
    again = counter.ask("count_safe", counted={"total": "403.00"}, witness=BETH)["safe"]
    assert (again["difference"], again["provisional"]) == ("0.00", True)
    check(counter)


# ---- the bank --------------------------------------------------------------------------------


def banked(counter: Counter) -> str:
    """A shift with a drop, closed; its deposit made up by Sam. The shift's id."""
    shift = str(counter.ask("shift")["shift"])
    counter.ask("move_cash", kind="drop", amount="60.00", reason="full", bag="D-1")
    counter.ask("close_shift", counted={"total": "40.00"})
    counter.sign_in("sam")
    made = counter.ask(
        "make_deposit", deposit="B-1", counted={"50.00": 1}, bags=["D-1"], shifts={shift: "30.00"}, witness=BETH
    )["deposit"]
    assert made["amount"] == "110.00"
    assert made["steps"][0]["parts"] == [
        {"bag": "D-1", "amount": "60.00"},
        {"shift": shift, "amount": "30.00"},
        {"safe": "safe", "amount": "20.00"},
    ]
    return shift


def test_a_deposit_goes_from_the_safe_over_the_courier_to_the_bank(counter: Counter) -> None:
    banked(counter)
    assert balances(counter)["deposit_bag:B-1"] == 11_000
    assert counter.printers.jobs[-1].content["heading"] == "Bank deposit"
    counter.clock.wait(days=1)
    assert [(one["state"], one["age_s"]) for one in counter.ask("deposits")["deposits"]] == [("made", 86_400)]
    counter.ask("collect_deposit", deposit="B-1", name="Carl Courier", receipt="R-77")
    (body,) = counter.bodies("DepositCollected")
    assert "Carl" not in json.dumps(body)
    assert balances(counter)["courier:B-1"] == 11_000
    assert counter.refusal("collect_deposit", deposit="B-1", name="Carl", receipt="2").code == "parcel_moved"
    credit = {"deposit": "B-1", "value_date": "2027-03-02", "reference": "E-5"}
    got = counter.ask("credit_deposit", **credit, amount="105.00")["deposit"]
    assert (got["state"], got["settled"], got["difference"]) == ("credited", False, {"EUR": "5.00"})
    assert counter.refusal("credit_deposit", **credit, amount="5.00").code == "parcel_moved"
    done = counter.ask("explain_difference", of="deposit:B-1", note="a false note")["parcel"]
    assert done["settled"] is True
    assert counter.refusal("explain_difference", of="deposit:B-1", note="again").code == "not_allowed"
    left = balances(counter)
    assert (left["bank"], left["over_short"]) == (10_500, 500)
    assert not [account for account in left if ":" in account]
    check(counter)


def test_money_is_followed_both_ways(counter: Counter) -> None:
    shift = banked(counter)
    counter.ask("credit_deposit", deposit="B-1", amount="110.00", value_date="2027-03-02", reference="E-5")
    for of in ("E-5", "B-1", "deposit:B-1", "D-1", shift):
        trail = counter.ask("cash_trail", of=of)
        assert {one["id"] for one in trail["parcels"]} == {"deposit:B-1", "bag:D-1"}, of
        (part,) = trail["shifts"]
        assert (part["shift"], part["counted"]) == (shift, "40.00")
        assert sorted(one["amount"] for one in part["parts"]) == ["30.00", "60.00"]
        assert {step["what"] for step in trail["steps"]} == {"dropped", "made", "banked", "credited"}
    assert counter.refusal("cash_trail", of="nothing").code == "unknown_parcel"


def test_a_deposit_takes_no_more_of_a_shift_than_it_has_and_only_a_supervisor_makes_it(counter: Counter) -> None:
    shift = banked(counter)
    more = {"deposit": "B-2", "counted": {"total": "50.00"}}
    refused = counter.refusal("make_deposit", **more, shifts={shift: "10.01"})
    assert (refused.code, refused.fields["field"]) == ("bad_request", f"shifts.{shift}")
    assert counter.refusal("make_deposit", **more, bags=["D-1"]).code == "parcel_moved"
    assert counter.refusal("make_deposit", deposit="B-1", counted={"total": "1.00"}).code == "parcel_moved"
    counter.sign_in("anna")
    assert counter.refusal("make_deposit", **more).code == "not_allowed"
    assert counter.refusal("credit_deposit", deposit="B-1", amount="1.00", value_date="x", reference="y").code == (
        "not_allowed"
    )
    check(counter)


@pytest.mark.parametrize(
    ("corruption", "violation"),
    [
        ("UPDATE parcel_step SET body = replace(body, 'dropped', 'made')", "I3 fact 2: what it did to bag:D-1"),
        ("DELETE FROM parcel_step", "I3 fact 2: what it did to bag:D-1"),
    ],
)
def test_verify_sees_what_is_kept_of_parcels_otherwise_than_it_was(
    counter: Counter, corruption: str, violation: str
) -> None:
    counter.ask("move_cash", kind="drop", amount="60.00", reason="full", bag="D-1")
    out = io.StringIO()
    counter.restart(lambda: counter.write(corruption))
    assert report(counter.folder, out) == 1
    assert violation in out.getvalue()


def test_verify_sees_money_of_a_parcel_that_its_step_does_not_tell_of() -> None:
    step = {"sort": "bag", "number": "7", "what": "made", "amount": "50.00"}
    postings = [["safe", -5000, "EUR"], ["bag:7", 5000, "EUR"]]
    assert parcel_steps({"body": {"parcels": [step]}, "money": postings}) == ({"bag:7": step}, [])
    _, wrong = parcel_steps({"body": {"parcels": [step | {"amount": "51.00"}]}, "money": postings})
    assert wrong == ["bag:7 begins with 51.00, its postings with 5000 minor units"]
    _, wrong = parcel_steps({"body": {}, "money": postings})
    assert wrong == ["moves money of bag:7 without a step of its parcel"]


@pytest.mark.parametrize("restart", [False, True])
def test_what_is_known_of_parcels_outlives_the_program(counter: Counter, restart: bool) -> None:
    counter.ask("move_cash", kind="drop", amount="60.00", reason="full", bag="D-1")
    if restart:
        counter.restart()
        counter.sign_in()
    tell(counter.line, counter)
    (bag,) = counter.ask("bags")["bags"]
    assert [step["what"] for step in bag["steps"]] == ["dropped"], "told back, a step is not counted twice"
