"""A till that is gone: what the copy of its journal says of it, signed by its own key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos.domain.books import Posting, drawer, moved
from pos.domain.certificate import Hand, key_document
from pos.domain.facts import FIRST_HASH, Fact, SignedFact, hash_of
from pos.domain.journaltext import fact_line, header_line
from pos.domain.money import Money
from pos.store.copyfile import copy_name

_KEY: Final = Ed25519PrivateKey.from_private_bytes(b"\x05" * 32)


def key_of(till: str) -> dict[str, Any]:
    """The document by which the office tells of its key."""
    return key_document(Hand(till, 1), _KEY.public_key().public_bytes_raw())


def leave_copy(
    folder: Path,
    till: str,
    float_: str = "100.00",
    at: str = "2027-03-01T18:00:00+01:00",
    sale: dict[str, Any] | None = None,
) -> Path:
    """Its copy, in which a shift is open with that float, and something was sold."""
    hand, money = Hand(till, 1), Money.parse(float_, "EUR")
    opened = {"shift": f"{till}-1-S0001", "user": "anna", "float": float_}
    facts = [_fact(hand, 1, FIRST_HASH, at, "ShiftOpened", opened, moved("safe", drawer(till), money))]
    facts.append(_fact(hand, 2, facts[0].hash, at, "DrawerOpened", {"shift": opened["shift"], "reason": "change"}))
    if sale is not None:
        facts.append(_fact(hand, 3, facts[-1].hash, at, "TicketsSold", {"sale": sale}))
    folder.mkdir(exist_ok=True)
    path = folder / copy_name(hand)
    path.write_bytes(header_line(hand) + b"".join(fact_line(fact, b"", b"") for fact in facts))
    return path


def _fact(
    hand: Hand, number: int, last: str, at: str, kind: str, body: dict[str, Any], money: tuple[Posting, ...] = ()
) -> SignedFact:
    envelope = Fact(*hand, number, last, at, kind, money, (), body).to_bytes()
    digest = hash_of(envelope)
    return SignedFact(number, envelope, digest, _KEY.sign(digest.encode()))


def left_places(
    till: str, show: str, places: Sequence[str], *, waits_for: Sequence[tuple[str, int, str]] = (), incarnation: int = 1
) -> dict[str, Any]:
    """What the office tells of a machine that is gone and of what it has of a show."""
    return {
        "till": till,
        "incarnation": incarnation,
        "heard": "2027-03-01T17:20:00+00:00",
        "places": [{"show": show, "place": place, "state": "QUARANTINE"} for place in places],
        "waits_for": [{"till": name, "incarnation": number, "why": why} for name, number, why in waits_for],
    }
