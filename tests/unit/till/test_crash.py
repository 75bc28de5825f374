"""A till that was killed: an acknowledged sale is there, an unacknowledged one is whole or not at all."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pos.store.verify import report
from tests.unit.till.counter import Counter
from tests.unit.till.toy_line import Record


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[Callable[[str], Counter]]:
    """Call it with the moment of death for the till that starts again afterwards."""
    made: list[Counter] = []

    def die_at(moment: str) -> Counter:
        command = [sys.executable, "-m", "tests.unit.till.crashing", str(tmp_path / "till"), moment]
        done = subprocess.run(command, timeout=60, capture_output=True, cwd=Path(__file__).parents[3])
        assert done.returncode == -9, done.stderr.decode()
        counter = Counter(tmp_path / "till")
        made.append(counter)
        for place in ("A-1", "A-2"):
            counter.line.records["aida", place] = Record("LEASED", "T1", 1)
        return counter

    yield die_at
    for counter in made:
        counter.stop()


def sound(counter: Counter) -> None:
    """Both sides of the line agree, and nothing is wrong with the ledger."""
    counter.line.drain()
    assert counter.line.disputes == []
    out = io.StringIO()
    assert report(counter.folder, out) == 0, out.getvalue()


def test_killed_before_the_commit_nothing_was_sold_and_the_basket_is_there(
    killed: Callable[[str], Counter],
) -> None:
    counter = killed("before")
    assert counter.rows("SELECT count(*) FROM sale") == [(0,)]
    assert counter.printers.jobs == []
    counter.sign_in()
    assert counter.ask("status")["shift"] == "T1-1-S0001"
    assert [line["place"] for line in counter.ask("basket")["basket"]["lines"]] == ["A-1", "A-2"]
    assert counter.pay()["id"] == "T1-00001"
    sound(counter)


def test_killed_between_commit_and_answer_the_sale_stands_once(killed: Callable[[str], Counter]) -> None:
    counter = killed("after")
    assert counter.rows("SELECT id FROM sale") == [("T1-00001",)]
    assert counter.ask("status")["fenced"] is None  # a ledger ahead of its mark is a crash
    assert [job.role for job in counter.printers.jobs] == ["ticket", "receipt"]
    counter.sign_in()
    assert counter.ask("basket")["basket"]["lines"] == []
    again = counter.ask("pay", tenders=[{"kind": "cash", "amount": "118.00"}], key="the sale")
    assert [ticket["id"] for ticket in again["sale"]["tickets"]] == ["T1-00001-1", "T1-00001-2"]
    assert counter.rows("SELECT count(*) FROM sale") == [(1,)]
    counter.printers.run()
    sound(counter)
    assert len(counter.line.sold) == 2


def test_killed_while_printing_it_is_a_question_and_no_second_sale(killed: Callable[[str], Counter]) -> None:
    counter = killed("printing")
    assert counter.printers.jobs == []
    assert [event["tickets"] for event in counter.said("print_unknown")] == [["T1-00001-1", "T1-00001-2"], []]
    counter.sign_in()
    counter.ask("printed", job=1, came_out=False)
    counter.printers.run()
    page = counter.printers.paper[0][1]["tickets"]
    assert [ticket["ticket"] for ticket in page] == ["T1-00001-1", "T1-00001-2"]
    assert counter.rows("SELECT count(*) FROM ticket") == [(2,)]
    sound(counter)
