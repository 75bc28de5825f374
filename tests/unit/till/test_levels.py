"""The till tells its level by itself: at once when it is worse, once it has lasted when it is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pos.domain.errors import Refused
from pos.till.contingency import levels
from tests.unit.till.counter import Counter
from tests.unit.till.toy_line import ToyPrinters

Make = Callable[..., Counter]


class Power:
    def __init__(self, mains: bool | None) -> None:
        self.now = mains

    def mains(self) -> bool | None:
        return self.now


class Neighbours:
    """Those that are there."""

    def __init__(self, *tills: str) -> None:
        self.there = tills

    def present(self) -> dict[str, str]:
        return dict.fromkeys(self.there, "2027-03-01T18:00:00+01:00")

    def states(self) -> dict[str, dict[str, str]]:
        return {}


class Printers(ToyPrinters):
    ticket = "ready"

    def states(self) -> dict[str, dict[str, str]]:
        return {f"printer.{role}": {"state": self.ticket, "text": ""} for role in self.roles}


def watched(counter: Counter, **outside: Any) -> Counter:
    """The counter under watch. Its looks come when the test calls `later`, not with running time."""
    desk = counter.desk
    desk.post_in = lambda seconds, work: None  # type: ignore[method-assign]
    desk.outside = replace(desk.outside, **outside)
    levels.watch(desk)
    counter.settle()
    return counter


def later(counter: Counter, seconds: float) -> str:
    """Time passes, and the till looks; its level then."""
    counter.clock.wait(seconds=seconds)
    counter.desk.submit(lambda: levels.look(counter.desk)).result(10)
    counter.settle()
    return counter.desk.level.level.value


def told(counter: Counter) -> list[tuple[str, str]]:
    counter.settle()
    return [(event["level"], event["cause"]) for event in counter.events if event["event"] == "level"]


def test_a_lost_line_is_told_at_once_and_its_return_when_it_has_lasted(counter: Counter) -> None:
    watched(counter, neighbours=Neighbours("T2"))
    counter.line.cut()
    assert told(counter) == [("away", "no_office")]
    counter.line.mend()
    counter.settle()
    assert later(counter, levels.SETTLE_S - 1) == "away"
    assert later(counter, 1) == "normal"
    assert told(counter) == [("away", "no_office"), ("normal", "")]


def test_a_line_that_comes_and_goes_does_not_flicker(counter: Counter) -> None:
    watched(counter, neighbours=Neighbours("T2"))
    for _ in range(4):
        counter.line.cut()
        later(counter, 1)
        counter.line.mend()
        later(counter, levels.SETTLE_S - 1)
    assert told(counter) == [("away", "no_office")]


def test_without_a_neighbour_the_till_is_alone(counter: Counter) -> None:
    there = Neighbours("T2")
    watched(counter, neighbours=there)
    counter.line.cut()
    counter.settle()
    there.there = ()
    assert later(counter, levels.ASKED_S) == "alone"
    there.there = ("T3",)
    assert later(counter, 1) == "alone"
    assert later(counter, levels.SETTLE_S) == "away"


def test_neighbours_have_time_to_answer_before_the_till_is_alone(counter: Counter) -> None:
    watched(counter, neighbours=Neighbours())
    for _ in range(2):
        counter.line.cut()
        counter.settle()
        assert later(counter, levels.ASKED_S - 1) == "away"
        assert later(counter, 1) == "alone"
        counter.line.mend()
        counter.settle()
        assert later(counter, levels.SETTLE_S) == "normal"


def test_the_only_till_of_a_house_is_alone_at_once(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    season = counter.desk.submit(counter.desk.season).result(10)
    monkeypatch.setattr(counter.desk, "season", lambda: replace(season, tills={"T1": "Window 1"}))
    watched(counter, neighbours=Neighbours())
    counter.line.cut()
    assert told(counter) == [("alone", "no_office")]


def test_a_till_that_has_no_neighbours_at_all_is_alone_at_once(counter: Counter) -> None:
    watched(counter)
    counter.line.cut()
    assert told(counter) == [("alone", "no_office")]


def test_the_windows_that_answer_are_named(counter: Counter) -> None:
    watched(counter, neighbours=Neighbours("T2", "T9"))
    others = counter.ask("contingency")["others"]
    assert [(one["till"], one["name"]) for one in others] == [("T2", "Window 2"), ("T9", "T9")]


def test_the_level_outlives_the_program_until_the_line_was_asked(counter: Counter) -> None:
    watched(counter)
    counter.line.cut()
    counter.settle()
    since = counter.ask("contingency")["since"]
    unasked = replace(counter.line.link(), cause="not_asked")
    counter.clock.wait(minutes=3)

    def start_again() -> None:
        counter.line._state = unasked

    counter.restart(start_again)
    watched(counter)
    assert later(counter, levels.SETTLE_S) == "alone"  # nobody was asked
    sheet = counter.ask("contingency")
    assert (sheet["level"], sheet["cause"], sheet["since"]) == ("alone", "no_office", since)
    counter.line.mend()
    later(counter, 0)
    assert later(counter, levels.SETTLE_S) == "normal"


@pytest.mark.expect_log("fenced: replaced")
def test_a_fenced_till_is_dead(counter: Counter) -> None:
    watched(counter)
    counter.line.side.fence("replaced").result(10)
    assert told(counter) == [("dead", "fenced")]


@pytest.mark.expect_log("could not be written")
def test_a_disk_that_takes_nothing_is_dead_and_one_that_does_again_is_not(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(counter)
    write, full = counter.mark.write, [True]

    def write_if_room(*what: Any) -> None:
        if full[0]:
            raise OSError(28, "No space left on device")
        write(*what)

    monkeypatch.setattr(counter.mark, "write", write_if_room)
    counter.sell("A-1")  # it is durable, but nothing may follow it
    assert told(counter) == [("dead", "storage_failed")]
    with pytest.raises(Refused) as refused:
        counter.sell("A-2")
    assert refused.value.code == "storage_failed"
    full[0] = False
    later(counter, 0)
    assert later(counter, levels.SETTLE_S) == "normal"


def test_mains_that_fails_is_paper_and_comes_back(counter: Counter) -> None:
    power = Power(True)
    watched(counter, power=power)
    power.now = False
    assert later(counter, 0) == "paper"
    assert told(counter) == [("paper", "no_power")]
    power.now = True
    later(counter, 0)
    assert later(counter, levels.SETTLE_S) == "normal"


def test_a_machine_that_is_meant_to_run_on_its_battery_lacks_nothing(counter: Counter) -> None:
    watched(counter, power=Power(False))
    assert later(counter, 60) == "normal"


def test_a_power_cut_outlives_the_program(counter: Counter) -> None:
    power = Power(True)
    watched(counter, power=power)
    power.now = False
    assert later(counter, 0) == "paper"
    counter.restart()
    watched(counter, power=power)
    assert later(counter, 60) == "paper"


def test_a_printer_counts_as_lost_when_it_stays_so_and_a_shift_is_open(make_counter: Make) -> None:
    printers = Printers()
    counter = make_counter(printers=printers)
    watched(counter)
    printers.ticket = "paper_out"
    later(counter, 0)
    assert later(counter, levels.PRINTER_S) == "normal"  # nobody sells
    counter.open()
    assert later(counter, 1) == "paper"
    printers.ticket = "ready"
    later(counter, 0)
    assert later(counter, levels.SETTLE_S) == "normal"
    printers.ticket = "cover_open"
    later(counter, 0)
    assert later(counter, levels.PRINTER_S - 1) == "normal"  # an everyday matter


def test_looks_go_on_by_themselves_while_all_is_not_well(counter: Counter) -> None:
    due: list[float] = []
    watched(counter)
    counter.desk.post_in = lambda seconds, work: due.append(seconds)  # type: ignore[method-assign]
    later(counter, 1)
    assert due == []
    counter.line.cut()
    counter.settle()
    later(counter, 1)
    assert due == [levels.LOOK_EVERY_S]  # one at a time


def test_the_incident_hears_of_each_change(counter: Counter) -> None:
    watched(counter)
    counter.line.cut()
    counter.settle()
    book = counter.desk.ledger.outages
    outage = counter.desk.submit(book.open).result(10)
    notes = counter.desk.submit(lambda: book.notes(outage.id, "level")).result(10)
    assert [(note.body["before"], note.body["level"], note.body["cause"]) for note in notes] == [
        ("normal", "alone", "no_office")
    ]
