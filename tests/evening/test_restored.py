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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_the_web_shop_has_sold_since_the_backup_is_sold(house: House, tmp_path: Path) -> None:
    """One order is printed at a window before the office is lost, and nobody but the shop knows of the other."""
    left, right = house.pair()
    left.open("anna")
    right.open("boris")
    left.till.ok("sync")
    file = told(house, "backup", "--to", str(tmp_path / "office")).strip().removeprefix("backed up to ")
    printed, unprinted = left.seats("free")[:2]
    orders = tmp_path / "orders.toml"
    orders.write_text(
        "".join(
            f'[[order]]\ncode = "{code}"\nshow = "{SHOW}"\nlines = [{{ places = ["{place}"], price_type = "adult" }}]\n'
            for code, place in (("WEB1", printed), ("WEB2", unprinted))
        ),
        "utf-8",
    )
    told(house, "import", str(orders))
    left.till.ok("sync")
    left.till.ok("collect", sale="WEB1")
    assert left.tickets is not None
    left.tickets.wait_for(1)
    house.drain()
    house.office.stop()
    told(house, "restore", "--from", file, "--force")
    house.start_office()
    house.wait(lambda: "rights: nobody" in told(house, "restored"), HEARS_S, "both tills have told all")
    too_soon = office("import", str(orders), "--db", house.database)
    assert (too_soon.returncode, "--import" in too_soon.stderr) == (1, True), too_soon.stderr
    said = told(house, "restored", "--by", "vera", "--import", str(orders)).splitlines()
    assert said == ["order WEB1: new", "order WEB2: new", "the restore has ended: rights are granted again"]
    house.wait(lambda: not right.till.ok("sync")["unsent"], HEARS_S, "the line is as ever")
    assert [code_of(right, place) for place in (printed, unprinted)] == ["sold", "sold"]
    assert right.till.refused("collect", sale="WEB1")["code"] == "already_collected"
    right.till.ok("collect", sale="WEB2")
    assert right.tickets is not None
    right.tickets.wait_for(1)
    codes = {id: code for id, (_, _, code) in house.tickets().items()}
    assert {"WEB1-1": left.tickets.codes(), "WEB2-1": right.tickets.codes()} == {
        id: [code] for id, code in codes.items()
    }
    house.verify()
