"""The office fails in the middle of its work, and so does all that is between it and the tills."""

from __future__ import annotations

import itertools
import random
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.evening.house import House, Window
from tests.evening.season import AREA, SHOW, season
from tests.peers.postgres import Cluster
from tests.peers.postman import LATE_S, Postman

pytestmark = pytest.mark.timeout(300)

AGREES_S = 30.0
ROOMY = season(capacity=600, units_kept=100)


# The rules meet the same trouble on both; one kind of database each is enough for an evening of it.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def _pair(house: House, *ways: Postman | None) -> list[Window]:
    """Windows T1 and T2, each behind its postman, with an open shift."""
    with ThreadPoolExecutor(2) as pool:
        windows = list(pool.map(lambda n: house.window(f"T{n}", printers=False, at=ways[n - 1]), (1, 2)))
    for window, user in zip(windows, ("anna", "boris"), strict=True):
        window.open(user)
        window.till.ok("sync")
    return windows


def _arrive(house: House, sold: list[dict[str, Any]]) -> None:
    expected = {sale["id"] for sale in sold}
    house.wait(lambda: expected <= house.sales(), AGREES_S, "all sales at the office")


@on_postgresql
def test_answers_are_lost_after_the_commit(house: House) -> None:
    """Grants, returns, declines and sales of which the till never hears; and letters that come twice, or late."""
    with Postman(house.office.url) as left_way, Postman(house.office.url) as right_way:
        left, right = _pair(house, left_way, right_way)
        pool, theirs = left.seats("free", "matinee"), right.seats("here")

        left_way.next("/v1/claim", "lose")
        left.till.do("add", show="matinee", places=pool[:2], price_type="adult")
        left.till.ok("clear")
        sold = [left.sell(*pool[:2], show="matinee")]
        left_way.next("/v1/claim", "twice", "late")
        sold += [left.sell(pool[2], show="matinee"), _persistently(left, pool[3])]

        # What is asked back: an idle seat comes over, one in a basket does not.
        right_way.next("/v1/push", "lose", "twice")
        sold.append(_persistently(left, theirs[0], SHOW))
        right.till.ok("add", show=SHOW, places=[theirs[1]], price_type="adult")
        right_way.next("/v1/decline", "lose", "twice")
        refused = left.till.refused("add", show=SHOW, places=[theirs[1]], price_type="adult")
        assert (refused["code"], refused["holder"]) == ("right_elsewhere", "T2")
        right.till.ok("clear")

        for slip in ("lose", "twice", "late", "lose"):
            left_way.next("/v1/push", slip)
            left_way.next("/v1/pull", "lose")
            sold.append(left.sell(left.seats("here")[0]))
            _arrive(house, sold)
        time.sleep(LATE_S)  # the last late letter has come
        done = [slip for way in (left_way, right_way) for slip in way.slipped]
        assert {("/v1/claim", "lose"), ("/v1/claim", "late"), ("/v1/decline", "lose"), ("/v1/push", "late")} <= {*done}
        house.audit(sold)


def _persistently(window: Window, place: str, show: str = "matinee") -> dict[str, Any]:
    """Ask until it is sold: a lost answer may have refused it."""
    deadline = time.monotonic() + AGREES_S
    while "refused" in window.till.do("add", show=show, places=[place], price_type="adult"):
        assert time.monotonic() < deadline, window.till.story()
    basket = window.till.ok("basket")["basket"]
    sale: dict[str, Any] = window.till.ok("pay", tenders=[{"kind": "cash", "amount": basket["total"]}])["sale"]
    return sale


@on_sqlite
def test_the_link_flaps(house: House) -> None:
    """Up and down every moment, in both ways of being down; nobody tells the cashier of each."""
    left, right = _pair(house, None, None)
    chance, sold = random.Random(7), []
    pool = left.seats("free", "matinee")
    ended = threading.Event()

    def flap() -> None:
        while not ended.is_set():
            left.cable.cut(silent=chance.random() < 0.3)
            time.sleep(chance.uniform(0.05, 0.4))
            left.cable.mend()
            ended.wait(chance.uniform(0.1, 0.9))

    mark = left.till.heard()
    flapping = threading.Thread(target=flap)
    flapping.start()
    try:
        for place in left.seats("here")[:5]:
            sold.append(left.sell(place))
            sold.append(right.sell(AREA))
            answer = left.till.do("add", show="matinee", places=[pool.pop()], price_type="adult")
            left.till.ok("clear")
            assert "ok" in answer or answer["refused"]["code"] == "right_elsewhere", answer
    finally:
        ended.set()
        flapping.join()
    told = [event for event in left.till.events[mark:] if event["event"] == "link"]
    print(f"{len(told)} changes of the line were told")
    _arrive(house, sold)
    house.audit(sold)


def test_an_office_is_killed_in_the_middle_of_pushes(tmp_path: Path, postgres: Callable[[], str]) -> None:
    """One of two, again and again, a moment after a page of facts has reached it; the other goes on serving."""
    with (
        House(tmp_path / "house", postgres(), ROOMY) as house,
        Postman(house.office.url) as way,
        Postman(house.another_office().url) as other,
    ):
        left, right = _pair(house, way, other)
        sold = []
        for delay_ms in (0, 5, 20, 60):
            left.cable.cut()
            sold += [left.sell(AREA) for _ in range(8)]
            killed: Future[None] = Future()
            way.watch("/v1/push", lambda: _kill(house, delay_ms, killed))  # noqa: B023 - waited for below
            left.cable.mend()
            killed.result(AGREES_S)
            served = right.sell(AREA)
            _arrive(house, [served])
            sold.append(served)
            house.start_office()
        _arrive(house, sold)
        house.audit(sold)


def _kill(house: House, delay_ms: float, killed: Future[None]) -> None:
    time.sleep(delay_ms / 1000)
    house.kill_office()
    killed.set_result(None)


def test_postgresql_restarts_and_crashes_under_load(tmp_path: Path) -> None:
    """Windows sell on from what they have; both offices live through it, and take up where they were."""
    with Cluster() as cluster, House(tmp_path / "house", cluster.new_database(), ROOMY) as house, ExitStack() as ends:
        other = house.another_office()
        left, right = _pair(house, house.office, other)
        ended = threading.Event()
        pool = ends.enter_context(ThreadPoolExecutor(2))
        ends.callback(ended.set)
        selling = [pool.submit(_sell_until, window, ended) for window in (left, right)]
        for crash in (False, True, True):
            time.sleep(1.0)
            cluster.restart(crash=crash)
        time.sleep(1.0)
        ended.set()
        sold = [sale for done in selling for sale in done.result()]
        print(f"{len(sold)} sales")
        assert min(len(done.result()) for done in selling) > 10
        _arrive(house, sold)
        house.audit(sold)
        for process in (house.office, other):
            code, complaints = process.stop()
            raised = re.findall(r"^[\w.]+(?:Error|Exception|Shutdown)\b", complaints, re.MULTILINE)
            assert (code, bool(raised)) == (0, True), "an office that lost its database says so"
            assert all(name.startswith(("sqlalchemy.exc.", "psycopg.")) for name in raised), complaints


def _sell_until(window: Window, ended: threading.Event) -> list[dict[str, Any]]:
    """Sell from the hand, and now and then a seat of the pool when the line allows."""
    sold, pool = [], window.seats("free", "matinee")
    for number in itertools.count():
        if ended.is_set():
            return sold
        if number % 4 == 0 and pool:
            answer = window.till.do("add", show="matinee", places=[pool.pop(0)], price_type="adult")
            assert "ok" in answer or answer["refused"]["code"] in ("right_elsewhere", "sold"), answer
            if "ok" in answer:
                total = answer["ok"]["basket"]["total"]
                sold.append(window.till.ok("pay", tenders=[{"kind": "cash", "amount": total}])["sale"])
        elif window.places()[AREA]["here"]:
            sold.append(window.sell(AREA))
    raise AssertionError("numbers have ended")
