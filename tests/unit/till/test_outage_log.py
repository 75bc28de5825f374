"""An outage is noted from when the till leaves its normal level, whatever ends the process meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from pos.store.ledger import StorageFailed
from pos.store.outages import Note, Outage
from pos.till.contingency import incident
from tests.unit.till.counter import Counter


def on(counter: Counter, work: Callable[[], Any]) -> Any:
    """On the desk's thread."""
    return counter.desk.submit(work).result(10)


def level(counter: Counter, before: str, after: str, cause: str = "no_network") -> None:
    on(counter, lambda: incident.level_changed(counter.desk, before, after, cause))


def outages(counter: Counter) -> list[Outage]:
    return list(on(counter, counter.desk.ledger.outages.all))


def notes(counter: Counter, *kinds: str) -> list[Note]:
    newest = outages(counter)[0].id
    return list(on(counter, lambda: counter.desk.ledger.outages.notes(newest, *kinds)))


def test_an_outage_begins_when_the_level_is_normal_no_more_and_is_back_when_it_is(counter: Counter) -> None:
    counter.sell("A-1")
    level(counter, "normal", "away")
    began = counter.desk.number
    counter.clock.wait(minutes=5)
    counter.sell("A-2")
    level(counter, "away", "alone", "no_neighbour")
    level(counter, "alone", "normal", "")
    (outage,) = outages(counter)
    assert (outage.first_number, outage.last_number) == (began, counter.desk.number)
    assert outage.began_at < outage.back_at
    assert [(note.body["before"], note.body["level"]) for note in notes(counter, "level")] == [
        ("normal", "away"),
        ("away", "alone"),
        ("alone", "normal"),
    ]


def test_nothing_is_noted_while_all_is_well(counter: Counter) -> None:
    on(counter, lambda: incident.note(counter.desk, "told", person="duty"))
    level(counter, "", "normal", "")
    assert outages(counter) == []


def test_a_line_that_fails_again_before_everything_is_sent_is_the_same_outage(counter: Counter) -> None:
    level(counter, "normal", "away")
    level(counter, "away", "normal")
    level(counter, "normal", "away")
    (outage,) = outages(counter)
    assert (outage.back_at, outage.last_number) == ("", 0)


def test_an_outage_survives_the_end_of_the_process(counter: Counter) -> None:
    level(counter, "normal", "away")
    on(counter, lambda: incident.note(counter.desk, "told", person="duty", by="anna"))
    counter.restart()
    on(counter, lambda: incident.note(counter.desk, "told", person="electrician", by="anna"))
    assert [note.body["person"] for note in notes(counter, "told")] == ["duty", "electrician"]


def test_the_same_thing_is_counted_not_repeated(counter: Counter) -> None:
    level(counter, "normal", "away")
    for _ in range(3):
        on(counter, lambda: incident.note(counter.desk, "refused", key="sold A-1", place="A-1"))
    on(counter, lambda: incident.note(counter.desk, "refused", key="sold A-2", place="A-2"))
    assert [(note.body["place"], note.times) for note in notes(counter, "refused")] == [("A-1", 3), ("A-2", 1)]


def test_a_note_stands_or_falls_with_the_step_that_it_is_made_in(counter: Counter) -> None:
    level(counter, "normal", "away")

    def step(fails: bool) -> None:
        with counter.desk.unit():
            incident.note(counter.desk, "paper", fails=fails)
            if fails:
                raise LookupError

    on(counter, lambda: step(False))
    failed = counter.desk.submit(lambda: step(True))
    assert isinstance(failed.exception(10), LookupError)
    assert [note.body for note in notes(counter, "paper")] == [{"fails": False}]


def test_a_disk_that_takes_nothing_costs_no_level(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = counter.desk.ledger

    def full() -> NoReturn:
        raise StorageFailed("disk is full")

    monkeypatch.setattr(ledger, "transaction", full)
    level(counter, "normal", "dead", "storage_failed")
    on(counter, lambda: incident.note(counter.desk, "told", person="duty"))
    assert outages(counter) == []
    monkeypatch.undo()
    counter.clock.wait(minutes=2)
    level(counter, "dead", "normal", "")
    (outage,) = outages(counter)
    assert (outage.began_at[11:16], outage.back_at[11:16]) == ("18:00", "18:02")
    assert [note.body["cause"] for note in notes(counter, "level")] == ["storage_failed", ""]
    level(counter, "normal", "away")
    assert len(notes(counter, "level")) == 3, "what waited is noted once"
