"""What tills tell a restored office of disputes, audit items and customers that it does not have yet."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.office.rules import amendments, audit, customers, disputes, early, facts, flagging, noted, watching
from sync.wire import GrantItem
from tests.mutate import mutate
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.kept import Kept
from tests.unit.office.test_audit import FIVE, OVER, documents, item, looked, overrides, settle, submit
from tests.unit.office.test_customers import ID, IDA, asked, bought, everything, record, told
from tests.unit.office.test_facts import causes
from tests.unit.office.test_orders_again import bought as imported_order
from tests.unit.office.test_orders_again import ended
from tests.unit.office.test_told_early import FAR

Tills = Callable[..., list[TillClient]]
CASE = "T1.1.1-1"
_OTHERS = "T2-K00001"


def dispute(house: House, id: str = CASE) -> dict[str, object]:
    ((body,),) = house.rows(f"SELECT body FROM dispute WHERE id = '{id}'")
    return dict(json.loads(str(body)))


def disputed(house: House, one: TillClient, *also: TillClient) -> None:
    """T1 has sold a seat under a token that is nobody's."""
    one.sell(SHOW, GrantItem(place="A-1", epoch=0, hop=0))
    house.push(one)
    assert causes(house) == ["place"]


def nothing_left(house: House) -> None:
    assert house.rows("SELECT * FROM early") == []


@pytest.mark.parametrize("who", [1, 2], ids=["in the same page", "from another till that is heard first"])
def test_a_dispute_is_resolved_as_it_was(house: House, kept: Kept, tills_at: Tills, who: int) -> None:
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    disputed(house, one)
    settles = (one, two)[who - 1]
    settles.take(CASE)
    settles.resolve(CASE, "accept")
    house.push(settles)
    was = dispute(house)
    assert was["state"] == "resolved"
    kept.restore(file)
    for client in (two, one):
        if client.journal:
            house.push(client)
    now = dispute(house)
    assert {key: now[key] for key in ("state", "resolution", "owner")} == {
        key: was[key] for key in ("state", "resolution", "owner")
    }
    assert causes(house) == ["place"]
    assert [row[0] for row in house.rows("SELECT DISTINCT verdict FROM fact WHERE kind <> 'TicketsSold'")] == [
        "applied"
    ]
    nothing_left(house)


def test_a_step_that_a_cashier_took_is_a_note_however_it_comes(house: House, kept: Kept, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    disputed(house, one)
    two.take(CASE, user="anna")
    house.push(two)
    assert (dispute(house)["state"], causes(house)) == ("open", ["place", "role"])
    kept.restore(file)
    house.push(two)
    house.push(one)
    assert (dispute(house)["state"], sorted(causes(house))) == ("open", ["place", "role"])


def test_an_audit_item_is_closed_as_it_was(house: House, kept: Kept, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    overrides(house, one, *FIVE)
    looked(house)
    two.record("AuditItemTaken", {"item": OVER, "user": "sam"})
    two.record("AuditItemClosed", {"item": OVER, "user": "otto", "note": "seen"})
    house.push(two)
    was = item(house, OVER)
    assert was["state"] == "closed"
    kept.restore(file)
    house.push(two)
    assert looked(house) == 0
    house.push(one)
    looked(house)
    now = item(house, OVER)
    assert {**now, "opened_at": ""} == {**was, "opened_at": ""}
    assert causes(house) == []
    nothing_left(house)


def merged(house: House, one: TillClient, two: TillClient) -> None:
    """Two tills have each recorded somebody; the second has made them one, and knows a telephone number."""
    record(one, profile=IDA)
    house.push(one)
    record(two, customer=_OTHERS, profile={"name": "I. O.", "member": "M5"})
    record(two, "CustomerChanged", profile={"phone": "123"})
    record(two, "CustomersMerged", user="sam", merged=_OTHERS)
    house.push(two)


def merged_by_a_third(house: House, one: TillClient, two: TillClient) -> None:
    """Neither of the two was this till's."""
    record(one, profile=IDA)
    record(one, customer="T1-K00002", profile={"name": "I. O.", "member": "M5"})
    house.push(one)
    record(two, "CustomersMerged", user="sam", merged="T1-K00002")
    house.push(two)


@pytest.mark.parametrize("singly", [False, True])
@pytest.mark.parametrize("deeds", [merged, merged_by_a_third])
def test_a_customer_is_who_it_was(
    house: House, kept: Kept, tills_at: Tills, deeds: Callable[[House, TillClient, TillClient], None], singly: bool
) -> None:
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    deeds(house, one, two)
    was = told(house), asked(house)
    kept.restore(file)
    house.push(two)
    assert causes(house) == []
    for page in [[fact] for fact in one.journal] if singly else [one.journal]:
        house.push(one, *page)
    assert (told(house), asked(house)) == was
    assert causes(house) == []
    nothing_left(house)


def test_the_last_change_stands(house: House, kept: Kept, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    kept.restore(kept.back_up())
    two.record("CustomerChanged", {"user": "anna", "customer": ID, "profile": {"phone": "2"}}, at=FAR)
    record(three, "CustomerChanged", profile={"phone": "3"})
    record(one, profile=IDA)
    for client in (three, two, one):
        house.push(client)
    assert told(house)["phone"] == "2"


def test_who_was_erased_stays_erased(house: House, kept: Kept, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    record(one, profile=IDA)
    bought(house, one, "A-1")
    house.push(one)
    record(two, "CustomerErased", user="sam")
    house.push(two)
    assert "Ida" not in everything(house)
    kept.restore(file)
    house.push(two)
    house.push(one)
    assert "Ida" not in everything(house)
    assert "ida@" not in everything(house)
    assert causes(house) == []
    nothing_left(house)


def test_who_was_made_one_with_them_before_is_erased_too(house: House, kept: Kept, tills_at: Tills) -> None:
    """T3's record comes last, when the one that it was merged into is erased already."""
    one, two, three = tills_at("T1", "T2", "T3")
    file = kept.back_up()
    record(one, profile=IDA)
    house.push(one)
    record(three, customer="T3-K00001", profile={"name": "Ida O.", "email": "ida2@example.org"})
    house.push(three)
    record(two, "CustomersMerged", user="sam", merged="T3-K00001")
    record(two, "CustomerErased", user="sam")
    house.push(two)
    assert "Ida" not in everything(house)
    kept.restore(file)
    for client in (one, two, three):
        house.push(client)
    assert "Ida" not in everything(house)
    nothing_left(house)


def test_a_sale_that_was_named_when_somebody_was_erased_comes_last(house: House, kept: Kept, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    file = kept.back_up()
    record(one, profile=IDA)
    house.push(one)
    sale = bought(house, three, "A-2", customer="")
    house.push(three)
    record(two, "CustomerErased", user="sam", sales=[sale])
    house.push(two)
    assert "Ida" not in everything(house)
    kept.restore(file)
    for client in (one, two, three):
        house.push(client)
    assert "Ida" not in everything(house)
    nothing_left(house)


def test_whose_order_it_was_is_forgotten_when_that_is_imported_again(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path
) -> None:
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    season = imported_order(house, tmp_path)
    record(one, profile=IDA)
    house.push(one)
    record(two, "CustomerErased", user="sam", sales=["WEB1"])
    house.push(two)
    kept.restore(file)
    for client in (one, two):
        house.push(client)
        assert kept.tell(client)
    assert ended(kept, season) == 0
    assert "Béla" not in str(house.rows("SELECT body FROM sale"))
    nothing_left(house)


def test_a_name_that_was_changed_before_is_not_written_back(house: House, kept: Kept, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    record(one, profile=IDA)
    sale = bought(house, one, "A-1")
    house.push(one)
    body = {"user": "anna", "sale": sale, "ticket": f"{sale}-1", "show": SHOW, "renamed": [f"{sale}-1"]}
    two.record("TicketRenamed", body | {"buyer": {"name": "Ida Renamed"}})
    record(two, "CustomerErased", user="sam")
    house.push(two)
    assert "Ida" not in everything(house)
    kept.restore(file)
    house.push(two)
    for fact in one.journal:
        house.push(one, fact)
    assert "Ida" not in everything(house)


def test_a_settlement_is_audited_as_it_was(house: House, kept: Kept, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    submit(one)
    house.push(one)
    settle(two, "Audited", findings=["a bag"])
    settle(two, "Accepted")
    house.push(two)
    was = documents(house, "settlement")
    kept.restore(file)
    house.push(two)
    house.push(one)
    assert (documents(house, "settlement"), causes(house)) == (was, [])
    nothing_left(house)


_GUARDED = [
    (
        test_who_was_made_one_with_them_before_is_erased_too,
        customers.Customers,
        "take",
        "self._erase_merged(record, fact)",
        "pass",
        {},
    ),
    (
        test_a_sale_that_was_named_when_somebody_was_erased_comes_last,
        early,
        "lay_over",
        "page.customers.erase_sales(erased)",
        "pass",
        {},
    ),
    (
        test_a_name_that_was_changed_before_is_not_written_back,
        amendments.Amendments,
        "write",
        'if "erased" in document and',
        "if False and",
        {},
    ),
    (
        test_a_settlement_is_audited_as_it_was,
        audit.Audit,
        "_settle",
        "document is None and self.restored",
        "False",
        {},
    ),
    (
        test_a_dispute_is_resolved_as_it_was,
        facts,
        "_book_one",
        "if page.board.restored:  #",
        "if False:  #",
        {"who": 1},
    ),
    (test_a_dispute_is_resolved_as_it_was, disputes, "_told_before", "cases.step(fact, may=may)", "pass", {"who": 2}),
    (test_a_step_that_a_cashier_took_is_a_note_however_it_comes, disputes, "_told_before", "may=may", "may=True", {}),
    (test_an_audit_item_is_closed_as_it_was, audit.Audit, "take", "and self.restored", "and False", {}),
    (test_an_audit_item_is_closed_as_it_was, flagging.Items, "_new", "if self.restored", "if False", {}),
    (
        test_a_customer_is_who_it_was,
        customers.Customers,
        "take",
        "self._take_early(id)",
        "pass",
        {"deeds": merged, "singly": False},
    ),
    (
        test_a_customer_is_who_it_was,
        customers.Customers,
        "take",
        "self.restored and",
        "False and",
        {"deeds": merged, "singly": False},
    ),
    (
        test_a_customer_is_who_it_was,
        customers.Customers,
        "_take_early",
        "self.records |= records_of(self.connection, others, lock=True)",
        "pass",
        {"deeds": merged_by_a_third, "singly": True},
    ),
    (test_who_was_erased_stays_erased, customers.Customers, "take", "self._take_early(id)", "pass", {}),
    (
        test_a_customer_is_who_it_was,
        customers.Customers,
        "_take_early",
        "*self._waiting.pop(subject, ())",
        "",
        {"deeds": merged_by_a_third, "singly": False},
    ),
    (
        test_the_last_change_stands,
        noted,
        "steps",
        "told.sort(key=lambda one: datetime.fromisoformat(one.fact.at))",
        "pass",
        {},
    ),
]


@pytest.mark.parametrize(("test", "owner", "name", "old", "new", "more"), _GUARDED)
def test_that_it_is(
    house: House,
    kept: Kept,
    tills_at: Tills,
    monkeypatch: pytest.MonkeyPatch,
    test: Callable[..., None],
    owner: object,
    name: str,
    old: str,
    new: str,
    more: dict[str, object],
) -> None:
    mutate(monkeypatch, owner, name, old, new)
    with pytest.raises((AssertionError, IndexError)):
        test(house, kept, tills_at, **more)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_item_and_a_step_in_it_at_the_same_moment(house: House, kept: Kept, tills_at: Tills) -> None:
    """Neither of two transactions sees what the other has not committed: one waits for the other."""
    one, two = tills_at("T1", "T2")
    kept.restore(kept.back_up())
    assert kept.tell(one)
    assert kept.tell(two)
    kept.end()
    overrides(house, one, *FIVE)
    two.record("AuditItemClosed", {"item": OVER, "user": "otto", "note": "seen"})
    with house.database.write() as connection:
        assert watching.early.keep_apart(connection)
        thread = threading.Thread(target=house.push, args=(two,))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive(), "it waits"
    thread.join(10)
    looked(house)
    assert item(house, OVER)["state"] == "closed"


def test_where_nothing_was_restored_nothing_is_noted(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.take("T2.1.9-1")
    record(one, "CustomerChanged", customer="T2-K00009", profile={"name": "x"})
    one.record("AuditItemTaken", {"item": "none", "user": "sam"})
    house.push(one)
    assert sorted(causes(house)) == ["audit", "record", "unreadable"]
    nothing_left(house)
    with house.database.write() as connection:
        assert not early.keep_apart(connection)
