"""The office as a process: commands, TLS, several servers on one database, and kill -9."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sync.wire import FactItem, GrantItem
from tests.peers.office_process import OfficeProcess, office
from tests.peers.small_season import SEASON, SHOW, write_season
from tests.peers.till_client import TillClient
from tests.wire.office.conftest import imported, join


def test_the_commands_say_what_they_did(database_url: str, tmp_path: Path) -> None:
    season = str(write_season(tmp_path))
    first = office("import", season, "--db", database_url)
    assert (first.returncode, first.stderr) == (0, "")
    assert f"show {SHOW}: new (34 places)" in first.stdout
    assert office("import", season, "--db", database_url).stdout == "nothing changed\n"
    code = office("enrol", "T1", "--db", database_url)
    assert (code.returncode, len(code.stdout.strip()), code.stderr) == (0, 19, "")
    unknown = office("enrol", "T9", "--db", database_url)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "no till 'T9'" in unknown.stderr
    checked = office("verify", "--db", database_url)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    listed = office("disputes", "--db", database_url)
    assert (listed.returncode, listed.stdout, listed.stderr) == (0, "no disputes\n", "")
    listed = office("disputes", "--all", "--json", "--db", database_url)
    assert (listed.returncode, listed.stdout, listed.stderr) == (0, "[]\n", "")
    (tmp_path / "SEASON.toml").write_text(SEASON.replace("starts =", "starst ="))
    wrong = office("import", season, "--db", database_url)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr == "housefull-office: SEASON.toml: show[0].starts: is missing\n"


def test_verify_prints_a_line_for_each_violation(tmp_path: Path) -> None:
    import sqlite3

    url = imported(f"sqlite:///{tmp_path / 'office.db'}", tmp_path)
    with sqlite3.connect(tmp_path / "office.db") as connection:
        connection.execute("UPDATE place_right SET holder = 'T1' WHERE place = 'A-1'")
    connection.close()
    done = office("verify", "--db", url)
    assert (done.returncode, done.stdout) == (1, f"I6 {SHOW} A-1: in the pool, but held by T1\n")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--host", "0.0.0.0"], "--tls-cert"),
        (["--tls-cert", "x.pem"], "go together"),
        (["--tls-cert", "nowhere.pem", "--tls-key", "nowhere.pem"], "TLS certificate or key"),
        (["--host", "192.0.2.1", "--insecure"], "cannot listen on 192.0.2.1"),
        (["--port", "70000"], "not a port"),
    ],
)
def test_what_cannot_be_served_is_said(tmp_path: Path, arguments: list[str], why: str) -> None:
    done = office("serve", "--db", f"sqlite:///{tmp_path / 'office.db'}", *arguments)
    assert done.returncode == 2
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_it_ends_in_order_while_polls_are_open(database_url: str, tmp_path: Path) -> None:
    server = OfficeProcess(imported(database_url, tmp_path))
    with join(server.url, database_url, "T1") as one:
        cursor = one.pull(0, limit=2000).cursor
        pages = []
        poll = threading.Thread(target=lambda: pages.append(one.pull(cursor, wait_s=20.0)))
        poll.start()
        time.sleep(0.5)
        began = time.monotonic()
        assert server.stop() == (0, "")
        assert time.monotonic() - began < 5.0
        poll.join()
    assert pages[0].changes == [], "the poll was answered, not cut off"


def test_over_tls(tmp_path: Path) -> None:
    cert, key = _certificate(tmp_path)
    url = imported(f"sqlite:///{tmp_path / 'office.db'}", tmp_path)
    with OfficeProcess(url, "--tls-cert", str(cert), "--tls-key", str(key)) as server:
        assert server.url.startswith("https://127.0.0.1:")
        trusted = ssl.create_default_context(cafile=str(cert))
        with httpx2.Client(verify=trusted, trust_env=False) as client:
            assert client.get(f"{server.url}/v1/nothing").status_code == 404


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "office")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


def test_killed_in_the_middle_of_a_push_and_sent_again(database_url: str, tmp_path: Path) -> None:
    """Whatever was committed when the power went, every fact is booked once."""
    season = write_season(tmp_path, SEASON.replace("capacity = 10", "capacity = 600"))
    assert office("import", str(season), "--db", database_url).returncode == 0
    server = OfficeProcess(database_url)
    one = join(server.url, database_url, "T1")
    grants = one.claim(SHOW, *(f"Foyer#{n}" for n in range(1, 601))).granted
    for grant in grants:
        one.sell(SHOW, grant, price=1200)
    pages = [one.journal[at : at + 40] for at in range(0, 600, 40)]
    for turn in range(3):
        sender = one.twin()
        pushing = threading.Thread(target=_push_until_cut, args=(sender, pages))
        pushing.start()
        time.sleep(0.15 + 0.2 * turn)
        server.kill()
        pushing.join()
        sender.http.close()
        server = OfficeProcess(database_url)
        one = _again(one, server.url)
    applied = one.pull(0, limit=1).applied
    while applied < 600:
        answer = one.push(*one.journal[applied : applied + 500])
        assert answer.status == 200
        applied = answer.body["applied"]
    one.http.close()
    server.stop()
    checked = office("verify", "--db", database_url)
    assert (checked.returncode, checked.stdout) == (0, "")


def _push_until_cut(client: TillClient, pages: list[list[FactItem]]) -> None:
    try:
        for page in pages:
            client.push(*page)
    except httpx2.TransportError:
        return


def _again(client: TillClient, url: str) -> TillClient:
    client.http.close()
    same = TillClient(url, client.key)
    same.till, same.incarnation, same.office_key = client.till, client.incarnation, client.office_key
    same.journal = client.journal
    return same


def test_two_processes_serve_one_database(postgres: Callable[[], str], tmp_path: Path) -> None:
    url = imported(postgres(), tmp_path)
    with OfficeProcess(url) as left, OfficeProcess(url) as right:
        one, two = join(left.url, url, "T1"), join(right.url, url, "T2")
        cursor = two.pull(0, limit=2000).cursor
        pages = []
        poll = threading.Thread(target=lambda: pages.append(two.pull(cursor, wait_s=20.0)))
        poll.start()
        time.sleep(0.3)
        began = time.monotonic()
        (grant,) = one.claim(SHOW, "A-1").granted
        poll.join()
        assert time.monotonic() - began < 1.0, "a change made there reaches a poll here"
        assert pages[0].changes[0].items[0].holder == "T1"

        # A recall crosses, too.
        answers = []
        want = two.twin()
        claiming = threading.Thread(target=lambda: answers.append(want.claim(SHOW, "A-1", wait_s=4.0)))
        claiming.start()
        asked = one.pull(one.pull(0, limit=2000).cursor, wait_s=4.0).recalls
        assert [recall.place for recall in asked] == ["A-1"]
        one.give_back(SHOW, grant)
        one.push()
        claiming.join()
        assert [item.place for item in answers[0].granted] == ["A-1"]
        for client in (one, two, want):
            client.http.close()
    assert office("verify", "--db", url).returncode == 0


def test_writers_in_two_processes_leave_no_gap_and_sell_nothing_twice(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    url = imported(postgres(), tmp_path)
    with OfficeProcess(url) as left, OfficeProcess(url) as right:
        tills = [join(server.url, url, name) for server, name in ((left, "T1"), (right, "T2"), (right, "T3"))]
        seen: dict[str, list[int]] = {}

        def work(client: TillClient) -> None:
            cursor, positions = 0, []
            for n in range(1, 12):
                answer = client.claim(SHOW, f"A-{n}", f"B-{n}", whole=False)
                for grant in answer.granted:
                    sold: list[GrantItem] = [grant]
                    client.sell(SHOW, *sold)
                client.push(*client.journal[-2:]) if client.journal else None
                page = client.pull(cursor)
                positions += [change.position for change in page.changes]
                cursor = page.cursor
            seen[client.till] = positions

        threads = [threading.Thread(target=work, args=(client,)) for client in tills]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for client in tills:
            if client.journal:
                assert client.push().body["applied"] == len(client.journal)
            client.http.close()
    for positions in seen.values():
        assert positions == list(range(1, len(positions) + 1)), "nobody who pulls by cursor misses a change"
    checked = office("verify", "--db", url)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_a_season_is_imported_while_it_serves(database_url: str, tmp_path: Path) -> None:
    url = imported(database_url, tmp_path)
    with OfficeProcess(url) as server, join(server.url, url, "T1") as one:
        cursor = one.pull(0, limit=2000).cursor
        text = SEASON + (
            '[[show]]\nid = "tosca-2"\nproduction = "tosca"\nstarts = "2027-12-04T19:30:00+01:00"\n'
            'prices = "usual"\nareas = [{ id = "Foyer", capacity = 50 }]\n'
        )
        assert office("import", str(write_season(tmp_path, text)), "--db", url).returncode == 0
        page = one.pull(cursor, wait_s=5.0)
        assert [(change.kind, change.id or change.show) for change in page.changes] == [
            ("document", "tosca-2"),
            ("reload", "tosca-2"),
        ]
        assert [grant.place for grant in one.claim("tosca-2", "Foyer#50").granted] == ["Foyer#50"]
