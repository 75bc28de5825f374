"""The pulse goes on: what cannot be written down of one till keeps nobody else waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sync.office.api.pulse import Pulse
from sync.office.rules import changes
from sync.office.rules.heard import Pulled
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]
PATIENCE_S = 5.0
TOO_MUCH = 10**30  # no column takes it


def beat(house: House, work: Callable[[Pulse], None], done: Callable[[], bool]) -> Pulse:
    """Let a pulse run until `done()`; that it is not before its time is up fails the test."""

    async def run() -> Pulse:
        with ThreadPoolExecutor(1) as pool:
            pulse = Pulse(house.database, pool)
            pulse.start()
            work(pulse)
            async with asyncio.timeout(PATIENCE_S):
                while not done():
                    await asyncio.sleep(0.02)
            await pulse.stop()
        return pulse

    return asyncio.run(run())


def heads(house: House) -> dict[object, object]:
    return {row[0]: row[1] for row in house.rows("SELECT till, head FROM heard WHERE incarnation = 1")}


def present(house: House) -> set[object]:
    return {row[0] for row in house.rows("SELECT till FROM presence")}


@pytest.mark.expect_log("cannot note how far tills have heard", r"cannot note how far T2\.1 has heard")
def test_what_no_column_takes_holds_up_nobody_and_does_not_come_back(house: House) -> None:
    for till in ("T1", "T2", "T3"):
        house.enrol(till)

    def work(pulse: Pulse) -> None:
        for till, head in (("T1", 7), ("T2", TOO_MUCH), ("T3", 9)):
            pulse.heard(till)
            pulse.pulled(Pulled(till, 1, 1, head))

    pulse = beat(house, work, lambda: heads(house) == {"T1": 7, "T2": 0, "T3": 9})
    assert present(house) == {"T1", "T2", "T3"}
    assert pulse._pulled == {}, "it is not tried again"


@pytest.mark.expect_log("cannot read the change log")
def test_the_pulse_outlives_whatever_goes_wrong_once(
    house: House, tills_at: Tills, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.enrol("T1")
    failures = [RuntimeError("of nobody's doing")]

    def head(connection: object) -> tuple[int, int]:
        if failures:
            raise failures.pop()
        return 5, 0

    monkeypatch.setattr(changes, "head", head)
    seen: list[Pulse] = []

    def work(pulse: Pulse) -> None:
        seen.append(pulse)
        pulse.heard("T1")

    pulse = beat(house, work, lambda: bool(seen) and seen[0].position == 5)
    assert (pulse.position, present(house)) == (5, {"T1"})
