"""The program on a simulated world: its time, threads and lots, its sockets, its keyring, and places to die at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.simulation import machine
from tests.simulation.lan import LanCarrier, LanWindow
from tests.simulation.network import SimCarrier
from tests.simulation.scheduler import Scheduler
from tests.simulation.threads import FULL, office_now, on_stage, uuid, world

_TICK_S: Final = 2.0  # how often the office looks whether another program wrote; 0.1 when it is real
_ROUND_S: Final = 30.0  # between the greetings of tills that are cut off, of which nothing in an evening hangs


class _Clock:
    """Of a till that is opened only to be sealed."""

    def now(self) -> datetime:
        return office_now()

    def boottime_s(self) -> float:
        return world().now


def _generate() -> Ed25519PrivateKey:
    """A key from the seed's lots."""
    return Ed25519PrivateKey.from_private_bytes(world().random.randbytes(32))


_REPLACED: Final[dict[str, Any]] = {
    "pos.app.sealing.SystemClock": _Clock,
    "pos.store.identity._into_keyring": lambda install, secret: False,
    "pos.store.identity.uuid": uuid,
    "pos.till.desk.Ledger": machine.WatchedLedger,
    "sync.agent.agent.NeighbourWindow": LanWindow,
    "sync.agent.enrol.Carrier": SimCarrier,
    "sync.agent.enrol.check_url": lambda url, allow_plain_http: url,
    "sync.agent.enrol.tls_for": lambda url, ca_file: None,
    "sync.agent.lines.Carrier": SimCarrier,
    "sync.agent.lines.check_url": lambda url, allow_plain_http: url,
    "sync.agent.lines.tls_for": lambda url, ca_file: None,
    "sync.agent.neighbour.Carrier": LanCarrier,
    "sync.agent.presence.AWAY_S": _ROUND_S,
    "sync.agent.presence.RARELY_S": 20 * _ROUND_S,
    "sync.office.api.pulse.TICK_S": _TICK_S,
}


@contextmanager
def played(here: Scheduler, states: Path) -> Iterator[Scheduler]:
    """The program belongs to this world. `states`: where its machines have what lies outside of their data folders."""
    SimCarrier.lines, LanWindow.open = {}, {}
    FULL.clear()
    with ExitStack() as undo:
        undo.enter_context(on_stage(here))
        for name, value in _REPLACED.items():
            undo.enter_context(mock.patch(name, value))
        undo.enter_context(mock.patch("pos.store.identity.user_state_path", return_value=states))
        undo.enter_context(mock.patch.object(Ed25519PrivateKey, "generate", _generate))
        yield here
