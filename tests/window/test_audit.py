"""The audit in the window: found by the keyboard, worked through by it, and what a cashier sees of himself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QLabel

from pos.domain.audit.items import opened
from pos.domain.audit.settlements import after, step_of
from pos.domain.figures import Figures
from pos.ui.theme.widgets import KeyButton
from tests.window.counter import CTRL, SHIFT, Counter, Key

Open = Callable[..., Counter]
SETTLEMENT = "house.2026-11-22.W2"


def item(id: str, people: list[str], owner: str = "sofia") -> dict[str, Any]:
    sort = "difference" if id.startswith("over") else "anomaly"
    at = (datetime.now(UTC) - timedelta(minutes=28)).isoformat()
    figures = (
        {"hits": 6, "of": 40, "currency": "EUR"} if sort == "anomaly" else {"difference": "-2.50", "currency": "EUR"}
    )
    more = {"day": "2026-11-22", "thresholds": {"least": 5, "percent": "10", "window": "day"}}
    return opened(id, sort, id.partition(":")[0], people, owner, at, figures, ["W1.1.7", "W1.1.9"], **more)


def submitted() -> dict[str, Any]:
    """What Софія submitted of the other window."""
    figures = {
        "tenders": {"cash": "1180.00", "card_slip": "640.50"},
        "channels": [],
        "taken": "1820.50",
        "tax": "165.50",
        "commission": "54.62",
        "due": "1765.88",
        "over_short": "-2.50",
    }
    body = {
        "settlement": SETTLEMENT, "agreement": "house", "period": "2026-11-22", "since": "2026-11-22",
        "until": "2026-11-22", "till": "W2", "channel": "", "figures": figures, "digest": "d1", "people": ["anna"],
        "heads": {"W2.1": 40}, "provisional": False, "user": "sofia", "round": 1,
    }  # fmt: skip
    made = after(
        None, step_of("SettlementSubmitted", body, at=datetime.now(UTC).isoformat(), till="W2", fact="W2.1.41")
    )
    assert made is not None
    return made


@pytest.fixture
def counter(open_window: Open) -> Counter:
    """The office has told of an anomaly and a difference of Anna's, and of a settlement."""
    made = open_window()
    made.house.office.found["people"] = {
        "tallies": [
            [
                datetime.now(ZoneInfo("Europe/Vienna")).date().isoformat(),
                "anna",
                {"sales": 41, "tickets": 96, "refunds": 6, "queue_s": 1640, "queue_sales": 40},
            ]
        ],
        "looked": {},
    }
    made.house.office.found["figures"] = {"figures": Figures().to_json(), "position": None, "tills": [], "share": 1000}
    for one in (item("refund_rate:anna:2026-11-22", ["anna"]), item("over_short:W1-1-S0001", ["anna"])):
        made.house.document("audit_item", one)
    made.house.document("settlement", submitted())
    return made


def open_audit(counter: Counter, user: str) -> None:
    counter.sign_in(user)
    counter.press(Key.Key_A, modifier=CTRL | SHIFT)
    counter.until(lambda: counter.screen == "audit" and bool(counter.window.audit.rows))


def words(counter: Counter) -> str:
    """All that the panel says."""
    labels = counter.window.screens["audit"].panel.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def test_an_auditor_audits_and_accepts_a_settlement_by_the_keyboard(counter: Counter) -> None:
    open_audit(counter, "adam")
    assert [row.id for row in counter.window.audit.rows] == [SETTLEMENT]
    assert "€1,765.88" in words(counter)
    assert "card by slip" in words(counter)
    counter.press(Key.Key_Slash)
    counter.type("two fifty short")
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.window.audit.rows[0].doc["state"] == "audited")
    assert "two fifty short" in words(counter)
    counter.press(Key.Key_Return)
    counter.until(lambda: not counter.window.audit.rows)
    assert "It is accepted now." in counter.toast


def test_returning_needs_a_reason(counter: Counter) -> None:
    open_audit(counter, "adam")
    counter.press(Key.Key_F5)
    assert "Say why" in words(counter)
    counter.press(Key.Key_Slash)
    counter.type("the bag is missing")
    counter.press(Key.Key_F5)
    counter.until(lambda: counter.window.audit.rows[0].doc["state"] == "returned")


def test_a_supervisor_takes_and_closes_what_is_with_him(counter: Counter) -> None:
    open_audit(counter, "sofia")
    counter.press(Key.Key_F3)
    counter.until(lambda: [row.title for row in counter.window.audit.rows] == ["Many refunds"])
    assert "Anna: 6 / 40" in words(counter)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.window.audit.rows[0].doc["state"] == "taken")
    counter.press(Key.Key_Return)
    assert "Say why" in words(counter)
    counter.press(Key.Key_Slash)
    counter.type("a school class came late")
    counter.press(Key.Key_Return)
    counter.until(lambda: not counter.window.audit.rows)
    counter.press(Key.Key_F2)
    counter.until(lambda: [row.title for row in counter.window.audit.rows] == ["Drawer over or short"])
    counter.press(Key.Key_Escape)
    assert counter.screen != "audit"


def test_the_owner_hears_of_what_was_flagged_and_the_reports_lead_there(counter: Counter) -> None:
    counter.sign_in("sofia")
    counter.house.document("audit_item", item("no_sale:bela:2026-11-22", ["bela"]))
    counter.until(lambda: "yours to look at" in counter.toast)
    counter.press(Key.Key_9, modifier=CTRL)
    counter.until(lambda: counter.screen == "reports")
    (button,) = [
        one for one in counter.window.screens["reports"].work.findChildren(KeyButton) if "Audit" in one.accessibleName()
    ]
    button.click()
    assert counter.screen == "audit"


def test_a_cashier_sees_himself_and_may_only_explain(counter: Counter) -> None:
    open_audit(counter, "anna")
    assert counter.window.audit.sections == ("differences", "anomalies", "people")
    counter.press(Key.Key_F1)
    assert counter.window.audit.section == "differences"
    assert counter.window.audit.steps == ("", "explain")
    counter.press(Key.Key_Slash)
    counter.type("a torn note")
    counter.press(Key.Key_Return)
    counter.until(lambda: "a torn note" in words(counter))
    counter.press(Key.Key_F4)
    counter.until(lambda: [row.title for row in counter.window.audit.rows] == ["Anna"])
    assert {"Tickets refunded", "6", "41 s"} <= set(words(counter).split("\n"))
