"""The program on a simulated world: its time, threads and lots, and its sockets and ledger with places to die at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest import mock

from tests.simulation import machine
from tests.simulation.network import SimCarrier
from tests.simulation.scheduler import Scheduler
from tests.simulation.threads import on_stage

_TICK_S: Final = 2.0  # how often the office looks whether another program wrote; 0.1 when it is real

_REPLACED: Final[dict[str, Any]] = {
    "pos.till.desk.Ledger": machine.WatchedLedger,
    "sync.agent.agent.Carrier": SimCarrier,
    "sync.agent.agent.check_url": lambda url, allow_plain_http: url,
    "sync.agent.agent.tls_for": lambda url, ca_file: None,
    "sync.agent.enrol.Carrier": SimCarrier,
    "sync.agent.enrol.check_url": lambda url, allow_plain_http: url,
    "sync.agent.enrol.tls_for": lambda url, ca_file: None,
    "sync.office.api.pulse.TICK_S": _TICK_S,
}


@contextmanager
def played(here: Scheduler) -> Iterator[Scheduler]:
    """The program belongs to this world. Its lines are those of `SimCarrier.lines`, none at first."""
    SimCarrier.lines = {}
    with ExitStack() as undo:
        undo.enter_context(on_stage(here))
        for name, value in _REPLACED.items():
            undo.enter_context(mock.patch(name, value))
        yield here
