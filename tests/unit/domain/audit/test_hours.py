"""Opening hours as a season file says them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from pos.domain.audit.hours import Hours


@pytest.mark.parametrize(
    ("hours", "at", "is_open"),
    [
        ("10:00-22:00", "2027-12-03T10:00", True),
        ("10:00-22:00", "2027-12-03T22:00", False),
        ("10:00-22:00", "2027-12-03T09:59", False),
        (["10:00-12:00", "17:00-22:30"], "2027-12-03T13:00", False),
        (["10:00-12:00", "17:00-22:30"], "2027-12-03T22:29", True),
        # 2027-12-03 is a Friday.
        ({"mon-thu": "10:00-18:00", "Friday": "10:00-20:00"}, "2027-12-03T19:00", True),
        ({"mon-thu": "10:00-18:00"}, "2027-12-03T12:00", False),
        ({"sat-mon": "10:00-18:00"}, "2027-12-05T12:00", True),
        ({"daily": "10:00-18:00", "fri": "closed"}, "2027-12-03T12:00", False),
        # Open past midnight: the night belongs to the day on which it began.
        ({"fri": "18:00-02:00"}, "2027-12-04T01:59", True),
        ({"fri": "18:00-02:00"}, "2027-12-04T02:00", False),
        ({"fri": "18:00-02:00"}, "2027-12-03T01:00", False),
    ],
)
def test_when_the_venue_is_open(hours: Any, at: str, is_open: bool) -> None:
    assert Hours.parse(hours).open_at(datetime.fromisoformat(at)) is is_open


@pytest.mark.parametrize(
    "hours", ["10-22", "10:00-25:00", "10:00-10:00", "10:75-11:00", 7, [7], {"someday": "10:00-11:00"}]
)
def test_hours_that_are_none_are_refused(hours: Any) -> None:
    with pytest.raises(ValueError, match=r"hours|span|day"):
        Hours.parse(hours)
