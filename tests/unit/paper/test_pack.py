"""Paper packs and their tickets as documents: what stands on which page, in every language, and what a gate reads."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from pos.domain.housechart import PAPER
from pos.domain.money import Money
from pos.domain.paperpack import Caller, Numbered, PaperPack, Pickup, PriceRow, PriceSheet, SeatRun
from pos.paper.formats import LANGUAGES
from pos.paper.pack import as_pdf
from pos.paper.packtickets import tickets_pdf
from pos.paper.reports.words import Writer
from tests.peers.toy_printer import read_codes
from tests.unit.paper.test_housechart import WORDS, chart, face, plan
from tests.unit.paper.test_read_back import rendered


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


ADULT = PriceRow(
    1, "Adult", "", {name: eur(5900) for name in ("Stalls", "Circle", "Box", "Rear", "Side", "Top", "Bar")}
)
STUDENT = PriceRow(2, "Student", "student card", {"Stalls": eur(3000)})
PACK = PaperPack(
    "aida",
    "Aida",
    "The House",
    "2027-03-01T19:30:00+01:00",
    "Window 1",
    "2027-03-01T18:00:00+01:00",
    "2027-03-01T17:59:00+01:00",
    "2027-1",
    steps=("Take cash only.",),
    people=(Caller("Dana Duty", "Duty manager", "+43 1 555"),),
    seats=(SeatRun("Stalls", "Stalls C", "1–4, 7", 5), SeatRun("Foyer", "", "", 12)),
    pickups=(Pickup("Ruth Gál", "T2-00007", "Circle A 3", "Window 2"), Pickup("", "WEB-1", "Circle A 4", "")),
    prices=(PriceSheet("", (ADULT, STUDENT)), PriceSheet("2027-03-01T19:00:00+01:00", (STUDENT,))),
    fees=(("Handling", eur(150)),),
    tickets=tuple(Numbered(f"T1-P00003-{n}", f"3/{n}", f"Stalls D {n}", "Stalls") for n in range(1, 51)),
)


def pages(pack: PaperPack, language: str = "en") -> list[str]:
    reader = PdfReader(io.BytesIO(as_pdf(pack, Writer(language, WORDS), face())))
    return [page.extract_text() for page in reader.pages]


def test_the_cover_says_what_it_is_of_whom_to_call_and_how_to_sell_from_it() -> None:
    cover = pages(PACK)[0]
    for words in (
        "Aida",
        "Window 1",
        "Contingency plan 2027-1",
        "1. Take cash only.",
        "+43 1 555 Dana Duty Duty manager",
    ):
        assert words in cover
    assert "Made at Mon, 1 Mar 2027 18:00" in cover
    assert "State of Mon, 1 Mar 2027 17:59" in cover
    assert "Seats in hand 17" in cover
    assert "1. Sell the numbered tickets" in cover
    assert "Sell the numbered tickets" not in pages(replace(PACK, tickets=()))[0]


def test_each_part_begins_a_page_and_every_page_says_of_which_show_and_till() -> None:
    found = pages(PACK)
    below = [page.splitlines()[1] for page in found[1:]]  # under the running head
    parts = ["Seats in hand", "Tickets to be collected", "Prices, ticket fees included", "Sale log"]
    assert list(dict.fromkeys(below)) == parts
    assert all("Aida · Mon, 1 Mar 2027 19:30 · Window 1" in page for page in found[1:])
    assert all(f"Page {n} of {len(found)}" in page for n, page in enumerate(found, 1))
    assert all("Made at: Mon, 1 Mar 2027 18:00" in page for page in found)


def test_the_hall_comes_after_the_cover() -> None:
    found = pages(replace(PACK, chart=chart("studio")))
    assert "Tosca · " in found[1]
    assert f"Page 2 of {len(found)}" in found[1]
    assert len(found) == len(pages(PACK)) + 1


def test_the_map_has_the_sections_of_which_there_is_something_to_sell_here(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = plan("opera")

    def sections(*names: str) -> list[str]:
        states = bytearray(len(drawn))
        for state, name in zip((1, PAPER), names, strict=False):
            states[next(ix for ix in range(len(drawn)) if drawn.zones[drawn.zone[ix]] == name)] = state
        found = pages(replace(PACK, chart=chart("opera", bytes(states))))
        return [page.split("\n")[0] for page in found if "Tosca · " in page]

    assert sections() == ["Tosca · Opera"]
    assert sections("Circle", "Balcony") == ["Tosca · Opera", "Tosca · Circle", "Tosca · Balcony"]
    monkeypatch.setattr("pos.paper.pack._LEAST_MM", 2.5)  # as in a stadium: no seat is told from the next
    assert sections("Circle") == ["Tosca · Circle"]


def test_lists_say_where_tickets_lie_and_what_a_customer_pays() -> None:
    text = "\n".join(pages(PACK))
    assert "Stalls Stalls C 1–4, 7 5" in text
    assert "Ruth Gál T2-00007 Circle A 3 ready at Window 2" in text
    assert "? WEB-1 Circle A 4 not printed" in text
    assert "Number Price type Stalls Circle Box Rear Side Top To be shown" in text
    assert "Number Price type Bar To be shown" in text, "more categories than a page is wide go below"
    assert "Prices from Mon, 1 Mar 2027 19:00" in text
    assert "Once a sale: Handling €1.50" in text


def test_the_log_has_a_line_for_each_numbered_ticket_and_then_empty_ones() -> None:
    logs = [page for page in pages(PACK) if "Sale log" in page]
    text = "\n".join(logs)
    assert all(f"3/{n} T1-P00003-{n} Stalls D {n}" in " ".join(text.split()) for n in range(1, 51))
    assert all("1 Adult · 2 Student" in page for page in logs), "the price types by number on every page"
    assert len(logs) == 4, "fifty lines and forty empty ones"


def test_a_pack_of_training_says_that_it_is_none() -> None:
    assert "NOT VALID" in pages(replace(PACK, training=True))[0]
    assert "NOT VALID" not in pages(PACK)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_runs_out_of_its_page(language: str) -> None:
    write, fonts = Writer(language, WORDS), face()
    wide = max(
        fonts.text_mm(write.say(key), 3.8, False)
        for key in ("show", "starts", "till", "made_at", "pack_as_of", "pack_plan", "pack_seats", "pack_numbered")
    )
    assert wide < 75, "the names of facts stand beside what they say"
    for key, room in (("ticket", 40), ("place", 46), ("pack_type", 20), ("price", 24), ("cash", 24), ("at", 16)):
        assert fonts.text_mm(write.say(key), 2.7, True) <= room, key


# ---- tickets ---------------------------------------------------------------------------------


def ticket(number: int, **more: Any) -> dict[str, Any]:
    return {
        "kind": "ticket",
        "language": "en",
        "venue": "The House",
        "title": "Aida",
        "starts": "Mon, 1 Mar 2027 19:30",
        "place": f"Stalls C {number}",
        "category": "Front",
        "price_type": f"No. {number} of 9",
        "price": "",
        "code": f"HF7K2M9QX4A{number}",
        "ticket": f"T1-P00003-{number}",
        "sale": "T1-P00003",
        "till": "T1",
        "copy": 0,
    } | more


def sheets(*tickets: dict[str, Any], training: bool = False) -> list[str]:
    reader = PdfReader(io.BytesIO(tickets_pdf(tickets, WORDS, face(), training=training)))
    return [page.extract_text() for page in reader.pages]


def test_eight_tickets_are_a_sheet_each_with_its_code_number_and_place() -> None:
    first, second = sheets(*(ticket(n) for n in range(1, 10)))
    assert all(
        f"HF7K2M9QX4A{n}" in first and f"Stalls C {n}" in first and f"No. {n} of 9" in first for n in range(1, 9)
    )
    assert "HF7K2M9QX4A9" in second
    assert "HF7K2M9QX4A9" not in first


def test_a_gate_reads_every_ticket_off_the_sheet(tmp_path: Path) -> None:
    document = tickets_pdf([ticket(n) for n in range(1, 9)], WORDS, face())
    (page,) = rendered(document, tmp_path)
    assert sorted(code.text for code in read_codes(page)) == [f"HF7K2M9QX4A{n}" for n in range(1, 9)]


def test_a_copy_and_training_are_said_on_the_ticket() -> None:
    (plain,) = sheets(ticket(1))
    (copy,) = sheets(ticket(1, copy=2))
    (training,) = sheets(ticket(1), training=True)
    assert ("DUPLICATE 2" in copy, "DUPLICATE" in plain) == (True, False)
    assert ("NOT VALID" in training, "NOT VALID" in plain) == (True, False)
