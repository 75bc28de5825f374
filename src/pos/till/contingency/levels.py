"""The till recognises its level by itself, and says so when it changes.

* A worse level is shown at once. A better one is shown when it has lasted for a moment, so that a line that comes and
  goes does not flicker.
* Neighbours are asked as soon as the line is lost; until they have had the time to answer the till is not alone.
* The level outlives the program: after a start it is what it was until the line has been asked.
* A printer that is open or empty is an everyday matter. One that stays so while a shift is open is none.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Final

from pos.domain.contingency.level import NOT_ASKED, Judged, Level, Signals, recognise
from pos.domain.errors import Refused
from pos.till.contingency import incident
from pos.till.desk import Desk

SETTLE_S: Final = 3.0  # how long a better level lasts before it is shown
LOOK_EVERY_S: Final = 2.0  # while all is not well; when it is, nothing but an event is a reason to look
ASKED_S: Final = 4.0  # from the loss of the line until the neighbours have had the time to answer
PRINTER_S: Final = 180.0  # how long a printer is of no use before it counts as lost
_EVENTS: Final = frozenset({"link", "device", "fenced", "storage", "power"})
_USELESS: Final = frozenset({"offline", "error", "paper_out", "cover_open"})  # states of a printer
_KEPT: Final = "level"


def watch(desk: Desk) -> None:
    """Look at what may change the level, from now on. Called once, before the line is asked."""
    desk.subscribe(lambda event: desk.post(lambda: look(desk)) if event["event"] in _EVENTS else None)
    desk.post(lambda: _begin(desk))


def look(desk: Desk) -> None:
    """Judge anew, and say so if the level or its cause is another one."""
    state, now = desk.level, desk.outside.clock.boottime_s()
    judged = recognise(_signals(desk, now))
    if judged.cause == NOT_ASKED:
        return
    if judged.level.rank >= state.level.rank:
        state.better_s = None
    elif state.better_s is None:
        state.better_s = now
    settled = state.better_s is None or now - state.better_s >= SETTLE_S
    if settled and (judged.level, judged.cause) != (state.level, state.cause):
        _become(desk, judged)
    if state.level is not Level.NORMAL or state.useless_s is not None:
        _look_again(desk)


def _begin(desk: Desk) -> None:
    state = desk.level
    if kept := desk.ledger.meta(_KEPT):
        was = json.loads(kept)
        state.level, state.cause, state.since = Level(was["level"]), was["cause"], was["since"]
        state.had_mains = state.cause == "no_power"
    look(desk)


def _look_again(desk: Desk) -> None:
    def again() -> None:
        desk.level.due = False
        look(desk)

    if not desk.level.due:
        desk.level.due = True
        desk.post_in(LOOK_EVERY_S, again)


def _signals(desk: Desk, now: float) -> Signals:
    link = desk.outside.office.link()
    if link.state == "online":
        desk.level.away_s = None
    elif desk.level.away_s is None:
        desk.level.away_s = now
    return Signals(
        link.state == "online",
        link.cause,
        link.line,
        _others(desk, now),
        _stopped(desk),
        _mains(desk),
        _no_printer(desk, now),
    )


def _others(desk: Desk, now: float) -> int | None:
    """How many other tills answer; None while that is not known yet."""
    neighbours, away_s = desk.outside.neighbours, desk.level.away_s
    others = len(neighbours.present()) if neighbours is not None else 0
    if others or neighbours is None or (desk.replica.complete() and len(desk.season().tills) < 2):
        return others
    return None if away_s is not None and now - away_s < ASKED_S else 0


def _mains(desk: Desk) -> bool | None:
    """Whether there is mains; not known of a machine that was not plugged in to begin with: it is meant to run so."""
    mains = desk.outside.power.mains() if desk.outside.power is not None else None
    desk.level.had_mains |= bool(mains)
    return mains if desk.level.had_mains else None


def _stopped(desk: Desk) -> str:
    """Why nothing can be written down here. A disk that was full is tried again: nobody else would."""
    if desk.fenced:
        return "fenced"
    if desk.unwritten:
        with suppress(Refused):
            desk.check_marked()
            _keep(desk)
    return "storage_failed" if desk.unwritten else ""


def _no_printer(desk: Desk, now: float) -> bool:
    printers, state = desk.outside.printers, desk.level
    useless = printers.states().get("printer.ticket", {}).get("state") in _USELESS
    if not useless:
        state.useless_s = None
        return False
    state.useless_s = now if state.useless_s is None else state.useless_s
    return now - state.useless_s >= PRINTER_S and desk.ledger.open_shift() is not None


def _become(desk: Desk, judged: Judged) -> None:
    state, before = desk.level, desk.level.level
    state.level, state.cause, state.better_s = judged.level, judged.cause, None
    if before is not judged.level:
        state.since = desk.clock.now().isoformat(timespec="seconds")
    with suppress(Refused):  # a disk that takes nothing is told of all the same
        _keep(desk)
    incident.level_changed(desk, before.value, judged.level.value, judged.cause)
    desk.emit("level", level=state.level.value, cause=state.cause, since=state.since)


def _keep(desk: Desk) -> None:
    """For the next start. Raises Refused."""
    state = desk.level
    kept = {"level": state.level.value, "cause": state.cause, "since": state.since}
    with desk.unit():
        desk.ledger.put_meta(_KEPT, json.dumps(kept))
