"""Rights that pass from one till to another without the office, and the paper that proves it.

A certificate says that its giver has let go of some rights, durably and in favour of one
incarnation of one till: it names the fact by which it did. The receiver's own fact carries
it, so that the office can follow a right to where it is before it has heard from the giver.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pos.domain.rights import Token

_SIGNED_AS: Final = b"housefull-certificate\n"  # a till's key signs facts and requests, too


class Hand(NamedTuple):
    """One incarnation of a till: what may hold a right."""

    till: str
    incarnation: int

    @property
    def name(self) -> str:
        """ "T1.2", as in its facts' ids."""
        return f"{self.till}.{self.incarnation}"


def key_document(hand: Hand, public_key: bytes) -> dict[str, Any]:
    """How every till is told of another's public key (32 raw bytes)."""
    key = base64.b64encode(public_key).decode()
    return {"id": hand.name, "till": hand.till, "incarnation": hand.incarnation, "public_key": key}


def read_key(document: Mapping[str, Any]) -> tuple[Hand, bytes]:
    """Whose key, and the key. Raises KeyError or ValueError."""
    key = base64.b64decode(document["public_key"], validate=True)
    return Hand(str(document["till"]), int(document["incarnation"])), key


@dataclass(frozen=True, slots=True)
class PassedRight:
    """One right that passed, with the token that it has since."""

    show: str
    place: str
    token: Token


@dataclass(frozen=True, slots=True)
class Certificate:
    """`number` and `hash` are those of the giver's fact; `signature` is by the giver's key over `message`."""

    giver: Hand
    number: int
    hash: str
    receiver: Hand
    rights: tuple[PassedRight, ...]
    signature: bytes = b""

    def message(self) -> bytes:
        """What the giver signs: everything but the signature, in one canonical form."""
        body = {key: value for key, value in self.to_json().items() if key != "signature"}
        return _SIGNED_AS + json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def genuine(self, public_key: bytes) -> bool:
        """Whether the till with this key has signed it."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(self.signature, self.message())
        except (InvalidSignature, ValueError):
            return False
        return True

    def to_json(self) -> dict[str, Any]:
        return {
            "giver": list(self.giver),
            "number": self.number,
            "hash": self.hash,
            "receiver": list(self.receiver),
            "rights": [[right.show, right.place, *right.token] for right in self.rights],
            "signature": base64.b64encode(self.signature).decode(),
        }

    @classmethod
    def from_json(cls, value: object) -> Certificate:
        """Raises ValueError on anything that `to_json` would not have written."""
        match value:
            case {
                "giver": [str(giver), int(given_by)], "number": int(number), "hash": str(digest),
                "receiver": [str(receiver), int(taken_by)], "rights": [_, *_] as rights, "signature": str(signature),
            }:  # fmt: skip
                try:
                    signed = base64.b64decode(signature, validate=True)
                except binascii.Error as error:
                    raise ValueError(f"a certificate's signature is not base64: {error}") from error
                passed = tuple(_right(right) for right in rights)
                return cls(Hand(giver, given_by), number, digest, Hand(receiver, taken_by), passed, signed)
        raise ValueError("not a certificate")


def _right(value: object) -> PassedRight:
    match value:
        case [str(show), str(place), int(epoch), int(hop)] if hop > 0:
            return PassedRight(show, place, Token(epoch, hop))
    raise ValueError(f"{value!r} is not a right that passed")
