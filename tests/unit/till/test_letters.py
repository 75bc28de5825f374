"""Letters about shows that were called off or moved: what they say, to whom, in which language."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from pos.till.counter import letters
from tests.unit.till.counter import PINS, Counter, show_document

Make = Callable[..., Counter]


class Sheets:
    """Keeps what was to be set; the PDF itself is the layouts' business."""

    def __init__(self) -> None:
        self.contents: list[dict[str, Any]] = []

    def sheet(self, content: dict[str, Any]) -> Future[bytes]:
        self.contents.append(content)
        made: Future[bytes] = Future()
        made.set_result(b"%PDF")
        return made


@pytest.fixture
def made(make_counter: Make) -> tuple[Counter, Sheets, dict[str, Any]]:
    """A sale of two to Olha, who reads Ukrainian."""
    sheets = Sheets()
    counter = make_counter([show_document("aida"), show_document("later", replaces="aida")], layouts=sheets)
    counter.open()
    counter.add("A-1", "A-2")
    sale = counter.pay(buyer={"name": "Olha Kovach", "language": "uk"})
    return counter, sheets, sale


def off(counter: Counter, state: str) -> None:
    version = counter.desk.submit(lambda: counter.desk.season().shows["aida"].plan_version).result(10)
    counter.line.document("show", {**counter.shows[0], "plan_version": version, "state": state})


def test_it_says_what_happened_what_is_owed_and_what_the_buyer_may_do(made: tuple[Counter, Sheets, Any]) -> None:
    counter, sheets, sale = made
    off(counter, "cancelled")
    counter.ask("refund", tickets=[sale["tickets"][0]["id"]], reason="off")
    answer = counter.ask("letter", show="aida", sale=sale["id"])
    assert answer["letter"] == {"sale": sale["id"], "language": "uk", "name": "Olha Kovach", "contact": ""}
    (content,) = sheets.contents
    assert [row["text"] for row in content["groups"][0]["rows"]] == ["Stalls A 2"]  # what is left of it
    assert content["notes"][0] == "Добрий день, Olha Kovach!"
    assert "не відбудеться" in content["notes"][1]
    assert "58,00" in content["notes"][-1]


def test_a_new_date_is_named_and_a_show_that_takes_place_needs_no_letter(made: tuple[Counter, Sheets, Any]) -> None:
    counter, sheets, sale = made
    assert counter.refusal("letter", show="aida", sale=sale["id"]).fields["field"] == "show"
    off(counter, "moved")
    counter.ask("letter", show="aida", sale=sale["id"])
    assert "2027" in sheets.contents[0]["notes"][2]
    assert counter.refusal("letter", show="aida", sale="T9-1").code == "unknown_ticket"


def test_every_sentence_is_there_in_all_five_languages() -> None:
    for key, texts in letters._TEXTS.items():
        assert set(texts) == {"en", "zh_TW", "vi", "uk", "hu"}, key
        fields = {text.count("{") for text in texts.values()}
        assert len(fields) == 1, key


def test_of_a_show_that_was_broken_off_and_of_seats_that_may_not_be_used(made: tuple[Counter, Sheets, Any]) -> None:
    counter, sheets, sale = made
    approver = {"user": "sam", "pin": PINS["sam"]}
    counter.ask("close_places", show="aida", places=["A-2"], reason="water", approver=approver)
    counter.ask("letter", show="aida", sale=sale["id"])
    assert [row["text"] for row in sheets.contents[-1]["groups"][0]["rows"]] == ["Stalls A 2"]
    assert "недоступні" in sheets.contents[-1]["notes"][1]
    counter.ask("abandon_show", show="aida", reason="smoke", approver=approver)
    counter.ask("letter", show="aida", sale=sale["id"])
    assert len(sheets.contents[-1]["groups"][0]["rows"]) == 2
    assert "перервано" in sheets.contents[-1]["notes"][1]
