"""Machines that die: their disk gone, copied or found again, and tills that are enrolled anew."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.evening.house import House, Window
from tests.evening.season import SHOW
from tests.evening.till_process import housefull
from tests.peers.office_process import office

HEARS_S = 15.0  # a till polls every four seconds, and its office notes it every three
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def command(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    return office(*words, "--db", house.database)


def told(house: House, *words: str) -> str:
    done = command(house, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def opened(house: House) -> tuple[Window, Window, list[str]]:
    """Two windows that sell, and the seats in the first one's hand; its cable is pulled."""
    left, right = house.pair()
    left.open("anna")
    right.open("boris")
    left.till.ok("sync")
    mine = left.seats("here")
    left.cut()
    return left, right, mine


def dies(house: House, window: Window, papers: int) -> None:
    """The power goes, after so many tickets have come out."""
    assert window.tickets is not None
    window.tickets.wait_for(papers)
    window.till.kill()
    del house.windows[window.name]


def refused(window: Window, place: str) -> tuple[str, str]:
    """The code, and whom the place is said to be with."""
    answer = window.till.refused("add", show=SHOW, places=[place], price_type="adult")
    return answer["code"], answer.get("holder", "")


def release(house: House, *places: str) -> subprocess.CompletedProcess[str]:
    words = ("--show", SHOW, "--places", *places, "--by", "vera", "--reason", "counted the paper")
    return command(house, "release", "T1", *words)


def test_a_disk_that_is_gone_leaves_its_places_to_a_supervisor(house: House) -> None:
    left, right, mine = opened(house)
    sold = left.sell(*mine[:2])
    dies(house, left, 2)
    shutil.rmtree(left.till.folder)

    right.cut()
    said = told(house, "dead", "T1")
    assert said.startswith("till T1.1 is dead (it was ACTIVE): 1 facts are here, last heard 20"), said
    assert "it holds 9 QUARANTINE" in said
    early = release(house, mine[2])
    assert early.returncode == 1
    assert "T2 (incarnation 1) has to be heard" in early.stderr
    right.mend()
    house.wait(lambda: release(house, mine[2], mine[3]).returncode == 0, HEARS_S, "T2 is heard, and places are free")

    right.till.ok("sync")
    bought = right.sell(mine[2])
    assert refused(right, mine[0]) == ("right_elsewhere", "T1")
    assert refused(right, mine[4]) == ("right_elsewhere", "T1")
    right.till.ok("sign_in", user="vera", pin="8642")
    (left_over,) = right.till.ok("frozen_places")["frozen"]
    assert (left_over["till"], left_over["incarnation"], left_over["show"]) == ("T1", 1, SHOW)
    seats = {place["place"] for place in left_over["places"] if "#" not in place["place"]}
    assert seats == set(mine) - {mine[2], mine[3]}
    assert {place["state"] for place in left_over["places"]} == {"QUARANTINE"}
    words = {"till": "T1", "show": SHOW, "reason": "counted the paper"}
    assert right.till.refused("release_places", places=[mine[0], "A-12"], **words)["code"] == "release_waits"
    freed = right.till.ok("release_places", places=[mine[4]], **words)
    assert freed == {"released": [{"show": SHOW, "place": mine[4]}]}
    right.till.ok("sign_in", user="boris", pin="1357")
    also = right.sell(mine[4])
    assert right.tickets is not None
    right.tickets.wait_for(2)
    assert left.tickets is not None
    assert sorted(left.tickets.codes()) == sorted(ticket["code"] for ticket in sold["tickets"])
    house.drain()
    places = {unit for _, unit, _ in house.tickets().values()}
    assert places == {mine[2], mine[4]}, "what is on paper at the dead till was sold to nobody else"
    assert told(house, "verify") == ""
    assert [sale["tickets"][0]["place"] for sale in (bought, also)] == [mine[2], mine[4]]


def seal(house: House, folder: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return housefull("seal", "--data", str(folder), "--out", str(out), state=house.state)


def test_a_dead_machines_own_disk_frees_what_it_held(house: House, tmp_path: Path) -> None:
    left, right, mine = opened(house)
    sold = [left.sell(*mine[:2])]
    left.till.ok("add", show=SHOW, places=[mine[5]], price_type="adult")
    dies(house, left, 2)
    out = tmp_path / "T1.journal"
    done = seal(house, left.till.folder, out)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    sealed = re.fullmatch(rf"till T1\.1 is sealed with (\d) facts: absorb {out}", first)
    assert sealed is not None, first
    assert second == "shift T1-1-S0001 is open: its drawer still has to be counted"
    facts = int(sealed[1])  # that the printer was done may have been written down or not
    assert told(house, "absorb", str(out)) == f"till T1.1, DEAD: {facts - 1} of {facts} facts are new, 0 disputed\n"
    assert told(house, "absorb", str(out)) == f"till T1.1, DEAD: 0 of {facts} facts are new, 0 disputed\n"
    right.till.ok("sync")
    sold.append(right.sell(mine[2], mine[5]))
    assert refused(right, mine[0])[0] == "sold"
    taken = right.till.ok("take_over", till="T1", counted={"total": "217.00"})["taken_over"]
    assert (taken["shift"], taken["expected"], taken["difference"]) == ("T1-1-S0001", "218.00", "-1.00")
    assert right.till.refused("take_over", till="T1", counted={"total": "217.00"})["code"] == "not_allowed"

    left.restart()
    left.till.ok("sign_in", user="anna", pin="2468")
    assert refused(left, mine[3])[0] == "fenced"
    assert "sealed" in left.till.ok("status")["fenced"]
    left.till.quit()
    again(house, left)
    left.till.ok("sign_in", user="anna", pin="2468")
    assert left.till.refused("open_shift", float="50.00")["code"] == "drawer_uncounted"
    told_of = left.till.ok("take_over", counted={"total": "0.00"})
    assert (told_of["taken_over"], told_of["counted_by"]) == (None, "T2"), "its money is not there any more"
    left.till.ok("open_shift", float="50.00")
    sold.append(left.sell(left.seats("here")[0]))
    house.audit(sold)
    house.verify_till(left)


@ON_SQLITE
def test_a_copy_is_booked_and_frees_nothing(house: House, tmp_path: Path) -> None:
    left, right, mine = opened(house)
    sold = [left.sell(mine[0])]
    copy = tmp_path / "copy"
    shutil.copytree(left.till.folder, copy)
    sold.append(left.sell(mine[1]))
    dies(house, left, 2)
    told(house, "dead", "T1")
    out = tmp_path / "T1.journal"
    done = housefull("journal", "--data", str(copy), "--out", str(out), state=house.state)
    assert (done.returncode, done.stderr) == (0, "")
    assert told(house, "absorb", str(out)).startswith("till T1.1, DEAD: ")
    assert house.sales() == {sold[0]["id"]}
    right.till.ok("sync")
    assert refused(right, mine[2]) == ("right_elsewhere", "T1")

    early = seal(house, copy, tmp_path / "copy.journal")
    assert early.returncode == 1
    assert "old copy" in early.stderr
    assert not (tmp_path / "copy.journal").exists()
    done = seal(house, left.till.folder, out)
    assert done.returncode == 0, done.stderr
    told(house, "absorb", str(out))
    right.till.ok("sync")
    sold.append(right.sell(mine[2]))
    house.audit(sold)


def again(house: House, window: Window) -> None:
    """Enrol the window's folder again, on the code of a supervisor who knows what happened."""
    window.cable.mend()
    code = told(house, "enrol", window.name, "--replace").strip()
    done = housefull(
        "--data", str(window.till.folder), "--enrol", f"http://127.0.0.1:{window.cable.port}", code, state=house.state
    )
    assert done.returncode == 0, done.stderr
    window.restart()
    house.windows[window.name] = window


def test_a_till_that_is_enrolled_again_sends_what_its_old_ledger_has(house: House) -> None:
    left, right, mine = opened(house)
    sold = [left.sell(*mine[:2])]
    dies(house, left, 2)
    again(house, left)
    house.wait(lambda: house.sales() == {sold[0]["id"]}, HEARS_S, "the old ledger's sale is at the office")
    house.wait(lambda: left.till.ok("status")["set_aside"] == [], HEARS_S, "nothing is left to send")
    assert house.ask("SELECT state FROM till WHERE id = 'T1' ORDER BY incarnation") == [("DEAD",), ("ACTIVE",)]

    left.till.ok("sign_in", user="anna", pin="2468")
    assert left.till.refused("open_shift", float="50.00")["code"] == "drawer_uncounted"
    count = f"{100 + 118:.2f}"
    taken = left.till.ok("take_over", counted={"total": count})["taken_over"]
    assert (taken["expected"], taken["difference"]) == (count, "0.00")
    left.till.ok("open_shift", float="50.00")
    right.till.ok("sync")
    sold += [right.sell(mine[2]), left.sell(left.seats("here")[0])]
    house.audit(sold)
    assert (left.till.folder / "ledger-T1-1.db").exists()


@ON_SQLITE
def test_an_old_folder_is_fenced_and_enrolled_again_without_its_rights(house: House, tmp_path: Path) -> None:
    left, right, mine = opened(house)
    copy = tmp_path / "copy"
    left.till.quit()
    shutil.copytree(left.till.folder, copy)
    left.restart()
    left.till.ok("sign_in", user="anna", pin="2468")
    left.sell(mine[0])
    dies(house, left, 1)
    shutil.rmtree(left.till.folder)
    shutil.copytree(copy, left.till.folder)
    left.restart()
    assert "was written here before" in left.till.ok("status")["fenced"]
    left.till.kill()
    again(house, left)
    assert left.till.ok("status")["fenced"] is None
    right.till.ok("sync")
    assert refused(right, mine[0]) == ("right_elsewhere", "T1")
    assert refused(right, mine[1]) == ("right_elsewhere", "T1")
    assert told(house, "verify") == ""


@ON_SQLITE
def test_a_folder_without_its_key_begins_anew(house: House) -> None:
    """It is from another machine. What it has is kept for whoever can use it."""
    left, _, mine = opened(house)
    sold = left.sell(mine[0])
    dies(house, left, 1)
    shutil.rmtree(house.state)
    again(house, left)
    (waiting,) = left.till.ok("status")["set_aside"]
    assert (waiting["till"], waiting["incarnation"]) == ("T1", 1)
    assert waiting["unsent"] > 0
    assert waiting["text"] == "the key of ledger-T1-1.db is lost"
    out = left.till.folder / "T1.journal"
    done = housefull(
        "journal", "--data", str(left.till.folder), "--ledger", "ledger-T1-1.db", "--out", str(out), state=house.state
    )
    assert done.returncode == 0, done.stderr
    told(house, "absorb", str(out))
    assert house.sales() == {sold["id"]}


@ON_SQLITE
@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("dead", "T9"), 1, "no till 'T9' was ever enrolled here"),
        (("absorb", "/nowhere"), 1, "/nowhere"),
        (("release", "T1", "--all", "--by", "anna", "--reason", "x"), 1, "'anna' is no supervisor"),
        (("release", "T1", "--all", "--by", "vera", "--reason", "x"), 1, "nothing with a fenced or dead T1"),
        (("release", "T1", "--places", "A-1", "--by", "vera", "--reason", "x"), 2, "--places goes with --show"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused(house: House, words: tuple[str, ...], code: int, why: str) -> None:
    done = command(house, *words)
    assert done.returncode == code
    assert why in done.stderr


@ON_SQLITE
def test_a_folder_that_is_no_tills_cannot_be_sealed(house: House, tmp_path: Path) -> None:
    done = seal(house, tmp_path / "nothing", tmp_path / "out")
    assert done.returncode == 1
    assert "is not a folder" in done.stderr
    assert not (tmp_path / "out").exists()
    folder, _ = house.enrolled("T1")
    unwritable = tmp_path / "no" / "such" / "folder" / "out"
    assert seal(house, folder, unwritable).returncode == 1
