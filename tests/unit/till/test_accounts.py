"""House accounts: what is owed, what was charged, and money that is paid in."""

from __future__ import annotations

import pytest

from tests.unit.till.counter import Counter
from tests.unit.till.test_purses import checked, sell
from tests.unit.till.test_tenders import charged


@pytest.fixture
def till(counter: Counter) -> Counter:
    counter.line.purse("account", "club", 10_000)
    counter.line.document("account", {"id": "club", "name": "Opera Club", "limit": "100.00"})
    return counter


def test_a_statement_says_what_is_owed_and_for_what(till: Counter) -> None:
    first = sell(till, charged("59.00"))
    second = sell(till, charged("20.00"), {"kind": "cash", "amount": "39.00"}, place="A-2")
    told = till.ask("account", account="club")["account"]
    assert (told["name"], told["limit"], told["left"], told["owed"]) == ("Opera Club", "100.00", "21.00", "79.00")
    assert {row["sale"]: row["amount"] for row in told["sales"]} == {first["id"]: "59.00", second["id"]: "20.00"}


def test_what_is_paid_in_may_be_charged_again(till: Counter) -> None:
    sell(till, charged("59.00"))
    tenders = [{"kind": "cash", "amount": "30.00", "given": "50.00"}, {"kind": "card", "amount": "10.00", "slip": "9"}]
    paid = till.ask("pay_account", account="club", tenders=tenders, key="k")["paid"]
    assert (paid["id"], paid["amount"], paid["change"], paid["left"]) == ("T1-A00001", "40.00", "20.00", "81.00")
    assert till.ask("pay_account", account="club", tenders=tenders, key="k")["paid"] == paid, "once"
    assert till.rows("SELECT kind, minor FROM cash_move ORDER BY id")[-1] == ("account_paid", 3_000)
    sell(till, charged("59.00"), place="A-2")
    receipts = [job.content for job in till.printers.jobs if job.role == "receipt"]
    assert receipts[1]["heading"] == "House account: Opera Club"
    report = till.ask("close_shift", counted={"total": "130.00"})["report"]
    assert report["difference"] == "0.00"
    checked(till)


def test_no_more_is_paid_in_than_is_owed_and_only_money_that_is_here(till: Counter) -> None:
    sell(till, charged("59.00"))
    kinds = till.kinds()
    for tender, code in (
        ({"kind": "cash", "amount": "60.00"}, "overpaid"),
        ({"kind": "cash", "amount": "0.00"}, "overpaid"),
        ({"kind": "transfer", "amount": "10.00"}, "not_allowed"),
        ({"kind": "account", "amount": "10.00", "code": "club"}, "not_allowed"),
    ):
        assert till.refusal("pay_account", account="club", tenders=[tender]).code == code, tender
    assert till.refusal("pay_account", account="nobody", tenders=[{"kind": "cash", "amount": "1.00"}]).code == (
        "unknown_ticket"
    )
    assert till.kinds() == kinds


def test_cut_off_without_its_right_nothing_is_paid_in(till: Counter) -> None:
    till.line.cut()
    refused = till.refusal("pay_account", account="club", tenders=[{"kind": "cash", "amount": "1.00"}])
    assert (refused.code, refused.fields["kind"]) == ("right_elsewhere", "account")
