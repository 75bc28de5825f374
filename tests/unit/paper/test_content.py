"""The content of print jobs: what is missing is named."""

from __future__ import annotations

from typing import Any

import pytest

from pos.domain.errors import Unreadable
from pos.paper import content
from tests.unit.paper.samples import TICKETS, area_ticket, card_slip, receipt, report, ticket


@pytest.mark.parametrize(
    "job", [*(ticket(language) for language in TICKETS), area_ticket(), receipt(), report(), card_slip()]
)
def test_what_a_till_makes_is_one_page(job: dict[str, Any]) -> None:
    assert content.pages(job) == [job]


def test_a_sale_is_a_page_a_ticket() -> None:
    assert content.pages({"kind": "tickets", "tickets": [ticket("en"), ticket("hu")]}) == [ticket("en"), ticket("hu")]


@pytest.mark.parametrize("job", [ticket(), receipt(), report()])
def test_a_field_that_is_needed_is_missed_by_name(job: dict[str, Any]) -> None:
    optional = {
        "ticket": {"doors", "zone", "fees", "terms"},
        "receipt": {"given", "taxes"},
        "z_report": {"provisional"},
    }
    for name in job.keys() - {"kind"}:
        less = {key: value for key, value in job.items() if key != name}
        if name in optional[job["kind"]]:
            assert content.check(less) == job["kind"]
    for name in ("language", "till", "copy"):
        with pytest.raises(Unreadable) as caught:
            content.check({key: value for key, value in job.items() if key != name})
        assert (caught.value.where, caught.value.key) == ("print job", name)


@pytest.mark.parametrize(
    ("job", "key"),
    [
        ({}, "kind"),
        ({"kind": "poster"}, "kind"),
        ({"kind": ["ticket"]}, "kind"),
        (ticket(terms="one, two"), "terms"),
        (ticket(title=["Tosca"]), "title"),
        ({"kind": "tickets"}, "tickets"),
        ({"kind": "tickets", "tickets": []}, "tickets"),
        ({"kind": "tickets", "tickets": [ticket(), receipt()]}, "tickets[1].kind"),
        ({"kind": "tickets", "tickets": [ticket(), ticket(code=None)]}, "code"),
    ],
)
def test_what_cannot_be_printed_is_refused(job: dict[str, Any], key: str) -> None:
    with pytest.raises(Unreadable) as caught:
        content.pages(job)
    assert caught.value.key == key


def test_fields_of_a_newer_till_are_let_through() -> None:
    assert content.check({**ticket(), "hologram": "yes"}) == "ticket"
