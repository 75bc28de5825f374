"""The invariants I1 to I10 over the whole ledger, as far as the office can see them.

What only a till can see (a standing queue, paper, its replica) is judged by the till's
own `verify`; of I8 this checks the office's half: that its change log leads exactly to
the records it has, so that a replica that followed the log is equal to them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from sync.office.verify.articles import check_articles
from sync.office.verify.audit import FAMILIES as AUDIT
from sync.office.verify.audit import check_audit
from sync.office.verify.cards import check_cards
from sync.office.verify.disputes import check_disputes
from sync.office.verify.ends import check_ends, destroyed_slips
from sync.office.verify.holds import check_holds
from sync.office.verify.journal import Place, Step, Story, digits, read_facts
from sync.office.verify.papers import check_admissions, check_papers
from sync.office.verify.parcels import check_parcels
from sync.office.verify.purses import check_purses, openings
from sync.office.verify.records import FAMILIES as RECORDS
from sync.office.verify.records import check_records
from sync.office.verify.report import Report
from sync.office.verify.reports import check_reports
from sync.office.verify.seats import check_seats
from sync.office.verify.shifts import check_shifts
from sync.office.verify.stock import check_stock
from sync.office.verify.tenders import check_corrections

_ENDED = ("refunded", "exchanged", "void")
_TOLD = (
    "venue", "tax", "price_type", "prices", "terms", "production", "show", "fee", "user", "till", "plan", "fence",
    "key", "promotion", "product", "customer", "notice", "package", "promoter", "stock_hand", "parcel", "safe",
    "agreement", *RECORDS.values(), *AUDIT,
)  # fmt: skip


def check(connection: Connection) -> Report:
    """Check everything; the connection should show one consistent picture."""
    report = Report()
    story = read_facts(connection, report)
    rights = {(row.show_id, row.place): row for row in connection.execute(text("SELECT * FROM place_right"))}
    tickets = {row.id: row for row in connection.execute(text("SELECT * FROM ticket"))}
    disputes = connection.execute(text("SELECT * FROM dispute ORDER BY opened_at, id")).all()
    disputed = {row.fact_id for row in disputes}
    settled = check_disputes(connection, report, story, tickets, disputes)
    forgotten = _forgotten(connection, report, story, tickets)
    _one_live_ticket(report, story, tickets, settled, destroyed_slips(connection, story), forgotten)
    doubled = {row.fact_id for row in disputes if row.cause == "duplicate_id"}
    _sold_places(report, rights, tickets, {step.place for step in story.steps if step.fact in doubled})
    _paper_is_here(report, story, tickets, disputed)
    check_papers(connection, report, story, tickets)
    check_admissions(connection, report, story)
    # A record stands whoever made it; that is all that is in dispute then.
    check_records(connection, report, {row.fact_id for row in disputes if row.cause != "role"})
    check_audit(connection, report, disputed)
    check_corrections(connection, report, disputed)
    check_parcels(connection, report, story)
    check_stock(connection, report, story)
    check_shifts(connection, report, story, disputed)
    _effects_once(report, story, rights, tickets)
    _books(connection, report, story, disputed)
    check_purses(connection, report, story, rights)
    check_cards(connection, report, story.cards)
    check_articles(report, story.articles)
    _holders(connection, report, story, rights)
    check_seats(connection, report, rights)
    check_ends(connection, report, story, rights)
    _refunds(connection, report, story)
    check_holds(connection, report, story, rights, _change_log(connection, report, rights, disputes))
    _accounts(connection, report, rights)
    check_reports(connection, report)
    return report


def _show(place: Place) -> str:
    return f"{place[0]} {place[1]}"


def _one_live_ticket(
    report: Report, story: Story, tickets: dict[str, Any], settled: set[str], destroyed: set[str], forgotten: set[str]
) -> None:
    """I1, counting paper: tickets of disputed sales, of a forked till and of packs are in someone's hand,
    too, until a person has settled what becomes of them. `destroyed` are a pack's that were never sold."""
    live: dict[Place, set[str]] = defaultdict(set)
    over = _over(report, story) | forgotten
    for place, sold in story.paper.items():
        live[place].update(sold.keys() - story.ended.keys() - settled - over)
    for place, pack in story.packs.items():
        live[place].update(pack.keys() - story.ended.keys() - settled - over - destroyed)
    for ticket in tickets.values():
        # One that could not be agreed with may have been refunded since: then it is nobody's any more.
        gone = ticket.id in settled or (ticket.state == "disputed" and ticket.id in story.ended)
        if ticket.state not in _ENDED and not gone:
            live[ticket.show_id, ticket.unit].add(ticket.id)
    for place, ids in sorted(live.items()):
        if len(ids) > 1:
            report.violation("I1", f"{_show(place)}: more than one live ticket: {', '.join(sorted(ids))}")


def _over(report: Report, story: Story) -> set[str]:
    """Tickets that ended before their right passed on, by facts that are still to come: it passed on idle."""
    passed: dict[Place, dict[tuple[int, int], bool]] = defaultdict(dict)  # token -> whether its holder has told
    for step in story.steps:
        if step.passed and step.sure:
            told = step.holder != step.till
            passed[step.place][step.token] = told or passed[step.place].get(step.token, False)
    over: set[str] = set()
    for step in story.steps:
        if not step.sure or not step.begins or step.ticket in story.ended:
            continue
        if passed[step.place].get(step.left):
            left = f"{step.left[0]}.{step.left[1]}"
            report.violation("I7", f"{step.fact}: ticket {step.ticket} has not ended, but {left} was passed on")
        elif any(token >= step.left and token[0] == step.left[0] for token in passed[step.place]):
            over.add(step.ticket)
    return over


def _forgotten(connection: Connection, report: Report, story: Story, tickets: dict[str, Any]) -> set[str]:
    """Tickets of which a restored office knows by later tokens that they have ended, and nobody has told by what."""
    if connection.execute(text("SELECT generation FROM restored LIMIT 1")).first() is None:
        return set()
    latest: dict[Place, tuple[int, int]] = {}
    for step in story.steps:
        if step.sure:
            latest[step.place] = max(step.left, latest.get(step.place, step.left))
    over: set[str] = set()
    for step in story.steps:
        row = tickets.get(step.ticket)
        if not step.sure or not step.begins or step.ticket in story.ended or row is None or row.state != "void":
            continue
        if step.left < latest[step.place]:
            what = f"ticket {step.ticket} has ended, by a fact that this office does not have"
            report.notes.append(f"{_show(step.place)}: {what}")
            over.add(step.ticket)
    return over


def _sold_places(report: Report, rights: dict[Place, Any], tickets: dict[str, Any], unnamed: set[Place]) -> None:
    """I1: a place is sold exactly when it has its live ticket. `unnamed` are places whose ticket has an
    id that is taken, as a dispute says: the paper is out, and the office cannot have it by that name."""
    live = {(t.show_id, t.unit): t.id for t in tickets.values() if t.state == "live"}
    for place, ticket in live.items():
        right = rights.get(place)
        if right is None or right.state not in ("SOLD", "QUARANTINE") or right.ticket != ticket:
            state = "not a place" if right is None else right.state
            report.violation("I1", f"{_show(place)}: ticket {ticket} is live, but the place is {state}")
    for place, right in rights.items():
        purse = place[0].startswith("~")
        if right.state == "SOLD" and not purse and live.get(place) != right.ticket and place not in unnamed:
            report.violation("I1", f"{_show(place)}: it is SOLD, but its ticket {right.ticket!r} is not live")


def _paper_is_here(report: Report, story: Story, tickets: dict[str, Any], disputed: set[str]) -> None:
    """I2: what a till says it printed or sold is in the office's tables, or in a dispute that names it."""
    elsewhere = {step.ticket for step in story.steps if step.after == "PAPER"} | story.unread
    for ticket, fact in story.printed.items():
        if ticket not in tickets and ticket not in elsewhere:
            report.violation("I2", f"{fact}: ticket {ticket} was printed, but the office has no such ticket")
    for sold in story.paper.values():
        for ticket, fact in sold.items():
            if ticket not in tickets and fact not in disputed and not fact.endswith("(rival)"):
                report.violation("I2", f"{fact}: ticket {ticket} was sold, but the office has no such ticket")


def _effects_once(report: Report, story: Story, rights: dict[Place, Any], tickets: dict[str, Any]) -> None:
    """I3: what the facts did to a place, and nothing else, is what its record says."""
    last: dict[Place, Step] = {}
    unsure: set[Place] = set()
    for step in story.steps:
        ticket = tickets.get(step.ticket)
        taken = step.sure or (step.after == "SOLD" and ticket is not None and ticket.state == "live")
        if not taken:
            unsure.add(step.place)
        elif step.place not in last or (step.left, step.token) >= (last[step.place].left, last[step.place].token):
            last[step.place] = step
    for place, step in last.items():
        right = rights.get(place)
        if right is None:
            report.violation("I3", f"{step.fact}: {_show(place)} is not a place of the office")
            continue
        token = (right.epoch, right.hop)
        if token < step.left:
            report.violation("I3", f"{_show(place)}: token {token} is behind {step.fact}, which left {step.left}")
        elif token == step.left and place not in unsure and not _left_as(right, step):
            there = f"{right.state} with {right.holder or 'the office'}"
            left = f"{step.after} with {step.holder or 'the office'}"
            report.violation("I3", f"{_show(place)}: {step.fact} left it {left}, but it is {there}")


def _left_as(right: Any, step: Step) -> bool:
    return right.state == "QUARANTINE" or (right.state, right.holder) == (step.after, step.holder)


def _books(connection: Connection, report: Report, story: Story, disputed: set[str]) -> None:
    """I4: the ledger says what the facts say, sums to zero, and the drawers agree with the cash facts."""
    ledger: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    drawers: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for fact, account, minor, currency in connection.execute(
        text("SELECT fact_id, account, minor, currency FROM posting")
    ):
        ledger[fact][account, currency] += minor
        if account.startswith("drawer:"):
            drawers[account.removeprefix("drawer:")][currency] += minor
    orders = set(connection.execute(text("SELECT fact_id FROM sale")).scalars()) | openings(connection)
    for fact, lines in ledger.items():
        sums: dict[str, int] = defaultdict(int)
        for (_, currency), minor in lines.items():
            sums[currency] += minor
        if any(sums.values()):
            report.violation("I4", f"{fact}: its postings sum to {dict(sums)} and not to zero")
        if any(account == "suspense" for account, _ in lines) and fact not in disputed:
            report.violation("I4", f"{fact}: it is in suspense without a dispute")
        if fact not in story.money and fact not in orders:
            report.violation("I4", f"{fact}: the ledger has postings of a fact that is not there")
    for fact, money in story.money.items():
        booked = {key: minor for key, minor in ledger[fact].items() if minor and key[0] != "suspense"}
        damaged = fact in story.unreadable and not ledger[fact]
        if not damaged and booked != {key: minor for key, minor in money.items() if minor and key[0] != "suspense"}:
            report.violation("I4", f"{fact}: the ledger does not say what the fact says")
    _drawers(connection, report, story, drawers)


def _drawers(connection: Connection, report: Report, story: Story, drawers: dict[str, dict[str, int]]) -> None:
    body = connection.execute(text("SELECT body FROM document WHERE family = 'venue'")).scalar()
    currency = json.loads(body)["currency"] if body else ""
    for fact, whose, expected in story.taken_over:
        if expected != story.uncounted[whose]:
            left = f"by then its facts here give {story.uncounted[whose]}"
            report.notes.append(f"{fact} took over the drawer of {whose[0]}.{whose[1]} with {expected}; {left}")
    for till, cash in story.drawers.items():
        places = digits(currency)
        booked = Decimal(drawers[till][currency]).scaleb(-places)
        if booked != cash:
            report.violation("I4", f"drawer of {till}: {booked} in the ledger, {cash} by the cash facts")


def _holders(connection: Connection, report: Report, story: Story, rights: dict[Place, Any]) -> None:
    """I6: a token has one holder, and a right is with somebody who may have it."""
    tills = {
        (row.id, row.incarnation): row.state
        for row in connection.execute(text("SELECT id, incarnation, state FROM till"))
    }
    for place, right in rights.items():
        holder = (right.holder, right.incarnation)
        if right.state == "LEASED" and tills.get(holder) != "ACTIVE":
            report.violation("I6", f"{_show(place)}: leased to {holder}, which is no active till")
        elif right.state == "POOL" and right.holder:
            report.violation("I6", f"{_show(place)}: in the pool, but held by {right.holder}")
        elif right.state in ("PAPER", "QUARANTINE") and not right.holder:
            report.violation("I6", f"{_show(place)}: {right.state} by nobody")
    by_token: dict[tuple[Place, tuple[int, int]], tuple[str, int]] = {}
    for step in story.steps:
        if step.sure:
            first = by_token.setdefault((step.place, step.used), (step.till, step.incarnation))
            if first != (step.till, step.incarnation):
                what = f"{_show(step.place)}: token {step.used} was used by {first} and by {step.till}"
                report.violation("I6", what)


def _refunds(connection: Connection, report: Report, story: Story) -> None:
    """I7: a ticket ends once, and no more is paid back for it than was paid."""
    for ticket, facts in story.ended.items():
        if len(facts) > 1:
            report.violation("I7", f"ticket {ticket} ended more than once: {', '.join(facts)}")
    prices: dict[str, Decimal] = {}
    for body in connection.execute(text("SELECT body FROM sale")).scalars():
        prices.update((ticket["id"], _paid_for(ticket)) for ticket in json.loads(body)["tickets"])
    for ticket, back in story.back.items():
        if not 0 <= back <= prices.get(ticket, Decimal(0)):
            report.violation("I7", f"ticket {ticket}: {back} came back, {prices.get(ticket, 'nothing')} was paid")


def _paid_for(ticket: dict[str, Any]) -> Decimal:
    """What was paid for a ticket and can come back: its price, and its parts of refundable fees."""
    return Decimal(ticket["price"]) + sum((Decimal(part["amount"]) for part in ticket.get("fees", ())), Decimal(0))


def _change_log(
    connection: Connection, report: Report, rights: dict[Place, Any], disputes: Any
) -> dict[tuple[str, str], Any]:
    """I8: following the change log leads to what the office has. The last that it says of each document."""
    position = 0
    told: dict[Place, dict[str, Any]] = {}
    reloaded: set[str] = set()
    documents: dict[tuple[str, str], Any] = {}
    sales: set[str] = set()
    for row in connection.execute(text("SELECT * FROM change_log ORDER BY position")):
        position += 1
        if row.position != position:
            report.violation("I8", f"the change log jumps from {position - 1} to {row.position}")
            position = row.position
        if row.kind == "places":
            told.update(((row.show_id, item["place"]), item) for item in json.loads(row.body))
        elif row.kind == "reload":
            reloaded.add(row.show_id)
            told = {place: item for place, item in told.items() if place[0] != row.show_id}
        elif row.kind == "sale":
            sales.add(row.doc_id)
        else:
            documents[row.family, row.doc_id] = json.loads(row.body) if row.body else None
    head = connection.execute(text("SELECT position FROM change_head")).scalar()
    if head != position:
        report.violation("I8", f"the change log ends at {position}, its head says {head}")
    for place, item in told.items():
        right = rights.get(place)
        now = right and (right.state, right.holder, right.since, right.epoch, right.hop)
        if now != (item["state"], item["holder"], item["since"], item["epoch"], item["hop"]):
            report.violation("I8", f"{_show(place)}: tills were told {item['state']}, the office has {now}")
    for place in rights:
        if place not in told and place[0] not in reloaded and not place[0].startswith("~"):
            report.violation("I8", f"{_show(place)}: tills were never told of it")
    for family, id, body in connection.execute(text("SELECT family, id, body FROM document")):
        if family in _TOLD and documents.get((family, id)) != json.loads(body):
            report.violation("I8", f"{family} {id}: tills were told something else")
    for row in disputes:
        if documents.pop(("dispute", row.id), None) != json.loads(row.body):
            report.violation("I8", f"dispute {row.id}: tills were told something else")
    for family, id in documents:
        if family == "dispute":
            report.violation("I10", f"dispute {id}: tills were told of it, but it is not there any more")
    for sale in connection.execute(text("SELECT id FROM sale")).scalars():
        if sale not in sales:
            report.violation("I8", f"sale {sale}: tills were never told of it")
    return documents


def _accounts(connection: Connection, report: Report, rights: dict[Place, Any]) -> None:
    """I6: what became of a right under the tokens that it left behind leads to where it is now."""
    for row in connection.execute(text("SELECT * FROM passing ORDER BY show_id, place, epoch, hop")):
        place = (row.show_id, row.place)
        right, left = rights.get(place), (row.epoch, row.hop + 1)
        if right is None or (right.epoch, right.hop) < left:
            report.violation("I6", f"{_show(place)}: it passed on under {row.epoch}.{row.hop}, but is not there")
        if not row.given:
            what = f"{row.holder}.{row.incarnation} has not told all it did under {row.epoch}.{row.hop}"
            report.notes.append(f"{_show(place)}: {what}")
