"""Joining an office: by its address and a one-time code, or an office of this till's own."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

from pos.app.sealing import CannotSeal, JournalUnreadable, end
from pos.domain.errors import Refused
from pos.settings import BadSettings, write_settings
from pos.store import REPLICA
from pos.store.aside import set_aside
from pos.store.identity import (
    FolderLock,
    Identity,
    IdentityLost,
    TillKeys,
    new_identity,
    put_away,
    read_identity,
    write_identity,
)
from sync.agent import EnrolFailed, Enrolled, enrol

__all__ = ["EnrolFailed", "join"]

log = logging.getLogger(__name__)

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
# More addresses of the office, tried in this order when it cannot be reached:
#
# [[office.backup]]
# name = "4G"
# url = "https://office.example.net:8443"
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
    """Enrol the data folder and write its till.toml. Raises EnrolFailed, FolderInUse, OSError.

    The key pair is stored before the code is redeemed, so that a lost answer can be asked
    for again. A ledger of an earlier enrolment is set aside, never deleted.
    """
    lock = FolderLock(folder)
    try:
        was = _identity(folder)
        identity = was if was is not None and _has_key(was) else new_identity(folder)
        keys = TillKeys(identity)
        enrolled = enrol(url, code, keys.public(), keys, folder / REPLICA, ca_file=ca_file, allow_plain_http=plain_http)
        if was is None or not _same(was, enrolled):
            _end(folder, was)
        write_identity(
            folder,
            replace(identity, till=enrolled.till, incarnation=enrolled.incarnation, office_key=enrolled.office_key),
        )
        try:
            write_settings(
                folder,
                enrolled.till,
                enrolled.url,
                devices,
                ca_file=ca_file,
                plain_http=plain_http,
                embedded=embedded,
            )
        except BadSettings as error:
            # The same code may be given once more when a person has mended the file.
            raise EnrolFailed(str(error)) from error
        return enrolled
    finally:
        lock.release()


def _identity(folder: Path) -> Identity | None:
    """Who the folder is by now, None for nobody, or when that cannot be read any more."""
    try:
        return read_identity(folder)
    except IdentityLost as error:
        log.warning("%s", error)
        put_away(folder)
        return None


def _has_key(identity: Identity) -> bool:
    """False for a folder from another machine: it begins anew, with a key of its own."""
    try:
        TillKeys(identity).public()
    except IdentityLost as error:
        log.warning("%s", error)
        return False
    return True


def _same(was: Identity, now: Enrolled) -> bool:
    return (was.till, was.incarnation, was.office_key) == (now.till, now.incarnation, now.office_key)


def _end(folder: Path, was: Identity | None) -> None:
    """The ledger so far has ended. If it is the till's own, and not a copy of it, it says so itself: then
    what it held is free again. Whatever it is, it is kept, and what it has unsent will be sent."""
    if was is not None and was.till:
        try:
            end(folder, was)
        except (CannotSeal, JournalUnreadable, IdentityLost, Refused) as error:
            log.warning("the ledger so far is set aside unsealed: %s", error)
    set_aside(folder, was)
