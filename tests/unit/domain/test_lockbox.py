"""A box is read by the key that it was locked to, and by nobody else."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos.domain.lockbox import lock, unlock

SECRET = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(SECRET).public_key().public_bytes_raw()
FRESH = b"\x07" * 32


def test_what_is_locked_to_a_key_is_read_by_it_alone() -> None:
    box = lock("Ida Orsós".encode(), PUBLIC, FRESH)
    assert unlock(box, SECRET).decode() == "Ida Orsós"
    with pytest.raises(ValueError, match="not a box for this key"):
        unlock(box, bytes(32))


def test_two_boxes_of_one_text_have_nothing_in_common() -> None:
    one, two = lock(b"text", PUBLIC, FRESH), lock(b"text", PUBLIC, b"\x08" * 32)
    assert one != two
    assert one[44:] != two[44:], "what is behind the ephemeral key"


@pytest.mark.parametrize("box", ["", "AAAA", "no base64!", "é"])
def test_what_is_no_box_is_said_to_be_none(box: str) -> None:
    with pytest.raises(ValueError, match="not a box for this key"):
        unlock(box, SECRET)


def test_a_box_that_was_changed_is_none() -> None:
    box = lock(b"text", PUBLIC, FRESH)
    with pytest.raises(ValueError, match="not a box for this key"):
        unlock(box[:-6] + "AAAAA=", SECRET)
