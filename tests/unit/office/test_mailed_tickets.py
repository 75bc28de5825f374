"""Tickets by e-mail: enclosed as PDF, in the buyer's language, as they stand when the letter is sent."""

from __future__ import annotations

import email
import email.policy
import io
import json
from collections.abc import Iterator
from email.message import EmailMessage

import pypdf
import pytest

from pos.domain.books import Posting
from pos.domain.rights import Effect
from tests.peers.small_season import SHOW
from tests.peers.smtp_server import SmtpServer
from tests.unit.office.conftest import House as Office
from tests.unit.office.test_facts import Tills
from tests.unit.office.test_outbox import notices, sell, sender


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def send_all(office: Office, smtp: SmtpServer) -> None:
    post = sender(office, smtp)
    while post.step():
        pass


def received(smtp: SmtpServer) -> tuple[str, list[tuple[str, list[str]]]]:
    """The text of the sale's letter, and each enclosed document: its name, and the text of its pages."""
    letters = [email.message_from_bytes(raw.encode(), policy=email.policy.default) for _, raw in smtp.box.letters]
    (message,) = (one for one in letters if "refund" not in one["Subject"])
    assert isinstance(message, EmailMessage)
    body = message.get_body()
    assert body is not None
    enclosures = []
    for part in message.iter_attachments():
        assert part.get_content_type() == "application/pdf"
        pages = pypdf.PdfReader(io.BytesIO(part.get_content())).pages
        enclosures.append((str(part.get_filename()), [page.extract_text() for page in pages]))
    return body.get_content(), enclosures


def test_tickets_are_enclosed_in_the_buyers_language(house: Office, tills_at: Tills, smtp: SmtpServer) -> None:
    (one,) = tills_at("T1")
    fact = sell(house, one, "A-1", "A-2", buyer={"language": "uk"}, delivery="email")
    one.journal.pop()
    value = json.loads(fact.envelope)
    body = value["body"]["sale"] | {"name": "Ida", "contact": "ida@example.org", "buyer": {"language": "uk"}}
    for ticket in body["tickets"]:
        ticket["terms"] = {"id": "standard", "refund_until": "24h", "refund_fee": "10%"}
    effects = tuple(Effect.from_json(effect) for effect in value["effects"])
    one.record("TicketsSold", {"sale": body}, effects, tuple(Posting.from_json(x) for x in value["money"]))
    house.push(one)
    sender(house, smtp).step()
    text, ((name, pages),) = received(smtp)
    assert "Квитки у вкладенні" in text
    assert (name, len(pages)) == (f"tickets-{one.till}.1-00001.pdf", 2)
    for number, page in enumerate(pages, 1):
        for told in ("The House", "Tosca", "Stalls", "A", str(number), f"CODE{one.till}.1-00001{number}", "Дорослий"):
            assert told in page
        assert "58,00" in page  # as Ukrainian writes money
        assert "Ida" in page
        assert "10 %" in page  # the terms that the buyer was told
    assert notices(house)[0]["state"] == "sent"
    assert house.violations() == []


def test_nothing_is_enclosed_for_tickets_that_are_on_paper(house: Office, tills_at: Tills, smtp: SmtpServer) -> None:
    (one,) = tills_at("T1")
    sell(house, one, "A-1")
    house.push(one)
    sender(house, smtp).step()
    text, enclosures = received(smtp)
    assert enclosures == []
    assert "enclosed" not in text


def test_what_came_back_before_the_letter_went_is_not_in_it(house: Office, tills_at: Tills, smtp: SmtpServer) -> None:
    (one,) = tills_at("T1")
    seats = house.granted(one, "A-1", "A-2")
    sale = sell(house, one, "A-1", "A-2", delivery="email")
    one.refund(sale, seats[0])
    house.push(one)
    send_all(house, smtp)
    text, ((_, pages),) = received(smtp)
    first, second = (f"CODE{one.till}.1-00001{number}" for number in (1, 2))
    assert "returned, not valid any more" in text
    assert first not in text
    assert f"code {second}" in text
    assert len(pages) == 1
    assert second in pages[0]


def test_when_all_came_back_the_letter_says_so_and_encloses_nothing(
    house: Office, tills_at: Tills, smtp: SmtpServer
) -> None:
    (one,) = tills_at("T1")
    seats = house.granted(one, "A-1")
    sale = sell(house, one, "A-1", delivery="email")
    one.refund(sale, *seats)
    house.push(one)
    send_all(house, smtp)
    text, enclosures = received(smtp)
    assert "None of these tickets is valid any more" in text
    assert "CODE" not in text
    assert enclosures == []


def test_a_ticket_that_a_window_printed_meanwhile_is_not_mailed(
    house: Office, tills_at: Tills, smtp: SmtpServer
) -> None:
    """Its copy counts, so what would be mailed is a ticket that no gate lets in."""
    (one,) = tills_at("T1")
    (seat,) = house.granted(one, "A-1")
    sell(house, one, "A-1", delivery="email")
    one.copy(seat, SHOW, f"{one.till}.1-00001-1", 1)
    house.push(one)
    send_all(house, smtp)
    text, enclosures = received(smtp)
    assert "printed at the box office" in text
    assert "CODE" not in text
    assert enclosures == []


@pytest.mark.expect_log("could not be set")
def test_tickets_that_cannot_be_set_are_told_by_their_codes(
    house: Office, tills_at: Tills, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = tills_at("T1")
    sell(house, one, "A-1", delivery="email")
    house.push(one)
    monkeypatch.setattr("sync.office.mail._LAYOUT", "no-such-layout")
    sender(house, smtp).step()
    text, enclosures = received(smtp)
    assert enclosures == []
    assert "enclosed" not in text
    assert f"code CODE{one.till}.1-000011" in text
    assert notices(house)[0]["state"] == "sent"
