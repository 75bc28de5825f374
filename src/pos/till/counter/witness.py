"""A second person: whoever stands beside the one who is signed in and says so by a PIN of their own."""

from __future__ import annotations

from typing import Any

from pos.domain.errors import Refused
from pos.till.counter.people import checked
from pos.till.desk import Desk


def second(desk: Desk, witness: dict[str, Any] | None, *, needed: bool, what: str) -> str:
    """Who stands by, "" for nobody. One that is given is always checked.

    Raises Refused("check_needed") where two people are `needed`, ("not_allowed") for one and the same person,
    ("wrong_pin" | "locked_out").
    """
    if witness is None:
        if needed:
            raise Refused("check_needed", what=what, field="witness", reason="this takes two people, each with a PIN")
        return ""
    person = checked(desk, witness["user"], witness["pin"])
    if person.id == desk.signed_in().id:
        raise Refused("not_allowed", what=what, reason="a second person is somebody else")
    return person.id
