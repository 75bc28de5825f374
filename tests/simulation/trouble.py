"""Whoever breaks things in the simulated house: lines, tills, offices, folders, clocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sync.agent import EnrolFailed
from tests.simulation import machine, office, paper
from tests.simulation.disk_trouble import DiskTrouble
from tests.simulation.network import FINE, SimCarrier, Weather
from tests.simulation.office_trouble import OfficeTrouble
from tests.simulation.season_trouble import SeasonTrouble

if TYPE_CHECKING:
    from tests.simulation.house import House


class Trouble:
    """Trouble of some `kinds`; of every kind, in its usual measure, when none is named."""

    def __init__(self, house: House, kinds: Sequence[str] = ()) -> None:
        self._house, self.world = house, house.world
        disks, season = DiskTrouble(house), SeasonTrouble(house)
        self.office = OfficeTrouble(house, disks)
        usual: dict[str, tuple[Callable[[], None], int]] = {
            "weather": (self._weather, 40),
            "cut off": (self._everyone_cut_off, 8),
            "late": (self._everything_late, 6),
            "till dies": (self._till_dies, 26),
            "office dies": (self._office_dies, 12),
            "old folder": (disks.old_folder, 8),
            "disk full": (disks.full, 6),
            "broken PC": (disks.broken, 4),
            "disk gone": (disks.gone, 4),
            "clone": (disks.cloned, 4),
            "poison": (self._poison, 4),
            "prices": (season.prices, 4),
            "area": (season.area, 4),
            "plan": (season.plan, 2),
            "cancelled": (season.cancel, 2),
            "asleep": (self._asleep, 4),
            "clock": (self._clock_wrong, 5),
            "time": (self._time_passes, 8),
            "flapping": (self._flapping, 8),
            "lan": (self._lan, 8),
            "replaced": (self._replace, 6),
            "large packets": (self._large_packets, 2),
            "office restored": (self.office.restored, 5),
        }
        self._choice = [usual[kind] for kind in kinds or usual]

    def happen(self) -> None:
        """One thing goes wrong."""
        calls, weights = zip(*self._choice, strict=True)
        self.world.random.choices(calls, weights)[0]()

    def _weather(self) -> None:
        lots = self.world.random
        line = lots.choice(self._house.machines).line
        cut = lots.choice(("", "", "refused", "silent", "one_way"))
        line.change(
            Weather(
                cut=cut,
                latency_s=lots.choice((0.01, 0.1, 0.5)),
                lost=lots.choice((0.0, self._house.roughness, 0.2)),
                repeated=lots.choice((0.0, self._house.roughness, 0.2)),
                late=lots.choice((0.0, self._house.roughness, 0.2)),
            )
        )

    def _everyone_cut_off(self) -> None:
        for made in self._house.machines:
            made.line.change(Weather(cut=self.world.random.choice(("refused", "silent"))))

    def _everything_late(self) -> None:
        """A line so slow that answers overtake each other."""
        for made in self._house.machines:
            made.line.change(Weather(latency_s=0.3, late=0.4))

    def _till_dies(self) -> None:
        lots = self.world.random
        process = lots.choice(self._house.machines).process
        point = lots.choice(("at once", *machine.CRASHES, *paper.CRASHES))
        if point == "at once":
            lots.choice(self._house.machines).kill()
        elif not process.dead:
            process.doom(point, lots.randint(0, 2))

    def _office_dies(self) -> None:
        lots = self.world.random
        if not self._house.office.up:
            return
        if self.world.chance(0.3):
            self.world.fault("office killed", "the office is killed")
            self._house.office.process.kill()
        else:
            self._house.office.process.doom(lots.choice(office.CRASHES), lots.randint(0, 2))
        self.world.spawn("technician", lambda: self._restart_office(lots.uniform(3.0, 25.0)), self._house.people)

    def _restart_office(self, after_s: float) -> None:
        self.world.sleep(after_s)
        if not self._house.office.process.dead:
            self._house.office.process.doom("")
            return
        self.world.note("the office starts again")
        self._house.office.start()

    def _clock_wrong(self) -> None:
        made = self.world.random.choice(self._house.machines)
        made.set_clock(hours=self.world.random.choice((-24, -1, 0, 1, 24)))

    def _asleep(self) -> None:
        """A PC is suspended for the night, or for a minute."""
        made = self.world.random.choice(self._house.machines)
        if made.process.dead:
            return
        night = self.world.chance(0.5)
        self.world.fault("8 h suspend" if night else "suspend", f"{made.label} is suspended")
        if night:
            self.world.leap(8 * 3600.0)
        self.world.suspend(made.process, self.world.random.uniform(2.0, 60.0))

    def _poison(self) -> None:
        """A till of a newer version, or one that is damaged, writes what the office cannot read."""
        cashier = self.world.random.choice(self._house.cashiers)
        if cashier.fit:
            cashier.machine.poison(self.world.random.choice(("newer kind", "damaged body")))

    def _time_passes(self) -> None:
        minutes = self.world.random.choice((12, 60, 8 * 60, 72 * 60))
        self.world.fault(f"{minutes // 60} h pass" if minutes >= 60 else f"{minutes} min pass")
        self.world.leap(minutes * 60.0)

    def _lan(self) -> None:
        """The cable from one till to another."""
        lots = self.world.random
        lots.choice(self._house.cables).change(
            Weather(
                cut=lots.choice(("", "", "", "refused", "silent", "one_way")),
                latency_s=0.01,
                lost=lots.choice((0.0, 0.1, 0.3)),
                repeated=lots.choice((0.0, 0.2)),
                late=lots.choice((0.0, 0.1)),
            )
        )

    def _flapping(self) -> None:
        line = self.world.random.choice(self._house.machines).line
        self.world.fault("line flapping", f"{line.name}: line flapping")
        for _ in range(self.world.random.randint(4, 12)):
            line.change(Weather(cut=self.world.random.choice(("refused", "silent"))))
            self.world.run(self.world.random.uniform(0.3, 1.5))
            line.change(FINE)
            self.world.run(self.world.random.uniform(0.3, 1.5))

    def _large_packets(self) -> None:
        """Polls pass and facts do not, for longer than a queue may stand in silence."""
        line = self.world.random.choice(self._house.machines).line
        self.world.fault("only polls pass", f"{line.name}: only polls pass")
        line.change(Weather(swallowed=("/v1/push",)))
        self.world.run(self.world.random.uniform(20.0, 60.0))
        line.change(FINE)

    def _replace(self) -> None:
        """A PC is taken for lost and its till enrolled on another, while the lost one goes on selling somewhere."""
        lost = self.world.random.choice(self._house.cashiers)
        label = f"{lost.machine.name}b"
        there = not (lost.replaced or lost.broken or lost.machine.disk.gone)
        known = there and self._house.office.knows(lost.machine.hand)
        if not known or label in SimCarrier.lines or not self._house.office.up:
            return
        self.world.fault("till replaced while it sells", f"{lost.machine.label} is replaced by {label}")
        lost.replaced = True
        lost.machine.line.change(Weather(cut="silent"))
        new = self._house.furnish(lost.machine.name, label)
        try:
            self._house.enrol(new.machine, replace=True)
        except EnrolFailed as failed:
            self.world.note(f"{label}: {failed}")
            new.done = True
            return
        self.world.spawn(f"cashier of {label}", new.work, self._house.people)
