"""The lists, one by one: what each asks the till, how its rows read, and what can be done about one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import SignalInstance

from pos.domain.money import Money
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr, tr_count
from pos.ui.orders.model import Action, Item, Offer, Row
from pos.ui.session import Session

_PRINT, _BATCH, _MORE, _LESS = 6, 7, 8, 9  # F-keys of what a list does beside its main action


class Lists(Protocol):
    """What a list needs of the screen that it is on."""

    session: Session
    marked: str
    all_rows: list[Row]
    to_sell: SignalInstance  # an order is in the basket

    @property
    def current(self) -> Row | None: ...
    def chosen(self) -> list[Item]: ...
    def field(self, at: int) -> str: ...
    def ask(self, verb: str, done: Callable[[Answer], None] | None = None, **fields: Any) -> None: ...
    def say(self, text: str) -> None: ...
    def trouble(self, text: str) -> None: ...


class Section:
    """One list. `fields` are the placeholders of what may be typed about its marked row."""

    name = ""
    fields: tuple[str, ...] = ()

    def __init__(self, presenter: Lists) -> None:
        self.presenter = presenter

    @property
    def title(self) -> str:
        raise NotImplementedError

    def empty(self) -> str:
        """What is said when there is nothing in it."""
        raise NotImplementedError

    def hints(self) -> tuple[str, ...]:
        """What the fields are for."""
        return ()

    def asks(self) -> tuple[str, dict[str, Any]]:
        """The verb that tells the list, and its fields."""
        raise NotImplementedError

    def read(self, answer: Answer) -> list[Row]:
        raise NotImplementedError

    def offer(self, row: Row | None) -> Offer:
        raise NotImplementedError

    def first(self, rows: list[Row]) -> str:
        """Which row is marked when none is."""
        return rows[0].id if rows else ""

    # ---- small things ----------------------------------------------------------------------

    @property
    def show(self) -> str:
        return self.presenter.session.show_id

    def money(self, text: str) -> str:
        session = self.presenter.session
        return session.formats.money(Money.parse(text, session.venue.currency))

    def till(self, till: str) -> str:
        here = self.presenter.session.status.till
        return tr("here") if till == here else tr("at {till}", till=till)

    def time(self, text: str) -> str:
        session = self.presenter.session
        return session.formats.day_and_time(read_time(text), session.now)


class Pickups(Section):
    """Orders by name, and who came for them."""

    name = "pickups"

    @property
    def title(self) -> str:
        return tr("Pick-up")

    def empty(self) -> str:
        return tr("Nobody has to come for anything.")

    def hints(self) -> tuple[str, ...]:
        return tr("Who collects"), tr("ID type"), tr("Last 4")

    def asks(self) -> tuple[str, dict[str, Any]]:
        return "pickups", {"show": self.show}

    def read(self, answer: Answer) -> list[Row]:
        return [self._row(doc) for doc in answer["pickups"]]

    def _row(self, doc: dict[str, Any]) -> Row:
        tickets = doc["tickets"]
        ready = sum(ticket["state"] == "ready" for ticket in tickets)
        states = {"waiting": tr("not printed"), "ready": tr("ready"), "collected": tr("collected")}
        items = tuple(
            Item(
                ticket["id"],
                " · ".join(filter(None, (ticket["label"], self._where(ticket)))),
                states[ticket["state"]],
                ticket["state"] != "collected",
            )
            for ticket in tickets
        )
        delivery = {"post": tr("by post"), "pickup": ""}.get(doc["delivery"], doc["delivery"])
        state = tr("ready") if ready == len(tickets) else tr("{count} ready", count=ready) if ready else ""
        return Row(
            doc["sale"],
            doc["name"] or doc["sale"],
            " · ".join(filter(None, (doc["sale"], doc["contact"], delivery))),
            tr_count("%n ticket", "%n tickets", len(tickets), str(len(tickets))),
            state or tr("not printed"),
            "●" if ready == len(tickets) else "◐" if ready else "○",
            bool(ready),
            (
                (tr("Order"), doc["sale"]),
                (tr("Contact"), doc["contact"]),
                (tr("Total"), self.money(doc["total"])),
            ),
            doc,
            items,
            doc["name"],
            doc["contact"],
        )

    def _where(self, ticket: dict[str, Any]) -> str:
        """Where its paper lies, or who has the right to print it, when that is not here."""
        handed = ticket.get("handed") or {}
        till = handed.get("till") if handed.get("ready") else ticket["holder"]
        here = self.presenter.session.status.till
        return "" if till in (here, "office") else self.till(str(till))

    def offer(self, row: Row | None) -> Offer:
        chosen = self.presenter.chosen()
        label = tr("Hand out")
        if row is not None and len(chosen) < len(row.items):
            label = tr("Hand out {count} of {all}", count=len(chosen), all=len(row.items))
        has_rows = bool(self.presenter.all_rows)
        return Offer(
            label,
            self._collect if chosen else None,
            (
                Action(_PRINT, tr("Print list"), self._list if has_rows else None),
                Action(_BATCH, tr("Print all"), self._batch if has_rows else None),
            ),
        )

    def _collect(self) -> None:
        presenter, row = self.presenter, self.presenter.current
        if row is None:
            return
        fields: dict[str, Any] = {"sale": row.id, "tickets": [item.id for item in presenter.chosen()]}
        if name := presenter.field(0):
            who = {"name": name, "kind": presenter.field(1), "last4": presenter.field(2)}
            fields["collected_by"] = {key: text for key, text in who.items() if text}
        elif presenter.field(1) or presenter.field(2):
            presenter.trouble(tr("Say who collects."))
            return
        presenter.ask("collect", lambda answer: self._said(row, answer), **fields)

    def _said(self, row: Row, answer: Answer) -> None:
        count = len(answer["sale"]["tickets"])
        told = tr_count("%n ticket", "%n tickets", count, str(count))
        if answer["job"] is None:
            self.presenter.say(tr("{tickets} of {name}: they lie ready here.", tickets=told, name=row.title))
        else:
            self.presenter.say(tr("{tickets} of {name}: printing.", tickets=told, name=row.title))

    def _list(self) -> None:
        self.presenter.ask("print_pickups", lambda _: self.presenter.say(tr("The list is printing.")), show=self.show)

    def _batch(self) -> None:
        self.presenter.ask("collect_batch", self._batched, show=self.show)

    def _batched(self, answer: Answer) -> None:
        printed, left = len(answer["printed"]), answer["left"]
        told = tr_count("%n order is printing.", "%n orders are printing.", printed, str(printed))
        if left:
            holders = ", ".join(sorted({self.till(str(one["holder"])) for one in left}))
            told += " " + tr("{count} tickets are left: their right is {where}.", count=len(left), where=holders)
        self.presenter.say(told)


class Standby(Section):
    """The waiting list of this till, then those of others."""

    name = "standby"

    @property
    def title(self) -> str:
        return tr("Waiting list")

    def empty(self) -> str:
        return tr("Nobody waits for this show.")

    def hints(self) -> tuple[str, ...]:
        return tr("Name of the next one"), tr("Places")

    def asks(self) -> tuple[str, dict[str, Any]]:
        return "standby", {"show": self.show}

    def read(self, answer: Answer) -> list[Row]:
        self._next = answer["next"]
        return [self._row(doc) for doc in answer["entries"]]

    def _row(self, doc: dict[str, Any]) -> Row:
        states = {"waiting": tr("waiting"), "called": tr("called"), "skipped": tr("skipped")}
        signs = {"waiting": "○", "called": "●", "skipped": "◌"}
        here = doc["home"] == self.presenter.session.status.till
        return Row(
            doc["id"],
            f"{doc['number']}  {doc['name']}".strip(),
            " · ".join((self.till(doc["home"]), self.time(doc["at"]))),
            tr_count("%n place", "%n places", doc["count"], str(doc["count"])),
            states[doc["state"]],
            signs[doc["state"]],
            doc["state"] == "called",
            (
                (tr("Number"), str(doc["number"])),
                (tr("Since"), self.time(doc["at"])),
                (tr("List"), self.till(doc["home"])),
                (tr("Called"), str(doc["calls"]) if doc["calls"] else ""),
            ),
            doc | {"here": here},
            (),
            doc["name"],
        )

    def first(self, rows: list[Row]) -> str:
        called = [row.id for row in rows if row.doc["state"] == "called" and row.doc["here"]]
        return (called or [row.id for row in rows if row.id == self._next] or [row.id for row in rows] or [""])[0]

    def offer(self, row: Row | None) -> Offer:
        presenter = self.presenter
        mine = row is not None and row.doc["here"]
        called = row is not None and mine and row.doc["state"] == "called"
        return (
            Offer(
                tr("Call the next") if not called else tr("Served"),
                (lambda: self._end("served")) if called else self._call if self._next else None,
                (
                    Action(_PRINT, tr("Give a number"), self._join),
                    Action(_BATCH, tr("Skip"), (lambda: self._end("skipped")) if called else None),
                    Action(_MORE, tr("Has gone"), (lambda: self._end("gone")) if mine else None),
                    Action(_LESS, tr("Call again"), self._again if mine and row and row.doc["calls"] else None),
                ),
            )
            if presenter.session.show_id
            else Offer()
        )

    _next: str | None = None

    def _join(self) -> None:
        presenter = self.presenter
        count = presenter.field(1) or "1"
        if not count.isdigit() or int(count) < 1:
            presenter.trouble(tr("Say how many places as a number."))
            return
        fields = {"name": presenter.field(0)} if presenter.field(0) else {}
        presenter.ask("join_standby", self._joined, show=self.show, count=int(count), **fields)

    def _joined(self, answer: Answer) -> None:
        self.presenter.say(tr("Number {number}.", number=answer["entry"]["number"]))

    def _call(self) -> None:
        self.presenter.ask("call_standby", self._called, show=self.show)

    def _again(self) -> None:
        self.presenter.ask("call_standby", self._called, show=self.show, entry=self.presenter.marked)

    def _called(self, answer: Answer) -> None:
        self.presenter.marked = answer["entry"]["id"]
        self.presenter.say(tr("Call number {number}.", number=answer["entry"]["number"]))

    def _end(self, outcome: str) -> None:
        entry = self.presenter.marked
        self.presenter.marked = ""
        self.presenter.ask("end_standby", entry=entry, outcome=outcome)


class Commissions(Section):
    """Tickets to be paid for when their places are sold again."""

    name = "commissions"

    @property
    def title(self) -> str:
        return tr("On commission")

    def empty(self) -> str:
        return tr("Nothing was taken on commission.")

    def hints(self) -> tuple[str, ...]:
        return tr("Ticket code"), tr("Owner")

    def asks(self) -> tuple[str, dict[str, Any]]:
        return "commissions", {}

    def read(self, answer: Answer) -> list[Row]:
        return [self._row(doc) for doc in answer["commissions"]]

    def _row(self, doc: dict[str, Any]) -> Row:
        states = {"due": tr("sold again"), "open": tr("for sale"), "lapsed": tr("not sold")}
        return Row(
            doc["id"],
            doc.get("name") or doc["id"],
            " · ".join((doc["place"], doc["id"], self.till(doc["home"]))),
            self.money(doc["due"]),
            states[doc["state"]],
            {"due": "●", "open": "○", "lapsed": "✕"}[doc["state"]],
            doc["state"] == "due",
            (
                (tr("Ticket"), doc["ticket"]),
                (tr("Price"), self.money(doc["price"])),
                (tr("Commission"), self.money(doc["kept"])),
                (tr("Due"), self.money(doc["due"])),
                (tr("Contact"), doc.get("contact", "")),
                (tr("Taken"), f"{self.time(doc['at'])} · {self.till(doc['home'])}"),
            ),
            doc,
            (),
            doc.get("name", ""),
            doc.get("contact", ""),
        )

    def offer(self, row: Row | None) -> Offer:
        state = row.doc["state"] if row is not None else ""
        primary, run = tr("Pay out"), self._pay if state == "due" else None
        return Offer(
            primary,
            run,
            (
                Action(_PRINT, tr("Take a ticket"), self._take),
                Action(_BATCH, tr("End: not sold"), self._lapse if state == "lapsed" else None),
            ),
        )

    def _take(self) -> None:
        presenter = self.presenter
        ticket, owner = presenter.field(0), presenter.field(1)
        if not ticket or not owner:
            presenter.trouble(tr("Scan the ticket, and say whose it is."))
            return
        presenter.ask("take_commission", self._taken, ticket=ticket, name=owner)

    def _taken(self, answer: Answer) -> None:
        due = self.money(answer["commission"]["due"])
        self.presenter.say(tr("Taken. {due} when it is sold again.", due=due))

    def _pay(self) -> None:
        self.presenter.ask("pay_commission", self._paid, commission=self.presenter.marked)

    def _paid(self, answer: Answer) -> None:
        self.presenter.say(tr("{amount} paid out.", amount=self.money(answer["commission"]["paid"])))

    def _lapse(self) -> None:
        self.presenter.ask("end_commission", commission=self.presenter.marked)
