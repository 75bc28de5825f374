"""Baskets in the ledger: the one in front and those that are parked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from pos.domain.basket import Basket, Line
from pos.domain.money import Money
from pos.store.ledger import Ledger, StorageFailed
from pos.store.migrations import upgrade
from pos.store.schema import writer_engine

NOW = datetime.fromisoformat("2027-03-01T18:00:00+01:00")


def line(number: int, place: str, **more: str) -> Line:
    return Line(number, "aida", place, "Stalls", "adult", Money(5800, "EUR"), False, **more)


FRONT = Basket("anna", (line(1, "A-1", orphan_reason="the last pair"), line(2, "A-2")), NOW)
PARKED = Basket("beth", (line(1, "B-1"),), NOW, number=3, name="Mrs Brown", note="at the bar")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def test_baskets_come_back_as_they_were(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.transaction():
        ledger.put_basket(FRONT)
        ledger.baskets.put(PARKED)
    again = Ledger(tmp_path / "ledger.db")
    assert (again.basket(), again.baskets.parked(), again.baskets.all()) == (FRONT, (PARKED,), (FRONT, PARKED))
    again.close()


def test_one_is_parked_and_taken_up_again(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.transaction():
        ledger.put_basket(FRONT)
        ledger.baskets.renumber(0, replace(FRONT, number=1))
    assert (ledger.basket(), ledger.baskets.parked()) == (None, (replace(FRONT, number=1),))
    with ledger.transaction():
        ledger.baskets.renumber(1, FRONT)
    again = Ledger(tmp_path / "ledger.db")
    assert (again.basket(), again.baskets.parked()) == (FRONT, ())
    again.close()


def test_a_place_is_in_one_basket(ledger: Ledger) -> None:
    with ledger.transaction():
        ledger.put_basket(FRONT)
    with pytest.raises(StorageFailed), ledger.transaction():
        ledger.baskets.put(replace(PARKED, lines=(line(1, "A-1"),)))
    assert ledger.baskets.all() == (FRONT,)


def test_only_lines_that_differ_are_written(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.transaction():
        ledger.put_basket(FRONT)
    written: list[str] = []
    event.listen(ledger.connection, "before_cursor_execute", lambda *args: written.append(args[2]))
    changed = replace(FRONT, lines=(FRONT.lines[0], replace(FRONT.lines[1], price_type="student"), line(3, "A-3")))
    with ledger.transaction():
        ledger.put_basket(changed)
    assert sum("INSERT INTO basket_line" in sql for sql in written) == 1
    again = Ledger(tmp_path / "ledger.db")
    assert again.basket() == changed
    again.close()


def test_a_basket_of_an_earlier_version_is_the_one_in_front(tmp_path: Path) -> None:
    with writer_engine(tmp_path / "ledger.db").connect() as earlier:
        upgrade(earlier, "0008")
    db = sqlite3.connect(tmp_path / "ledger.db")
    with db:
        db.execute("INSERT INTO basket VALUES (1, 'anna', ?, 0)", [NOW.isoformat()])
        db.execute("INSERT INTO basket_line VALUES (2, 'aida', 'A-2', 'Stalls', 'adult', 5800, 'EUR', 0)")
    db.close()
    ledger = Ledger(tmp_path / "ledger.db")
    assert ledger.basket() == replace(FRONT, lines=(line(2, "A-2"),))
    ledger.close()
