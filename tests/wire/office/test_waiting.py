"""Long polls and recalls over TCP: what one till does reaches another at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from sync import wire
from sync.office.store.engine import open_database
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.wire.agent.till import soon
from tests.wire.office.conftest import Served

Twin = Callable[[TillClient], TillClient]
AT_ONCE_S = 1.0


@pytest.fixture
def pool() -> ThreadPoolExecutor:
    with ThreadPoolExecutor(4) as made:
        yield made


def timed(work: Callable[[], object]) -> tuple[object, float]:
    began = time.monotonic()
    result = work()
    return result, time.monotonic() - began


def test_a_sale_ends_another_tills_long_poll_at_once(served: Served, clients: Twin, pool: ThreadPoolExecutor) -> None:
    (grant,) = served.one.claim(SHOW, "A-1").granted
    cursor = served.two.pull(0, limit=2000).cursor
    waiting = pool.submit(clients(served.two).pull, cursor, 20.0)
    time.sleep(0.5)
    assert not waiting.done()
    served.one.sell(SHOW, grant)
    began = time.monotonic()
    assert served.one.push().status == 200
    page = waiting.result()
    assert time.monotonic() - began < AT_ONCE_S
    assert [change.kind for change in page.changes] == ["places", "sale"]
    assert page.changes[0].items[0].state == "SOLD"
    assert page.changes[1].body is not None
    assert page.changes[1].body["tickets"][0]["state"] == "live"


def test_a_quiet_long_poll_ends_when_its_time_is_over(served: Served) -> None:
    cursor = served.two.pull(0, limit=2000).cursor
    page, seconds = timed(lambda: served.two.pull(cursor, wait_s=1.0))
    assert isinstance(page, wire.PullAnswer)
    assert page.changes == []
    assert 0.9 < seconds < 2.0


def test_a_recall_is_answered_by_a_return(served: Served, clients: Twin, pool: ThreadPoolExecutor) -> None:
    grants = served.one.claim(SHOW, "A-2", "A-3").granted
    cursor = served.one.pull(0, limit=2000).cursor
    polling = pool.submit(clients(served.one).pull, cursor, 20.0)
    time.sleep(0.3)
    began = time.monotonic()
    claiming = pool.submit(clients(served.two).claim, SHOW, "A-2", "A-3", "A-4", wait_s=4.0)
    asked = polling.result()
    assert time.monotonic() - began < AT_ONCE_S, "a recall ends the holder's long poll"
    assert [(recall.place, recall.epoch) for recall in asked.recalls] == [(g.place, g.epoch) for g in grants]
    assert served.one.pull(cursor).recalls == asked.recalls, "repeated until answered"
    served.one.give_back(SHOW, *grants)
    assert served.one.push().status == 200
    answer = claiming.result()
    assert time.monotonic() - began < 3 * AT_ONCE_S
    assert {grant.place for grant in answer.granted} == {"A-2", "A-3", "A-4"}
    assert served.one.pull(cursor).recalls == []


def test_a_declined_recall_refuses_at_once(served: Served, clients: Twin, pool: ThreadPoolExecutor) -> None:
    served.one.claim(SHOW, "A-5")
    claiming = pool.submit(clients(served.two).claim, SHOW, "A-5", wait_s=4.0)
    while not (asked := served.one.pull(0, limit=1).recalls):
        time.sleep(0.05)
    began = time.monotonic()
    items = [item.model_dump() for item in asked]
    assert served.one.ask("decline", items=items, why="basket").status == 200
    answer = claiming.result()
    assert time.monotonic() - began < AT_ONCE_S
    assert [(item.code, item.holder) for item in answer.refused] == [("right_elsewhere", "T1")]
    assert answer.refused[0].since > 0


def test_a_recall_that_nobody_answers_is_refused_in_time(served: Served) -> None:
    served.one.claim(SHOW, "A-6")
    answer, seconds = timed(lambda: served.two.claim(SHOW, "A-6", wait_s=1.0))
    assert isinstance(answer, wire.ClaimAnswer)
    assert [item.code for item in answer.refused] == ["right_elsewhere"]
    assert 0.9 < seconds < 2.0
    assert served.one.pull(0, limit=1).recalls == []


def test_an_unanswered_recall_does_not_make_the_holders_poll_spin(
    served: Served, clients: Twin, pool: ThreadPoolExecutor
) -> None:
    served.one.claim(SHOW, "A-7")
    cursor = served.one.pull(0, limit=2000).cursor
    claiming = pool.submit(clients(served.two).claim, SHOW, "A-7", wait_s=2.0)
    pulls = 0
    while not claiming.done():
        served.one.pull(cursor, wait_s=5.0)
        pulls += 1
    assert 2 <= pulls < 15


def test_two_tills_that_want_each_others_seats_both_hear_in_time(
    served: Served, clients: Twin, pool: ThreadPoolExecutor
) -> None:
    served.one.claim(SHOW, "B-1")
    served.two.claim(SHOW, "B-2")
    began = time.monotonic()
    first = pool.submit(clients(served.one).claim, SHOW, "B-1", "B-2", wait_s=1.5)
    second = pool.submit(clients(served.two).claim, SHOW, "B-2", "B-1", wait_s=1.5)
    assert first.result().refused[0].place == "B-2"
    assert second.result().refused[0].place == "B-1"
    assert time.monotonic() - began < 3.0


def test_fifty_claims_at_once_for_one_seat_have_one_winner(
    served: Served, clients: Twin, pool: ThreadPoolExecutor
) -> None:
    twins = [clients(till) for till in (served.one, served.two, served.three)]
    for twin in twins:
        twin.http.timeout = 30

    def attempt(n: int) -> set[str]:
        client = twins[n % 3]
        return {client.till} if client.claim(SHOW, "B-5").granted else set()

    with ThreadPoolExecutor(20) as many:
        winners = set().union(*many.map(attempt, range(50)))
    assert len(winners) == 1


def test_a_pull_says_how_far_the_till_has_heard_and_told(served: Served) -> None:
    """The office writes it down with the till's presence."""
    served.three.drop()
    cursor = served.three.pull(0, limit=2000).cursor
    database = open_database(served.database)

    def noted() -> tuple[int, int, bool]:
        served.three.ask("pull", cursor=cursor, wait_s=0.0, limit=1, head=1)
        # Beyond the end of the log: of a history that this office has lost.
        served.three.ask("pull", cursor=cursor + 1_000_000, wait_s=0.0, limit=1, head=1)
        with database.read() as connection:
            found = connection.execute(text("SELECT cursor, head, settled FROM heard WHERE till = 'T3'")).one()
        return found.cursor, found.head, found.settled >= cursor

    soon(lambda: noted() == (cursor, 1, False))
    served.three.push()
    soon(lambda: noted() == (cursor, 1, True))
    database.close()


@pytest.mark.parametrize("head", [10**30, 2**63])
def test_a_till_that_says_it_is_at_a_number_there_cannot_be_stops_nobodys_presence(served: Served, head: int) -> None:
    database = open_database(served.database)

    def seen() -> float:
        with database.read() as connection:
            at: float = connection.execute(text("SELECT last_seen FROM presence WHERE till = 'T2'")).scalar_one()
        return at

    refused = served.one.ask("pull", cursor=0, head=head, stopped=True)
    assert (refused.status, refused.body["code"]) == (422, "bad_request")
    served.two.pull(0, limit=1)
    soon(lambda: seen() > 0)
    before = seen()

    def later() -> bool:
        served.two.pull(0, limit=1)
        return seen() > before

    soon(later)
    assert served.one.ask("pull", cursor=0, head=2**63 - 1).status == 200
    database.close()
