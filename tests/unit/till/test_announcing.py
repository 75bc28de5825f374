"""What a show was announced with, and its changes: told once they are there, gone once somebody has read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pos.store import announcements
from pos.store.ledger import StorageFailed
from tests.unit.till.counter import NOW, Counter, show_document, small_hall

Make = Callable[..., Counter]
OPERA = {
    "id": "opera",
    "title": {"en": "Tosca"},
    "minutes": 165,
    "intervals": [25, 15],
    "age": 12,
    "latecomers": {"en": "No late admission in Act 1.", "hu": "Az első felvonás alatt nincs beengedés."},
}
LATER = (NOW + timedelta(days=2, hours=1)).isoformat()


def aida(counter: Counter, **more: Any) -> dict[str, Any]:
    """The show's document as the office has it, with more in it."""
    return show_document("aida", plan_version=small_hall().version) | more


def changed(counter: Counter) -> dict[str, bool]:
    return {row["id"]: row["changed"] for row in counter.ask("shows")["shows"]}


def told(counter: Counter, show: str = "aida") -> dict[str, Any]:
    answer: dict[str, Any] = counter.ask("show", show=show)["announced"]
    return answer


def test_a_show_says_what_buyers_ask_and_its_own_word_goes_first(counter: Counter) -> None:
    counter.line.document("production", OPERA)
    counter.line.document("show", aida(counter, age=6, notice="Sung in the foyer", doors=NOW.isoformat()))
    card = told(counter)
    assert (card["minutes"], card["intervals"], card["age"]) == (165, [25, 15], 6)
    assert card["doors"] == NOW.isoformat()
    assert card["sentences"] == {"notice": {"en": "Sung in the foyer"}, "latecomers": OPERA["latecomers"]}


def test_without_a_length_it_is_as_long_as_it_lasts(counter: Counter) -> None:
    ends = (NOW + timedelta(days=2, minutes=95)).isoformat()
    counter.line.document("show", aida(counter, ends=ends, notice=7))
    assert told(counter)["minutes"] == 95
    assert told(counter)["sentences"] == {}, "what old offices took in unread is nothing, and does no harm"


def test_what_was_there_from_the_start_is_no_change(counter: Counter) -> None:
    assert changed(counter) == {"aida": False}
    assert told(counter)["changes"] == []
    assert told(counter)["read"] is None


def test_a_change_is_told_until_somebody_has_read_it(counter: Counter) -> None:
    before = told(counter)["version"]
    counter.line.document("show", aida(counter, starts=LATER, state="moved"))
    assert changed(counter) == {"aida": True}
    card = told(counter)
    assert card["changes"] == [
        {"what": "state", "before": None, "now": "moved"},
        {"what": "starts", "before": aida(counter)["starts"], "now": LATER},
    ]
    refused = counter.refusal("acknowledge", show="aida", version=before)
    assert (refused.code, refused.fields["reason"]) == ("not_allowed", "it has changed once more")
    assert changed(counter) == {"aida": True}
    counter.ask("acknowledge", show="aida", version=card["version"])
    assert changed(counter) == {"aida": False}
    assert told(counter)["changes"] == []
    assert told(counter)["read"]["by"] == "anna"
    assert counter.said("show_read")[-1]["show"] == "aida"


def test_a_change_stays_unread_over_a_restart_and_so_does_having_read_it(counter: Counter) -> None:
    counter.line.document("production", OPERA)
    counter.restart()
    counter.sign_in()
    assert changed(counter) == {"aida": True}
    counter.ask("acknowledge", show="aida", version=told(counter)["version"])
    counter.restart()
    counter.sign_in()
    assert changed(counter) == {"aida": False}


def test_only_those_who_sell_read_for_the_till(counter: Counter) -> None:
    counter.line.document("production", OPERA)
    version = told(counter)["version"]
    counter.sign_in("otto")
    assert counter.refusal("acknowledge", show="aida", version=version).code == "not_allowed"
    assert counter.refusal("acknowledge", show="nabucco", version=version).code == "not_allowed"
    counter.sign_in()
    assert counter.refusal("acknowledge", show="nabucco", version=version).code == "unknown_show"


def test_a_price_is_no_announcement(counter: Counter) -> None:
    counter.line.document("show", aida(counter, allotment={"Stalls": 1}, max_per_buyer=4))
    assert changed(counter) == {"aida": False}


@pytest.mark.expect_log("the disk is full")
def test_a_disk_that_is_full_delays_noting_and_nothing_else(
    make_counter: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageFailed("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(announcements, "put", full)
        counter = make_counter()
        counter.open()
        counter.line.document("show", aida(counter, notice="Not noted yet"))
        assert changed(counter) == {"aida": False}
    counter.line.document("show", aida(counter, notice="Noted"))
    assert changed(counter) == {"aida": False}
    counter.line.document("show", aida(counter, notice="Changed"))
    assert changed(counter) == {"aida": True}
