"""What reports are asked with: checked before anything is added up, and refused by the field's name."""

from __future__ import annotations

from typing import Any

import pytest

from pos.domain.errors import Refused
from pos.domain.figures import Query
from pos.domain.report import Report
from pos.domain.reports.kinds import ReportKind
from pos.domain.season import Season

SEASON = Season.from_documents(
    {
        "venue": {
            "house": {
                "id": "house",
                "name": "House",
                "timezone": "Europe/Vienna",
                "currency": "EUR",
                "cash_rounding": "0.01",
            }
        },
        "prices": {},
        "user": {"anna": {"id": "anna", "name": "Anna", "role": "cashier", "pin_hash": ""}},
        "till": {"T1": {"id": "T1", "name": "Window 1"}},
    }
)


def kind(**more: Any) -> ReportKind:
    def build(*_: object) -> Report:
        raise AssertionError

    return ReportKind("sales", lambda asked, season: Query(), build, **more)


def test_parameters_are_taken_as_they_were_meant() -> None:
    asked = {"since": "2027-12-01", "until": "2027-12-03", "till": "T1", "cashier": "anna"}
    made = kind(needs=("since", "until"), takes=("till", "cashier"))
    assert made.check(asked, SEASON) == asked
    assert made.check({"since": "2027-12-01", "until": "2027-12-01"}, SEASON) == {
        "since": "2027-12-01",
        "until": "2027-12-01",
    }
    assert made.check({**asked, "till": ""}, SEASON) == {key: asked[key] for key in ("since", "until", "cashier")}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"since": "2027-12-01"}, "until"),
        ({"since": "2027-12-05", "until": "2027-12-01"}, "until"),
        ({"since": "20271201", "until": "2027-12-03"}, "since"),
        ({"since": "2027-12-01", "until": "2027-12-40"}, "until"),
        ({"since": "2027-12-01", "until": 3}, "until"),
        ({"since": "2027-12-01", "until": "2027-12-03", "till": "T9"}, "till"),
        ({"since": "2027-12-01", "until": "2027-12-03", "cashier": "eve"}, "cashier"),
        ({"since": "2027-12-01", "until": "2027-12-03", "promoter": "x"}, "promoter"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_fields_name(fields: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as caught:
        kind(needs=("since", "until"), takes=("till", "cashier")).check(fields, SEASON)
    assert (caught.value.code, caught.value.fields["field"]) == ("bad_request", field)


def test_who_may_see_one() -> None:
    assert [kind().allows(role) for role in ("cashier", "supervisor", "auditor", "admin")] == [False, True, True, True]
    assert kind(takes=("cashier",), personal=True).allows("cashier")
