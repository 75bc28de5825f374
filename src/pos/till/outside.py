"""What the composition root gives the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pos.store.aside import Leftover
from pos.store.replica import PlanCache
from pos.till.making import ReportFiles
from pos.till.packing import PackFiles
from pos.till.ports import (
    Clock,
    Customer,
    Devices,
    Entropy,
    Keys,
    Mark,
    Neighbours,
    Office,
    Printers,
    Terminal,
)
from pos.till.setup import Backups, Cable, Copies, DeviceSetup, Drills, Exercise, KeptCopies, Machine, Power
from pos.till.shelf import Layouts


@dataclass(frozen=True)
class Outside:
    """Ports of everything that is not the till's own, and which till it is."""

    till: str
    incarnation: int
    locale: str
    ledger: Path
    replica: Path
    plans: PlanCache
    office: Office
    printers: Printers
    terminal: Terminal
    keys: Keys
    mark: Mark
    clock: Clock
    entropy: Entropy
    neighbours: Neighbours | None = None
    machine: Machine | None = None  # this installation, for the diagnostics
    leftovers: Sequence[Leftover] = ()  # ledgers of earlier enrolments
    devices: Sequence[Devices] = ()  # those that only read or show
    setup: DeviceSetup | None = None
    layouts: Layouts | None = None
    reports: ReportFiles | None = None
    packs: PackFiles | None = None  # paper packs
    customer: Customer | None = None
    backups: Backups | None = None
    copies: Copies | None = None
    kept_copies: KeptCopies | None = None
    power: Power | None = None
    cable: Cable | None = None  # a training till's line; None where what is sold is real
    drills: Drills | None = None  # those that are held beside this till; None in training
    exercise: Exercise | None = None  # the drill that a training till is there for
    members: str = ""  # what scanned codes of member cards begin with, empty when there are none
