"""A promoter's statement, signed: locked with its hash, settled once, and adjusted by what follows."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from pos.domain.reports import REPORTS
from pos.domain.reports.statements import digest
from pos.store.verify import report
from tests.unit.figures.laws import figures_of
from tests.unit.figures.test_figures import facts_of
from tests.unit.till.counter import Counter, show_document


@pytest.fixture
def house(make_counter: Callable[..., Counter]) -> Counter:
    """The promoter's show is over; two tickets were sold, and the office has all facts."""
    counter = make_counter([show_document("aida", promoter="ringer"), show_document("tosca")])
    counter.line.document("promoter", {"id": "ringer", "name": "Ringer Concerts", "commission": "10%"})
    counter.open(float_="200.00")
    counter.sell("A-1", "A-2")
    counter.sell("B-1", show="tosca")
    counter.clock.wait(days=3)
    counter.ask("sign_out")
    counter.sign_in("sam")
    tell(counter)
    return counter


def tell(counter: Counter) -> None:
    """What the office answers from now on: the figures of this till's facts."""
    season = counter.desk.submit(counter.desk.season).result(10)
    figures = figures_of(facts_of(counter), REPORTS["promoter_statement"].query({"promoter": "ringer"}, season))
    counter.line.found["figures"] = {"figures": figures.to_json(), "position": None, "share": 1000, "tills": []}


def sign(counter: Counter, **more: Any) -> dict[str, Any]:
    asked = {"promoter": "ringer", "signed_by": "M. Ringer"} | more
    return dict(counter.ask("sign_statement", **asked)["statement"])


def test_a_signed_statement_is_kept_with_the_hash_of_its_document(house: Counter) -> None:
    record = sign(house)
    # 116.00, less 10.54 tax and 11.60 commission.
    assert (record["id"], record["payable"], record["lines"].keys()) == ("T1-M00001", 9386, {"aida"})
    assert record["sha256"] == digest(record["document"])
    assert record["signed_by"] == "M. Ringer"
    assert house.bodies("StatementSigned")[0]["record"] == record
    assert house.ask("statements")["statements"] == [record]
    house.restart()
    house.sign_in("sam")
    assert house.ask("statements")["statements"] == [record]
    assert report(house.folder, io.StringIO()) == 0


def test_what_was_settled_is_not_settled_again(house: Counter) -> None:
    first = sign(house)
    refused = house.refusal("sign_statement", promoter="ringer", signed_by="M. Ringer")
    assert (refused.code, refused.fields["reason"]) == ("not_allowed", "there is nothing to settle")
    (sale,) = house.ask("find", sale="T1-00001")["sales"]
    back = {"tickets": [sale["tickets"][0]["id"]], "reason": "ill", "waive_fee": True}
    house.ask("refund", **back, approver={"user": "ada", "pin": "9999"})
    tell(house)
    second = sign(house)
    assert second["payable"] == -4693
    assert second["lines"]["aida"][0] == -1
    assert house.ask("statements")["statements"] == [first, second]


def test_it_is_signed_with_the_office_there_by_a_supervisor(house: Counter) -> None:
    assert house.refusal("sign_statement", promoter="nobody", signed_by="x").code == "bad_request"
    house.line.cut()
    assert house.refusal("sign_statement", promoter="ringer", signed_by="M. Ringer").code == "offline"
    house.line.mend()
    for user in ("anna", "otto"):
        house.ask("sign_out")
        house.sign_in(user)
        assert house.refusal("sign_statement", promoter="ringer", signed_by="M. Ringer").code == "not_allowed"
    assert house.bodies("StatementSigned") == []
