"""Tills that come back all at once, over a bad line, to offices that are killed meanwhile."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import uvloop

from tests.bench.office import floors
from tests.peers.office_process import OfficeProcess

_AGAIN_S: Final = 0.1  # until a till tries anew
_LOST, _REPEATED = 0.15, 0.15  # of the pages: their answer is lost; they come once more though it was not
_Answer = tuple[int, dict[str, Any]]


@dataclass
class Storm:
    """How long it took until the last fact was acknowledged, and what had gone wrong until then."""

    seconds: float = 0.0
    lost: int = 0  # answers
    repeated: int = 0  # pages
    broken: int = 0  # connections, or none to be had
    kills: int = 0
    failed: int = 0  # answers of an office that could not


def rage(
    offices: list[OfficeProcess], queues: Sequence[Sequence[bytes]], kills: Sequence[float], seed: int = 1
) -> Storm:
    """Play all queues; the last of the offices is killed so many seconds after the beginning, and started again.

    Raises AssertionError for an answer that no till should get.
    """
    storm = Storm()
    urls = [one.url for one in offices]
    with ThreadPoolExecutor(1) as pool:
        began = time.monotonic()
        playing = pool.submit(_played, storm, urls, queues, seed)
        for after_s in kills:
            time.sleep(max(0.0, began + after_s - time.monotonic()))
            if playing.done():
                break
            offices[-1].kill()
            storm.kills += 1
            offices[-1] = OfficeProcess(offices[-1].database, "--port", str(urlsplit(urls[-1]).port))
        playing.result()
    return storm


def _played(storm: Storm, urls: Sequence[str], queues: Sequence[Sequence[bytes]], seed: int) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_play(storm, urls, queues, seed))


async def _play(storm: Storm, urls: Sequence[str], queues: Sequence[Sequence[bytes]], seed: int) -> None:
    began = time.perf_counter()
    tills = [_Till(storm, urls[n % len(urls)], random.Random(seed * 1000 + n)) for n in range(len(queues))]
    await asyncio.gather(*(till.send_all(queue) for till, queue in zip(tills, queues, strict=True)))
    storm.seconds = time.perf_counter() - began


class _Till:
    """Sends a page until it is acknowledged, then the next."""

    def __init__(self, storm: Storm, url: str, chance: random.Random) -> None:
        self._storm, self._at, self._chance = storm, urlsplit(url), chance
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send_all(self, queue: Sequence[bytes]) -> None:
        for page in queue:
            while not await self._acknowledged(page):
                await asyncio.sleep(_AGAIN_S)
            if self._chance.random() < _REPEATED:
                self._storm.repeated += 1
                await self._acknowledged(page)
        self._hang_up()

    async def _acknowledged(self, page: bytes) -> bool:
        try:
            reader, writer = self._line or await self._call()
            writer.write(page)
            if self._chance.random() < _LOST:
                self._storm.lost += 1
                await asyncio.sleep(self._chance.uniform(0.0, 0.2))
                self._hang_up()
                return False
            status, answer = await _read(reader)
        except (OSError, asyncio.IncompleteReadError):
            self._storm.broken += 1
            self._hang_up()
            return False
        if status == 500:
            self._storm.failed += 1
            return False
        assert status == 200, answer
        assert {result["verdict"] for result in answer["results"]} == {"applied"}, answer
        return True

    async def _call(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self._line = await asyncio.open_connection(self._at.hostname, self._at.port, limit=1 << 20)
        return self._line

    def _hang_up(self) -> None:
        if self._line is not None:
            with suppress(OSError):
                self._line[1].close()
            self._line = None


async def _read(reader: asyncio.StreamReader) -> _Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return int(head.split(b" ", 2)[1]), json.loads(await reader.readexactly(length))


# ---- what came of it ---------------------------------------------------------------------


def counts(url: str) -> dict[str, Any]:
    """Rows, money and positions: what must be once what was sent, and stay so whatever comes again. PostgreSQL only."""
    asked = {
        "facts": "SELECT count(*) FROM fact",
        "sales": "SELECT count(DISTINCT id) FROM sale",
        "tickets": "SELECT count(DISTINCT (show_id, unit)) FROM ticket WHERE state = 'live'",
        "seats": "SELECT count(*) FROM place_right WHERE state = 'SOLD'",
        "postings": "SELECT count(*) FROM posting",
        "drawers": "SELECT coalesce(sum(minor), 0) FROM posting WHERE account LIKE 'drawer:%'",
        "disputes": "SELECT count(*) FROM dispute",
        "changes": "SELECT position FROM change_head",
    }
    with floors.connect(url) as connection:
        return {name: int(connection.execute(query.encode()).fetchone()[0]) for name, query in asked.items()}  # type: ignore[index]
