"""Who this installation is: identity file, Ed25519 key, high-water mark, and the folder's lock.

The key and the mark lie outside the data folder on purpose. A data folder that was
restored from an old copy, or copied to another machine, then gives itself away.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from platformdirs import user_state_path

from pos.store.durable import make_folder, write_durable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILE: Final = "identity.json"
_SERVICE: Final = "housefull"
# Back ends that keep a secret secret. Others write plain text, or drop what they are given.
_SECURE: Final = (
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
)


class IdentityLost(Exception):
    """This data folder cannot say who it is; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """`install` names key and mark outside the data folder. `key_at`: "keyring" or "file"."""

    install: str
    key_at: str
    till: str = ""
    incarnation: int = 0
    office_key: str = ""

    @property
    def state_folder(self) -> Path:
        return user_state_path("housefull", appauthor=False) / self.install


def read_identity(folder: Path) -> Identity | None:
    """The identity of a data folder, None when it has none yet. Raises IdentityLost for a damaged one."""
    try:
        return Identity(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise IdentityLost(f"{folder / FILE} cannot be read ({error}); enrol this till again") from error


def put_away(folder: Path) -> None:
    """Keep an identity file that cannot be read under another name, for whoever may still make it out."""
    (folder / FILE).replace(folder / (FILE + ".damaged"))


def write_identity(folder: Path, identity: Identity) -> None:
    """Replace the identity file in one step. It is on the disk when this returns."""
    write_durable(folder / FILE, json.dumps(asdict(identity), indent=1))


def new_identity(folder: Path) -> Identity:
    """Make a key pair, keep it safe, and write an identity that belongs to no till yet. The key is on the disk first:
    an office that knows a till by a key that is lost hears from it no more."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    make_folder(folder)
    identity = Identity(uuid.uuid4().hex, "keyring")
    secret = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
    if not _into_keyring(identity.install, secret):
        identity = replace(identity, key_at="file")
        make_folder(identity.state_folder)
        write_durable(_key_file(identity), secret)
    write_identity(folder, identity)
    return identity


def forget(folder: Path) -> None:
    """Take a data folder's identity away for good, key and mark included. For training, whose facts are nobody's."""
    with suppress(IdentityLost):
        if (identity := read_identity(folder)) is not None:
            if identity.key_at == "keyring":
                import keyring
                from keyring.errors import KeyringError

                with suppress(KeyringError):
                    keyring.delete_password(_SERVICE, identity.install)
            shutil.rmtree(identity.state_folder, ignore_errors=True)
    (folder / FILE).unlink(missing_ok=True)


def _key_file(identity: Identity) -> Path:
    return identity.state_folder / "till.key"


def _into_keyring(install: str, secret: str) -> bool:
    """Whether the platform's keyring took the secret and gave it back."""
    import keyring
    from keyring.errors import KeyringError

    backend = keyring.get_keyring()
    name = f"{type(backend).__module__}.{type(backend).__qualname__}"
    if name not in _SECURE:
        return False
    try:
        keyring.set_password(_SERVICE, install, secret)
        return keyring.get_password(_SERVICE, install) == secret
    except KeyringError:
        return False


class TillKeys:
    """The till's private key, read when first needed. Raises IdentityLost when it is gone, or damaged."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        secret: str | None
        if self._identity.key_at == "keyring":
            import keyring

            secret = keyring.get_password(_SERVICE, self._identity.install)
        else:
            file = _key_file(self._identity)
            secret = file.read_text(encoding="utf-8", errors="replace") if file.exists() else None
        if secret is None:
            raise IdentityLost(
                "this machine does not have the till's key: the data folder is from elsewhere; enrol again"
            )
        try:
            return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret))
        except ValueError as error:
            raise IdentityLost(f"the till's key in {self.where} is damaged; enrol this till again") from error

    @property
    def where(self) -> str:
        """Where the key is kept, for the diagnostics."""
        return "the platform's keyring" if self._identity.key_at == "keyring" else str(_key_file(self._identity))

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def unlock(self, box: str) -> bytes:
        """What is in a box that is locked to this key (`pos.domain.lockbox`). Raises ValueError."""
        from pos.domain.lockbox import unlock

        return unlock(box, self._key.private_bytes_raw())

    def public(self) -> bytes:
        """32 raw bytes."""
        return self._key.public_key().public_bytes_raw()


class MarkFile:
    """The high-water mark in the state folder.

    Not synced to the disk: after a power loss it may be behind the ledger, which is a
    crash and no amnesia; the ledger being behind the mark is what it is there to see.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "mark"

    def read(self) -> tuple[int, int, str] | None:
        try:
            incarnation, number, digest = self._path.read_text().split()
            return int(incarnation), int(number), digest
        except (FileNotFoundError, ValueError):
            return None

    def write(self, incarnation: int, number: int, hash: str) -> None:
        # In place and always of one length: a single write of a line is whole for every
        # reader, and a rename would cost each sale a third of its time.
        line = f"{incarnation:>10} {number:>12} {hash}\n".encode()
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        except FileNotFoundError:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)


class FolderInUse(Exception):
    """Another program has this data folder open."""


class FolderLock:
    """One till program a data folder. Held while the object lives; a crash lets go of it."""

    def __init__(self, folder: Path) -> None:
        make_folder(folder)
        self._file: IO[str] = (folder / "lock").open("a")
        try:
            _lock(self._file)
        except OSError as error:
            self._file.close()
            raise FolderInUse(f"another Housefull is already using {folder}") from error

    def release(self) -> None:
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
