"""A till that is gone, taken over at another one by the copy of its journal, with the office away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import pos.store.copyread as copyread
import pos.till.drawer.takeover as takeover
from pos.app.copying import lines_of
from pos.app.copyreading import CopyReading
from pos.domain.certificate import Hand
from pos.domain.journaltext import header_line
from pos.store.copyfile import copy_name
from pos.store.journal import reading
from tests.mutate import mutate
from tests.unit.store.evening import violations
from tests.unit.till.counter import PINS, Counter
from tests.unit.till.toy_lan import ToyLan

SAM = {"user": "sam", "pin": PINS["sam"]}


class Copied:
    """T1 sold and went on selling until its disk died; its copy lies at T2, whose office is away."""

    def __init__(self, folder: Path) -> None:
        self.copies = folder / "copies"
        self.copies.mkdir()
        self.dead = Counter(folder / "T1")
        self.dead.open()
        self.sale = self.dead.sell("A-1", "A-2")
        reader = CopyReading([self.copies], "T2")
        self.lan = ToyLan(self.dead.hand)
        self.other = Counter(
            folder / "T2", till="T2", kept_copies=reader, neighbours=self.lan, refund_offline_cap="60.00"
        )
        self.lan.asker = self.other.hand
        self.other.meet(self.dead)
        self.other.sign_in("beth")
        self.other.line.cut()

    def dies(self, lacks: int = 0) -> Path:
        """The copy lacks its last facts."""
        self.dead.settle()
        path = self.copies / copy_name(self.dead.hand)
        with reading(self.dead.folder / "ledger.db") as journal:
            facts = journal.facts_after(0, 1000)
        path.write_bytes(header_line(self.dead.hand) + lines_of(facts[: len(facts) - lacks], b"\x07" * 32))
        self.dead.stop()
        return path

    def take(self, total: str = "218.00", **more: object) -> dict[str, object]:
        answer: dict[str, object] = self.other.ask(
            "take_over", till="T1", counted={"total": total}, **({"approver": SAM} | more)
        )["taken_over"]
        return answer

    def refused(self, **more: object) -> tuple[str, str]:
        fields = {"till": "T1", "counted": {"total": "218.00"}, "approver": SAM} | more
        refused = self.other.refusal("take_over", **{key: value for key, value in fields.items() if value})
        return refused.code, str(refused.fields.get("reason", ""))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Copied]:
    made = Copied(tmp_path)
    yield made
    made.other.stop()


def test_its_drawer_is_counted_out_by_the_copy(house: Copied) -> None:
    house.dies()
    taken = house.take("217.00")
    assert (taken["till"], taken["shift"], taken["expected"], taken["difference"]) == (
        "T1", "T1-1-S0001", "218.00", "-1.00",
    )  # fmt: skip
    assert taken["copy"] == house.dead.rows("SELECT max(number) FROM journal")[0][0]
    assert house.refused() == ("not_allowed", "no drawer was left with its shift open")
    assert violations(house.other) == []


def test_a_copy_that_lacks_the_last_facts_says_how_far_it_goes(house: Copied) -> None:
    house.dead.sell("A-3")
    house.dead.settle()
    last = house.dead.rows("SELECT max(number) FROM journal")[0][0]
    house.dies(lacks=1)
    assert house.take()["copy"] == last - 1


def test_a_supervisor_must_know_that_the_till_is_dead(house: Copied) -> None:
    house.dies()
    assert house.refused(approver=None)[0] == "approval_needed"
    assert house.other.kinds() == []
    house.other.sign_in("sam")
    assert house.other.ask("take_over", till="T1", counted={"total": "218.00"})["taken_over"]["user"] == "sam"


def test_that_guard_bites(house: Copied, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, takeover, "_left_by_copy", "not may_alone(desk, approved(desk, approver))", "False")
    house.dies()
    with pytest.raises(AssertionError, match="was not refused"):
        house.refused(approver=None)


def test_a_till_that_answers_is_not_dead(house: Copied) -> None:
    house.dies()
    house.lan.others["T1"] = house.dead
    code, reason = house.refused()
    assert (code, reason) == ("not_allowed", "T1 answers on the local network: its shift is closed there, if it can be")
    assert house.other.kinds() == []
    assert house.take(answers=True)["expected"] == "218.00", "a supervisor has seen that it cannot sell any more"


def test_no_copy_is_no_drawer(house: Copied) -> None:
    assert house.refused() == ("not_allowed", "no drawer was left with its shift open")


def test_a_shift_that_was_closed_left_no_drawer(house: Copied) -> None:
    house.dead.ask("close_shift", counted={"total": "218.00"})
    house.dies()
    assert house.refused() == ("not_allowed", "no drawer was left with its shift open")


def damaged(house: Copied) -> None:
    path = house.dies()
    header, first, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(header + first.replace(b"100.00", b"900.00") + b"".join(rest))


def test_a_copy_that_somebody_has_changed_is_not_believed(house: Copied) -> None:
    damaged(house)
    assert house.refused() == ("not_allowed", "the copy is damaged")


def test_a_copy_that_somebody_else_has_signed_is_not_believed(house: Copied, tmp_path: Path) -> None:
    path = house.dies()
    path.unlink()
    forger = Counter(tmp_path / "forger")
    forger.open(float_="10.00")
    house.dead = forger
    house.dies()
    assert house.refused() == ("not_allowed", "the copy is damaged")


def test_its_signatures_are_checked(house: Copied, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, copyread, "_genuine", "public.verify(signed.signature, signed.hash.encode())", "pass")
    with pytest.raises(AssertionError, match="was not refused"):
        test_a_copy_that_somebody_else_has_signed_is_not_believed(house, tmp_path)


def test_a_copy_on_a_stick_is_read_where_it_is(house: Copied, tmp_path: Path) -> None:
    path = house.dies()
    (tmp_path / "stick").mkdir()
    shutil.move(path, tmp_path / "stick" / path.name)
    assert house.refused()[0] == "not_allowed"
    assert house.take(copy=str(tmp_path / "stick"))["expected"] == "218.00"


def test_whose_copies_are_here_is_told(house: Copied) -> None:
    path = house.dies()
    (kept,) = house.other.ask("copies")["kept"]
    assert kept["office"] is None
    house.other.line.told_of[Hand("T1", 1)] = 3
    assert house.other.ask("copies")["kept"][0]["office"] == 3
    assert (kept["till"], kept["incarnation"], kept["where"]) == ("T1", 1, str(path))
    assert kept["number"] == house.dead.rows("SELECT max(number) FROM journal")[0][0]


# ---- what it had sold --------------------------------------------------------------------


def test_its_sales_are_found_in_the_copy(house: Copied) -> None:
    house.dies()
    first, second = house.sale["tickets"]
    for asked in ({"code": first["code"]}, {"code": f"{second['code']}.1"}, {"sale": house.sale["id"]}):
        (found,) = house.other.ask("find", **asked)["sales"]
        assert (found["id"], found["till"], found["copied"]) == (house.sale["id"], "T1", True)
        assert [ticket["state"] for ticket in found["tickets"]] == ["live", "live"]
    assert house.other.ask("find", code="NOBODYS")["sales"] == []


def test_what_it_had_taken_back_is_said(house: Copied) -> None:
    ticket = house.sale["tickets"][0]["id"]
    house.dead.ask("refund", tickets=[ticket], reason="ill", approver=SAM)
    house.dies()
    (found,) = house.other.ask("find", sale=house.sale["id"])["sales"]
    assert [ticket["state"] for ticket in found["tickets"]] == ["refunded", "live"]


def test_its_right_to_refund_has_not_moved(house: Copied) -> None:
    house.dies()
    house.other.ask("find", sale=house.sale["id"])
    refused = house.other.refusal("refund", tickets=[house.sale["tickets"][0]["id"]], reason="ill", approver=SAM)
    assert refused.code in ("offline", "right_to_refund_elsewhere", "no_shift")
    house.other.open("beth")
    refused = house.other.refusal("refund", tickets=[house.sale["tickets"][0]["id"]], reason="ill", approver=SAM)
    assert refused.code == "right_to_refund_elsewhere"


def test_it_is_paid_back_against_the_paper_where_the_venue_lets_it(house: Copied) -> None:
    """A claim: no place becomes free, and a person looks at it when the office has both sides."""
    house.dies()
    house.other.open("beth")
    first, _ = house.sale["tickets"]
    asked = {"tickets": [first["code"]], "reason": "ill", "approver": SAM, "surrendered": True}
    assert house.other.refusal("refund", **asked).code == "unknown_ticket", "nobody has looked it up"
    house.other.ask("find", code=first["code"])
    house.other.ask("refund", **asked)
    (claimed,) = house.other.bodies("RefundClaimed")
    assert [ticket["id"] for ticket in claimed["refund"]["tickets"]] == [first["id"]]
    assert house.other.token(first["place"]) is None, "its right is where it was"
    assert violations(house.other) == []
