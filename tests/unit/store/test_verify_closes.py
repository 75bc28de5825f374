"""`housefull verify` adds each Z up once more: a till that builds one wrongly is told which, and which figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pos.domain.figures import Figures
from pos.domain.figures.sums import Sum
from pos.domain.money import Money
from pos.till.drawer import report
from tests.unit.store.evening import violations
from tests.unit.till.counter import PINS, Counter
from tests.unit.till.toy_terminal import ScriptedTerminal

SAM = {"user": "sam", "pin": PINS["sam"]}


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """A shift with a bit of everything, not closed yet: two cashiers, and money that went both ways."""
    counter = Counter(tmp_path / "till", terminal=ScriptedTerminal())
    counter.open(float_="300.00")
    first = counter.sell("A-1", "A-2")
    counter.add("A-3")
    counter.ask("pay", tenders=[{"kind": "card", "amount": "20.00"}, {"kind": "cash", "amount": "39.00"}])
    counter.ask("refund", tickets=[first["tickets"][0]["id"]], reason="ill")
    change = {"tickets": [first["tickets"][1]["id"]], "show": "aida", "places": ["B-1"], "price_type": "adult"}
    counter.ask("exchange", **change, tenders=[], approver=SAM)
    wrong = counter.sell("B-2")
    counter.ask("void", sale=wrong["tickets"][0]["id"], surrendered=True, approver=SAM)
    told = counter.sell("Foyer")
    slip = {"kind": "card", "slip": "4711"}
    counter.ask("correct_tender", sale=told["id"], reason="told wrong", to=slip, approver=SAM, **{"from": "cash"})
    counter.ask("move_cash", kind="drop", amount="50.00", reason="to the safe")
    counter.ask("no_sale", reason="change")
    counter.line.document("currency", {"id": "USD", "code": "USD", "rate": "0.9137"})
    counter.add("Foyer")
    counter.ask("pay", tenders=[{"kind": "cash", "amount": "13.00", "currency": "USD", "given": "20.00"}])
    counter.ask("sign_out")
    counter.sign_in("beth")
    counter.sell("B-3")
    yield counter
    counter.stop()


def closed(counter: Counter) -> list[str]:
    """What is wrong once it is closed."""
    counter.printers.run()
    counter.ask("close_shift", counted={"total": "300.00"}, foreign={"USD": "20.00"})
    counter.printers.run()
    return violations(counter)


def test_a_whole_shift_is_proved(counter: Counter) -> None:
    assert closed(counter) == []
    (z,) = (body["report"] for body in counter.bodies("ShiftClosed"))
    assert (z["sales"], z["refunds"], z["voids"], z["exchanges"], z["no_sales"]) == (6, 1, 1, 1, 1)
    assert sorted(z["by_cashier"]) == ["anna", "beth"]


def _less(what: str, **key: str) -> Callable[[Figures], None]:
    """Figures that forget a sort of row."""

    def forget(summed: Figures) -> None:
        for one in [one for one in summed.sums if one.what == what]:
            if all(getattr(one, name) == value for name, value in key.items()):
                summed.sums[one] = Sum()

    return forget


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_less("tender", kind="TicketsRefunded"), "by_tender cash is"),
        (_less("tender", kind="TenderCorrected"), "by_tender card_slip is 0 in its Z, 1300 by"),
        (_less("tender", user="beth"), "by_cashier beth by_tender cash is 0 in its Z, 5900 by"),
        (_less("document", kind="TicketsVoided"), "voids is 0 in its Z, 1 by its facts"),
        (_less("document", kind="TicketsExchanged"), "exchanges is 0 in its Z, 1 by its facts"),
        (_less("ticket", user="anna"), "by_cashier anna tickets is 0 in its Z, 7 by its facts"),
    ],
)
def test_figures_that_leave_something_out_are_found(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Figures], None], said: str
) -> None:
    whole = report.of_shift

    def spoiled(*asked: Any) -> Figures:
        summed = whole(*asked)
        spoil(summed)
        return summed

    monkeypatch.setattr(report, "of_shift", spoiled)
    found = closed(counter)
    assert any(f"I4 shift T1-1-S0001 (T1-Z0001): {said}" in line for line in found), found


def test_foreign_cash_is_proved(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "foreign", lambda *_: {"USD": Money.parse("19.00", "USD")})
    found = closed(counter)
    assert "I4 shift T1-1-S0001 (T1-Z0001): foreign USD is 1900 in its Z, 2000 by its facts" in found


def test_a_builder_that_names_a_figure_wrongly_is_found(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = report.price_figures
    monkeypatch.setattr(report, "price_figures", lambda *asked: whole(*asked) | {"comps": 2, "overrides": "1.00"})
    z = "I4 shift T1-1-S0001 (T1-Z0001):"
    assert closed(counter) == [
        f"{z} comps is 2 in its Z, 0 by its facts", f"{z} overrides is 100 in its Z, 0 by its facts",
    ]  # fmt: skip
