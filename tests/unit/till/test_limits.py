"""What is refused while the office, or the bank, cannot be asked: each with what can be done instead.

`Counter.refusal` sees to it in every other test of the till: none that is due to the office has no way out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from pos.domain.errors import CODES, Refused
from pos.domain.sale import TRAINING
from pos.store.replica import ReplicaReader
from pos.till.limits import LIMITS, Limit, limit_of
from pos.till.refusals import WAYS, sentence
from tests.unit.till.counter import PINS, Counter, show_document
from tests.unit.till.test_collect import CODE as ORDER
from tests.unit.till.test_collect import order
from tests.unit.till.test_customers import IDA
from tests.unit.till.test_packages import FLEX
from tests.unit.till.test_purses import with_purses
from tests.unit.till.test_refund import elsewhere
from tests.unit.till.toy_terminal import ScriptedTerminal

Scenario = Callable[[Counter], Refused]
SAM = {"user": "sam", "pin": PINS["sam"]}
_ROOT: Final = Path(__file__).parents[3]
OFFLINE: Final = _ROOT / "docs" / "offline.md"
TILL: Final = _ROOT / "src" / "pos" / "till"


def paying(kind: str, amount: str = "59.00", **more: Any) -> Scenario:
    """A seat of 59.00, paid with the line cut."""

    def run(till: Counter) -> Refused:
        till.add("A-1")
        till.line.cut()
        return till.refusal("pay", tenders=[{"kind": kind, "amount": amount} | more])

    return run


def cut_off(verb: str, *, user: str = "anna", **fields: Any) -> Scenario:
    def run(till: Counter) -> Refused:
        till.line.cut()
        if user != "anna":
            till.sign_in(user)
        return till.refusal(verb, **fields)

    return run


def with_a_ticket(verb: str, **fields: Any) -> Scenario:
    """About a ticket that T2 has sold."""

    def run(till: Counter) -> Refused:
        till.line.sell_elsewhere("aida", elsewhere())
        till.line.give("aida", "A-5", "SOLD", "T2").ticket = "T2-00001-1"
        till.settle()
        return cut_off(verb, **fields)(till)

    return run


def claimed(till: Counter) -> Refused:
    for number in (1, 2):
        body = elsewhere(f"T2-0000{number}-1", f"A-{number}")
        till.line.sell_elsewhere("aida", body)
    till.settle()
    till.line.cut()
    tickets = [f"T2-0000{number}-1" for number in (1, 2)]
    return till.refusal("refund", tickets=tickets, reason="ill", approver=SAM, surrendered=True)


def pending_exchange(till: Counter) -> Refused:
    ticket = till.sell("A-1", price_type="student", proof=True)["tickets"][0]["id"]
    till.add("A-2")
    till.ask("clear")
    till.line.cut()
    tenders = [{"kind": "card", "amount": "29.00", "pending": True}]
    return till.refusal(
        "exchange", tickets=[ticket], show="aida", places=["A-2"], price_type="adult", tenders=tenders, approver=SAM
    )


def unapproved(till: Counter) -> Refused:
    till.add("A-1")
    till.line.cut()
    card = {"kind": "card", "amount": "50.00", "pending": True}
    return till.refusal("pay", tenders=[card, {"kind": "cash", "amount": "9.00"}])


def no_cap(till: Counter) -> Refused:
    house = {"id": "house", "name": "The House", "timezone": "Europe/Vienna", "currency": "EUR"}
    till.line.document("venue", house)
    return paying("card", pending=True)(till)


def a_pass(till: Counter) -> Refused:
    till.line.document("package", FLEX | {"shows": ["aida"]})
    return cut_off("add_package", package="flex")(till)


def a_hold(till: Counter) -> Refused:
    till.line.hold("H1", "aida", "A-1", home="T2", holder="T2")
    till.settle()
    return cut_off("release", hold="H1")(till)


def an_order(till: Counter) -> Refused:
    """Its places are given back, and what was paid on it is for its home to pay back."""
    line = {"show": "aida", "unit": "B-1", "hold": "WEB-1", "state": "released", "category": "Stalls"} | {
        "price_type": "adult", "price": "58.00", "proof": False, "more": {},
    }  # fmt: skip
    till.line.document("order", {"id": "WEB-1", "version": 1, "state": "open", "home": "T2", "lines": [line]})
    till.settle()
    return cut_off("cancel_order", order="WEB-1", reason="ill")(till)


def web_order(till: Counter) -> Refused:
    till.line.order("aida", order("A-5"))
    till.settle()
    return cut_off("collect", code=ORDER)(till)


def a_seat(till: Counter) -> Refused:
    till.line.give("aida", "A-1", holder="T2")
    till.settle()
    return cut_off("add", show="aida", places=["A-1"], price_type="adult")(till)


def the_whole_record(till: Counter) -> Refused:
    ida = till.ask("customer", **IDA)["customer"]["id"]
    return cut_off("export_customer", user="sam", customer=ida)(till)


def no_season(till: Counter) -> Refused:
    till.line.cut()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ReplicaReader, "complete", lambda _: False)
        till.desk.submit(till.desk.forget_season).result(10)
        return till.refusal("shows")


# (code, verbs, has, of) of a row -> how a till comes to it, and what it then offers.
SCENARIOS: dict[tuple[Any, ...], tuple[Scenario, list[str]]] = {}


def row(limit: Limit) -> tuple[Any, ...]:
    return limit.code, limit.verbs[:1], limit.has, limit.of[:1]


def to(code: str, scenario: Scenario, *ways: str, verb: str = "", has: str = "", of: str = "") -> None:
    SCENARIOS[code, (verb,) if verb else (), has, (of,) if of else ()] = scenario, list(ways)


to("limit_exceeded", paying("card", slip="004712"), "cash", "split", "reserve", of="card")
to("approval_needed", unapproved, "approval", "cash", of="card")
to("not_allowed", pending_exchange, "cash", verb="exchange", of="card")
to("not_allowed", no_cap, "cash", "reserve", of="card")
to("offline", paying("transfer"), "cash", "reserve", of="mobile")
to("right_elsewhere", paying("gift_card", code="G-1"), "cash", "reserve", has="purse")
to("limit_exceeded", claimed, "case", of="refund")
to(
    "right_to_refund_elsewhere", with_a_ticket("refund", tickets=["T2-00001-1"], reason="ill"),
    "claim", "other_window", "case", verb="refund",
)  # fmt: skip
to(
    "right_to_refund_elsewhere", with_a_ticket("exchange", tickets=["T2-00001-1"], show="aida", places=["A-1"],
    price_type="adult", tenders=[]), "other_window", "case",
)  # fmt: skip
to("right_to_issue_elsewhere", web_order, "case")
to("right_elsewhere", a_pass, "case", "wait", has="package")
to("right_elsewhere", a_hold, "other_window", "wait", has="hold")
to("right_elsewhere", an_order, "other_window", "wait", has="order")
to("right_elsewhere", cut_off("issue_paper", show="aida", category="Stalls", count=3), "fewer", has="free")
to("right_elsewhere", a_seat, "other_places", "other_window")
to("offline", no_season, "elsewhere", "wait", of="season")
to("offline", cut_off("release_places", user="sam", till="T2", reason="burnt"), "other_places", "wait",
   verb="release_places")  # fmt: skip
to("offline", cut_off("take_over", till="T2", counted={"total": "80.00"}), "lock_drawer", "wait", verb="take_over")
to("offline", cut_off("verify_shift", user="sam", shift="T2-1-S0005"), "at_its_till", "wait", verb="verify_shift")
to("offline", cut_off("submit_settlement", user="sam", till="T2"), "at_its_till", "wait", verb="submit_settlement")
to("offline", cut_off("sign_statement", user="sam", promoter="ringer", signed_by="M. Ringer"), "draft", "wait",
   verb="sign_statement")  # fmt: skip
to("offline", the_whole_record, "case", "wait", verb="export_customer")
to("offline", cut_off("sync"), "wait", verb="sync")
to("unknown_ticket", cut_off("collect", code=f"{TRAINING}AAAAAAA"), has="training")
to("unknown_ticket", cut_off("refund", tickets=["NOBODYS"], reason="ill"), "seller", "case")
to("unknown_order", cut_off("take_order", order="NONE"), "seller", "case")
to("unknown_hold", cut_off("release", hold="NONE"), "wait")
to("unknown_customer", cut_off("case", kind="request", customer="T9-K1"), "wait")


@pytest.fixture
def till(make_counter: Callable[..., Counter]) -> Counter:
    """At a venue with caps for cards, mobile payments and refunds, and none for bank transfers."""
    made = make_counter(
        [show_document("aida", promoter="ringer")], terminal=ScriptedTerminal(),
        card_offline_cap="50.00", mobile_offline_cap="50.00", refund_offline_cap="60.00",
    )  # fmt: skip
    made.line.document("promoter", {"id": "ringer", "name": "Ringer Concerts", "commission": "10%"})
    made.open()
    return with_purses(made)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: "-".join(str(part) for part in row(limit)))
def test_a_till_that_is_cut_off_says_what_to_do_instead(limit: Limit, till: Counter) -> None:
    scenario, ways = SCENARIOS[row(limit)]
    refused = scenario(till)
    assert (refused.code, refused.fields.get("instead", [])) == (limit.code, ways)
    said = sentence(refused)
    assert all(WAYS[way].split("}")[-1] in said for way in ways)
    assert "unknown" not in said


def test_every_row_is_reached() -> None:
    assert SCENARIOS.keys() == {row(limit) for limit in LIMITS}
    assert len(SCENARIOS) == len(LIMITS)
    assert {limit.code for limit in LIMITS} <= CODES


def test_nothing_is_advised_while_the_office_answers_but_for_the_banks_caps(till: Counter) -> None:
    till.line.give("aida", "A-1", holder="T2")
    till.settle()
    refused = till.refusal("add", show="aida", places=["A-1"], price_type="adult")
    assert (refused.code, "instead" in refused.fields) == ("right_elsewhere", False)
    till.add("A-2")
    card = [{"kind": "card", "amount": "59.00", "pending": True}]
    refused = till.refusal("pay", tenders=card, approver=SAM)
    assert (refused.code, refused.fields["instead"]) == ("limit_exceeded", ["cash", "split", "reserve"])


def test_no_window_is_named_that_could_not_do_it_either(till: Counter) -> None:
    refused = cut_off("add", show="aida", places=["A-1"], price_type="adult")(till)
    assert (refused.fields["holder"], refused.fields["instead"]) == ("office", ["other_places"])


def test_nobody_is_told_to_pay_out_a_claim_where_the_venue_has_none(make_counter: Callable[..., Counter]) -> None:
    till = make_counter()
    till.open()
    refused = with_a_ticket("refund", tickets=["T2-00001-1"], reason="ill")(till)
    assert refused.fields["instead"] == ["other_window", "case"]
    assert sentence(refused) == (
        "The right to refund this ticket is with T2. T2 can do it: send the customer there. "
        "Note it as a case, and do it when the line is back."
    )


def test_an_office_that_is_away_leaves_no_refusal_of_its_own_without_a_way_out() -> None:
    """Whatever says that the office could not be asked, of any verb that is not in the table yet."""
    for code in ("right_elsewhere", "right_to_refund_elsewhere", "right_to_issue_elsewhere"):
        found = limit_of("a new verb", Refused(code, cause="no_office"), away=False)
        assert found is not None
        assert found.instead
    assert limit_of("a new verb", Refused("offline", cause="no_office"), away=True) is None, "it has to be thought of"


def test_every_place_where_the_office_is_missed_has_been_thought_of() -> None:
    """A module that refuses for the office being away, and is not named here, has no row in the table."""
    misses = re.compile(
        r"refused_offline\(desk|raise Refused\(\s*\"offline\"|\bcause=(cause|down\.cause)|\"cause\": down"
    )
    found = {path.stem for path in TILL.rglob("*.py") if misses.search(path.read_text(encoding="utf-8"))}
    offline = {
        "desk",
        "customers",
        "settlements",
        "statements",
        "releasing",
        "status",
        "takeover",
        "tenders",
        "verifying",
    }
    rights = {"holding", "packages", "purses", "sell", "tickets"}
    assert found == offline | rights


def test_the_table_of_the_manual_names_every_refusal_and_every_way_out() -> None:
    text = OFFLINE.read_text(encoding="utf-8").partition("## Refused offline")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", text))
    assert {limit.code for limit in LIMITS if limit.instead} <= named
    assert WAYS.keys() <= named
    assert WAYS.keys() == {way for limit in LIMITS for way in limit.instead}
