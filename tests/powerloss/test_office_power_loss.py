"""The power goes at any moment of a real office's life on SQLite: no fact and no grant that it answered for is gone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.peers.around import NOTHING, Around
from tests.peers.office_process import OfficeProcess, office
from tests.peers.small_season import SEASON, write_season
from tests.peers.till_client import TillClient
from tests.powerloss import recording
from tests.powerloss.cuts import losses
from tests.powerloss.disk import Disk
from tests.powerloss.office_remains import DATABASE, said, wrongs
from tests.powerloss.weaker import weaker

pytestmark = pytest.mark.timeout(240)

SHOW = "tosca-1"


def record(folder: Path, claims: int, around: Around = NOTHING) -> tuple[Disk, list[recording.Op]]:
    """An office that grants and books for one till: how its disk was before, and what it did to it."""
    url, log = f"sqlite:///{folder / DATABASE}", folder / "strace.txt"
    season = write_season(folder, SEASON.replace("capacity = 10", "capacity = 200"))
    assert office("import", str(season), "--db", url).returncode == 0
    code = office("enrol", "T1", "--db", url).stdout.strip()
    disk = Disk()
    disk.take(recording.Op("write", DATABASE, 0, (folder / DATABASE).read_bytes()))
    disk.take(recording.Op("sync", DATABASE))
    recorder = Around(tuple(recording.command(log, beside=True)))
    with OfficeProcess(url, around=around + recorder) as server, TillClient(server.url) as till:
        assert till.enrol(code).status == 200
        for number in range(claims):
            first = 2 * number + 1
            granted = till.claim(SHOW, f"Foyer#{first}", f"Foyer#{first + 1}").granted
            till.sell(SHOW, *granted)
            till.drop()
            assert till.push(*till.journal[-2:]).body["applied"] == 2 * number + 2
    while not recording.ended(log):
        time.sleep(0.05)
    return disk, recording.read(log, folder, DATABASE)


@pytest.mark.usefixtures("recorder")
def test_what_an_office_has_answered_for_is_there(tmp_path: Path, space: Path) -> None:
    disk, ops = record(tmp_path, 12)
    promised = {one for op in ops if op.kind == "said" for one in said(op)}
    assert promised >= {"fact 24", "right Foyer#1 1", "right Foyer#24 1"}
    disks, found = losses(ops, space, said, wrongs, disk, stop_at=10)
    print(f"{len(ops)} operations, {disks} disks")
    assert not found, "\n".join(found)
    assert disks > 300


@pytest.mark.usefixtures("recorder")
def test_an_office_that_promises_less_loses_facts(tmp_path: Path, space: Path) -> None:
    """The mutation: with synchronous=OFF this finds answered facts gone, or the database damaged."""
    disk, ops = record(tmp_path, 3, weaker(tmp_path, "OFF"))
    _, found = losses(ops, space, said, wrongs, disk, stop_at=5)
    assert found
