"""An allotment that the pool cannot fill, over TCP: another till gives what it can do without."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from sync import wire
from tests.peers.small_season import SHOW
from tests.peers.till_client import Answer, TillClient
from tests.wire.agent.till import soon
from tests.wire.office.conftest import Served

Twin = Callable[[TillClient], TillClient]


def allot(pool: ThreadPoolExecutor, client: TillClient, *places: str, **short: int) -> Future[Answer]:
    return pool.submit(client.ask, "claim", show=SHOW, places=list(places), whole=False, wait_s=3.0, short=short)


def test_what_another_can_spare_comes_with_the_allotment(served: Served, clients: Twin) -> None:
    grants = {grant.place: grant for grant in served.one.claim(SHOW, *(f"A-{n}" for n in range(1, 9))).granted}
    with ThreadPoolExecutor(1) as pool:
        waiting = allot(pool, served.two, "B-1", Stalls=3)
        recalls = soon(lambda: served.one.pull(0, limit=2000).recalls)
        assert all(item.spare for item in recalls)
        served.one.give_back(SHOW, *(grants[item.place] for item in recalls))
        began = time.monotonic()
        assert served.one.push().status == 200
        answer = wire.ClaimAnswer.model_validate(waiting.result(5).body)
        assert time.monotonic() - began < 1.0
    assert {item.place for item in answer.granted} == {"B-1", *(item.place for item in recalls)}
    assert len(recalls) == 3


def test_an_allotment_does_not_wait_for_who_gives_nothing(served: Served, clients: Twin) -> None:
    """It declines; the pool's part comes all the same."""
    served.one.claim(SHOW, *(f"Foyer#{n}" for n in range(1, 9)))
    with ThreadPoolExecutor(1) as pool:
        waiting = allot(pool, served.three, "B-5", Foyer=2)
        recalls = soon(lambda: [item for item in served.one.pull(0, limit=2000).recalls if "Foyer" in item.place])
        began = time.monotonic()
        served.one.ask("decline", items=[item.model_dump() for item in recalls])
        answer = wire.ClaimAnswer.model_validate(waiting.result(5).body)
        assert time.monotonic() - began < 1.0
    assert [item.place for item in answer.granted] == ["B-5"]


def test_a_silent_till_costs_an_allotment_its_wait_and_no_more(served: Served, clients: Twin) -> None:
    served.two.claim(SHOW, *(f"Foyer#{n}" for n in (9, 10)))
    with ThreadPoolExecutor(1) as pool:
        began = time.monotonic()
        waiting = pool.submit(
            served.three.ask, "claim", show=SHOW, places=["B-7"], whole=False, wait_s=1.0, short={"Foyer": 1}
        )
        answer = wire.ClaimAnswer.model_validate(waiting.result(5).body)
    assert time.monotonic() - began < 2.0
    assert [item.place for item in answer.granted] == ["B-7"]
