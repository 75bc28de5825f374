"""The journal from outside: its chain, and the story that its facts tell."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pos.store.verify.cash import ORDERS, REFUNDS, SALES, cash_told, minor
from pos.store.verify.evidence import Evidence, Findings, Place, Token
from pos.store.verify.parcels import parcel_steps

_FIRST: Final = "0" * 64
_PURSES: Final = ("voucher", "gift_card", "account", "package")
_SETTLES: Final = {"DisputeTaken": "taken", "DisputeResolved": "resolved"}
# Kinds of facts whose body holds a document of tickets and money: where, and the drawer's move.
_DOCUMENTS: Final = {
    "TicketsSold": "sale",
    "TicketsExchanged": "sale",
    "TicketsRefunded": "refund",
    "RefundClaimed": "refund",
    "TicketsVoided": "refund",
}


_STEPS: Final = ("DrawerOpened", "ShiftHandedOver", "ShiftVerified")  # what the rows keep of a shift's drawer
_OF_OTHER_SHIFTS: Final = ("DrawerTakenOver", "ShiftVerified")  # facts about shifts that are not open
_PASSES: Final = ("RightsTransferred", "PaperIssued", "PaperReturned", "PaperLost")


@dataclass(frozen=True)
class Step:
    """What a fact did to one place. `token` is the one before."""

    number: int
    token: Token
    before: str
    after: str
    holder: str
    ticket: str

    @property
    def passed(self) -> bool:
        """The right went from one till to another."""
        return self.before == self.after == "LEASED"

    @property
    def left(self) -> Token:
        """The token afterwards: to another till and to paper it passes by a hop."""
        return self.token[0], self.token[1] + (self.before == "LEASED" and self.after in ("LEASED", "PAPER"))

    def kept(self, till: str) -> Token:
        """The token that this till has for the place afterwards: of what it passed on, the one it had."""
        return self.token if self.passed and self.holder != till else self.left


@dataclass
class Shift:
    """A shift as the facts tell it. `cash`: kind of move -> minor units."""

    first: int
    cash: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    drawer: int = 0  # what the postings put into the drawer, up to the closing fact
    closed: int | None = None
    report: dict[str, Any] = field(default_factory=dict)
    sealed_by: str = ""  # the hash that the closing fact has to name


@dataclass
class Story:
    """Everything the facts tell, gathered in one pass."""

    last: int = 0
    hashes: dict[int, str] = field(default_factory=dict)
    shifts: dict[str, Shift] = field(default_factory=dict)
    sales: dict[str, dict[str, Any]] = field(default_factory=dict)
    tickets: dict[str, Place] = field(default_factory=dict)
    sold: dict[Place, list[str]] = field(default_factory=lambda: defaultdict(list))  # tickets, ended ones too
    ended: dict[str, str] = field(default_factory=dict)  # ticket -> the refund or exchange that ended it
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    payments: dict[str, tuple[str, int]] = field(default_factory=dict)  # payment -> its state, minor units
    papers: dict[str, int] = field(default_factory=dict)  # ticket -> its latest paper, 0 for the original
    admitted: dict[str, tuple[str, int]] = field(default_factory=dict)  # ticket -> when, and by which paper
    stock: list[dict[str, Any]] = field(default_factory=list)  # facts that move ticket paper
    moves: list[dict[str, Any]] = field(default_factory=list)  # facts that move money of vouchers and gift cards
    settling: dict[int, dict[str, Any]] = field(default_factory=dict)  # fact number -> what it did about a dispute
    steps: dict[Place, list[Step]] = field(default_factory=lambda: defaultdict(list))
    parcels: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)  # fact number, parcel -> its step
    shift_steps: dict[int, dict[str, Any]] = field(default_factory=dict)  # fact number -> its row
    passings: dict[int, dict[str, Any]] = field(default_factory=dict)  # fact number -> a fact of _PASSES


def read_journal(evidence: Evidence, found: Findings) -> Story:
    """Judge the chain and each fact by itself; what the facts tell together."""
    key = Ed25519PublicKey.from_public_bytes(evidence.public_key) if evidence.public_key else None
    reading = _Reading(evidence, found)
    for row in evidence.tables["journal"]:
        reading.fact(row, key)
    return reading.story


class _Reading:
    """Walks the journal in order, fact by fact."""

    def __init__(self, evidence: Evidence, found: Findings) -> None:
        self.story = Story()
        self._evidence = evidence
        self._found = found
        self._previous = _FIRST
        self._open = ""  # the shift that is open
        self._sealed = 0  # the fact by which the ledger ended
        self._id = ""

    def _wrong(self, invariant: str, what: str) -> None:
        self._found.wrong(invariant, f"{self._id}: {what}")

    def fact(self, row: dict[str, Any], key: Ed25519PublicKey | None) -> None:
        number, digest, envelope = row["number"], row["hash"], bytes(row["envelope"])
        self._id = f"{self._evidence.till}.{self._evidence.incarnation}.{number}"
        if number != self.story.last + 1:
            self._wrong("I5", f"fact {self.story.last + 1} should come here, the numbers have a gap")
        if hashlib.sha256(envelope).hexdigest() != digest:
            self._wrong("I5", "the envelope is not the one its hash was made of")
        if key is not None:
            try:
                key.verify(bytes(row["signature"]), digest.encode())
            except InvalidSignature:
                self._wrong("I5", "the signature is not by this till's key")
        try:
            fact = json.loads(envelope)
            self._chained(number, fact)
            self._tell(number, fact)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self._wrong("I5", f"the envelope cannot be read ({type(error).__name__}: {error})")
        self.story.last, self.story.hashes[number] = number, digest
        self._previous = digest

    def _chained(self, number: int, fact: dict[str, Any]) -> None:
        if fact["number"] != number:
            self._wrong("I5", f"the envelope says it is number {fact['number']}")
        if fact["prev"] != self._previous:
            self._wrong("I5", "the chain is broken, it does not follow the fact before it")
        if (fact["till"], fact["incarnation"]) != (self._evidence.till, self._evidence.incarnation):
            self._wrong("I5", f"the envelope is of till {fact['till']}.{fact['incarnation']}")

    def _tell(self, number: int, fact: dict[str, Any]) -> None:
        """Add one fact to the story."""
        kind, body = fact["kind"], fact["body"]
        if self._sealed:
            self._wrong("I5", f"follows fact {self._sealed}, by which the ledger ended")
        if kind == "Sealed":
            self._sealed = number
        if kind.startswith("Stock") or kind == "PrintReported":
            self.story.stock.append(fact)
        drawer = self._postings(fact)
        begun, ended = self._effects(number, fact)
        document = body[_DOCUMENTS[kind]] if kind in _DOCUMENTS else {}
        if kind in ORDERS:
            document = body.get("deposit") or {}
            self._deposit(fact, document)
        named = document["shift"] if document else body.get("shift")
        if kind == "ShiftOpened":
            if self._open:
                self._wrong("I4", f"opens shift {named} while {self._open} is open")
            if named in self.story.shifts:
                self._wrong("I4", f"shift {named} has been opened before")
            self.story.shifts[named] = Shift(number)
            self._open = named
        elif kind not in _OF_OTHER_SHIFTS and named is not None and named != self._open:
            self._wrong("I4", f"is of shift {named}, but {self._open or 'none'} is open")
        steps, wrong = parcel_steps(fact)
        self.story.parcels |= {(number, name): step for name, step in steps.items()}
        for what in wrong:
            self._wrong("I4", what)
        if kind in _STEPS and named is not None:
            self._step(number, kind, body)
        if kind in _PASSES:
            self.story.passings[number] = fact
        shift = self.story.shifts.get(self._open)
        if kind in SALES:
            self._sale(document, begun)
        elif kind == "TenderCorrected":
            self._corrected(body["correction"])
        elif kind == "TicketRenamed":
            self._renamed(body)
        self._ended(document, ended)
        if any(account.partition(":")[0] in _PURSES for account, _, _ in fact["money"]):
            self.story.moves.append(fact)
        self._payments(kind, body, document)
        if kind in REFUNDS:
            self._refund(document)
        self._papers(kind, fact["at"], body, [effect[7] for effect in fact["effects"]])
        if kind in _SETTLES:
            self.story.settling[number] = {"dispute": body["dispute"], "step": self._settling(fact)}
        if shift is not None and kind == "ShiftClosed":
            shift.closed, shift.report, shift.sealed_by = number, body["report"], self._previous
            if shift.drawer + drawer != 0:
                self._wrong("I4", "the drawer is not empty in the books after the count")
            self._open = ""
        else:
            self._cash(shift, drawer, *cash_told(kind, body, self._evidence.till))

    def _step(self, number: int, kind: str, body: dict[str, Any]) -> None:
        """I4: what a count of a drawer found beyond another is the difference that it says."""
        self.story.shift_steps[number] = {"shift": body["shift"], "kind": kind, "body": body}
        pairs = {"ShiftHandedOver": ("expected", "counted"), "ShiftVerified": ("counted", "recounted")}
        if kind in pairs:
            before, after = (minor(body[name]) for name in pairs[kind])
            if after - before != minor(body["difference"]):
                self._wrong("I4", f"a count of {after} minor units after {before} differs by {body['difference']}")

    def _settling(self, fact: dict[str, Any]) -> dict[str, Any]:
        """What a fact does about a dispute."""
        told = {key: text for key, text in fact["body"].items() if key not in ("dispute", "user")}
        who = {"by": fact["body"]["user"], "till": fact["till"], "at": fact["at"], "fact": self._id}
        return {"what": _SETTLES[fact["kind"]]} | who | told

    def _deposit(self, fact: dict[str, Any], document: dict[str, Any]) -> None:
        """I4: what a deposit's postings owe to a buyer is what its document says came in, or went."""
        name = f"deposit:{fact['body']['order']['id']}"
        owed = -sum(amount for account, amount, _ in fact["money"] if account == name)
        amount = minor(document["amount"]) if document else 0
        told = -minor(fact["body"].get("forfeited", "0")) + (-amount if document.get("returned") else amount)
        paid = sum(minor(tender["amount"]) for tender in document.get("tenders", ()))
        if owed != told or (document and paid != amount + minor(document["rounding"])):
            self._wrong("I4", f"a deposit of {told} minor units, {paid} by tenders, but {owed} in the books")

    def _cash(self, shift: Shift | None, drawer: int, move: str, told: int) -> None:
        """Cash that a fact's body tells of, held against what its postings do to the drawer."""
        if told != drawer:
            self._wrong("I4", f"tells of {told} minor units of cash, its postings of {drawer}")
        if shift is not None and (told or drawer):
            shift.cash[move] += told
            shift.drawer += drawer

    def _postings(self, fact: dict[str, Any]) -> int:
        """Check that every currency sums to zero; what the postings do to this till's drawer."""
        sums: dict[str, int] = defaultdict(int)
        drawer = 0
        for account, amount, currency in fact["money"]:
            if type(amount) is not int:
                raise ValueError(f"{amount!r} is not an amount in minor units")
            sums[currency] += amount
            if account == f"drawer:{self._evidence.till}":
                drawer += amount
        for currency, amount in sums.items():
            if amount:
                self._wrong("I4", f"the postings sum to {amount} minor units of {currency}, not to 0")
        return drawer

    def _effects(self, number: int, fact: dict[str, Any]) -> tuple[dict[str, Place], dict[str, Place]]:
        """Follow each place; the tickets that begin and those that end, with their places."""
        begun: dict[str, Place] = {}
        ended: dict[str, Place] = {}
        for show, place, epoch, hop, before, after, holder, ticket in fact["effects"]:
            step = Step(number, (epoch, hop), before, after, holder, ticket)
            steps = self.story.steps[show, place]
            if wrong := _broken(steps[-1] if steps else None, step, self._evidence.till):
                self._wrong("I6", f"{show} {place}: {wrong}")
            steps.append(step)
            if after == "SOLD" and before != "SOLD":
                begun[ticket] = show, place
            elif before == "SOLD" and after != "SOLD":
                ended[ticket] = show, place
        return begun, ended

    def _ended(self, document: dict[str, Any], ended: dict[str, Place]) -> None:
        """I7: a ticket ends once, and the document that ends it says so."""
        back = document.get("exchanged", []) if "total" in document else document.get("tickets", [])
        claimed = "claimed" in document  # paid out without the token: no place is touched
        if ({} if claimed else {ticket["id"]: (ticket["show"], ticket["unit"]) for ticket in back}) != ended:
            self._wrong("I3", "the tickets that come back are not those of the place effects")
        for ticket in back:
            if ticket["id"] in self.story.ended:
                self._wrong("I7", f"ticket {ticket['id']} has been refunded or exchanged before")
            self.story.ended[ticket["id"]] = document["id"]
        for article in document.get("articles", ()) if "total" not in document else ():
            if article["ref"] in self.story.ended:
                self._wrong("I7", f"article {article['ref']} has been taken back before")
            self.story.ended[article["ref"]] = document["id"]

    def _payments(self, kind: str, body: dict[str, Any], document: dict[str, Any]) -> None:
        """R13: money moves by card only for what it was begun for, and is used once."""
        payments = self.story.payments
        if kind == "PaymentStarted":
            if body["payment"] in payments:
                self._wrong("I4", f"payment {body['payment']} has been begun before")
            payments[body["payment"]] = "awaited" if "awaited" in body else "started", minor(body["amount"])
        elif kind == "PaymentEnded":
            state, amount = payments.get(body["payment"], ("never begun", 0))
            may = {
                "started": ("approved", "declined"),
                "approved": ("reversing", "written_off"),
                "reversing": ("reversed", "approved"),
                "pending": ("approved", "declined"),
                "awaited": ("arrived", "failed"),
                "failed": ("late",),
            }
            if body["outcome"] not in may.get(state, ()):
                self._wrong("I4", f"payment {body['payment']} is {body['outcome']}, having been {state}")
            ended = "used" if (state, body["outcome"]) == ("pending", "approved") else body["outcome"]
            payments[body["payment"]] = "approved" if ended == "arrived" else ended, amount
        sign = -1 if kind in REFUNDS or document.get("returned") else 1
        for tender in document.get("tenders", []):
            if "payment" in tender:
                pending = tender.get("pending", False)
                told = ("started" if pending else "approved", sign * minor(tender["amount"]))
                if payments.get(tender["payment"]) != told:
                    self._wrong("I4", f"{tender['amount']} by payment {tender['payment']}, which does not say so")
                payments[tender["payment"]] = "pending" if pending else "used", told[1]

    def _papers(self, kind: str, at: str, body: dict[str, Any], tickets: list[str]) -> None:
        """A ticket has one original, its copies have rising numbers, and it lets in once."""
        papers = self.story.papers
        if kind == "OrderCollected":
            if sorted(body["tickets"]) != sorted(tickets):
                self._wrong("I3", "the tickets that are printed are not those of the place effects")
            for ticket in tickets:
                if ticket in papers:
                    self._wrong("I3", f"ticket {ticket} has been printed before, as paper {papers[ticket]}")
                papers[ticket] = 0
        elif kind == "CopyIssued":
            if [body["ticket"]] != tickets or body["copy"] <= papers.get(body["ticket"], 0):
                self._wrong("I3", f"copy {body['copy']} of {body['ticket']} does not follow what was printed before")
            papers[body["ticket"]] = body["copy"]
        elif kind == "TicketsAdmitted":
            for item in body["tickets"]:
                if item["id"] in self.story.admitted:
                    self._wrong("I3", f"ticket {item['id']} has been let in before")
                self.story.admitted[item["id"]] = at, item["copy"]
        elif kind in SALES and body["sale"].get("delivery", "now") in ("now", "email"):
            papers.update((ticket["id"], 0) for ticket in body["sale"]["tickets"])

    def _refund(self, refund: dict[str, Any]) -> None:
        """I4 and I7: never more than was paid, and the tenders are what is owed."""
        self.story.refunds[refund["id"]] = refund
        worth = sum(minor(ticket["price"]) - minor(ticket["fee"]) for ticket in refund["tickets"])
        # A sale that is undone gives back what was no ticket as well.
        worth += sum(minor(other["amount"]) for key in ("fees", "articles") for other in refund.get(key, ()))
        worth += sum(minor(part["amount"]) for ticket in refund["tickets"] for part in ticket.get("fees", ()))
        paid = sum(minor(tender["amount"]) for tender in refund["tenders"])
        if worth != minor(refund["amount"]) or paid != worth + minor(refund["rounding"]):
            self._wrong("I4", f"{paid} minor units paid out for tickets worth {worth}, {refund['amount']} told")
        for ticket in refund["tickets"]:
            if not 0 <= minor(ticket["fee"]) <= minor(ticket["price"]):
                self._wrong("I7", f"ticket {ticket['id']}: a fee of {ticket['fee']} on a price of {ticket['price']}")

    def _sale(self, sale: dict[str, Any], begun: dict[str, Place]) -> None:
        story = self.story
        if sale["id"] in story.sales:
            self._wrong("I5", f"sale {sale['id']} has been there before")
        story.sales[sale["id"]] = sale
        told: dict[str, Place] = {}
        for ticket in sale["tickets"]:
            if ticket["id"] in story.tickets or ticket["id"] in told:
                self._wrong("I5", f"ticket id {ticket['id']} is not unique")
            told[ticket["id"]] = ticket["show"], ticket["unit"]
            story.sold[ticket["show"], ticket["unit"]].append(ticket["id"])
        if told != begun:
            self._wrong("I3", "the tickets are not those of the place effects")
        story.tickets |= told
        prices = sum(minor(item["price"]) for item in sale["tickets"])
        back = sum(minor(item["price"]) for item in sale.get("exchanged", []))
        due = prices - back + sum(minor(item["amount"]) for item in (*sale["fees"], *sale.get("articles", ())))
        paid = sum(minor(tender["amount"]) for tender in sale["tenders"])
        if due != minor(sale["total"]):
            self._wrong("I4", f"what was sold and its fees come to {due} minor units, the total says {sale['total']}")
        if paid != due + minor(sale["rounding"]):
            self._wrong("I4", f"{paid} minor units paid for {sale['total']} with rounding {sale['rounding']}")

    def _renamed(self, body: dict[str, Any]) -> None:
        """A ticket was made out to somebody else: how often is known, to whom may be forgotten."""
        if (sale := self.story.sales.get(body["sale"])) is not None:
            tickets = [
                ticket | ({"renamed": body["renamed"]} if ticket["id"] == body["ticket"] else {})
                for ticket in sale["tickets"]
            ]
            self.story.sales[body["sale"]] = sale | {"tickets": tickets}

    def _corrected(self, told: dict[str, Any]) -> None:
        """How a sale was really paid: all of it still, and only cash and slips changed places."""
        sale = self.story.sales.get(told["sale"])
        if sale is None or sale["tenders"] != told["was"]:
            self._wrong("I4", f"corrects {told['sale']}, which was not paid so")
            return
        due, paid = minor(sale["total"]), sum(minor(tender["amount"]) for tender in told["tenders"])
        if paid != due + minor(told["rounding"]):
            self._wrong("I4", f"{paid} minor units paid for {sale['total']} with rounding {told['rounding']}")
        fixed = [
            [tender for tender in side if tender["kind"] not in ("cash", "card_slip")]
            for side in (told["was"], told["tenders"])
        ]
        if fixed[0] != fixed[1]:
            self._wrong("I4", f"corrects tenders of {told['sale']} that only their machine or their code can")
        changed = {key: told[key] for key in ("tenders", "rounding", "change")}
        self.story.sales[told["sale"]] = sale | changed | {"corrections": [*sale.get("corrections", []), told["id"]]}


def _broken(last: Step | None, step: Step, till: str) -> str:
    """What is wrong with doing this after that, "" when nothing is."""
    if step.passed and step.holder == till:
        # What comes from another till must be newer than anything that was here.
        return "" if last is None or step.left > last.left else f"{step.left} is received after {last.left}"
    if last is None or step.token > last.left:
        # Granted is the right to sell what is free, to refund what is sold, or to what is held.
        return "" if step.before in ("LEASED", "SOLD", "HELD") else f"begins as {step.before} under a new token"
    if step.token < last.left:
        return f"token {step.token} comes after {last.left} in fact {last.number}"
    if (step.before, till) != (last.after, last.holder):
        return f"was left {last.after} by fact {last.number}, but is taken for {step.before} under the same token"
    return ""
