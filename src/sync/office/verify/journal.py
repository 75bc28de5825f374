"""Reading every fact the office has: the chain of each till, and what the facts say happened."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, text

from sync.office.verify.articles import Articles, tell_articles
from sync.office.verify.cards import Card, tell_cards
from sync.office.verify.report import Report

Place = tuple[str, str]  # show, place
_SETTLES = {"DisputeTaken": "taken", "DisputeResolved": "resolved"}
_ORDERS = ("OrderReserved", "OrderChanged", "OrderEnded")
_REFUNDS = ("TicketsRefunded", "RefundClaimed", "TicketsVoided")
_SIGN = {"paid_in": 1, "paid_out": -1, "drop": -1, "transfer_in": 1, "transfer_out": -1, "fetch": 1}


@dataclass(frozen=True)
class Step:
    """One place effect that the office took, as the fact tells it."""

    till: str
    incarnation: int
    fact: str
    place: Place
    token: tuple[int, int]
    before: str
    after: str
    holder: str
    ticket: str
    sure: bool  # False: part of a disputed fact, so it may or may not have been taken

    @property
    def begins(self) -> bool:
        """By this step a ticket is out that was not before: sold, or of a pack."""
        return self.before in ("LEASED", "HELD") and self.after in ("SOLD", "PAPER")

    @property
    def passed(self) -> bool:
        """The right went from one till to another; both tell of it."""
        return self.before == self.after == "LEASED"

    @property
    def left(self) -> tuple[int, int]:
        """The token afterwards: to another till and to paper it passes by a hop."""
        return self.token[0], self.token[1] + (self.before == "LEASED" and self.after in ("LEASED", "PAPER"))

    @property
    def used(self) -> tuple[int, int]:
        """The token by which its till had the right: of one that was received, the new one."""
        return self.left if self.passed and self.holder == self.till else self.token


@dataclass(frozen=True)
class Settling:
    """A fact by which a person takes or resolves a dispute."""

    fact: str
    what: str  # taken | resolved
    dispute: str
    by: str
    way: str


@dataclass
class Story:
    """Everything that the facts tell, gathered in one pass."""

    facts: dict[str, str] = field(default_factory=dict)  # fact id -> verdict
    rivals: set[str] = field(default_factory=set)
    money: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)  # fact -> (account, currency) -> minor
    steps: list[Step] = field(default_factory=list)
    paper: dict[Place, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))  # place -> ticket -> fact
    packs: dict[Place, dict[str, str]] = field(
        default_factory=lambda: defaultdict(dict)
    )  # numbered tickets that are out
    ended: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # ticket -> facts that ended it
    back: dict[str, Decimal] = field(default_factory=dict)  # ticket -> what was paid out or credited for it
    sales: dict[str, str] = field(default_factory=dict)  # sale id -> fact
    printed: dict[str, str] = field(default_factory=dict)  # ticket -> fact
    handed: set[str] = field(default_factory=set)  # tickets that were made ready, or handed out
    originals: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # ticket of an order -> facts
    copies: dict[str, int] = field(default_factory=dict)  # ticket -> the highest copy that was issued
    admitted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # ticket -> facts that let it in
    knowing: set[tuple[str, str]] = field(default_factory=set)  # facts that end a ticket, knowing that it was let in
    order: dict[str, int] = field(default_factory=dict)  # fact -> its number at its till
    left: dict[tuple[str, str], int] = field(default_factory=dict)  # fact, purse's account -> minor units left on it
    cards: dict[str, Card] = field(default_factory=dict)  # by payment
    articles: Articles = field(default_factory=Articles)
    settling: list[Settling] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)  # facts with a dispute that says so
    unread: set[str] = field(default_factory=set)  # tickets that only such facts name
    sealed: dict[tuple[str, int], str] = field(default_factory=dict)  # till and incarnation -> its last fact
    drawers: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    opened: dict[str, int] = field(default_factory=dict)  # shift -> the number of the fact that opened it
    # What an incarnation has put into its drawer since its last count; a drawer outlives an incarnation.
    uncounted: dict[tuple[str, int], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    taken_over: list[tuple[str, tuple[str, int], Decimal]] = field(default_factory=list)  # fact, whose drawer, expected


def read_facts(connection: Connection, report: Report) -> Story:
    """Walk every till's chain in order."""
    story = Story()
    story.unreadable.update(
        connection.execute(text("SELECT fact_id FROM dispute WHERE cause = 'unreadable'")).scalars()
    )
    for till, incarnation, public_key, applied, head_hash in connection.execute(
        text("SELECT id, incarnation, public_key, applied, head_hash FROM till ORDER BY id, incarnation")
    ).all():
        _chain(connection, report, story, (till, incarnation), bytes(public_key), (applied, head_hash))
    known = text(
        "SELECT count(*) FROM fact WHERE NOT EXISTS"
        " (SELECT 1 FROM till WHERE till.id = fact.till AND till.incarnation = fact.incarnation)"
    )
    if strangers := connection.execute(known).scalar():
        report.violation("I5", f"{strangers} facts are of tills that were never enrolled")
    for till, incarnation, number, envelope in connection.execute(
        text("SELECT till, incarnation, number, envelope FROM rival_fact ORDER BY till, incarnation, number")
    ):
        fact_id = f"{till}.{incarnation}.{number}"
        story.rivals.add(fact_id)
        # Paper is paper: what a second copy of the till sold counts as well.
        _tickets(story, f"{fact_id} (rival)", _loads(envelope))
    return story


def _chain(
    connection: Connection,
    report: Report,
    story: Story,
    till: tuple[str, int],
    public_key: bytes,
    head: tuple[int, str],
) -> None:
    key = Ed25519PublicKey.from_public_bytes(public_key)
    name = f"{till[0]} incarnation {till[1]}"
    expected, last_hash = 1, "0" * 64
    rows = connection.execute(
        text(
            "SELECT number, fact_id, hash, envelope, signature, verdict FROM fact"
            " WHERE till = :till AND incarnation = :incarnation ORDER BY number"
        ),
        {"till": till[0], "incarnation": till[1]},
    )
    for number, fact_id, hash_, envelope, signature, verdict in rows:
        if number != expected:
            report.violation("I5", f"{name}: fact {expected} is missing before {number}")
        expected = number + 1
        if fact_id != f"{till[0]}.{till[1]}.{number}":
            report.violation("I5", f"{name}: fact {number} is filed as {fact_id}")
        if hashlib.sha256(envelope.encode()).hexdigest() != hash_ or not _signed(key, signature, hash_):
            report.violation("I3", f"{fact_id}: its envelope, hash and signature do not belong together")
        value = _loads(envelope)
        if value is not None and value.get("prev") != last_hash and fact_id not in story.unreadable:
            report.violation("I5", f"{fact_id}: it does not follow the fact before it")
        if till in story.sealed:
            report.violation("I5", f"{fact_id}: it follows {story.sealed[till]}, by which its ledger ended")
        if value is not None and value.get("kind") == "Sealed" and fact_id not in story.unreadable:
            story.sealed[till] = fact_id
        last_hash = hash_
        story.facts[fact_id], story.order[fact_id] = verdict, number
        _tell(report, story, till, fact_id, verdict, value)
    if (expected - 1, last_hash) != head:
        report.violation("I5", f"{name}: the office says {head[0]} facts, and there are {expected - 1}")


def _signed(key: Ed25519PublicKey, signature: str, hash_: str) -> bool:
    try:
        key.verify(base64.b64decode(signature), hash_.encode())
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _loads(envelope: str) -> dict[str, Any] | None:
    try:
        value = json.loads(envelope)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _tell(
    report: Report, story: Story, till: tuple[str, int], fact_id: str, verdict: str, value: dict[str, Any] | None
) -> None:
    """Add one fact to the story."""
    if value is None:
        return
    try:
        story.money[fact_id] = _money(value)
        if fact_id in story.unreadable:
            # The envelope alone counts: what it says of the drawer was booked.
            for (account, currency), minor in story.money[fact_id].items():
                if account == f"drawer:{till[0]}":
                    story.drawers[till[0]] += Decimal(minor).scaleb(-digits(currency))
                    story.uncounted[till] += Decimal(minor).scaleb(-digits(currency))
            story.unread.update(ticket for *_, ticket in value["effects"])
            return
        _effects(story, till, fact_id, verdict, value["effects"])
        _tickets(story, fact_id, value)
        _papers(story, fact_id, value["kind"], value["body"])
        _cash(report, story, till, fact_id, value)
        _shift(report, story, fact_id, value)
        tell_cards(story.cards, till, value)
        tell_articles(report, story.articles, fact_id, value)
        if what := _SETTLES.get(value["kind"]):
            body = value["body"]
            story.settling.append(Settling(fact_id, what, body["dispute"], body["user"], body.get("way", "")))
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        if fact_id not in story.unreadable:
            report.violation("I3", f"{fact_id}: it was applied, but cannot be read: {error!r}")


def _shift(report: Report, story: Story, fact_id: str, value: dict[str, Any]) -> None:
    """R14: a closed shift seals the facts from its opening to its closing, by number and hash."""
    if value["kind"] == "ShiftOpened":
        story.opened[value["body"]["shift"]] = value["number"]
    elif value["kind"] == "ShiftClosed":
        shift, sealed = value["body"]["shift"], value["body"]["report"]
        expected = [story.opened.get(shift), value["number"]]
        if (sealed.get("number_range"), sealed.get("hash")) != (expected, value["prev"]):
            said = f"{sealed.get('number_range')} and hash {str(sealed.get('hash'))[:12]}"
            report.violation("I5", f"{fact_id}: shift {shift} seals {said}, its facts are {expected}")


def _money(value: dict[str, Any]) -> dict[tuple[str, str], int]:
    money: dict[tuple[str, str], int] = defaultdict(int)
    for account, minor, currency in value["money"]:
        money[account, currency] += minor
    return money


def digits(currency: str) -> int:
    """How many decimals a currency has."""
    if currency in ("BIF", "CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"):
        return 0
    return 3 if currency in ("BHD", "JOD", "KWD", "OMR", "TND") else 2


def _effects(story: Story, till: tuple[str, int], fact_id: str, verdict: str, effects: list[Any]) -> None:
    for show, place, epoch, hop, before, after, holder, ticket in effects:
        step = Step(
            *till, fact_id, (show, place), (epoch, hop), before, after, holder, ticket, sure=verdict == "applied"
        )
        story.steps.append(step)
        if (before == "SOLD" and after != "SOLD") or (before == "PAPER" and after == "LEASED"):
            story.ended[ticket].append(fact_id)
        if after == "PAPER":
            story.packs[show, place][ticket] = fact_id


def _tickets(story: Story, fact_id: str, value: dict[str, Any] | None) -> None:
    if value is None:
        return
    for item in _returned(value):
        parts = sum((Decimal(part["amount"]) for part in item.get("fees", ())), Decimal(0))
        story.back[item["id"]] = Decimal(item["price"]) - Decimal(item["fee"]) + parts
    if value.get("kind") in ("TicketsSold", "TicketsExchanged"):
        sale = value["body"]["sale"]
        story.sales.setdefault(sale["id"], fact_id)
        for ticket in sale["tickets"]:
            story.paper[ticket["show"], ticket["unit"]][ticket["id"]] = fact_id
    elif value.get("kind") == "PrintReported":
        for ticket in value["body"].get("tickets", []):
            story.printed[ticket] = fact_id


def _papers(story: Story, fact_id: str, kind: str, body: dict[str, Any]) -> None:
    if kind == "OrderCollected":
        for ticket in body["tickets"]:
            story.originals[ticket].append(fact_id)
    if kind in ("OrderCollected", "OrderHandedOut"):
        story.handed.update(body["tickets"])
    if kind == "TicketsAdmitted":
        for item in body["tickets"]:
            story.admitted[item["id"]].append(fact_id)
    document = body.get("refund") or body.get("sale") or body.get("paid")
    if isinstance(document, dict):
        story.knowing.update((fact_id, ticket) for ticket in document.get("admitted", []))
        for tender in document.get("tenders", []):
            if "left" in tender:
                story.left[fact_id, f"{tender['kind']}:{tender['code']}"] = int(tender["left"].replace(".", "", 1))
    copied = [body["ticket"]] if kind == "CopyIssued" else body.get("tickets", []) if kind == "PrintReported" else []
    for ticket in copied:
        story.copies[ticket] = max(body.get("copy", 0), story.copies.get(ticket, 0))


def _returned(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The tickets that a fact takes back."""
    if value.get("kind") in _REFUNDS:
        return list(value["body"]["refund"]["tickets"])
    return list(value["body"]["sale"]["exchanged"]) if value.get("kind") == "TicketsExchanged" else []


def _cash(report: Report, story: Story, till: tuple[str, int], fact_id: str, value: dict[str, Any]) -> None:
    """The drawer as its cash facts leave it, held against every count."""
    body = value["body"]
    for moved in cash_of(value):
        story.drawers[till[0]] += moved
        story.uncounted[till] += moved
    if value["kind"] == "ShiftClosed":
        said = Decimal(body["report"]["expected"])
        if said != story.uncounted[till]:
            report.violation("I4", f"{fact_id}: the count expects {said}, the cash facts give {story.uncounted[till]}")
        story.drawers[till[0]] -= story.uncounted.pop(till, Decimal(0))
    elif value["kind"] == "DrawerTakenOver":
        expected = Decimal(body["expected"])
        story.drawers[body["till"]] -= expected
        story.taken_over.append((fact_id, (body["till"], body["incarnation"]), expected))


def cash_of(value: dict[str, Any]) -> Iterator[Decimal]:
    """What one fact puts into the drawer (negative: takes out), from its body alone."""
    body = value["body"]
    if value["kind"] == "ShiftOpened":
        yield Decimal(body["float"])
    elif value["kind"] == "CashMoved":
        yield _SIGN[body["kind"]] * Decimal(body["amount"])
    elif value["kind"] == "CounterfeitTaken":
        yield -Decimal(body["amount"])
    elif value["kind"] == "ChangeReceived":
        yield Decimal(body["cash"])
    elif value["kind"] == "ShiftHandedOver":
        yield Decimal(body["difference"])
    elif value["kind"] == "AccountPaid":
        yield from _in_cash(body["paid"])
    elif value["kind"] == "TenderCorrected":
        yield Decimal(body["correction"]["cash"])
    elif value["kind"] in ("TicketsSold", "TicketsExchanged"):
        yield from _in_cash(body["sale"])
    elif value["kind"] in _REFUNDS:
        yield from (-amount for amount in _in_cash(body["refund"]))
    elif value["kind"] == "PackageRefunded":
        yield from (-amount for amount in _in_cash(body))
    elif value["kind"] in _ORDERS and body.get("deposit"):
        sign = -1 if body["deposit"].get("returned") else 1
        yield from (sign * amount for amount in _in_cash(body["deposit"]))


def _in_cash(document: dict[str, Any]) -> Iterator[Decimal]:
    for tender in document["tenders"]:
        if tender["kind"] == "cash":
            yield Decimal(tender["amount"])
