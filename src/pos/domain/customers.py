"""Customers: an optional record of a person, changed at any till, erased on request.

The laws:

* A change is a fact that carries the fields it changes, by value; what reaches the office last stands, field
  by field. What is personal of it lies beside the fact (`pos.domain.personal`).
* Tills are told what a counter needs: name, contact, language, member code. Notes and consents stay at the
  office, which tells them to whom may see them, when it is asked.
* Of two records of one person one stays: it takes what it lacks from the other, whose sales are its own then.
* Erasing takes name, contact, notes and consents from the register, and everything personal from the sales.
  What was sold, paid and given back stays, of nobody. The record's number stays too, so that a late fact
  about it is known for one.
"""

from __future__ import annotations

import re
from typing import Any, Final

from pos.domain.mask import scrub

FAMILY: Final = "customer"  # of what tills are told
REGISTER: Final = "customer_record"  # of what the office keeps for itself
LINES: Final = ("name", "email", "phone", "language", "member", "tax_number")
FIELDS: Final = (*LINES, "notes", "consent")
_TOLD: Final = ("name", "email", "phone", "language", "member", "tax_number")

Profile = dict[str, Any]


def cleaned(fields: Profile) -> Profile:
    """Fields as they are kept: trimmed, card numbers masked, "" for one that is taken away."""
    return {
        key: scrub(" ".join(value.split()) if key != "notes" else value.strip()) if isinstance(value, str) else value
        for key, value in fields.items()
        if key in FIELDS
    }


def changed(profile: Profile, fields: Profile) -> Profile:
    """A profile after a change; an empty field is one that it has not."""
    return {key: value for key, value in (profile | fields).items() if value not in ("", None)}


def merged(stays: Profile, goes: Profile) -> Profile:
    """One profile of two: the notes of both, and of all else the first's unless it has none."""
    notes = "\n".join(profile["notes"] for profile in (stays, goes) if profile.get("notes"))
    return goes | stays | ({"notes": notes} if notes else {})


def told(customer: str, profile: Profile) -> Profile:
    """What tills are told of a customer. `find` is what is searched."""
    kept = {key: profile[key] for key in _TOLD if profile.get(key)}
    digits = re.sub(r"\D", "", str(kept.get("phone", "")))
    words = [str(kept[key]).casefold() for key in ("name", "email", "member") if key in kept]
    return {"id": customer, **kept, "find": " ".join([*words, digits, customer.casefold()])}


def contact_of(profile: Profile) -> str:
    """Where to reach a customer: by e-mail, else by telephone."""
    return str(profile.get("email") or profile.get("phone") or "")


def fits(profile: Profile, words: list[str]) -> bool:
    """Whether all of these words, case-folded, are in what is searched."""
    return all(word in profile.get("find", "") for word in words)
