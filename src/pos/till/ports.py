"""What the till needs from outside itself, and what the outside needs of the till.

The sync agent and the device workers are handed in by the composition root; the till
knows only these shapes. Everything that answers later answers with a Future.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from pos.domain.card import CardOutcome, Shown
from pos.domain.certificate import Certificate, Hand
from pos.domain.contingency.evacuation import Document
from pos.domain.facts import SignedFact
from pos.domain.rights import Token
from pos.domain.scene import Scene
from pos.till.lanports import CopyKeeper, KeptCopy, Neighbours, Wanted
from pos.till.officeports import (
    ClaimAnswer,
    LeftDrawer,
    LineDown,
    LinkState,
    OfficeLine,
    RefusedClaim,
    Releasable,
    SoldRight,
)

__all__ = [
    "CardOutcome",
    "Changed",
    "ClaimAnswer",
    "Clock",
    "CopyKeeper",
    "Entropy",
    "KeptCopy",
    "Keys",
    "Ledger",
    "LeftDrawer",
    "LineDown",
    "LinkState",
    "Mark",
    "Neighbours",
    "Office",
    "OfficeLine",
    "Outcome",
    "Printers",
    "Recall",
    "RefusedClaim",
    "Releasable",
    "Shown",
    "SoldRight",
    "Terminal",
    "Wanted",
]


@dataclass(frozen=True, slots=True)
class Recall:
    """The office asks for this token back: the right to sell, to refund what is `sold`, or to what is `held`.
    `spare`: for a till that has too little, so only if this one can do without."""

    show: str
    place: str
    token: Token
    sold: bool = False
    spare: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """What a page of changes touched, for the window. An empty `shows` entry means the whole show;
    `documents` are the season's, `disputes` the ids of those that are new or went on, `records` families
    of records, holds and orders."""

    places: dict[str, tuple[int, ...]] = field(default_factory=dict)
    documents: bool = False
    sales: bool = False
    disputes: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the journal ends, None when this ledger may have forgotten facts; and whether the till is
    fenced, so that it never sells nor takes a right again."""

    head: int | None
    stopped: bool


class Office(Protocol):
    """The agent, as the till sees it."""

    def claim(
        self, show: str, places: Sequence[str], *, whole: bool, wait_s: float, sold: bool = False, held: bool = False
    ) -> Future[ClaimAnswer]:
        """Ask for rights to sell, to refund what is `sold`, or to what is `held`. Fails with LineDown, at once
        when the line is known to be down."""

    def allot(self, show: str, places: Sequence[str], short: Mapping[str, int], wait_s: float) -> Future[ClaimAnswer]:
        """Ask for those of these places that are in the pool, and for as many of other categories or areas
        as are `short`: of other tills, as far as they can do without. Fails as `claim` does."""

    def releasable(
        self, till: str, places: Sequence[tuple[str, str]] | None, attested: Sequence[str]
    ) -> Future[Releasable]:
        """Whether these places of a dead till, or all, may be released. Fails as `claim` does."""

    def left_drawer(self, till: str) -> Future[LeftDrawer | None]:
        """The drawer that a dead or replaced till left with its shift open. Fails as `claim` does."""

    def look(self, what: str, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        """What only the office knows: a customer's record, the history of a place, who has an order open, what
        was sent. Fails as `claim` does."""

    def facts_waiting(self) -> None:
        """There is something new in the journal. Returns at once."""

    def sync(self) -> Future[int]:
        """One full push and pull; the cursor. Fails with LineDown."""

    def link(self) -> LinkState:
        """The line as last seen."""

    def lines(self) -> Sequence[OfficeLine]:
        """The office's addresses in order, the main one first, as last seen. Never waits."""

    def brought(self) -> Mapping[Hand, int]:
        """Whose journal has been brought to the office from the copy that lies here -> up to which fact it has it."""


class Outbox(Protocol):
    """The journal of an earlier incarnation: nothing is added to it any more. For one thread at a time."""

    @property
    def till(self) -> str: ...

    @property
    def incarnation(self) -> int: ...

    @property
    def keys(self) -> Keys:
        """Those of that incarnation."""

    @property
    def unsent(self) -> int:
        """How many facts the office is not known to have."""

    def facts_after(self, number: int, limit: int) -> Sequence[SignedFact]:
        """Journal entries with a higher number, in order."""

    def acknowledged(self) -> int:
        """The highest number the office is known to have."""

    def acknowledge(self, number: int) -> None:
        """The office has everything up to `number`, which may be less than before. Durable when it returns."""


class Ledger(Protocol):
    """The till, as the agent sees it. Every method may be called from any thread."""

    @property
    def incarnation(self) -> int: ...

    def facts_after(self, number: int, limit: int) -> Sequence[SignedFact]:
        """Journal entries with a higher number, in order."""

    def head(self) -> tuple[int, str]:
        """Number and hash of the last fact, (0, FIRST_HASH) when there is none."""

    def standing(self) -> Future[Standing]:
        """How the ledger stands, once all that the till was about to do is in the journal."""

    def acknowledged(self) -> int:
        """The highest number the office is known to have applied."""

    def acknowledge(self, number: int) -> Future[None]:
        """The office has applied up to `number`."""

    def recall(self, asks: Sequence[Recall]) -> Future[Sequence[Recall]]:
        """Give back what is idle (a fact each, or one for all); the answer lists what was declined."""

    def fence(self, reason: str, *, forgot: bool = False) -> Future[None]:
        """Stop selling for good: the office disowns this till, or (`forgot`) knows more of it than it does."""

    def in_hand(self) -> Future[tuple[int, Sequence[tuple[str, str, int, int, str, str]]]]:
        """The last fact's number, and every right that is in hand then: show, place, epoch, hop, LEASED, SOLD, HELD
        or PAPER, ticket or hold."""

    def link_changed(self, link: LinkState) -> None:
        """The line went up or down."""

    def changed(self, what: Changed) -> None:
        """A page of changes is in the replica."""

    def office_time(self, iso: str) -> None:
        """The office's clock, as just heard."""

    def evacuation(self, asker: Hand, documents: Sequence[Document]) -> Future[None]:
        """Another till tells of evacuations; they are kept when it is answered."""

    def neighbour(self, till: str) -> Future[tuple[Hand, bytes] | None]:
        """The incarnation of another till that may have rights, and its public key; None for a stranger."""

    def idle(self, asker: Hand, show: str) -> Future[Sequence[str]]:
        """The places of a show that this till would pass on to another; none while the office can be asked."""

    def pass_on(self, asker: Hand, show: str, wanted: Wanted) -> Future[Sequence[Certificate]]:
        """Let go of what is idle of that, durably, and only then certify it."""


Outcome = Literal["done", "failed", "unknown"]


class Finished(Protocol):
    """Who is told what became of a print job: a sentence, and how many blanks are known to have come out."""

    def __call__(self, outcome: Outcome, text: str, sheets: int | None = None, /) -> None: ...


class Printers(Protocol):
    """The printers, as the till sees them. `role` is "ticket" or "receipt"."""

    def submit(
        self,
        role: str,
        job: str,
        content: dict[str, Any],
        started: Callable[[], None],
        finished: Finished,
    ) -> None:
        """Print `content` (pos.paper.content). `started` is called before the first byte leaves and
        returns once that is durable; `finished` is called once, with the outcome and a sentence."""

    def withdraw(self, role: str, job: str) -> bool:
        """Take back a job that was submitted and has not begun: nothing more is heard of it, and it never
        begins. False when it may have begun, or has ended."""

    def kick_drawer(self) -> None:
        """Open the drawer, if there is one. Never raises for a device that is away."""

    def states(self) -> dict[str, dict[str, str]]:
        """Device name -> {"state", "text"}."""

    def present(self, role: str) -> bool:
        """Whether such a printer is configured at all."""

    def numbered(self, role: str) -> bool:
        """Whether the blanks in this printer carry serial numbers."""


class Terminal(Protocol):
    """The payment terminal. Amounts are minor units; `key` names one intent to charge or refund.

    Every Future ends with an outcome and never fails. Once an order has left, only the terminal's
    own word makes it approved or declined: silence of any kind is unknown. The same key again
    gives the same outcome and charges nothing. While one is unknown, another key is declined
    without a byte sent.
    """

    def present(self) -> bool:
        """Whether a terminal is configured at all."""

    def pay(self, key: str, minor: int, currency: str) -> Future[CardOutcome]:
        """Charge a card. Store the intent, and `last()` with it, before calling this."""

    def recover(self, key: str, minor: int, currency: str, before: dict[str, str]) -> Future[CardOutcome]:
        """Ask what became of a payment that has no outcome. Never charges.

        The terminal's last receipt is compared by amount, trace, terminal and time with `before`,
        what `last()` said before the payment. "unknown" when that still does not tell.
        """

    def settled(self, key: str) -> None:
        """A person has said what became of `key`: other payments may go on."""

    def refund(self, key: str, minor: int, currency: str) -> Future[CardOutcome]:
        """Pay money back to a card that is put in."""

    def reverse(self, receipt: dict[str, str], minor: int, currency: str) -> Future[CardOutcome]:
        """Undo the payment whose outcome had this `receipt`; no card is needed."""

    def last(self) -> dict[str, str]:
        """Trace, terminal and time of the last payment this terminal is known to have made, for `recover`.

        {} when not known."""

    def abort(self) -> None:
        """Ask the terminal to stop. It may go on all the same: the outcome says what it did."""

    def end_of_day(self, currency: str) -> Future[CardOutcome]:
        """Have the terminal hand its payments in; the outcome has its totals. It takes minutes."""

    def repeat(self) -> Future[CardOutcome]:
        """Have the slips of its last transaction again."""

    def enquire(self) -> Future[CardOutcome]:
        """Ask the terminal how it is, now; `state` tells it afterwards."""

    def subscribe(self, listener: Callable[[Shown], None]) -> None:
        """Hear what the terminal shows meanwhile ("Insert card"), on its own thread: be quick."""

    def state(self) -> dict[str, str]:
        """{"state", "text"}, for `status`."""


class Devices(Protocol):
    """Devices that only read or show: the till tells how they are, and needs none of them to sell."""

    def states(self) -> dict[str, dict[str, str]]:
        """Device name -> {"state", "text"}."""


class Display(Protocol):
    """What shows scenes to the customer."""

    def show(self, scene: Scene) -> None:
        """Show this from now on. Returns at once and never raises, however the display is: no sale waits for it."""


@dataclass(frozen=True, slots=True)
class Customer:
    """What is shown to the customer, and in which language. `display` is None where a window shows it, which
    hears the event; `link` is the address of the code that stands beside the venue's name."""

    language: str
    link: str = ""
    display: Display | None = None


class Keys(Protocol):
    """The till's own Ed25519 key."""

    def sign(self, message: bytes) -> bytes: ...


class Mark(Protocol):
    """The high-water mark, kept outside the data folder (amnesia guard)."""

    def read(self) -> tuple[int, int, str] | None:
        """(incarnation, number, hash) as last written, None when never."""

    def write(self, incarnation: int, number: int, hash: str) -> None: ...


class Clock(Protocol):
    """Wall time with zone, and seconds that also pass in suspend."""

    def now(self) -> datetime: ...

    def boottime_s(self) -> float: ...


class Entropy(Protocol):
    """Randomness for ticket codes."""

    def code(self) -> str:
        """A short random ticket code, at least 50 bits."""
