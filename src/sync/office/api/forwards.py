"""Facts of a till that cannot send them itself, brought by another one from the copy of its journal.

As with `housefull-office absorb`, every fact is signed by its own till and counted once, whoever brings it and however
often. Nothing becomes free by it but what that till has itself given back. A till that is not known to have ended may
still send its facts itself, with what is personal of them: of such a one nothing is taken without that.
"""

from __future__ import annotations

from typing import Final

from pos.domain.personal import SEAL, fits
from sync.office.absorb import unlocked
from sync.office.api.signing import Rejected
from sync.office.clock import now_s
from sync.office.rules import tills
from sync.office.rules.facts import accept
from sync.office.rules.reading import Arrived, read
from sync.office.store.engine import Database
from sync.wire import MAX_FACTS, ForwardAnswer, ForwardRequest

_ACTIVE: Final = "ACTIVE"


def forward(database: Database, secret: bytes, asked: ForwardRequest) -> ForwardAnswer:
    """Book what is new of it; how far the office is then. `secret` opens what is locked to the office.

    Raises Rejected, BadChain; nothing is booked then.
    """
    numbers = [item.number for item in asked.facts]
    if len(numbers) > MAX_FACTS or numbers != sorted(set(numbers)) or any(n < 1 for n in numbers):
        raise Rejected(422, "bad_request", f"facts: at most {MAX_FACTS}, in the order of their numbers")
    with database.read() as connection:
        key = tills.public_key(connection, asked.till, asked.incarnation)
        if key is None:
            raise Rejected(404, "unknown_till", f"no till {asked.till}.{asked.incarnation} is enrolled here")
        applied, _, state = tills.standing(connection, asked.till, asked.incarnation)
    if not asked.facts:
        return ForwardAnswer(applied=applied, state=state)
    opened = [unlocked(item, secret) for item in asked.facts]
    arrived = read(opened, asked.till, asked.incarnation, key)
    if state == _ACTIVE and (bare := next(filter(_is_bare, arrived), None)) is not None:
        why = "what is personal of it is missing, and its till may still send that"
        raise Rejected(409, "till_active", f"fact {bare.item.number}: {why}")
    with database.write() as connection:
        answer = accept(connection, asked.till, asked.incarnation, arrived, int(now_s()))
    return ForwardAnswer(applied=answer.applied, state=state, results=answer.results)


def _is_bare(one: Arrived) -> bool:
    return one.fact is not None and SEAL in one.fact.body and not fits(one.fact.body, one.item.beside)
