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
        assert len(self.asked) < 100, "for ever"
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
    return lambda request: house.push(left.client, *request.facts)


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
