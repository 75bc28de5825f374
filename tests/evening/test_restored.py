"""Backups put back in real processes: an office is told what it has lost, and a till that lacks facts may not sell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.evening.house import House, Window
from tests.evening.season import SHOW
from tests.evening.till_process import housefull
from tests.peers.office_process import office

HEARS_S = 30.0


def told(house: House, *words: str) -> str:
    done = office(*words, "--db", house.database)
    assert done.returncode == 0, done.stderr
    return done.stdout


def till_command(house: House, window: Window, *words: str) -> str:
    done = housefull(words[0], "--data", str(window.till.folder), *words[1:], state=house.state)
    assert done.returncode == 0, done.stderr
    return done.stdout


def code_of(window: Window, place: str) -> str:
    code: str = window.till.refused("add", show=SHOW, places=[place], price_type="adult")["code"]
    return code


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_office_and_then_a_till_are_put_back(house: House, tmp_path: Path) -> None:
    left, right = house.pair()
    left.open("anna")
    right.open("boris")
    left.till.ok("sync")
    mine, theirs = left.seats("here"), right.seats("here")
    sold = [left.sell(mine[0])]
    house.drain()
    file = told(house, "backup", "--to", str(tmp_path / "office")).strip().removeprefix("backed up to ")
    till_command(house, left, "backup", "--to", str(tmp_path / "tills"))

    # Places that the backup has with a till, and one that it has as free.
    free = left.seats("free")[0]
    sold += [left.sell(mine[1]), right.sell(theirs[0]), left.sell(free)]
    house.drain()
    house.office.stop()
    told(house, "restore", "--from", file, "--force")
    house.start_office()
    sold.append(right.sell(theirs[1]))
    house.wait(lambda: "rights: nobody" in told(house, "restored"), HEARS_S, "both tills have told all")
    told(house, "restored", "--by", "vera")
    house.drain()
    assert code_of(right, free) == "sold"
    house.wait(lambda: not right.till.ok("sync")["unsent"], HEARS_S, "the line is as ever")
    sold.append(right.sell(right.seats("free")[0]))
    house.audit(sold)

    # The till's folder, as it was before those sales.
    left.till.kill()
    backup = next((tmp_path / "tills").iterdir())
    said = till_command(house, left, "restore", "--from", str(backup), "--force")
    assert re.search(r"it may not sell: .* ends at fact \d+, but fact \d+ was written here", said)
    left.restart()
    left.till.wait_event("link", state="online")
    assert "restored from a backup" in left.till.ok("status")["fenced"]
    left.till.ok("sign_in", user="anna", pin="2468")
    left.till.ok("sync")
    assert code_of(left, mine[1]) in ("fenced", "sold")
    assert code_of(left, mine[2]) == "fenced", "idle in the old ledger, and it may have been sold"
    enrol = office("enrol", "T1", "--replace", "--db", house.database)
    last = re.search(r"but fact (\d+) was", said)
    assert last is not None
    assert enrol.stderr == f"till T1.1: facts up to {last[1]} are here\n", "none of its sales is missing"
