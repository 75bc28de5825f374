"""The season changes while a till is cut off: it sells by what it knows, and what it sold stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evening.house import House
from tests.evening.season import AREA, SHOW, season
from tests.peers.office_process import office

pytestmark = pytest.mark.timeout(180)

_GALA = """
[[show]]
id = "gala"
production = "tosca"
starts = "2030-12-03T19:30:00+01:00"
plan = "hall"
prices = "usual"
terms = "standard"
allotment = { Stalls = 4 }
"""


def test_a_price_changes_and_a_show_is_cancelled_during_an_outage(tmp_path: Path) -> None:
    with House(tmp_path / "house", f"sqlite:///{tmp_path / 'office.db'}", season(extra=_GALA)) as house:
        left, right = house.pair()
        left.open("anna")
        right.open("boris")
        for window in (left, right):
            window.till.ok("sync")
        seats, gala = left.seats("here"), left.seats("here", "gala")
        sold = [left.sell(seats[0])]
        left.cut()
        text = house.season_file.read_text("utf-8")
        changed = text.replace('adult = "58.00"', 'adult = "70.00"').replace(
            'id = "gala"', 'id = "gala"\nstate = "cancelled"'
        )
        assert changed.count("70.00") == changed.count("cancelled") == 1
        house.season_file.write_text(changed, "utf-8")
        done = office("import", str(house.season_file), "--db", house.database)
        assert done.returncode == 0, done.stderr

        house.wait(
            lambda: right.till.ok("show", show=SHOW)["prices"]["Stalls"]["adult"] == "70.00", 10, "the new price"
        )
        sold += [left.sell(seats[1]), left.sell(gala[0], show="gala"), right.sell(right.seats("here")[0])]
        assert [sale["total"] for sale in sold] == ["59.00", "59.00", "59.00", "71.00"]
        left.mend()
        house.wait(lambda: left.till.ok("show", show=SHOW)["prices"]["Stalls"]["adult"] == "70.00", 10, "the new price")
        sold.append(left.sell(seats[2]))
        assert sold[-1]["total"] == "71.00"
        refused = left.till.refused("add", show="gala", places=[gala[1]], price_type="adult")
        assert refused["code"] == "show_cancelled"
        house.audit(sold)


def test_an_area_shrinks_and_grows_again_between_two_shifts(tmp_path: Path) -> None:
    """Its units are the same again, and a till that had them before takes and sells them."""
    with House(tmp_path / "house", f"sqlite:///{tmp_path / 'office.db'}", season()) as house:
        left, _ = house.pair()
        left.open("anna")
        left.till.ok("close_shift", counted={"total": "100.00"})
        left.till.ok("sync")
        text = house.season_file.read_text("utf-8")
        for units, done_to in ((1, "0 places added, 11 taken away"), (12, "11 places added, 0 taken away")):
            house.season_file.write_text(text.replace("capacity = 12", f"capacity = {units}"), "utf-8")
            done = office("import", str(house.season_file), "--db", house.database)
            assert f"show {SHOW}: {done_to}" in done.stdout, done.stderr
        left.till.ok("sync")
        left.open("anna")
        left.cut()
        sold = [left.sell(*[AREA] * 3)]
        left.mend()
        house.audit(sold)
