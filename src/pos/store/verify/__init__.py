"""`housefull verify`: a till's data folder judged from outside.

The judging shares no code with the till that it checks: plain SQL, and a reading of
facts, plans and records of its own. Only where the key and the mark lie is asked of
`pos.store.identity`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, TextIO

from pos.store import LEDGER, REPLICA
from pos.store.identity import Identity, IdentityLost, MarkFile, TillKeys, read_identity
from pos.store.verify.closes import check_closes
from pos.store.verify.evidence import CannotRead, Evidence, Findings, read_ledger
from pos.store.verify.journal import read_journal
from pos.store.verify.passing import check_passing
from pos.store.verify.purses import check_purses
from pos.store.verify.replica import check_replica
from pos.store.verify.rows import check_rows
from pos.store.verify.stock import check_stock

VIOLATED: Final = 1
UNREADABLE: Final = 2


def report(folder: Path, out: TextIO) -> int:
    """Check a data folder and write a line per violation, then notes and a summary; the exit code.

    0: nothing wrong; 1: violations; 2: something that must be there is missing or damaged.
    Only reads, so it may run while the till is open.
    """
    found = Findings()
    try:
        evidence = _gather(folder, found)
        story = read_journal(evidence, found)
        check_rows(evidence, story, found)
        check_closes(evidence, story, found)
        check_passing(evidence, story, found)
        check_purses(evidence, story, found)
        check_stock(evidence, story, found)
    except CannotRead as error:
        out.write(f"cannot be checked: {error}\n")
        return UNREADABLE
    unreadable = ""
    try:
        check_replica(folder / REPLICA, evidence, story, found)
    except CannotRead as error:
        unreadable = str(error)
    out.writelines(f"{line}\n" for line in found.violations)
    out.writelines(f"note: {line}\n" for line in found.notes)
    pending = story.last - evidence.acknowledged
    if pending > 0:
        out.write(f"{pending} facts pending\n")
    if unreadable:
        out.write(f"cannot be checked: {unreadable}\n")
    aside = _set_aside(folder, out)
    if found.violations or aside:
        return VIOLATED
    if unreadable:
        return UNREADABLE
    out.write(
        f"till {evidence.till}.{evidence.incarnation}: no violation in {story.last} facts, "
        f"{len(story.shifts)} shifts, {len(story.sales)} sales, {len(story.tickets)} tickets\n"
    )
    return 0


def _set_aside(folder: Path, out: TextIO) -> int:
    """Check the ledgers of earlier enrolments, a line per violation and for what is pending; how many violations."""
    wrong = 0
    for manifest in sorted(folder.glob("ledger-*.json")):
        ledger = manifest.with_suffix(".db")
        found = Findings()
        try:
            was = Identity(**json.loads(manifest.read_text(encoding="utf-8")))
            evidence = read_ledger(ledger, was.till, was.incarnation, _key(was, found), None)
            story = read_journal(evidence, found)
            check_rows(evidence, story, found)
            check_closes(evidence, story, found)
        except (CannotRead, OSError, ValueError, TypeError) as error:
            out.write(f"note: {ledger.name} cannot be checked: {error}\n")
            continue
        wrong += len(found.violations)
        out.writelines(f"{line} ({ledger.name})\n" for line in found.violations)
        if story.last > evidence.acknowledged:
            out.write(f"{ledger.name}: {story.last - evidence.acknowledged} facts pending\n")
    return wrong


def _key(identity: Identity, found: Findings) -> bytes | None:
    try:
        return TillKeys(identity).public()
    except (IdentityLost, ValueError) as error:
        found.notes.append(f"signatures are not checked: {error}")
        return None


def _gather(folder: Path, found: Findings) -> Evidence:
    """Everything but the replica. Raises CannotRead."""
    if not folder.is_dir():
        raise CannotRead(f"{folder} is not a folder")
    try:
        identity = read_identity(folder)
    except IdentityLost as error:
        raise CannotRead(str(error)) from error
    if identity is None or not identity.till:
        raise CannotRead(f"{folder} is not a till's data folder: it has no identity of an enrolled till")
    key = _key(identity, found)
    # The mark is read first: a till at work writes it after the commit that it speaks of.
    mark = MarkFile(identity.state_folder).read()
    if mark is None:
        found.notes.append("the high-water mark is not on this machine: whether facts are missing cannot be told")
    return read_ledger(folder / LEDGER, identity.till, identity.incarnation, key, mark)
