"""The ledger: rows of what happened at this till. Only the desk's thread opens it for writing.

Every method that changes something belongs inside `transaction()`; the sale is one of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DBAPIError

from pos.domain.basket import Basket
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.rights import OwnRight, OwnState, Token
from pos.domain.sale import LATER
from pos.domain.shift import CashMove
from pos.store import tables as t
from pos.store.baskets import BasketBook
from pos.store.blanks import BlankBook
from pos.store.certificates import CertificateBook
from pos.store.live import LiveBook
from pos.store.outages import OutageBook
from pos.store.packs import PackBook
from pos.store.payments import PaymentBook
from pos.store.purses import PurseBook
from pos.store.schema import bring_up_to_date, writer_engine
from pos.store.shiftbook import ShiftBook, ShiftRow
from pos.store.ticketbook import TicketBook

_put_right = upsert(t.own_right)
_PUT_RIGHT = _put_right.on_conflict_do_update(
    index_elements=["show", "place"],
    set_={name: _put_right.excluded[name] for name in ("state", "epoch", "hop", "ticket")},
)
_put_meta = upsert(t.meta)
_PUT_META = _put_meta.on_conflict_do_update(index_elements=["key"], set_={"value": _put_meta.excluded.value})
_put_answer = upsert(t.answer)
_PUT_ANSWER = _put_answer.on_conflict_do_update(index_elements=["key"], set_={"body": _put_answer.excluded.body})

# Statements of the sale's path, built once: building one costs as much as running it.
_META = select(t.meta.c.value).where(t.meta.c.key == bindparam("wanted"))
_ANSWER = select(t.answer).where(t.answer.c.key == bindparam("wanted"))
_OPEN_SHIFT = select(t.shift).where(t.shift.c.closed_at.is_(None))
_ADD_SALE, _ADD_TICKETS = insert(t.sale), insert(t.ticket)
_ADD_MOVE, _ADD_JOB = insert(t.cash_move), insert(t.print_job)
_SET_JOB = (
    update(t.print_job)
    .where(t.print_job.c.id == bindparam("job"))
    .values(state=bindparam("new_state"), text=bindparam("new_text"))
)

_NAMED_AT_MOST: Final = 500


def _unprinted(sale: dict[str, Any]) -> dict[str, Any]:
    """A sale's document, which says that tickets that were not taken along have no paper: at the sale; what
    has been printed since is in the ticket book."""
    if sale.get("delivery") in LATER:
        for ticket in sale["tickets"]:
            ticket["issued"] = False
    return sale


FOUND_AT_MOST: Final = 50


def _folded(sale: dict[str, Any]) -> str:
    """The buyer's name, and the number of a customer's record, as they are looked for."""
    return f"{sale.get('name') or ''} {sale.get('buyer', {}).get('customer', '')}".strip().casefold()


class StorageFailed(Exception):
    """The disk did not take it: nothing of the transaction has happened. `reason` is the system's word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PrintJob:
    """Something to print. `state`: queued | started | done | failed | unknown.

    `content` is finished text (pos.paper.content), so that a job prints the same for ever.
    `at` is when it was first wanted, "" where an older version did not note that.
    """

    id: int
    role: str
    kind: str
    sale: str
    tickets: tuple[str, ...]
    content: dict[str, Any]
    state: str
    text: str = ""
    at: str = ""


class Ledger:
    """One open ledger file. Belongs to the thread that opened it. `now` gives the time (ISO 8601)
    that print jobs are noted with."""

    def __init__(self, path: Path, now: Callable[[], str] = lambda: "") -> None:
        self._now = now
        self._engine = writer_engine(path)
        self.connection = self._engine.connect()
        bring_up_to_date(self.connection)
        self.baskets = BasketBook(self.connection)
        self.tickets = TicketBook(self.connection)
        self.purses = PurseBook(self.connection)
        self.payments = PaymentBook(self.connection)
        self.certificates = CertificateBook(self.connection)
        self.packs = PackBook(self.connection)
        self.live = LiveBook(self.connection)
        self.blanks = BlankBook(self.connection)
        self.shiftbook = ShiftBook(self.connection)
        self.outages = OutageBook(self.connection)
        # What is looked at all the time. Nobody else writes, so it holds until it is put anew;
        # a transaction that fails takes it back.
        self._kept: dict[str, Any] = {}

    def close(self) -> None:
        self.connection.close()
        self._engine.dispose()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        raw: Any = self.connection.connection.driver_connection
        return bool(raw.in_transaction)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when it returns. Raises StorageFailed, and then nothing happened."""
        try:
            self.connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield
            self._commit()
        except BaseException as error:
            self._roll_back()
            if isinstance(error, DBAPIError):
                raise StorageFailed(str(error.orig)) from error
            raise

    def _commit(self) -> None:
        try:
            self.connection.exec_driver_sql("COMMIT")
        except DBAPIError:
            self._roll_back()
            self._bury()
            raise

    def _bury(self) -> None:
        """Write over what a failed commit has left in the WAL.

        A commit whose sync failed is rolled back, yet stands in the WAL whole: whoever opens the
        file after a crash finds it and takes it for done. SQLite writes the next transaction
        over it. If not even this one reaches the disk, its frames have still taken their place.
        """
        try:
            self.connection.exec_driver_sql("BEGIN IMMEDIATE")
            self.put_meta("failed_commits", str(int(self.meta("failed_commits") or 0) + 1))
            self.connection.exec_driver_sql("COMMIT")
        except DBAPIError:
            self._roll_back()

    def _roll_back(self) -> None:
        self._kept.clear()
        self.baskets.forget()
        self.live.forget()
        self.blanks.forget()
        self.outages.forget()
        # A full disk may already have rolled back by itself.
        if self.in_transaction:
            self.connection.exec_driver_sql("ROLLBACK")

    # ---- small values ------------------------------------------------------------------

    def meta(self, key: str) -> str | None:
        name = f"meta.{key}"
        if name not in self._kept:
            self._kept[name] = self.connection.execute(_META, {"wanted": key}).scalar()
        value: str | None = self._kept[name]
        return value

    def meta_keys(self, prefix: str) -> list[str]:
        """The keys of small values that begin so."""
        query = select(t.meta.c.key).where(t.meta.c.key.startswith(prefix, autoescape=True))
        return list(self.connection.execute(query).scalars())

    def put_meta(self, key: str, value: str) -> None:
        self.connection.execute(_PUT_META, {"key": key, "value": value})
        self._kept[f"meta.{key}"] = value

    def answer(self, key: str) -> tuple[str, dict[str, Any]] | None:
        """The verb and answer kept under an idempotency key."""
        row = self.connection.execute(_ANSWER, {"wanted": key}).first()
        return (row.verb, json.loads(row.body)) if row else None

    def put_answer(self, key: str, verb: str, body: dict[str, Any]) -> None:
        """Keep a verb's answer; a later one of the same verb is the better one."""
        self.connection.execute(_PUT_ANSWER, {"key": key, "verb": verb, "body": json.dumps(body)})

    # ---- rights ------------------------------------------------------------------------

    def rights(self) -> dict[str, dict[str, OwnRight]]:
        """show -> place -> the last token and what became of it."""
        found: dict[str, dict[str, OwnRight]] = {}
        for row in self.connection.execute(select(t.own_right)):
            right = OwnRight(OwnState(row.state), Token(row.epoch, row.hop), row.ticket)
            found.setdefault(row.show, {})[row.place] = right
        return found

    def put_rights(self, rights: Iterable[tuple[str, str, OwnRight]]) -> None:
        rows = [
            {
                "show": show,
                "place": place,
                "state": right.state.value,
                "epoch": right.token.epoch,
                "hop": right.token.hop,
                "ticket": right.ticket,
            }
            for show, place, right in rights
        ]
        if rows:
            self.connection.execute(_PUT_RIGHT, rows)

    # ---- basket ------------------------------------------------------------------------

    def basket(self) -> Basket | None:
        """The one that is being sold."""
        return self.baskets.front()

    def put_basket(self, basket: Basket | None) -> None:
        """Replace the basket that is being sold; None or one that is empty and did not lapse leaves none."""
        if basket is None:
            self.baskets.drop(0)
        else:
            self.baskets.put(basket)

    # ---- shift and drawer --------------------------------------------------------------

    def open_shift(self) -> ShiftRow | None:
        if "shift" not in self._kept:
            row = self.connection.execute(_OPEN_SHIFT).first()
            self._kept["shift"] = (
                ShiftRow(
                    row.id,
                    row.user,
                    row.opened_at,
                    row.first_number,
                    cashier=self.shiftbook.cashier(row.id) or row.user,
                )
                if row
                else None
            )
        shift: ShiftRow | None = self._kept["shift"]
        return shift

    def shifts(self) -> int:
        """How many shifts there have been."""
        return len(self.connection.execute(select(t.shift.c.id)).all())

    def put_shift(self, shift: ShiftRow) -> None:
        self._kept.pop("shift", None)
        self.connection.execute(
            insert(t.shift),
            {"id": shift.id, "user": shift.user, "opened_at": shift.opened_at, "first_number": shift.first_number},
        )

    def hand_over(self, shift: str, number: int, body: dict[str, Any]) -> None:
        """The drawer of an open shift goes to another cashier, by the fact of this number."""
        self._kept.pop("shift", None)
        self.shiftbook.add_step(number, shift, Kind.SHIFT_HANDED_OVER, body)

    def close_shift(self, shift: str, closed_at: str, last_number: int, report: dict[str, Any]) -> None:
        self._kept.pop("shift", None)
        self.connection.execute(
            update(t.shift).where(t.shift.c.id == shift),
            {"closed_at": closed_at, "last_number": last_number, "report": json.dumps(report)},
        )

    def add_move(self, shift: str, move: CashMove) -> None:
        self.connection.execute(
            _ADD_MOVE,
            {
                "shift": shift,
                "kind": move.kind,
                "minor": move.amount.minor,
                "currency": move.amount.currency,
                "reason": move.reason,
                "at": move.at,
            },
        )

    def moves(self, shift: str) -> list[CashMove]:
        rows = self.connection.execute(
            select(t.cash_move).where(t.cash_move.c.shift == shift).order_by(t.cash_move.c.id)
        )
        return [CashMove(row.kind, Money(row.minor, row.currency), row.reason, row.at) for row in rows]

    # ---- sales -------------------------------------------------------------------------

    def add_sale(self, shift: str, body: dict[str, Any]) -> None:
        """A sale's document and a row for each of its tickets."""
        self.connection.execute(
            _ADD_SALE, {"id": body["id"], "shift": shift, "body": json.dumps(body), "name": _folded(body)}
        )
        rows = [
            {
                "id": ticket["id"],
                "sale": body["id"],
                "show": ticket["show"],
                "place": ticket["unit"],
                "code": ticket["code"],
                "state": "live",
            }
            for ticket in body["tickets"]
        ]
        if rows:
            self.connection.execute(_ADD_TICKETS, rows)

    def amend_sale(self, sale: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """What a later fact says of an own sale's document; nothing for a sale of another till."""
        row = self.connection.execute(select(t.sale.c.body).where(t.sale.c.id == sale)).first()
        if row is not None:
            body = json.dumps(change(json.loads(row.body)))
            self.connection.execute(update(t.sale).where(t.sale.c.id == sale), {"body": body})

    def sales_of(self, shift: str) -> list[dict[str, Any]]:
        rows = self.connection.execute(select(t.sale.c.body).where(t.sale.c.shift == shift).order_by(t.sale.c.id))
        return [json.loads(row.body) for row in rows]

    def sales_for(self, show: str) -> list[dict[str, Any]]:
        """Own sales with a ticket of this show."""
        wanted = select(t.ticket.c.sale).where(t.ticket.c.show == show)
        rows = self.connection.execute(select(t.sale.c.body).where(t.sale.c.id.in_(wanted)))
        return [json.loads(row.body) for row in rows]

    def sold_since(self, since: str) -> list[tuple[str, str, str, int]]:
        """(sale, when, show, tickets that are live) of own sales since a moment (ISO 8601), by sale and show."""
        query = (
            "SELECT sale.id, json_extract(sale.body, '$.at') AS at, ticket.show, sum(ticket.state = 'live')"
            " FROM sale JOIN ticket ON ticket.sale = sale.id WHERE julianday(at) >= julianday(?) GROUP BY 1, 2, 3"
        )
        return [(id, at, show, count) for id, at, show, count in self.connection.exec_driver_sql(query, (since,))]

    def sales_with(self, word: str) -> list[dict[str, Any]]:
        """Own sales of named buyers whose document has this text in it."""
        wanted = (t.sale.c.name != "") & (func.instr(t.sale.c.body, word) > 0)
        return [json.loads(body) for body in self.connection.execute(select(t.sale.c.body).where(wanted)).scalars()]

    def orders_for(self, show: str) -> list[dict[str, Any]]:
        """Own sales with a ticket of this show whose tickets were not taken along."""
        later = func.json_extract(t.sale.c.body, "$.delivery").in_(sorted(LATER))
        wanted = select(t.ticket.c.sale).where(t.ticket.c.show == show)
        rows = self.connection.execute(select(t.sale.c.body).where(t.sale.c.id.in_(wanted), later))
        return [_unprinted(json.loads(row.body)) for row in rows]

    def named_sales(self) -> list[dict[str, Any]]:
        """The newest own sales whose buyer is on record, _NAMED_AT_MOST of them; the replica knows the others."""
        query = select(t.sale.c.body).where(t.sale.c.name != "").order_by(text("rowid DESC")).limit(_NAMED_AT_MOST)
        return [json.loads(row.body) for row in self.connection.execute(query)]

    def sales_charged(self, code: str) -> list[dict[str, Any]]:
        """Own sales with a tender of this code. Reads those that mention it."""
        query = select(t.sale.c.body).where(t.sale.c.body.contains(json.dumps(code)[1:-1], autoescape=True))
        found = [json.loads(row.body) for row in self.connection.execute(query)]
        return [body for body in found if any(tender.get("code") == code for tender in body["tenders"])]

    def last_sale(self) -> dict[str, Any] | None:
        row = self.connection.exec_driver_sql("SELECT body FROM sale ORDER BY rowid DESC LIMIT 1").first()
        return json.loads(row.body) if row else None

    def find_sales(self, *, sale: str = "", code: str = "", name: str = "") -> list[dict[str, Any]]:
        """Own sales by id, by a ticket's code or id, or by words of the buyer's name (at most FOUND_AT_MOST, the
        newest first); each ticket with its `state`."""
        query = select(t.sale.c.body).where(t.sale.c.id == sale)
        if words := name.casefold().split():
            query = select(t.sale.c.body).order_by(text("rowid DESC")).limit(FOUND_AT_MOST)
            query = query.where(*(func.instr(t.sale.c.name, word) > 0 for word in words))
        if code:
            wanted = select(t.ticket.c.sale).where((t.ticket.c.code == code) | (t.ticket.c.id == code))
            query = select(t.sale.c.body).where(t.sale.c.id.in_(wanted))
        found = [json.loads(row.body) for row in self.connection.execute(query)]
        for body in found:
            rows = self.connection.execute(select(t.ticket.c.id, t.ticket.c.state).where(t.ticket.c.sale == body["id"]))
            states = {row.id: row.state for row in rows}
            for ticket in body["tickets"]:
                ticket["state"] = states[ticket["id"]]
            _unprinted(body)
        return found

    # ---- print jobs --------------------------------------------------------------------

    def add_job(self, role: str, kind: str, sale: str, tickets: Sequence[str], content: dict[str, Any]) -> PrintJob:
        """Queue something to print."""
        result = self.connection.execute(
            _ADD_JOB,
            {
                "role": role,
                "kind": kind,
                "sale": sale,
                "tickets": json.dumps(list(tickets)),
                "content": json.dumps(content),
                "state": "queued",
                "at": (at := self._now()),
            },
        )
        return PrintJob(result.lastrowid, role, kind, sale, tuple(tickets), content, "queued", at=at)

    def queue_again(self, job: int, content: dict[str, Any], role: str = "") -> None:
        """A job to print once more, with what it prints now; at another printer if a `role` is given."""
        values = {"state": "queued", "text": "", "content": json.dumps(content)} | ({"role": role} if role else {})
        self.connection.execute(update(t.print_job).where(t.print_job.c.id == job), values)

    def count_jobs(self, sale: str, kind: str) -> int:
        """How many jobs of a kind a sale has had."""
        query = select(t.print_job.c.id).where(t.print_job.c.sale == sale, t.print_job.c.kind == kind)
        return len(self.connection.execute(query).all())

    def set_job(self, job: int, state: str, text: str = "") -> None:
        self.connection.execute(_SET_JOB, {"job": job, "new_state": state, "new_text": text})

    def jobs(self, *states: str, job: int | None = None, latest: int | None = 50) -> list[PrintJob]:
        """Print jobs, oldest first: of these states, or the one with that number; all of them when `latest` is None."""
        query = select(t.print_job).order_by(t.print_job.c.id.desc()).limit(latest)
        if job is not None:
            query = query.where(t.print_job.c.id == job)
        if states:
            query = query.where(t.print_job.c.state.in_(states))
        rows = self.connection.execute(query).all()
        return [
            PrintJob(
                r.id, r.role, r.kind, r.sale, tuple(json.loads(r.tickets)), json.loads(r.content), r.state, r.text, r.at
            )
            for r in reversed(rows)
        ]  # fmt: skip
