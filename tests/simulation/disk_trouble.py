"""What happens to disks: an old folder, a full one, a broken PC, a disk that is gone, a disk that is cloned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.domain.certificate import Hand
from tests.simulation import technician
from tests.simulation.network import SimCarrier, Weather

if TYPE_CHECKING:
    from tests.simulation.house import House
    from tests.simulation.people.cashier import Cashier


class DiskTrouble:
    """No disk is lost while the office may be forgetting: what both lose is lost, which is the honest limit."""

    def __init__(self, house: House) -> None:
        self._house, self.world = house, house.world
        self._gone: list[Hand] = []

    def gone_for_good(self) -> list[Hand]:
        """Whose disk is gone, and of whom no copy sells."""
        return [hand for hand in self._gone if not self._has_a_twin(hand)]

    def _somebody(self) -> Cashier | None:
        """Whose PC it is: one that has joined and runs, and is not taken for lost."""
        fit = [one for one in self._house.cashiers if one.fit]
        return self.world.random.choice(fit) if fit else None

    def old_folder(self) -> None:
        """A backup is made now, and put back a little later."""
        if self._house.office.at_risk or (cashier := self._somebody()) is None:
            return
        made = cashier.machine
        made.disk.back_up()

        def restore() -> None:
            self.world.sleep(self.world.random.uniform(2.0, 8.0))
            if cashier.fit and not self._house.office.at_risk:
                made.kill("killed for a restore")
                made.disk.restore()

        self.world.spawn("restores", restore, self._house.people)

    def full(self) -> None:
        """The ledger's disk, or the one with the mark, is full for some seconds."""
        if (cashier := self._somebody()) is None:
            return
        disk = cashier.machine.disk
        disk.fill(mark=self.world.chance(0.3))

        def make_room() -> None:
            self.world.sleep(self.world.random.uniform(0.5, 8.0))
            disk.make_room()

        self.world.spawn("makes room", make_room, self._house.people)

    def broken(self) -> None:
        """The PC does not start any more; its disk can be read."""
        cashier = self._somebody()
        if cashier is not None and not cashier.machine.disk.forked and self._house.office.knows(cashier.machine.hand):
            cashier.machine.kill("broken")
            cashier.broken = True

    def gone(self) -> None:
        """The PC is gone with its disk. What the till held is freed when everybody has been heard."""
        if self._house.office.at_risk or (cashier := self._somebody()) is None:
            return
        made = cashier.machine
        gone = made.hand
        made.kill("lost with its disk")
        made.bury()
        made.disk.lose()
        self._gone.append(gone)
        self.world.spawn("supervisor", lambda: self._have_released(cashier, gone), self._house.people)

    def _have_released(self, cashier: Cashier, gone: Hand) -> None:
        made = cashier.machine
        while not cashier.closing:
            self.world.sleep(4.0)
            if made.disk.gone or self._has_a_twin(gone):
                continue
            known = self.gone_for_good()
            if technician.attest(self.world, self._house.office, gone, made.pile, cashier.sold, known):
                return

    def _has_a_twin(self, gone: Hand) -> bool:
        """A copy of that PC still sells: nobody would sign that its places are free."""
        return any(one.incarnation == gone.name and not one.done for one in self._house.cashiers)

    def cloned(self) -> None:
        """A copy of the disk, mark and key goes on selling somewhere, cut off until it is found out."""
        cashier = self._somebody()
        if cashier is None or cashier.machine.disk.forked or self._house.office.at_risk:
            return
        label = f"{cashier.machine.name}c"
        if label in SimCarrier.lines:
            return
        clone = self._house.furnish(cashier.machine.name, label)
        clone.machine.line.change(Weather(cut="silent"))
        clone.machine.disk.copy_from(cashier.machine.disk)
        clone.replaced = True  # once it is found out it is switched off
        clone.drawer = cashier.drawer
        self.world.spawn(f"cashier of {label}", clone.work, self._house.people)
