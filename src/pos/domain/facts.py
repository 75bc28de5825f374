"""Facts: what happened at a till, immutable, numbered and chained by hash.

A fact's envelope carries all that the books and the seat records need (money and
place effects), so that the office can apply a fact whose body it cannot read. The
envelope is hashed as the exact bytes that are stored and sent: nobody re-serialises.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pos.domain.books import Posting
from pos.domain.rights import Effect

SCHEMA: Final = 1
FIRST_HASH: Final = "0" * 64


class Kind(StrEnum):
    """What happened, past tense."""

    SHIFT_OPENED = "ShiftOpened"
    SHIFT_CLOSED = "ShiftClosed"
    CASH_MOVED = "CashMoved"
    DRAWER_OPENED = "DrawerOpened"  # without a sale
    SHIFT_HANDED_OVER = "ShiftHandedOver"  # the drawer was counted from one cashier to another
    SHIFT_VERIFIED = "ShiftVerified"  # a second person held a closed shift against the books
    TICKETS_SOLD = "TicketsSold"
    RIGHTS_RETURNED = "RightsReturned"
    RIGHTS_TRANSFERRED = "RightsTransferred"
    RIGHTS_RECEIVED = "RightsReceived"
    PAPER_ISSUED = "PaperIssued"
    PAPER_RETURNED = "PaperReturned"
    PAPER_LOST = "PaperLost"
    PRINT_REPORTED = "PrintReported"
    DISPUTE_TAKEN = "DisputeTaken"
    DISPUTE_RESOLVED = "DisputeResolved"
    TICKETS_REFUNDED = "TicketsRefunded"
    REFUND_CLAIMED = "RefundClaimed"  # paid out without the token: it frees no place
    TICKETS_EXCHANGED = "TicketsExchanged"
    TICKETS_VOIDED = "TicketsVoided"  # a whole sale undone at its own till, minutes later
    COPY_ISSUED = "CopyIssued"
    PLACES_RELEASED = "PlacesReleased"
    DRAWER_TAKEN_OVER = "DrawerTakenOver"
    SEALED = "Sealed"  # the last fact of a ledger
    PAYMENT_STARTED = "PaymentStarted"
    PAYMENT_ENDED = "PaymentEnded"
    TERMINAL_DAY_ENDED = "TerminalDayEnded"
    ORDER_COLLECTED = "OrderCollected"
    TICKETS_ADMITTED = "TicketsAdmitted"
    TENDER_CORRECTED = "TenderCorrected"  # a sale was paid otherwise than its fact says
    TICKET_RENAMED = "TicketRenamed"
    ACCOUNT_PAID = "AccountPaid"  # money for what was charged to a house account
    ORDER_HANDED_OUT = "OrderHandedOut"  # tickets that were printed before somebody came for them
    STANDBY_CHANGED = "StandbyChanged"
    GUEST_LIST_CHANGED = "GuestListChanged"
    COMMISSION_CHANGED = "CommissionChanged"
    INVOICE_ISSUED = "InvoiceIssued"
    PLACES_HELD = "PlacesHeld"
    HOLD_RELEASED = "HoldReleased"
    HOLD_CHANGED = "HoldChanged"
    ORDER_RESERVED = "OrderReserved"
    ORDER_CHANGED = "OrderChanged"
    ORDER_ENDED = "OrderEnded"
    CUSTOMER_RECORDED = "CustomerRecorded"
    CUSTOMER_CHANGED = "CustomerChanged"
    CUSTOMERS_MERGED = "CustomersMerged"
    CUSTOMER_ERASED = "CustomerErased"
    CASE_OPENED = "CaseOpened"
    STATEMENT_SIGNED = "StatementSigned"  # a promoter's, which stands from then on
    BAG_MADE = "BagMade"  # a float, made up from the safe
    BAG_OPENED = "BagOpened"  # its money counted back into the safe
    CHANGE_ORDERED = "ChangeOrdered"
    CHANGE_APPROVED = "ChangeApproved"
    CHANGE_RECEIVED = "ChangeReceived"
    CHANGE_REFUSED = "ChangeRefused"
    COUNTERFEIT_TAKEN = "CounterfeitTaken"
    SAFE_COUNTED = "SafeCounted"
    DEPOSIT_MADE = "DepositMade"  # for the bank, in a numbered bag
    DEPOSIT_COLLECTED = "DepositCollected"
    DEPOSIT_CREDITED = "DepositCredited"
    DIFFERENCE_EXPLAINED = "DifferenceExplained"
    PACKAGE_REFUNDED = "PackageRefunded"  # what was left on a pass was paid back
    SETTLEMENT_SUBMITTED = "SettlementSubmitted"
    SETTLEMENT_AUDITED = "SettlementAudited"
    SETTLEMENT_ACCEPTED = "SettlementAccepted"
    SETTLEMENT_RETURNED = "SettlementReturned"  # to be submitted again
    AUDIT_ITEM_TAKEN = "AuditItemTaken"
    AUDIT_ITEM_EXPLAINED = "AuditItemExplained"
    AUDIT_ITEM_CLOSED = "AuditItemClosed"
    STOCK_REQUEST_CHANGED = "StockRequestChanged"  # a window asks for ticket paper
    STOCK_REQUEST_ANSWERED = "StockRequestAnswered"
    STOCK_RECEIVED = "StockReceived"  # a box of ticket paper from the works
    STOCK_MOVED = "StockMoved"  # ticket paper, by serial numbers (pos.domain.blanks)
    STOCK_LOADED = "StockLoaded"  # which numbers lie in the printer
    EVACUATION_CALLED = "EvacuationCalled"
    SHOW_ABANDONED = "ShowAbandoned"
    PLACES_CLOSED = "PlacesClosed"  # they may not be used
    PLACES_REOPENED = "PlacesReopened"  # or a show that was abandoned goes on
    EVACUATION_ENDED = "EvacuationEnded"  # everywhere, or at one window
    STOCK_COUNTED = "StockCounted"  # of ticket paper, or of a show's seats
    INCIDENT_REPORTED = "IncidentReported"  # an outage of a till, as it ended, or what was learned of it later
    PLAN_ISSUED = "PlanIssued"  # a contingency plan, for every till
    DRILL_HELD = "DrillHeld"  # somebody was drilled in what to do when things fail
    PLAN_ACTION_CHANGED = "PlanActionChanged"  # what is to be done about the contingency plan, and by whom


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `number` is gap-free per till and incarnation; `at` is ISO 8601 with offset."""

    till: str
    incarnation: int
    number: int
    prev_hash: str
    at: str
    kind: str
    postings: tuple[Posting, ...]
    effects: tuple[Effect, ...]
    body: dict[str, Any]
    schema: int = SCHEMA

    @property
    def fact_id(self) -> str:
        return f"{self.till}.{self.incarnation}.{self.number}"

    def to_bytes(self) -> bytes:
        """The one canonical form: sorted keys, no spaces, UTF-8."""
        return json.dumps(
            {
                "till": self.till,
                "incarnation": self.incarnation,
                "number": self.number,
                "prev": self.prev_hash,
                "at": self.at,
                "kind": self.kind,
                "schema": self.schema,
                "money": [posting.to_json() for posting in self.postings],
                "effects": [effect.to_json() for effect in self.effects],
                "body": self.body,
            },
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        ).encode()

    @classmethod
    def from_bytes(cls, envelope: bytes) -> Fact:
        """Read an envelope. Raises ValueError on damage; unknown kinds and schemas are read."""
        try:
            value = json.loads(envelope)
            fact = cls(
                value["till"],
                value["incarnation"],
                value["number"],
                value["prev"],
                value["at"],
                value["kind"],
                tuple(Posting.from_json(item) for item in value["money"]),
                tuple(Effect.from_json(item) for item in value["effects"]),
                value["body"],
                value["schema"],
            )
        except (KeyError, TypeError, UnicodeDecodeError) as error:
            raise ValueError(f"not a fact's envelope: {error!r}") from error
        if not (isinstance(fact.number, int) and isinstance(fact.till, str) and isinstance(fact.body, dict)):
            raise ValueError("not a fact's envelope: wrong types")
        return fact


@dataclass(frozen=True, slots=True)
class SignedFact:
    """A fact as stored and sent: its exact bytes, their hash, the till's Ed25519 signature of the hash.

    `beside` is the text of what is personal of it (`pos.domain.personal`), "" for nothing, or erased."""

    number: int
    envelope: bytes
    hash: str
    signature: bytes
    beside: str = ""


def hash_of(envelope: bytes) -> str:
    """SHA-256 over the envelope, in hex. The chain is inside: the envelope holds the previous hash."""
    return hashlib.sha256(envelope).hexdigest()
