"""Texts that only the holder of one key can read: what is personal in a copy of a journal, and copies on their way.

Tills and offices have Ed25519 keys, which sign. The same pair agrees on a secret over X25519, by the birational map of
RFC 7748 section 4.1, as libsodium's `crypto_sign_ed25519_*_to_curve25519` have it. A box is an ephemeral public key
and the text under ChaCha20-Poly1305, whose key is drawn by HKDF from the agreed secret and both public keys. That key
is used once, so its nonce is zero.

The library is imported where it is used: a till that copies nothing starts without it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final

_P: Final = 2**255 - 19
_NONCE: Final = bytes(12)
_KEY: Final = 32


def lock(text: bytes, signing_public: bytes, fresh: bytes) -> str:
    """A box for the holder of that Ed25519 key (32 raw bytes), as base64. `fresh` are 32 random bytes of this call."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    to = _montgomery(signing_public)
    once = X25519PrivateKey.from_private_bytes(fresh)
    public = once.public_key().public_bytes_raw()
    secret = once.exchange(X25519PublicKey.from_public_bytes(to))
    sealed = ChaCha20Poly1305(_drawn(secret, public, to)).encrypt(_NONCE, text, None)
    return base64.b64encode(public + sealed).decode()


def unlock(box: str, signing_secret: bytes) -> bytes:
    """What is in a box that was locked to the public half of this Ed25519 key (32 raw bytes). Raises ValueError."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    own = X25519PrivateKey.from_private_bytes(hashlib.sha512(signing_secret).digest()[:_KEY])
    try:
        raw = base64.b64decode(box, validate=True)
        public, sealed = raw[:_KEY], raw[_KEY:]
        secret = own.exchange(X25519PublicKey.from_public_bytes(public))
        key = _drawn(secret, public, own.public_key().public_bytes_raw())
        return ChaCha20Poly1305(key).decrypt(_NONCE, sealed, None)
    except (binascii.Error, InvalidTag, ValueError) as error:
        raise ValueError("not a box for this key") from error


def _montgomery(signing_public: bytes) -> bytes:
    """The X25519 key of an Ed25519 one: u = (1 + y) / (1 - y)."""
    y = int.from_bytes(signing_public, "little") & ((1 << 255) - 1)
    return ((1 + y) * pow(1 - y, -1, _P) % _P).to_bytes(_KEY, "little")


def _drawn(secret: bytes, public: bytes, to: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), _KEY, None, b"housefull-lockbox\n" + public + to).derive(secret)
