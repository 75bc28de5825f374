"""Who comes when a PC is broken: takes a ledger off its disk, declares tills dead, frees what they held."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from pos.app.sealing import CannotSeal, JournalUnreadable, copy_journal, seal_folder
from pos.domain.certificate import Hand
from pos.domain.errors import Refused
from sync.agent import EnrolFailed
from sync.office.rules import deaths, enrolment
from sync.office.rules.places import Key
from sync.office.rules.releasing import CannotRelease, Order, release
from tests.simulation.machine import Machine
from tests.simulation.names import SUPERVISOR, TILLS
from tests.simulation.office import SimOffice
from tests.simulation.paper import Paper
from tests.simulation.scheduler import Scheduler
from tests.simulation.threads import office_now

_TRIES: Final = 6  # with one code, which is good for a while only


def enrol(world: Scheduler, office: SimOffice, made: Machine, *, replace: bool) -> None:
    """A code at the office, redeemed at the till, as often as it takes: the answer may be lost."""
    while True:
        with office.writing() as connection:
            code = enrolment.offer(connection, made.name, int(office_now().timestamp()), replace=replace)
        for _ in range(_TRIES):
            try:
                made.enrol(code)
                return
            except EnrolFailed as failed:
                world.note(f"{made.label}: {failed}")
                world.sleep(5.0)
        replace = True  # the code is too old by now, and may have been redeemed: every answer was lost


def declare_dead(world: Scheduler, office: SimOffice, till: str) -> None:
    """`housefull-office dead TILL`."""
    with office.writing() as connection:
        deaths.declare(connection, till, int(office_now().timestamp()))
    world.deeds["till declared dead"] += 1
    world.note(f"{till} is declared dead")


def import_ledger(world: Scheduler, office: SimOffice, made: Machine) -> None:
    """`housefull seal` on the disk of a PC that does not start any more, `housefull-office absorb`, and another PC."""
    made.bury()
    file = made.disk.folder / "journal.jsonl"
    what = "ledger sealed and imported"
    try:
        seal_folder(made.disk.folder, file)
    except (CannotSeal, Refused) as not_sealed:
        # It is not known to be the only one, or there is no room on it for a last fact.
        world.note(f"{made.label}: {not_sealed}")
        what = "ledger imported, not sealed"
        try:
            copy_journal(made.disk.ledger, file)
        except JournalUnreadable as nothing:
            world.note(f"{made.label}: {nothing}")
            what = "ledger without facts"
    if file.exists():
        office.absorb(file)
    world.deeds[what] += 1
    world.note(f"{made.label}: {what}")
    made.disk.replace()


def attest(
    world: Scheduler,
    office: SimOffice,
    gone: Hand,
    pile: Iterable[Paper],
    sold: Iterable[dict[str, Any]],
    known: Iterable[Hand],
) -> bool:
    """Have the seats released that a lost PC had in hand and of which no paper is out; whether nothing is left.

    A supervisor looks at the customers' papers, and cannot tell the units of a standing area apart. Others are attested
    for by name, as people do it, and by number if they are `known` not to sell any more.
    """
    out = {match[1] + "-" + match[2] for slip in pile if (match := re.search(r"(\w+) (\w+)$", slip.place))}
    out |= {ticket["place"] for sale in sold for ticket in sale["tickets"]}
    places = frozenset(key for key in _quarantined(office.file, gone) if "#" not in key[1] and key[1] not in out)
    if not places:
        return True
    attested = frozenset(TILLS) | {hand.name for hand in known}
    order = Order(gone.till, places, attested, SUPERVISOR, "the disk is gone, the papers were looked at")
    try:
        with office.writing() as connection:
            release(connection, order, int(office_now().timestamp()))
    except CannotRelease as not_yet:
        world.deeds["release put off"] += 1
        world.note(f"{gone.name}: nothing is released: {not_yet}")
        return False
    world.deeds["dead till's places released"] += 1
    world.note(f"{gone.name}: released {sorted(places)}")
    return True


def _quarantined(office: Path, of: Hand) -> list[Key]:
    with closing(sqlite3.connect(office)) as db:
        return db.execute(
            "SELECT show_id, place FROM place_right WHERE holder = ? AND incarnation = ? AND state = 'QUARANTINE'",
            (of.till, of.incarnation),
        ).fetchall()
