"""The end of a ledger: it gives everything back by its last fact, and never acts again."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import pos.till.counter.sealing as sealing
from pos.domain.rights import Token
from pos.till.counter.passing import accept
from pos.till.counter.sealing import CannotSeal
from pos.till.ports import ClaimAnswer
from tests.mutate import mutate
from tests.unit.till.counter import PINS, Counter
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
FENCED = pytest.mark.expect_log("fenced: ")


def sealed(counter: Counter) -> int:
    return counter.desk.submit(lambda: sealing.seal(counter.desk)).result(5)


def last_fact(counter: Counter) -> dict[str, object]:
    found: dict[str, object] = json.loads(
        counter.rows("SELECT envelope FROM journal ORDER BY number DESC LIMIT 1")[0][0]
    )
    return found


def test_sealing_gives_back_rights_and_refund_tokens_in_the_last_fact(counter: Counter) -> None:
    counter.sell("A-1")
    counter.add("A-2")
    assert sealed(counter) == 2
    fact = last_fact(counter)
    assert (fact["kind"], fact["body"]) == ("Sealed", {"open_shift": "T1-1-S0001", "payments": []})
    assert sorted(fact["effects"]) == [  # type: ignore[call-overload]
        ["aida", "A-1", 1, 0, "SOLD", "SOLD", "", ""],
        ["aida", "A-2", 1, 0, "LEASED", "POOL", "", ""],
    ]
    assert (counter.right("A-1"), counter.right("A-2")) == (("SOLD_RETURNED", 1), ("RETURNED", 1))
    counter.line.drain()
    assert counter.line.records["aida", "A-2"].state == "POOL"
    assert counter.line.disputes == []


def test_a_sealed_ledger_never_sells_again_nor_after_a_restart(counter: Counter) -> None:
    counter.add("A-1")
    sealed(counter)
    for _ in range(2):
        assert counter.refusal("add", show="aida", places=["A-1"], price_type="adult").code == "fenced"
        assert "sealed" in counter.ask("status")["fenced"]
        assert counter.ask("basket")["basket"]["lines"] == []
        counter.restart()
        counter.sign_in()


def test_nothing_is_written_after_the_last_fact(counter: Counter) -> None:
    counter.sell("A-1")
    sealed(counter)
    number = counter.ask("status")["journal"]["number"]
    for verb, fields in (
        ("close_shift", {"counted": {"total": "159.00"}}),
        ("move_cash", {"kind": "drop", "amount": "1.00", "reason": "full"}),
    ):
        assert counter.refusal(verb, **fields).code == "fenced"
    counter.restart()
    counter.printers.run()
    assert counter.printers.paper == [], "what was not printed is for the office to hand out now"
    assert counter.ask("status")["journal"]["number"] == number


def test_sealing_twice_is_sealing_once(counter: Counter) -> None:
    counter.add("A-1")
    assert (sealed(counter), sealed(counter)) == (1, 0)
    counter.restart()
    assert sealed(counter) == 0
    assert counter.kinds().count("Sealed") == 1


def test_a_sealed_ledger_takes_no_late_grant(counter: Counter) -> None:
    counter.add("A-1")
    sealed(counter)

    def late() -> list[str]:
        with counter.desk.unit() as unit:
            return accept(counter.desk, unit, "aida", ClaimAnswer(1, (("B-1", Token(7, 0)),)))

    assert counter.desk.submit(late).result(5) == []
    assert counter.right("B-1") is None


@FENCED
def test_an_old_copy_cannot_be_sealed(counter: Counter) -> None:
    counter.add("A-1")
    copy = counter.copy_folder()
    counter.pay()
    counter.restart(lambda: counter.restore(copy))
    with pytest.raises(CannotSeal, match="old copy"):
        sealed(counter)
    assert "Sealed" not in counter.kinds()


def test_a_copy_without_its_mark_cannot_be_sealed(counter: Counter) -> None:
    counter.add("A-1")
    counter.restart(lambda: (counter.identity.state_folder / "mark").unlink())
    with pytest.raises(CannotSeal, match="mark"):
        sealed(counter)
    assert counter.ask("status")["fenced"] is None


@FENCED
def test_a_till_that_its_office_has_fenced_can_be_sealed(counter: Counter) -> None:
    """It was declared dead, and then its disk was found."""
    counter.add("A-1")
    counter.line.side.fence("the office says that this till is DEAD").result(5)
    assert sealed(counter) == 1


def test_paper_that_is_out_is_lost_with_its_till(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("clear")
    counter.restart(lambda: counter.write("UPDATE own_right SET state = 'PAPER', hop = 1 WHERE place = 'A-1'"))
    sealed(counter)
    assert last_fact(counter)["effects"] == [["aida", "A-1", 1, 1, "PAPER", "QUARANTINE", "T1", ""]]
    assert counter.right("A-1") == ("LOST", 1)


def test_cards_that_are_open_unused_or_owed_are_named_in_the_last_fact(make_counter: Make) -> None:
    terminal = ScriptedTerminal(script=["unknown"], recovers=False)
    counter = make_counter(terminal=terminal, card_offline_cap="100.00")
    counter.open()
    counter.add("A-1")
    owed = [{"kind": "card", "amount": "59.00", "pending": True}]
    sale = counter.ask("pay", tenders=owed, approver={"user": "sam", "pin": PINS["sam"]})["sale"]["id"]
    counter.add("A-2")
    assert counter.refusal("pay", tenders=[{"kind": "card", "amount": "59.00"}]).code == "payment_unknown"
    sealed(counter)
    common = {"purpose": "sale", "amount": "59.00"}
    assert last_fact(counter)["body"]["payments"] == [  # type: ignore[index]
        common | {"payment": "T1.1-P00002", "subject": "basket", "state": "started", "places": [["aida", "A-2"]]},
        common | {"payment": "T1.1-P00001", "subject": sale, "state": "pending", "places": []},
    ]


def test_a_card_that_was_charged_and_paid_for_nothing_is_named_in_the_last_fact(make_counter: Make) -> None:
    terminal = ScriptedTerminal(script=["approved", "declined"], reverses=False)
    counter = make_counter(terminal=terminal)
    counter.open()
    counter.add("A-1")
    tenders = [{"kind": "card", "amount": amount} for amount in ("20.00", "39.00")]
    (kept,) = counter.refusal("pay", tenders=tenders).fields["kept"]
    sealed(counter)
    (named,) = last_fact(counter)["body"]["payments"]  # type: ignore[index]
    assert (named["payment"], named["amount"], named["state"]) == (kept, "20.00", "approved")


@pytest.mark.parametrize(
    ("guard", "scenario"),
    [
        pytest.param("desk.forgot", test_an_old_copy_cannot_be_sealed, marks=FENCED),
        ("mark is None or mark[0] != desk.outside.incarnation", test_a_copy_without_its_mark_cannot_be_sealed),
    ],
)
def test_what_keeps_a_copy_from_being_sealed_is_needed(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, guard: str, scenario: Callable[[Counter], None]
) -> None:
    mutate(monkeypatch, sealing, "seal", f"if {guard}:", "if False:")
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        scenario(counter)
