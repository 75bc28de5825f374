"""Notices: queued by what happened, written in the customer's language, sent by SMTP, tried again, given up."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pos.domain.books import Posting
from pos.domain.rights import Effect
from sync.office.mail import Relay, Sender
from sync.office.rules import outbox
from sync.office.rules.letters import _WORDS, KINDS, LANGUAGES, House, letter
from tests.peers.small_season import SHOW
from tests.peers.smtp_server import SmtpServer
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House as Office
from tests.unit.office.test_facts import Tills


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def sell(office: Office, one: TillClient, *places: str, **more: Any) -> Any:
    """A sale with what the buyer said; its fact."""
    fact = one.sell(SHOW, *office.granted(one, *places), name="Ida")
    one.journal.pop()
    value = json.loads(fact.envelope)
    body = value["body"]["sale"] | {"name": "Ida", "contact": "ida@example.org"} | more
    effects = tuple(Effect.from_json(effect) for effect in value["effects"])
    return one.record("TicketsSold", {"sale": body}, effects, tuple(Posting.from_json(x) for x in value["money"]))


def notices(office: Office) -> list[dict[str, Any]]:
    rows = office.rows("SELECT body FROM document WHERE family = 'notice' ORDER BY id")
    return [json.loads(str(row[0])) for row in rows]


def sender(office: Office, smtp: SmtpServer) -> Sender:
    return Sender(office.database, Relay("127.0.0.1", smtp.port, "house@example.org", "none"))


def due_now(office: Office) -> None:
    """Time passes until what waits is due."""
    for id, body in office.rows("SELECT id, body FROM document WHERE family = 'notice_letter'"):
        whole = json.loads(str(body)) | {"due": "2020-01-01T00:00:00+00:00"}
        with office.database.write() as connection:
            outbox.store(connection, outbox.LETTERS, str(id), whole)


def test_a_sale_is_confirmed_in_the_buyers_language(house: Office, tills_at: Tills, smtp: SmtpServer) -> None:
    (one,) = tills_at("T1")
    sell(house, one, "A-1", buyer={"language": "hu"}, delivery="email")
    house.push(one)
    (queued,) = notices(house)
    assert (queued["state"], queued["to"], queued["kind"]) == ("queued", "i…@example.org", "sale")
    post = sender(house, smtp)
    assert post.step() is True
    assert post.step() is False
    ((to, text),) = smtp.box.letters
    message = email.message_from_bytes(text.encode(), policy=email.policy.default)
    body = message.get_body().get_content()  # type: ignore[attr-defined]
    assert to == "ida@example.org"
    assert message["Subject"].startswith("Az Ön jegyei")
    assert "Jó napot kívánunk, Ida!" in body
    assert "58.00" in body
    assert "CODE" in body
    (sent,) = notices(house)
    assert (sent["state"], sent["tries"]) == ("sent", 1)
    assert "ida@" not in str(house.rows("SELECT body FROM document WHERE family LIKE 'notice%'"))
    assert house.violations() == []


def test_a_code_is_not_mailed_for_a_ticket_that_is_on_paper(house: Office, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    sell(house, one, "A-1")
    house.push(one)
    assert "CODE" not in str(house.rows("SELECT body FROM document WHERE family = 'notice_letter'"))


def test_nobody_without_an_address_is_written_to(house: Office, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    sell(house, one, "A-1", contact="+36 30 123")
    house.push(one)
    assert notices(house) == []


def test_a_refund_is_told_to_who_bought(house: Office, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (seat,) = house.granted(one, "A-1")
    sale = sell(house, one, "A-1")
    one.refund(sale, seat)
    house.push(one)
    assert [(one["kind"], one["state"]) for one in notices(house)] == [("refund", "queued"), ("sale", "queued")]
    assert house.violations() == []


def test_what_the_server_puts_off_is_tried_again_later_and_then_given_up(
    house: Office, tills_at: Tills, smtp: SmtpServer
) -> None:
    (one,) = tills_at("T1")
    sell(house, one, "A-1")
    house.push(one)
    post = sender(house, smtp)
    smtp.box.refuse = "451 later"
    post.step()
    (waiting,) = notices(house)
    assert (waiting["state"], waiting["why"], waiting["tries"]) == ("queued", "the address was refused (451)", 1)
    assert post.step() is False
    for _ in outbox.WAITS:
        due_now(house)
        assert post.step() is True
    (given_up,) = notices(house)
    assert given_up["state"] == "failed"
    assert smtp.box.letters == []


def test_an_address_that_is_refused_for_good_fails_at_once(house: Office, tills_at: Tills, smtp: SmtpServer) -> None:
    (one,) = tills_at("T1")
    sell(house, one, "A-1")
    house.push(one)
    smtp.box.refuse = "550 nobody here"
    sender(house, smtp).step()
    assert (notices(house)[0]["state"], notices(house)[0]["why"]) == ("failed", "the address was refused (550)")


def test_two_senders_do_not_send_one_letter_twice(house: Office, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    sell(house, one, "A-1")
    house.push(one)
    now = datetime.now(UTC)
    with house.database.write() as connection:
        assert outbox.take(connection, now) is not None
        assert outbox.take(connection, now) is None
        assert outbox.take(connection, now + outbox.TAKEN_FOR + timedelta(seconds=1)) is not None


def test_a_moved_show_is_told_to_all_and_a_reminder_to_those_who_agreed(house: Office, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    consent = {"given": True, "source": "counter", "at": "2026-11-22T19:00:00+01:00"}
    one.record(
        "CustomerRecorded", {"user": "anna", "customer": "T1-K1", "profile": {"name": "Ida", "consent": consent}}
    )
    sell(house, one, "A-1", buyer={"customer": "T1-K1"})
    sell(house, one, "A-2")
    house.push(one)
    with house.database.write() as connection:
        assert len(outbox.about_show(connection, SHOW, "show", "x")) == 2
        assert outbox.about_show(connection, SHOW, "show", "x") == []
        assert len(outbox.about_show(connection, SHOW, "reminder", "")) == 1


def test_who_is_erased_is_not_written_to_any_more(house: Office, tills_at: Tills, smtp: SmtpServer) -> None:
    (one,) = tills_at("T1")
    one.record("CustomerRecorded", {"user": "anna", "customer": "T1-K1", "profile": {"name": "Ida"}})
    sell(house, one, "A-1", buyer={"customer": "T1-K1"})
    one.record("CustomerErased", {"user": "sam", "customer": "T1-K1"})
    house.push(one)
    assert "ida@" not in str(house.rows("SELECT body FROM document"))
    assert sender(house, smtp).step() is False
    assert [(one["state"], one["why"]) for one in notices(house)] == [("failed", "erased")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_is_whole_in_every_language(kind: str, language: str) -> None:
    assert all(set(words) == set(LANGUAGES) for words in _WORDS.values())
    about: dict[str, Any] = {
        "id": "S1",
        "show": "tosca",
        "total": "58.00",
        "amount": "58.00",
        "tickets": [{"show": "tosca"}],
    }
    about["lines"] = [{"show": "tosca", "unit": "A-1", "state": "held"}]
    subject, text = letter(kind, language, about, House("Opera", "EUR", {"tosca": ({"en": "Tosca"}, "2027-01-01")}))
    assert "Opera" in subject
    assert "{" not in subject + text
    assert ",!" not in text
    assert "Tosca" in text
