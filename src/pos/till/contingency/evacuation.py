"""Evacuation: any window locks all of them at once, and a supervisor's PIN unlocks them.

* It locks here before anything is written or sent: a disk that takes nothing and a line that is down keep nobody in
  the building. What the disk did not take is known until this program ends, and is told to the others all the same.
* It goes to the tills on the local network (`ports.Neighbours.evacuation`), again until each has heard it, and as a
  record (`pos.domain.records`) through the office. Whoever hears of it tells the others too.
* While it is in force no verb that changes anything is begun (`during` names what is). What was under way runs to its
  end: a card at the terminal has an outcome, and that is kept; the basket stays as it is.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pos.domain.contingency import evacuation as laws
from pos.domain.contingency.evacuation import FAMILY, Document
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.season import APPROVING_ROLES, name_in
from pos.store import records
from pos.till.contingency import incident
from pos.till.contingency.plan import plan_of
from pos.till.counter import customer
from pos.till.counter.people import checked
from pos.till.desk import Desk, Verb

log = logging.getLogger(__name__)

# Of what changes anything, what may begin meanwhile: what ends it, and what tells of what has happened already.
DURING: Final = frozenset({"evacuate", "end_evacuation", "settle_payment", "printed", "told_person", "note_drill"})
ASK_S: Final = 2.0  # for the other tills to answer
AGAIN_S: Final = 5.0  # until those that have not heard it are told again
TOLD_FOR: Final = timedelta(hours=12)  # after that a till that was off hears of it from the office alone
_HEARD: Final = "evacuation.heard"  # what other tills have told, in the ledger's small values


def evacuation(desk: Desk, *, language: str = "") -> dict[str, Any]:
    """The calls in force at this window, the first one first: who called, at which till, when; and what the plan in
    force says that is to be done. Needs no sign-in."""
    plan = plan_of(desk)
    steps = [name_in(step, language or desk.outside.locale) for step in plan.evacuation]
    return {"evacuation": _calls(desk), "steps": steps, "plan": plan.version}


def evacuate(desk: Desk) -> dict[str, Any]:
    """Lock every window. Whoever stands at the till may, signed in or not; called twice, it is one."""
    look(desk)
    if not desk.alarm.calls:
        user = desk.user.id if desk.user is not None else ""
        call = laws.called(_new_id(desk), desk.outside.till, user, _now(desk))
        _keep(desk, Kind.EVACUATION_CALLED, call)
    return {"evacuation": _calls(desk)}


def end_evacuation(desk: Desk, *, user: str, pin: str, here: bool = False) -> dict[str, Any]:
    """Unlock: a supervisor or admin every window, unless they say `here`; anybody else this one alone.

    Raises Refused("wrong_pin" | "locked_out" | "bad_request"), the last where nothing is in force.
    """
    person = checked(desk, user, pin)
    calls = [call["id"] for call in desk.alarm.calls]
    if not calls:
        raise Refused("bad_request", reason="no evacuation is in force at this window")
    alone = here or person.role not in APPROVING_ROLES
    over = laws.ended(_new_id(desk), desk.outside.till, person.id, _now(desk), calls, here=alone)
    _keep(desk, Kind.EVACUATION_ENDED, over)
    return {"evacuation": _calls(desk), "here": alone}


def check(desk: Desk, verb: str) -> None:
    """Whether a verb that changes anything may begin. Raises Refused("evacuation")."""
    if desk.alarm.calls and verb not in DURING:
        call = _shown(desk, desk.alarm.calls[0])
        raise Refused("evacuation", since=call["at"], holder=call["till_name"])


# ---- what is known of it -----------------------------------------------------------------


def hear(desk: Desk, asker: str, documents: Sequence[Document]) -> None:
    """Another till tells of evacuations. What is new is kept, and told on."""
    known = _known(desk)
    fresh = [one for one in documents if one["id"] not in known]
    desk.alarm.told.setdefault(asker, set()).update(one["id"] for one in documents)
    if not fresh:
        return
    desk.alarm.unwritten.update({one["id"]: one for one in fresh})
    look(desk)
    try:
        with desk.unit():
            kept = _of(json.loads(desk.ledger.meta(_HEARD) or "[]")) | _of(fresh)
            recent = [one for one in kept.values() if _is_recent(desk, one) or one["id"] in _ids(desk.alarm.calls)]
            desk.ledger.put_meta(_HEARD, json.dumps(recent))
    except Refused as refused:
        log.error("an evacuation that another till told of is not kept: %s", refused)
    _tell(desk)


def look(desk: Desk) -> None:
    """Take up what is known by now: at a start, and when the office has told of one."""
    before, alarm = _ids(desk.alarm.calls), desk.alarm
    alarm.calls = laws.in_force(_known(desk).values(), desk.outside.till)
    if before == _ids(alarm.calls):
        return
    state = "called" if alarm.calls else "ended"
    log.warning("evacuation %s: %s", state, ", ".join(_ids(alarm.calls) or before))
    desk.emit("evacuation", state=state, calls=_calls(desk))
    if not before:
        call = _shown(desk, alarm.calls[0])
        incident.note(desk, "evacuation", till=call["till_name"], name=call["name"])
    elif not alarm.calls:
        incident.note(desk, "evacuation_ended")
    customer.show_basket(desk)
    _tell(desk)


def resume(desk: Desk) -> None:
    """At a start: it is in force again, for whoever has just begun to listen."""
    look(desk)
    _tell(desk)


def _known(desk: Desk) -> dict[str, Document]:
    heard = _of(json.loads(desk.ledger.meta(_HEARD) or "[]"))
    office = desk.replica.records(FAMILY) if desk.replica.complete() else {}
    return office | records.own(desk.ledger.connection, FAMILY) | heard | desk.alarm.unwritten


def _keep(desk: Desk, kind: Kind, document: Document) -> None:
    """Take up a document of this till: at once, then durably, if the disk takes it."""
    alarm = desk.alarm
    alarm.unwritten[document["id"]] = document
    look(desk)
    if desk.forgot:
        return  # a fact of this ledger would stand against one that the office has under its number
    try:
        with desk.unit() as unit:
            unit.record(kind, {"user": document["by"], "record": document})
            records.put(desk.ledger.connection, FAMILY, document)
    except Refused as refused:
        log.error("evacuation %s is not written: %s", document["what"], refused)
        return
    del alarm.unwritten[document["id"]]


def _new_id(desk: Desk) -> str:
    """By the time, not by a count in the ledger: a disk that takes nothing would give out the same one again, and
    who has heard of it would not heed another."""
    known, number = _known(desk), int(desk.clock.now().timestamp() * 1000)
    hand = desk.outside.till if desk.outside.incarnation == 1 else f"{desk.outside.till}.{desk.outside.incarnation}"
    while (id := f"{hand}-E{number}") in known:
        number += 1
    return id


def _calls(desk: Desk) -> list[dict[str, Any]]:
    return [_shown(desk, call) for call in desk.alarm.calls]


def _shown(desk: Desk, call: Document) -> dict[str, Any]:
    season = desk.season() if desk.replica.complete() else None
    user = season.users.get(call["by"]) if season is not None else None
    till = season.tills.get(call["home"]) if season is not None else None
    return {
        "id": call["id"],
        "at": call["at"],
        "user": call["by"],
        "name": user.name if user is not None else call["by"],
        "till": call["home"],
        "till_name": till or call["home"],
    }


# ---- telling the other tills -------------------------------------------------------------


def _tell(desk: Desk) -> None:
    """Begin to tell the others, unless that is under way."""
    if desk.outside.neighbours is not None and not desk.alarm.telling and _recent(desk):
        desk.alarm.telling = True
        desk.spawn(lambda: _round(desk))


def _round(desk: Desk) -> Verb[None]:
    """Tell those who have not heard it, and again until all have."""
    neighbours, alarm = desk.outside.neighbours, desk.alarm
    assert neighbours is not None, "there is somebody to tell"
    try:
        news: set[str] = set()
        answers: Mapping[str, bool] = {}
        while news != (news := set(_ids(_recent(desk)))):  # with what was added while the others were told
            told = [till for till, ids in alarm.told.items() if news <= ids]
            answers = yield neighbours.evacuation(_recent(desk), told, ASK_S)
            for till in (till for till, heard in answers.items() if heard):
                alarm.told.setdefault(till, set()).update(news)
    finally:
        alarm.telling = False
    if not all(answers.values()):
        alarm.rounds += 1
        mine = alarm.rounds
        desk.post_in(AGAIN_S, lambda: _tell(desk) if alarm.rounds == mine else None)


def _recent(desk: Desk) -> list[Document]:
    return [one for one in _known(desk).values() if _is_recent(desk, one)]


def _is_recent(desk: Desk, document: Document) -> bool:
    return desk.clock.now() - datetime.fromisoformat(document["at"]) < TOLD_FOR


def _of(documents: Iterable[Document]) -> dict[str, Document]:
    return {one["id"]: one for one in documents}


def _ids(documents: Iterable[Document]) -> list[str]:
    return [one["id"] for one in documents]


def _now(desk: Desk) -> str:
    return desk.clock.now().isoformat(timespec="seconds")
