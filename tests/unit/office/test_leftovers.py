"""Ledgers that were set aside, and an office that may have lost what it had of them."""

from __future__ import annotations

import base64
import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from pos.domain.facts import SignedFact
from pos.till.ports import Outbox
from sync.agent import leftovers as module
from sync.agent.leftovers import Leftovers
from sync.agent.trouble import Cause, Trouble
from sync.office.rules.reading import BadChain
from sync.wire import PushAnswer, PushRequest
from tests.mutate import mutate
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]
REFUSES: Cause = "office_refuses"


@dataclass
class Left:
    """What a till's client has in its journal; implements ports.Outbox."""

    client: TillClient
    acked: list[int] = field(default_factory=lambda: [0])
    full: int = 0  # so many times its disk is, for what the office has

    @property
    def till(self) -> str:
        return self.client.till

    @property
    def incarnation(self) -> int:
        return self.client.incarnation

    @property
    def keys(self) -> Any:
        return None

    @property
    def unsent(self) -> int:
        return len(self.client.journal) - self.acked[-1]

    def acknowledged(self) -> int:
        return self.acked[-1]

    def facts_after(self, number: int, limit: int) -> Sequence[SignedFact]:
        return [
            SignedFact(one.number, one.envelope.encode(), one.hash, base64.b64decode(one.signature), one.beside)
            for one in self.client.journal[number : number + limit]
        ]

    def acknowledge(self, number: int) -> None:
        if self.full:
            self.full -= 1
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.acked.append(number)


@dataclass
class Line:
    """A channel to this office, and its watch. `troubles` come first, and then its answers."""

    push: Callable[[PushRequest], PushAnswer]
    troubles: list[Trouble] = field(default_factory=list)
    asked: list[list[int]] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)

    def ask(self, path: str, request: PushRequest, answer: type[Any], within_s: float, body_s: float) -> PushAnswer:
        assert path == "/v1/push"
        self.asked.append([item.number for item in request.facts])
        if len(self.asked) > 100:
            pytest.fail("for ever")  # no Exception, which would be tried again
        if self.troubles:
            raise self.troubles.pop(0)
        return self.push(request)

    def close(self) -> None:
        pass

    def refuses(self, what: str, detail: str) -> None:
        self.alarms.append(detail)

    def accepts(self, what: str) -> None:
        self.alarms.clear()


def bring(left: Left, line: Line) -> None:
    """As at a start, and after each restore."""
    Leftovers([cast(Outbox, left)], lambda _: cast(Any, line), cast(Any, line))._bring(cast(Outbox, left))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.Backoff, "next_s", lambda _: 0.0)


def all_sent(house: House, tills_at: Tills) -> Left:
    """A ledger of three facts, all of which the office has."""
    (one,) = tills_at("T1")
    for _ in range(3):
        one.drop()
    house.push(one)
    return Left(one, [3])


def office_of(house: House, left: Left) -> Callable[[PushRequest], PushAnswer]:
    def push(request: PushRequest) -> PushAnswer:
        try:
            return house.push(left.client, *request.facts)
        except BadChain as error:
            raise Trouble(REFUSES, str(error), "bad_chain") from error

    return push


@pytest.mark.parametrize("code", ["office_failed", "too_slow", "cut_off", ""])
def test_what_the_office_has_is_asked_until_it_answers(house: House, tills_at: Tills, code: str) -> None:
    """Whatever passes, it is the only question before the next start."""
    left = all_sent(house, tills_at)
    line = Line(office_of(house, left), [Trouble(REFUSES, "it failed", code) for _ in range(4)])
    bring(left, line)
    assert line.asked == [[3]] * 5
    assert (left.acked, line.alarms) == ([3, 3], [])


@pytest.mark.parametrize("code", ["unknown_till", "bad_signature", "bad_request"])
def test_an_office_that_does_not_know_the_enrolment_is_asked_once(house: House, tills_at: Tills, code: str) -> None:
    left = all_sent(house, tills_at)
    line = Line(office_of(house, left), [Trouble(REFUSES, "no such till", code)])
    bring(left, line)
    assert line.asked == [[3]]
    assert (left.acked, line.alarms) == ([3], [])


@pytest.mark.expect_log(r"sending facts of T1\.1 failed")
def test_what_the_office_has_is_asked_again_after_a_full_disk(house: House, tills_at: Tills) -> None:
    left = all_sent(house, tills_at)
    left.full = 3
    line = Line(office_of(house, left))
    bring(left, line)
    assert line.asked == [[3]] * 4


def test_by_the_cause_alone_the_question_is_given_up(
    house: House, tills_at: Tills, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, Leftovers, "_bring", "trouble.code in UNKNOWN", 'trouble.cause == "office_refuses"')
    with pytest.raises(AssertionError):
        test_what_the_office_has_is_asked_until_it_answers(house, tills_at, "office_failed")


@pytest.mark.expect_log(r"sending facts of T1\.1 failed")
def test_by_any_fault_of_its_own_the_question_is_given_up(
    house: House, tills_at: Tills, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = 'log.exception("sending facts of %s.%d failed", outbox.till, outbox.incarnation)'
    mutate(monkeypatch, Leftovers, "_bring", told, f"{told}; break")
    with pytest.raises(AssertionError):
        test_what_the_office_has_is_asked_again_after_a_full_disk(house, tills_at)


# ---- histories that rival the office's -----------------------------------------------------------


def old_copy(house: House, tills_at: Tills, fork: int, office: int, last: int, acked: int) -> Left:
    """A ledger that left the office's history, which has `office` facts, after `fork`; the office had had it up to
    `acked`, and was restored from a backup before that."""
    (one,) = tills_at("T1")
    for _ in range(office):
        one.drop()
    copy = one.twin()
    copy.journal = one.journal[:fork]
    for _ in range(last - fork):
        copy.drop("2.00")
    if office:
        house.push(one)
    return Left(copy, [acked])


def rivals(house: House) -> list[int]:
    return [number for (number,) in house.rows("SELECT number FROM rival_fact ORDER BY number")]


FORKED = [
    pytest.param(1, 2, 12, 12, id="behind"),
    pytest.param(1, 20, 12, 12, id="before its number"),
    pytest.param(0, 20, 12, 12, id="from the first on"),
    pytest.param(11, 20, 12, 12, id="only the last"),
    pytest.param(7, 9, 12, 12, id="later"),
    pytest.param(1, 2, 3, 3, id="next to its number"),
    pytest.param(1, 2, 12, 2, id="next to its number, the rest unsent"),
    pytest.param(1, 2, 12, 7, id="behind, the rest unsent"),
    pytest.param(1, 20, 12, 7, id="before its number, the rest unsent"),
]


@pytest.mark.parametrize(("fork", "office", "last", "acked"), FORKED)
def test_a_history_that_rivals_a_restored_offices_is_kept_there_whole(
    house: House, tills_at: Tills, monkeypatch: pytest.MonkeyPatch, fork: int, office: int, last: int, acked: int
) -> None:
    monkeypatch.setattr("sync.wire.MAX_FACTS", 5)
    left = old_copy(house, tills_at, fork, office, last, acked)
    line = Line(office_of(house, left))
    bring(left, line)
    assert rivals(house) == list(range(fork + 1, last + 1))
    assert (left.acknowledged(), line.alarms) == (last, [])
    before = house.rows("SELECT * FROM rival_fact ORDER BY number, hash"), house.rows("SELECT id FROM dispute")
    line.asked.clear()
    bring(left, line)
    assert (left.acknowledged(), line.alarms) == (last, [])
    assert (
        house.rows("SELECT * FROM rival_fact ORDER BY number, hash"),
        house.rows("SELECT id FROM dispute"),
    ) == before
    pages = [page for page in line.asked if len(page) > 1]
    assert not pages or pages[0][0] == fork + 1, "the common past is not sent again"
    assert house.violations() == []


@pytest.mark.parametrize("lost", [0, 1, 6, 12])
def test_a_history_that_is_the_offices_goes_on_where_it_ends(
    house: House, tills_at: Tills, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    monkeypatch.setattr("sync.wire.MAX_FACTS", 5)
    left = old_copy(house, tills_at, 12 - lost, 12 - lost, 12, 12)
    line = Line(office_of(house, left))
    bring(left, line)
    assert (rivals(house), left.acknowledged(), line.alarms) == ([], 12, [])
    assert sum(map(len, line.asked)) <= lost + 2, "what it has is not sent again"


def test_facts_that_never_fit_are_an_alarm(house: House, tills_at: Tills) -> None:
    """And tried again, as ever, without going back each time."""
    left = old_copy(house, tills_at, 3, 3, 5, 3)
    left.client.journal[4] = left.client.journal[4].model_copy(update={"signature": left.client.journal[0].signature})
    line = Line(office_of(house, left))
    with pytest.raises(pytest.fail.Exception, match="for ever"):
        bring(left, line)
    assert "from number 4 on are refused: fact 5" in line.alarms[-1]
    assert left.acked == [3]


@pytest.mark.parametrize(
    ("guard", "without", "case"),
    [
        ("(kept < after or rival)", "rival", 0),
        ("(kept < after or rival)", "kept < after", 1),
        ("asking and trouble.code == BAD_CHAIN", "False", 5),
        ("asking and trouble.code == BAD_CHAIN", "False", 6),
    ],
)
def test_without_going_back_rivals_are_lost_or_an_alarm(
    house: House, tills_at: Tills, monkeypatch: pytest.MonkeyPatch, guard: str, without: str, case: int
) -> None:
    mutate(monkeypatch, Leftovers, "_send", guard, without)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_a_history_that_rivals_a_restored_offices_is_kept_there_whole(
            house, tills_at, monkeypatch, *FORKED[case].values
        )


def test_by_the_offices_number_alone_a_rival_is_an_alarm(
    house: House, tills_at: Tills, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, module, "_common", "while beyond - common > 1:", "common = upto\n    while False:")
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_a_history_that_rivals_a_restored_offices_is_kept_there_whole(
            house, tills_at, monkeypatch, *FORKED[0].values
        )
