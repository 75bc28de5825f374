"""`housefull seal` and `housefull journal`: a till's journal as a file, sealed or as a mere copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pos.app.counter import SystemClock, TicketCodes
from pos.devices.worker.absent import AbsentTerminal
from pos.devices.worker.printers import Printers
from pos.domain.certificate import Hand
from pos.domain.facts import Fact
from pos.store import LEDGER, REPLICA
from pos.store.identity import FolderLock, Identity, IdentityLost, MarkFile, TillKeys, read_identity
from pos.store.journal import JournalUnreadable, check_ledger, reading
from pos.store.replica import PlanCache
from pos.till.counter.sealing import CannotSeal, seal
from pos.till.desk import Desk
from pos.till.outside import Outside
from pos.till.ports import ClaimAnswer, LeftDrawer, LineDown, LinkState, OfficeLine, Releasable
from sync.agent import JournalFile

__all__ = ["CannotSeal", "JournalUnreadable", "copy_journal", "end", "seal_folder"]

_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Copied:
    """What a file holds. `open_shift`: the drawer of this shift still has to be counted."""

    till: str
    incarnation: int
    facts: int
    sealed: bool
    open_shift: str = ""


def seal_folder(folder: Path, out: Path) -> Copied:
    """Seal the ledger of a data folder for good, then write its journal to `out`.

    Raises CannotSeal, JournalUnreadable, FolderInUse, OSError, RuntimeError, Refused("storage_failed").
    """
    if not folder.is_dir():
        raise CannotSeal(f"{folder} is not a folder")
    lock = FolderLock(folder)
    try:
        identity = read_identity(folder)
        if identity is None or not identity.till:
            raise CannotSeal(f"{folder} is not the data folder of a till")
        with JournalFile(out) as file:  # a place that cannot be written is found before anything is sealed
            shift = end(folder, identity)
            return _copy(folder / LEDGER, file, sealed=True, open_shift=shift)
    except IdentityLost as error:
        raise CannotSeal(str(error)) from error
    finally:
        lock.release()


def copy_journal(ledger: Path, out: Path) -> Copied:
    """Write the journal of a ledger, or of a copy of one, to `out`; it is only read.

    Raises JournalUnreadable, OSError.
    """
    with JournalFile(out) as file:
        return _copy(ledger, file, sealed=False)


def end(folder: Path, identity: Identity) -> str:
    """Seal the ledger of a data folder; the shift that is still open, "" for none.

    The folder's lock must be held. Raises CannotSeal, JournalUnreadable, IdentityLost, RuntimeError,
    Refused("storage_failed").
    """
    keys = TillKeys(identity)
    keys.public()  # a folder without its key is a copy
    check_ledger(folder / LEDGER)
    desk = Desk(
        Outside(
            till=identity.till,
            incarnation=identity.incarnation,
            locale="en",
            ledger=folder / LEDGER,
            replica=folder / REPLICA,
            plans=PlanCache(),
            office=NoOffice(),
            printers=Printers({}, None, lambda name, state: None),
            terminal=AbsentTerminal(),
            keys=keys,
            mark=MarkFile(identity.state_folder),
            clock=SystemClock(),
            entropy=TicketCodes(),
        )
    )
    desk.start()
    try:
        desk.submit(lambda: seal(desk)).result()
        return desk.submit(lambda: shift.id if (shift := desk.ledger.open_shift()) else "").result()
    finally:
        desk.stop()


def _copy(ledger: Path, file: JournalFile, *, sealed: bool, open_shift: str = "") -> Copied:
    with reading(ledger) as journal:
        number, _ = journal.head()
        first = journal.facts_after(0, 1)
        if not first:
            raise JournalUnreadable(f"there are no facts in {ledger}")
        fact = Fact.from_bytes(first[0].envelope)
        file.begin(fact.till, fact.incarnation, number, sealed=sealed)
        at = 0
        while at < number:  # a till that is open meanwhile may go on
            page = journal.facts_after(at, min(_PAGE, number - at))
            file.add(page)
            at = page[-1].number
        file.finish()
    return Copied(fact.till, fact.incarnation, number, sealed, open_shift)


class NoOffice:
    """A till that is only opened to be sealed has no line. Fulfils the till's port."""

    def claim(
        self, show: str, places: Sequence[str], *, whole: bool, wait_s: float, sold: bool = False, held: bool = False
    ) -> Future[ClaimAnswer]:
        return _down()

    def allot(self, show: str, places: Sequence[str], short: Mapping[str, int], wait_s: float) -> Future[ClaimAnswer]:
        return _down()

    def releasable(
        self, till: str, places: Sequence[tuple[str, str]] | None, attested: Sequence[str]
    ) -> Future[Releasable]:
        return _down()

    def left_drawer(self, till: str) -> Future[LeftDrawer | None]:
        return _down()

    def look(self, what: str, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        return _down()

    def facts_waiting(self) -> None:
        """Nobody sends them from here."""

    def sync(self) -> Future[int]:
        return _down()

    def link(self) -> LinkState:
        return LinkState("offline", "no_office")

    def lines(self) -> Sequence[OfficeLine]:
        return ()

    def brought(self) -> Mapping[Hand, int]:
        return {}


def _down() -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(LineDown("no_office"))
    return future
