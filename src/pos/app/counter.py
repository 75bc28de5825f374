"""One till put together: ledger, replica, agent, printers, and the front that faces use."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Final

from pos.app import devices, peripherals
from pos.app.backups import BackupSchedule
from pos.app.copying import AtNeighbour, Copying, Folder, Medium
from pos.app.copyreading import CopyReading, lying_in
from pos.app.drill.folder import DrillFolder
from pos.app.layouts import LayoutShelf, LayoutWork
from pos.app.machine import Machine
from pos.app.packs import FOLDER, PackWork
from pos.app.power import PowerWatch
from pos.app.reports import ReportWork
from pos.app.setup import DeviceSetup
from pos.data import printer_data
from pos.domain.certificate import Hand
from pos.domain.errors import Unreadable
from pos.domain.sale import TRAINING
from pos.settings import Settings
from pos.store import LEDGER, REPLICA
from pos.store.aside import Leftover, leftovers
from pos.store.copyshelf import CopyShelf
from pos.store.identity import FolderLock, Identity, IdentityLost, MarkFile, TillKeys, read_identity
from pos.store.replica import PlanCache
from pos.till.contingency import closing, levels
from pos.till.counter import scan
from pos.till.desk import Desk
from pos.till.front import Front
from pos.till.line import AgentSide
from pos.till.outside import Outside
from pos.till.setup import Cable
from sync.agent import Address, Agent

if TYPE_CHECKING:
    from pos.app.drill.faults import Drill, Faults

KEPT: Final = "copies"  # the folder of other tills' journals, within this one's
_CODE_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none looks like another
_CODE_LENGTH: Final = 12  # 60 bits


class SystemClock:
    """This machine's clocks."""

    def now(self) -> datetime:
        return datetime.now().astimezone()

    def boottime_s(self) -> float:
        # CLOCK_BOOTTIME also runs in suspend; where there is none, monotonic does on that system.
        clock = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if clock is None else time.clock_gettime(clock)


class TicketCodes:
    """Ticket codes from the system's randomness, all of which begin with `prefix`."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix

    def code(self) -> str:
        left = _CODE_LENGTH - len(self._prefix)
        return self._prefix + "".join(secrets.choice(_CODE_LETTERS) for _ in range(left))


class Till:
    """A running till. Close it, and what is unsent stays in its journal.

    With a `cable` it is for training: nothing that it sells, prints or charges is real, and its line may be cut. With
    a `drill` things fail in it as that has ordered.
    """

    def __init__(self, settings: Settings, cable: Cable | None = None, drill: Drill | None = None) -> None:
        """Open everything. Raises FolderInUse, IdentityLost, Unreadable, BadAddress or RuntimeError."""
        with ExitStack() as undo:
            undo.callback(FolderLock(settings.folder).release)
            identity = _enrolled(settings)
            keys = TillKeys(identity)
            keys.public()  # a key that is gone is said now, not at the first sale
            faults = drill.faults if drill is not None else None
            self._open_devices(settings, undo, training=cable is not None, faults=faults)
            self.backups = BackupSchedule(settings, self._device) if settings.backup is not None else None
            self.power = PowerWatch(self._mains)
            left = leftovers(settings.folder, identity.office_key)
            side = AgentSide(settings.folder / LEDGER, identity.incarnation)
            plans = PlanCache()
            places = [settings.folder / KEPT]
            if settings.copies is not None and settings.copies.to:
                places.append(settings.folder / settings.copies.to)
            self.agent = Agent(
                side,
                keys,
                SystemClock(),
                till=identity.till,
                url=settings.office_url,
                office_key=identity.office_key,
                replica=settings.folder / REPLICA,
                plans=plans,
                ca_file=settings.ca_file,
                allow_plain_http=settings.plain_http,
                source=settings.office_source,
                backups=[
                    Address(line.name, line.url, line.ca_file, line.plain_http, line.source)
                    for line in settings.office_backups
                ],
                neighbours=settings.neighbours.tills,
                listen=settings.neighbours.listen,
                leftovers=[one for one in left if not one.hindrance],
                copies=CopyShelf(settings.folder / KEPT, keys.unlock),
                kept=lambda: lying_in(places),
            )
            self.copies = self._copies(settings, identity)
            self.kept_copies = CopyReading(places, identity.till)
            undo.callback(self.kept_copies.close)
            self.desk = Desk(self._outside(settings, identity, keys, plans, left, cable, drill))
            side.serve(self.desk)
            self.desk.start()
            undo.callback(self.desk.stop)
            undo.callback(side.close)
            if self.copies is not None:
                self.copies.start()
                undo.callback(self.copies.stop)
            if self.backups is not None:
                self.backups.start()
                undo.callback(self.backups.stop)
            self.power.start()
            undo.callback(self.power.stop)
            # Devices end before the desk does: it still has to write down what became of their jobs.
            undo.callback(self.setup.close)
            undo.callback(self.packs.close)
            undo.callback(self.printers.close)
            undo.callback(self.terminal.close)
            undo.callback(self.readers.close)
            self.front = Front(self.desk)
            self.readers.start(self._read)
            if drill is not None:
                drill.exercise.begin(self.desk, self.front)
            self._undo = undo.pop_all()

    def _outside(
        self,
        settings: Settings,
        identity: Identity,
        keys: TillKeys,
        plans: PlanCache,
        left: Sequence[Leftover],
        cable: Cable | None,
        drill: Drill | None,
    ) -> Outside:
        return Outside(
            till=identity.till,
            incarnation=identity.incarnation,
            locale=settings.locale,
            ledger=settings.folder / LEDGER,
            replica=settings.folder / REPLICA,
            plans=plans,
            office=self.agent,
            printers=self.printers,
            terminal=self.terminal,
            keys=keys,
            mark=MarkFile(identity.state_folder),
            clock=SystemClock(),
            entropy=TicketCodes(TRAINING if cable is not None else ""),
            cable=cable,
            neighbours=self.agent.neighbours,
            machine=Machine(settings, identity, keys.where),
            leftovers=left,
            layouts=self.layouts,
            reports=self.reports,
            packs=self.packs,
            devices=[self.readers] if self.display is None else [self.readers, self.display],
            customer=peripherals.customer(settings, self.display),
            setup=self.setup,
            backups=self.backups,
            power=self.power,
            copies=self.copies,
            kept_copies=self.kept_copies,
            drills=DrillFolder(settings.folder) if cable is None else None,
            exercise=drill.exercise if drill is not None else None,
            members=settings.scanner.members if settings.scanner is not None else "",
        )

    def _copies(self, settings: Settings, identity: Identity) -> Copying | None:
        """Where the journal is copied to while the till sells; None for nowhere."""
        if settings.copies is None:
            return None
        hand = Hand(identity.till, identity.incarnation)
        office_key = base64.b64decode(identity.office_key)
        media: list[Medium] = []
        if settings.copies.to:
            to, same = settings.folder / settings.copies.to, settings.copies.same_disk
            media.append(Folder(to, settings.folder, hand, office_key, same_disk=same))
        if (neighbours := self.agent.neighbours) is not None:
            media += [AtNeighbour(till, neighbours, office_key) for till in settings.copies.neighbours]
        return Copying(media, settings.folder / LEDGER, settings.copies.wait_ms, self._device)

    def _open_devices(self, settings: Settings, undo: ExitStack, *, training: bool, faults: Faults | None) -> None:
        """They end with `undo`, also when what follows cannot be opened. Raises Unreadable."""
        self._shelf = LayoutShelf(printer_data("layouts"), settings.folder / "layouts")
        self.layouts = LayoutWork(self._shelf, printer_data("samples.toml"), devices.fonts)
        undo.callback(self.layouts.close)
        self.reports = ReportWork(devices.fonts)
        undo.callback(self.reports.close)
        self.packs = PackWork(settings.folder / FOLDER, lambda: self.reports.face, training=training)
        undo.callback(self.packs.close)
        self._watches = devices.device_watches(settings)
        self.printers = devices.printers(
            settings, self._shelf, self._device, self._watches, self._drawer, training=training, faults=faults
        )
        undo.callback(self.printers.close)
        self.terminal = devices.terminal(
            settings, self._device, self._watches["terminal"], training=training, faults=faults
        )
        undo.callback(self.terminal.close)
        self.readers = peripherals.readers(settings, self._device, self._watches)
        undo.callback(self.readers.close)
        self.display = peripherals.display(settings, self._device, self._watches)
        if self.display is not None:
            undo.callback(self.display.close)
        self.setup = DeviceSetup(
            settings,
            self.printers,
            self._watches,
            makers=lambda fresh: devices.printer_makers(fresh, self._shelf, self._watches, training=training),
            drawer=lambda fresh: devices.drawer_place(fresh, self._watches),
            check=devices.check_others,
            layouts=self._shelf.names,
            numbered=devices.numbered,
        )

    def go_online(self) -> None:
        """Begin to push and pull, and to watch how well that goes. Call it when events can be heard."""
        levels.watch(self.desk)
        self.desk.post(lambda: closing.watch(self.desk))
        self.agent.start()
        self._undo.callback(self.agent.stop)

    def _device(self, name: str, state: str, text: str) -> None:
        if name in self._watches:
            self._watches[name].changed()
        desk: Desk | None = getattr(self, "desk", None)
        if desk is not None:  # a printer may speak while the till is still being put together
            desk.post(lambda: desk.emit("device", name=name, state=state, text=text))

    def _drawer(self, state: str, by: str, open_s: float) -> None:
        self._watches["drawer"].did(f"{state.replace('_', ' ')}, opened by {by}")
        desk: Desk | None = getattr(self, "desk", None)
        if desk is not None:
            desk.post(lambda: desk.emit("drawer", state=state, by=by, open_s=round(open_s)))

    def _mains(self, mains: bool) -> None:
        self.desk.post(lambda: self.desk.emit("power", mains=mains))

    def _read(self, name: str, text: str, taken: Callable[[], None]) -> None:
        self._watches[name].did("something was read")
        self.desk.post(lambda: scan.heard(self.desk, name, text, taken))

    def close(self) -> None:
        """End in the reverse order: agent, devices, desk, lock."""
        self._undo.close()


def _enrolled(settings: Settings) -> Identity:
    folder = settings.folder
    identity = read_identity(folder)
    if identity is None or not identity.till:
        raise IdentityLost(f"{folder} is not enrolled: run housefull --data {folder} --enrol URL CODE")
    if settings.till != identity.till:
        raise Unreadable(str(settings.file), "till.id", f"is {settings.till}, but it is enrolled as {identity.till}")
    return identity
