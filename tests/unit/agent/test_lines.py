"""Which of the office's addresses is in use, by a clock that the test moves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.agent.carrier import BadAddress
from sync.agent.lines import HELD_S, LONGEST_SETTLE_S, RARELY_S, SETTLE_S, Address, Lines
from sync.agent.trouble import Trouble
from tests.mutate import mutate

LOST = Trouble("no_office", "it does not answer in time")
PORTAL = Trouble("not_our_office", "the answer bears no signature")
REFUSED = Trouble("office_refuses", "status 500")
MAIN, MOBILE, FRIEND = range(3)


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> datetime:
        return datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=self.at)

    def boottime_s(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lines(clock: Clock) -> Lines:
    """The main address and two more."""
    return Lines(
        [
            Address("", "http://127.0.0.1:1"),
            Address("4G", "http://127.0.0.1:2"),
            Address("Neighbours' network", "http://127.0.0.1:3"),
        ],
        clock,
    )


def test_each_is_tried_in_order_before_the_office_is_away(lines: Lines) -> None:
    assert lines.failed(MAIN, LOST) is None
    assert (lines.at, lines.name) == (MOBILE, "4G")
    assert lines.failed(MOBILE, PORTAL) is None
    assert lines.at == FRIEND
    away = lines.failed(FRIEND, LOST)
    assert away is not None
    assert away.cause == "no_office", "as the main one says"
    assert away.detail == (
        "main: it does not answer in time; 4G: the answer bears no signature; "
        "Neighbours' network: it does not answer in time"
    )
    assert lines.at == MAIN, "and it begins again with the main one"


def test_an_answer_begins_a_new_round(lines: Lines) -> None:
    lines.failed(MAIN, LOST)
    lines.answered(MOBILE)
    assert lines.failed(MOBILE, LOST) is None
    assert lines.at == MAIN, "it was tried before the last answer"
    assert lines.failed(MAIN, LOST) is None
    assert lines.at == FRIEND


def test_what_the_office_refuses_it_refuses_on_any_way(lines: Lines) -> None:
    assert lines.failed(MAIN, REFUSED) is REFUSED
    assert lines.at == MAIN


def test_a_late_failure_of_an_address_that_was_left_turns_nothing(lines: Lines, clock: Clock) -> None:
    lines.failed(MAIN, LOST)
    lines.failed(MOBILE, LOST)
    lines.answered(FRIEND)
    for _ in range(3):
        clock.at += 5
        lines.probed(MOBILE, None)
    assert lines.failed(FRIEND, LOST) is None
    assert lines.at == MOBILE


def test_with_one_address_alone_its_word_is_told_as_it_is(clock: Clock) -> None:
    alone = Lines([Address("", "http://127.0.0.1:1")], clock)
    assert alone.failed(MAIN, PORTAL) is PORTAL
    assert alone.due() == []


def probe(lines: Lines, clock: Clock, seconds: float, trouble: Trouble | None = None) -> None:
    """The main address is asked every five seconds."""
    for _ in range(round(seconds / 5)):
        clock.at += 5
        lines.probed(MAIN, trouble)


def test_the_main_one_is_in_use_again_once_it_holds(lines: Lines, clock: Clock) -> None:
    lines.failed(MAIN, LOST)
    lines.answered(MOBILE)
    turned: list[str] = []
    lines.turned = lambda: turned.append(lines.name)
    probe(lines, clock, SETTLE_S)
    assert lines.at == MOBILE, "it has only just come back"
    lines.probed(MAIN, LOST)
    probe(lines, clock, SETTLE_S)
    assert lines.at == MOBILE, "and it has failed since"
    probe(lines, clock, 5)
    assert lines.at == MAIN
    assert turned == [""]


def test_one_that_comes_and_goes_is_waited_for_longer_each_time(lines: Lines, clock: Clock) -> None:
    waits = []
    for _ in range(7):
        lines.failed(MAIN, LOST)
        lines.answered(MOBILE)
        began = clock.at
        while lines.at == MOBILE:
            probe(lines, clock, 5)
        waits.append(clock.at - began - 5)
    assert waits == [10, 20, 40, 80, 160, 300, 300]
    assert waits[-1] == LONGEST_SETTLE_S
    clock.at += HELD_S
    lines.failed(MAIN, LOST)
    probe(lines, clock, SETTLE_S + 5)
    assert lines.at == MAIN, "it had held"


def test_the_office_answers_also_when_it_refuses_the_question(lines: Lines, clock: Clock) -> None:
    """An office of an older version knows no greeting, and signs that it does not."""
    lines.failed(MAIN, LOST)
    probe(lines, clock, SETTLE_S + 5, REFUSED)
    assert lines.at == MAIN


def test_whether_a_backup_works_is_known_before_it_is_needed(lines: Lines, clock: Clock) -> None:
    assert lines.due() == [MOBILE, FRIEND]
    lines.answered(MAIN)
    lines.probed(MOBILE, None)
    lines.probed(FRIEND, PORTAL)
    assert lines.due() == []
    assert [(one.name, one.address, one.state, one.cause) for one in lines.states()] == [
        ("", "127.0.0.1:1", "in_use", ""),
        ("4G", "127.0.0.1:2", "answers", ""),
        ("Neighbours' network", "127.0.0.1:3", "fails", "not_our_office"),
    ]
    clock.at += RARELY_S
    assert lines.due() == [MOBILE, FRIEND]
    lines.failed(MAIN, LOST)
    lines.answered(MOBILE)
    assert lines.due() == [MAIN, FRIEND], "those before the one in use always"


def test_facts_that_do_not_get_through_turn_to_an_address_that_is_known_to_work(lines: Lines) -> None:
    """Only small packets pass: polls are answered, and nobody would notice."""
    assert not lines.give_up(LOST), "no other has answered"
    lines.probed(FRIEND, None)
    assert lines.give_up(LOST)
    assert lines.at == FRIEND
    assert lines.states()[MAIN].state == "fails"


def test_a_password_in_an_address_is_not_shown(clock: Clock) -> None:
    lines = Lines([Address("", "https://till:secret@office.example:8443/x")], clock)
    assert "secret" not in repr(lines.states())


def test_an_address_that_cannot_be_used_is_named(clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadAddress, match="plain HTTP to another machine"):
        Lines([Address("", "http://127.0.0.1:1"), Address("4G", "http://192.0.2.1:1")], clock)
    with pytest.raises(BadAddress, match=r"ca\.pem cannot be read"):
        Lines([Address("4G", "https://192.0.2.1:1", tmp_path / "ca.pem")], clock)


@pytest.mark.parametrize(
    ("name", "old", "new", "test"),
    [
        ("failed", "trouble.cause == ITSELF", "False", test_what_the_office_refuses_it_refuses_on_any_way),
        ("answered", "self._tried.clear()", "pass", test_an_answer_begins_a_new_round),
    ],
)
def test_without_its_rule_a_line_goes_astray(
    lines: Lines, monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str, test: Callable[[Lines], None]
) -> None:
    mutate(monkeypatch, Lines, name, old, new)
    with pytest.raises(AssertionError):
        test(lines)


@pytest.mark.parametrize(
    ("name", "old", "new", "test"),
    [
        ("failed", "if at != self._at", "if False", test_a_late_failure_of_an_address_that_was_left_turns_nothing),
        ("probed", "now - way.good_since >= self._settle_s", "True", test_the_main_one_is_in_use_again_once_it_holds),
        ("_turn", "SETTLE_S if held", "SETTLE_S if True", test_one_that_comes_and_goes_is_waited_for_longer_each_time),
    ],
)  # fmt: skip
def test_without_its_patience_a_line_goes_astray(
    lines: Lines,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    old: str,
    new: str,
    test: Callable[[Lines, Clock], None],
) -> None:
    mutate(monkeypatch, Lines, name, old, new)
    with pytest.raises(AssertionError):
        test(lines, clock)


def test_a_request_waits_a_moment_for_another_address_to_take_over(lines: Lines, clock: Clock) -> None:
    """It failed before the poll had noticed anything."""
    turning = threading.Timer(0.05, lambda: lines.failed(MAIN, LOST))
    turning.start()
    assert lines.turned_from(MAIN, 5.0)
    turning.join()
    assert lines.turned_from(MAIN, 0.0), "it has turned already"
    assert not lines.turned_from(MOBILE, 0.01), "nothing turns"
    alone = Lines([Address("", "http://127.0.0.1:1")], clock)
    began = time.monotonic()
    assert not alone.turned_from(MAIN, 5.0)
    assert time.monotonic() - began < 1.0, "with one address there is nothing to wait for"
