"""What a till and the office say to each other: messages and the signing of requests.

Every request of an enrolled till is signed with its Ed25519 key over method, path,
body hash, till, incarnation and request id; every answer is signed by the office
over the request id, the status and the body hash, so that a till can tell its own
office from a captive portal. Versioned by the path prefix `/v1`. No I/O here.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

PREFIX: Final = "/v1"
H_TILL: Final = "X-Housefull-Till"
H_INCARNATION: Final = "X-Housefull-Incarnation"
H_REQUEST: Final = "X-Housefull-Request"
H_SIGNATURE: Final = "X-Housefull-Signature"  # base64, on requests and answers
MAX_FACTS: Final = 500  # facts in one push
MAX_WAIT_S: Final = 25.0  # longest long poll

# No number is larger than the column that it may end in: what a database does not take is refused as it comes in.
_COLUMN: Final = 2**63 - 1
Number = Annotated[int, Field(ge=0, le=_COLUMN)]  # of a fact, a position in the change log, epoch seconds
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]  # an incarnation, half of a token, how many there are
Minor = Annotated[int, Field(ge=-_COLUMN, le=_COLUMN)]  # minor units, which may be owed
Seconds = Annotated[float, Field(allow_inf_nan=False)]


def signed_request(method: str, path: str, body: bytes, till: str, incarnation: int, request_id: str) -> bytes:
    """The bytes a till signs. `path` is without host and query."""
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join(("housefull-request", method, path, digest, till, str(incarnation), request_id)).encode()


def signed_answer(request_id: str, status: int, body: bytes) -> bytes:
    """The bytes the office signs."""
    return "\n".join(("housefull-answer", request_id, str(status), hashlib.sha256(body).hexdigest())).encode()


class Message(BaseModel):
    """A message ignores keys it does not know, so that a newer end may add some."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class EnrolRequest(Message):
    """POST /v1/enrol, unsigned but for the code. `public_key` is base64 of 32 raw bytes.

    A code may be redeemed again by the same public key (the answer may have been lost).
    """

    code: str
    public_key: str


class EnrolAnswer(Message):
    till: str
    incarnation: Count
    office_key: str


class GrantItem(Message):
    """`ticket`, whether any paper of it was `issued` and how many `copies` after it go with a sold place,
    whose right is to refund it. A voucher or gift card, a place of the show `~voucher` or `~gift_card`, is
    `worth` so many minor units when it is granted."""

    place: str
    epoch: Count
    hop: Count
    ticket: str = ""
    issued: bool = True
    copies: Count = 0
    worth: Minor = 0
    valid_until: str = ""


class RefusedItem(Message):
    """`code`: right_elsewhere | sold | held | unknown_place, or not_sold and not_held for a claim of such.
    `since` is epoch seconds, 0 unknown."""

    place: str
    code: Literal["right_elsewhere", "sold", "held", "unknown_place", "not_sold", "not_held"]
    holder: str = ""
    since: Number = 0


class ClaimRequest(Message):
    """POST /v1/claim. `whole`: all or none, and other tills are asked to give back (recall), up to
    `wait_s` seconds. Not whole: what the pool has, at once (an allotment); `short` is how many
    places of a category or area are lacking beyond those named, for which tills that have more
    than they need are asked (rebalancing), up to `wait_s` seconds. `sold`: the rights to refund
    places that are sold, `held`: the rights to places that are in a hold; both always whole."""

    show: str
    places: list[str]
    whole: bool = True
    wait_s: Seconds = 4.0
    sold: bool = False
    held: bool = False
    short: dict[str, Count] = {}


class ClaimAnswer(Message):
    """`refused` is empty when all was granted; with `whole` one of both lists is empty."""

    incarnation: Count
    granted: list[GrantItem] = []
    refused: list[RefusedItem] = []


class FactItem(Message):
    """`envelope` is the exact UTF-8 text that was hashed; `signature` is base64. `beside` is what is personal
    of it, sealed in the envelope (`pos.domain.personal`); "" for nothing, or erased. In a copy that lies elsewhere it
    is `locked` to the office's key instead (`pos.domain.lockbox`)."""

    number: Number
    envelope: str
    hash: str
    signature: str
    beside: str = ""
    locked: str = ""


class PushRequest(Message):
    """POST /v1/push: facts in number order without gaps."""

    facts: list[FactItem]


class ForwardRequest(Message):
    """POST /v1/forward: facts of another till, in number order without gaps, as the copy of its journal has them.
    Without facts: how far is the office?"""

    till: str
    incarnation: Count
    facts: list[FactItem] = []


class JournalHeader(Message):
    """The first line of a journal's file; a FactItem a line follows, number 1 to `facts`.
    `sealed`: the last of them is the ledger's last for ever. `growing`: a copy that was added to fact by fact; `facts`
    is 0 then, and a last line without an end is none.
    """

    housefull: Literal["journal"] = "journal"
    version: Literal[1] = 1
    till: str
    incarnation: Count
    facts: Number
    sealed: bool
    growing: bool = False


class FactResult(Message):
    """`verdict`: applied | parked | disputed, of the worst place effect; a newer office may have other words."""

    number: Number
    verdict: str


class PushAnswer(Message):
    """`applied` is the highest number applied for this incarnation; send on from there, or from the
    highest number in `results`: what rivals the history that is there is kept, and never applied."""

    applied: Number
    results: list[FactResult] = []


class ForwardAnswer(Message):
    """`applied` is the highest number applied of that incarnation, `state` its ACTIVE, FENCED or DEAD. A fact of an
    ACTIVE one is refused (`till_active`) when what is personal of it is missing."""

    applied: Number
    state: str
    results: list[FactResult] = []


class RecallItem(Message):
    """The office asks for a right back, by place and token: to sell, to refund what is `sold`, or to what is `held`.
    `spare`: only what the holder can do without, for a till that has too little (rebalancing).
    Repeated with every pull until answered."""

    show: str
    place: str
    epoch: Count
    hop: Count
    sold: bool = False
    spare: bool = False
    held: bool = False


class DeclineRequest(Message):
    """POST /v1/decline: the holder keeps these for now. `why`: basket | payment | parked."""

    items: list[RecallItem]
    why: str = "basket"


class ReleaseRequest(Message):
    """POST /v1/release: may these places of a dead till be released now? `places` None: all but those that
    are sold. Nothing is done; the fact that follows does it."""

    till: str
    places: list[tuple[str, str]] | None = None
    attested: list[str] = []


class WaitsFor(Message):
    """An incarnation that has to be heard, or attested for, first. `why`: not_heard | not_stopped | forked |
    unreadable | not_told | not_ended | not_attested; a newer office may have other words."""

    till: str
    incarnation: Count
    why: str


class ReleaseAnswer(Message):
    """The places that may be released, or why none may (`refused`, a sentence) and who is to be heard first."""

    places: list[tuple[str, str]] = []
    refused: str = ""
    waits_for: list[WaitsFor] = []


class DrawerRequest(Message):
    """POST /v1/drawer: what should be in the drawer that a dead or replaced till left with its shift open?"""

    till: str


class DrawerAnswer(Message):
    """`shift` is empty when there is no such drawer. `expected` is a decimal string."""

    incarnation: Count = 0
    shift: str = ""
    user: str = ""
    since: str = ""
    expected: str = ""


class PlaceItem(Message):
    """One place's record. `state` is an OfficeState; `since` epoch seconds by the office's clock."""

    place: str
    state: str
    holder: str = ""
    since: Number = 0
    epoch: Count
    hop: Count


class Change(Message):
    """One entry of the change log, at its gap-free `position`.

    kind "document": `family`, `id`, `body` (None: taken away).
    kind "places": `show`, `items`.
    kind "sale": `body` is a sale's document with its tickets.
    kind "reload": `show`, whose places must be fetched again whole (new plan, many changes).
    A newer office may log other kinds; who does not know one passes over it.
    """

    position: Number
    kind: str
    family: str = ""
    id: str = ""
    body: dict[str, Any] | None = None
    show: str = ""
    items: list[PlaceItem] = []


class PullRequest(Message):
    """POST /v1/pull: changes after `cursor`; waits up to `wait_s` seconds when there is none.

    `head` is the number of the till's last fact when everything up to `cursor` was stored, -1
    when it cannot be told: with it the office knows who has heard of something and has told all
    that it did before. `stopped`: this incarnation is fenced and knows it, so that it will never
    sell nor take a right again. `generation` is that of the change log in which `cursor` is a position.
    """

    cursor: Number
    wait_s: Seconds = 0.0
    limit: int = 500
    head: Annotated[int, Field(ge=-1, le=_COLUMN)] = -1
    stopped: bool = False
    generation: str = ""


class PullAnswer(Message):
    """`applied`: this till's highest applied fact. `state`: ACTIVE | FENCED | DEAD.
    `office_time` is ISO 8601. `generation` is a new one since the office was restored from a backup: its change log
    has another past then, and all is fetched anew. `tell`: the till shall say what it has in hand (HandRequest)."""

    changes: list[Change] = []
    cursor: Number
    latest: Number
    recalls: list[RecallItem] = []
    applied: Number
    head_hash: str
    state: str
    office_time: str
    generation: str = ""
    tell: bool = False


class HandRequest(Message):
    """POST /v1/hand: every right that the till has in hand, once the office has all its facts up to `number`.
    `rights`: show, place, epoch, hop, state (LEASED | SOLD | HELD | PAPER), ticket or hold."""

    number: Number
    rights: list[tuple[str, str, Count, Count, str, str]]


class HandAnswer(Message):
    """`taken` is false when the office lacks facts: to be told again when it has them."""

    taken: bool


class Document(Message):
    family: str
    id: str
    body: dict[str, Any]


class SnapshotAnswer(Message):
    """POST /v1/snapshot {}: every small document, and the shows whose places to fetch.
    `cursor` is the change-log position from which to pull afterwards."""

    cursor: Number
    documents: list[Document]
    generation: str = ""


class PlacesRequest(Message):
    """POST /v1/places: every place of a show, as columns in seating order."""

    show: str


class PlacesAnswer(Message):
    """Columns in seating order (plan's seats, then areas' units). `states` has a letter a place:
    P pool, H held, L leased, S sold, A paper, Q quarantine. `holder` indexes `holders`.
    `position` is the change-log position at which this was read."""

    show: str
    plan_version: str
    position: Number
    states: str
    holders: list[str]
    holder: list[Count]
    since: list[Number]
    epoch: list[Count]
    hop: list[Count]


class LookRequest(Message):
    """POST /v1/look: what only the office knows. `what`: customer | history | open | package | figures | houses |
    consents; `fields` are its."""

    what: str
    fields: dict[str, Any] = {}


class LookAnswer(Message):
    found: dict[str, Any] = {}


class SalesRequest(Message):
    """POST /v1/sales: sales' documents after a sale id, in id order, for the replica's look-up."""

    after: str = ""
    limit: int = 1000


class SalesAnswer(Message):
    sales: list[dict[str, Any]]
    more: bool


class DisputesRequest(Message):
    """POST /v1/disputes: disputes after an id, in id order. "open" are those not resolved yet, taken or not."""

    state: Literal["open", "all"] = "open"
    after: str = ""
    limit: int = 500


class DisputesAnswer(Message):
    """Each as the document of family "dispute" that the change log carries (docs/protocol.md)."""

    disputes: list[dict[str, Any]]
    more: bool


STATE_LETTERS: Final = {
    "P": "POOL",
    "H": "HELD",
    "L": "LEASED",
    "S": "SOLD",
    "A": "PAPER",
    "Q": "QUARANTINE",
}
