"""I4 and I7: books, drawers and refunds, to the cent."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from tests.simulation.judge.evidence import Evidence, Found, ended, fact_id

TAX: Final = Decimal("8.1")  # percent, included in prices


def books(evidence: Evidence) -> Found:
    sums: Counter[str] = Counter()
    booked: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for fact, account, minor in evidence.rows("SELECT fact_id, account, minor FROM posting ORDER BY fact_id, line"):
        sums[account] += minor
        booked[fact].append((account, minor))
    if sum(sums.values()):
        yield f"the ledger sums to {sum(sums.values())}"
    if sums["suspense"]:
        yield f"{sums['suspense']} are in suspense"
    for fact_id_, text in evidence.rows("SELECT fact_id, envelope FROM fact"):
        said = [(account, minor) for account, minor, _ in json.loads(text)["money"]]
        if booked[fact_id_] != said:
            yield f"{fact_id_} moved {said}, booked is {booked[fact_id_]}"
    # What a card was charged for nothing, and no till is there any more to give back, is a person's to settle.
    unused = [
        json.loads(row[0])["fields"] for row in evidence.rows("SELECT body FROM dispute WHERE cause = 'payment_unused'")
    ]
    loose = {fields["payment"] for fields in unused if fields["state"] != "written_off"}
    for name in {window.name for window in evidence.windows}:
        drawers = [window.drawer for window in evidence.windows if window.name == name]
        in_books = Decimal(sums[f"drawer:{name}"]) / 100
        if None not in drawers and in_books != sum(filter(None, drawers)):
            yield f"the drawers of {name} hold {drawers}, the books say {in_books}"
        cards = [window.cards for window in evidence.windows if window.name == name]
        moved = {payment: minor for each in cards if each is not None for payment, minor in each.items()}
        in_use = sum(minor for payment, minor in moved.items() if payment not in loose)
        if None not in cards and sums[f"card:{name}"] != in_use:
            yield f"the terminals of {name} have moved {moved}, the books say {sums[f'card:{name}']}"


def deposits(evidence: Evidence) -> Found:
    """What is owed to those who have reserved, by the books and by their orders; nobody owes the house."""
    owed: Counter[str] = Counter()
    for account, minor in evidence.rows("SELECT account, minor FROM posting WHERE account LIKE 'deposit:%'"):
        owed[account.partition(":")[2]] -= minor
    left = {
        order: round(Decimal(json.loads(body)["deposit"]["left"]) * 100)
        for order, body in evidence.rows("SELECT id, body FROM live WHERE family = 'order'")
    }
    for order in owed.keys() | left.keys():
        two = evidence.of_two(order)
        if (owed[order] < 0 or owed[order] != left.get(order, 0)) and not two:
            yield f"{owed[order]} of the deposit of {order} are owed by the books, {left.get(order)} by the order"


def refunds(evidence: Evidence) -> Found:
    """A ticket comes back once, at whichever window, and never for more than was paid for it."""
    by: dict[str, set[str]] = defaultdict(set)
    for window in evidence.windows:
        for back in window.returned:
            by[back.ticket].add(back.by)
        for refund in window.refunds:
            # What is paid out in cash is rounded to 0.05.
            two = any(map(evidence.of_two, refund.tickets))  # of one number: people took one of them for the other
            if refund.paid > refund.price + Decimal("0.02") and not two:
                yield f"refund {refund.id} has paid {refund.paid} for tickets that cost {refund.price}"
    facts: dict[str, set[str]] = defaultdict(set)
    for fact in evidence.facts:
        for ticket, _ in ended(fact):
            facts[ticket].add(fact_id(fact))
            by[ticket].add(_document(fact))
    for ticket, several in by.items():
        if len(several) > 1 and not evidence.of_two(ticket):
            yield f"{ticket} came back {len(several)} times: {', '.join(sorted(several))}"
    for ticket, ends in facts.items():
        if len(ends) > 1:
            yield f"{ticket} ended by {len(ends)} facts: {', '.join(sorted(ends))}"


def articles(evidence: Evidence) -> Found:
    """What is sold beside tickets is earned under its own name, less the tax in it, and goes back once at most; and
    what a promotion or a person takes off a ticket is what it says."""
    earned: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    for fact in evidence.facts:
        named = fact["body"].get("refund") or fact["body"].get("sale")
        document = named if isinstance(named, dict) else {}
        back = "amount" in document
        for article in document.get("articles", ()):
            gross = Decimal(article["amount"])
            tax = (gross * TAX / (100 + TAX)).quantize(Decimal("0.01"), ROUND_HALF_UP)
            earned[f"product:{article['id']}"] += int((gross - tax) * 100) * (1 if back else -1)
            gone[article["ref"]] += back
        for ticket in () if back else document.get("tickets", ()):
            off, was = Decimal(ticket.get("promotion", {}).get("off", "0")), ticket.get("listed", ticket["price"])
            if "override" not in ticket and Decimal(ticket["price"]) + off != Decimal(was):
                yield f"{ticket['id']} costs {ticket['price']}, being {was} by the list, less {off}"
    for account, minor in evidence.rows("SELECT account, sum(minor) FROM posting GROUP BY account"):
        if account.startswith("product:") and minor != earned.pop(account, 0):
            yield f"{account} has {minor}, which is not what was sold and taken back"
    for account, minor in earned.items():
        if minor:
            yield f"{account} is in no book, with {minor} of it sold"
    for ref, times in gone.items():
        if times > 1 and not evidence.of_two(ref):
            yield f"article {ref} came back {times} times"


def _document(fact: dict[str, object]) -> str:
    body = fact["body"]
    assert isinstance(body, dict)
    return str((body.get("refund") or body["sale"])["id"])
