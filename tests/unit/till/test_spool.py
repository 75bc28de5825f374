"""The queue of paper: what waits can go to another printer, and what may be on paper stays where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pos.store.ledger import StorageFailed
from tests.unit.till.counter import Counter
from tests.unit.till.toy_line import ToyPrinters

Make = Callable[..., Counter]
TICKETS, RECEIPTS = "printer.ticket", "printer.receipt"


def rows(counter: Counter) -> list[tuple[int, str, str]]:
    counter.settle()
    return [(job["job"], job["printer"], job["state"]) for job in counter.ask("jobs")["jobs"]]


def test_a_job_names_its_printer_and_when_it_was_first_wanted(counter: Counter) -> None:
    counter.sell("A-1")
    assert rows(counter) == [(1, TICKETS, "queued"), (2, RECEIPTS, "queued")]
    wanted = [job["at"] for job in counter.ask("jobs")["jobs"]]
    assert wanted[0].startswith("2027-03-01T18:00:")
    counter.clock.wait(minutes=5)
    counter.printers.run("failed", "no paper")
    counter.ask("retry", job=1)
    assert [job["at"] for job in counter.ask("jobs")["jobs"]] == wanted


def test_a_failed_job_prints_at_another_printer_as_the_same_paper(counter: Counter) -> None:
    sale = counter.sell("A-1")
    counter.printers.run("failed", "no paper")
    assert counter.ask("move_job", job=1, to=RECEIPTS) == {"moved": [1], "to": RECEIPTS, "left": []}
    assert rows(counter)[0] == (1, RECEIPTS, "queued")
    counter.printers.run()
    (paper,) = counter.printers.paper
    assert (paper[0], paper[1]["tickets"][0]["code"]) == ("receipt", sale["tickets"][0]["code"])
    assert paper[1]["tickets"][0]["copy"] == 0


def test_a_queued_job_leaves_the_printer_that_it_was_waiting_for(counter: Counter) -> None:
    counter.sell("A-1")
    counter.ask("move_job", job=1, to=RECEIPTS)
    assert [(job.role, job.name) for job in counter.printers.jobs] == [("receipt", "2"), ("receipt", "1")]


def test_a_job_that_has_begun_or_may_be_on_paper_is_never_moved(counter: Counter) -> None:
    counter.sell("A-1")
    counter.printers.begin()
    assert counter.refusal("move_job", job=1, to=RECEIPTS).fields["state"] == "started"
    counter.restart()
    counter.sign_in()
    assert counter.refusal("move_job", job=1, to=RECEIPTS).fields["state"] == "unknown"
    counter.ask("printed", job=1, came_out=True)
    assert counter.refusal("move_job", job=1, to=RECEIPTS).fields["state"] == "done"
    assert counter.printers.jobs == []


class Grabbed(ToyPrinters):
    """A printer that has taken every job up already, though the ledger does not know yet."""

    def withdraw(self, role: str, job: str) -> bool:
        return False


def test_a_job_that_its_printer_does_not_give_back_stays_where_it_is(make_counter: Make) -> None:
    counter = make_counter(printers=Grabbed())
    counter.open()
    counter.sell("A-1")
    assert "being printed" in counter.refusal("move_job", job=1, to=RECEIPTS).fields["reason"]
    answer = counter.ask("move_jobs", printer=TICKETS, to=RECEIPTS, key="k")
    assert (answer["moved"], [row["job"] for row in answer["left"]]) == ([], [1])
    assert counter.ask("move_jobs", printer=TICKETS, to=RECEIPTS, key="k") == answer
    assert rows(counter)[0] == (1, TICKETS, "queued")


def test_all_that_waits_is_moved_at_once_and_a_key_does_it_once(counter: Counter) -> None:
    for place in ("A-1", "A-2", "A-3"):
        counter.sell(place)
    counter.printers.jobs[0].started()
    counter.printers.jobs[0].finished("failed", "no paper")
    counter.printers.jobs.pop(0)
    counter.settle()
    answer = counter.ask("move_jobs", printer=TICKETS, to=RECEIPTS, key="k")
    assert (answer["moved"], answer["left"]) == ([1, 3, 5], [])
    assert counter.ask("move_jobs", printer=TICKETS, to=RECEIPTS, key="k") == answer
    assert [job.role for job in counter.printers.jobs] == ["receipt"] * 6
    counter.printers.run()
    assert sorted(row["ticket"] for _, content in counter.printers.paper for row in content.get("tickets", [])) == [
        "T1-00001-1",
        "T1-00002-1",
        "T1-00003-1",
    ]


def test_what_was_moved_stays_moved_over_a_restart(counter: Counter) -> None:
    counter.sell("A-1")
    counter.ask("move_job", job=1, to=RECEIPTS)
    counter.restart()
    assert [(job.role, job.name) for job in counter.printers.jobs] == [("receipt", "1"), ("receipt", "2")]


def test_a_full_disk_moves_nothing_and_the_job_is_with_its_printer_again(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.sell("A-1")

    def full(*_: Any) -> None:
        raise StorageFailed("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(counter.desk.ledger, "queue_again", full)
        patch.setattr("pos.till.desk.log.error", lambda *_: None)
        assert counter.refusal("move_job", job=1, to=RECEIPTS).code == "storage_failed"
    assert sorted((job.role, job.name) for job in counter.printers.jobs) == [("receipt", "2"), ("ticket", "1")]
    assert rows(counter)[0] == (1, TICKETS, "queued")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"job": 1, "to": TICKETS}, "not_allowed"),
        ({"job": 99, "to": RECEIPTS}, "bad_request"),
        ({"job": 1, "to": "terminal"}, "bad_request"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(counter: Counter, fields: dict[str, Any], code: str) -> None:
    counter.sell("A-1")
    assert counter.refusal("move_job", **fields).code == code
    assert len(counter.printers.jobs) == 2


def test_only_a_printer_that_is_there_and_can_print_is_moved_to(make_counter: Make) -> None:
    alone = make_counter(roles=("ticket",))
    alone.open()
    alone.sell("A-1")
    assert alone.refusal("move_job", job=1, to=RECEIPTS).code == "device_absent"
    other = make_counter(printers=(toys := ToyPrinters()))
    other.open()
    other.sell("A-1")
    toys.states = lambda: {RECEIPTS: {"state": "cover_open", "text": "the cover is open"}}  # type: ignore[method-assign]
    assert "the cover is open" in other.refusal("move_job", job=1, to=RECEIPTS).fields["reason"]
    assert [job.role for job in toys.jobs] == ["ticket", "receipt"]


def test_more_than_a_screenful_is_taken_up_after_a_restart(counter: Counter) -> None:
    counter.sell("A-1")
    counter.desk.submit(lambda: _many(counter)).result(10)
    counter.restart()
    assert len(counter.printers.jobs) == 82


def _many(counter: Counter) -> None:
    with counter.desk.unit():
        for number in range(80):
            counter.desk.ledger.add_job("receipt", "receipt", f"T1-{number}", [], {"kind": "receipt", "copy": 0})
