"""housefull verify over refunds, exchanges, copies and cards: a clean evening, and lies planted in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.store.evening import Evening, sql, violations
from tests.unit.till.counter import PINS, Counter
from tests.unit.till.test_refund import elsewhere
from tests.unit.till.toy_terminal import ScriptedTerminal


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """A shift with everything that comes back."""
    terminal = ScriptedTerminal()
    counter = Counter(tmp_path_factory.mktemp("returns") / "till", terminal=terminal)
    counter.open()
    one, two, three = (ticket["id"] for ticket in counter.sell("A-1", "A-2", "A-3")["tickets"])
    counter.ask("refund", tickets=[one], reason="ill")
    counter.sell("A-1")
    counter.ask("exchange", tickets=[two], show="aida", places=["B-1"], price_type="adult", tenders=[])
    counter.ask("reprint", ticket=three, reason="lost")
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.settle()
    counter.ask("refund", tickets=["T2-00001-1"], reason="ill", approver={"user": "sam", "pin": PINS["sam"]})
    counter.add("B-5")
    counter.ask("pay", tenders=[{"kind": "card", "amount": "59.00"}])
    terminal.script = ["declined"]
    counter.add("B-6")
    counter.refusal("pay", tenders=[{"kind": "card", "amount": "59.00"}])
    counter.ask("clear")
    counter.printers.run()
    counter.line.drain()
    counter.stop()
    return Evening(counter.folder, counter.identity)


@pytest.fixture
def evening(template: Evening, tmp_path: Path) -> Iterator[Evening]:
    outside = {file: file.read_bytes() for file in template.identity.state_folder.iterdir()}
    shutil.copytree(template.folder, tmp_path / "till")
    yield Evening(tmp_path / "till", template.identity)
    for file, content in outside.items():
        file.write_bytes(content)


def test_all_that_comes_back_is_clean(evening: Evening) -> None:
    assert violations(evening) == []


PLANTED = {
    "an end forgotten": ("DELETE FROM ticket_end WHERE ticket = 'T1-00001-1'", "I7 ticket T1-00001-1 was ended by"),
    "an end invented": (
        "INSERT INTO ticket_end VALUES ('T1-00002-1', 'refunded', 'T1-R00009')", "I7 ticket T1-00002-1 was ended by",
    ),
    "a refund forgotten": ("DELETE FROM refund WHERE id = 'T1-R00001'", "I3 refund T1-R00001: its row is not"),
    "a refund changed": (
        "UPDATE refund SET body = replace(body, '52.20', '58.00') WHERE id = 'T1-R00001'", "I3 refund T1-R00001",
    ),
    "a payment used twice": ("UPDATE payment SET state = 'approved' WHERE minor = 5900", "I4 payment T1.1-P00001 is"),
    "a payment grown": ("UPDATE payment SET minor = 9999 WHERE state = 'declined'", "I4 payment T1.1-P00002 is"),
    "a ticket alive again": ("UPDATE ticket SET state = 'live' WHERE id = 'T1-00001-2'", "I3 ticket T1-00001-2 is"),
    "a refund token from nowhere": (
        "UPDATE own_right SET state = 'SOLD' WHERE place = 'B-6'", "I3 aida B-6: it is SOLD, and no fact says",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_corruption_is_found(evening: Evening, name: str) -> None:
    statement, expected = PLANTED[name]
    sql(evening, statement)
    found = violations(evening)
    assert any(line.startswith(expected) for line in found), found
