"""Enrolment: a one-time code makes a machine a till of its office.

Nothing is taken for done before a full snapshot is stored, users included, so that a
till that has joined can open its window without the office from then on.
"""

from __future__ import annotations

import base64
import binascii
import logging
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from pos.domain.errors import Unreadable
from pos.store.replica import PlanCache, ReplicaReader, ReplicaUnavailable, ReplicaWriter
from pos.till.ports import Keys
from sync import wire
from sync.agent import fetch
from sync.agent.carrier import Attempt, BadAddress, Carrier, check_url, tls_for
from sync.agent.link import Channel, Till
from sync.agent.trouble import Trouble, of_stranger, refusal_in

log = logging.getLogger(__name__)

ANSWER_S: Final = 10.0
_KEY_BYTES: Final = 32


class EnrolFailed(Exception):
    """The message is a sentence for the person at the till."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the till has to remember. `office_key` is the office's public key, base64."""

    till: str
    incarnation: int
    office_key: str
    url: str


def enrol(
    url: str,
    code: str,
    public_key: bytes,
    keys: Keys,
    replica: Path,
    *,
    ca_file: Path | None = None,
    allow_plain_http: bool = False,
) -> Enrolled:
    """Redeem `code` for the key pair (`public_key`: 32 raw bytes), then fetch everything into `replica`.

    The key pair should be stored before: should the answer get lost, the same code may be
    redeemed again by the same key only. Raises EnrolFailed.
    """
    try:
        address = check_url(url, allow_plain_http=allow_plain_http)
        carrier = Carrier(address, tls_for(address, ca_file))
        try:
            answer = _redeem(carrier, code, public_key)
            till = Till(answer.till, keys, lambda: answer.incarnation)
            _fetch(Channel(carrier, base64.b64decode(answer.office_key), till), answer.office_key, replica)
        finally:
            carrier.close()
    except BadAddress as error:
        raise EnrolFailed(str(error)) from error
    except Trouble as trouble:
        raise EnrolFailed(_sentence(url, trouble)) from trouble
    except Unreadable as error:
        raise EnrolFailed(f"What the office at {url} sent cannot be used: {error}") from error
    except ReplicaUnavailable as error:
        raise EnrolFailed(f"The office's data cannot be stored: {error}") from error
    log.info("enrolled as till %s, incarnation %d", answer.till, answer.incarnation)
    return Enrolled(answer.till, answer.incarnation, answer.office_key, address)


def _redeem(carrier: Carrier, code: str, public_key: bytes) -> wire.EnrolAnswer:
    """The answer is signed by the very key that it names; that key is pinned from here on."""
    request_id = secrets.token_hex(16)
    request = wire.EnrolRequest(code=code.strip(), public_key=base64.b64encode(public_key).decode())
    body = request.model_dump_json().encode()
    headers = {wire.H_REQUEST: request_id, "Content-Type": "application/json"}
    status, signature, data = carrier.exchange(
        "POST", "/v1/enrol", body, headers, time.monotonic() + ANSWER_S, Attempt()
    )
    if status != 200:
        if text := refusal_in(data).get("error"):
            raise Trouble("office_refuses", text)
        raise of_stranger(status, data, "the answer is not an office's")
    try:
        answer = wire.EnrolAnswer.model_validate_json(data)
        key = base64.b64decode(answer.office_key, validate=True)
        if len(key) != _KEY_BYTES:
            raise of_stranger(status, data, "the office's key is not 32 bytes long")
        Ed25519PublicKey.from_public_bytes(key).verify(
            base64.b64decode(signature), wire.signed_answer(request_id, status, data)
        )
    except (ValidationError, binascii.Error, InvalidSignature) as error:
        raise of_stranger(status, data, "the answer is not an office's") from error
    return answer


def _fetch(channel: Channel, office_key: str, replica: Path) -> None:
    plans = PlanCache()
    writer = ReplicaWriter(replica, office_key, plans)
    try:
        fetch.snapshot(channel, writer)
    finally:
        writer.close()
    reader = ReplicaReader(replica, plans)
    try:
        if not reader.season().users:
            raise Trouble("office_refuses", "its season has no users yet; nobody could sign in")
    finally:
        reader.close()


def _sentence(url: str, trouble: Trouble) -> str:
    match trouble.cause:
        case "office_refuses":
            return f"The office at {url} refuses: {trouble.detail}."
        case "not_our_office":
            return f"What answers at {url} is not a Housefull office: {trouble.detail}."
        case "no_network":
            return f"{url} cannot be reached from here: {trouble.detail}."
        case _:
            return f"No office answers at {url}: {trouble.detail}."
