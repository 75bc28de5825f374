"""The local network between tills: it carries what they say to each other, loses answers and cuts tills off."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from pos.domain.certificate import Certificate, Hand
from pos.till.ports import Wanted
from tests.unit.till.counter import Counter


@dataclass
class ToyLan:
    """Implements `pos.till.ports.Neighbours` for the till `asker`. What is asked is done at once."""

    asker: Hand
    others: dict[str, Counter] = field(default_factory=dict)
    deaf: set[str] = field(default_factory=set)  # tills that do not answer
    losing: set[str] = field(default_factory=set)  # tills whose certificates get lost
    asked: list[tuple[str, Wanted]] = field(default_factory=list)
    lost: list[Certificate] = field(default_factory=list)

    def idle(self, show: str, wait_s: float) -> Future[Mapping[str, tuple[str, ...]]]:
        found = {
            name: tuple(other.line.side.idle(self.asker, show).result(5))
            for name, other in self.others.items()
            if name not in self.deaf
        }
        return done(found)

    def ask(self, show: str, wanted: Mapping[str, Wanted], wait_s: float) -> Future[Sequence[Certificate]]:
        came: list[Certificate] = []
        for name, want in wanted.items():
            self.asked.append((name, want))
            given = self.others[name].line.side.pass_on(self.asker, show, want).result(5)
            (self.lost if name in self.losing else came).extend(given)
        return done(came)

    def evacuation(self, documents: Sequence[Any], told: Collection[str], wait_s: float) -> Future[Mapping[str, bool]]:
        heard = {till: till not in self.deaf for till in self.others if till not in told}
        for till in (till for till, hears in heard.items() if hears):
            self.others[till].line.side.evacuation(self.asker, documents).result(5)
        return done(heard)

    def present(self) -> Mapping[str, str]:
        return {name: "2027-03-01T17:30:00+01:00" for name in self.others if name not in self.deaf}

    def states(self) -> dict[str, dict[str, str]]:
        return {"neighbours": {"state": "ready", "text": ""}}


def done(value: Any) -> Future[Any]:
    done: Future[Any] = Future()
    done.set_result(value)
    return done
