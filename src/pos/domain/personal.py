"""Personal data of facts: what a person may have forgotten, beside what is kept for ever.

The laws:

* A fact's envelope is immutable and hashed, so nothing personal is in it. What is personal is lifted out
  of the body before the envelope is made, and travels and is stored beside it, as a text of its own.
* The envelope keeps the text's seal: a SHA-256 over it. The text begins with a salt, so that nobody finds
  a name again by trying names against the seal.
* Whoever reads a fact puts back what lies beside it, if it is there and fits the seal. Where it has been
  erased the fact stands as it is: money, places and times stay true, and who it was is gone. So nothing
  may be required of a body that could have been erased.

Personal are the keys in `PERSONAL` of a body and of its `DOCUMENTS`, and `PERSONAL_OF_TICKET` of their tickets.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, Final

SEAL: Final = "personal"  # the body's key for the seal of what lies beside it
PERSONAL: Final = frozenset({"name", "contact", "buyer", "collected_by", "profile", "words", "to"})
DOCUMENTS: Final = ("sale", "refund", "order", "record")
PERSONAL_OF_TICKET: Final = frozenset({"name", "identity", "member"})

Body = dict[str, Any]
_Path = list[str | int]


def lift(body: Body, salt: Callable[[], str]) -> tuple[Body, str]:
    """The body as the envelope has it, and the text that lies beside it; the body itself and "" when nothing
    in it is personal. `salt` is asked only then."""
    values: list[tuple[_Path, Any]] = []
    plain = _without(body, [], values)
    for key in DOCUMENTS:
        document = body.get(key)
        if isinstance(document, dict):
            inner = _without(document, [key], values)
            if isinstance(document.get("tickets"), list):
                inner["tickets"] = [
                    _without(ticket, [key, "tickets", at], values, PERSONAL_OF_TICKET)
                    if isinstance(ticket, dict)
                    else ticket
                    for at, ticket in enumerate(document["tickets"])
                ]
            plain[key] = inner
    if not values:
        return body, ""
    text = json.dumps({"salt": salt(), "values": values}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return plain | {SEAL: seal(text)}, text


def _without(
    source: Body, path: _Path, values: list[tuple[_Path, Any]], keys: frozenset[str] = PERSONAL
) -> dict[str, Any]:
    """A copy without what is personal in it, which goes to `values`; empty values are no secret and no news."""
    values += [([*path, key], source[key]) for key in source if key in keys and source[key]]
    return {key: value for key, value in source.items() if key not in keys}


def seal(text: str) -> str:
    """The seal of what lies beside an envelope, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def fits(body: Body, text: str) -> bool:
    """Whether this is what was lifted out of that body."""
    return bool(text) and body.get(SEAL) == seal(text)


def restore(body: Body, text: str) -> Body:
    """The body with what lies beside it put back: a copy, or the body itself where nothing fits its seal."""
    if not fits(body, text):
        return body
    whole: Body = json.loads(json.dumps(body))
    try:
        for path, value in json.loads(text)["values"]:
            inner: Any = whole
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = value
    except (KeyError, TypeError, IndexError, ValueError):
        return body  # it fits the seal and is nonsense all the same: its till was not one of ours
    return whole


def forget(document: Body) -> Body:
    """A document, such as a sale's, without what is personal in it: a copy, which says that it was `erased`."""
    plain: Body = _without(document, [], [])
    if isinstance(document.get("tickets"), list):
        plain["tickets"] = [_without(ticket, [], [], PERSONAL_OF_TICKET) for ticket in document["tickets"]]
    return plain | {"erased": True}
