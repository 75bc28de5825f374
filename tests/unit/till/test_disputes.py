"""The supervisor's inbox at the till: who sees it, what is decided in it, with and without the line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import pos.till.counter.disputes as inbox_of_the_till
from pos.domain.disputes import after
from pos.till.front import VERBS
from tests.mutate import mutate
from tests.peers.disputes import BUYER, document
from tests.unit.till.counter import Counter

Make = Callable[..., Counter]
WORDS = "Stalls A 1 was sold at Window 1, but the office has it otherwise: sold at Window 2."


@pytest.fixture
def counter(make_counter: Make) -> Counter:
    return told_of_two(make_counter)


def told_of_two(make_counter: Make) -> Counter:
    """Sam, a supervisor, is signed in, without a shift; the office has told of two disputes."""
    made = make_counter()
    made.line.document("dispute", document())
    made.line.document("dispute", document("T2.1.4-1", till="T2", opened_at="2027-03-01T15:00:00.000+00:00"))
    made.sign_in("sam")
    made.settle()
    return made


def inbox(counter: Counter, **fields: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = counter.ask("disputes", **fields)["disputes"]
    return found


def told(counter: Counter, kind: str) -> dict[str, Any]:
    """The body of the last fact, which has to be of this kind."""
    (envelope,) = counter.rows("SELECT envelope FROM journal ORDER BY number DESC LIMIT 1")[0]
    fact = json.loads(envelope)
    assert (fact["kind"], fact["money"], fact["effects"]) == (kind, [], [])
    body: dict[str, Any] = fact["body"]
    return body


def resolve(counter: Counter, **more: Any) -> dict[str, Any]:
    fields = {"dispute": "T1.1.7-1", "way": "refund", "note": "paid back at the door"} | more
    answer: dict[str, Any] = counter.ask("resolve_dispute", **fields)["dispute"]
    return answer


# ---- looking -----------------------------------------------------------------------------


def test_the_inbox_has_the_oldest_first_each_in_words_with_its_age(counter: Counter) -> None:
    older, newer = inbox(counter)
    assert [older["id"], newer["id"]] == ["T2.1.4-1", "T1.1.7-1"]
    assert (newer["text"], newer["customer"], newer["money"], newer["currency"]) == (WORDS, BUYER, "58.00", "EUR")
    assert (newer["ways"][0], newer["owner"], newer["state"], newer["pending"]) == ("reseat", "office", "open", False)
    assert newer["age_s"] == 30 * 60
    counter.clock.wait(minutes=10)
    assert inbox(counter)[1]["age_s"] == 40 * 60


def test_an_age_is_never_negative(counter: Counter) -> None:
    counter.clock.wait(days=-2)
    counter.restart()
    counter.sign_in("sam")
    assert inbox(counter)[0]["age_s"] == 0


@pytest.mark.parametrize(("user", "sees", "settles"), [
    ("anna", False, False), ("otto", True, False), ("ada", True, False), ("sam", True, True),
])  # fmt: skip
def test_a_cashier_sees_no_disputes_and_only_a_supervisor_settles_them(
    counter: Counter, user: str, sees: bool, settles: bool
) -> None:
    counter.sign_in(user)
    if sees:
        assert len(inbox(counter)) == 2
    else:
        assert counter.refusal("disputes").code == "not_allowed"
    for verb, fields in (("resolve_dispute", {"way": "accept", "note": "x"}), ("take_dispute", {})):
        if settles:
            counter.ask(verb, dispute="T2.1.4-1" if fields else "T1.1.7-1", **fields)
        else:
            assert counter.refusal(verb, dispute="T1.1.7-1", **fields).code == "not_allowed"
    assert counter.kinds() == (["DisputeResolved", "DisputeTaken"] if settles else [])


def test_nobody_signed_in_sees_nothing(make_counter: Make) -> None:
    assert make_counter().refusal("disputes").code == "not_signed_in"


# ---- settling ----------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["up", "down"])
def test_taking_and_resolving_are_facts_and_show_at_once(counter: Counter, line: str) -> None:
    if line == "down":
        counter.line.cut()
    taken = counter.ask("take_dispute", dispute="T1.1.7-1")["dispute"]
    assert (taken["state"], taken["owner"], taken["pending"]) == ("taken", "sam", True)
    assert told(counter, "DisputeTaken") == {"dispute": "T1.1.7-1", "user": "sam"}
    resolved = resolve(counter, refund="R-17")
    assert (resolved["state"], resolved["pending"]) == ("resolved", True)
    assert resolved["resolution"]["way"] == "refund"
    assert told(counter, "DisputeResolved") == {
        "dispute": "T1.1.7-1",
        "user": "sam",
        "way": "refund",
        "note": "paid back at the door",
        "refund": "R-17",
    }
    assert [one["id"] for one in inbox(counter)] == ["T2.1.4-1"]
    assert [one["state"] for one in inbox(counter, state="all")] == ["open", "resolved"]


def test_what_was_decided_outlives_a_restart(counter: Counter) -> None:
    counter.line.cut()
    resolve(counter)
    counter.restart()
    counter.sign_in("sam")
    assert [one["id"] for one in inbox(counter)] == ["T2.1.4-1"]


def test_the_offices_word_takes_over_when_it_has_heard(counter: Counter) -> None:
    resolved = resolve(counter)
    step = resolved["resolution"]
    counter.line.document("dispute", after(document(), step))
    counter.settle()
    (_, heard) = inbox(counter, state="all")
    assert (heard["state"], heard["pending"], len(heard["history"])) == ("resolved", False, 1)


def test_another_window_was_first_and_ours_stays_as_a_note(counter: Counter) -> None:
    mine = resolve(counter)["resolution"]
    theirs = mine | {"till": "T2", "by": "beth", "fact": "T2.1.9", "way": "accept"}
    counter.line.document("dispute", after(document(), theirs))
    counter.settle()
    (_, known) = inbox(counter, state="all")
    assert known["resolution"]["way"] == "accept"
    assert [(step["till"], step["stands"]) for step in known["history"]] == [("T2", True), ("T1", False)]
    assert known["pending"]
    refused = counter.refusal("resolve_dispute", dispute="T1.1.7-1", way="refund", note="again")
    assert (refused.code, refused.fields["by"]) == ("already_resolved", "beth")


def test_taking_ones_own_again_changes_nothing_and_another_supervisor_may_take_over(counter: Counter) -> None:
    counter.ask("take_dispute", dispute="T1.1.7-1")
    counter.ask("take_dispute", dispute="T1.1.7-1")
    assert counter.kinds() == ["DisputeTaken"]
    step = {"what": "taken", "by": "vera", "till": "T2", "at": "2027-03-01T18:10:00+01:00", "fact": "T2.1.9"}
    counter.line.document("dispute", after(document("T2.1.4-1"), step))
    assert counter.ask("take_dispute", dispute="T2.1.4-1")["dispute"]["owner"] == "sam"


def test_a_ticket_that_a_resolution_ended_is_found_as_ended(counter: Counter) -> None:
    counter.ask("open_shift", float="10.00")
    sale = counter.sell("B-1", "B-2")
    (body,) = [json.loads(row[0]) for row in counter.rows("SELECT body FROM sale")]
    for ticket, state in zip(body["tickets"], ("exchanged", "live"), strict=True):
        ticket["state"] = state
    counter.line.sale(body)
    counter.settle()
    (found,) = counter.ask("find", sale=sale["id"])["sales"]
    assert [ticket["state"] for ticket in found["tickets"]] == ["exchanged", "live"]


def test_a_sale_that_it_was_moved_to_must_be_known(counter: Counter) -> None:
    refused = counter.refusal("resolve_dispute", dispute="T1.1.7-1", way="reseat", note="row B", sale="T1-77777")
    assert (refused.code, refused.fields["sale"]) == ("unknown_ticket", "T1-77777")
    counter.ask("open_shift", float="10.00")
    sale = counter.sell("B-1")
    assert resolve(counter, way="reseat", sale=sale["id"])["resolution"]["sale"] == sale["id"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"way": "forget"}, "way"),
        ({"note": "  "}, "note"),
        ({"note": 5}, "note"),
        ({"refund": ""}, "refund"),
        ({"dispute": 7}, "dispute"),
    ],
)
def test_a_malformed_resolution_is_named(counter: Counter, fields: dict[str, Any], named: str) -> None:
    good = {"dispute": "T1.1.7-1", "way": "refund", "note": "paid back"}
    refused = counter.refusal("resolve_dispute", **(good | fields))
    assert (refused.code, refused.fields["field"]) == ("bad_request", named)
    assert counter.refusal("disputes", state="lost").fields["field"] == "state"
    assert counter.kinds() == []


@pytest.mark.expect_log("fenced: an old copy")
def test_what_cannot_be_settled_is_said(counter: Counter) -> None:
    assert counter.refusal("take_dispute", dispute="T9.1.1-1").code == "unknown_dispute"
    counter.line.document("dispute", document("T1.1.8-1", cause="unbalanced", ways=["accept"], fields={"off": "1.00"}))
    refused = counter.refusal("resolve_dispute", dispute="T1.1.8-1", way="refund", note="x")
    assert (refused.code, refused.fields["field"]) == ("bad_request", "way")
    counter.desk.submit(lambda: counter.desk.fence("an old copy")).result(5)
    assert counter.refusal("take_dispute", dispute="T1.1.7-1").code == "fenced"


def test_a_key_settles_once(counter: Counter) -> None:
    first, again = resolve(counter, key="k1"), resolve(counter, key="k1")
    assert first == again
    assert counter.kinds() == ["DisputeResolved"]


# ---- hearing of one ----------------------------------------------------------------------


def test_a_new_dispute_about_this_till_is_announced_once_and_in_words(counter: Counter) -> None:
    assert counter.said("dispute") == [
        {"event": "dispute", "dispute": "T1.1.7-1", "cause": "place", "places": ["Stalls A 1"], "text": WORDS}
    ]
    step = {"what": "taken", "by": "vera", "till": "T2", "at": "2027-03-01T18:10:00+01:00", "fact": "T2.1.9"}
    counter.line.document("dispute", after(document(), step))
    assert len(counter.said("dispute")) == 1
    assert counter.said("changed")[-1]["disputes"] == ["T1.1.7-1"]


def test_disputes_leave_the_season_and_what_is_believed_of_places_alone(counter: Counter) -> None:
    counter.ask("places", show="aida")
    desk = counter.desk

    def kept() -> tuple[object, object, dict[str, Any]]:
        return desk.replica.season(), desk.belief.column("aida"), desk.replica.documents()

    before = desk.submit(kept).result(5)
    counter.line.document("dispute", document("T1.1.8-1"))
    counter.settle()
    after_it = desk.submit(kept).result(5)
    assert all(old is new for old, new in zip(before, after_it, strict=True))
    assert "dispute" not in after_it[2]
    assert not counter.said("changed")[-1]["documents"]


# ---- each guard taken out ----------------------------------------------------------------


def offline(counter: Counter) -> None:
    test_taking_and_resolving_are_facts_and_show_at_once(counter, "down")


def the_roles(counter: Counter) -> None:
    test_a_cashier_sees_no_disputes_and_only_a_supervisor_settles_them(counter, "otto", True, False)


GUARDS: list[Any] = [
    ("_overlaid", 'if step["fact"] not in heard', "if False", offline),
    ("_overlaid", 'if step["fact"] not in heard', "if True", test_the_offices_word_takes_over_when_it_has_heard),
    ("_step", 'dispute_steps.add(desk.ledger.connection, fact.number, document["id"], step)', "pass",
     test_what_was_decided_outlives_a_restart),
    ("take_dispute", 'desk.signed_in("settle")', "desk.signed_in()", the_roles),
    ("resolve_dispute", 'desk.signed_in("settle")', "desk.signed_in()", the_roles),
    pytest.param("_unresolved", "desk.check_not_fenced()", "pass", test_what_cannot_be_settled_is_said,
                 marks=pytest.mark.expect_log("fenced: an old copy")),
    ("_unresolved", 'document["state"] == State.RESOLVED', "False",
     test_another_window_was_first_and_ours_stays_as_a_note),
    ("resolve_dispute", "if sale and not", "if not sale and not", test_a_sale_that_it_was_moved_to_must_be_known),
    ("announce", 'document["till"] == desk.outside.till', "True",
     test_a_new_dispute_about_this_till_is_announced_once_and_in_words),
    ("announce", 'not document["history"]', "True", test_a_new_dispute_about_this_till_is_announced_once_and_in_words),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "scenario"), GUARDS)
def test_without_its_guard_the_scenario_fails(
    monkeypatch: pytest.MonkeyPatch,
    make_counter: Make,
    name: str,
    old: str,
    new: str,
    scenario: Callable[[Counter], None],
) -> None:
    mutate(monkeypatch, inbox_of_the_till, name, old, new)
    if name in VERBS:
        monkeypatch.setitem(VERBS, name, replace(VERBS[name], run=getattr(inbox_of_the_till, name)))
    with pytest.raises(Exception):  # noqa: B017, PT011 - an assertion, or a refusal that nobody expected
        scenario(told_of_two(make_counter))
