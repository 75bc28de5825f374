"""Parcels: cash under a number that lies in no drawer. Bags, transfers, change orders, deposits for the bank.

The laws:

* A parcel is the sum of its steps. Each is a fact of whichever till did it, names the parcel by sort and number,
  and carries its own postings on the parcel's accounts. So steps meet at the office in any order, and come to the same.
* A parcel begins once, passes on at most once, and ends once. A step that is there already is booked all the same,
  and is a dispute: two people have used one number, or one of them is wrong.
* `open` is what its accounts hold: all of it while it is under way, nothing once it has ended well. What is left on one
  that has ended is a difference, which whoever ended it owns until somebody explains it.
* One that has ended before anybody told of its beginning is early: the other till is still to be heard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pos.domain.books import Posting
from pos.domain.facts import Fact
from pos.domain.money import Money

FAMILY: Final = "parcel"  # of the documents, in the change log and the replica
KEY: Final = "parcels"  # of a fact's body: what it does to parcels
NUMBER: Final = re.compile(r"[\w./-]{1,40}")

Document = dict[str, Any]
Step = dict[str, Any]

BAG: Final = "bag"
TRANSFER: Final = "transfer"
CHANGE_ORDER: Final = "change_order"
DEPOSIT: Final = "deposit"
EXPLAINED: Final = "explained"


@dataclass(frozen=True, slots=True)
class Sort:
    """The steps by which a sort of parcel begins, passes on and ends, and the accounts that hold it meanwhile."""

    begins: tuple[str, ...]
    passes: tuple[str, ...]
    ends: tuple[str, ...]
    accounts: tuple[str, ...]

    def phase(self, what: str) -> str:
        """begin, pass, end or explain. Raises ValueError for a step that is none of this sort."""
        for phase, steps in (("begin", self.begins), ("pass", self.passes), ("end", self.ends)):
            if what in steps:
                return phase
        if what == EXPLAINED:
            return "explain"
        raise ValueError(f"{what!r} is no step of a parcel")


SORTS: Final[dict[str, Sort]] = {
    # A sealed bag in the safe: a float made up for a shift, or a drop out of a drawer.
    BAG: Sort(("made", "dropped"), (), ("taken", "opened", "banked"), ("bag",)),
    TRANSFER: Sort(("sent",), (), ("received", "taken_back"), ("transit",)),
    CHANGE_ORDER: Sort(("ordered",), ("approved",), ("received", "refused"), ("change_order",)),
    DEPOSIT: Sort(("made",), ("collected",), ("credited",), ("deposit_bag", "courier")),
}
# The kinds of account that parcels are on: KIND:NUMBER, of the whole house and of no till.
ACCOUNTS: Final = frozenset(account for sort in SORTS.values() for account in sort.accounts)


def id_of(sort: str, number: str) -> str:
    return f"{sort}:{number}"


def account(sort: str, number: str, *, passed: bool = False) -> str:
    """The account that holds a parcel: its first, or its last once it has passed on."""
    return f"{SORTS[sort].accounts[-1 if passed else 0]}:{number}"


def step(sort: str, number: str, what: str, **more: Any) -> Step:
    """What a fact's body says that it does to a parcel. `more` is what there is to know of this step beside who, when
    and how much: nothing of that is personal."""
    return {"sort": sort, "number": number, "what": what, **{key: value for key, value in more.items() if value}}


def steps_in(fact: Fact) -> Iterator[tuple[str, Step]]:
    """Parcel's id and step, for each that a fact takes. Raises ValueError for what is no step."""
    told = fact.body.get(KEY, [])
    if not isinstance(told, list):
        raise ValueError(f"{KEY} is not a list")
    for item in told:
        match item:
            case {"sort": str(sort), "number": str(number), "what": str(what)} if sort in SORTS:
                SORTS[sort].phase(what)
            case _:
                raise ValueError(f"{item!r} is no step of a parcel")
        if not NUMBER.fullmatch(number):
            raise ValueError(f"{number!r} is no number of a parcel")
        held = moved_on(fact.postings, sort, number)
        who = {"fact": fact.fact_id, "till": fact.till, "at": fact.at, "by": str(fact.body.get("user", ""))}
        more = {key: str(fact.body[key]) for key in ("second", "approver", "shift") if fact.body.get(key)}
        told_more = {key: value for key, value in item.items() if key not in ("sort", "number")}
        yield id_of(sort, number), who | more | told_more | {"held": {code: str(sum_) for code, sum_ in held.items()}}


def moved_on(postings: Iterable[Posting], sort: str, number: str) -> dict[str, Money]:
    """By currency, what postings put on a parcel's accounts (negative: take away)."""
    names = {f"{kind}:{number}" for kind in SORTS[sort].accounts}
    sums: dict[str, Money] = {}
    for posting in postings:
        if posting.account in names:
            code = posting.amount.currency
            sums[code] = sums.get(code, Money.zero(code)) + posting.amount
    return sums


def contradiction(known: Document | None, new: Step) -> str:
    """Why a step cannot be true beside those that are known, "" when it can."""
    if known is None:
        return ""
    sort = SORTS[known["sort"]]
    phase = sort.phase(new["what"])
    for old in known["steps"]:
        if phase != "explain" and sort.phase(old["what"]) == phase:
            return f"it was {old['what']} by {old['by']} at {old['till']} before"
    both = {sort.phase(one["what"]): one for one in (*known["steps"], new)}
    sent, ended = both.get("begin"), both.get("end")
    if known["sort"] == TRANSFER and sent and ended:
        due = sent["till"] if ended["what"] == "taken_back" else sent.get("receiver")
        if ended["till"] != due:
            return f"it was {ended['what']} at {ended['till']}, and not at {due}"
    return ""


def after(known: Document | None, id: str, new: Step) -> Document:
    """A parcel after one more step, whichever came first."""
    return folded(id, [*(known["steps"] if known else ()), new])


def folded(id: str, steps: Sequence[Step]) -> Document:
    """A parcel by its steps. `state` is the last step of its way; `amount` what it began with, "" while that is not
    known; `open` what is on its accounts, by currency."""
    name, _, number = id.partition(":")
    sort = SORTS[name]
    ordered = sorted(steps, key=lambda one: (one["at"], one["fact"]))
    phases: dict[str, Step] = {}
    for one in ordered:
        phases.setdefault(sort.phase(one["what"]), one)
    begun, ended = phases.get("begin"), phases.get("end")
    last = ended or phases.get("pass") or begun or phases["explain"]
    first = begun or last
    return {
        "id": id,
        "sort": name,
        "number": number,
        "state": last["what"],
        "owner": last["by"],
        "since": last["at"],
        "made_at": first["at"],
        "amount": begun.get("amount", "") if begun else "",
        "currency": next((code for one in ordered for code in one["held"]), ""),
        "open": _sum(ordered),
        "ended": ended is not None,
        "early": ended is not None and begun is None,
        "steps": ordered,
    }


def _sum(steps: Iterable[Step]) -> dict[str, str]:
    sums: dict[str, Money] = {}
    for one in steps:
        for code, text in one["held"].items():
            sums[code] = sums.get(code, Money.zero(code)) + Money.parse(text, code)
    return {code: str(sum_) for code, sum_ in sorted(sums.items()) if sum_}


def difference(parcel: Document) -> dict[str, str]:
    """By currency, what is left on a parcel that has ended, and is to be explained; nothing of one under way."""
    left: dict[str, str] = parcel["open"] if parcel["ended"] else {}
    return left


def is_settled(parcel: Document) -> bool:
    """Whether there is nothing more to be done or heard about it."""
    return bool(parcel["ended"]) and not parcel["early"] and not parcel["open"]


def step_of(parcel: Mapping[str, Any], phase: str) -> Step | None:
    """The first step of a phase, None when it has not been taken."""
    sort = SORTS[parcel["sort"]]
    return next((one for one in parcel["steps"] if sort.phase(one["what"]) == phase), None)
