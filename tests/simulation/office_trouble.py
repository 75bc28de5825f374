"""The office's disk is lost: a backup is put back, and what it does not have comes back from the tills."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Final

from pos.domain.certificate import Hand
from pos.domain.errors import Unreadable
from sync.office.rules import recovery
from tests.simulation.names import SUPERVISOR

if TYPE_CHECKING:
    from tests.simulation.disk_trouble import DiskTrouble
    from tests.simulation.house import House


_ONCE_MORE: Final = 0.4  # how often the restored disk is lost, too, and the same backup is put back again


class OfficeTrouble:
    """`over`: the house closes, and nothing is lost any more."""

    def __init__(self, house: House, disks: DiskTrouble) -> None:
        self._house, self._disks, self.world = house, disks, house.world
        self.over = False

    def restored(self) -> None:
        """A backup is made now, and put back a little later."""
        office = self._house.office
        if office.at_risk or any(made.disk.forked for made in self._house.machines):
            return  # of two disks that are one till, one at most can give back what it has
        office.back_up()
        self.world.spawn("supervisor of the office", self._put_back, self._house.people)

    def _put_back(self) -> None:
        self.world.sleep(self.world.random.uniform(0.5, 8.0))
        office = self._house.office
        times = 0
        while self._may_be_lost() and (not times or self.world.chance(_ONCE_MORE)):
            office.restore()
            times += 1
            self.world.sleep(self.world.random.uniform(1.0, 5.0))
            office.start()
            patience = self.world.random.choice((0, 2, 1_000))  # looks at whether it has ended, before the disk fails
            while not self._ended() and (patience or not self._may_be_lost()):
                patience = max(0, patience - 1)
                self.world.sleep(3.0)
            self.world.sleep(self.world.random.uniform(0.5, 8.0))
        while office.recovering and not self._ended():
            self.world.sleep(3.0)
        office.at_risk = False

    def _may_be_lost(self) -> bool:
        """A till that was enrolled twice since has facts under a number that is nobody's any more: the honest limit."""
        office = self._house.office
        new = Counter(hand.till for hand in office.tills().keys() - office.tills_backed_up().keys())
        return not self.over and max(new.values(), default=0) < 2

    def _ended(self) -> bool:
        """As docs/backup.md says it: whether rights are granted again."""
        office = self._house.office
        if not office.up or not self._all_known():
            return False
        office.absorb_again()
        try:
            with office.writing() as connection:
                waits = recovery.waited_for(connection)
            without = [hand.name for hand in waits if self._will_not_tell(hand)]
            office.end_restore(SUPERVISOR, without)
        except recovery.CannotEnd as not_yet:
            self.world.note(f"the restore goes on: {not_yet}")
            return False
        except Unreadable as error:
            if "order" in str(error):
                raise AssertionError(f"an order cannot be imported again: {error}") from error
            self.world.note(f"left out: {error}")  # an area is in use by now, or a plan
            return False
        self.world.deeds["restore ended"] += 1
        self.world.note("the restore has ended" + (f", without {', '.join(without)}" if without else ""))
        return True

    def _all_known(self) -> bool:
        """Whether the office knows all tills; those that it has forgotten are enrolled anew, where they stand."""
        unknown = [
            cashier
            for cashier in self._house.cashiers
            if cashier.machine.incarnation and not self._house.office.knows(cashier.machine.hand)
        ]
        for cashier in unknown:
            if not cashier.forgotten:
                cashier.forgotten = True
                cashier.machine.kill("switched off to be enrolled anew")
        return not unknown

    def _will_not_tell(self, hand: Hand) -> bool:
        """Whether somebody can attest for it: no counter has such a till tonight, its PC never heard that it was
        enrolled, its disk is gone since before the backup, or all of its journal is here and it sells no more."""
        at_no_counter = all(made.name != hand.till for made in self._house.machines)
        if at_no_counter or hand in self._disks.gone_for_good():
            return True
        for made in self._house.machines:
            ledger = made.disk.ledgers().get(hand.incarnation) if made.name == hand.till else None
            if ledger is None:
                continue
            with closing(sqlite3.connect(ledger)) as db:
                (facts,) = db.execute("SELECT count(*) FROM journal").fetchone()
                fenced = db.execute("SELECT value FROM meta WHERE key = 'fenced'").fetchone()
            ended = fenced is not None or ledger != made.disk.ledger
            return ended and self._house.office.tills()[hand] == facts
        of_till = [one for one in self._house.cashiers if one.machine.name == hand.till]
        return any(one.done and not one.machine.incarnation for one in of_till)
