"""TLS: a pinned certificate file is trusted, anything else is not our office."""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pos.domain.season import Area
from sync.agent import Agent, EnrolFailed, enrol
from tests.peers.toy_office import CODE, ToyOffice
from tests.wire.agent.till import Clock, Journal, Keys, season, soon


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A self-signed certificate for this machine: its file, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return file, context


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[ToyOffice, Path]]:
    file, context = certificate(tmp_path, "office")
    with ToyOffice(tls=context) as toy:
        season(toy)
        toy.show("party", None, (Area("Standing", 50),))
        yield toy, file


def test_a_till_works_over_tls(secured: tuple[ToyOffice, Path], tmp_path: Path) -> None:
    office, file = secured
    keys = Keys()
    replica = tmp_path / "replica.db"
    enrolled = enrol(office.url, CODE, keys.public, keys, replica, ca_file=file)
    journal = Journal(keys)
    agent = Agent(
        journal, keys, Clock(), till="T1", url=enrolled.url, office_key=enrolled.office_key, replica=replica,
        ca_file=file,
    )  # fmt: skip
    agent.start()
    try:
        soon(lambda: agent.link().state == "online")
        journal.write(amount=1)
        agent.facts_waiting()
        soon(lambda: journal.acknowledged() == 1)
        assert agent.claim("party", ["Standing#1"], whole=True, wait_s=1.0).result(5).granted
        office.freeze()
        time.sleep(0.2)
        began = time.monotonic()
    finally:
        agent.stop()
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("trusted", ["system", "another"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    secured: tuple[ToyOffice, Path], tmp_path: Path, trusted: str
) -> None:
    office, _ = secured
    ca_file = certificate(tmp_path, "another")[0] if trusted == "another" else None
    keys = Keys()
    with pytest.raises(EnrolFailed, match="not a Housefull office: the certificate does not hold"):
        enrol(office.url, CODE, keys.public, keys, tmp_path / "replica.db", ca_file=ca_file)


def test_https_to_a_plain_office_is_named(tmp_path: Path) -> None:
    keys = Keys()
    with ToyOffice() as plain, pytest.raises(EnrolFailed, match="no TLS with it"):
        enrol(plain.url.replace("http:", "https:"), CODE, keys.public, keys, tmp_path / "replica.db")


def test_plain_http_to_an_office_with_tls_is_named(secured: tuple[ToyOffice, Path], tmp_path: Path) -> None:
    office, _ = secured
    keys = Keys()
    with pytest.raises(EnrolFailed, match="No office answers"):
        enrol(office.url.replace("https:", "http:"), CODE, keys.public, keys, tmp_path / "replica.db")


def test_a_certificate_file_that_is_none_is_named(secured: tuple[ToyOffice, Path], tmp_path: Path) -> None:
    office, _ = secured
    keys = Keys()
    (tmp_path / "nonsense.pem").write_text("nonsense")
    for name in ("nonsense.pem", "missing.pem"):
        with pytest.raises(EnrolFailed, match=rf"{name} cannot be read"):
            enrol(office.url, CODE, keys.public, keys, tmp_path / "r.db", ca_file=tmp_path / name)
