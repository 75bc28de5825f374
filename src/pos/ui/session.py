"""What every screen shares: who is signed in, the shift, the line to the office, the shows.

The session asks the till and tells the screens by signals; it draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.bridge import Answer, Bridge
from pos.ui.format import Formats, read_time, utc_now
from pos.ui.i18n import speak, tr
from pos.ui.keys import DISPUTES_KEY, cap

if TYPE_CHECKING:
    from pos.ui.model import ShowCard

_TICK_MS: Final = 1000
_QUICK_MS: Final = 300  # what is over sooner needs no words
_GATHER_MS: Final = 250  # changes of seats come in bursts; the counts are asked for once a burst


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, and the till's shift if one is open."""

    user: str
    name: str
    role: str
    shift: str | None
    shift_since: datetime | None
    shift_user: str = ""  # whose the drawer is

    @property
    def sells(self) -> bool:
        """Whether a basket and a drawer are theirs to use; the till checks it again at every verb."""
        return self.role in ("cashier", "supervisor")

    @property
    def settles(self) -> bool:
        """Whether disputes are theirs to settle."""
        return self.role == "supervisor"

    @property
    def oversees(self) -> bool:
        """Whether they see what others did; everybody sees his own."""
        return self.role != "cashier"

    @property
    def audits(self) -> bool:
        """Whether settlements are theirs to audit."""
        return self.role == "auditor"

    @property
    def sets_up(self) -> bool:
        """Whether this machine's layouts are theirs to change."""
        return self.role in ("supervisor", "admin")


@dataclass(frozen=True, slots=True)
class Link:
    """The line to the office. `cause` names why it is away, `detail` is for a technician; `line` is the name of the
    address in use, "" for the main one."""

    online: bool = True
    known: bool = False
    cause: str = ""
    detail: str = ""
    since: datetime | None = None
    round_trip_ms: float | None = None
    line: str = ""

    @classmethod
    def read(cls, doc: Answer) -> Link:
        since, trip = doc.get("since"), doc.get("round_trip_ms")
        return cls(
            doc["state"] == "online",
            True,
            doc.get("cause") or "",
            doc.get("detail") or "",
            read_time(since) if since else None,
            float(trip) if trip is not None else None,
            doc.get("line") or "",
        )


@dataclass(frozen=True, slots=True)
class Venue:
    """The house this till stands in. `coin` is the smallest amount cash is rounded to."""

    name: str = ""
    till: str = ""
    currency: str = "EUR"
    coin: str = "0.01"
    zone: tzinfo | None = None
    denominations: tuple[str, ...] = ()
    drawer: str = "shared"


@dataclass
class Status:
    """The till's standing: entries not sent yet, rights in hand per show, devices.

    `fenced` is why this till may not sell any more, empty for a till in order.
    `till` and `key_at` (where its private key is kept) are for a technician.
    """

    unsent: int = 0
    in_hand: dict[str, int] = field(default_factory=dict)
    devices: dict[str, dict[str, Any]] = field(default_factory=dict)
    fenced: str = ""
    till: str = ""
    key_at: str = ""
    paper: dict[str, Any] = field(default_factory=dict)  # numbered blanks, where the printer has some
    drawer_over: bool = False  # more cash in the drawer than the venue wants
    basket: dict[str, Any] | None = None  # whose waits in front, with how much
    shift: str = ""  # that is open
    level: str = "normal"  # of the contingency plan
    level_cause: str = ""
    level_since: datetime | None = None

    def take_level(self, doc: Answer) -> None:
        since = doc.get("since")
        self.level, self.level_cause = doc["level"], doc["cause"]
        self.level_since = read_time(since) if since else None


class Session(QObject):
    """Shared state of the window. `language` may change at each sign-in."""

    spoken = Signal(str)  # whoever is about to be signed in speaks this language
    signed = Signal()  # someone signed in or out, or the shift opened or closed
    linked = Signal()  # the line to the office changed
    shows_changed = Signal()  # the list of shows or a count in it
    show_chosen = Signal(str)
    buyer_changed = Signal()
    rush_changed = Signal()
    status_changed = Signal()
    heard = Signal(object)  # every event of the till, after the session took it in
    ticked = Signal()  # once a second
    toast = Signal(str, str)  # level ("good", "warning", "danger", "plain") and sentence

    def __init__(self, bridge: Bridge, language: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.language = language
        speak(language)
        self.own_office = False  # the office runs on this machine, for this till alone
        self.person: Person | None = None
        self.former = ""  # who was signed in before
        self._locks = False  # it locks when what is under way is over
        self.link = Link()
        self.evacuation: list[Answer] = []  # the calls that lock this window
        self.venue = Venue()
        self.status = Status()
        self.drawer_open_since: datetime | None = None  # when it counts as left open
        self.names: dict[str, str] = {}  # user -> name, of everyone this till knows
        self.shows: list[ShowCard] = []
        self.show_id = ""
        self.rush = ""  # the show that is sold in a rush, which stays the one being sold; "" for none
        self.buyer: dict[str, str] | None = None  # whose the sale in the making is: their number and their name
        self.formats = Formats(language)
        self.label: Callable[[str], str] = str  # what a place is called; the hall on screen knows better
        bridge.heard.connect(self._heard)
        # Only after whoever asked has taken the answer up: a sale is on screen before the window locks over it.
        bridge.settled.connect(self._settled, Qt.ConnectionType.QueuedConnection)
        bridge.refused.connect(lambda refused: self.toast.emit("warning", self.sentence(refused)))
        bridge.failed.connect(lambda text: self.toast.emit("danger", text))
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self.ticked)
        self._gather = QTimer(self, interval=_GATHER_MS, singleShot=True)
        self._gather.timeout.connect(self.refresh_shows)

    def start(self) -> None:
        """Begin to ask; called once the window has been painted."""
        self._tick.start()
        self.refresh_status()

    def close(self) -> None:
        self._tick.stop()
        self._gather.stop()
        self.bridge.close()

    @property
    def now(self) -> datetime:
        return utc_now()

    @property
    def show(self) -> ShowCard | None:
        """The show being sold."""
        return next((card for card in self.shows if card.id == self.show_id), None)

    def attach(self, buyer: dict[str, str] | None) -> None:
        """The sale in the making is this customer's, or nobody's."""
        if buyer != self.buyer:
            self.buyer = buyer
            self.buyer_changed.emit()

    @property
    def drawer_of_other(self) -> bool:
        """Whether the drawer is one cashier's own, and not this person's."""
        person = self.person
        return person is not None and self.venue.drawer == "own" and person.shift_user not in ("", person.user)

    def zero(self) -> Money:
        return Money.zero(self.venue.currency)

    def sentence(self, refused: Refused) -> str:
        """What a refusal says to this cashier."""
        from pos.ui.sentences import sentence

        return sentence(refused, self.formats, self.now, self.label, self.venue.currency)

    # ---- people ------------------------------------------------------------------------

    def entered(self, answer: Answer) -> None:
        """Take up the answer of `sign_in`."""
        since = answer.get("shift_since")
        # Before anybody hears who it is, so that what they ask then is drawn by screens that stay.
        self.spoken.emit(str(answer.get("language") or self.language))
        self.person = Person(
            answer["user"],
            answer["name"],
            answer["role"],
            answer.get("shift"),
            read_time(since) if since else None,
            answer.get("shift_user") or "",
        )
        self.signed.emit()
        self.refresh_status()
        self.refresh_shows()

    def speak(self, language: str) -> None:
        """Texts, money and dates in another language from here on; what is drawn already is the window's business."""
        speak(language)
        self.language = language
        self.formats = Formats(language, self.venue.zone)

    def shift_opened(self, shift: str) -> None:
        if self.person is not None:
            mine = self.person
            self.person = Person(mine.user, mine.name, mine.role, shift, self.now, mine.user)
            self.signed.emit()
            self.refresh_status()
            self.refresh_shows()

    def taken_over(self, answer: Answer) -> None:
        """The drawer was handed over: whoever took it is signed in now."""
        if self.person is not None:
            kept = self.person
            user = str(answer["user"])
            self.spoken.emit(str(answer.get("language") or self.language))
            self.person = Person(user, answer["name"], answer["role"], kept.shift, kept.shift_since, user)
            self.signed.emit()

    def shift_closed(self) -> None:
        """The shift is over; the person stays signed in."""
        if self.person is not None:
            self.person = Person(self.person.user, self.person.name, self.person.role, None, None)
            self.signed.emit()

    def lock(self) -> None:
        """Sign out as soon as nothing is under way, a card payment least of all; the basket stays with the till."""
        if self.person is None:
            return
        if self.bridge.acting:
            self._locks = True
            QTimer.singleShot(_QUICK_MS, self, self._say_it_locks)
            return
        self._locks = False
        self.former, self.person = self.person.user, None
        self.bridge.call("sign_out", lambda _: self.refresh_status())
        self.signed.emit()

    def _say_it_locks(self) -> None:
        if self._locks:
            self.toast.emit("plain", tr("The window locks as soon as this step is over."))

    def _settled(self) -> None:
        if self._locks:
            self.lock()

    # ---- shows and status --------------------------------------------------------------

    def choose(self, show: str) -> None:
        """Make `show` the one being sold; in a rush another one does not become it."""
        if show != self.show_id and self.rush in ("", show):
            self.show_id = show
            self.show_chosen.emit(show)

    def refresh_shows(self) -> None:
        if self.person is not None:
            self.bridge.latest("shows", "shows", self._got_shows)

    def refresh_status(self) -> None:
        self.bridge.latest("status", "status", self._got_status)

    def _got_shows(self, answer: Answer) -> None:
        from pos.ui.model import ShowCard

        self.shows = sorted((ShowCard.read(doc) for doc in answer["shows"]), key=lambda card: (card.starts, card.id))
        if self.show is None and (first := self._first_to_sell()):
            self.choose(first)
        self.shows_changed.emit()

    def _first_to_sell(self) -> str:
        """The next show that still sells with places left; a show that has begun only if nothing else does."""
        now = self.now
        selling = [card for card in self.shows if card.sells]
        coming = [card for card in selling if card.starts >= now and card.free > 0]
        best = coming or selling or self.shows
        return best[0].id if best else ""

    def _got_status(self, answer: Answer) -> None:
        if link := answer.get("link"):
            # The status leaves a technician's words out, which came with the event.
            same = (link.get("cause") or "") == self.link.cause
            self._take_link({"detail": self.link.detail if same else ""} | link)
        self.status = Status(
            int(answer.get("unsent") or 0),
            dict(answer.get("rights_in_hand") or {}),
            dict(answer.get("devices") or {}),
            str(answer.get("fenced") or ""),
            str(answer.get("till") or ""),
            str(answer.get("key_at") or ""),
            dict(answer.get("paper") or {}),
            bool(answer.get("drawer_over")),
            answer.get("basket"),
            str(answer.get("shift") or ""),
        )
        if level := answer.get("level"):
            self.status.take_level(level)
        if venue := answer.get("venue"):
            self._take_venue(venue)
        self.status_changed.emit()

    def _take_venue(self, doc: Answer) -> None:
        from zoneinfo import ZoneInfo

        self.venue = Venue(
            doc["name"],
            doc["till_name"],
            doc["currency"],
            doc["cash_rounding"],
            ZoneInfo(doc["timezone"]),
            tuple(doc.get("denominations") or ()),
            str(doc.get("drawer") or "shared"),
        )
        self.formats = Formats(self.language, self.venue.zone)

    def _take_link(self, doc: Answer) -> None:
        self.link = Link.read(doc)
        self.linked.emit()

    def _take_drawer(self, event: Answer) -> None:
        """Open is what a sale does; by hand somebody is told, and left open it stands over the screen until shut."""
        if event["state"] == "left_open":
            self.drawer_open_since = self.now - timedelta(seconds=event["open_s"])
        elif event["state"] == "shut":
            self.drawer_open_since = None
        elif event["by"] == "hand":
            self.toast.emit("warning", tr("The drawer was opened by hand, without a sale."))
        self.status_changed.emit()

    def _count_soon(self) -> None:
        # Not restarted while it runs: under a steady stream of changes it must still fire.
        if not self._gather.isActive():
            self._gather.start()

    def _in_dispute(self, event: Answer) -> str:
        what = ", ".join(event.get("places") or ()) or tr("an entry of this window")
        if self.person is not None and self.person.settles:
            return tr("In dispute: {what}. {key} opens it.", what=what, key=cap(DISPUTES_KEY))
        return tr("In dispute: {what}. A supervisor finds it under Disputes ({key}).", what=what, key=cap(DISPUTES_KEY))

    # ---- events ------------------------------------------------------------------------

    def _heard(self, event: Answer) -> None:
        kind = event.get("event")
        if kind == "link":
            self._take_link(event)
            self.refresh_status()
            self._count_soon()
        elif kind == "changed":
            self._count_soon()
        elif kind == "device":
            self.status.devices[event["name"]] = {"state": event["state"], "text": event.get("text") or ""}
            self.status_changed.emit()
        elif kind == "sent":
            self.status.unsent = int(event["unsent"])
            self.status_changed.emit()
        elif kind == "drawer":
            self._take_drawer(event)
        elif kind == "level":
            self.status.take_level(event)
            self.status_changed.emit()
        elif kind == "shift_final":
            self.toast.emit("good", tr("Shift {id} is agreed with the office: its report is final.", id=event["shift"]))
        elif kind == "evacuation":
            self.evacuation = list(event["calls"])
        elif kind == "drawer_limit":
            self.status.drawer_over = bool(event["over"])
            self.status_changed.emit()
        elif kind == "dispute":
            self.toast.emit("warning", self._in_dispute(event))
        elif kind == "fenced":
            self.status.fenced = str(event["reason"])
            self.status_changed.emit()
        elif kind in ("printed", "paper", "print_unknown", "stock_low", "stock_unloaded"):
            self.refresh_status()
        self.heard.emit(event)
