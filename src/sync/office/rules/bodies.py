"""What the office needs of the bodies of facts. The rest of a body is kept as it came."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import AwareDatetime, Field, model_validator

from pos.domain.disputes import Way
from pos.domain.facts import Fact, Kind
from sync.office.rules.auditbodies import AUDITED
from sync.office.rules.bodytypes import Amount, Body, Id, RecordBody, RecordedBody, ToldBody
from sync.office.rules.cashbodies import CASH
from sync.office.rules.drawerbodies import (
    CashMovedBody,
    DrawerOpenedBody,
    DrawerTakenOverBody,
    ShiftClosedBody,
    ShiftHandedOverBody,
    ShiftOpenedBody,
    ShiftVerifiedBody,
)
from sync.office.rules.drillbodies import DrillHeldBody, PlanActionChangedBody
from sync.office.rules.stockbodies import (
    PrintReportedBody,
    StockCountedBody,
    StockLoadedBody,
    StockMovedBody,
    StockReceivedBody,
)


class TicketBody(Body):
    id: Id
    show: Id
    place: Id
    unit: Id
    code: str
    price: Amount


class TenderBody(Body):
    kind: str
    amount: Amount


class ReturnedBody(Body):
    """A ticket that ends by a refund or an exchange."""

    id: Id
    show: Id
    unit: Id
    price: Amount


class ArticleBody(Body):
    """A product or donation. `ref` is its name within what was ever sold."""

    ref: Id
    id: Id
    kind: str
    count: int = Field(ge=1, le=1_000_000)
    amount: Amount
    tax: Amount


class SaleBody(Body):
    id: Id
    at: str
    till: str
    user: str
    total: Amount
    tenders: list[TenderBody]
    tickets: list[TicketBody]
    articles: list[ArticleBody] = Field(default_factory=list)
    delivery: str = "now"

    @model_validator(mode="after")
    def _of_something(self) -> SaleBody:
        if not (self.tickets or self.articles):
            raise ValueError("neither tickets nor articles")
        return self


class SoldBody(Body):
    sale: SaleBody


class ExchangeBody(SaleBody):
    """`admitted`: ids of those that were let in, and came back all the same."""

    exchanged: list[ReturnedBody] = Field(min_length=1)
    admitted: list[Id] = Field(default_factory=list)


class ExchangedBody(Body):
    sale: ExchangeBody


class RefundBody(Body):
    id: Id
    user: str
    amount: Amount
    tenders: list[TenderBody]
    tickets: list[ReturnedBody]
    articles: list[ArticleBody] = Field(default_factory=list)
    admitted: list[Id] = Field(default_factory=list)

    @model_validator(mode="after")
    def _of_something(self) -> RefundBody:
        if not (self.tickets or self.articles):
            raise ValueError("neither tickets nor articles")
        return self


class RefundedBody(Body):
    refund: RefundBody


class CopyIssuedBody(Body):
    ticket: Id
    copy_number: int = Field(alias="copy", ge=1, lt=1_000_000)


class OrderCollectedBody(Body):
    sale: Id
    tickets: list[Id] = Field(min_length=1)


class OrderHandedOutBody(OrderCollectedBody):
    user: Id


class CalledBody(Body):
    """An evacuation, called by whoever stood at the till."""

    user: str
    record: RecordBody


class CalledOff(RecordBody):
    """What every till, and the office, must be able to read of a show that is called off in whole or in part."""

    what: Literal["abandoned", "closed", "reopened"]
    show: Id
    at: AwareDatetime
    places: list[Id] = Field(default_factory=list)
    of: dict[str, list[Id]] = Field(default_factory=dict)


class CalledOffBody(Body):
    user: Id
    record: CalledOff


class InvoiceBody(RecordBody):
    number: int = Field(ge=1)


class InvoiceIssuedBody(RecordedBody):
    record: InvoiceBody


class CustomerBody(Body):
    """Of a customer: what is personal of it may have been erased before it came."""

    user: Id
    customer: Id


class CustomersMergedBody(CustomerBody):
    merged: Id


class CustomerErasedBody(CustomerBody):
    sales: list[Id] = Field(default_factory=list)


class PackageRefundedBody(Body):
    id: Id
    user: Id
    package: Id
    amount: Amount
    fee: Amount


class AdmittedBody(Body):
    id: Id
    copy_number: int = Field(alias="copy", ge=0, lt=1_000_000)


class TicketsAdmittedBody(Body):
    user: Id
    show: Id
    tickets: list[AdmittedBody] = Field(min_length=1)


class PaymentBody(Body):
    payment: Id
    amount: Amount


class PaymentEndedBody(PaymentBody):
    outcome: str


class TerminalDayEndedBody(Body):
    """What a payment terminal handed in, None when it did not say, and what the till's own payments came to."""

    user: Id
    total: Amount | None
    expected: Amount
    difference: Amount | None


class DisputeTakenBody(Body):
    dispute: Id
    user: Id


class DisputeResolvedBody(DisputeTakenBody):
    """`refund` and `sale` name the later facts by which it was done."""

    way: Way
    note: str
    refund: str = ""
    sale: str = ""


class PlacesReleasedBody(Body):
    """`attested`: other tills, not active any more, for which the same is attested: NAME, or NAME.N."""

    till: Id
    places: list[tuple[Id, Id]] = Field(min_length=1)
    attested: list[Id]
    user: Id
    reason: str


class UnusedPaymentBody(PaymentBody):
    """A card payment that a ledger ended with; `places` are those that it was for."""

    purpose: str
    state: str
    places: list[tuple[Id, Id]] = Field(default_factory=list)


class SealedBody(Body):
    """`open_shift`: the shift whose drawer is still to be counted."""

    open_shift: Id | None
    payments: list[UnusedPaymentBody] = Field(default_factory=list)


class PaperTicketBody(Body):
    """One numbered ticket of a pack."""

    id: Id
    show: Id
    unit: Id
    code: str


class PaperIssuedBody(Body):
    user: str
    tickets: list[PaperTicketBody] = Field(min_length=1)


class PaperReturnedBody(Body):
    user: str
    tickets: list[Id] = Field(min_length=1)


class PaperLostBody(PaperReturnedBody):
    reason: str


class CorrectionBody(Body):
    """How a sale was really paid."""

    id: Id
    sale: Id
    user: str
    tenders: list[TenderBody] = Field(min_length=1)
    rounding: Amount
    change: Amount
    cash: Amount


class TenderCorrectedBody(Body):
    correction: CorrectionBody


class PaidBody(Body):
    id: Id
    account: Id
    user: str
    amount: Amount
    tenders: list[TenderBody] = Field(min_length=1)


class AccountPaidBody(Body):
    paid: PaidBody


class TicketRenamedBody(Body):
    """`buyer`, whose it is now, may have been erased."""

    sale: Id
    ticket: Id
    user: str
    buyer: dict[str, Any] = Field(default_factory=dict)


class HoldBody(Body):
    """What was done with a hold; the hold itself is among the `documents`."""

    user: str
    hold: Id


class DepositBody(Body):
    """Money that a reservation was secured by, coming in or going back."""

    id: Id
    amount: Amount
    tenders: list[TenderBody]


class ReservedBody(Body):
    """`order` is whole; its lines, and who it is for, may be anything."""

    user: str
    order: dict[str, Any]
    deposit: DepositBody | None = None


BODIES: Final[dict[str, type[Body]]] = {
    Kind.TICKETS_SOLD: SoldBody,
    Kind.SHIFT_OPENED: ShiftOpenedBody,
    Kind.SHIFT_CLOSED: ShiftClosedBody,
    Kind.CASH_MOVED: CashMovedBody,
    Kind.DRAWER_OPENED: DrawerOpenedBody,
    Kind.SHIFT_HANDED_OVER: ShiftHandedOverBody,
    Kind.SHIFT_VERIFIED: ShiftVerifiedBody,
    Kind.PRINT_REPORTED: PrintReportedBody,
    Kind.RIGHTS_RETURNED: Body,
    Kind.DISPUTE_TAKEN: DisputeTakenBody,
    Kind.DISPUTE_RESOLVED: DisputeResolvedBody,
    Kind.RIGHTS_TRANSFERRED: Body,
    Kind.RIGHTS_RECEIVED: Body,
    Kind.PAPER_ISSUED: PaperIssuedBody,
    Kind.PAPER_RETURNED: PaperReturnedBody,
    Kind.PAPER_LOST: PaperLostBody,
    Kind.TICKETS_REFUNDED: RefundedBody,
    Kind.REFUND_CLAIMED: RefundedBody,
    Kind.TICKETS_VOIDED: RefundedBody,
    Kind.TICKETS_EXCHANGED: ExchangedBody,
    Kind.COPY_ISSUED: CopyIssuedBody,
    Kind.PLACES_RELEASED: PlacesReleasedBody,
    Kind.DRAWER_TAKEN_OVER: DrawerTakenOverBody,
    Kind.SEALED: SealedBody,
    Kind.PAYMENT_STARTED: PaymentBody,
    Kind.PAYMENT_ENDED: PaymentEndedBody,
    Kind.TERMINAL_DAY_ENDED: TerminalDayEndedBody,
    Kind.ORDER_COLLECTED: OrderCollectedBody,
    Kind.TICKETS_ADMITTED: TicketsAdmittedBody,
    Kind.TENDER_CORRECTED: TenderCorrectedBody,
    Kind.ACCOUNT_PAID: AccountPaidBody,
    Kind.TICKET_RENAMED: TicketRenamedBody,
    Kind.ORDER_HANDED_OUT: OrderHandedOutBody,
    Kind.STANDBY_CHANGED: RecordedBody,
    Kind.GUEST_LIST_CHANGED: RecordedBody,
    Kind.COMMISSION_CHANGED: RecordedBody,
    Kind.INVOICE_ISSUED: InvoiceIssuedBody,
    Kind.PLACES_HELD: HoldBody,
    Kind.HOLD_RELEASED: HoldBody,
    Kind.HOLD_CHANGED: HoldBody,
    Kind.ORDER_RESERVED: ReservedBody,
    Kind.ORDER_CHANGED: ReservedBody,
    Kind.ORDER_ENDED: ReservedBody,
    Kind.CUSTOMER_RECORDED: CustomerBody,
    Kind.CUSTOMER_CHANGED: CustomerBody,
    Kind.CUSTOMERS_MERGED: CustomersMergedBody,
    Kind.CUSTOMER_ERASED: CustomerErasedBody,
    Kind.CASE_OPENED: RecordedBody,
    Kind.STATEMENT_SIGNED: RecordedBody,
    Kind.PACKAGE_REFUNDED: PackageRefundedBody,
    **AUDITED,
    **CASH,
    Kind.EVACUATION_CALLED: CalledBody,
    Kind.EVACUATION_ENDED: RecordedBody,
    Kind.SHOW_ABANDONED: CalledOffBody,
    Kind.PLACES_CLOSED: CalledOffBody,
    Kind.PLACES_REOPENED: CalledOffBody,
    Kind.STOCK_RECEIVED: StockReceivedBody,
    Kind.STOCK_REQUEST_CHANGED: RecordedBody,
    Kind.STOCK_REQUEST_ANSWERED: RecordedBody,
    Kind.STOCK_MOVED: StockMovedBody,
    Kind.STOCK_LOADED: StockLoadedBody,
    Kind.STOCK_COUNTED: StockCountedBody,
    Kind.PLAN_ISSUED: RecordedBody,
    Kind.DRILL_HELD: DrillHeldBody,
    Kind.PLAN_ACTION_CHANGED: PlanActionChangedBody,
    Kind.INCIDENT_REPORTED: ToldBody,
}


def fact_in(envelope: str) -> Fact:
    """Read an envelope. Raises ValueError or RecursionError on damage, and for text that no column takes."""
    if "\\u0000" in envelope:
        raise ValueError("it holds a NUL character")
    fact = Fact.from_bytes(envelope.encode())
    if "\\ud" in envelope.lower():
        fact.to_bytes()  # half of a character's pair cannot be encoded
    return fact


def read_body(kind: str, body: dict[str, Any]) -> Body:
    """Raises pydantic's ValidationError, or KeyError for a kind that is not known here."""
    return BODIES[kind].model_validate(body)


# Where a body has the document that says who did what; elsewhere it is the body itself.
_DOCUMENT_IN: Final[dict[str, str]] = {
    Kind.TICKETS_SOLD: "sale",
    Kind.TICKETS_EXCHANGED: "sale",
    Kind.TICKETS_REFUNDED: "refund",
    Kind.REFUND_CLAIMED: "refund",
    Kind.TICKETS_VOIDED: "refund",
    Kind.TENDER_CORRECTED: "correction",
    Kind.ACCOUNT_PAID: "paid",
}


def document_in(fact: Fact) -> dict[str, Any]:
    """The document of a fact whose body may not be readable: then there is nothing in it."""
    named = _DOCUMENT_IN.get(fact.kind)
    body = fact.body.get(named) if named else fact.body
    return body if isinstance(body, dict) else {}
