"""Joining an office: by its address and a one-time code, or an office of this till's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from pos.settings import write_settings
from pos.store import LEDGER, REPLICA
from pos.store.identity import FolderLock, Identity, TillKeys, new_identity, read_identity, write_identity
from sync.agent import EnrolFailed, Enrolled, enrol

__all__ = ["EnrolFailed", "join"]

# What a new till.toml says beside till and office: where devices would go.
DEVICES: Final = """\
# Devices. One that is left out is simply not there. For example:
#
# [printer.ticket]
# profile = "epson-tm-t88v"
# transport = "tcp://192.168.1.50:9100"
# layout = "ticket-standard"
#
# [printer.receipt]
# profile = "epson-tm-t88v"
# transport = "tcp://192.168.1.51:9100"
# layout = "receipt-standard"
#
# [drawer]
# via = "printer.receipt"
#
# The other tills on the local network: they help each other out while the office is away.
#
# [neighbours]
# listen = "0.0.0.0:9410"
# tills = ["T2=192.168.1.12:9410", "T3=192.168.1.13:9410"]
"""


def join(
    folder: Path,
    url: str,
    code: str,
    *,
    devices: str = DEVICES,
    ca_file: Path | None = None,
    plain_http: bool = False,
    embedded: bool = False,
) -> Enrolled:
    """Enrol the data folder and write its till.toml. Raises EnrolFailed, FolderInUse, IdentityLost.

    The key pair is stored before the code is redeemed, so that a lost answer can be asked
    for again. A ledger of an earlier enrolment is set aside, never deleted.
    """
    lock = FolderLock(folder)
    try:
        identity = read_identity(folder) or new_identity(folder)
        keys = TillKeys(identity)
        enrolled = enrol(url, code, keys.public(), keys, folder / REPLICA, ca_file=ca_file, allow_plain_http=plain_http)
        _set_aside(folder, identity, enrolled)
        write_identity(
            folder,
            replace(identity, till=enrolled.till, incarnation=enrolled.incarnation, office_key=enrolled.office_key),
        )
        write_settings(
            folder,
            enrolled.till,
            enrolled.url,
            devices,
            ca_file=ca_file,
            plain_http=plain_http,
            embedded=embedded,
        )
        return enrolled
    finally:
        lock.release()


def _set_aside(folder: Path, was: Identity, now: Enrolled) -> None:
    if not was.till or (was.till, was.incarnation, was.office_key) == (now.till, now.incarnation, now.office_key):
        return
    for name in (LEDGER, f"{LEDGER}-wal"):
        old = folder / name
        if old.exists():
            old.rename(folder / name.replace("ledger", f"ledger-{was.till}-{was.incarnation}"))
