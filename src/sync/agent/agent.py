"""The agent: the office, as the till sees it, on threads beside the till."""

from __future__ import annotations

import base64
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

from pos.domain.certificate import Hand
from pos.domain.errors import Unreadable
from pos.store.replica import LayoutMoved, PlanCache, ReplicaUnavailable, ReplicaWriter
from pos.till.ports import (
    ClaimAnswer,
    Clock,
    CopyKeeper,
    KeptCopy,
    Keys,
    Ledger,
    LeftDrawer,
    LineDown,
    LinkState,
    OfficeLine,
    Outbox,
    Releasable,
)
from sync.agent.claim import THREADS, Claims
from sync.agent.forward import Forwarder
from sync.agent.guard import Guard
from sync.agent.leftovers import Leftovers
from sync.agent.lines import Address, Lines
from sync.agent.link import Channel, Till
from sync.agent.loop import lasting_thread
from sync.agent.neighbour import Neighbours
from sync.agent.neighbour_window import NeighbourWindow
from sync.agent.probe import Prober
from sync.agent.pull import Puller
from sync.agent.push import Pusher
from sync.agent.recall import Recalls
from sync.agent.trouble import Trouble
from sync.agent.watch import LinkWatch

log = logging.getLogger(__name__)

STOP_S: Final = 3.0


class Agent:
    """Implements ports.Office. Nothing is opened or asked before `start`.

    `backups` are more addresses of the same office, in the order in which they are tried; `source` is what calls to
    `url` go out from. `office_key` is the pinned public key in base64, `plans` a cache to share with readers,
    `leftovers` are the journals of earlier incarnations that this office may still lack facts of.
    `neighbours` are other tills' addresses (HOST:PORT) on the local network, `listen` is where
    they ask this one; `copies` is where their journals are kept here, and `kept` which copies lie
    here now, to be sent to the office when their tills have fallen silent.
    Raises BadAddress for a URL or certificate file that cannot be used.
    """

    def __init__(
        self,
        ledger: Ledger,
        keys: Keys,
        clock: Clock,
        *,
        till: str,
        url: str,
        backups: Sequence[Address] = (),
        source: str = "",
        office_key: str,
        replica: Path,
        plans: PlanCache | None = None,
        ca_file: Path | None = None,
        allow_plain_http: bool = False,
        neighbours: Mapping[str, str] | None = None,
        listen: str | None = None,
        leftovers: Sequence[Outbox] = (),
        copies: CopyKeeper | None = None,
        kept: Callable[[], Iterable[KeptCopy]] | None = None,
    ) -> None:
        self._lines = Lines((Address("", url, ca_file, allow_plain_http, source), *backups), clock)
        self._ledger = ledger
        caller = Till(till, keys, lambda: ledger.incarnation)
        self._poll, self._push, self._claim, self._sync = (
            Channel(self._lines.carrier(patient=use != "poll"), base64.b64decode(office_key), caller)
            for use in ("poll", "push", "claim", "sync")
        )
        self._watch = LinkWatch(clock, self._link_changed, lambda: self._lines.name)
        self._writer = ReplicaWriter(replica, office_key, plans)
        self._workers = ThreadPoolExecutor(THREADS, "claim")
        self._syncing = ThreadPoolExecutor(1, "sync")
        guard = Guard(ledger)
        self._pusher = Pusher(self._push, ledger, self._watch, guard, self._lines)
        recalls = Recalls(self._claim, ledger, self._workers, self._pusher.facts_waiting)
        self._puller = Puller(self._poll, self._writer, ledger, self._watch, guard, self._pusher, recalls, self._lines)
        self._claims = Claims(self._claim, self._watch, self._workers)
        self.neighbours: Neighbours | None = None
        if neighbours or listen:
            window = NeighbourWindow(ledger, keys, till, listen, copies) if listen else None
            self.neighbours = Neighbours(ledger, caller, clock, neighbours or {}, window)
        self._leftovers = Leftovers(
            leftovers,
            lambda outbox: Channel(
                self._lines.carrier(),
                base64.b64decode(office_key),
                Till(outbox.till, outbox.keys, lambda: outbox.incarnation),
            ),
            self._watch,
        )
        probes = [Channel(way.carrier(), base64.b64decode(office_key), caller) for way in self._lines.ways]
        self._prober = Prober(self._lines, probes, self._watch, self._watch.told_again)
        self._forwarder: Forwarder | None = None
        if kept is not None:
            forwarding = Channel(self._lines.carrier(), base64.b64decode(office_key), caller)
            self._forwarder = Forwarder(forwarding, kept, lambda: Hand(till, ledger.incarnation), self._watch)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._puller.restored = self._restored
        self._lines.turned = self._turned
        self._watch.on_recovery(self._recovered)

    def _link_changed(self, link: LinkState) -> None:
        self._ledger.link_changed(link)
        if self.neighbours is not None:
            self.neighbours.link_changed(link)

    def _restored(self) -> None:
        self._leftovers.ask_anew()
        if self._forwarder is not None:
            self._forwarder.ask_anew()

    def _turned(self) -> None:
        self._watch.turned()
        self._pusher.facts_waiting()

    def _recovered(self) -> None:
        for channel in (self._push, self._claim, self._sync):
            channel.renew()
        self._pusher.facts_waiting()

    def start(self) -> None:
        """Begin to push and pull."""
        loops = [("push", self._pusher.run), ("pull", self._puller.run)]
        if self._leftovers.any:
            loops.append(("leftovers", self._leftovers.run))
        if len(self._lines.ways) > 1:
            loops.append(("probe", self._prober.run))
        if self._forwarder is not None:
            loops.append(("forward", self._forwarder.run))
        # The others would not take an alarm back, and the till sells without them.
        alarms = {name: partial(self._watch.refuses, name) for name in ("push", "pull")}
        self._threads = [lasting_thread(name, run, self._stopping, alarms.get(name)) for name, run in loops]
        for thread in self._threads:
            thread.start()
        if self.neighbours is not None:
            self.neighbours.start()

    def stop(self) -> None:
        """End everything within about STOP_S; what is not sent yet stays in the journal."""
        deadline = time.monotonic() + STOP_S
        self._stopping.set()
        self._pusher.stop()
        self._puller.stop()
        self._leftovers.stop()
        self._prober.stop()
        if self._forwarder is not None:
            self._forwarder.stop()
        for channel in (self._poll, self._push, self._claim, self._sync):
            channel.close()
        if self.neighbours is not None:
            self.neighbours.stop()
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._syncing.shutdown(wait=False, cancel_futures=True)
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.0))
            if thread.is_alive():
                log.warning("the %s thread did not end in time; it ends with the program", thread.name)
        self._writer.close()

    # ---- ports.Office ----------------------------------------------------------------------

    def claim(
        self, show: str, places: Sequence[str], *, whole: bool, wait_s: float, sold: bool = False, held: bool = False
    ) -> Future[ClaimAnswer]:
        """Ask for rights. Fails with LineDown, at once when the line is known to be down."""
        return self._claims.claim(show, places, whole=whole, wait_s=wait_s, sold=sold, held=held)

    def allot(self, show: str, places: Sequence[str], short: Mapping[str, int], wait_s: float) -> Future[ClaimAnswer]:
        """Ask for what an allotment lacks. Fails with LineDown."""
        return self._claims.allot(show, places, short, wait_s)

    def releasable(
        self, till: str, places: Sequence[tuple[str, str]] | None, attested: Sequence[str]
    ) -> Future[Releasable]:
        """Whether a dead till's places may be released. Fails with LineDown."""
        return self._claims.releasable(till, places, attested)

    def left_drawer(self, till: str) -> Future[LeftDrawer | None]:
        """The drawer that a till that has ended left with its shift open. Fails with LineDown."""
        return self._claims.left_drawer(till)

    def look(self, what: str, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        """What only the office knows. Fails with LineDown."""
        return self._claims.look(what, fields)

    def facts_waiting(self) -> None:
        """There is something new in the journal. Returns at once."""
        self._pusher.facts_waiting()

    def sync(self) -> Future[int]:
        """One full push and pull; the cursor. Fails with LineDown."""
        try:
            return self._syncing.submit(self._sync_now)
        except RuntimeError:  # stopped
            future: Future[int] = Future()
            future.set_exception(LineDown("no_office"))
            return future

    def _sync_now(self) -> int:
        try:
            # Asked first whether it is there at all: a push may wait long for an answer.
            self._puller.pull_all(self._sync)
            self._pusher.push_all()
            return self._puller.pull_all(self._sync)
        except Trouble as trouble:
            log.info("sync: %s", trouble)
            raise LineDown(trouble.cause) from trouble
        except (Unreadable, LayoutMoved, ReplicaUnavailable) as error:
            log.warning("sync: changes cannot be stored: %s", error)
            raise LineDown("office_refuses") from error

    def link(self) -> LinkState:
        """The line as last told. Never waits."""
        return self._watch.state

    def lines(self) -> Sequence[OfficeLine]:
        """The office's addresses as last seen. Never waits."""
        return self._lines.states()

    def brought(self) -> Mapping[Hand, int]:
        """How far the office is in journals whose copies lie here, as it last said. Never waits."""
        return dict(self._forwarder.office_has) if self._forwarder is not None else {}
