"""Joining an office: all or nothing, and what went wrong in plain words."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from pos.store.replica import ReplicaReader
from sync import wire
from sync.agent import EnrolFailed, enrol
from tests.peers.toy_office import CODE, Fault, ToyOffice
from tests.wire.agent.till import Keys, season


def failure(url: str, code: str, folder: Path, keys: Keys | None = None) -> str:
    keys = keys or Keys()
    with pytest.raises(EnrolFailed) as caught:
        enrol(url, code, keys.public, keys, folder / "replica.db")
    reader = ReplicaReader(folder / "replica.db")
    assert not reader.complete()
    reader.close()
    return str(caught.value)


def test_enrolment_stores_everything(office: ToyOffice, tmp_path: Path) -> None:
    for number in range(5):
        office.sale(
            {"id": f"S{number}", "at": "2026-11-22", "till": "T2", "tickets": [{"id": f"K{number}", "code": "C"}]}
        )
    keys = Keys()
    enrolled = enrol(f" {office.url}/ ", f" {CODE} ", keys.public, keys, tmp_path / "replica.db")
    assert (enrolled.till, enrolled.incarnation, enrolled.office_key) == ("T1", 1, office.office_key)
    assert enrolled.url == office.url
    reader = ReplicaReader(tmp_path / "replica.db")
    assert reader.complete()
    assert set(reader.season().users) == {"anna"}
    assert set(reader.season().shows) == {"tosca", "party"}
    assert len(reader.states("tosca")) == 240
    assert reader.cursor() == len(office.log)
    assert len(reader.find_sales(code="C")) == 5
    reader.close()


def test_a_lost_answer_is_asked_again_with_the_same_key(office: ToyOffice, tmp_path: Path) -> None:
    keys = Keys()
    office.next("/v1/enrol", Fault.LOSE_ANSWER)
    assert "No office answers" in failure(office.url, CODE, tmp_path, keys)
    assert enrol(office.url, CODE, keys.public, keys, tmp_path / "replica.db").till == "T1"
    assert "another machine" in failure(office.url, CODE, tmp_path / "other")


def test_a_wrong_code_is_named(office: ToyOffice, tmp_path: Path) -> None:
    text = failure(office.url, "WRONG", tmp_path)
    assert "refuses" in text
    assert "this enrolment code is not known" in text


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.HTML, "not a Housefull office"),
        (Fault.HALF, "not a Housefull office"),
        (Fault.FORGED, "not a Housefull office"),
        (Fault.NONSENSE, "not a Housefull office"),
        (Fault.GATEWAY, "No office answers"),
        (Fault.HANG_UP, "No office answers"),
    ],
)
def test_a_stranger_is_not_joined(office: ToyOffice, tmp_path: Path, fault: Fault, words: str) -> None:
    office.next("/v1/enrol", fault)
    assert words in failure(office.url, CODE, tmp_path)


@pytest.mark.parametrize("path", ["/v1/snapshot", "/v1/places", "/v1/sales"])
def test_half_a_snapshot_is_no_enrolment(office: ToyOffice, tmp_path: Path, path: str) -> None:
    office.next(path, Fault.HALF, Fault.HALF)
    failure(office.url, CODE, tmp_path)


def test_sales_that_never_end_are_no_enrolment(
    office: ToyOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = wire.SalesAnswer(sales=[{"id": "S1", "at": "", "till": "T2", "tickets": []}], more=True)
    monkeypatch.setattr(office, "_sales", lambda request: page)
    assert "its pages do not go on" in failure(office.url, CODE, tmp_path)


def test_a_season_without_users_is_no_enrolment(tmp_path: Path) -> None:
    with ToyOffice() as office:
        season(office)
        office.document("user", "anna", None)
        keys = Keys()
        with pytest.raises(EnrolFailed, match="no users"):
            enrol(office.url, CODE, keys.public, keys, tmp_path / "replica.db")


def test_nobody_there_and_no_address(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "No office answers" in failure(f"http://127.0.0.1:{port}", CODE, tmp_path)
    assert "not a web address" in failure("nonsense", CODE, tmp_path)
    assert "plain HTTP" in failure("http://office.example", CODE, tmp_path)
