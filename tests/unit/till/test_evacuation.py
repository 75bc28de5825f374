"""One key locks every window; a supervisor's PIN unlocks them. Real tills, on a toy network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pos.domain.certificate import Hand
from pos.domain.contingency import evacuation as laws
from pos.store.ledger import StorageFailed
from pos.till.contingency import evacuation
from pos.till.ports import Changed, Customer
from pos.till.verbs import VERBS
from tests.unit.store.evening import violations
from tests.unit.till.counter import PINS, Counter
from tests.unit.till.test_customer import Screen
from tests.unit.till.toy_lan import ToyLan
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]


def end(counter: Counter, user: str = "sam", **more: Any) -> dict[str, Any]:
    return counter.ask("end_evacuation", user=user, pin=PINS[user], **more)


def locked(counter: Counter) -> bool:
    others = counter.neighbours.others.values() if isinstance(counter.neighbours, ToyLan) else ()
    for till in (counter, *others, counter):  # what one tells another comes in between
        till.settle()
    return bool(counter.ask("evacuation")["evacuation"])


def tell(counter: Counter, *documents: dict[str, Any]) -> None:
    """The office tells of what other tills have done."""
    for one in documents:
        counter.line.document("evacuation", one)
    counter.line.side.changed(Changed(records=("evacuation",)))
    counter.settle()


# ---- at one window -----------------------------------------------------------------------


def test_nothing_is_sold_until_it_ends_and_the_basket_stays(counter: Counter) -> None:
    counter.add("A-1")
    (call,) = counter.ask("evacuate")["evacuation"]
    assert (call["name"], call["till_name"], call["at"]) == ("Anna", "Window 1", "2027-03-01T18:00:00+01:00")
    for verb, fields in (
        ("pay", {"tenders": [{"kind": "cash", "amount": "59.00"}]}),
        ("add", {"show": "aida", "places": ["A-2"], "price_type": "adult"}),
        ("clear", {}),
        ("close_shift", {"counted": {"total": "100.00"}}),
    ):
        assert counter.refusal(verb, **fields).code == "evacuation"
    assert end(counter) == {"evacuation": [], "here": False}
    assert counter.pay()["total"] == "59.00"
    assert violations(counter) == []


def test_what_the_plan_in_force_says_is_told(counter: Counter) -> None:
    shipped = counter.ask("evacuation")["steps"]
    assert shipped[0].startswith("Stop selling")
    plan = 'version = "9"\nvalid_from = 2027-01-01\n[evacuation]\nsteps = [{ en = "Run.", hu = "Futás!" }]\n'
    (counter.folder / "contingency.toml").write_text(plan, encoding="utf-8")
    assert counter.ask("evacuation", language="hu") == {"evacuation": [], "steps": ["Futás!"], "plan": "9"}


def test_it_may_be_called_with_nobody_signed_in_and_before_a_shift(make_counter: Make) -> None:
    counter = make_counter()
    (call,) = counter.ask("evacuate")["evacuation"]
    assert (call["user"], call["name"]) == ("", "")
    assert counter.ask("status")["user"] is None  # whoever looks still may
    counter.sign_in()
    assert counter.refusal("open_shift", float="100.00").code == "evacuation"


def test_called_twice_it_is_one(counter: Counter) -> None:
    assert counter.ask("evacuate") == counter.ask("evacuate")
    assert counter.kinds().count("EvacuationCalled") == 1
    assert [event["state"] for event in counter.said("evacuation")] == ["called"]


def test_it_survives_a_restart_and_is_told_to_whoever_listens_then(counter: Counter) -> None:
    counter.ask("evacuate")
    counter.events.clear()
    counter.restart()
    assert [event["state"] for event in counter.said("evacuation")] == ["called"]
    counter.sign_in()
    assert counter.refusal("add", show="aida", places=["A-1"], price_type="adult").code == "evacuation"
    end(counter)
    counter.restart()
    assert not locked(counter)


def test_a_cashier_unlocks_this_window_alone_and_a_wrong_pin_none(counter: Counter) -> None:
    counter.ask("evacuate")
    assert counter.refusal("end_evacuation", user="sam", pin="0000").code == "wrong_pin"
    assert locked(counter)
    assert end(counter, "anna") == {"evacuation": [], "here": True}
    assert counter.bodies("EvacuationEnded")[0]["record"]["here"] is True
    assert counter.refusal("end_evacuation", user="sam", pin=PINS["sam"]).code == "bad_request"


@pytest.mark.expect_log("could not be written", "is not written")
def test_a_disk_that_takes_nothing_does_not_keep_it_from_locking(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageFailed("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pos.store.journal.append", full)
        counter.ask("evacuate")
        assert locked(counter)
        assert "EvacuationCalled" not in counter.kinds()
        first = counter.ask("evacuation")["evacuation"]
        end(counter)
        assert not locked(counter)
    assert counter.ask("evacuate")["evacuation"] != first  # another one, for whoever has heard of the first


def test_the_customer_is_told_to_leave(make_counter: Make) -> None:
    display = Screen()
    counter = make_counter(customer=Customer("hu", "", display))
    counter.open()
    counter.add("A-1")
    counter.ask("evacuate")
    counter.settle()
    assert (display.scenes[-1].heading, display.scenes[-1].lines) == ("Kérjük, hagyják el az épületet", ())
    end(counter)
    counter.settle()
    assert display.scenes[-1].lines


def test_a_payment_at_the_terminal_runs_to_its_end(make_counter: Make) -> None:
    terminal = ScriptedTerminal()
    counter = make_counter(terminal=terminal)
    counter.open()
    counter.add("A-1")
    terminal.holding = True
    paying = counter.front.call("pay", tenders=[{"kind": "card", "amount": "59.00"}])
    counter.settle()
    counter.ask("evacuate")
    terminal.let_through()
    assert paying.result(10)["sale"]["total"] == "59.00"
    assert counter.refusal("add", show="aida", places=["A-2"], price_type="adult").code == "evacuation"
    assert violations(counter) == []


# ---- from till to till -------------------------------------------------------------------


@pytest.fixture
def house(make_counter: Make) -> Iterator[list[Counter]]:
    """Two tills that hear each other; the office is away."""
    made: list[Counter] = []
    lans: list[ToyLan] = []
    for till in ("T1", "T2"):
        lan = ToyLan(Hand(till, 1))
        lans.append(lan)
        made.append(make_counter(till=till, neighbours=lan))
    lans[0].others["T2"], lans[1].others["T1"] = made[1], made[0]
    for till_ in made:
        till_.meet(*made)
        till_.open()
        till_.line.cut()
    yield made
    for till_ in made:
        assert violations(till_) == []


def test_one_key_locks_both_windows_without_the_office_and_one_pin_unlocks_them(house: list[Counter]) -> None:
    one, two = house
    one.ask("evacuate")
    assert locked(two)
    (call,) = two.said("evacuation")[-1]["calls"]
    assert (call["name"], call["till_name"]) == ("Anna", "Window 1")
    assert two.refusal("add", show="aida", places=["A-1"], price_type="adult").code == "evacuation"
    end(two)
    assert not locked(one)
    assert not locked(two)


def test_what_another_till_told_survives_a_restart(house: list[Counter]) -> None:
    one, two = house
    one.ask("evacuate")
    assert locked(two)
    two.restart()
    assert locked(two)


def test_a_window_unlocked_alone_leaves_the_others_locked(house: list[Counter]) -> None:
    one, two = house
    one.ask("evacuate")
    assert locked(two)
    end(two, "beth")
    assert (locked(one), locked(two)) == (True, False)
    two.ask("evacuate")  # it has flared up again
    assert locked(two)
    end(one)
    assert (locked(one), locked(two)) == (False, False)


def test_a_till_that_did_not_hear_it_is_told_again(house: list[Counter], monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = house
    later: list[Callable[[], None]] = []
    monkeypatch.setattr(one.desk, "post_in", lambda seconds, work: later.append(work))
    lan = one.neighbours
    assert isinstance(lan, ToyLan)
    lan.deaf.add("T2")
    one.ask("evacuate")
    one.settle()
    assert not locked(two)
    lan.deaf.clear()
    one.desk.post(later.pop())
    one.settle()
    assert locked(two)
    assert later == []  # it has been heard, so nobody is asked any more


def test_the_office_tells_tills_that_are_not_on_the_network(make_counter: Make) -> None:
    one, two = make_counter(), make_counter(till="T2")
    two.open()
    one.ask("evacuate")
    tell(two, *[body["record"] for body in one.bodies("EvacuationCalled")])
    assert locked(two)
    end(one)
    tell(two, *[body["record"] for body in one.bodies("EvacuationEnded")])
    assert not locked(two)
    assert [event["state"] for event in two.said("evacuation")] == ["called", "ended"]


def test_an_end_that_comes_before_its_call_is_its_end_all_the_same(make_counter: Make) -> None:
    call = laws.called("T2-E00001", "T2", "beth", "2027-03-01T17:59:00+01:00")
    over = laws.ended("T2-E00002", "T2", "sam", "2027-03-01T18:00:00+01:00", ["T2-E00001"], here=False)
    counter = make_counter()
    tell(counter, over)
    tell(counter, call)
    assert not locked(counter)
    assert counter.said("evacuation") == []


# ---- the law by itself -------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": 7},
        {"at": "yesterday"},
        {"at": "2027-03-01T18:00:00"},
        {"what": "drill"},
        {"home": "x" * 201},
        {"what": "ended"},
        {"what": "ended", "calls": [7]},
    ],
)
def test_what_another_till_tells_must_make_sense(wrong: dict[str, Any]) -> None:
    good = laws.called("T1-E00001", "T1", "", "2027-03-01T18:00:00+01:00")
    assert laws.read(json.loads(json.dumps(good | {"more": 1}))) == good
    with pytest.raises(ValueError, match=r"must|isoformat|neither"):
        laws.read(good | wrong)


def test_every_verb_that_may_begin_meanwhile_is_there() -> None:
    assert all(VERBS[verb].changes for verb in evacuation.DURING)


def test_a_till_that_does_not_know_the_season_yet_locks_as_well(make_counter: Make) -> None:
    counter = make_counter()
    counter.writer.close()

    def lose() -> None:
        for file in counter.folder.glob("replica.db*"):
            file.unlink()

    counter.restart(lose)
    (call,) = counter.ask("evacuate")["evacuation"]
    assert (call["name"], call["till_name"]) == ("", "T1")
    assert locked(counter)
