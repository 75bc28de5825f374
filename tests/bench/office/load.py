"""Many tills at once, as cheaply as one process can play them: requests are signed beforehand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import uvloop

from tests.peers.till_client import TillClient


@dataclass(frozen=True)
class Run:
    """How long it took altogether, and each answer's time in seconds."""

    seconds: float
    times: list[float]

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds

    @property
    def p99_ms(self) -> float:
        return percentile(self.times, 0.99) * 1000


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def request(client: TillClient, path: str, body: bytes) -> bytes:
    """One signed request as bytes on the wire."""
    host = urlsplit(str(client.http.base_url)).netloc
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in client.headers("POST", path, body).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def play(urls: Sequence[str], queues: Sequence[Sequence[bytes]], expect: bytes) -> Run:
    """Each queue is one client's: a request follows the answer to the one before. Clients are
    spread over the servers.

    Raises RuntimeError when an answer is not 200 or does not hold `expect`.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_play(urls, queues, expect))


async def _play(urls: Sequence[str], queues: Sequence[Sequence[bytes]], expect: bytes) -> Run:
    places = [urlsplit(urls[n % len(urls)]) for n in range(len(queues))]
    streams = [await asyncio.open_connection(at.hostname, at.port) for at in places]
    times: list[float] = []

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, queue: Sequence[bytes]) -> None:
        for item in queue:
            began = time.perf_counter()
            writer.write(item)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            times.append(time.perf_counter() - began)
            if not head.startswith(b"HTTP/1.1 200") or expect not in body:
                raise RuntimeError(f"{head!r} {body[:500]!r}")
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client(*stream, queue) for stream, queue in zip(streams, queues, strict=True)))
    return Run(time.perf_counter() - began, times)
