"""Making audit items of what was found: each once, with an owner, and a notice to whoever that is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from pos.domain.audit import items
from pos.domain.audit.differences import Difference
from pos.domain.audit.hours import Hours
from pos.domain.audit.rules import FAST_REFUND, Rule, read_rules
from pos.domain.audit.tally import Setting, people_of
from pos.domain.calendar import MIDNIGHT, Calendar, parse_day_ends
from sync.office.rules import auditnotices, noted
from sync.office.rules.audit import lock, step_of, told
from sync.office.rules.changes import Entry
from sync.office.store.tables import DOCUMENT


@dataclass
class Season:
    """What of the season is needed here."""

    setting: Setting
    rules: dict[str, Rule]
    users: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, connection: Connection) -> Season | None:
        """None while no season has been imported."""
        found: dict[str, dict[str, dict[str, Any]]] = {"venue": {}, "user": {}, "anomaly": {}}
        for row in connection.execute(select(DOCUMENT).where(DOCUMENT.c.family.in_(list(found)))):
            found[row.family][row.id] = json.loads(row.body)
        if not found["venue"]:
            return None
        (venue,) = found["venue"].values()
        rules = read_rules(found["anomaly"], venue["currency"])
        calendar = Calendar(ZoneInfo(venue["timezone"]), parse_day_ends(venue.get("day_ends", MIDNIGHT)))
        hours = Hours.parse(venue["opening_hours"]) if "opening_hours" in venue else None
        fast = timedelta(minutes=rules[FAST_REFUND].minutes)
        return cls(Setting(calendar, venue["currency"], hours, fast), rules, found["user"])


@dataclass(frozen=True, slots=True)
class Fired:
    rule: Rule
    subject: str
    window: str
    day: str
    figures: dict[str, Any]
    facts: list[str]

    @property
    def id(self) -> str:
        return f"{self.rule.id}:{self.subject}:{self.window}"


@dataclass
class Items:
    """Audit items on their way: those that are wanted, as they are."""

    connection: Connection
    season: Season
    now: datetime
    documents: dict[str, dict[str, Any]]
    restored: bool = False  # the office was: steps may have been told before their items
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)

    @classmethod
    def lay(
        cls,
        connection: Connection,
        season: Season,
        now: datetime,
        fired: list[Fired],
        opened: list[Difference],
        settled: dict[str, str],
        *,
        restored: bool,
    ) -> Items:
        ids = {*(one.id for one in fired), *(one.id for one in opened), *settled}
        documents = {name[1]: document for name, document in lock(connection, {(items.FAMILY, i) for i in ids}).items()}
        laid = cls(connection, season, now, documents, restored)
        for one in fired:
            laid.flag(one)
        for difference in opened:
            laid.open(difference)
        for id, fact in sorted(settled.items()):
            laid.settle(id, fact)
        return laid

    @property
    def at(self) -> str:
        return self.now.isoformat(timespec="seconds")

    def flag(self, fired: Fired) -> None:
        """Make an item of it, or let the one that is there follow the facts."""
        known = self.documents.get(fired.id)
        currency = self.season.setting.currency
        if known is None:
            people = people_of(fired.subject)
            owner = items.owner_for(people, self.season.users, fired.rule.owner)
            where = {"day": fired.day, "window": fired.window, "thresholds": fired.rule.thresholds(currency)}
            figures = fired.figures | {"currency": currency}
            self._new(
                items.opened(
                    fired.id, items.ANOMALY, fired.rule.id, people, owner, self.at, figures, fired.facts, **where
                )
            )
            return
        grown = fired.figures["hits"] >= 2 * known.get("closed_figures", {}).get("hits", 0)
        if known["state"] == items.State.CLOSED and not grown:
            return
        changed = known | {"figures": fired.figures | {"currency": currency}, "facts": fired.facts}
        if known["state"] == items.State.CLOSED:
            step = {"what": items.REOPENED, "by": items.OFFICE, "at": self.at, "till": "", "fact": ""}
            changed = items.after(changed, step)
            self.fresh.append(fired.id)
        if changed != known:
            self._put(changed)

    def open(self, difference: Difference) -> None:
        if difference.id in self.documents:
            return
        one = difference
        owner = items.owner_for(one.people, self.season.users)
        day = self.season.setting.days.day_of(one.at).isoformat()
        where = {"day": day, "till": one.till, "shift": one.shift, "to_do": items.TO_DO[one.rule]}
        self._new(
            items.opened(
                one.id, items.DIFFERENCE, one.rule, one.people, owner, self.at, one.figures, [one.fact], **where
            )
        )

    def settle(self, id: str, fact: str) -> None:
        """Facts have settled it: there is nothing left to explain."""
        known = self.documents.get(id)
        if known is None or known["state"] == items.State.CLOSED:
            return
        till = fact.partition(".")[0]
        step = {"what": items.CLOSED, "by": items.OFFICE, "at": self.at, "till": till, "fact": fact, "note": ""}
        self._put(items.after(known, step))

    def _new(self, document: dict[str, Any]) -> None:
        if self.restored:
            for fact, may in noted.steps(self.connection, noted.of(items.FAMILY, document["id"])):
                document = items.after(document, step_of(fact) | {"stands": may})
        self.fresh.append(document["id"])
        self._put(document)

    def _put(self, document: dict[str, Any]) -> None:
        self.documents[document["id"]] = self.changed[document["id"]] = document

    def write(self) -> list[Entry]:
        """Write what is new or changed, and queue the notices of what is new; what tills are told."""
        entries = [told(self.connection, items.FAMILY, self.changed[id]) for id in sorted(self.changed)]
        for id in self.fresh:
            document = self.documents[id]
            rule = self.season.rules.get(document["rule"])
            owner = self.season.users.get(document["owner"], {})
            address = str(owner.get("email") or (rule.notify if rule is not None else ""))
            entries += auditnotices.queue(self.connection, document, address, self.season.users)
        return entries
