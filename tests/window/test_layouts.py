"""Layouts at the window: written with the paper beside the text, tried on the printer, kept and taken back."""

from __future__ import annotations

from typing import Any

import pytest

from pos.domain.errors import Refused
from pos.paper.elements import Layout
from tests.window.till import TillHouse

PLAIN = 'name = "{}"\nkind = "ticket"\n[[element]]\ntext = "{{title}}"\nsize = 8.0\n'


def refusal(house: TillHouse, verb: str, **fields: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        house.ask(verb, **fields)
    return caught.value


# ---- the verbs -----------------------------------------------------------------------------


def test_layouts_are_for_those_who_set_the_machine_up(house: TillHouse) -> None:
    text = PLAIN.format("mine")
    verbs: dict[str, dict[str, Any]] = {
        "layouts": {},
        "layout": {"layout": "z-report"},
        "layout_preview": {"text": text},
        "layout_save": {"text": text},
        "layout_revert": {"layout": "z-report"},
        "layout_print": {"text": text},
    }
    for verb, fields in verbs.items():
        assert refusal(house, verb, **fields).code == "not_signed_in"
    house.sign_in("anna")
    for verb, fields in verbs.items():
        assert refusal(house, verb, **fields).code == "not_allowed"
    assert house.printers.paper == []
    assert not house.shelf.own.exists()


def test_a_layout_is_read_changed_and_taken_back_by_verbs(house: TillHouse) -> None:
    house.sign_in("sofia", None)
    listed = {each["name"]: each for each in house.ask("layouts")["layouts"]}
    assert listed["ticket-standard"]["used"] == ["printer.ticket"]
    saved = house.ask("layout_save", text=PLAIN.format("ticket-standard"), key="once")["layout"]
    assert saved["own"]
    assert house.ask("layout_save", text="anything", key="once")["layout"] == saved
    assert house.ask("layout", layout="ticket-standard")["layout"]["text"] == PLAIN.format("ticket-standard")
    assert not house.ask("layout_revert", layout="ticket-standard")["layout"]["own"]
    refused = refusal(house, "layout_save", text=PLAIN.format("mine") + "x = 1")
    assert (refused.code, refused.fields["line"], refused.fields["key"]) == ("bad_request", 6, "element[0].x")
    assert house.ask("layout_preview", text="x", language="hu", width=48)["preview"]["error"]["line"] == 1
    for fields in ({"language": "de"}, {"width": 5}, {"marked": 1}):
        assert refusal(house, "layout_preview", text="x", **fields).code == "bad_request"


def test_a_test_print_goes_to_the_ticket_printer_and_into_no_book(house: TillHouse) -> None:
    house.sign_in("sofia", None)
    printed = house.ask("layout_print", text=PLAIN.format("mine"), language="vi")
    assert printed == {"printer": "printer.ticket", "outcome": "done", "text": ""}
    ((role, content),) = house.printers.paper
    assert (role, content["training"], isinstance(content["draft"], Layout)) == ("ticket", True, True)
    assert house.ask("jobs")["jobs"] == []
    house.printers.outcome = ("failed", "there is no paper")
    printed = house.ask("layout_print", text=PLAIN.format("mine"))
    assert (printed["outcome"], printed["text"]) == ("failed", "there is no paper")
