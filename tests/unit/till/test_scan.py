"""What a scan is told to be, and that no card number goes further than that."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.domain.purse import show_of
from tests.unit.domain.test_mask import card_numbers
from tests.unit.till.counter import Counter

CARD = "5413330089604111"


def scanned(counter: Counter, text: str) -> dict[str, Any]:
    """What the one event of this scan says."""
    counter.events.clear()
    counter.ask("scan", text=text)
    counter.settle()
    (event,) = [event for event in counter.events if event["event"] == "scanned"]
    assert event.pop("by") == "keyboard"
    return event


def test_a_ticket_is_found_by_its_code_a_copys_code_and_its_id(counter: Counter) -> None:
    sale = counter.sell("A-1", "A-2")
    ticket = sale["tickets"][1]
    for text in (ticket["code"], ticket["code"] + ".1", ticket["id"], ticket["code"].lower()):
        event = scanned(counter, text)
        assert (event["kind"], event["sale"], event["ticket"], event["show"]) == (
            "ticket", sale["id"], ticket["id"], "aida",
        )  # fmt: skip
    assert scanned(counter, sale["id"]) == {"event": "scanned", "kind": "sale", "text": sale["id"], "sale": sale["id"]}


def test_a_scanner_of_another_layout_is_understood_and_told(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.codes.code = lambda: "AYZ0Y1Z2K3M4"  # type: ignore[method-assign]
    counter.open()
    sale = counter.sell("A-1")
    assert "swapped" not in scanned(counter, "AYZ0Y1Z2K3M4")
    event = scanned(counter, "azy0z1y2k3m4")
    assert (event["kind"], event["ticket"], event["swapped"]) == ("ticket", sale["tickets"][0]["id"], True)
    assert event["code"] == "AYZ0Y1Z2K3M4"


@pytest.mark.parametrize("text", ["NOSUCHCODE12", "4006381333931", "]", "x.y.z", "=", "\N{CJK UNIFIED IDEOGRAPH-7968}"])
def test_what_is_not_known_is_said_to_be_unknown(counter: Counter, text: str) -> None:
    assert scanned(counter, f" {text} ") == {"event": "scanned", "kind": "unknown", "text": text}


def test_a_paper_ticket_is_told_with_what_has_become_of_it(counter: Counter) -> None:
    """Sold it is a ticket like any other; before, no office is asked what it is."""
    answer = counter.ask("issue_paper", show="aida", places=["A-1", "A-2"])
    counter.printers.run()
    first, second = (ticket["code"] for ticket in counter.printers.paper[-1][1]["tickets"])
    told = {"event": "scanned", "kind": "paper", "text": f"{first.lower()}.1", "code": f"{first}.1"}
    told |= {"ticket": answer["pack"]["tickets"][0]["id"], "pack": "T1-P00001", "number": 1, "show": "aida"}
    assert scanned(counter, f"{first.lower()}.1") == told | {"place": "A-1", "state": "out"}
    counter.ask("return_paper", tickets=[second])
    assert scanned(counter, second)["state"] == "returned"
    counter.ask("rekey_paper", tickets=[first], price_type="adult", tenders=[{"kind": "cash", "amount": "59.00"}])
    assert (scanned(counter, first)["kind"], scanned(counter, first)["sale"]) == ("ticket", "T1-00001")


def test_a_gift_card_is_known_once_its_token_is_here(counter: Counter) -> None:
    counter.line.purse("gift_card", "GIFT1", 5000)
    assert scanned(counter, "GIFT1")["kind"] == "unknown"
    found = counter.ask("purse", code="GIFT1")["purse"]
    assert found == {"kind": "gift_card", "code": "GIFT1", "left": "50.00", "valid_until": None}
    event = scanned(counter, "GIFT1")
    assert (event["kind"], event["code"], event["left"]) == ("gift_card", "GIFT1", "50.00")
    assert counter.ask("purse", code="GIFT1")["purse"] == found, "it is not asked for twice"


def test_a_code_that_nobody_knows_is_no_purse_and_with_the_line_down_nobody_can_tell(counter: Counter) -> None:
    assert counter.refusal("purse", code="NOPE").code == "unknown_ticket"
    counter.line.cut()
    refusal = counter.refusal("purse", code="NOPE")
    assert (refusal.code, refusal.fields["holder"]) == ("right_elsewhere", "office")


def test_a_member_card_is_known_by_how_it_begins_or_by_its_stripe(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter(members="M-")
    counter.open()
    assert scanned(counter, "M-417") == {"event": "scanned", "kind": "member", "text": "M-417"}
    assert scanned(counter, "%M417^ANNA^?;00417=2812?") == {"event": "scanned", "kind": "member", "text": "00417"}
    unread = scanned(counter, "%E?;E?")
    assert (unread["kind"], unread["text"], unread["reason"]) == ("unread", "", "no track of it could be read")


def test_before_somebody_signs_in_nothing_is_looked_up(counter: Counter) -> None:
    code = counter.sell("A-1")["tickets"][0]["code"]
    counter.ask("sign_out")
    assert scanned(counter, code) == {"event": "scanned", "kind": "locked", "text": code}


@pytest.mark.parametrize("text", ["", " ", "x" * 1025, 5, None])
def test_a_reading_that_is_none_is_refused_by_name(counter: Counter, text: Any) -> None:
    refusal = counter.refusal("scan", text=text)
    assert (refusal.code, refusal.fields["field"]) == ("bad_request", "text")


# ---- card numbers ------------------------------------------------------------------------


def traces(counter: Counter) -> str:
    """All that this till said and wrote."""
    told = json.dumps(counter.events)
    for file in counter.folder.glob("*.db*"):
        told += file.read_bytes().decode("latin-1")
    return told


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Zeros alone stand in a ledger anyway: in its hashes.
@given(
    card_numbers().filter(lambda number: len(set(number)) > 2),
    st.sampled_from(["{}", " {} ", "%B{0}^MUSTER/ANNA^2812?;{0}=2812?", ";{}=2812?", "X{}", "{}1"]),
)
def test_no_card_number_is_told_logged_or_kept(
    counter: Counter, caplog: pytest.LogCaptureFixture, number: str, form: str
) -> None:
    text = form.format(number)
    assert scanned(counter, text)["kind"] in ("card", "unread")
    refusal = counter.refusal("purse", code=text)
    assert refusal.code == "unknown_ticket"
    counter.ask("find", code=text)
    assert number not in traces(counter) + caplog.text + str(refusal)
    assert not [claim for claim in counter.line.claims if claim.show in (show_of("voucher"), show_of("gift_card"))]


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("admit", {"code": CARD, "show": "aida"}),
        ("admit", {"code": CARD + ".1", "show": "aida"}),
        ("refund", {"tickets": [CARD], "reason": "ill"}),
        ("reprint", {"ticket": CARD, "reason": "torn"}),
        ("return_paper", {"tickets": [CARD]}),
    ],
)
def test_a_refusal_does_not_repeat_a_card_number(counter: Counter, verb: str, fields: dict[str, Any]) -> None:
    refusal = counter.refusal(verb, **fields)
    assert refusal.code == "unknown_ticket"
    assert CARD not in str(refusal)


def test_what_people_write_is_kept_without_a_card_number(counter: Counter) -> None:
    counter.ask("move_cash", kind="paid_out", amount="5.00", reason=f"card {CARD} did not work")
    counter.settle()
    assert CARD not in traces(counter)
    assert "card ************4111 did not work" in traces(counter)
