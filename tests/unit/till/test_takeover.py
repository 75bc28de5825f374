"""A till that was enrolled again with its shift open: the drawer is counted out before another shift opens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

import pos.till.drawer.takeover as takeover
from pos.store.aside import set_aside
from pos.store.identity import write_identity
from pos.till.ports import LeftDrawer, LinkState
from tests.mutate import mutate
from tests.unit.store.evening import violations
from tests.unit.till.counter import Counter

FLOAT_AND_SALE = "159.00"


@pytest.fixture
def again(tmp_path: Path) -> Iterator[Counter]:
    """The same till as a new incarnation; the old one sold a ticket and was switched off."""
    old = Counter(tmp_path / "T1")
    old.open()
    old.sell("A-1")
    old.stop()
    set_aside(old.folder, old.identity)
    write_identity(old.folder, replace(old.identity, incarnation=2))
    new = Counter(tmp_path / "T1")
    new.line.incarnation = 2
    yield new
    new.stop()


def last_fact(counter: Counter) -> dict[str, object]:
    found: dict[str, object] = json.loads(
        counter.rows("SELECT envelope FROM journal ORDER BY number DESC LIMIT 1")[0][0]
    )
    return found


def test_no_shift_opens_over_a_drawer_that_nobody_has_counted(again: Counter) -> None:
    again.sign_in("beth")
    refused = again.refusal("open_shift", float="100.00")
    assert (refused.code, refused.fields["shift"], refused.fields["user"]) == (
        "drawer_uncounted", "T1-1-S0001", "anna",
    )  # fmt: skip
    assert again.kinds() == []


def test_that_guard_bites(again: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, takeover, "check_counted", "if found is not None:", "if False:")
    with pytest.raises(AssertionError, match="was not refused"):
        test_no_shift_opens_over_a_drawer_that_nobody_has_counted(again)


def test_the_drawer_is_counted_out_by_a_fact_of_the_new_ledger(again: Counter) -> None:
    again.sign_in("beth")
    answer = again.ask("take_over", counted={"total": "158.00"})["taken_over"]
    assert (answer["expected"], answer["counted"], answer["difference"]) == (FLOAT_AND_SALE, "158.00", "-1.00")
    fact = last_fact(again)
    assert (fact["kind"], fact["incarnation"], fact["number"]) == ("DrawerTakenOver", 2, 1)
    assert fact["money"] == [["drawer:T1", -15900, "EUR"], ["safe", 15800, "EUR"], ["over_short", 100, "EUR"]]
    assert fact["body"]["shift"] == "T1-1-S0001"  # type: ignore[index]
    again.ask("open_shift", float="100.00")
    assert again.ask("close_shift", counted={"total": "100.00"})["report"]["expected"] == "100.00"
    assert violations(again) == []


def test_a_drawer_is_taken_over_once_also_after_a_restart(again: Counter) -> None:
    again.sign_in()
    again.ask("take_over", counted={"50.00": 3, "1.00": 9})
    again.restart()
    again.sign_in()
    assert again.refusal("take_over", counted={"total": FLOAT_AND_SALE}).code == "not_allowed"
    again.ask("open_shift", float="50.00")


def test_a_till_that_is_enrolled_a_third_time_counts_only_what_is_not_counted(again: Counter) -> None:
    """The second enrolment has counted the first one's drawer out, and left a shift open itself."""
    again.sign_in("beth")
    again.ask("take_over", counted={"total": FLOAT_AND_SALE})
    again.ask("open_shift", float="60.00")
    again.stop()
    set_aside(again.folder, again.identity)
    write_identity(again.folder, replace(again.identity, incarnation=3))
    third = Counter(again.folder)
    third.line.incarnation = 3
    try:
        third.sign_in()
        assert third.refusal("open_shift", float="100.00").fields["shift"] == "T1-2-S0001"
        taken = third.ask("take_over", counted={"total": "60.00"})["taken_over"]
        assert (taken["shift"], taken["difference"]) == ("T1-2-S0001", "0.00")
        third.ask("open_shift", float="100.00")
        assert violations(third) == []
    finally:
        third.stop()


def test_a_drawer_that_another_till_has_counted_is_not_booked_again(again: Counter) -> None:
    again.line.found["counted_drawer"] = {"by": "T2.1.9"}
    again.sign_in()
    assert again.refusal("open_shift", float="50.00").code == "drawer_uncounted"
    assert again.ask("take_over", counted={"total": "0.00"}) == {"taken_over": None, "counted_by": "T2"}
    assert again.kinds() == []
    again.restart()
    again.sign_in()
    again.ask("open_shift", float="50.00")
    assert violations(again) == []


def test_the_office_is_asked_of_it_before_the_line_is_known_to_be_up(
    again: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    again.line.found["counted_drawer"] = {"by": "T2.1.9"}
    monkeypatch.setattr(again.line, "link", lambda: LinkState("offline", "not_asked"))
    again.sign_in()
    assert again.ask("take_over", counted={"total": "0.00"}) == {"taken_over": None, "counted_by": "T2"}
    assert again.kinds() == []


@pytest.mark.parametrize("line", ["cut", "silent"])
def test_what_the_office_cannot_say_of_it_waits_for_nobody(
    again: Counter, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    again.line.found["counted_drawer"] = {"by": "T2.1.9"}
    if line == "cut":
        again.line.cut()
    else:
        monkeypatch.setattr(takeover, "OFFICE_S", 0.05)
        monkeypatch.setattr(again.line, "look", lambda what, fields: Future())
    again.sign_in()
    taken = again.ask("take_over", counted={"total": FLOAT_AND_SALE})["taken_over"]
    assert taken["difference"] == "0.00"
    assert again.kinds() == ["DrawerTakenOver"]


def test_a_count_that_makes_no_sense_changes_nothing(again: Counter) -> None:
    again.sign_in()
    assert again.refusal("take_over", counted={"total": "1.00", "50.00": 1}).code == "bad_request"
    assert again.refusal("open_shift", float="1.00").code == "drawer_uncounted"


def test_an_auditor_takes_no_drawer_over(again: Counter) -> None:
    again.sign_in("otto")
    assert again.refusal("take_over", counted={"total": "1.00"}).code == "not_allowed"


def test_a_till_that_left_nothing_has_no_drawer_to_take_over(counter: Counter) -> None:
    assert counter.refusal("take_over", counted={"total": "1.00"}).code == "not_allowed"


def test_what_is_left_to_send_is_in_the_status(again: Counter) -> None:
    assert again.ask("status")["set_aside"] == [{"till": "T1", "incarnation": 1, "unsent": 2, "text": ""}]


# ---- another till's ----------------------------------------------------------------------


def test_another_tills_drawer_is_counted_out_by_what_the_office_has_of_it(counter: Counter) -> None:
    counter.line.drawers["T2"] = LeftDrawer("T2", 3, "T2-3-S0002", "beth", "2027-03-01T17:00:00+01:00", "80.00")
    taken = counter.ask("take_over", till="T2", counted={"total": "79.50"})["taken_over"]
    assert (taken["till"], taken["incarnation"], taken["shift"]) == ("T2", 3, "T2-3-S0002")
    assert (taken["expected"], taken["difference"]) == ("80.00", "-0.50")
    money = last_fact(counter)["money"]
    assert money == [["drawer:T2", -8000, "EUR"], ["safe", 7950, "EUR"], ["over_short", 50, "EUR"]]
    assert counter.refusal("take_over", till="T2", counted={"total": "79.50"}).code == "not_allowed"
    report = counter.ask("close_shift", counted={"total": "100.00"})["report"]
    assert report["expected"] == "100.00", "its own drawer is another one"
    assert violations(counter) == []


def test_another_tills_drawer_needs_the_office(counter: Counter) -> None:
    counter.line.cut()
    assert counter.refusal("take_over", till="T2", counted={"total": "1.00"}).code == "offline"


def test_a_till_that_left_no_drawer_has_none_to_take_over(counter: Counter) -> None:
    assert counter.refusal("take_over", till="T2", counted={"total": "1.00"}).code == "not_allowed"
