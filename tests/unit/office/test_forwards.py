"""A dead till's journal that another till brings from its copy: booked once, by its own signature; nothing is freed."""

from __future__ import annotations

import errno
import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pos.domain.certificate import Hand
from pos.store.copyread import copies_in
from pos.till.ports import KeptCopy, LinkState
from sync.agent import forward as module
from sync.agent.forward import Forwarder
from sync.agent.trouble import Trouble
from sync.office.api import forwards
from sync.office.api.signing import Rejected
from sync.office.rules.reading import BadChain
from sync.office.store.own import office_key
from sync.wire import FactItem, FactResult, ForwardAnswer, ForwardRequest
from tests.mutate import mutate
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.test_deaths import die, growing_copy
from tests.unit.office.test_facts import causes, everything

Tills = Callable[..., list[TillClient]]


def forward(house: House, client: TillClient, *items: FactItem) -> ForwardAnswer:
    secret = office_key(house.database).private_bytes_raw()
    asked = ForwardRequest(till=client.till, incarnation=client.incarnation, facts=list(items))
    return forwards.forward(house.database, secret, asked)


def copied(house: House, folder: Path, client: TillClient) -> list[FactItem]:
    """The facts of a till as its copy has them."""
    lines = growing_copy(house, folder, client).read_text("utf-8").splitlines()[1:]
    return [FactItem.model_validate_json(line) for line in lines]


def test_what_another_till_brings_is_booked_once_and_frees_nothing(
    house: House, tills_at: Tills, tmp_path: Path
) -> None:
    one, two = tills_at("T1", "T2")
    _, sold, back = house.granted(one, "A-1", "A-2", "A-3")
    one.sell(SHOW, sold, name="Ida")
    one.give_back(SHOW, back)
    die(house, "T1")
    items = copied(house, tmp_path, one)
    assert forward(house, one) == ForwardAnswer(applied=0, state="DEAD")
    assert forward(house, one, *items).applied == 2
    assert [house.place(place)[0] for place in ("A-1", "A-2", "A-3")] == ["QUARANTINE", "SOLD", "QUARANTINE"]
    assert house.refused(two, "A-1") == ["right_elsewhere"]
    assert "Ida" in str(house.rows("SELECT body FROM beside")[0][0]), "the office opens what is locked to it"
    before = everything(house)
    assert forward(house, one, *items).applied == 2
    assert house.push(one).applied == 2, "should it be alive all the same"
    assert everything(house) == before
    assert (causes(house), house.violations()) == ([], [])


def test_facts_of_a_till_that_may_still_send_them_come_whole_or_not(
    house: House, tills_at: Tills, tmp_path: Path
) -> None:
    """Whoever had the stick in hands could have taken the names out; its till has them."""
    (one,) = tills_at("T1")
    (sold,) = house.granted(one, "A-1")
    one.sell(SHOW, sold, name="Ida")
    (item,) = copied(house, tmp_path, one)
    stranger = growing_copy(house, tmp_path, one).read_text("utf-8")  # a box, but spoilt
    spoilt = json.loads(stranger.splitlines()[1])["locked"][:-8] + "AAAAAAA="
    for bare in (item.model_copy(update={"locked": ""}), item.model_copy(update={"locked": spoilt})):
        with pytest.raises(Rejected) as caught:
            forward(house, one, bare)
        assert (caught.value.status, caught.value.code) == (409, "till_active")
    assert forward(house, one).applied == 0
    die(house, "T1")
    assert forward(house, one, item.model_copy(update={"locked": ""})).applied == 1, "nobody else will bring it"
    assert house.place("A-1")[0] == "SOLD"
    assert house.violations() == []


def test_only_what_a_till_has_signed_counts_whoever_brings_it(house: House, tills_at: Tills, tmp_path: Path) -> None:
    one, two = tills_at("T1", "T2")
    one.drop()
    one.drop()
    first, second = copied(house, tmp_path, one)
    before = everything(house)
    for wrong in (
        [first.model_copy(update={"envelope": first.envelope.replace("drop", "paid_in")})],
        [first.model_copy(update={"signature": second.signature})],
    ):
        with pytest.raises(BadChain):
            forward(house, one, *wrong)
    with pytest.raises(BadChain):
        forward(house, two, first)
    with pytest.raises(Rejected, match="in the order of their numbers"):
        forward(house, one, second, first)
    with pytest.raises(Rejected, match=r"no till T1\.7 is enrolled here"):
        forwards.forward(house.database, b"", ForwardRequest(till="T1", incarnation=7))
    assert forward(house, one, second).applied == 0, "nothing is taken behind a gap"
    assert everything(house) == before


def test_without_the_guard_names_are_lost(
    house: House, tills_at: Tills, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, forwards, "_is_bare", "not fits(one.fact.body, one.item.beside)", "False")
    with pytest.raises(pytest.fail.Exception):
        test_facts_of_a_till_that_may_still_send_them_come_whole_or_not(house, tills_at, tmp_path)


# ---- the till that brings it -----------------------------------------------------------------


class Line:
    """A channel to this office, and its state."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.secret = office_key(house.database).private_bytes_raw()
        self.asked: list[tuple[str, int]] = []
        self.trouble: Trouble | None = None
        self.state = LinkState("online")

    def ask(self, path: str, request: ForwardRequest, answer: type[Any], within_s: float, body_s: float) -> Any:
        assert path == "/v1/forward"
        self.asked.append((f"{request.till}.{request.incarnation}", len(request.facts)))
        if self.trouble is not None:
            raise self.trouble
        try:
            return forwards.forward(self.house.database, self.secret, request)
        except Rejected as error:
            raise Trouble("office_refuses", str(error), error.code) from error
        except BadChain as error:
            raise Trouble("office_refuses", str(error), "bad_chain") from error


@pytest.fixture
def line(house: House) -> Line:
    return Line(house)


def forwarder(line: Line, folder: Path) -> Forwarder:
    """Of T2, with the copies of this folder, which have been still for a minute."""

    def found() -> list[KeptCopy]:
        return [KeptCopy(one.path, one.hand, one.number, one.at - 60) for one in copies_in([folder])]

    return Forwarder(line, found, lambda: Hand("T2", 1), line)  # type: ignore[arg-type]


def test_copies_that_have_come_to_rest_go_to_the_office(
    house: House, tills_at: Tills, tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tills_at("T1", "T2")
    for _ in range(5):
        one.drop()
        two.drop()
    path, _ = growing_copy(house, tmp_path, one), growing_copy(house, tmp_path, two)
    monkeypatch.setattr("sync.wire.MAX_FACTS", 2)
    brings = forwarder(line, tmp_path)
    brings.look()
    assert line.asked == [("T1.1", 0), ("T1.1", 2), ("T1.1", 2), ("T1.1", 1)], "in pages, and not its own"
    assert brings.office_has == {Hand("T1", 1): 5}
    brings.look()
    assert len(line.asked) == 4, "the office has it, and is not asked again"
    one.drop()
    path.write_bytes(growing_copy(house, tmp_path, one).read_bytes()[:-20])
    brings.look()
    assert line.asked[4:] == [("T1.1", 0)], "a torn line is no fact"
    growing_copy(house, tmp_path, one)
    brings.look()
    assert brings.office_has == {Hand("T1", 1): 6}


def test_a_line_that_was_torn_ends_the_page(
    house: House, tills_at: Tills, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = tills_at("T1")
    for _ in range(3):
        one.drop()
    path = growing_copy(house, tmp_path, one)
    assert [item.number for item in module.page_at(path, 1)] == [2, 3]
    monkeypatch.setattr(module, "LARGEST_PAGE", 10)
    assert [item.number for item in module.page_at(path, 1)] == [2], "one at least"
    path.write_bytes(path.read_bytes()[:-20])
    assert [item.number for item in module.page_at(path, 2)] == []


def test_a_till_that_still_writes_sends_its_facts_itself(
    house: House, tills_at: Tills, tmp_path: Path, line: Line
) -> None:
    (one,) = tills_at("T1")
    one.drop()
    path = growing_copy(house, tmp_path, one)
    copy = KeptCopy(path, one.hand, 1, time.time() - module.QUIET_S + 1)
    brings = Forwarder(line, lambda: [copy], lambda: Hand("T2", 1), line)  # type: ignore[arg-type]
    brings.look()
    assert line.asked == []


def test_what_the_office_refuses_is_not_brought_again_and_what_got_lost_is(
    house: House, tills_at: Tills, tmp_path: Path, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    (one,) = tills_at("T1")
    one.drop()
    growing_copy(house, tmp_path, one)
    brings = forwarder(line, tmp_path)
    line.trouble = Trouble("no_office", "it hung up")
    brings.look()
    line.trouble = None
    one.drop(prev_hash="f" * 64)
    growing_copy(house, tmp_path, one)
    with caplog.at_level(logging.WARNING):
        brings.look()
        brings.look()
    assert line.asked == [("T1.1", 0), ("T1.1", 0), ("T1.1", 2)]
    assert caplog.text.count("the office does not take the copy of T1.1") == 1


REFUSES = "office_refuses"


def a_copy_of_three(house: House, tills_at: Tills, folder: Path) -> tuple[TillClient, Path, list[bytes]]:
    """T1, its copy, and the lines of that."""
    (one,) = tills_at("T1")
    for _ in range(3):
        one.drop()
    path = growing_copy(house, folder, one)
    return one, path, path.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("code", ["office_failed", "too_slow", "cut_off", "till_active", "no_such_request", ""])
def test_a_copy_that_the_office_could_not_take_is_brought_again(
    house: House, tills_at: Tills, tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture, code: str,
) -> None:  # fmt: skip
    """It does not change any more, and nobody looks after it."""
    a_copy_of_three(house, tills_at, tmp_path)
    brings = forwarder(line, tmp_path)
    line.trouble = Trouble(REFUSES, "the office failed; its log says why", code)
    brings.look()
    brings.look()
    assert len(line.asked) == 1, "not at once"
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    brings._put_off.clear()
    brings.look()
    brings.look()
    assert len(line.asked) == 3
    line.trouble = None
    caplog.clear()
    brings.look()
    brings.look()
    assert brings.office_has == {Hand("T1", 1): 3}
    assert len(line.asked) == 5, "and then no more"
    assert caplog.text.count("does not take") == 0


@pytest.mark.parametrize("code", ["bad_chain", "bad_request", "unknown_till"])
def test_a_copy_that_the_office_refuses_for_what_it_is_is_left_alone(
    house: House, tills_at: Tills, tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    a_copy_of_three(house, tills_at, tmp_path)
    brings = forwarder(line, tmp_path)
    line.trouble = Trouble(REFUSES, "no", code)
    brings.look()
    brings.look()
    assert len(line.asked) == 1


def test_a_rival_copy_is_brought_once_and_kept_beside(
    house: House, tills_at: Tills, tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    _, path, _ = a_copy_of_three(house, tills_at, tmp_path)
    brings = forwarder(line, tmp_path)
    disputed = [FactResult(number=number, verdict="disputed") for number in (1, 2, 3)]
    monkeypatch.setattr(forwards, "forward", lambda *_: ForwardAnswer(applied=0, state="DEAD", results=disputed))
    brings.look()
    brings.look()
    assert path.exists()
    assert [count for _, count in line.asked] == [0, 3]


def test_a_stick_that_is_pulled_while_it_is_read_is_read_again(
    house: House, tills_at: Tills, tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    a_copy_of_three(house, tills_at, tmp_path)
    brings = forwarder(line, tmp_path)
    page_at = module.page_at

    def pulled(path: Path, after: int) -> list[FactItem]:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(module, "page_at", pulled)
    with caplog.at_level(logging.WARNING):
        brings.look()
        brings.look()
    assert caplog.text.count("cannot be read") == 1, "told once"
    monkeypatch.setattr(module, "page_at", page_at)
    brings.look()
    assert brings.office_has == {Hand("T1", 1): 3}


def test_a_copy_with_a_hole_is_not_done(
    house: House, tills_at: Tills, tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """A line is missing, at its end or before it, or is no fact: another copy, or a better look, may have it."""
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    one, path, lines = a_copy_of_three(house, tills_at, tmp_path)
    brings = forwarder(line, tmp_path)
    with caplog.at_level(logging.WARNING):
        for damaged, told, brought in (
            ([lines[0], *lines[2:]], "takes nothing from fact 1 on", 0),
            ([*lines[:2], b"{}\n", lines[3]], "cannot be read", 1),
            ([*lines[:2], lines[3]], "fact 3 is not in it, though it goes up to 3", 2),
        ):
            path.write_bytes(b"".join(damaged))
            if brought == 2:  # by another way
                forward(house, one, *(FactItem.model_validate_json(line) for line in lines[1:3]))
            caplog.clear()
            for _ in range(3):
                line.asked.clear()
                brings.look()
                assert line.asked, "each time"
            assert caplog.text.count(told) == 1
            assert brings.office_has == {Hand("T1", 1): brought}
    path.write_bytes(b"".join(lines))
    brings.look()
    assert brings.office_has == {Hand("T1", 1): 3}


def restored_office(monkeypatch: pytest.MonkeyPatch, number: int = 0) -> list[int]:
    """An office that has a dead till's facts up to this number, which may be set back."""
    has = [number]

    def books(_database: object, _secret: bytes, request: ForwardRequest) -> ForwardAnswer:
        has[0] = max([has[0], *(item.number for item in request.facts)])
        return ForwardAnswer(applied=has[0], state="DEAD")

    monkeypatch.setattr(forwards, "forward", books)
    return has


def test_copies_are_brought_again_to_an_office_that_was_restored(
    house: House, tills_at: Tills, tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_copy_of_three(house, tills_at, tmp_path)
    brings = forwarder(line, tmp_path)
    has = restored_office(monkeypatch)
    brings.look()
    assert (has, brings.office_has) == ([3], {Hand("T1", 1): 3})
    has[0] = 1
    brings.look()
    assert has == [1], "nobody has said that it was restored"
    brings.ask_anew()
    line.trouble = Trouble("no_office", "it hung up")
    brings.look()
    assert brings.office_has == {}, "what it said before is not told on"
    line.trouble = Trouble(REFUSES, "the office failed; its log says why", "office_failed")
    brings.look()
    line.trouble = None
    brings.ask_anew()
    brings.look()
    assert (has, brings.office_has) == ([3], {Hand("T1", 1): 3}), "at once, though it was put off"
    asked = len(line.asked)
    brings.look()
    assert len(line.asked) == asked, "once for each restore"


@pytest.mark.parametrize("forgets", ["_done", "_put_off", "office_has"])
def test_without_forgetting_a_restored_office_lacks_copies(
    house: House, tills_at: Tills, tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch, forgets: str
) -> None:
    mutate(monkeypatch, Forwarder, "look", f"self.{forgets}.clear()", "pass")
    with pytest.raises(AssertionError):
        test_copies_are_brought_again_to_an_office_that_was_restored(house, tills_at, tmp_path, line, monkeypatch)


def test_a_page_that_waits_for_the_end_of_its_till_is_not_sent_each_time(
    house: House, tills_at: Tills, tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    (one,) = tills_at("T1")
    (sold,) = house.granted(one, "A-1")
    one.drop()
    one.sell(SHOW, sold, name="Ida")
    path = growing_copy(house, tmp_path, one)
    header, drop, sale = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(header + drop + json.dumps(json.loads(sale) | {"locked": ""}).encode() + b"\n")
    brings = forwarder(line, tmp_path)
    for _ in range(3):
        brings.look()
    assert [count for _, count in line.asked] == [0, 2, 0, 0]
    house.push(one, one.journal[0])
    brings.look()
    brings.look()
    assert [count for _, count in line.asked[4:]] == [0, 1, 0], "its till has sent some itself"
    die(house, "T1")
    brings.look()
    assert brings.office_has == {Hand("T1", 1): 2}


def test_without_noting_what_was_refused_a_page_is_sent_each_time(
    house: House, tills_at: Tills, tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, Forwarder, "_forward", "refused_of is not None and", "False and")
    with pytest.raises(AssertionError):
        test_a_page_that_waits_for_the_end_of_its_till_is_not_sent_each_time(
            house, tills_at, tmp_path, line, monkeypatch
        )
