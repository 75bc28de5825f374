"""Who may do what at a till, and what wrong PINs lead to."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from pos.store.ledger import StorageFailed
from pos.till.front import VERBS
from tests.unit.till.counter import NOW, PINS, Counter, documents, show_document

Make = Callable[..., Counter]


def test_signing_in_says_who_it_is(make_counter: Make) -> None:
    counter = make_counter()
    answer = counter.ask("sign_in", user="anna", pin="2468")
    assert (answer["user"], answer["role"], answer["shift"]) == ("anna", "cashier", None)
    assert {user["user"] for user in counter.ask("users")["users"]} == set(PINS)
    assert "pin_hash" not in str(counter.ask("users"))


@pytest.mark.parametrize(("user", "pin"), [("anna", "1234"), ("nobody", "2468"), ("anna", "")])
def test_a_wrong_pin_and_an_unknown_user_sound_alike(make_counter: Make, user: str, pin: str) -> None:
    refused = make_counter().refusal("sign_in", user=user, pin=pin)
    assert (refused.code, refused.fields["tries_left"]) == ("wrong_pin", 4)


def test_the_fifth_wrong_pin_locks_for_a_minute_and_a_restart_does_not_help(make_counter: Make) -> None:
    counter = make_counter()
    for _ in range(4):
        assert counter.refusal("sign_in", user="anna", pin="0000").code == "wrong_pin"
    assert counter.refusal("sign_in", user="anna", pin="0000").code == "locked_out"
    assert counter.refusal("sign_in", user="anna", pin=PINS["anna"]).code == "locked_out"
    counter.restart()
    refused = counter.refusal("sign_in", user="anna", pin=PINS["anna"])
    assert (refused.code, refused.fields["until"]) == ("locked_out", (NOW + timedelta(minutes=1)).isoformat())
    counter.sign_in("beth")  # others are not locked
    counter.clock.wait(seconds=61)
    counter.sign_in("anna")


def test_tries_count_across_restarts_and_the_right_pin_forgets_them(make_counter: Make) -> None:
    counter = make_counter()
    for _ in range(4):
        counter.refusal("sign_in", user="anna", pin="0000")
    counter.restart()
    counter.sign_in("anna")
    assert counter.refusal("sign_in", user="anna", pin="0000").fields["tries_left"] == 4
    counter.restart()
    for _ in range(3):
        counter.refusal("sign_in", user="anna", pin="0000")
    assert counter.refusal("sign_in", user="anna", pin="0000").code == "locked_out"


@pytest.mark.parametrize(
    ("user", "verb", "fields"),
    [
        ("otto", "open_shift", {"float": "10.00"}),
        ("ada", "open_shift", {"float": "10.00"}),
        ("otto", "add", {"show": "aida", "places": ["A-1"], "price_type": "adult"}),
        ("otto", "pay", {"tenders": []}),
        ("otto", "close_shift", {"counted": {"total": "0.00"}}),
        ("otto", "move_cash", {"kind": "paid_in", "amount": "1.00", "reason": "x"}),
        ("otto", "receipt", {}),
    ],
)
def test_roles_hold_in_the_till(counter: Counter, user: str, verb: str, fields: dict[str, object]) -> None:
    counter.sign_in(user)
    before = counter.kinds()
    assert counter.refusal(verb, **fields).code == "not_allowed"
    assert counter.kinds() == before


def test_an_auditor_may_look(counter: Counter) -> None:
    counter.sell("A-1")
    counter.sign_in("otto")
    assert counter.ask("shows")["shows"][0]["id"] == "aida"
    assert counter.ask("find", sale="T1-00001")["sales"][0]["total"] == "59.00"


@pytest.mark.parametrize("verb", ["shows", "basket", "find", "jobs", "pay", "add", "close_shift", "move_cash"])
def test_most_verbs_need_a_person(make_counter: Make, verb: str) -> None:
    values = {"tenders": [], "places": ["A-1"], "counted": {"total": "0"}, "kind": "paid_in", "amount": "1.00"}
    counter = make_counter()
    fields = {name: values.get(name, "x") for name in VERBS[verb].needs}
    if verb == "find":
        fields["sale"] = "T1-00001"
    assert counter.refusal(verb, **fields).code == "not_signed_in"


def test_signing_out_locks_the_till_and_keeps_the_basket(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("sign_out")
    assert counter.refusal("basket").code == "not_signed_in"
    assert counter.ask("status")["user"] is None
    counter.sign_in("anna")
    assert len(counter.ask("basket")["basket"]["lines"]) == 1


# ---- time --------------------------------------------------------------------------------


def test_a_clock_that_jumped_does_not_open_a_show_for_a_cashier(make_counter: Make) -> None:
    """A show that goes on sale tomorrow is not on sale because somebody put the clock forward."""
    counter = make_counter([show_document("soon", on_sale=(NOW + timedelta(hours=12)).isoformat())])
    counter.open()
    counter.clock.wall += timedelta(days=1)
    assert counter.refusal("add", show="soon", places=["A-1"], price_type="adult").code == "not_on_sale"
    counter.sign_in("sam")
    assert counter.refusal("add", show="soon", places=["A-1"], price_type="adult").code == "not_on_sale"


def test_a_clock_put_back_needs_a_supervisor_where_the_two_disagree(make_counter: Make) -> None:
    counter = make_counter([show_document("open", on_sale=(NOW - timedelta(hours=1)).isoformat())])
    counter.open()
    counter.clock.wall -= timedelta(hours=2)
    refused = counter.refusal("add", show="open", places=["A-1"], price_type="adult")
    assert refused.code == "check_needed"
    counter.sign_in("sam")
    counter.add("A-1", show="open")


def test_facts_never_go_back_in_time(counter: Counter) -> None:
    counter.sell("A-1")
    counter.clock.wall -= timedelta(days=1)
    counter.restart()
    counter.sign_in()
    counter.sell("A-2")
    times = [json.loads(row[0])["at"] for row in counter.rows("SELECT envelope FROM journal ORDER BY number")]
    assert times == sorted(times)


def test_the_offices_clock_goes_before_the_wall(counter: Counter) -> None:
    counter.line.side.office_time((NOW + timedelta(hours=3)).isoformat())
    counter.settle()
    counter.clock.seconds += 60
    counter.sell("A-1")
    at = json.loads(counter.rows("SELECT envelope FROM journal WHERE number = 2")[0][0])["at"]
    assert at.startswith("2027-03-01T21:01:0")


def test_a_small_difference_is_no_jump(counter: Counter) -> None:
    counter.clock.wall += timedelta(minutes=4)
    counter.add("A-1")


# ---- languages -----------------------------------------------------------------------------------


def test_a_language_is_what_was_chosen_here_else_the_seasons_else_the_tills(make_counter: Make) -> None:
    counter = make_counter()

    def spoken(**chosen: str) -> str:
        return str(counter.ask("sign_in", user="anna", pin=PINS["anna"], **chosen)["language"])

    assert spoken() == "en"
    anna = next(word.body for word in documents(counter.shows) if (word.family, word.id) == ("user", "anna"))
    counter.line.document("user", anna | {"language": "hu"})
    assert spoken() == "hu"
    assert spoken(language="uk") == "uk"
    counter.restart()
    assert spoken() == "uk"
    assert counter.ask("sign_in", user="sam", pin=PINS["sam"])["language"] == "en"
    assert counter.refusal("sign_in", user="anna", pin=PINS["anna"], language="xx").code == "bad_request"


@pytest.mark.expect_log("the disk is full")
def test_a_language_that_the_disk_does_not_take_keeps_nobody_out(
    make_counter: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = make_counter()

    def full(*_: str) -> None:
        raise StorageFailed("the disk is full")

    monkeypatch.setattr(counter.desk.ledger, "put_meta", full)
    assert counter.ask("sign_in", user="anna", pin=PINS["anna"], language="uk")["user"] == "anna"


def test_names_are_given_in_the_language_of_whoever_is_signed_in(make_counter: Make) -> None:
    counter = make_counter()

    def title() -> str:
        return str(counter.ask("show", show="aida")["title"])

    both = {"en": "Tosca", "uk": "Тоска"}
    counter.line.document("production", {"id": "opera", "title": both})
    counter.sign_in()
    assert title() == "Tosca"
    counter.ask("sign_in", user="anna", pin=PINS["anna"], language="uk")
    assert title() == "Тоска"
    counter.ask("sign_in", user="sam", pin=PINS["sam"])
    assert title() == "Tosca"
