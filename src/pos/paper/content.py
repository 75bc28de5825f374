"""What is printed, as plain JSON: the content a print job carries through the ledger.

A job may be printed days after it was made, and again after that, so its content
holds finished text and nothing that must be looked up: dates, amounts and names
are written in the job's language when the job is made. `copy` is 0 for the
original; n > 0 is the n-th reprint and says so on the paper. A key that may be
left out may also be empty ("", 0, false, []), which means the same.

    {"kind": "ticket", "language": "en", "venue": "Opera House", "title": "Tosca",
     "starts": "Fri 3 Dec 2027, 19:30", "place": "Stalls C 12", "zone": "Stalls",
     "row": "C", "number": "12", "price_type": "Adult", "price": "€58.00",
     "code": "HF7K2M9QX4", "ticket": "T1-000123-1", "sale": "T1-000123", "till": "T1", "copy": 0}
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, NotRequired, TypedDict, get_args, get_type_hints

from pos.domain.errors import Unreadable


class Amount(TypedDict):
    """One named sum: a fee, a tender, a tax, a line of a report."""

    text: str
    amount: str


class SaleLine(TypedDict):
    """One line of a receipt; `detail` is the small print under it (place, price type)."""

    text: str
    amount: str
    detail: NotRequired[str]


class Group(TypedDict):
    """One headed block of a report ("By tender")."""

    heading: str
    rows: list[Amount]


class TicketContent(TypedDict):
    """One ticket: one page, cut off by itself."""

    kind: Literal["ticket"]
    language: str  # en zh_TW vi uk hu; another falls back to en
    venue: str
    title: str
    starts: str  # date and time in one line
    place: str  # the whole place ("Stalls C 12", "Standing")
    price_type: str
    price: str  # with its currency sign, as the venue writes it
    code: str  # what the QR code holds, also printed as text
    ticket: str
    sale: str
    till: str
    copy: int
    date: NotRequired[str]  # `starts` in two parts, where a layout sets them apart
    time: NotRequired[str]
    doors: NotRequired[str]
    address: NotRequired[str]
    zone: NotRequired[str]  # zone, row and number of a numbered seat
    row: NotRequired[str]
    number: NotRequired[str]
    area: NotRequired[str]  # the area's name, instead of the three
    category: NotRequired[str]
    currency: NotRequired[str]  # ISO 4217
    fees: NotRequired[str]  # "incl. 1.00 counter fee"
    tax: NotRequired[str]
    notice: NotRequired[str]  # "Restricted view"
    terms: NotRequired[list[str]]  # those that the buyer was told
    buyer: NotRequired[str]  # whose order it is
    sold: NotRequired[str]  # when it was sold
    training: NotRequired[bool]  # printed while training: not valid


class ReceiptContent(TypedDict):
    """What a customer was charged."""

    kind: Literal["receipt"]
    language: str
    venue: str
    sale: str
    at: str
    till: str
    cashier: str
    lines: list[SaleLine]
    total: str
    tenders: list[Amount]
    copy: int
    heading: NotRequired[str]  # "REFUND", when it is not a sale
    buyer: NotRequired[list[str]]  # whom an invoice is for, a line each
    address: NotRequired[str]
    tax_number: NotRequired[str]
    fees: NotRequired[list[Amount]]
    rounding: NotRequired[str]
    given: NotRequired[str]
    change: NotRequired[str]
    taxes: NotRequired[list[Amount]]
    terms: NotRequired[list[str]]  # those that the buyer was told
    thanks: NotRequired[list[str]]
    training: NotRequired[bool]


class ReportContent(TypedDict):
    """The end of a shift, by its `number` among those of its till. With the same content it prints byte for byte the
    same."""

    kind: Literal["z_report"]
    language: str
    venue: str
    shift: str
    till: str
    cashier: str
    opened: str
    closed: str
    number_range: str
    groups: list[Group]
    expected: str
    counted: str
    difference: str
    copy: int
    number: NotRequired[str]
    provisional: NotRequired[bool]  # facts of the shift have not reached the office yet
    signatures: NotRequired[list[str]]  # one ruled line each, named below it
    training: NotRequired[bool]


class ListContent(TypedDict):
    """A list for people at the counter, or a slip from one: who has not come, who is invited, who is next."""

    kind: Literal["list"]
    language: str
    venue: str
    heading: str
    at: str
    till: str
    groups: list[Group]
    copy: int
    number: NotRequired[str]  # large, where the slip is for one number
    notes: NotRequired[list[str]]
    signatures: NotRequired[list[str]]  # one ruled line each, named below it
    training: NotRequired[bool]


class SlipLine(TypedDict):
    """One line of a card slip: in two columns with an `amount`, in the middle, or nothing but a gap or a rule."""

    text: str
    amount: NotRequired[str]
    centred: NotRequired[bool]
    gap: NotRequired[bool]
    rule: NotRequired[bool]


class CardSlipContent(TypedDict):
    """What a payment terminal has us print."""

    kind: Literal["card_slip"]
    language: str
    lines: list[SlipLine]
    copy: int
    heading: NotRequired[str]
    training: NotRequired[bool]


class TicketsContent(TypedDict):
    """All tickets of one sale as one job: a page each, in this order."""

    kind: Literal["tickets"]
    tickets: list[TicketContent]


Content = TicketContent | ReceiptContent | ReportContent | CardSlipContent | ListContent | TicketsContent

_SHAPES: Final[dict[str, type]] = {
    "ticket": TicketContent, "receipt": ReceiptContent, "z_report": ReportContent, "card_slip": CardSlipContent,
    "list": ListContent,
}  # fmt: skip
KINDS: Final = frozenset(_SHAPES)


def pages(content: Mapping[str, Any], where: str = "print job") -> list[Mapping[str, Any]]:
    """The content of each page of a job, checked. Raises Unreadable when it cannot be printed."""
    if content.get("kind") != "tickets":
        check(content, where)
        return [content]
    tickets = content.get("tickets")
    if not isinstance(tickets, list) or not tickets:
        raise Unreadable(where, "tickets", "must be a list of at least one ticket")
    for number, ticket in enumerate(tickets):
        if not isinstance(ticket, Mapping) or ticket.get("kind") != "ticket":
            raise Unreadable(where, f"tickets[{number}].kind", "must be ticket")
        check(ticket, f"{where}: tickets[{number}]")
    return list(tickets)


def fields_of(kind: str) -> dict[str, frozenset[str] | None]:
    """The fields of this kind of content; a list names the fields of its items, else None.

    A list of plain strings has items with the one field "item".
    """
    return _fields(_SHAPES[kind])


def _fields(shape: type) -> dict[str, frozenset[str] | None]:
    return {name: _item_fields(hint) for name, hint in get_type_hints(shape).items()}


def _item_fields(hint: Any) -> frozenset[str] | None:
    item = get_args(hint)[0] if getattr(hint, "__origin__", None) is list else None
    if item is None:
        return None
    return frozenset({"item"}) if item is str else frozenset(get_type_hints(item))


def item_lists(kind: str, name: str) -> dict[str, frozenset[str] | None]:
    """The fields inside one item of the list `name` ("groups" -> heading, rows)."""
    item = get_args(get_type_hints(_SHAPES[kind])[name])[0]
    return {"item": None} if item is str else _fields(item)


def check(content: Mapping[str, Any], where: str = "print job") -> str:
    """The kind of this content. Raises Unreadable when it has none or lacks a field.

    Unknown extra fields are let through: a job may have been made by a newer till.
    """
    kind = content.get("kind")
    if not isinstance(kind, str) or kind not in _SHAPES:
        raise Unreadable(where, "kind", f"{kind!r} is not one of {', '.join(sorted(_SHAPES))}")
    shape = _SHAPES[kind]
    for name in sorted(shape.__required_keys__):  # type: ignore[attr-defined]
        if name not in content:
            raise Unreadable(where, name, f"is missing; a {kind} needs it")
    for name, hint in get_type_hints(shape).items():
        is_list = getattr(hint, "__origin__", None) is list
        if name in content and is_list != isinstance(content[name], list):
            raise Unreadable(where, name, "must be a list" if is_list else "must not be a list")
    return kind
