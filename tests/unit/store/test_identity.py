"""Who an installation is: identity, key, mark and lock."""

from __future__ import annotations

import base64
import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from keyring.backend import KeyringBackend

from pos.store.identity import (
    FolderInUse,
    FolderLock,
    IdentityLost,
    MarkFile,
    TillKeys,
    new_identity,
    read_identity,
    write_identity,
)


@pytest.fixture
def keep_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


class Vault(KeyringBackend):
    """A keyring in memory. `works` False: it takes a secret and forgets it."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, works: bool = True) -> None:
        super().__init__()
        self.secrets: dict[tuple[str, str], str] = {}
        self.works = works

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.works:
            self.secrets[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        del self.secrets[service, username]


def platforms(works: bool = True) -> Vault:
    """A keyring by the name of one that the till trusts."""
    names = {"__module__": "keyring.backends.SecretService", "__qualname__": "Keyring"}
    vault: Vault = type("Keyring", (Vault,), names)(works)
    keyring.set_keyring(vault)
    return vault


def test_without_a_keyring_the_key_is_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    identity = new_identity(tmp_path)
    key = identity.state_folder / "till.key"
    assert identity.key_at == "file"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert not key.is_relative_to(tmp_path)
    assert TillKeys(identity).where == str(key)


def test_the_key_signs_as_its_public_half_says(tmp_path: Path) -> None:
    keys = TillKeys(new_identity(tmp_path))
    Ed25519PublicKey.from_public_bytes(keys.public()).verify(keys.sign(b"hello"), b"hello")
    other = TillKeys(new_identity(tmp_path / "other"))
    assert other.public() != keys.public()


def test_the_key_is_nowhere_in_the_data_folder(tmp_path: Path) -> None:
    identity = new_identity(tmp_path)
    secret = (identity.state_folder / "till.key").read_text()
    for file in tmp_path.rglob("*"):
        assert secret not in file.read_text()


@pytest.mark.usefixtures("keep_keyring")
def test_the_platforms_keyring_is_used_where_it_keeps_secrets(tmp_path: Path) -> None:
    vault = platforms()
    identity = new_identity(tmp_path)
    assert identity.key_at == "keyring"
    assert not (identity.state_folder / "till.key").exists()
    assert list(vault.secrets) == [("housefull", identity.install)]
    assert len(TillKeys(identity).public()) == 32
    assert TillKeys(identity).where == "the platform's keyring"
    vault.secrets.clear()
    with pytest.raises(IdentityLost, match="enrol again"):
        TillKeys(identity).public()


@pytest.mark.usefixtures("keep_keyring")
def test_a_keyring_that_keeps_plain_text_or_is_unknown_is_not_used(tmp_path: Path) -> None:
    vault = Vault()
    keyring.set_keyring(vault)
    assert new_identity(tmp_path).key_at == "file"
    assert vault.secrets == {}


@pytest.mark.usefixtures("keep_keyring")
def test_a_keyring_that_forgets_is_not_used(tmp_path: Path) -> None:
    platforms(works=False)
    identity = new_identity(tmp_path)
    assert identity.key_at == "file"
    assert len(TillKeys(identity).public()) == 32


def test_a_folder_from_another_machine_has_no_key(tmp_path: Path) -> None:
    identity = new_identity(tmp_path)
    (identity.state_folder / "till.key").unlink()
    with pytest.raises(IdentityLost, match="the data folder is from elsewhere"):
        TillKeys(identity).public()


def test_a_key_file_that_is_damaged_is_said(tmp_path: Path) -> None:
    identity = new_identity(tmp_path)
    (identity.state_folder / "till.key").write_text(base64.b64encode(b"short").decode())
    with pytest.raises(IdentityLost, match="is damaged; enrol this till again"):
        TillKeys(identity).public()


def test_an_identity_is_read_as_written(tmp_path: Path) -> None:
    assert read_identity(tmp_path) is None
    identity = replace(new_identity(tmp_path), till="T1", incarnation=3, office_key="abc")
    write_identity(tmp_path, identity)
    assert read_identity(tmp_path) == identity


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", '{"install": "x", "key_at": "file", "more": 1}'])
def test_a_damaged_identity_says_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "identity.json").write_text(text)
    with pytest.raises(IdentityLost, match="enrol this till again"):
        read_identity(tmp_path)


# ---- the mark --------------------------------------------------------------------------------


def test_the_mark_is_read_as_written(tmp_path: Path) -> None:
    mark = MarkFile(tmp_path / "state")
    assert mark.read() is None
    for value in [(1, 9, "a" * 64), (1, 123456, "b" * 64), (12, 1, "c" * 64)]:
        mark.write(*value)
        assert mark.read() == value
        assert MarkFile(tmp_path / "state").read() == value


@pytest.mark.parametrize("text", ["", "1 2", "one 2 abc", "1 2 abc and more"])
def test_a_torn_mark_is_no_mark(tmp_path: Path, text: str) -> None:
    (tmp_path / "mark").write_text(text)
    assert MarkFile(tmp_path).read() is None


# ---- the lock --------------------------------------------------------------------------------


def test_one_program_a_folder(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with pytest.raises(FolderInUse, match="already using"):
        FolderLock(tmp_path)
    lock.release()
    FolderLock(tmp_path).release()


def test_a_program_that_crashed_lets_go_of_its_folder(tmp_path: Path) -> None:
    code = "import os, sys; from pathlib import Path; from pos.store.identity import FolderLock\n"
    code += "lock = FolderLock(Path(sys.argv[1])); print('locked', flush=True); sys.stdin.read()"
    program: subprocess.Popen[Any] = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert program.stdout is not None
        assert program.stdout.readline() == b"locked\n"
        with pytest.raises(FolderInUse):
            FolderLock(tmp_path)
    finally:
        program.kill()
        program.communicate(timeout=10)
    FolderLock(tmp_path).release()


def test_the_identity_file_holds_no_secret(tmp_path: Path) -> None:
    new_identity(tmp_path)
    assert set(json.loads((tmp_path / "identity.json").read_text())) == {
        "install", "key_at", "till", "incarnation", "office_key",
    }  # fmt: skip
