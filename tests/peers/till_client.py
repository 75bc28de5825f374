"""A till as the office sees one: a key, signed requests, and a journal of facts. No rules of its own."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pos.domain.books import Posting
from pos.domain.certificate import Certificate, Hand, PassedRight
from pos.domain.facts import FIRST_HASH, Fact, hash_of
from pos.domain.money import Money
from pos.domain.personal import lift
from pos.domain.rights import Effect, OfficeState, Token
from sync import wire

_REQUESTS = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """An answer whose signature has been checked."""

    status: int
    body: dict[str, Any]


class TillClient:
    """`ask` sends one signed request. The journal is a list that a test may tamper with."""

    def __init__(self, url: str, key: Ed25519PrivateKey | None = None, timeout_s: float = 30.0) -> None:
        self.http = httpx2.Client(base_url=url, timeout=timeout_s, trust_env=False)
        self.key = key or Ed25519PrivateKey.generate()
        self.till, self.incarnation = "", 0
        self.office_key = b""
        self.journal: list[wire.FactItem] = []

    def __enter__(self) -> TillClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def twin(self) -> TillClient:
        """Another connection of the same till, for another thread."""
        other = TillClient(str(self.http.base_url), self.key)
        other.till, other.incarnation, other.office_key = self.till, self.incarnation, self.office_key
        other.journal = self.journal
        return other

    @property
    def hand(self) -> Hand:
        return Hand(self.till, self.incarnation)

    # ---- requests ------------------------------------------------------------------------

    def enrol(self, code: str) -> Answer:
        public = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        body = json.dumps({"code": code, "public_key": public}).encode()
        response = self.http.post("/v1/enrol", content=body, headers={wire.H_REQUEST: "enrol"})
        answer = response.json()
        if response.status_code == 200:
            self.till, self.incarnation = answer["till"], answer["incarnation"]
            self.office_key = base64.b64decode(answer["office_key"])
            self._check("enrol", response)
        return Answer(response.status_code, answer)

    def headers(self, method: str, path: str, body: bytes) -> dict[str, str]:
        request_id = f"r{next(_REQUESTS)}"
        message = wire.signed_request(method, path, body, self.till, self.incarnation, request_id)
        return {
            wire.H_TILL: self.till,
            wire.H_INCARNATION: str(self.incarnation),
            wire.H_REQUEST: request_id,
            wire.H_SIGNATURE: base64.b64encode(self.key.sign(message)).decode(),
        }

    def send(self, method: str, path: str, body: bytes = b"") -> httpx2.Response:
        headers = self.headers(method, path, body)
        response = self.http.request(method, path, content=body, headers=headers)
        self._check(headers[wire.H_REQUEST], response)
        return response

    def ask(self, name: str, **fields: Any) -> Answer:
        """POST /v1/NAME with a JSON body."""
        response = self.send("POST", f"/v1/{name}", json.dumps(fields).encode())
        return Answer(response.status_code, response.json())

    def _check(self, request_id: str, response: httpx2.Response) -> None:
        signature = base64.b64decode(response.headers.get(wire.H_SIGNATURE, ""))
        try:
            Ed25519PublicKey.from_public_bytes(self.office_key).verify(
                signature, wire.signed_answer(request_id, response.status_code, response.content)
            )
        except InvalidSignature as error:
            raise AssertionError(f"not signed by this office: {response.status_code} {response.text}") from error

    def claim(self, show: str, *places: str, whole: bool = True, wait_s: float = 0.0) -> wire.ClaimAnswer:
        answer = self.ask("claim", show=show, places=places, whole=whole, wait_s=wait_s)
        assert answer.status == 200, answer
        return wire.ClaimAnswer.model_validate(answer.body)

    def pull(self, cursor: int, wait_s: float = 0.0, limit: int = 500) -> wire.PullAnswer:
        answer = self.ask("pull", cursor=cursor, wait_s=wait_s, limit=limit)
        assert answer.status == 200, answer
        return wire.PullAnswer.model_validate(answer.body)

    def push(self, *facts: wire.FactItem) -> Answer:
        """These facts, or the whole journal."""
        return self.ask("push", facts=[fact.model_dump() for fact in facts or self.journal])

    # ---- facts ---------------------------------------------------------------------------

    def record(
        self,
        kind: str,
        body: dict[str, Any],
        effects: tuple[Effect, ...] = (),
        postings: tuple[Posting, ...] = (),
        **changes: Any,
    ) -> wire.FactItem:
        """The next fact, signed and in the journal, what is personal beside it. `changes` replace fields of the
        envelope."""
        body, beside = lift(body, lambda: "salt")
        last = self.journal[-1] if self.journal else None
        fields: dict[str, Any] = {
            "till": self.till,
            "incarnation": self.incarnation,
            "number": last.number + 1 if last else 1,
            "prev_hash": last.hash if last else FIRST_HASH,
            "at": "2026-11-22T19:00:00+01:00",
            "kind": kind,
            "postings": postings,
            "effects": effects,
            "body": body,
        }
        fact = Fact(**(fields | changes))
        item = self.signed(fact.number, fact.to_bytes()).model_copy(update={"beside": beside})
        self.journal.append(item)
        return item

    def signed(self, number: int, envelope: bytes) -> wire.FactItem:
        digest = hash_of(envelope)
        signature = base64.b64encode(self.key.sign(digest.encode())).decode()
        return wire.FactItem(number=number, envelope=envelope.decode(), hash=digest, signature=signature)

    def sell(
        self,
        show: str,
        *grants: wire.GrantItem,
        price: int = 5800,
        sale: str = "",
        user: str = "anna",
        name: str = "",
        delivery: str = "",
        **changes: Any,
    ) -> wire.FactItem:
        """A cash sale of these granted places; `name` is the buyer's."""
        sale = sale or f"{self.till}.{self.incarnation}-{len(self.journal) + 1:05d}"
        total = Money(price * len(grants), "EUR")
        tickets = [
            {
                "id": f"{sale}-{n}",
                "show": show,
                "place": grant.place.partition("#")[0],
                "unit": grant.place,
                "code": f"CODE{sale}{n}",
                "price": str(Money(price, "EUR")),
                "price_type": "adult",
                "category": "Stalls",
                "proof": False,
                "tax_id": "reduced",
                "tax": "0.00",
                "terms": {},
            }
            for n, grant in enumerate(grants, 1)
        ]
        body = {
            "id": sale,
            "at": "2026-11-22T19:00:00+01:00",
            "till": self.till,
            "user": user,
            "name": name,
            "shift": "S1",
            "total": str(total),
            "rounding": "0.00",
            "fees": [],
            "tenders": [{"kind": "cash", "amount": str(total), "given": str(total)}],
            "change": "0.00",
            "taxes": [],
            "tickets": tickets,
        } | ({"delivery": delivery} if delivery else {})
        effects = tuple(
            Effect(show, g.place, Token(g.epoch, g.hop), OfficeState.LEASED, OfficeState.SOLD, self.till, f"{sale}-{n}")
            for n, g in enumerate(grants, 1)
        )
        postings = (Posting(f"drawer:{self.till}", total), Posting(f"revenue:{show}", -total))
        fields = {"kind": "TicketsSold", "body": {"sale": body}, "effects": effects, "postings": postings}
        return self.record(**(fields | changes))

    def sold_back(self, show: str, *grants: wire.GrantItem) -> wire.FactItem:
        """The rights to refund these sold places go back to the office."""
        effects = tuple(
            Effect(show, g.place, Token(g.epoch, g.hop), OfficeState.SOLD, OfficeState.SOLD, "") for g in grants
        )
        return self.record("RightsReturned", {"reason": "close_shift"}, effects)

    def _returned(self, sale: wire.FactItem, *numbers: int, fee: str = "0.00") -> list[dict[str, Any]]:
        """Tickets of a sale fact, as a refund or an exchange tells of them. `numbers` count from 1."""
        tickets = json.loads(sale.envelope)["body"]["sale"]["tickets"]
        return [ticket | {"fee": fee} for n, ticket in enumerate(tickets, 1) if n in numbers]

    def refund(
        self,
        sale: wire.FactItem,
        *grants: wire.GrantItem,
        number: int = 1,
        user: str = "anna",
        fee: str = "0.00",
        **more: Any,
    ) -> wire.FactItem:
        """One ticket of a sale is refunded in cash, under its place's token as granted."""
        (back,) = self._returned(sale, number, fee=fee)
        worth = Money.parse(back["price"], "EUR") - Money.parse(fee, "EUR")
        body = {
            "id": f"{self.till}-R{len(self.journal) + 1}",
            "user": user,
            "amount": str(worth),
            "tenders": [{"kind": "cash", "amount": str(worth)}],
            "tickets": [back],
        } | more
        kept, price = Money.parse(fee, "EUR"), Money.parse(back["price"], "EUR")
        postings = (Posting(f"drawer:{self.till}", -worth), Posting(f"revenue:{back['show']}", price))
        postings += (Posting("fee:refund", -kept),) if kept else ()
        return self.record("TicketsRefunded", {"refund": body}, self._ends([back], grants), postings)

    def claim_refund(self, sale: wire.FactItem) -> wire.FactItem:
        """The first ticket of a sale is paid back in cash, without its token."""
        fact = self.refund(sale, wire.GrantItem(place="", epoch=0, hop=0))
        self.journal.pop()
        value = json.loads(fact.envelope)
        postings = tuple(Posting.from_json(posting) for posting in value["money"])
        body = {"refund": value["body"]["refund"] | {"claimed": True}}
        return self.record("RefundClaimed", body, (), postings)

    def void(self, sale: wire.FactItem, grant: wire.GrantItem) -> wire.FactItem:
        """A sale of one ticket is undone."""
        fact = self.refund(sale, grant, void=True)
        self.journal.pop()
        value = json.loads(fact.envelope)
        postings = tuple(Posting.from_json(posting) for posting in value["money"])
        back = value["body"]["refund"]["tickets"]
        return self.record("TicketsVoided", value["body"], self._ends(back, (grant,)), postings)

    def _ends(self, back: list[dict[str, Any]], grants: tuple[wire.GrantItem, ...]) -> tuple[Effect, ...]:
        return tuple(
            Effect(
                item["show"], item["unit"], Token(grant.epoch, grant.hop), OfficeState.SOLD, OfficeState.LEASED,
                self.till, item["id"],
            )
            for item, grant in zip(back, grants, strict=True)
        )  # fmt: skip

    def exchange(self, sale: wire.FactItem, old: wire.GrantItem, new: wire.GrantItem) -> wire.FactItem:
        """The first ticket of a sale for another seat of the same show and price."""
        (back,) = self._returned(sale, 1)
        fact = self.sell(back["show"], new, sale=f"{self.till}-X{len(self.journal) + 1}")
        self.journal.pop()
        value = json.loads(fact.envelope)
        body = value["body"]["sale"] | {"exchanged": [back], "total": "0.00", "tenders": []}
        begun = tuple(Effect.from_json(effect) for effect in value["effects"])
        return self.record("TicketsExchanged", {"sale": body}, (*self._ends([back], (old,)), *begun))

    def copy(self, grant: wire.GrantItem, show: str, ticket: str, number: int) -> wire.FactItem:
        """Another paper of a ticket."""
        effect = Effect(
            show, grant.place, Token(grant.epoch, grant.hop), OfficeState.SOLD, OfficeState.SOLD, self.till, ticket
        )  # fmt: skip
        return self.record("CopyIssued", {"user": "anna", "ticket": ticket, "copy": number}, (effect,))

    def collect(
        self,
        show: str,
        *grants: wire.GrantItem,
        sale: str,
        user: str = "anna",
        kind: str = "OrderCollected",
        **more: Any,
    ) -> wire.FactItem:
        """The first papers of an order's tickets, under their places' tokens as granted."""
        effects = tuple(
            Effect(
                show, g.place, Token(g.epoch, g.hop), OfficeState.SOLD, OfficeState.SOLD, self.till, g.ticket
            )
            for g in grants
        )  # fmt: skip
        body = {"user": user, "sale": sale, "tickets": [grant.ticket for grant in grants]} | more
        return self.record(kind, body, effects)

    def admit(self, *tickets: str, show: str, copy: int = 0, user: str = "anna") -> wire.FactItem:
        """A gate lets these in."""
        body = {"user": user, "show": show, "tickets": [{"id": ticket, "copy": copy} for ticket in tickets]}
        return self.record("TicketsAdmitted", body)

    def give_back(self, show: str, *grants: wire.GrantItem) -> wire.FactItem:
        """These idle rights go back to the pool."""
        effects = tuple(
            Effect(show, g.place, Token(g.epoch, g.hop), OfficeState.LEASED, OfficeState.POOL, "") for g in grants
        )
        return self.record("RightsReturned", {"reason": "recall"}, effects)

    def take(self, dispute: str, *, user: str = "sam") -> wire.FactItem:
        """A person takes a dispute."""
        return self.record("DisputeTaken", {"dispute": dispute, "user": user})

    def resolve(self, dispute: str, way: str, note: str = "talked to them", **more: str) -> wire.FactItem:
        """A person ends a dispute; `more` names its sale or refund."""
        return self.record("DisputeResolved", {"dispute": dispute, "user": "sam", "way": way, "note": note} | more)

    def pass_on(self, show: str, to: TillClient | Hand, *grants: wire.GrantItem) -> Certificate:
        """These idle rights go to another till; the certificate for it."""
        receiver = to.hand if isinstance(to, TillClient) else to
        effects = tuple(
            Effect(show, g.place, Token(g.epoch, g.hop), OfficeState.LEASED, OfficeState.LEASED, receiver.till)
            for g in grants
        )
        fact = self.record("RightsTransferred", {"receiver": list(receiver)}, effects)
        passed = tuple(PassedRight(show, effect.place, effect.leaves) for effect in effects)
        return self.certified(Certificate(self.hand, fact.number, fact.hash, receiver, passed))

    def certified(self, certificate: Certificate) -> Certificate:
        """It, signed by this till."""
        return replace(certificate, signature=self.key.sign(certificate.message()))

    def receive(self, *certificates: Certificate) -> list[wire.GrantItem]:
        """Take these rights over; as they are in hand then."""
        rights = [right for certificate in certificates for right in certificate.rights]
        idle = OfficeState.LEASED
        effects = tuple(
            Effect(r.show, r.place, Token(r.token.epoch, r.token.hop - 1), idle, idle, self.till) for r in rights
        )
        self.record("RightsReceived", {"certificates": [item.to_json() for item in certificates]}, effects)
        return [wire.GrantItem(place=r.place, epoch=r.token.epoch, hop=r.token.hop) for r in rights]

    def step(self, kind: str, show: str, grant: wire.GrantItem, change: str, ticket: str = "") -> wire.GrantItem:
        """A fact of one step that stays in this hand: `change` is "SOLD LEASED"; the right as it is then."""
        before, after = map(OfficeState, change.split())
        effect = Effect(show, grant.place, Token(grant.epoch, grant.hop), before, after, self.till, ticket)
        issued = {"id": ticket, "show": show, "unit": grant.place, "code": f"CODE{ticket}"}
        body = {"shift": "S1", "user": "anna", "reason": "nobody knows"}
        self.record(kind, body | {"tickets": [issued if after is OfficeState.PAPER else ticket]}, (effect,))
        return grant.model_copy(update={"hop": effect.leaves.hop})

    def seal(
        self,
        show: str,
        leased: Iterable[wire.GrantItem] = (),
        sold: Iterable[wire.GrantItem] = (),
        payments: Sequence[dict[str, Any]] = (),
    ) -> wire.FactItem:
        """The last fact of this ledger: everything goes back. `payments` are cards that paid for nothing yet."""
        idle, taken = OfficeState.LEASED, OfficeState.SOLD
        steps = [*((grant, idle, OfficeState.POOL) for grant in leased), *((grant, taken, taken) for grant in sold)]
        effects = tuple(Effect(show, g.place, Token(g.epoch, g.hop), before, after, "") for g, before, after in steps)
        return self.record("Sealed", {"open_shift": None, "payments": list(payments)}, effects)

    def parcel(
        self, fact: str, sort: str, number: str, what: str, amount: str, source: str, target: str, **more: Any
    ) -> wire.FactItem:
        """A step of a parcel of cash, by a fact of a kind. `source` and `target` are kinds of account: that of the
        parcel, this till's drawer, or one of the house. `more` is what else the body says."""

        def name(account: str) -> str:
            of_parcel = account in ("bag", "transit", "change_order", "deposit_bag", "courier")
            return f"{account}:{number}" if of_parcel else f"drawer:{self.till}" if account == "drawer" else account

        value = Money.parse(amount, "EUR")
        step = {"sort": sort, "number": number, "what": what, "amount": amount} | more.pop("step", {})
        body = {"user": "anna", "number": number, "amount": amount, "parcels": [step]} | more
        return self.record(fact, body, postings=(Posting(name(target), value), Posting(name(source), -value)))

    def drop(self, amount: str = "1.00", **changes: Any) -> wire.FactItem:
        """Cash from the drawer into the safe: a fact without places."""
        value = Money.parse(amount, "EUR")
        fields = {
            "kind": "CashMoved",
            "body": {"shift": "S1", "user": "anna", "kind": "drop", "amount": amount, "reason": "full"},
            "postings": (Posting(f"drawer:{self.till}", -value), Posting("safe", value)),
        }
        return self.record(**(fields | changes))
