"""An outage from its beginning to its report: the till dies in the middle of it, and everything comes back."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.evening.house import PINS, House
from tests.evening.season import SHOW

OVER_S = 20.0  # from the office's first answer until the report is written


@pytest.mark.timeout(120)
def test_an_outage_reports_itself(house: House) -> None:
    one = house.window("T1")
    one.open("vera")
    before = one.sell(one.seats("here")[0])
    house.drain()

    one.cut()
    one.till.wait_event("level", level="alone")
    sold = [one.sell(*one.seats("here")[:2])]
    elsewhere = one.seats("free")[0]
    assert one.till.refused("add", show=SHOW, places=[elsewhere], price_type="adult")["code"] == "right_elsewhere"
    assert one.till.ok("outages")["open"]["refused"] == 1
    one.till.wait_event("printed", tickets=[ticket["id"] for ticket in sold[0]["tickets"]], outcome="done")
    one.till.kill()
    one.restart()
    one.till.ok("sign_in", user="vera", pin=PINS["vera"])
    sold.append(one.sell(one.seats("here")[0]))

    mark = one.till.heard()
    one.mend()
    drained = one.till.wait_event("drain", after=mark, left_s=0, seconds=OVER_S)
    assert drained["sent"] == drained["total"] > len(sold)
    over = one.till.wait_event("outage", after=mark, seconds=OVER_S)
    written = one.till.wait_event("incident", after=mark, seconds=OVER_S)
    assert over["incident"] == written["incident"] == "T1-I00001"
    assert Path(written["file"]).read_bytes().startswith(b"%PDF-")

    house.audit([before, *sold])
    ((body,),) = house.ask("SELECT body FROM document WHERE family = 'incident'")
    record = json.loads(body)
    assert [(one["level"], one["cause"]) for one in record["levels"]] == [("alone", "no_office")]
    assert record["printed"] == 3
    (sales,) = record["sales"]
    assert (sales["sales"], sales["tickets"]) == (2, 3)
    assert Decimal(sales["amount"]) == sum(Decimal(sale["total"]) for sale in sold)
    assert [(one["place"], one["times"]) for one in record["refused"]] == [(elsewhere, 1)]
    assert (record["restarts"], record["disputes"], record["plan"]) == (1, [], "1")
    assert 0 <= record["detected_s"] < 20
    assert 0 <= record["recovered_s"] < 20

    listed = json.loads(house._command("report", "incidents", "--format", "json"))
    (outage,) = next(table["rows"] for table in listed["tables"] if table["heading"] == "outages")
    assert outage[3:8] == [1, 2, 3, sales["amount"], 1]
