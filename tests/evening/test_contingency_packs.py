"""An evening on paper, in real processes: a pack that sells out, one that is sold in part, one that is lost, and one
from a window without a ticket printer. Nothing is keyed twice, and money and seats are right at the end."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.evening.house import House, Window
from tests.evening.season import AREA, SHOW

PLAN = 'version = "2027-1"\nvalid_from = 2026-01-01\n[pack]\ntickets = 2\n'
VERA = {"user": "vera", "pin": "8642"}
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{12}\b")


def of_pack(window: Window, pack: str) -> list[dict[str, Any]]:
    """The tickets of a pack; a cashier is not told their codes."""
    found: list[dict[str, Any]] = next(
        each["tickets"] for each in window.till.ok("paper")["packs"] if each["id"] == pack
    )
    return found


def states(window: Window, pack: str) -> list[str]:
    return [ticket["state"] for ticket in of_pack(window, pack)]


def printed(house: House) -> list[str]:
    return [code for printer in house._ticket_printers for code in printer.codes()]


def text_of(file: str | Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(file).pages)


def rekeyed(window: Window, tickets: list[str], cash: str) -> dict[str, Any]:
    """Tickets that a customer has paid for by hand, as the sale that they are."""
    tenders = [{"kind": "cash", "amount": cash}]
    told = window.till.ok("rekey_paper", tickets=tickets, price_type="adult", tenders=tenders)
    sale: dict[str, Any] = told["sale"]
    return sale


@pytest.mark.timeout(240)
def test_an_evening_on_paper(house: House) -> None:
    one, two = house.window("T1"), house.window("T2", printers=False)
    full, part, lost = _put_out(house, one)
    two.open("boris")
    codes = dict(zip([*full, *part, *lost], printed(house), strict=True))
    place = of_pack(one, "T1-P00003")[0]["place"]
    # The line goes, and then the power; what is in the pack lies there as a file.
    one.cut()
    (made,) = one.till.ok("make_paper_pack")["made"]
    assert made["counts"]["tickets"] == 5
    assert all(ticket in text_of(made["file"]) for ticket in codes)
    one.till.kill()
    assert two.till.refused("add", show=SHOW, places=[place], price_type="adult")["holder"] == "T1"
    sales = [_without_a_ticket_printer(two)]
    one.restart()
    one.till.ok("sign_in", user="anna", pin="2468")
    sales += _keyed(one, full, part, codes)
    one.till.ok("lose_paper", pack="T1-P00003", reason="the wind took it", approver=VERA)
    one.mend()
    sales.append(one.sell(AREA))
    one.till.wait_event("printed", tickets=[sales[-1]["tickets"][0]["id"]])
    house.drain()
    assert two.till.refused("add", show=SHOW, places=[place], price_type="adult")["code"] == "right_elsewhere"
    _agrees(house, one, sales, place)
    assert sorted(printed(house)) == sorted([*codes.values(), sales[-1]["tickets"][0]["code"]]), (
        "nothing came out twice"
    )


def _put_out(house: House, window: Window) -> tuple[list[str], list[str], list[str]]:
    """Two packs that come out as the shift opens, as the plan says, and one by hand; the ids of their tickets."""
    (window.till.folder / "contingency.toml").write_text(PLAN)
    window.open()
    house.wait(lambda: len(window.till.named("printed")) == 2, 20, "two packs have come out")
    window.till.ok("issue_paper", show=SHOW, places=window.seats("here")[:1])
    house.wait(lambda: len(window.till.named("printed")) == 3, 20, "a third one has come out")
    seats, standing, lost = (of_pack(window, f"T1-P0000{n}") for n in (1, 2, 3))
    assert [ticket["category"] for ticket in (*seats, *standing)] == ["Stalls", "Stalls", AREA, AREA]
    full, part, last = ([ticket["id"] for ticket in pack] for pack in (seats, standing, lost))
    return full, part, last


def _without_a_ticket_printer(window: Window) -> dict[str, Any]:
    """Its tickets are a file for any printer, and the code on it is worth what the ticket is."""
    mark = window.till.heard()
    assert window.till.ok("issue_paper", show=SHOW, category="Stalls", count=1)["printer"] == "sheet"
    told = window.till.wait_event("printed", outcome="done", after=mark)
    file = Path(told["text"].removeprefix("written to "))
    assert file.parent == window.till.folder / "paperpack"
    (code,) = CODE.findall(text_of(file))
    return rekeyed(window, [code], "59.00")


def _keyed(window: Window, full: list[str], part: list[str], codes: dict[str, str]) -> list[dict[str, Any]]:
    """What was sold by hand while it was dark, after a restart and without a line: one pack sold out, of the other one
    ticket sold and one back. Nothing is keyed twice, comes back when it was sold, or is sold when it came back."""
    first, second = (codes[ticket] for ticket in full)
    window.till.ok("key_paper", tickets=[first], price_type="adult")
    again = window.till.refused("key_paper", tickets=[first], price_type="adult")
    assert again["code"] == "not_allowed"
    window.till.ok("key_paper", tickets=[second], price_type="adult", joined=True)
    booked = window.till.ok("book_paper")
    assert (booked["tickets"], booked["cash"]) == (2, "118.00")
    assert states(window, "T1-P00001") == ["sold", "sold"]
    for verb in ("key_paper", "rekey_paper"):
        more = {"tenders": []} if verb == "rekey_paper" else {}
        assert window.till.refused(verb, tickets=[first], price_type="adult", **more)["state"] == "sold"
    standing = rekeyed(window, [codes[part[0]]], "13.00")
    window.till.ok("return_paper", tickets=[codes[part[1]]])
    assert states(window, "T1-P00002") == ["sold", "returned"]
    assert window.till.refused("key_paper", tickets=[codes[part[1]]], price_type="adult")["state"] == "returned"
    tickets = [{"id": ticket, "code": codes[ticket]} for ticket in full]
    (sale,) = booked["sales"]
    return [sale | {"rounding": "0.00", "tickets": tickets}, standing]


def _agrees(house: House, window: Window, sales: list[dict[str, Any]], lost: str) -> None:
    """Money, seats and papers at the office are those of the evening, and both ends find nothing wrong."""
    total = sum(Decimal(sale["total"]) for sale in sales[1:])  # the first one is the other window's
    report = window.till.ok("close_shift", counted={"total": str(Decimal(100) + total)})["report"]
    assert report["difference"] == "0.00"
    house.verify(disputes=["paper_lost"])
    house._compare(sales, ())
    assert [
        tuple(row) for row in house.ask("SELECT place, state FROM place_right WHERE state IN ('PAPER', 'QUARANTINE')")
    ] == [(lost, "QUARANTINE")]
