"""Re-keying at the window: numbers off a log sheet, a price key for each, and everything booked at the end.

What is keyed is the till's from the key on, so nothing of it is lost with this window. Keys are sent one after the
other: a customer's second ticket must not be joined to a stranger's because the first was refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.amounts import typed_amount
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.paperpack.entry import read_entry, read_moment
from pos.ui.paperpack.papers import Pack, Paper, Papers, refusal
from pos.ui.paperpack.steps import Steps
from pos.ui.session import Session

_RANGE: Final = 100  # tickets that one customer may take in one entry: more is a slip of the finger


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket that is keyed. `first` and `last` are of its customer; `wrong` is why it cannot be booked any more."""

    id: str
    number: int
    pack: str
    show: str
    place: str
    type: str
    proof: bool
    at: datetime
    price: Money | None
    first: bool
    last: bool
    wrong: Refused | None = None


@dataclass(frozen=True, slots=True)
class _Keying:
    """What one price key has asked for, until the till has answered."""

    entry: str
    tickets: tuple[str, ...]
    type: str
    proof: bool
    at: str
    joined: bool
    change: bool


class RekeyPresenter(QObject):
    """`entry`, `time` and `counted` are what is typed; `joined`: the next ticket is of the customer before."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.papers = Papers(session)
        self.rows: list[Row] = []
        self.cash: Money | None = None
        self.entry = self.time = self.counted = ""
        self.joined = False
        self.marked = self.pack_id = ""
        self.problem = self.said = ""
        self.asking = False
        self._keyed: dict[str, dict[str, Any]] = {}  # what is keyed, by ticket, as the till tells it
        self._steps = Steps(self)
        self._parted = False  # the customer's ticket before the next key was refused
        session.signed.connect(self._signed)

    def _signed(self) -> None:
        if self.session.person is None:
            self.entry = self.counted = self.problem = self.said = ""

    # ---- what there is -------------------------------------------------------------------

    def refresh(self) -> None:
        self.session.bridge.latest("keyed_paper", "keyed_paper", self._took)
        self.session.bridge.latest("rekey_packs", "paper", self._got_packs, recent=True)

    def _got_packs(self, answer: Answer) -> None:
        for show in self.papers.take(answer):
            # A show that the season has dropped has no prices any more; its tickets are refused with that.
            self.session.bridge.follow(self.session.bridge.till.call("show", show=show), self._got_show, lambda _: None)
        if self.pack is None or not self.pack.numbers("out"):
            open_ones = [pack for pack in self.papers.packs if pack.numbers("out")]
            best = (open_ones or self.papers.packs)[:1]
            self.pack_id = best[0].id if best else ""
        self.changed.emit()

    def _got_show(self, answer: Answer) -> None:
        self.papers.take_show(answer)
        self.changed.emit()

    def _took(self, answer: Answer) -> None:
        """Take up what is keyed."""
        currency, rows = self.session.venue.currency, []
        for doc in answer["customers"]:
            tickets = doc["tickets"]
            wrong = _refusal_in(doc.get("wrong"))
            for at, one in enumerate(tickets):
                price = Money.parse(one["price"], currency) if one["price"] is not None else None
                rows.append(
                    Row(
                        one["id"], one["number"], one["pack"], one["show"], one["place"], one["price_type"],
                        one["proof"], read_time(doc["at"]), price, at == 0, at == len(tickets) - 1, wrong,
                    )
                )  # fmt: skip
        self.rows = rows
        self._keyed = {one["id"]: one for doc in answer["customers"] for one in doc["tickets"]}
        self.cash = Money.parse(answer["cash"], currency)
        if not any(row.id == self.marked for row in rows):
            self.marked = rows[-1].id if rows else ""
        self.changed.emit()

    def type_of(self, row: Row) -> str:
        name = self.papers.type_name(row.type)
        return tr("{type}, proof seen", type=name) if row.proof else name

    def place_of(self, row: Row) -> str:
        return self.papers.place_name(row.show, row.place)

    def wrong_of(self, row: Row) -> str:
        return self.session.sentence(row.wrong) if row.wrong is not None else ""

    @property
    def pack(self) -> Pack | None:
        """The pack whose numbers are being typed."""
        return self.papers.pack(self.pack_id)

    def headline(self) -> str:
        """Which pack, of which show, and what of it is neither keyed nor ended."""
        pack = self.pack
        if pack is None:
            return tr("No paper tickets are out at this till.")
        keyed = {row.id for row in self.rows}
        left = sum(ticket.state == "out" and ticket.id not in keyed for ticket in pack.tickets)
        told = {
            "pack": pack.id,
            "show": self.papers.show_name(pack.show),
            "left": tr_count("%n ticket not accounted for", "%n tickets not accounted for", left),
        }
        if len(self.papers.packs) < 2:
            return tr("Pack {pack}: {show}, {left}", **told)
        keys = {"up": cap("line_up"), "down": cap("line_down")}
        return tr("Pack {pack}: {show}, {left}. {up} {down}: another pack", **told, **keys)

    def step_pack(self, by: int) -> None:
        """The next pack in the list, or the one before."""
        packs = self.papers.packs
        at = next((n for n, pack in enumerate(packs) if pack.id == self.pack_id), 0)
        if packs:
            self.pack_id = packs[(at + by) % len(packs)].id
            self.changed.emit()

    # ---- typing --------------------------------------------------------------------------

    def type(self, field: str, text: str) -> None:
        """`field` is entry, time or counted. A plus in an entry joins it to the customer before, or parts it again."""
        if field == "entry" and "+" in text:
            text = text.replace("+", "")
            self.joined = not self.joined and bool(self.rows or self._steps)
        setattr(self, field, text)
        self.problem = self.said = ""
        self.changed.emit()

    def toggle_joined(self) -> None:
        self.joined = not self.joined and bool(self.rows or self._steps)
        self.changed.emit()

    def mark(self, ticket: str) -> None:
        self.marked = ticket
        self.changed.emit()

    @property
    def row(self) -> Row | None:
        return next((row for row in self.rows if row.id == self.marked), None)

    def moment(self) -> datetime | None:
        """When it was sold: as typed, else like the ticket before, else when the pack went out. None: it is no time."""
        if self.time.strip():
            return read_moment(self.time, self.session.formats.local(self.session.now))
        if self.rows:
            return self.rows[-1].at
        return self.pack.issued_at if self.pack is not None else self.session.now

    def found(self) -> tuple[list[Paper | str], str]:
        """The tickets of the entry, codes that only the till knows as they are; and what is wrong with it."""
        tickets: list[Paper | str] = []
        for one in read_entry(self.entry):
            if isinstance(one, str):
                tickets.append(self.papers.ticket(one) or one)
                continue
            pack = self.papers.numbered(one.pack) if one.pack else self.pack
            if pack is None:
                return [], tr("There is no pack {pack} here.", pack=one.pack)
            if not one.first <= one.last < one.first + _RANGE:
                return [], tr("{first} to {last} is no row of numbers.", first=str(one.first), last=str(one.last))
            for number in range(one.first, one.last + 1):
                ticket = pack.find(number)
                if ticket is None:
                    return [], tr("Pack {pack} has no number {number}.", pack=pack.id, number=str(number))
                tickets.append(ticket)
        wrong = (self._ended(one) for one in tickets if isinstance(one, Paper))
        return tickets, next(filter(None, wrong), "")

    def _ended(self, ticket: Paper) -> str:
        """Why it cannot be keyed, who has it and since when."""
        if (keyed := self._keyed.get(ticket.id)) is not None:
            return refusal(self.session, ticket.id, "keyed", keyed["by"], keyed["keyed_at"])
        return ticket.ended(self.session)

    def look(self) -> None:
        """Enter over an entry: say what is wrong with it, or have the till find its code."""
        tickets, problem = self.found()
        unknown = [one for one in tickets if isinstance(one, str)]
        if not problem and unknown:
            self.entry = ""
            for code in unknown:
                self.session.bridge.call("scan", text=code)
        self._say(problem)

    def scanned(self, event: Answer) -> bool:
        """A ticket was read: it joins those of the entry, which one price key will key as one customer's."""
        if event["kind"] not in ("paper", "ticket", "unknown"):
            return False
        ticket = self.papers.ticket(str(event.get("ticket") or ""))
        if ticket is None:
            words = tr("{text} is no ticket of a pack of this till.", text=str(event["text"]))
            self._say(words)
            self.session.toast.emit("warning", words)
            return True
        if ended := self._ended(ticket):
            self._say(ended)
            self.session.toast.emit("warning", ended)
            return True
        others = [one.id for one in self.found()[0] if isinstance(one, Paper) and one.id != ticket.id]
        if not others:
            self.pack_id = ticket.pack
        self.entry = ", ".join([*map(self._short, others), self._short(ticket.id)])
        self._say("")
        return True

    def _short(self, id: str) -> str:
        """A ticket as a person would type it."""
        ticket = self.papers.ticket(id)
        return str(ticket.number) if ticket is not None and ticket.pack == self.pack_id else id

    def _say(self, problem: str, said: str = "") -> None:
        self.problem, self.said = problem, said
        self.changed.emit()

    # ---- keying --------------------------------------------------------------------------

    def press(self, number: int) -> None:
        """A price key: it keys the entry, or changes the marked line where nothing is typed."""
        if not self.papers.types:
            self._say(tr("The prices of this show are not known here."))
        if not 1 <= number <= len(self.papers.types):
            return
        kind = self.papers.types[number - 1]
        tickets, problem = self.found()
        change = not self.entry.strip()
        if change and self.row is None:
            problem = tr("Type a ticket's number, or scan it, then press its price.")
        moment = self.moment()
        if moment is None:
            problem = problem or tr("{time} is no time of day.", time=self.time)
        if problem:
            self._say(problem)
            return
        names = (self.marked,) if change else tuple(one if isinstance(one, str) else one.id for one in tickets)
        at = "" if change and not self.time.strip() else self._at(names, moment)
        one = _Keying(self.entry, names, kind.id, bool(kind.proof), at, self.joined, change)
        self.entry, self.joined = "", False
        self._say("")
        self._steps.then(lambda: self._send(one))

    def _at(self, names: Sequence[str], moment: datetime | None) -> str:
        """A time of day has no seconds: what is sold in the minute when its pack went out was sold after that."""
        assert moment is not None, "checked before"
        known = [ticket for name in names if (ticket := self.papers.ticket(name)) is not None]
        issued = [pack.issued_at for one in known if (pack := self.papers.pack(one.pack)) is not None]
        latest = max(issued, default=moment)
        if latest.replace(second=0, microsecond=0) <= moment < latest:
            moment = latest
        return self.session.formats.local(moment).isoformat(timespec="seconds")

    def _send(self, one: _Keying) -> None:
        joined = one.joined and not self._parted
        fields: dict[str, Any] = {"tickets": list(one.tickets), "price_type": one.type, "proof": one.proof}
        fields |= {"at": one.at} if one.at else {}
        fields |= {"change": True} if one.change else {"joined": True} if joined else {}
        done, refused = partial(self._keyed_one, one), partial(self._refused_one, one)
        self.session.bridge.call("key_paper", done, refused, self._steps.answered, **fields)

    def _keyed_one(self, one: _Keying, answer: Answer) -> None:
        self._parted = False
        self.marked = one.tickets[-1]
        self._took(answer)

    def _refused_one(self, one: _Keying, refusal: Refused) -> None:
        self._parted = not one.change
        sentence = self.session.sentence(refusal)
        if self.entry or len(self._steps) > 1:
            sentence = tr("{entry} was not keyed: {reason}", entry=one.entry, reason=sentence)
        else:
            self.entry, self.joined = one.entry, one.joined
        self._say(sentence)

    def remove(self) -> None:
        """Take the marked ticket out of what is keyed."""
        self._steps.then(lambda: self._unkey(self.row))

    def undo(self) -> None:
        """Take the ticket that was keyed last out again."""
        self._steps.then(lambda: self._unkey(self.rows[-1] if self.rows else None))

    def _unkey(self, row: Row | None) -> None:
        if row is None:
            self._steps.answered()
            return
        at = self.rows.index(row)
        around = [*self.rows[at + 1 : at + 2], *self.rows[max(0, at - 1) : at]]

        def done(answer: Answer) -> None:
            self.marked = around[0].id if around else ""
            self._took(answer)

        self.session.bridge.call("unkey_paper", done, self._refused, self._steps.answered, tickets=[row.id])

    def clear(self) -> bool:
        """Esc: forget what is typed. True if there was something."""
        had = bool(self.entry or self.problem or self.joined)
        self.entry, self.joined = "", False
        self._say("")
        return had

    # ---- booking -------------------------------------------------------------------------

    def difference(self) -> str:
        """What was counted against what is keyed; "" while nothing is counted."""
        counted = typed_amount(self.counted, self.session.venue.currency)
        if counted is None or self.cash is None:
            return ""
        off, money = counted - self.cash, self.session.formats.money
        if off.minor < 0:
            return tr("{amount} is missing.", amount=money(-off))
        return tr("{amount} is too much.", amount=money(off)) if off.minor else tr("That is what is keyed.")

    def book(self) -> None:
        """Book everything that is keyed, what is just being keyed included."""
        if not self.asking:
            self.asking = True
            self._steps.then(self._book)
            self.changed.emit()

    def _book(self) -> None:
        if self.rows:
            self.session.bridge.call("book_paper", self._booked, self._refused, self._ended_asking)
            return
        self.asking = False
        self._say(tr("Type a ticket's number, or scan it, then press its price."))
        self._steps.answered()

    def _ended_asking(self) -> None:
        self.asking = False
        self.changed.emit()
        self._steps.answered()

    def _booked(self, answer: Answer) -> None:
        cash = Money.parse(answer["cash"], self.session.venue.currency)
        tickets = tr_count("%n ticket", "%n tickets", answer["tickets"])
        said = tr("Booked: {tickets}, {cash} in the drawer.", tickets=tickets, cash=self.session.formats.money(cash))
        self.session.toast.emit("good", said)
        self.counted = self.marked = ""
        self._say("", said)
        self.session.refresh_status()
        self.refresh()

    def _refused(self, refusal: Refused) -> None:
        self._say(self.session.sentence(refusal))
        self.refresh()


def _refusal_in(wrong: dict[str, Any] | None) -> Refused | None:
    if wrong is None:
        return None
    return Refused(wrong["code"], **{name: value for name, value in wrong.items() if name not in ("code", "text")})
