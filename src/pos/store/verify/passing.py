"""Rights that went to other tills and onto paper: the rows held against the facts."""

from __future__ import annotations

import base64
import binascii
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pos.store.verify.evidence import Evidence, Findings, Place
from pos.store.verify.journal import Story

_STATES: Final = {"PAPER": "out", "LEASED": "returned", "SOLD": "sold", "QUARANTINE": "lost"}


def check_passing(evidence: Evidence, story: Story, found: Findings) -> None:
    _certificates(evidence, story, found)
    _packs(evidence, story, found)
    _papers(evidence, story, found)


def _certificates(evidence: Evidence, story: Story, found: Findings) -> None:
    """I6: whatever was passed on is certified to the one to whom the fact passed it on, and nothing else is."""
    given = {number: fact for number, fact in story.passings.items() if fact["kind"] == "RightsTransferred"}
    rows = {row["number"]: row for row in evidence.tables["certificate"]}
    for number in sorted(rows.keys() - given.keys()):
        found.wrong("I6", f"there is a certificate of fact {number}, which passes nothing on")
    for number, fact in given.items():
        row = rows.get(number)
        if row is None:
            found.wrong("I6", f"fact {number} passes rights on, but there is no certificate of it")
        elif wrong := _untrue(evidence, story, number, fact, row["body"]):
            found.wrong("I6", f"the certificate of fact {number} {wrong}")


def _untrue(evidence: Evidence, story: Story, number: int, fact: dict[str, Any], text: str) -> str:
    """What is wrong with a certificate, "" when nothing is."""
    try:
        body = json.loads(text)
        signature = base64.b64decode(body.pop("signature"), validate=True)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        return "cannot be read"
    rights = [[show, place, epoch, hop + 1] for show, place, epoch, hop, *_ in fact["effects"]]
    told = {
        "giver": [evidence.till, evidence.incarnation],
        "number": number,
        "hash": story.hashes[number],
        "receiver": fact["body"]["receiver"],
        "rights": rights,
    }
    if body != told:
        return "is not what the fact says"
    if evidence.public_key is not None:
        signed = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        try:
            Ed25519PublicKey.from_public_bytes(evidence.public_key).verify(
                signature, b"housefull-certificate\n" + signed
            )
        except InvalidSignature:
            return "is not signed by this till"
    return ""


def _packs(evidence: Evidence, story: Story, found: Findings) -> None:
    """I3 and I5: each numbered ticket has a row that says what became of it by the facts; codes are unique."""
    told = {ticket["id"]: (fact["body"]["pack"], ticket) for fact, ticket in _issued(story)}
    rows = {row["id"]: row for row in evidence.tables["pack_ticket"]}
    states = {
        step.ticket: _STATES[step.after]
        for steps in story.steps.values()
        for step in steps
        if "PAPER" in (step.before, step.after)
    }
    for ticket in sorted(rows.keys() - told.keys()):
        found.wrong("I3", f"paper ticket {ticket} has a row, but no fact")
    for ticket, (pack, body) in told.items():
        row = rows.get(ticket)
        if row is None:
            found.wrong("I3", f"paper ticket {ticket} has a fact, but no row")
            continue
        kept = (row["pack"], row["number"], row["show"], row["place"], row["code"])
        if kept != (pack, body["number"], body["show"], body["unit"], body["code"]):
            found.wrong("I3", f"paper ticket {ticket}: its row is not what its fact says")
        if row["state"] != states.get(ticket):
            found.wrong("I3", f"paper ticket {ticket} is {row['state']}, by the facts {states.get(ticket)}")
    for pack in sorted({pack for pack, _ in told.values()} ^ {row["id"] for row in evidence.tables["pack"]}):
        found.wrong("I3", f"pack {pack} has a row and no fact, or a fact and no row")
    sold = {ticket["code"]: ticket["id"] for sale in story.sales.values() for ticket in sale["tickets"]}
    codes = Counter(body["code"] for _, body in told.values())
    for ticket, (_, body) in told.items():
        if codes[body["code"]] > 1 or sold.get(body["code"], ticket) != ticket:
            found.wrong("I5", f"code {body['code']} is on more than one ticket")


def _issued(story: Story) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for fact in story.passings.values():
        if fact["kind"] == "PaperIssued":
            yield from ((fact, ticket) for ticket in fact["body"]["tickets"])


def _papers(evidence: Evidence, story: Story, found: Findings) -> None:
    """I1, counting paper: a place has one ticket that is live, or out on paper, or lost on paper."""
    papers: dict[Place, set[str]] = defaultdict(set)
    for row in evidence.tables["pack_ticket"]:
        if row["state"] in ("out", "lost"):
            papers[row["show"], row["place"]].add(row["id"])
    for place, out in sorted(papers.items()):
        live = out | (set(story.sold.get(place, ())) - story.ended.keys())
        if len(live) > 1:
            found.wrong("I1", f"{' '.join(place)}: more than one paper is out: {', '.join(sorted(live))}")
