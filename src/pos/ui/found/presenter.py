"""Sales that were found, their tickets, and what may be done with them from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.mask import scrub
from pos.domain.money import Money
from pos.domain.packages import package_of
from pos.ui.bridge import Answer
from pos.ui.customers.outbox import Notice
from pos.ui.format import read_time
from pos.ui.found.calledoff import CalledOff
from pos.ui.found.deal import Deal
from pos.ui.found.invoice import Invoice
from pos.ui.found.model import Found, read_found
from pos.ui.found.presence import Presence
from pos.ui.i18n import name_in, tr
from pos.ui.session import Session

if TYPE_CHECKING:
    from pos.ui.found.swap import Swap

_WAYS: Final = ("code", "sale", "name")  # in which a typed text is looked for, one after the other


class FoundPresenter(QObject):
    """`opened` asks for the screen. `deal` is a refund, void or reprint in the making, `swap` an exchange."""

    changed = Signal()
    opened = Signal()
    passed = Signal(str)  # the code of a pass was typed
    calls_off = Signal(str)  # somebody wants to call something off, or take that back

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[Found] = []
        self.marked = ""
        self.problem = ""
        self.chosen: list[str] = []  # tickets that something is to be done with, in the order of their choosing
        self.result = ""  # what was done last, in words
        self.deal = Deal(session, self)
        self.deal.changed.connect(self.changed)
        self.deal.ended.connect(self._ended)
        self.terms: dict[str, Any] = {}  # what the till says of the marked one's terms, as they are now
        self._swap: Swap | None = None
        self.invoice = Invoice(session, self)
        self.invoice.changed.connect(self.changed)
        self.invoice.ended.connect(self._ended)
        self.notices: list[Notice] = []  # what was written about the marked one's sale, the newest first
        self.called_off = CalledOff(session, self)
        self.called_off.changed.connect(self.changed)
        self._asked: dict[str, Any] = {}
        self.presence = Presence(session, self)
        self.presence.changed.connect(self.changed)
        session.heard.connect(self._heard)
        session.signed.connect(self._signed)

    @property
    def current(self) -> Found | None:
        return next((row for row in self.rows if row.id == self.marked), None)

    @property
    def swap(self) -> Swap:
        """Made when first asked for: it brings the map in."""
        if self._swap is None:
            from pos.ui.found.swap import Swap

            self._swap = Swap(self.session, self)
            self._swap.changed.connect(self.changed)
            self._swap.ended.connect(self._ended)
        return self._swap

    @property
    def swapping(self) -> bool:
        """Whether seats are being picked for an exchange."""
        return self._swap is not None and self._swap.open

    def _ended(self, words: str) -> None:
        self.result, self.chosen = words, []
        self.session.toast.emit("good", words)
        self.session.refresh_status()
        self.refresh()

    # ---- finding -------------------------------------------------------------------------

    def look(self, sale: str, ticket: str = "") -> None:
        """Show a sale, with one of its tickets marked."""

        def done(answer: Answer) -> None:
            self._take(answer, {"sale": sale}, ticket)

        self.session.bridge.latest("found", "find", done, sale=sale)

    def search(self, text: str) -> None:
        """Show what a typed text is the code, the number or the buyer of."""
        self._try(text, list(_WAYS))

    def _try(self, text: str, ways: list[str]) -> None:
        way = ways.pop(0)

        def done(answer: Answer) -> None:
            if answer["sales"]:
                self._take(answer, {way: text}, "")
            elif ways:
                self._try(text, ways)
            else:
                self.not_found(text.strip())

        asked: dict[str, Any] = {way: text}
        self.session.bridge.latest("found", "find", done, **asked)

    def not_found(self, text: str) -> None:
        """What is no ticket, sale or buyer may be a pass. Only what begins like a pass's code is asked for as one:
        that takes its right to this window."""

        def done(answer: Answer) -> None:
            if package_of(text) in {one["id"] for one in answer["packages"]}:
                self.passed.emit(text)
                return
            nothing = tr("No seat of this hall, no ticket, sale or buyer is called “{text}”.", text=scrub(text))
            self.session.toast.emit("warning", nothing)

        self.session.bridge.latest("found", "packages", done)

    def _take(self, answer: Answer, asked: dict[str, Any], ticket: str) -> None:
        if not answer["sales"]:
            return  # another till's, taken back from the replica meanwhile
        self._asked, self.chosen, self.result = asked, [], ""
        self._show(answer)
        code = asked.get("code", "").partition(".")[0]
        scanned = next((row.id for row in self.rows if row.code == code or row.id == code), "")
        self.mark(ticket or scanned or self.rows[0].id)
        self.opened.emit()

    def _show(self, answer: Answer) -> None:
        self.rows = read_found(answer, self.session.venue.currency)
        alive = {row.id for row in self.rows if row.live}
        self.chosen = [ticket for ticket in self.chosen if ticket in alive]
        self.changed.emit()

    def refresh(self) -> None:
        """Ask again for what is on screen."""
        if self._asked and self.session.person is not None:
            self.session.bridge.latest("found", "find", self._show, **self._asked)

    def _heard(self, event: Answer) -> None:
        if event.get("event") == "printed":
            self.refresh()
        elif event.get("event") == "changed" and "notice" in (event.get("records") or ()):
            self._ask_notices(one.sale if (one := self.current) is not None else "")

    def _signed(self) -> None:
        if self.session.person is None:
            self.rows, self._asked, self.marked, self.chosen, self.result = [], {}, "", [], ""
            self.changed.emit()

    # ---- marking and doing ---------------------------------------------------------------

    def mark(self, ticket: str) -> None:
        self.marked, self.problem, self.terms = ticket, "", {}
        self.changed.emit()
        one = self.current
        self.presence.show(one.sale if one is not None else "")
        self._ask_notices(one.sale if one is not None else "")
        if one is not None and one.live and not one.article:
            self._ask_terms(one.id)

    def _ask_terms(self, ticket: str) -> None:
        """What its terms say just now; nothing for one that does not come back here."""

        def done(answer: Answer) -> None:
            if ticket == self.marked:
                self.terms = answer["tickets"][0]
                self.changed.emit()

        self.session.bridge.latest("terms", "quote", done, lambda _: None, tickets=[ticket])

    def _ask_notices(self, sale: str) -> None:
        self.notices = [notice for notice in self.notices if notice.sale == sale]

        def done(answer: Answer) -> None:
            if (one := self.current) is not None and one.sale == sale:
                self.notices = [Notice.read(doc) for doc in answer["notices"]]
                self.changed.emit()

        if sale:
            self.session.bridge.latest("notices", "outbox", done, lambda _: None, sales=[sale])

    def step(self, step: int) -> None:
        """Mark the ticket above or below."""
        at = next((ix for ix, row in enumerate(self.rows) if row.id == self.marked), 0)
        if self.rows:
            self.mark(self.rows[max(0, min(len(self.rows) - 1, at + step))].id)

    def choose(self, ticket: str) -> None:
        """Have something done with this ticket, or not."""
        row = next((row for row in self.rows if row.id == ticket), None)
        if row is None or not row.live:
            return
        if ticket in self.chosen:
            self.chosen.remove(ticket)
        else:
            self.chosen.append(ticket)
        self.changed.emit()

    def choose_all(self) -> None:
        """All that can be of the marked ticket's sale; none, when they are already."""
        one = self.current
        every = [row.id for row in self.rows if one is not None and row.sale == one.sale and row.live]
        self.chosen = [] if set(every) <= set(self.chosen) else list(dict.fromkeys([*self.chosen, *every]))
        self.changed.emit()

    @property
    def taken(self) -> list[Found]:
        """What is to be done something with: the chosen tickets, the marked one where none is."""
        chosen = [row for row in self.rows if row.id in self.chosen]
        one = self.current
        return chosen or ([one] if one is not None and one.live else [])

    @property
    def may_collect(self) -> bool:
        """Whether the sale has tickets of which no paper is out."""
        one = self.current
        return one is not None and any(row.sale == one.sale and row.live and not row.issued for row in self.rows)

    @property
    def may_reprint(self) -> bool:
        one = self.current
        return one is not None and one.live and one.issued and not one.article

    @property
    def changeable(self) -> list[Found]:
        """Of what is taken the tickets: an article is taken back, not changed for another."""
        return [row for row in self.taken if not row.article]

    def collect(self) -> None:
        """Print the order's tickets that were not printed yet."""
        if self.may_collect and (one := self.current):
            self._do("collect", sale=one.sale)

    def reprint(self) -> None:
        """Print another paper of the marked ticket. It is a copy, and says so; the one before is worth nothing then."""
        one = self.current
        if one is not None and self.may_reprint:
            self.deal.open("reprint", [one])

    def correct(self) -> None:
        """Begin to say how the marked ticket's sale was really paid."""
        if (one := self.current) is not None and one.live:
            self.deal.open("correct", [one])

    def rename(self) -> None:
        """Begin to make the marked ticket out to somebody else."""
        if (one := self.current) is not None and one.live and not one.article:
            self.deal.open("rename", [one])

    def refund(self) -> None:
        """Begin to take back what is chosen."""
        if self.taken:
            self.deal.open("refund", self.taken)

    def exchange(self) -> None:
        """Begin to change what is chosen, for seats of its own show to begin with."""
        if self.changeable:
            show = self.changeable[0].show
            sells = {card.id for card in self.session.shows if card.sells}
            self.swap.begin(self.changeable, show if show in sells else self.session.show_id)

    def void(self) -> None:
        """Begin to undo the marked ticket's sale, all of it."""
        one = self.current
        if one is not None:
            self.deal.open("void", [row for row in self.rows if row.sale == one.sale])

    def void_last(self) -> None:
        """Show this till's last sale, and begin to undo it."""
        self.look_at_last(self.void)

    def look_at_last(self, then: Callable[[], None] = lambda: None) -> None:
        """Show this till's last sale, and go on from there."""

        def told(answer: Answer) -> None:
            last = answer.get("last_sale")
            if last is None:
                self.session.toast.emit("warning", tr("This window has sold nothing yet."))
                return
            self.session.bridge.latest("found", "find", lambda found: shown(found, last["id"]), sale=last["id"])

        def shown(found: Answer, sale: str) -> None:
            self._take(found, {"sale": sale}, "")
            then()

        self.session.bridge.latest("last sale", "status", told)

    def make_out(self) -> None:
        """Begin an invoice for the marked ticket's sale."""
        if one := self.current:
            self.invoice.open(one.sale, self.session.formats.money(one.total))

    def receipt(self) -> None:
        """Print the sale's receipt."""
        if one := self.current:
            self._do("receipt", sale=one.sale)

    def _do(self, verb: str, **fields: Any) -> None:
        def done(_: Answer) -> None:
            self.session.toast.emit("plain", tr("Sent to the printer."))
            self.refresh()

        def refused(refusal: Refused) -> None:
            self.problem = self.session.sentence(refusal)
            self.changed.emit()

        self.problem = ""
        self.session.bridge.call(verb, done, refused, **fields)

    def term(self, side: str) -> str:
        """What the marked ticket's terms say of a refund, or an exchange: "until Sat 18:00, fee €5.80"."""
        told, formats = self.terms.get(side), self.session.formats
        if told is None:
            return ""
        until = read_time(told["until"]) if told["until"] else None
        if not told["allowed"]:
            when = formats.day_and_time(until, self.session.now) if until is not None else ""
            return tr("not any more (until {when})", when=when) if when else tr("not by its terms")
        parts = [tr("until {when}", when=formats.day_and_time(until, self.session.now))] if until is not None else []
        fee = Money.parse(told["fee"], self.session.venue.currency)
        parts.append(tr("fee {fee}", fee=formats.money(fee)) if fee.minor else tr("no fee"))
        return ", ".join(parts)

    # ---- words ---------------------------------------------------------------------------

    def written(self, *, short: bool = False) -> str:
        """What became of the newest notice about the marked one's sale: "Tickets: sent · 18:02", and where it went."""
        if not self.notices:
            return ""
        last, session = self.notices[0], self.session
        when = session.formats.day_and_time(last.at, session.now)
        if short:
            return f"{last.what}: {last.outcome} · {when}"
        return " · ".join(filter(None, (f"{last.what}: {last.fate}", last.to, when)))

    def title(self, row: Found) -> str:
        """The show's title and time; what an article is."""
        session = self.session
        if row.article:
            return tr("article")
        card = next((card for card in session.shows if card.id == row.show), None)
        if card is None:
            return row.show
        when = session.formats.day_and_time(card.starts, session.now)
        return f"{name_in(card.titles, session.language, card.title)} · {when}"

    def place(self, row: Found) -> str:
        """What the place is called, where the hall on screen knows it."""
        return self.session.label(row.place) if row.show == self.session.show_id else row.place

    def state(self, row: Found) -> tuple[str, str]:
        """(level, words): level is "good", "muted" or "warning"."""
        if row.admitted:
            at = self.session.formats.day_and_time(read_time(row.admitted["at"]), self.session.now)
            return "warning", tr("let in at {at}, {till}", at=at, till=row.admitted["till"])
        link = self.session.link
        if row.live and row.issued and not row.article and link.known and not link.online and link.since is not None:
            # Another window or a gate may have had it since.
            at = self.session.formats.day_and_time(link.since, self.session.now)
            return "muted", tr("valid at {at}; not known since", at=at)
        if row.live:
            if row.article:
                return "good", tr("sold")
            return ("good", tr("valid")) if row.issued else ("muted", tr("not printed yet"))
        words = {"refunded": tr("refunded"), "exchanged": tr("exchanged"), "void": tr("void")}
        return "warning", words.get(row.state, row.state)
