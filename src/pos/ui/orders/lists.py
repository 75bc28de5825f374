"""Two more lists: guests with their signatures, and what is reserved, groups among it."""

from __future__ import annotations

from typing import Any, Final

from pos.domain.money import Money
from pos.ui.bridge import Answer
from pos.ui.i18n import tr, tr_count
from pos.ui.orders.model import Action, Offer, Row
from pos.ui.orders.sections import Section

_FIRST: Final = 6


class Guests(Section):
    """Guests by list, and holds that a list may be opened over."""

    name = "guests"

    @property
    def title(self) -> str:
        return tr("Guests")

    def empty(self) -> str:
        return tr("No guest list, and no hold to open one over.")

    def hints(self) -> tuple[str, ...]:
        row = self.presenter.current
        if row is not None and "giver" not in row.doc:
            return tr("Giver"), tr("Quota")
        return tr("Name"), tr("ID type") if row is not None and row.doc.get("entry") else tr("Places"), tr("Last 4")

    def asks(self) -> tuple[str, dict[str, Any]]:
        return "guest_lists", {"show": self.show}

    def read(self, answer: Answer) -> list[Row]:
        rows = []
        for one in answer["lists"]:
            rows += [self._guest(one, entry) for entry in one["entries"] if entry["state"] != "gone"]
            if one["state"] == "open":
                rows.append(self._list(one))
        return rows + [self._hold(one) for one in answer["holds"]]

    def _guest(self, doc: dict[str, Any], entry: dict[str, Any]) -> Row:
        came = entry["state"] == "collected"
        return Row(
            f"{doc['id']}/{entry['number']}",
            entry["name"] or doc["giver"],
            f"{doc['giver']} · {self.till(doc['home'])}",
            f"{entry['collected']} / {entry['count']}",
            tr("collected") if came else tr("expected"),
            "●" if came else "○",
            False,
            (
                (tr("Giver"), doc["giver"]),
                (tr("Places"), str(entry["count"])),
                (tr("Collected"), str(entry["collected"])),
                (tr("List"), doc["id"]),
            ),
            doc | {"entry": entry["number"], "open": not came and doc["state"] == "open"},
            (),
            entry["name"],
        )

    def _list(self, doc: dict[str, Any]) -> Row:
        return Row(
            doc["id"],
            tr("{giver}: the list", giver=doc["giver"]),
            f"{doc['id']} · {self.till(doc['home'])}",
            tr("{count} of {quota}", count=doc["listed"], quota=doc["quota"]),
            tr("{count} collected", count=doc["collected"]),
            "≡",
            True,
            (
                (tr("Quota"), str(doc["quota"])),
                (tr("Listed"), str(doc["listed"])),
                (tr("Collected"), str(doc["collected"])),
                (tr("Unclaimed"), str(doc["unclaimed"])),
            ),
            doc,
        )

    def _hold(self, doc: dict[str, Any]) -> Row:
        count = doc["count"]
        return Row(
            doc["id"],
            doc["owner"] or doc["type"],
            f"{tr('Hold')} {doc['id']} · {doc['type']}",
            tr_count("%n place", "%n places", count, str(count)),
            tr("no list yet"),
            "◇",
            False,
            ((tr("Type"), doc["type"]), (tr("Note"), doc["note"]), (tr("Home"), self.till(doc["home"]))),
            doc,
        )

    def offer(self, row: Row | None) -> Offer:
        if row is not None and "giver" not in row.doc:
            return Offer(tr("Open a list"), self._open)
        entry = row is not None and row.doc.get("entry")
        return Offer(
            tr("Hand out, signed"),
            self._collect if entry and row is not None and row.doc["open"] else None,
            (
                Action(_FIRST, tr("Add a guest"), self._put if row is not None else None),
                Action(
                    _FIRST + 1,
                    tr("Off the list"),
                    self._drop if entry and row is not None and row.doc["open"] else None,
                ),
                Action(_FIRST + 2, tr("Print list"), self._print if row is not None else None),
                Action(_FIRST + 3, tr("Release rest"), self._release if row is not None and not entry else None),
            ),
        )

    def _open(self) -> None:
        presenter, row = self.presenter, self.presenter.current
        giver = presenter.field(0) or (row.doc["owner"] if row is not None else "")
        if row is None or not giver:
            presenter.trouble(tr("Say who gives the places away."))
            return
        quota = presenter.field(1)
        kind = "press" if row.doc["type"] == "press" else "guest"
        fields: dict[str, Any] = {"quota": int(quota)} if quota.isdigit() and int(quota) else {}
        presenter.ask("open_guest_list", hold=row.id, giver=giver, kind=kind, **fields)

    def _put(self) -> None:
        presenter, row = self.presenter, self.presenter.current
        name, count = presenter.field(0), presenter.field(1) or "1"
        if row is None or not name or not count.isdigit() or not int(count):
            presenter.trouble(tr("Say the guest's name, and how many places."))
            return
        presenter.ask("put_guest", list=row.doc["id"], name=name, count=int(count))

    def _drop(self) -> None:
        row = self.presenter.current
        if row is not None:
            self.presenter.ask("drop_guest", list=row.doc["id"], entry=row.doc["entry"])

    def _collect(self) -> None:
        presenter, row = self.presenter, self.presenter.current
        if row is None:
            return
        who = {"name": presenter.field(0) or row.name or row.title, "kind": presenter.field(1)}
        who["last4"] = presenter.field(2)
        came = {key: text for key, text in who.items() if text}
        presenter.ask("collect_guest", list=row.doc["id"], entry=row.doc["entry"], collected_by=came)

    def _print(self) -> None:
        self.presenter.ask("guest_list_report", self._printed, show=self.show, printed=True)

    def _printed(self, _: Answer) -> None:
        self.presenter.say(tr("The list is printing."))

    def _release(self) -> None:
        row = self.presenter.current
        if row is not None:
            self.presenter.ask("release_guests", list=row.doc["id"])


class Reservations(Section):
    """What is reserved for the show: paid through the basket, by any tender; a group's deposit and final number."""

    name = "reservations"

    @property
    def title(self) -> str:
        return tr("Reserved")

    def empty(self) -> str:
        return tr("Nothing is reserved for this show.")

    def hints(self) -> tuple[str, ...]:
        return tr("Reason, or final by"), tr("How much")

    def asks(self) -> tuple[str, dict[str, Any]]:
        return "orders", {"show": self.show}

    def read(self, answer: Answer) -> list[Row]:
        return [self._row(doc) for doc in answer["orders"]]

    def _row(self, doc: dict[str, Any]) -> Row:
        held = [line for line in doc["lines"] if line["state"] == "held"]
        group = doc.get("group") or {}
        left = Money.parse(doc["deposit"]["left"], self.presenter.session.venue.currency)
        final = str(group.get("final") or "") or (tr("by {time}", time=self.time(group["final_by"])) if group else "")
        return Row(
            doc["code"],
            doc["name"] or doc["code"],
            " · ".join(filter(None, (doc["code"], tr("group") if group else "", doc["contact"]))),
            tr_count("%n place", "%n places", len(held), str(len(held))),
            tr("number is late") if group.get("late") else tr("deposit paid") if left else tr("reserved"),
            "▲" if group.get("late") else "◐" if left else "○",
            bool(group.get("late")),
            (
                (tr("Price"), self.money(doc["price"])),
                (tr("Deposit"), self.money(doc["deposit"]["left"]) if left else ""),
                (tr("Until"), self.time(doc["expires"]) if doc["expires"] else ""),
                (tr("Final number"), final),
                (tr("Rights"), ", ".join(map(self.till, doc["holders"]))),
                (tr("Note"), doc["note"]),
            ),
            doc,
            (),
            doc["name"],
            doc["contact"],
        )

    def offer(self, row: Row | None) -> Offer:
        if row is None:
            return Offer(tr("Pay"))
        open_ = any(line["state"] == "held" for line in row.doc["lines"])
        number = (tr("Final number"), self._final) if row.doc.get("group") else (tr("Make it a group"), self._group)
        return Offer(
            tr("Pay"),
            self._pay if open_ else None,
            (
                Action(_FIRST, tr("Cash deposit"), self._deposit if open_ else None),
                Action(_FIRST + 1, number[0], number[1] if open_ else None),
                Action(_FIRST + 2, tr("Cancel it"), self._cancel),
            ),
        )

    def _pay(self) -> None:
        self.presenter.ask("take_order", lambda _: self.presenter.to_sell.emit(), order=self.presenter.marked)

    def _deposit(self) -> None:
        presenter = self.presenter
        try:
            amount = Money.parse(presenter.field(1).replace(",", "."), presenter.session.venue.currency)
        except ValueError:
            presenter.trouble(tr("Say how much, as an amount."))
            return
        tender = {"kind": "cash", "amount": str(amount)}
        presenter.ask("take_deposit", self._taken, order=presenter.marked, tenders=[tender])

    def _taken(self, answer: Answer) -> None:
        self.presenter.say(tr("{amount} are on deposit.", amount=self.money(answer["order"]["deposit"]["left"])))

    def _group(self) -> None:
        presenter = self.presenter
        presenter.ask("open_group", order=presenter.marked, final_by=presenter.field(0) or "7d")

    def _final(self) -> None:
        presenter = self.presenter
        if not presenter.field(1).isdigit() or not int(presenter.field(1)):
            presenter.trouble(tr("Say how many come, as a number."))
            return
        presenter.ask("final_number", order=presenter.marked, count=int(presenter.field(1)))

    def _cancel(self) -> None:
        presenter = self.presenter
        if not presenter.field(0):
            presenter.trouble(tr("Say why it is cancelled. A deposit goes back, or is kept as was told."))
            return
        presenter.ask("cancel_order", order=presenter.marked, reason=presenter.field(0))
