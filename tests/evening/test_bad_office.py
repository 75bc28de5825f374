"""Somebody else answers at the office's address: the till says so, goes on, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evening.house import House
from tests.evening.season import SHOW
from tests.evening.till_process import housefull
from tests.evening.trouble import STRANGERS, stranger


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with House(folder, f"sqlite:///{folder / 'office.db'}") as house:
        yield house


# The others look like no office at all and are tried at enrolment only, since a line that comes
# and goes is believed after three seconds and each of them would take those.
IN_THE_WAY = ("a page of HTML", "half a reply", "not HTTP at all")


def test_a_till_goes_on_while_strangers_answer(house: House) -> None:
    window = house.window("T1")
    window.open()
    seats = window.seats("here")
    sold = [window.sell(seats.pop())]
    for name in IN_THE_WAY:
        window.till.ok("sync")
        window.cut()
        mark = window.till.heard()
        with stranger(window.cable.port, STRANGERS[name]):
            window.till.wait_event("link", after=mark, state="offline", cause="not_our_office", seconds=10)
            sold.append(window.sell(seats.pop()))
            refused = window.till.refused("add", show=SHOW, places=[window.seats("free")[-1]], price_type="adult")
            assert (refused["code"], refused["holder"]) == ("right_elsewhere", "office"), name
            assert window.till.refused("sync")["code"] == "offline", name
            assert window.till.ok("status")["unsent"] >= 1, name
        window.mend()
        house.wait(lambda: len(house.sales()) == len(sold), 5, f"the sales after {name}")
    assert window.till.errors == ""
    house.audit(sold)


@pytest.mark.parametrize("name", STRANGERS)
def test_enrolling_with_a_stranger_leaves_nothing_half_done(house: House, tmp_path: Path, name: str) -> None:
    folder, cable = tmp_path / "T9", house.windows["T1"].cable
    cable.cut()
    try:
        with stranger(cable.port, STRANGERS[name]):
            url = f"http://127.0.0.1:{cable.port}"
            failed = housefull("--data", str(folder), "--enrol", url, "ABCD-EFGH", state=tmp_path)
    finally:
        cable.mend()
    assert failed.returncode == 1, failed
    assert failed.stderr.startswith("housefull: "), failed.stderr
    assert "Traceback" not in failed.stderr
    assert not (folder / "till.toml").exists()


def test_a_wrong_code_and_an_office_that_is_not_there(house: House, tmp_path: Path) -> None:
    for url, word in ((house.office.url, "code"), ("http://127.0.0.1:9", "127.0.0.1:9"), ("ftp://office", "ftp")):
        failed = housefull("--data", str(tmp_path / "T9"), "--enrol", url, "ABCD-EFGH", state=tmp_path)
        assert failed.returncode == 1, failed
        assert word in failed.stderr, failed.stderr
        assert "Traceback" not in failed.stderr
        assert not (tmp_path / "T9" / "till.toml").exists()
