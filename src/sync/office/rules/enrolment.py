"""Enrolment: a one-time code, redeemed by a till's public key.

The code is stored as a hash only. Redeeming it again with the same key gives the same
answer, since the first answer may have been lost on the way.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from pos.domain.certificate import Hand
from pos.domain.facts import FIRST_HASH
from sync.office.clock import now_iso
from sync.office.rules import recovery, tills
from sync.office.store.tables import DOCUMENT, ENROL_CODE, TILL

VALID_S: Final = 24 * 3600
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is misread on a slip of paper
_GROUPS, _IN_GROUP = 4, 4  # 80 bits


class CannotEnrol(Exception):
    """`code` is stable (unknown_till, till_active, bad_code, expired); the text is for a person."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Enrolled:
    till: str
    incarnation: int


def _hash(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def offer(connection: Connection, till: str, now: int, *, replace: bool) -> str:
    """A new code for a till. Raises CannotEnrol; an ACTIVE till needs `replace`."""
    known = set(connection.execute(select(DOCUMENT.c.id).where(DOCUMENT.c.family == "till")).scalars())
    if till not in known:
        named = ", ".join(sorted(known)) or "none; import a season first"
        raise CannotEnrol("unknown_till", f"the season has no till {till!r} (it has: {named})")
    if not replace and _active(connection, till) is not None:
        raise CannotEnrol("till_active", f"till {till} is already enrolled; --replace fences the one that is")
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_IN_GROUP)) for _ in range(_GROUPS))
    connection.execute(delete(ENROL_CODE).where(ENROL_CODE.c.expires_at <= now))
    connection.execute(
        insert(ENROL_CODE).values(code_hash=_hash(code), till=till, expires_at=now + VALID_S, replaces=int(replace))
    )
    return code


def redeem(connection: Connection, code: str, public_key: bytes, now: int) -> Enrolled:
    """Make the till's next incarnation. Raises CannotEnrol; then nothing has changed."""
    row = connection.execute(
        select(ENROL_CODE).where(ENROL_CODE.c.code_hash == _hash(code)).with_for_update()
    ).one_or_none()
    if row is None:
        raise CannotEnrol("bad_code", "this enrolment code is not known")
    if row.public_key is not None:
        if row.public_key != public_key:
            raise CannotEnrol("bad_code", "this enrolment code has been used by another machine")
        return Enrolled(row.till, row.incarnation)
    if row.expires_at <= now:
        raise CannotEnrol("expired", "this enrolment code has expired; ask the office for another")
    before = _active(connection, row.till)
    if before is not None and not row.replaces:
        raise CannotEnrol("till_active", f"till {row.till} has been enrolled by another code meanwhile")
    if before is not None:
        tills.tell(connection, row.till, before, "FENCED", tills.fence(connection, row.till, before, now))
    last = connection.execute(select(func.max(TILL.c.incarnation)).where(TILL.c.id == row.till)).scalar()
    incarnation = (last or 0) + 1
    connection.execute(
        update(ENROL_CODE)
        .where(ENROL_CODE.c.code_hash == row.code_hash)
        .values(public_key=public_key, incarnation=incarnation)
    )
    recovery.enrolled(connection, Hand(row.till, incarnation))
    tills.enrol(connection, row.till, incarnation, public_key, FIRST_HASH, now_iso())
    return Enrolled(row.till, incarnation)


def known(connection: Connection, till: str) -> tuple[int, int] | None:
    """A till's latest incarnation and how many of its facts are here, None when it was never enrolled."""
    row = connection.execute(
        select(TILL.c.incarnation, TILL.c.applied).where(TILL.c.id == till).order_by(TILL.c.incarnation.desc()).limit(1)
    ).first()
    return (row.incarnation, row.applied) if row is not None else None


def _active(connection: Connection, till: str) -> int | None:
    return connection.execute(
        select(TILL.c.incarnation).where(TILL.c.id == till, TILL.c.state == "ACTIVE").with_for_update()
    ).scalar()
