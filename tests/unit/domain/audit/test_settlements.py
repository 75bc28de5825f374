"""Settlements: who may do which step after which, and of which figures."""

from __future__ import annotations

from typing import Any

import pytest

from pos.domain.audit.settlements import after, step_of, why_not
from pos.domain.facts import Kind

ID = "house.2027-12-03.T1"


def step(kind: Kind, by: str, round: int = 1, digest: str = "d1", **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"settlement": ID, "user": by, "round": round, "digest": digest} | more
    if kind is Kind.SETTLEMENT_SUBMITTED:
        body |= {
            "agreement": "house", "period": "2027-12-03", "since": "2027-12-03", "until": "2027-12-03", "till": "T1",
            "channel": "", "figures": {"tenders": {"cash": "58.00"}}, "people": ["anna"], "heads": {"T1.1": 7},
            "provisional": False,
        }  # fmt: skip
    return step_of(kind, body, at="2027-12-04T01:00:00+01:00", till="T1", fact=f"T1.1.{round}{kind}{by}")


SUBMITTED = step(Kind.SETTLEMENT_SUBMITTED, "sam")
AUDITED = step(Kind.SETTLEMENT_AUDITED, "otto", findings=["a bag is missing"])
ACCEPTED = step(Kind.SETTLEMENT_ACCEPTED, "otto")


def stood(*steps: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] | None = None
    for one in steps:
        document = after(document, one)
    assert document is not None
    return document


def test_a_settlement_goes_from_submitted_over_audited_to_accepted() -> None:
    document = stood(SUBMITTED, AUDITED, step(Kind.SETTLEMENT_ACCEPTED, "otto"))
    assert (document["state"], document["findings"]) == ("accepted", ["a bag is missing"])
    assert [one["what"] for one in document["history"]] == ["submitted", "audited", "accepted"]
    assert all(one["stands"] for one in document["history"])


def test_what_was_returned_is_submitted_again_and_every_round_is_kept() -> None:
    document = stood(
        SUBMITTED,
        step(Kind.SETTLEMENT_RETURNED, "otto", reason="the deposit is missing"),
        step(Kind.SETTLEMENT_SUBMITTED, "sam", 2, "d2"),
    )
    assert (document["state"], document["round"], document["digest"], document["reason"]) == ("submitted", 2, "d2", "")
    rounds = [one["submitted"]["digest"] for one in document["history"] if one["what"] == "submitted"]
    assert rounds == ["d1", "d2"]


@pytest.mark.parametrize(
    ("before", "wrong", "why"),
    [
        ((SUBMITTED,), step(Kind.SETTLEMENT_SUBMITTED, "eva"), "submitted"),
        ((SUBMITTED,), step(Kind.SETTLEMENT_ACCEPTED, "otto"), "submitted"),
        ((SUBMITTED, AUDITED), step(Kind.SETTLEMENT_AUDITED, "olga"), "audited"),
        ((SUBMITTED, AUDITED, ACCEPTED), step(Kind.SETTLEMENT_ACCEPTED, "olga"), "accepted"),
        ((SUBMITTED, AUDITED, ACCEPTED), step(Kind.SETTLEMENT_RETURNED, "olga"), "accepted"),
        ((SUBMITTED,), step(Kind.SETTLEMENT_AUDITED, "otto", digest="other"), "other figures"),
        ((SUBMITTED,), step(Kind.SETTLEMENT_AUDITED, "otto", 2), "other figures"),
        ((SUBMITTED,), step(Kind.SETTLEMENT_AUDITED, "anna"), "sold, counted or submitted"),
        ((SUBMITTED,), step(Kind.SETTLEMENT_AUDITED, "sam"), "sold, counted or submitted"),
        ((SUBMITTED,), step(Kind.SETTLEMENT_RETURNED, "sam"), "sold, counted or submitted"),
        ((SUBMITTED, AUDITED), step(Kind.SETTLEMENT_ACCEPTED, "anna"), "sold, counted or submitted"),
        (
            (SUBMITTED, step(Kind.SETTLEMENT_RETURNED, "otto", reason="no")),
            step(Kind.SETTLEMENT_SUBMITTED, "sam", 3, "d3"),
            "does not follow",
        ),
    ],
)  # fmt: skip
def test_a_step_that_does_not_follow_changes_nothing_but_the_history(
    before: tuple[dict[str, Any], ...], wrong: dict[str, Any], why: str
) -> None:
    document = stood(*before)
    assert why in why_not(document, wrong)
    changed = after(document, wrong)
    assert changed is not None
    assert changed["history"][-1]["stands"] is False
    assert {**changed, "history": 0} == {**document, "history": 0}


def test_nothing_is_audited_that_was_not_submitted() -> None:
    assert why_not(None, AUDITED)
    assert after(None, AUDITED) is None
