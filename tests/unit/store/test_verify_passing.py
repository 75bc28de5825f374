"""`housefull verify` on what went to another till and onto paper: whole as it is, and each corruption found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.domain.certificate import Hand
from pos.till.ports import Wanted
from tests.unit.store.evening import Evening, copy_of, sql, violations
from tests.unit.till.counter import PINS, Counter


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """Two rights passed on to T2; of four on paper one is out, one came back, one was sold, one is lost."""
    folder = tmp_path_factory.mktemp("passing")
    counter, other = Counter(folder / "till"), Counter(folder / "other", till="T2")
    counter.meet(other)
    counter.open()
    counter.add("A-1", "A-2", "B-1")
    counter.ask("clear")
    counter.ask("issue_paper", show="aida", places=["A-3", "A-4", "A-5"])
    counter.ask("issue_paper", show="aida", places=["A-6"])
    counter.ask("return_paper", tickets=["T1-P00001-2"], approver={"user": "sam", "pin": PINS["sam"]})
    tenders = [{"kind": "cash", "amount": "59.00"}]
    counter.ask("rekey_paper", tickets=["T1-P00001-3"], price_type="adult", tenders=tenders)
    counter.ask("lose_paper", pack="T1-P00002", reason="gone", approver={"user": "sam", "pin": PINS["sam"]})
    counter.printers.run()
    counter.line.cut()
    counter.line.side.pass_on(Hand("T2", 1), "aida", Wanted(("A-1", "A-2"))).result(5)
    counter.line.mend()
    counter.line.drain()
    for till in (counter, other):
        till.stop()
    return Evening(counter.folder, counter.identity)


@pytest.fixture
def evening(template: Evening, tmp_path: Path) -> Iterator[Evening]:
    """A copy to spoil."""
    with copy_of(template, tmp_path / "till") as copy:
        yield copy


def test_all_is_well(evening: Evening) -> None:
    assert violations(evening) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM certificate", "I6 fact 9 passes rights on, but there is no certificate of it"),
        ("UPDATE certificate SET number = 7", "I6 there is a certificate of fact 7, which passes nothing on"),
        ("UPDATE certificate SET body = 'x'", "I6 the certificate of fact 9 cannot be read"),
        (
            """UPDATE certificate SET body = replace(body, '"T2"', '"T3"')""",
            "I6 the certificate of fact 9 is not what the fact says",
        ),
        (
            """UPDATE certificate SET body = replace(body, '"signature": "', '"signature": "AAAA')""",
            "I6 the certificate of fact 9 is not signed by this till",
        ),
        (
            "UPDATE own_right SET state = 'LEASED' WHERE place = 'A-1'",
            "I3 aida A-1: fact 9 left it GIVEN, but it is LEASED",
        ),
        (
            "UPDATE own_right SET state = 'LEASED' WHERE place = 'A-3'",
            "I3 aida A-3: fact 2 left it PAPER, but it is LEASED",
        ),
        ("UPDATE own_right SET hop = 0 WHERE place = 'A-3'", "I6 aida A-3: token (1, 0) is behind (1, 1) of fact 2"),
        (
            "UPDATE own_right SET state = 'LEASED' WHERE place = 'A-6'",
            "I3 aida A-6: fact 6 left it LOST, but it is LEASED",
        ),
        (
            "UPDATE pack_ticket SET state = 'returned' WHERE id = 'T1-P00001-1'",
            "I3 paper ticket T1-P00001-1 is returned, by the facts out",
        ),
        (
            "UPDATE pack_ticket SET code = 'X' WHERE id = 'T1-P00001-1'",
            "I3 paper ticket T1-P00001-1: its row is not what its fact says",
        ),
        (
            "DELETE FROM pack_ticket WHERE id = 'T1-P00001-1'",
            "I3 paper ticket T1-P00001-1 has a fact, but no row",
        ),
        (
            "INSERT INTO pack_ticket VALUES ('Y', 'T1-P00001', 9, 'aida', 'B-9', 'B-9', '', 'Y', 'returned', '', '')",
            "I3 paper ticket Y has a row, but no fact",
        ),
        ("DELETE FROM pack WHERE id = 'T1-P00002'", "I3 pack T1-P00002 has a row and no fact, or a fact and no row"),
        (
            "UPDATE pack_ticket SET place = 'A-5' WHERE id = 'T1-P00001-1'",
            "I1 aida A-5: more than one paper is out: T1-P00001-1, T1-P00001-3",
        ),
        (
            "UPDATE print_job SET tickets = '[]' WHERE kind = 'paper' AND sale = 'T1-P00002'",
            "I2 ticket T1-P00002-1 was never queued for printing",
        ),
    ],
)
def test_a_corruption_is_found(evening: Evening, statement: str, found: str) -> None:
    sql(evening, statement)
    assert found in violations(evening)
