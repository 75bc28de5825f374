"""The line between a till and its office: it loses, delays, repeats and reorders, and is cut in three ways.

`SimCarrier` stands where the agent has its sockets. Signatures, deadlines, retries and all
that follows from a lost answer are the agent's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from sync.agent.carrier import Attempt
from sync.agent.trouble import LinkClosed, Trouble
from tests.simulation.scheduler import Scheduler
from tests.simulation.threads import SimFuture, world

Answer = tuple[int, str, bytes]  # status, signature, body
Reply = Callable[[Answer], None]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: bytes
    headers: dict[str, str]


class Server(Protocol):
    def deliver(self, request: Request, reply: Reply) -> bool:
        """A request arrives. False: nobody listens. `reply` may never be called."""


@dataclass(frozen=True)
class Weather:
    """How a line behaves. `cut`: "" is up; "refused" fails at once; "silent" swallows both ways;
    "one_way" swallows answers only. `swallowed` are paths whose requests are never answered, as where only
    small packets pass."""

    cut: Literal["", "refused", "silent", "one_way"] = ""
    latency_s: float = 0.1
    lost: float = 0.0  # of requests, and of answers
    repeated: float = 0.0
    late: float = 0.0  # takes up to LATE_S instead
    swallowed: tuple[str, ...] = ()


FINE: Final = Weather()
LATE_S: Final = 6.0
REPEATED_S: Final = 20.0  # a repetition comes up to this much later


@dataclass
class Line:
    """One till's cable."""

    world: Scheduler
    name: str
    server: Server
    weather: Weather = FINE
    requests: int = 0
    repetitions: int = 0  # of requests, still on their way

    def change(self, weather: Weather) -> None:
        if weather.cut and weather.cut != self.weather.cut:
            self.world.fault(f"line {weather.cut}", f"{self.name}: line {weather.cut}")
        elif self.weather.cut and not weather.cut:
            self.world.note(f"{self.name}: line up")
        self.weather = weather

    def carry(self, request: Request, exchange: Exchange) -> None:
        """Send a request on its way."""
        self.requests += 1
        if self.weather.cut == "refused":
            self.world.at(self.world.now + 0.003, lambda: exchange.fail("connection refused"))
            return
        if request.path in self.weather.swallowed:
            return
        if self._loses("request"):
            self._break_off(exchange)
            return
        self._later(self._delay(), lambda: self._arrive(request, exchange.answer, exchange))
        if self.world.chance(self.weather.repeated):
            self.world.fault("request repeated", f"{self.name}: {request.path} repeated")
            self.repetitions += 1
            again = self.world.random.uniform(0.0, REPEATED_S if self.world.chance(0.5) else 0.2)
            self._later(again, lambda: self._repeat(request))

    def _arrive(self, request: Request, reply: Reply, exchange: Exchange | None) -> None:
        if self.weather.cut in ("refused", "silent"):
            return
        heard = self.server.deliver(request, lambda answer: self._answered(request, answer, reply, exchange))
        if not heard and exchange is not None:
            exchange.fail("connection refused")

    def _repeat(self, request: Request) -> None:
        self.repetitions -= 1
        self._arrive(request, lambda answer: None, None)

    def _answered(self, request: Request, answer: Answer, reply: Reply, exchange: Exchange | None) -> None:
        if self.weather.cut or self._loses(f"answer to {request.path}"):
            if exchange is not None:
                self._break_off(exchange)
            return
        self._later(self._delay(), lambda: self.weather.cut or reply(answer))

    def _break_off(self, exchange: Exchange) -> None:
        """What is lost shows as silence, or as a connection that breaks."""
        if self.world.chance(0.5):
            self._later(self._delay(), lambda: exchange.fail("it hung up without an answer", broken=True))

    def _loses(self, what: str) -> bool:
        if self.weather.cut or self.world.chance(self.weather.lost):
            if not self.weather.cut:
                self.world.fault(f"{what} lost", f"{self.name}: {what} lost")
            return True
        return False

    def _delay(self) -> float:
        if self.world.chance(self.weather.late):
            self.world.fault("message late")
            return self.world.random.uniform(0.5, LATE_S)
        return self.world.random.expovariate(1.0 / self.weather.latency_s)

    def _later(self, seconds: float, call: Callable[[], object]) -> None:
        self.world.at(self.world.now + seconds, lambda: call() and None)


class Exchange:
    """A request that waits for its answer."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.future: SimFuture[Answer] = SimFuture()

    def answer(self, answer: Answer) -> None:
        if not self.future.done():
            self.attempt.answered = True
            self.future.set_result(answer)

    def fail(self, why: str, *, broken: bool = False) -> None:
        if not self.future.done():
            self.attempt.broken = broken
            self.future.set_exception(Trouble("no_office", why))

    def close(self) -> None:
        if not self.future.done():
            self.future.set_exception(LinkClosed())


class SimCarrier:
    """Implements what the agent needs of `sync.agent.carrier.Carrier`. `url` is "sim://LINE"."""

    lines: dict[str, Line]  # of the world on stage, set by whoever builds the house

    def __init__(self, url: str, tls: Any, source: str = "") -> None:
        self._line = self.lines[url.removeprefix("sim://")]
        self._closed = False
        self._open: list[Exchange] = []

    def exchange(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
        deadline: float,
        attempt: Attempt,
        body_s: float = 0.0,
    ) -> Answer:
        here = world()
        here.current.process.check()
        if self._closed:
            raise LinkClosed
        attempt.new_connection = here.chance(0.5)
        exchange = Exchange(attempt)
        self._open.append(exchange)
        try:
            self._line.carry(Request(method, path, body, headers), exchange)
            if not here.wait_for(exchange.future, max(deadline, here.now + 0.05)):
                raise Trouble("no_office", "it does not answer in time")
            return exchange.future.result()
        finally:
            self._open.remove(exchange)

    def renew(self, *, cut: bool = True) -> None:
        """Connections from before an outage are given up, and what waits on them with them. Not `cut`: it comes to its
        end."""
        for exchange in tuple(self._open) if cut else ():
            exchange.attempt.let_go = True
            exchange.fail("it hung up without an answer", broken=True)

    def close(self) -> None:
        self._closed = True
        for exchange in tuple(self._open):
            exchange.close()
