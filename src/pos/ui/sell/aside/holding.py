"""Holding the basket, reserving it for somebody, and what is held and reserved for the show that is being sold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.hold import TYPES, letter
from pos.domain.money import Money
from pos.ui import bridge
from pos.ui.amounts import typed_amount
from pos.ui.format import read_time
from pos.ui.i18n import tr, tr_count
from pos.ui.sell.aside.question import Answer, Question
from pos.ui.sell.presenter import SellPresenter

_SPANS: Final = ("30m", "2h", "1d", "")


def type_words(type_: str) -> str:
    """What a type of hold is called; a venue's own types are called as they are."""
    words = {
        "house": tr("house seats"),
        "press": tr("press"),
        "group": tr("group"),
        "kill": tr("not for sale"),
        "technical": tr("technical"),
        "reservation": tr("reserved"),
        "guest": tr("guest list"),
    }
    return words.get(type_, type_)


def span_words(span: str) -> str:
    words = {
        "30m": tr("Until 30 minutes before the start"),
        "2h": tr("Until 2 hours before the start"),
        "1d": tr("Until a day before the start"),
        "": tr("Until somebody releases it"),
    }
    return words[span]


class Held(QObject):
    """The verbs of holds and orders for these questions. `put` puts the next question, None ends them."""

    changed = Signal()

    def __init__(self, sell: SellPresenter, put: Callable[[Question | None], None], parent: QObject) -> None:
        super().__init__(parent)
        self.sell, self.put = sell, put
        self.session = sell.session
        self.holds: list[dict[str, Any]] = []
        self.orders: list[dict[str, Any]] = []
        self.session.heard.connect(self._heard)

    def refresh(self) -> None:
        """Ask for what is held and reserved for the show being sold."""
        show = self.session.show_id
        self.session.bridge.latest("holds", "holds", self._take_holds, show=show)
        self.session.bridge.latest("orders", "orders", self._take_orders, show=show)

    def _take_holds(self, answer: bridge.Answer) -> None:
        self.holds = [hold for hold in answer["holds"] if not hold["order"]]
        self.changed.emit()

    def _take_orders(self, answer: bridge.Answer) -> None:
        self.orders = list(answer["orders"])
        self.changed.emit()

    def _heard(self, event: bridge.Answer) -> None:
        kind = event.get("event")
        if kind == "hold_released":
            who = event.get("owner") or type_words(str(event.get("type")))
            places = ", ".join(place["label"] for place in event["released"])
            text = tr("Hold for {who} is over, for sale again: {places}.", who=who, places=places)
            self.session.toast.emit("plain", text)
        elif kind == "order_expired":
            text = tr("Order {code} for {name} has expired; its places are for sale again.", **_order_of(event))
            self.session.toast.emit("plain", text)
        elif kind == "order_reminder":
            self.session.toast.emit("plain", tr("Remind {name}: order {code} is not paid yet.", **_order_of(event)))

    def ask(
        self, verb: str, good: Callable[[bridge.Answer], str], question: Question | None = None, **fields: Any
    ) -> None:
        """Carry out a verb and say what has been done. What needs a supervisor is asked for in `question`."""

        def done(answer: bridge.Answer) -> None:
            self.put(None)
            if "basket" in answer:
                self.sell.take_other(answer["basket"])
            else:
                self.sell.refresh_basket()
            if text := good(answer):
                self.session.toast.emit("good", text)
            self.refresh()

        def refused(refusal: Refused) -> None:
            if question is not None and refusal.code in ("approval_needed", "wrong_pin"):
                question.approval = self.session.sentence(refusal)
                question.changed.emit()
            else:
                self.session.toast.emit("warning", self.session.sentence(refusal))

        if question is not None and question.approver is not None:
            fields["approver"] = question.approver
        self.session.bridge.call(verb, done, refused, **fields)


def _order_of(event: bridge.Answer) -> dict[str, str]:
    return {"code": str(event.get("order")), "name": str(event.get("name"))}


# ---- holding the basket --------------------------------------------------------------------


class HoldWhat(Question):
    """For what the basket is held."""

    def __init__(self, held: Held) -> None:
        super().__init__()
        self._held = held
        self.title, self.action = tr("Hold these places"), tr("Next")
        self.hint = tr("They leave the basket, and nobody sells them by mistake.")
        self.field = tr("Another kind of hold (/)")
        self.answers = [
            Answer(type_, number, type_words(type_).capitalize(), right=letter(type_))
            for number, type_ in enumerate(TYPES, 1)
        ]
        self.marked = TYPES.index("group")

    def choose(self, key: Any) -> None:
        self._held.put(HoldFor(self._held, str(key)))

    def enter(self, text: str) -> None:
        if text.strip():
            self.choose(text.strip())
        else:
            super().enter(text)


class HoldFor(Question):
    """For whom, and what is to be known about it."""

    typed = True

    def __init__(self, held: Held, type_: str) -> None:
        super().__init__()
        self._held, self._type = held, type_
        self.title, self.action = tr("Hold: {type}", type=type_words(type_)), tr("Next")
        self.hint = tr("For whom? After a semicolon a note.")
        self.field = tr("Name; note")

    def enter(self, text: str) -> None:
        owner, _, note = text.partition(";")
        self._held.put(HoldUntil(self._held, self._type, owner.strip(), note.strip()))


class HoldUntil(Question):
    """Until when; then it is held."""

    def __init__(self, held: Held, type_: str, owner: str, note: str) -> None:
        super().__init__()
        self._held, self._fields = held, {"type": type_, "owner": owner, "note": note}
        self.title = tr("Hold: {type}", type=owner or type_words(type_))
        self.action = tr("Hold")
        self.answers = [Answer(span, number, span_words(span)) for number, span in enumerate(_SPANS, 1)]

    def choose(self, key: Any) -> None:
        def done(answer: bridge.Answer) -> str:
            count = tr_count("%n place", "%n places", answer["hold"]["count"])
            return tr("Held: {places}, {id}.", places=count, id=answer["hold"]["id"])

        self.mark_key(key)
        self._held.ask("hold", done, self, basket=True, release=str(key), **self._fields)


# ---- what is held --------------------------------------------------------------------------


class Holds(Question):
    """The holds of the show: one is chosen."""

    def __init__(self, held: Held) -> None:
        super().__init__()
        self._held = held
        self.title, self.action = tr("Held for this show"), tr("Choose")
        held.changed.connect(self.draw)
        held.refresh()
        self.draw()

    def draw(self) -> None:
        """What is held now."""
        self.answers = [self._row(hold, n) for n, hold in enumerate(self._held.holds, 1)]
        self.hint = "" if self.answers else tr("Nothing is held. Choose seats, then {key} holds them.", key="^H")
        self.changed.emit()

    def _row(self, hold: dict[str, Any], number: int) -> Answer:
        places = ", ".join(place["label"] for place in hold["places"][:3])
        more = " …" if hold["count"] > 3 else ""
        detail = " · ".join(filter(None, (places + more, hold["note"])))
        title = f"{hold['letter']}  {hold['owner'] or type_words(hold['type'])}"
        until = _until(self._held, hold["release"])
        count = tr_count("%n place", "%n places", hold["count"])
        return Answer(hold["id"], number if number < 10 else 0, title, detail, count, until)

    def choose(self, key: Any) -> None:
        for hold in self._held.holds:
            if hold["id"] == key:
                self._held.put(WithHold(self._held, hold))


def _until(held: Held, release: str) -> str:
    session = held.session
    return tr("until {time}", time=session.formats.day_and_time(read_time(release), session.now)) if release else ""


class WithHold(Question):
    """What is to be done with a hold: sell it, or release it."""

    def __init__(self, held: Held, hold: dict[str, Any]) -> None:
        super().__init__()
        self._held, self._hold = held, hold
        self.title = f"{hold['letter']}  {hold['owner'] or type_words(hold['type'])}"
        home = tr("At home at {till}.", till=hold["home"]) if hold["home"] else ""
        self.hint = " ".join(filter(None, (hold["note"], home, _until(held, hold["release"]))))
        count = tr_count("%n place", "%n places", hold["count"])
        self.answers = [
            Answer("sell", 1, tr("Sell: all into the basket"), count),
            Answer("release", 2, tr("Release: for sale again"), count),
        ]
        self.action = tr("Go on")

    def choose(self, key: Any) -> None:
        self.mark_key(key)
        hold = self._hold
        if key == "sell":
            sell = self._held.sell
            kind = sell.type_for([place["place"] for place in hold["places"]])
            fields = {"show": hold["show"], "hold": hold["id"], "price_type": kind}
            self._held.ask("add", lambda answer: "", self, **fields)
            return
        self._held.ask(
            "release", lambda answer: tr("For sale again: {n}.", n=len(answer["released"])), self, hold=hold["id"]
        )


# ---- reserving -----------------------------------------------------------------------------


class ReserveFor(Question):
    """For whom the basket is kept."""

    typed = True

    def __init__(self, held: Held) -> None:
        super().__init__()
        self._held = held
        self.title, self.action = tr("Reserve this basket"), tr("Next")
        self.hint = tr("Places and prices are kept. Name; then, after a semicolon, how to reach them.")
        self.field = tr("Name; telephone or e-mail")

    def enter(self, text: str) -> None:
        name, _, contact = text.partition(";")
        if name.strip():
            self._held.put(ReserveUntil(self._held, {"name": name.strip(), "contact": contact.strip()}))


class ReserveUntil(Question):
    """Until when it is kept."""

    def __init__(self, held: Held, buyer: dict[str, str]) -> None:
        super().__init__()
        self._held, self._buyer = held, buyer
        self.title, self.action = tr("Reserve for {name}", name=buyer["name"]), tr("Next")
        words = {**{span: span_words(span) for span in _SPANS}, "": tr("Until it is paid or cancelled")}
        self.answers = [Answer(span, number, words[span]) for number, span in enumerate(_SPANS, 1)]

    def choose(self, key: Any) -> None:
        self._held.put(ReserveWith(self._held, self._buyer, str(key)))


class ReserveWith(Question):
    """With a deposit in cash, or with none; then it is reserved."""

    typed = True

    def __init__(self, held: Held, buyer: dict[str, str], expires: str) -> None:
        super().__init__()
        self._held, self._buyer, self._expires = held, buyer, expires
        self.title, self.action = tr("Reserve for {name}", name=buyer["name"]), tr("Reserve")
        self.hint = tr("A deposit in cash, or nothing: they pay later. It goes back if the order is cancelled.")
        self.field = tr("Deposit in cash")

    def enter(self, text: str) -> None:
        session = self._held.session
        currency = session.venue.currency
        fields: dict[str, Any] = {"buyer": self._buyer, "expires": self._expires}
        if text.strip():
            amount: Money | None = typed_amount(text.strip().replace(",", "."), currency)
            if amount is None:
                self.hint = tr("{text} is no amount.", text=text.strip())
                self.changed.emit()
                return
            fields["tenders"] = [{"kind": "cash", "amount": str(amount)}]

        def done(answer: bridge.Answer) -> str:
            order = answer["order"]
            return tr("Reserved for {name}: order {code}.", name=order["name"], code=order["code"])

        self._held.ask("reserve", done, self, **fields)


class Orders(Question):
    """What is reserved for the show: one is taken into the basket, to be paid."""

    def __init__(self, held: Held) -> None:
        super().__init__()
        self._held = held
        self.title, self.action = tr("Reserved for this show"), tr("Take it to be paid")
        held.changed.connect(self.draw)
        held.refresh()
        self.draw()

    def draw(self) -> None:
        """What is reserved now."""
        self.answers = [self._row(order, n) for n, order in enumerate(self._held.orders, 1)]
        self.hint = "" if self.answers else tr("Nothing is reserved. Choose seats, then {key} reserves them.", key="^G")
        self.changed.emit()

    def _row(self, order: dict[str, Any], number: int) -> Answer:
        session = self._held.session
        price = Money.parse(order["price"], session.venue.currency)
        deposit = Money.parse(order["deposit"]["left"], session.venue.currency)
        paid = tr("deposit {amount}", amount=session.formats.money(deposit)) if deposit else ""
        held = tr_count("%n place", "%n places", sum(line["state"] == "held" for line in order["lines"]))
        where = tr("at {till}", till=", ".join(order["elsewhere"])) if order["elsewhere"] else ""
        detail = " · ".join(filter(None, (order["code"], held, where, paid)))
        until, total = _until(self._held, order["expires"]), session.formats.money(price)
        return Answer(order["code"], number if number < 10 else 0, order["name"], detail, total, until)

    def choose(self, key: Any) -> None:
        self._held.ask("take_order", lambda answer: "", self, order=str(key))
