"""Who is at the till: PINs, lockout, roles."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.season import User
from pos.store import lockouts
from pos.till.desk import Desk

TRIES: Final = 5  # wrong PINs in a row
LOCKED_FOR: Final = timedelta(minutes=1)
_LANGUAGE: Final = "language:"  # before a user's id, in the ledger's small values


def users(desk: Desk) -> dict[str, Any]:
    """Who may sign in here, for the buttons of the PIN screen; `locked_until` of whom wrong PINs keep out now."""
    return {"users": [_shown(desk, user) for user in desk.season().users.values()]}


def _shown(desk: Desk, user: User) -> dict[str, Any]:
    shown = {"user": user.id, "name": user.name, "role": user.role}
    _, until = lockouts.of(desk.ledger.connection, user.id)
    return shown | ({"locked_until": until} if until and desk.clock.now() < datetime.fromisoformat(until) else {})


def sign_in(desk: Desk, *, user: str, pin: str, language: str = "") -> dict[str, Any]:
    """Raises Refused("wrong_pin" | "locked_out"). The basket and the shift stay as they are.

    `language` is theirs at this till from here on; without one it is what they chose last, else the season's.
    """
    desk.user = checked(desk, user, pin)
    if language and language != language_of(desk, desk.user):
        # A disk that does not take it keeps nobody out: it is asked for again the next time.
        with suppress(Refused), desk.unit():
            desk.ledger.put_meta(_LANGUAGE + user, language)
    shift = desk.ledger.open_shift()
    return {
        "user": desk.user.id,
        "name": desk.user.name,
        "role": desk.user.role,
        "language": language_of(desk, desk.user),
        "shift": shift.id if shift else None,
        "shift_since": shift.opened_at if shift else None,
        "shift_user": shift.cashier if shift else None,
    }


def language_of(desk: Desk, user: User) -> str:
    """The language of somebody's screen: what they chose here, else the season's for them, else the till's."""
    return desk.ledger.meta(_LANGUAGE + user.id) or user.language or desk.outside.locale


def screen_language(desk: Desk) -> str:
    """That of whoever is signed in. What is printed has the till's."""
    return language_of(desk, desk.user) if desk.user is not None else desk.outside.locale


def sign_out(desk: Desk) -> dict[str, Any]:
    """The till is locked; the basket stays with its owner's name on it."""
    desk.user = None
    return {}


def checked(desk: Desk, user: str, pin: str) -> User:
    """The user, if that is their PIN. Wrong tries are counted durably, also of unknown users."""
    wrong, until = lockouts.of(desk.ledger.connection, user)
    now = desk.clock.now()
    if until and now < datetime.fromisoformat(until):
        raise Refused("locked_out", user=user, until=until)
    known = desk.season().users.get(user)
    if known is not None and _matches(known.pin_hash, pin):
        if wrong:
            with desk.unit():
                lockouts.put(desk.ledger.connection, user, 0, "")
        return known
    wrong += 1
    locked = wrong % TRIES == 0
    with desk.unit():
        lockouts.put(desk.ledger.connection, user, wrong, (now + LOCKED_FOR).isoformat() if locked else "")
    if locked:
        raise Refused("locked_out", user=user, until=(now + LOCKED_FOR).isoformat())
    raise Refused("wrong_pin", user=user, tries_left=TRIES - wrong % TRIES)


def _matches(pin_hash: str, pin: str) -> bool:
    # Loaded at the first sign-in, not at start.
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False
