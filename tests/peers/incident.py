"""The record of an incident, as another window's till tells of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any


def incident() -> dict[str, Any]:
    """Of the other window, this afternoon: two levels, sales, refusals, paper, disputes, people who were told."""
    began = datetime.now(UTC) - timedelta(hours=5)
    at = [(began + timedelta(minutes=minutes)).isoformat() for minutes in range(0, 60, 4)]
    dispute = {"cause": "place", "at": at[14], "places": ["Stalls C 12", "Stalls C 13"]}
    sofia = {"at": at[2], "person": "duty", "name": "Kovács Béla", "telephone": "+36 1 555 01 00", "user": "sofia"}
    return {
        "id": "W2-I00001", "home": "W2", "plan": "2027-1", "began_at": at[0], "back_at": at[12], "sent_at": at[13],
        "cause": "no_network", "worst": "alone", "lasted_s": 2880, "detected_s": 7, "recovered_s": 241, "restarts": 1,
        "entries": 3480, "borrowed": 4, "lent": 2, "printed": 412, "misprinted": 2,
        "levels": [
            {"level": "away", "cause": "no_office", "since": at[0], "until": at[3], "seconds": 720},
            {"level": "alone", "cause": "no_network", "since": at[3], "until": at[12], "seconds": 2160},
        ],
        "sales": [
            {"level": "away", "sales": 61, "tickets": 133, "refunds": 2, "amount": "6783.00",
             "tenders": {"cash": "5100.00", "card": "1683.00"}},
            {"level": "alone", "sales": 128, "tickets": 279, "refunds": 0, "amount": "14229.00",
             "tenders": {"cash": "14229.00"}},
        ],
        "refused": [{"at": at[4], "times": 9, "code": "right_elsewhere", "verb": "add", "show": "", "place": "A-1"}],
        "refused_more": 0,
        "paper": [{"pack": "W2-P00001", "show": "", "tickets": 40, "sold": 31, "returned": 6, "lost": 2, "out": 1}],
        "disputes": [
            {"id": "W2.1.9-1", "state": "open"} | dispute,
            {"id": "W2.1.12-1", "state": "resolved", "way": "accept", "by": "sofia", "resolved_at": at[14]} | dispute,
        ],
        "told": [sofia | {"level": "away", "text": ""}, sofia | {"at": at[5], "name": "Nguyễn Văn An", "text": ""}],
        "more": [],
    }  # fmt: skip
