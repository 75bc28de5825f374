"""What the selling screen does: picks, price types, payment. It draws nothing and never waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.model import ArticleLine, Basket, Line, PriceType, Sale, Show
from pos.ui.sell.anything import Anything
from pos.ui.sell.extras import Extras
from pos.ui.sell.hall import Hall
from pos.ui.sell.payment import Payment
from pos.ui.sell.pickups import PickUps
from pos.ui.sell.pointing import Pointing
from pos.ui.session import Session

_ASKING_MS: Final = 200  # a claim that takes longer is shown as being asked for
_NEXT_DIGIT_S: Final = 1.0  # a digit that follows within this belongs to the one before it: 1, 2 is twelve
MOST_WANTED: Final = 99
_LOST: Final = ("right_elsewhere", "sold")  # another window was faster


class SellPresenter(QObject):
    """The state of the selling screen. Views redraw whatever `changed` announces.

    `marked` is the line the next price key goes to; `asking_proof` the line and price
    type that wait for the cashier to say that the proof was seen.
    """

    changed = Signal()
    sold = Signal(object)  # a Sale, just made
    asked = Signal(str)  # a typed text that names no seat
    unread = Signal(str)  # a show in the basket has changed, and nobody here has read what
    none_together = Signal()  # no row has as many seats as were asked for
    leaves_single = Signal(object, object)  # the refusal, and what to call with a reason to do it all the same

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.hall = Hall(session, self)
        session.label = self.hall.label
        self.details: dict[str, Show] = {}
        self.basket: Basket | None = None
        self.marked: Any = None
        self.asking_proof: tuple[Any, str] | None = None
        self.next_type = ""
        self.category = ""
        self.count = 2
        self._counted = 0.0  # when a digit of it was typed last
        self.told: Callable[[], Answer | None] = lambda: None  # what a sale was refused for, once it is typed
        self.payment = Payment(session, lambda: self.basket, self._hindrance, self)
        self.payment.changed.connect(self.changed)
        self.payment.paid.connect(self._paid)
        self.payment.expired.connect(self.refresh_basket)
        self.extras = Extras(session, self._take_basket, self._busy, self)
        self.extras.changed.connect(self.changed)
        self.pointing = Pointing(session, self.hall, lambda: self.lines, self.pick, self.remove, self.asked.emit)
        self.anything = Anything(session, self)
        self.pickups = PickUps(session, self)
        self.asked.connect(self._no_seat)
        self.pending: list[str] = []
        self._asked: list[tuple[int, str]] = []
        self._serial = 0
        self._picks: list[list[Any]] = []
        session.show_chosen.connect(self._show_chosen)
        session.heard.connect(self._heard)
        session.signed.connect(self._signed)
        # Made when someone has signed in already: take up what was announced before.
        if session.person is not None:
            self._signed()
        if session.show_id:
            self._show_chosen(session.show_id)

    # ---- what is on screen -------------------------------------------------------------

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.basket.lines if self.basket is not None else ()

    @property
    def articles(self) -> tuple[ArticleLine, ...]:
        return self.basket.articles if self.basket is not None else ()

    @property
    def marked_line(self) -> Line | None:
        return next((line for line in self.lines if line.line == self.marked), None)

    @property
    def show(self) -> Show | None:
        """The show being sold, once its prices are here."""
        return self.details.get(self.session.show_id)

    @property
    def priced(self) -> tuple[Show | None, str]:
        """Whose prices the keys show: the marked ticket's show and category, else the chosen category's."""
        if line := self.marked_line:
            return self.details.get(line.show), line.category
        return self.show, self.chosen_category

    @property
    def chosen_category(self) -> str:
        """Where the best seats are looked for: the category chosen, else the first that has enough left."""
        if self.category:
            return self.category
        show = self.show
        if show is None or self.hall.show_id != show.id:
            return ""
        left = {name: count for name, count in self.hall.left().items() if show.prices.get(name)}
        enough = [name for name, count in left.items() if count >= self.count]
        return next(iter(enough or left), "")

    @property
    def types(self) -> tuple[PriceType, ...]:
        show, _ = self.priced
        return show.types if show else ()

    # ---- shows -------------------------------------------------------------------------

    def _no_seat(self, text: str) -> None:
        """A typed text names no seat: in a rush it may be whoever has something to pick up."""
        if not self.pickups.take():
            self.anything.look(text)

    def _show_chosen(self, show: str) -> None:
        self.category = ""
        self._learn(show)
        self.hall.open(show)
        self.changed.emit()

    def _learn(self, show: str) -> None:
        self.session.bridge.latest(f"show:{show}", "show", self._got_show, show=show)

    def _got_show(self, answer: Answer) -> None:
        show = Show.read(answer)
        self.details[show.id] = show
        self.changed.emit()

    def _signed(self) -> None:
        person = self.session.person
        if person is not None:
            if person.sells:
                self.refresh_basket()
            if self.session.show_id:
                self._learn(self.session.show_id)
        else:
            self.asking_proof = None
            self.payment.forget()

    def _heard(self, event: Answer) -> None:
        kind = event.get("event")
        if kind == "basket":
            self.refresh_basket()
        elif kind == "changed" and event.get("documents"):
            # What is on screen sells at the prices known so far until the new ones are here: a seat that is clicked
            # meanwhile must have a price type.
            shown = {self.session.show_id, *(line.show for line in self.lines)} - {""}
            self.details = {show: self.details[show] for show in shown & set(self.details)}
            for show in shown:
                self._learn(show)

    # ---- the basket --------------------------------------------------------------------

    def refresh_basket(self) -> None:
        """Ask for the basket as the till has it: after a sign-in, or when a line was taken away."""
        self.session.bridge.latest("basket", "basket", lambda answer: self._take_basket(answer.get("basket", answer)))

    def _take_basket(self, doc: Answer) -> None:
        before = {line.line: line for line in self.lines}
        basket = Basket.read(doc, self.session.venue.currency).by_show()
        self.basket = basket
        present = {line.line for line in basket.lines}
        self._picks = [kept for pick in self._picks if (kept := [line for line in pick if line in present])]
        if self.marked not in present:
            self.marked = basket.lines[-1].line if basket.lines else None
        if self.asking_proof and self.asking_proof[0] not in present:
            self.asking_proof = None
        self.payment.asks = self.payment.asks_who = ""  # another basket may need neither
        if basket.empty:
            self.payment.forget()
        for show in {line.show for line in basket.lines} - set(self.details):
            self._learn(show)
        came_or_went = set(before) ^ present
        touched = [*before.values(), *basket.lines]
        self.hall.touch([(line.show, line.ix) for line in touched if line.line in came_or_went])
        self.changed.emit()

    def take_other(self, doc: Answer) -> None:
        """Another basket is in front now: its lines are other lines, whatever their numbers."""
        self._picks, self.marked, self.asking_proof = [], None, None
        self.basket = None
        self.payment.forget()
        self._take_basket(doc)

    def pick(
        self, places: Sequence[str], label: str, price_type: str = "", orphan_reason: str = "",
        *, lost: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        """Put places of the chosen show into the basket; `label` stands on the line while the office is asked.

        `orphan_reason` is why a single seat is left over, where the venue wants to know. `lost` is what is done
        instead of saying so when another window was faster.
        """
        show = self.session.show_id
        if not places or not show or self.payment.paying:
            return
        if self.payment.sale is not None:
            self.next_customer()
        kind = price_type or self.type_for(places)
        self._serial += 1
        ticket = (self._serial, label)
        self._asked.append(ticket)
        QTimer.singleShot(_ASKING_MS, self, self._show_asking)
        had = {line.line for line in self.lines}

        def done(answer: Answer) -> None:
            self._added(answer, had)

        def refused(refusal: Refused) -> None:
            if refusal.code == "orphan_seat" and not orphan_reason:
                self.leaves_single.emit(refusal, lambda why: self.pick(places, label, kind, why))
            elif refusal.code in _LOST and lost is not None:
                lost()
            else:
                self.session.toast.emit("warning", self.session.sentence(refusal))
            self.hall.look_again(show, places)
            self.changed.emit()

        self.problem = ""
        self.payment.problem = ""
        fields: dict[str, Any] = {"show": show, "places": list(places), "price_type": self._types_for(places, kind)}
        if orphan_reason:
            fields |= {"orphan_ok": True, "reason": orphan_reason}
        self.session.bridge.call("add", done, refused, lambda: self._answered(ticket), **fields)

    def _show_asking(self) -> None:
        if self._asked:
            self.pending = [label for _, label in self._asked]
            self.changed.emit()

    def _answered(self, ticket: tuple[int, str]) -> None:
        if ticket in self._asked:
            self._asked.remove(ticket)
        self.pending = [label for _, label in self._asked] if self.pending else []

    def _added(self, answer: Answer, had: set[Any]) -> None:
        fresh = [line["line"] for line in answer["basket"]["lines"] if line["line"] not in had]
        if fresh:
            self._picks.append(fresh)
            self.marked = fresh[-1]
        self._take_basket(answer["basket"])
        for warning in answer.get("warnings") or ():
            if warning["code"] == "orphan_seat":
                seats = ", ".join(self.hall.label(place) for place in warning["places"])
                self.session.toast.emit("plain", tr("A single seat stays free: {seats}.", seats=seats))

    def _types_for(self, places: Sequence[str], kind: str) -> str | list[str]:
        """One price type for all, or each place's own where none is there for all, as of a guest and the companion."""
        prices = self.show.prices if self.show is not None else {}
        if all(kind in prices.get(self.hall.category_of(place), {}) for place in places):
            return kind
        return [self.type_for([place]) for place in places]

    def type_for(self, places: Sequence[str]) -> str:
        """The type for new places: the one chosen for the next, if all of them are sold at it."""
        show = self.show
        if show is None:
            return self.next_type
        categories = {self.hall.category_of(place) for place in places}
        plain = [kind.id for kind in show.types if kind.plain]
        wanted = [self.next_type, *plain, *(kind.id for kind in show.types if kind.kind == "companion")]
        for kind in wanted:
            if kind and all(kind in show.prices.get(category, {}) for category in categories):
                return kind
        return self.next_type or (show.types[0].id if show.types else "")

    def best(self, *, after: Sequence[str] = ()) -> None:
        """Ask for the best seats together and take them; where another window was faster, the next best after them."""
        show, category = self.session.show_id, self.chosen_category
        self._counted = 0.0  # the next digit is another customer's
        if not show or not category:
            return

        def done(answer: Answer) -> None:
            if show == self.session.show_id:
                places = list(answer["places"])
                if not places:
                    self.none_together.emit()
                label = tr("{count} × {category}", count=len(places), category=category)
                self.pick(places, label, lost=None if after else lambda: self.best(after=places))

        fields: dict[str, Any] = {"show": show, "category": category, "count": self.count}
        if after:
            fields["after"] = list(after)
        if self.pairs(category):
            fields["companion"] = True
        self.session.bridge.latest("best", "best", done, **fields)

    def pairs(self, category: str) -> bool:
        """Whether this category's places come with a companion's."""
        return self.show is not None and category in self.show.companions

    def pick_area(self, area: str) -> None:
        """As many units of a standing area as the stepper says."""
        self.pick([area] * self.count, tr("{count} × {category}", count=self.count, category=area))

    def remove(self, line: Any) -> None:
        self.change("remove", line=line)

    def remove_marked(self) -> None:
        if self.marked is not None and self.marked_line:
            self.remove(self.marked)

    def undo(self) -> None:
        """Give back what the last pick took."""
        if self._picks:
            for line in self._picks.pop():
                self.remove(line)

    def clear(self) -> None:
        """Empty the basket."""
        if self.basket is not None and not self.basket.empty:
            self._picks.clear()
            self.change("clear")

    def change(self, verb: str, **fields: Any) -> None:
        if self.payment.paying:
            return
        self.session.bridge.call(verb, lambda answer: self._take_basket(answer["basket"]), **fields)

    def mark(self, line: Any) -> None:
        self.marked = line
        self.asking_proof = None
        self.changed.emit()

    def mark_by(self, step: int) -> None:
        """Move the mark up or down the basket, or look at another of the payments that are waited for."""
        self.payment.split.step(step)
        order = [line.line for line in self.lines]
        if order:
            at = order.index(self.marked) if self.marked in order else 0
            self.mark(order[max(0, min(len(order) - 1, at + step))])

    # ---- how many, and where ---------------------------------------------------------

    def type_digit(self, digit: str) -> None:
        """A digit is of the amount given, or, with nothing to pay for, how many seats are wanted."""
        if self.payment.open:
            self.payment.type_digit(digit)
        elif digit.isdigit() and not self._busy() and not (self.basket and not self.basket.empty):
            self._clear_change()
            now = time.monotonic()
            typed = f"{self.count}{digit}" if now - self._counted < _NEXT_DIGIT_S else digit
            self._counted = now
            self.set_count(int(typed) if 0 < int(typed) <= MOST_WANTED else int(digit) or self.count)

    def set_count(self, count: int) -> None:
        self.count = count
        self.changed.emit()

    def choose_category(self, category: str) -> None:
        """Look for the best seats there from now on; an area has no seats to choose, so it is taken at once."""
        self.category = category
        if any(area["id"] == category for area in self.hall.areas):
            self.pick_area(category)
        self.changed.emit()

    def open_articles(self) -> None:
        """Ctrl+A: what is sold beside tickets."""
        self._clear_change()
        self.extras.open_articles(self.marked_line)

    def open_price(self) -> None:
        """Ctrl+Y: a promotion's code, or another price for the marked ticket."""
        self._clear_change()
        self.extras.open_price(self.marked_line)

    def _clear_change(self) -> None:
        if self.payment.sale is not None:
            self.next_customer()

    def _busy(self) -> bool:
        """Whether money is being taken, so that nothing may change."""
        return self.payment.paying or self.payment.busy_elsewhere or self.payment.card.phase != ""

    # ---- payment -----------------------------------------------------------------------

    def _unread(self) -> str:
        """A show in the basket that has changed since somebody here last read it."""
        sold = {line.show for line in self.lines}
        return next((card.id for card in self.session.shows if card.changed and card.id in sold), "")

    def _hindrance(self) -> str:
        """Why the basket cannot be paid just now."""
        if show := self._unread():
            self.unread.emit(show)
            return tr("The show has changed. Read what, then take the money.")
        if self.asking_proof is not None:
            return tr("Was the proof seen?")
        if self.basket is not None and self.basket.too_few:
            kind, least, have = self.basket.too_few[0]
            name = next((one.name for one in self.types if one.id == kind), kind)
            return tr("{name}: from {least} tickets, here are {have}.", name=name, least=least, have=have)
        return tr("Wait for the office.") if self._asked else ""

    def _paid(self, sale: Sale) -> None:
        gone = [(line.show, line.ix) for line in self.lines]
        self.basket, self.marked, self.asking_proof, self._picks = None, None, None, []
        self.hall.touch(gone)
        self.sold.emit(sale)

    def next_customer(self) -> None:
        self.next_type = ""
        self.payment.next_customer()

    def back(self) -> bool:
        """Esc: undo the smallest thing under way. True if there was one."""
        if self.asking_proof is not None:
            self.asking_proof = None
            self.changed.emit()
        elif self.payment.card.phase == "charging":
            self.payment.card.stop()
        elif self.payment.card.phase:
            return self.payment.card.disarm()
        elif self.payment.asks or self.payment.asks_who:
            return self.payment.back()
        elif self.payment.busy_elsewhere:
            self.payment.split.back()
        elif self.payment.back():
            return True
        elif self.payment.sale is not None:
            self.next_customer()
        else:
            return False
        return True

    def expires_in(self, now: datetime) -> float | None:
        """Seconds until the basket's rights lapse; None when nothing runs."""
        if self.basket is None or self.basket.expires is None or not self.lines:
            return None
        return max(0.0, (self.basket.expires - now).total_seconds())
