"""Enrolling a data folder again: whatever happens in between, no ledger is lost, and no old one is gone on with."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import pos.app.joining as joining
from pos.app.joining import join
from pos.store.aside import leftovers
from pos.store.identity import read_identity
from tests.peers.toy_office import CODE, ToyOffice
from tests.unit.till.counter import Counter


@pytest.fixture
def folder(office: ToyOffice, tmp_path: Path) -> Path:
    """The folder of an enrolled till that has sold; its office enrols it as a new incarnation next."""
    folder = tmp_path / "T1"
    join(folder, office.url, CODE)
    counter = Counter(folder)
    counter.open()
    counter.sell("A-1")
    counter.add("A-2")
    counter.stop()
    (folder / "replica.db").unlink()
    office.incarnation = 2
    return folder


def kinds(ledger: Path) -> list[str]:
    with closing(sqlite3.connect(ledger)) as db:
        rows = db.execute("SELECT envelope FROM journal ORDER BY number").fetchall()
    return [json.loads(row[0])["kind"] for row in rows]


def test_the_old_ledger_is_sealed_set_aside_and_left_to_be_sent(office: ToyOffice, folder: Path) -> None:
    assert join(folder, office.url, CODE).incarnation == 2
    assert not (folder / "ledger.db").exists()
    assert kinds(folder / "ledger-T1-1.db") == ["ShiftOpened", "TicketsSold", "Sealed"]
    (left,) = leftovers(folder, office.office_key)
    assert (left.till, left.incarnation, left.unsent, left.hindrance) == ("T1", 1, 3, "")
    identity = read_identity(folder)
    assert identity is not None
    assert identity.incarnation == 2


def test_a_code_that_is_redeemed_again_changes_nothing(office: ToyOffice, folder: Path) -> None:
    office.incarnation = 1
    join(folder, office.url, CODE)
    assert kinds(folder / "ledger.db") == ["ShiftOpened", "TicketsSold"]
    assert leftovers(folder, office.office_key) == []


@pytest.mark.expect_log("fenced: the ledger ends at fact 2")
def test_an_old_copy_is_set_aside_unsealed(office: ToyOffice, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    identity = read_identity(folder)
    assert identity is not None
    (identity.state_folder / "mark").write_text(f"{1:>10} {9:>12} {'f' * 64}\n")
    with caplog.at_level("WARNING"):
        join(folder, office.url, CODE)
    assert kinds(folder / "ledger-T1-1.db") == ["ShiftOpened", "TicketsSold"]
    assert "set aside unsealed" in caplog.text


def test_a_crash_after_the_ledger_was_set_aside_loses_neither_it_nor_the_code(
    office: ToyOffice, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_: object) -> None:
        raise OSError("power cut")

    monkeypatch.setattr(joining, "write_identity", power_cut)
    with pytest.raises(OSError, match="power cut"):
        join(folder, office.url, CODE)
    monkeypatch.undo()
    assert join(folder, office.url, CODE).incarnation == 2
    assert kinds(folder / "ledger-T1-1.db") == ["ShiftOpened", "TicketsSold", "Sealed"]


def test_an_identity_that_cannot_be_read_does_not_let_its_ledger_go_on(office: ToyOffice, folder: Path) -> None:
    (folder / "identity.json").write_text("{")
    office.public_key = None  # another key comes with another code
    join(folder, office.url, CODE)
    assert not (folder / "ledger.db").exists()
    assert kinds(folder / "ledger-T1-1.db") == ["ShiftOpened", "TicketsSold"]
    assert (folder / "identity.json.damaged").exists()
    (left,) = leftovers(folder, office.office_key)
    assert "another office" in left.hindrance


@pytest.mark.parametrize("left", ["", "nonsense"])
def test_a_key_that_is_damaged_is_made_anew_with_the_next_code(office: ToyOffice, folder: Path, left: str) -> None:
    was = read_identity(folder)
    assert was is not None
    (was.state_folder / "till.key").write_text(left)
    office.public_key = None  # another key comes with another code
    assert join(folder, office.url, CODE).incarnation == 2
    now = read_identity(folder)
    assert now is not None
    assert now.install != was.install
    assert kinds(folder / "ledger-T1-1.db") == ["ShiftOpened", "TicketsSold"]


def test_what_a_person_wrote_into_till_toml_stays(office: ToyOffice, folder: Path) -> None:
    settings = folder / "till.toml"
    settings.write_text(settings.read_text("utf-8") + '[printer.ticket]\nprofile = "pdf"\n', "utf-8")
    join(folder, office.url, CODE)
    assert 'profile = "pdf"' in settings.read_text("utf-8")
