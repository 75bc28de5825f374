"""A journal as lines of text: a header, then a fact a line, as `housefull-office absorb` takes them in.

A copy that grows with its till has a header that counts nothing: its facts go on until the file ends, and a last line
that has no end was being written when the power went, and is no fact.

What is personal of a fact is not to be read where copies lie: it is locked to the office's key.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from pos.domain.certificate import Hand
from pos.domain.facts import SignedFact, hash_of
from pos.domain.lockbox import lock

VERSION: Final = 1


class NoCopy(Exception):
    """A copy cannot go on now; the text says why, in words that are the same each time."""


def header_line(hand: Hand) -> bytes:
    """The first line of a growing copy."""
    return _line(
        {
            "housefull": "journal",
            "version": VERSION,
            "till": hand.till,
            "incarnation": hand.incarnation,
            "facts": 0,
            "sealed": False,
            "growing": True,
        }
    )


def read_header(line: bytes) -> Hand:
    """Whose journal it is. Raises ValueError for what is none."""
    try:
        value = json.loads(line)
        if (value["housefull"], value["version"]) != ("journal", VERSION):
            raise ValueError("of another kind")
        return Hand(str(value["till"]), int(value["incarnation"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("not the first line of a journal") from error


def fact_line(fact: SignedFact, office_key: bytes, fresh: bytes) -> bytes:
    """A fact as a line of a copy; `fresh` are 32 random bytes."""
    return _line(
        {
            "number": fact.number,
            "envelope": fact.envelope.decode(),
            "hash": fact.hash,
            "signature": base64.b64encode(fact.signature).decode(),
            **({"locked": lock(fact.beside.encode(), office_key, fresh)} if fact.beside else {}),
        }
    )


def read_fact(line: bytes) -> SignedFact:
    """The fact of a line, without what is locked; its hash fits its envelope, and nothing else is checked.
    Raises ValueError."""
    try:
        value = json.loads(line)
        envelope = str(value["envelope"]).encode()
        signature = base64.b64decode(value["signature"], validate=True)
        fact = SignedFact(int(value["number"]), envelope, str(value["hash"]), signature)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("not a fact's line") from error
    if hash_of(envelope) != fact.hash:
        raise ValueError(f"the hash of fact {fact.number} is not that of its text")
    return fact


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
