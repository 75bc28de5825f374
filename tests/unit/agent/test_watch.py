"""Whether the line is up, and what the till is told of it, by a clock that the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pos.till.ports import LinkState
from sync.agent.trouble import LinkClosed, Trouble
from sync.agent.watch import FLAPPING_S, SETTLE_S, LinkWatch

LOST = Trouble("no_office", "it does not answer in time")


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
def told() -> list[LinkState]:
    return []


@pytest.fixture
def watch(clock: Clock, told: list[LinkState]) -> LinkWatch:
    return LinkWatch(clock, told.append)


def states(told: list[LinkState]) -> list[str]:
    return [link.state for link in told]


def test_at_first_nothing_is_known(watch: LinkWatch, told: list[LinkState]) -> None:
    assert (watch.state.state, watch.state.cause) == ("offline", "not_asked")
    assert not watch.known_down, "a first claim is worth a try"
    assert told == []


def test_the_first_failure_is_told_too(watch: LinkWatch, told: list[LinkState]) -> None:
    watch.failed(LOST)
    assert watch.known_down
    assert [(link.state, link.cause, link.detail) for link in told] == [("offline", "no_office", LOST.detail)]


def test_an_answer_to_what_was_asked_before_a_failure_proves_nothing(watch: LinkWatch, told: list[LinkState]) -> None:
    """It may have come just before the cable was pulled, and been read just after."""
    watch.answered(watch.failures)
    asked_after = watch.failures
    watch.failed(LOST)
    watch.answered(asked_after, 5.0)
    assert states(told) == ["online", "offline"]
    assert watch.known_down
    watch.answered(watch.failures)
    assert states(told) == ["online", "offline", "online"]


def test_each_change_is_told_once_and_since_stays(watch: LinkWatch, told: list[LinkState], clock: Clock) -> None:
    watch.answered(watch.failures, 5.0)
    clock.at += 100
    watch.answered(watch.failures)
    assert states(told) == ["online"]
    assert watch.state.since == told[0].since
    assert watch.state.round_trip_ms == 5.0
    watch.failed(LOST)
    clock.at += 5
    watch.failed(Trouble("no_office", "another sentence"))
    assert states(told) == ["online", "offline"]
    assert watch.state.detail == "another sentence"
    assert watch.state.since == told[1].since != told[0].since
    watch.failed(Trouble("not_our_office", "a portal"))
    assert [link.cause for link in told] == ["", "no_office", "not_our_office"]
    assert watch.state.since == told[1].since, "offline since the line went, whatever the cause is by now"


def test_a_line_that_flaps_is_told_again_only_when_it_has_held(
    watch: LinkWatch, told: list[LinkState], clock: Clock
) -> None:
    watch.answered(watch.failures)
    for _ in range(10):
        clock.at += 0.5
        watch.failed(LOST)
        clock.at += 0.5
        watch.answered(watch.failures)
        assert not watch.known_down, "claims are tried all the same"
    assert states(told) == ["online", "offline", "online", "offline"]
    clock.at += SETTLE_S
    watch.answered(watch.failures)
    assert states(told)[-1] == "online"


def test_two_losses_far_apart_are_no_flapping(watch: LinkWatch, told: list[LinkState], clock: Clock) -> None:
    watch.answered(watch.failures)
    for _ in range(3):
        clock.at += FLAPPING_S
        watch.failed(LOST)
        watch.answered(watch.failures)
    assert states(told) == ["online"] + ["offline", "online"] * 3


def test_a_refusal_is_an_alarm_until_it_is_over(watch: LinkWatch, told: list[LinkState]) -> None:
    watch.answered(watch.failures)
    watch.refuses("push", "fact 7 is refused")
    watch.answered(watch.failures)
    assert (told[-1].state, told[-1].cause, told[-1].detail) == ("offline", "office_refuses", "fact 7 is refused")
    assert not watch.known_down
    watch.refuses("pull", "no season")
    watch.accepts("push")
    assert watch.state.detail == "no season"
    watch.accepts("pull")
    assert watch.state.state == "online"
    assert states(told) == ["online", "offline", "online"]


def test_a_lost_line_hides_a_refusal_which_comes_back(watch: LinkWatch, told: list[LinkState]) -> None:
    watch.answered(watch.failures)
    watch.refuses("push", "fact 7 is refused")
    watch.failed(LOST)
    assert watch.state.cause == "no_office"
    watch.answered(watch.failures)
    assert watch.state.cause == "office_refuses"


def test_recovery_is_called_after_a_failure_only(watch: LinkWatch) -> None:
    calls: list[int] = []
    watch.on_recovery(lambda: calls.append(1))
    watch.answered(watch.failures)
    watch.answered(watch.failures)
    assert calls == []
    watch.failed(LOST)
    watch.answered(watch.failures)
    watch.answered(watch.failures)
    assert calls == [1]


def test_stopping_is_no_loss(watch: LinkWatch, told: list[LinkState]) -> None:
    watch.answered(watch.failures)
    watch.failed(LinkClosed())
    assert states(told) == ["online"]


def test_a_loss_says_when_the_office_had_last_answered(watch: LinkWatch, told: list[LinkState], clock: Clock) -> None:
    watch.failed(LOST)
    assert told[-1].answered_at == ""
    watch.answered(watch.failures)
    clock.at += 40
    watch.answered(watch.failures)
    last = clock.now()
    clock.at += 7
    watch.failed(LOST)
    assert told[-1].state == "offline"
    assert datetime.fromisoformat(told[-1].answered_at) == last
    assert datetime.fromisoformat(told[-1].since) - last == timedelta(seconds=7)
