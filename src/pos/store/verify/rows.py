"""The ledger's rows held against the story that its facts tell."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from typing import Any, Final

from pos.store.verify.cash import minor
from pos.store.verify.evidence import CannotRead, Evidence, Findings
from pos.store.verify.journal import Shift, Story

_PERSONAL: Final = ("name", "contact", "buyer", "collected_by", "profile", "words", "to", "erased")
_ENDED: Final = ("refunded", "exchanged")
# What becomes of a place here after the last fact about it: state afterwards, and whose it is then.
_AFTER: Final = {
    ("SOLD", "own"): "SOLD",
    ("SOLD", "office"): "SOLD_RETURNED",
    ("HELD", "own"): "HELD",
    ("HELD", "office"): "HELD_RETURNED",
    ("LEASED", "own"): "LEASED",
    ("LEASED", "other"): "GIVEN",
    ("POOL", "office"): "RETURNED",
    ("PAPER", "own"): "PAPER",
    ("QUARANTINE", "own"): "LOST",
}


def check_rows(evidence: Evidence, story: Story, found: Findings) -> None:
    """Raises CannotRead for a row that holds no JSON where it must."""
    _mark(evidence, story, found)
    _shifts(evidence, story, found)
    _drawers(evidence, story, found)
    _steps(evidence, story, found)
    _sales(evidence, story, found)
    _beside(evidence, found)
    _tickets(evidence, story, found)
    _rights(evidence, story, found)
    _paper(evidence, story, found)
    _admissions(evidence, story, found)
    _disputes(evidence, story, found)
    _parcels(evidence, story, found)


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CannotRead(f"{where} holds no JSON ({error})") from error


def _mark(evidence: Evidence, story: Story, found: Findings) -> None:
    """R9: the mark outside the folder is never ahead of the ledger, unless the folder is an old copy."""
    if evidence.acknowledged > story.last:
        found.wrong("I5", f"the office has facts up to {evidence.acknowledged}, the journal ends at {story.last}")
    if evidence.mark is None:
        return
    incarnation, number, digest = evidence.mark
    if incarnation > evidence.incarnation:
        found.wrong("I5", f"the mark is of incarnation {incarnation}: this folder is from before an enrolment")
    elif incarnation == evidence.incarnation and number > story.last:
        found.wrong("I5", f"the mark is at fact {number}, the journal ends at {story.last}: an old copy of the folder")
    elif incarnation == evidence.incarnation and number and story.hashes.get(number) != digest:
        found.wrong("I5", f"fact {number} is not the one that the mark was set for")


# ---- shifts and money ------------------------------------------------------------------


def _shifts(evidence: Evidence, story: Story, found: Findings) -> None:
    """R14: a closed shift seals its number range and hash."""
    rows = {row["id"]: row for row in evidence.tables["shift"]}
    for name in rows.keys() - story.shifts.keys():
        found.wrong("I3", f"shift {name} has a row, but no fact opened it")
    for name, shift in story.shifts.items():
        row = rows.get(name)
        if row is None:
            found.wrong("I3", f"shift {name} was opened by fact {shift.first}, but has no row")
            continue
        if row["first_number"] != shift.first:
            found.wrong("I5", f"shift {name} begins at fact {shift.first}, its row says {row['first_number']}")
        if row["last_number"] != shift.closed or (row["closed_at"] is None) != (shift.closed is None):
            ended = f"ends at fact {shift.closed}" if shift.closed else "is open"
            found.wrong("I5", f"shift {name} {ended}, its row says {row['last_number']}")
        elif shift.closed is not None:
            _seal(name, shift, _json(row["report"] or "null", f"shift {name}: report"), found)


def _steps(evidence: Evidence, story: Story, found: Findings) -> None:
    """I3: what was done about drawers is what the facts say. I5: each closed shift has the next Z."""
    rows = {
        row["number"]: {"shift": row["shift"], "kind": row["kind"], "body": _json(row["body"], "a shift's step")}
        for row in evidence.tables["shift_step"]
    }
    for number in sorted(rows.keys() | story.shift_steps.keys()):
        if rows.get(number) != story.shift_steps.get(number):
            found.wrong("I3", f"fact {number}: what the rows keep of it about a shift is not what it says")
    closed = sorted((one for one in story.shifts.values() if one.closed), key=lambda one: one.closed or 0)
    for number, shift in enumerate(closed, 1):
        if shift.report.get("z_number", number) != number:
            found.wrong(
                "I5", f"fact {shift.closed}: its Z has number {shift.report['z_number']}, and should have {number}"
            )


def _seal(name: str, shift: Shift, kept: Any, found: Findings) -> None:
    report = shift.report
    if kept != report:
        there = kept if isinstance(kept, dict) else {}
        apart = ", ".join(sorted(key for key in report.keys() | there.keys() if report.get(key) != there.get(key)))
        found.wrong("I5", f"shift {name}: the report in its row is not the one in its closing fact: {apart}")
    if report.get("number_range") != [shift.first, shift.closed]:
        found.wrong("I5", f"shift {name}: seals {report.get('number_range')}, not {[shift.first, shift.closed]}")
    if report.get("hash") != shift.sealed_by:
        found.wrong("I5", f"shift {name}: the hash it seals is not that of its last fact")
    if minor(report["expected"]) != shift.drawer:
        found.wrong("I4", f"shift {name}: reports {report['expected']} expected, its cash facts make {shift.drawer}")
    if minor(report["counted"]) - minor(report["expected"]) != minor(report["difference"]):
        found.wrong("I4", f"shift {name}: the difference is not what was counted less what was expected")


def _drawers(evidence: Evidence, story: Story, found: Findings) -> None:
    """I4: the drawer is the float and the cash facts, and the rows say the same."""
    rows: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in evidence.tables["cash_move"]:
        rows[row["shift"]][row["kind"]] += row["minor"]
    for name in rows.keys() - story.shifts.keys():
        found.wrong("I4", f"there are cash rows for shift {name}, which no fact opened")
    for name, shift in story.shifts.items():
        for kind in sorted(rows[name].keys() | shift.cash.keys()):
            told, kept = shift.cash.get(kind, 0), rows[name].get(kind, 0)
            if told != kept:
                found.wrong("I4", f"shift {name}: {kind} is {told} minor units by the facts, {kept} by the cash rows")


# ---- sales and tickets -----------------------------------------------------------------


def _sales(evidence: Evidence, story: Story, found: Findings) -> None:
    rows = {row["id"]: row for row in evidence.tables["sale"]}
    for sale in sorted(rows.keys() - story.sales.keys()):
        found.wrong("I3", f"sale {sale} has a row, but no fact")
    for sale, told in story.sales.items():
        row = rows.get(sale)
        if row is None:
            found.wrong("I3", f"sale {sale} has a fact, but no row")
        elif _plain(_json(row["body"], f"sale {sale}")) != told or row["shift"] != told["shift"]:
            found.wrong("I3", f"sale {sale}: its row is not what its fact says")


def _plain(sale: dict[str, Any]) -> dict[str, Any]:
    """A sale's row without what is personal in it, which no envelope has."""
    plain = {key: value for key, value in sale.items() if key not in _PERSONAL}
    plain["tickets"] = [
        {key: value for key, value in ticket.items() if key not in ("name", "identity")} for ticket in sale["tickets"]
    ]
    return plain


def _beside(evidence: Evidence, found: Findings) -> None:
    """What lies beside a fact is what its envelope has the seal of."""
    envelopes = {row["number"]: bytes(row["envelope"]) for row in evidence.tables["journal"]}
    for row in evidence.tables["beside"]:
        digest = hashlib.sha256(row["body"].encode()).hexdigest()
        sealed = json.loads(envelopes.get(row["number"], b'{"body": {}}'))["body"].get("personal")
        if digest != sealed:
            found.wrong("I3", f"fact {row['number']}: what lies beside it is not what it was made with")


def _tickets(evidence: Evidence, story: Story, found: Findings) -> None:
    """I1 and I5: one live ticket a place, by the facts and by the rows; ids and codes unique."""
    told = {ticket["id"]: (sale["id"], ticket) for sale in story.sales.values() for ticket in sale["tickets"]}
    rows = {row["id"]: row for row in evidence.tables["ticket"]}
    for ticket in sorted(rows.keys() - told.keys()):
        found.wrong("I3", f"ticket {ticket} has a row, but no fact")
    for ticket, (sale, body) in told.items():
        row = rows.get(ticket)
        if row is None:
            found.wrong("I3", f"ticket {ticket} has a fact, but no row")
            continue
        if (row["sale"], row["show"], row["place"], row["code"]) != (sale, body["show"], body["unit"], body["code"]):
            found.wrong("I3", f"ticket {ticket}: its row is not what its fact says")
        voided = row["state"] == "void" and "void" in story.refunds.get(story.ended.get(ticket, ""), {})
        if (row["state"] in _ENDED or voided) != (ticket in story.ended):
            found.wrong("I3", f"ticket {ticket} is {row['state']}, which the facts do not say")
        if row["state"] == "void" and not voided and not _came_back(evidence, story, ticket):
            found.wrong("I3", f"ticket {ticket} is void, but its place has not come back under a new token")
    _ends(evidence, story, found)
    codes = Counter(body["code"] for _, body in told.values())
    for code in sorted(code for code, count in codes.items() if count > 1):
        found.wrong("I5", f"code {code} is on {codes[code]} tickets")
    for (show, place), sold in sorted(story.sold.items()):
        elsewhere = {ticket for ticket in sold if ticket in rows and rows[ticket]["state"] == "void"}
        live = sorted(set(sold) - story.ended.keys() - elsewhere)
        if len(live) > 1:
            found.wrong("I1", f"{show} {place}: more than one live ticket: {', '.join(live)}")


def _came_back(evidence: Evidence, story: Story, ticket: str) -> bool:
    """Whether this till has had a ticket's place since, under a higher token: then the ticket ended elsewhere."""
    show, place = story.tickets[ticket]
    sold = max(step.token for step in story.steps[show, place] if step.ticket == ticket and step.after == "SOLD")
    rows = [row for row in evidence.tables["own_right"] if (row["show"], row["place"]) == (show, place)]
    return any((row["epoch"], row["hop"]) > sold for row in rows)


def _ends(evidence: Evidence, story: Story, found: Findings) -> None:
    """I7: what the rows have for refunded and exchanged is what the facts ended."""
    rows = {row["ticket"]: row["document"] for row in evidence.tables["ticket_end"]}
    for ticket in sorted(rows.keys() | story.ended.keys()):
        if rows.get(ticket) != story.ended.get(ticket):
            told, kept = story.ended.get(ticket, "nothing"), rows.get(ticket, "nothing")
            found.wrong("I7", f"ticket {ticket} was ended by {told} by the facts, by {kept} by the rows")
    payments = {row["id"]: (row["state"], row["minor"]) for row in evidence.tables["payment"]}
    for name in sorted(payments.keys() | story.payments.keys()):
        if payments.get(name) != story.payments.get(name):
            by_facts, by_row = story.payments.get(name), payments.get(name)
            found.wrong("I4", f"payment {name} is {by_facts} by the facts, {by_row} by its row")
    refunds = {row["id"]: row for row in evidence.tables["refund"]}
    for name in sorted(refunds.keys() | story.refunds.keys()):
        row = refunds.get(name)
        if row is None or _json(row["body"], f"refund {name}") != story.refunds.get(name):
            found.wrong("I3", f"refund {name}: its row is not what its fact says")


def _granted(row: dict[str, Any]) -> bool:
    """Whether a right may have come from the office, with no fact of this till: to sell, to refund a ticket, or
    to a place in a hold."""
    return row["state"] == "LEASED" or (row["state"] in ("SOLD", "HELD") and bool(row["ticket"]))


def _rights(evidence: Evidence, story: Story, found: Findings) -> None:
    """I3 and I6: own rights are what the facts left, or leases granted since."""
    rows = {(row["show"], row["place"]): row for row in evidence.tables["own_right"]}
    for (show, place), steps in story.steps.items():
        step, row = steps[-1], rows.get((show, place))
        if row is None:
            found.wrong("I6", f"{show} {place}: fact {step.number} was about it, but its token is not kept")
            continue
        token, kept = (row["epoch"], row["hop"]), step.kept(evidence.till)
        whose = {"": "office", evidence.till: "own"}.get(step.holder, "other")
        left = _AFTER.get((step.after, whose), f"{step.after} with {step.holder or 'the office'}")
        if token < kept:
            found.wrong("I6", f"{show} {place}: token {token} is behind {kept} of fact {step.number}")
        elif token == kept and row["state"] != left:
            found.wrong("I3", f"{show} {place}: fact {step.number} left it {left}, but it is {row['state']}")
        elif token > kept and (step.holder == evidence.till or not _granted(row)):
            found.wrong("I3", f"{show} {place}: it is {row['state']} under {token}, and no fact says so")
    for place_key in sorted(rows.keys() - story.steps.keys()):
        if not _granted(rows[place_key]):
            found.wrong("I3", f"{' '.join(place_key)}: it is {rows[place_key]['state']}, and no fact says so")
    for line in evidence.tables["basket_line"]:
        row = rows.get((line["show"], line["place"]))
        if row is None or row["state"] not in ("LEASED", "HELD"):
            state = "not a right of this till" if row is None else row["state"]
            found.wrong("I6", f"{line['show']} {line['place']}: is in the basket, but is {state}")


def _paper(evidence: Evidence, story: Story, found: Findings) -> None:
    """R2: the commit that sold tickets, or put them on paper, queued them for printing."""
    queued: set[str] = set()
    for job in evidence.tables["print_job"]:
        queued.update(_json(job["tickets"], f"print job {job['id']}"))
    packs = {step.ticket for steps in story.steps.values() for step in steps if step.after == "PAPER"}
    for ticket in sorted((story.papers.keys() | packs) - queued):
        found.wrong("I2", f"ticket {ticket} was never queued for printing")
    for ticket in sorted(queued - story.papers.keys() - packs):
        found.wrong("I2", f"ticket {ticket} was queued for printing, but neither sold nor issued here")


def _admissions(evidence: Evidence, story: Story, found: Findings) -> None:
    """R20: who was let in here, by the facts and by the rows."""
    rows = {row["ticket"]: (row["at"], row["copy"]) for row in evidence.tables["admission"]}
    for ticket in sorted(rows.keys() | story.admitted.keys()):
        if rows.get(ticket) != story.admitted.get(ticket):
            told, kept = story.admitted.get(ticket, "never"), rows.get(ticket, "never")
            found.wrong("I3", f"ticket {ticket} was let in {told} by the facts, {kept} by the rows")


def _parcels(evidence: Evidence, story: Story, found: Findings) -> None:
    """What is kept of parcels of cash is what the facts did to them."""
    rows = {(row["number"], row["parcel"]): row for row in evidence.tables["parcel_step"]}
    for number, parcel in sorted(rows.keys() | story.parcels.keys()):
        row, told = rows.get((number, parcel)), story.parcels.get((number, parcel))
        kept = _json(row["body"], f"step {number} of {parcel}") if row is not None else {}
        if told is None or {key: kept.get(key) for key in told if key not in ("sort", "number")} != {
            key: value for key, value in told.items() if key not in ("sort", "number")
        }:
            found.wrong("I3", f"fact {number}: what it did to {parcel} is not what is kept of it")


def _disputes(evidence: Evidence, story: Story, found: Findings) -> None:
    """I10: what was done here about disputes is what the facts say."""
    rows = {row["number"]: row for row in evidence.tables["dispute_step"]}
    for number in sorted(rows.keys() - story.settling.keys()):
        found.wrong("I10", f"fact {number} settles no dispute, but a row says so")
    for number, told in story.settling.items():
        row = rows.get(number)
        if row is None:
            found.wrong("I10", f"fact {number} settles dispute {told['dispute']}, but has no row")
        elif {"dispute": row["dispute"], "step": _json(row["body"], f"dispute step {number}")} != told:
            found.wrong("I10", f"fact {number}: its row about dispute {told['dispute']} is not what it says")
