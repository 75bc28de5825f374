"""The verbs of the hall as it is shown: written as a house chart, and turned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from pos.app.reports import ReportWork
from tests.unit.till.counter import Counter
from tests.unit.till.test_reports import FONTS


@pytest.fixture
def counter(make_counter: Callable[..., Counter]) -> Iterator[Counter]:
    work = ReportWork(lambda: FONTS)
    made = make_counter(reports=work)
    made.open()
    yield made
    work.close()


def test_it_is_written_under_a_name_of_its_own_with_what_is_sold_by_now(counter: Counter, tmp_path: Path) -> None:
    counter.ask("add", show="aida", places=["A-1"], price_type="adult")
    told = counter.ask("house_chart", show="aida", to=str(tmp_path), language="hu")
    assert Path(told["file"]).parent == tmp_path
    assert Path(told["file"]).name.startswith("house_chart-aida-")
    text = PdfReader(told["file"]).pages[0].extract_text()
    assert "Nézőtéri rajz" in text
    assert "Kosárban: 1" in text


def test_a_name_that_is_taken_is_not_written_over_unless_that_is_said(counter: Counter, tmp_path: Path) -> None:
    path = tmp_path / "chart.pdf"
    path.write_bytes(b"mine")
    refusal = counter.refusal("house_chart", show="aida", to=str(path))
    assert (refusal.code, refusal.fields["field"]) == ("bad_request", "to")
    assert path.read_bytes() == b"mine"
    counter.ask("house_chart", show="aida", to=str(path), replace=True)
    assert path.read_bytes().startswith(b"%PDF")


def test_what_cannot_be_is_refused_with_why(counter: Counter, tmp_path: Path) -> None:
    assert counter.refusal("house_chart", show="none", to=str(tmp_path)).code == "unknown_show"
    assert counter.refusal("house_chart", show="aida", to="chart.pdf").fields["field"] == "to"
    counter.ask("sign_out")
    assert counter.refusal("house_chart", show="aida", to=str(tmp_path)).code == "not_signed_in"


def test_a_hall_stays_turned_at_this_till(counter: Counter) -> None:
    assert counter.front.seat_map("aida").result(5).turn == 0
    assert counter.ask("turn_hall", show="aida", quarters=3) == {"quarters": 3}
    assert counter.front.seat_map("aida").result(5).turn == 3
    assert counter.refusal("turn_hall", show="aida", quarters=4).fields["field"] == "quarters"
    assert counter.refusal("turn_hall", show="none", quarters=1).code == "unknown_show"
