"""Looking at what was booked: people's tallies, anomalies over the thresholds, differences that nobody settled.

Facts are looked at after they are booked, each once: how far is kept per till, and moves in the transaction that
writes what they came to. So the same facts flag nothing twice, whenever and by whichever process they are looked at,
and booking itself never waits for this.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from pos.domain.audit.differences import PATIENCE, Difference, find
from pos.domain.audit.rules import MONTH
from pos.domain.audit.tally import Subject, Tally, people_of, tally
from sync.office.rules import early, watched
from sync.office.rules.changes import Entry
from sync.office.rules.flagging import Fired, Items, Season
from sync.office.rules.stored import reads
from sync.office.rules.watched import Ledger


@dataclass
class Look:
    """What was looked at in one transaction. `more`: there is more of it already."""

    facts: int = 0
    more: bool = False
    entries: list[Entry] = field(default_factory=list)


def look(connection: Connection, now: datetime) -> Look:
    """Look at the next facts that were booked; what tills are told is to be logged by the caller.

    Nothing is done while another process is at it.
    """
    restored = early.keep_apart(connection)
    season = Season.read(connection)
    if season is None or not watched.mine(connection):
        return Look()
    ledgers, facts = watched.following(connection)
    done = Look(len(facts), len(facts) >= watched.AT_ONCE)
    tallies: dict[Subject, Tally] = {}
    opened: list[Difference] = []
    settled: dict[str, str] = {}  # what -> by which fact
    for fact in facts:
        ledger = ledgers[fact.till, fact.incarnation]
        if reads(fact):
            tally(fact, season.setting, ledger, tallies)
            found = find(fact, season.setting.currency)
            ledger.waiting |= {one.id: one for one in found.opened if one.waits}
            opened += [one for one in found.opened if not one.waits]
            for id in filter(lambda id: watched.parcel(connection, id) not in ("open", "apart"), found.settled):
                settled[id] = fact.fact_id
        ledger.saw(fact)
    for ledger in ledgers.values():
        opened += _overdue(connection, ledger, settled, now)
    watched.write_marks(connection, ledgers.values())
    whole = watched.add_tallies(connection, tallies)
    wanted = _wanted(connection, season, whole)
    done.entries = Items.lay(connection, season, now, wanted, opened, settled, restored=restored).write()
    return done


def _overdue(connection: Connection, ledger: Ledger, settled: Collection[str], now: datetime) -> list[Difference]:
    """What has waited too long; what has ended is waited for no more, whichever till's facts came first."""
    found: list[Difference] = []
    for one in list(ledger.waiting.values()):
        parcel = watched.parcel(connection, one.id)
        if one.id in settled or parcel == "settled":
            del ledger.waiting[one.id]
        elif parcel == "apart" or datetime.fromisoformat(one.at) + PATIENCE[one.rule] <= now:
            del ledger.waiting[one.id]
            found.append(one)
    return found


def _wanted(connection: Connection, season: Season, changed: dict[Subject, Tally]) -> list[Fired]:
    """The rules that fire over tallies that have changed."""
    found: list[Fired] = []
    for (day, subject), counted in changed.items():
        pair = len(people_of(subject)) > 1
        for rule in season.rules.values():
            if rule.off or rule.pair != pair or not counted.count(rule.hits):
                continue
            window, whole = day, counted
            if rule.window == MONTH:
                window, whole = day[:7], Tally()
                for one in watched.tallies(connection, f"{window}-01", f"{window}-31", subject).values():
                    whole.merge(one)
            figures = rule.fired(whole)
            if figures is not None:
                found.append(Fired(rule, subject, window, day, figures, whole.facts.get(rule.hits, [])))
    return found
