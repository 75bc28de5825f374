"""The devices of this till: how they are, what they said last, and their set-up by those who may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.season import MAY
from pos.till.counter import blanks, issue, status
from pos.till.counter.opened import note_opened
from pos.till.desk import Desk, Verb
from pos.till.setup import DeviceSetup, SetUp
from pos.till.waiting import within

_TRIED: Final = ("printer.ticket", "printer.receipt", "drawer")  # by doing something; of others it is told how they are
TEST: Final = "the drawer was tried out"  # the reason of a drawer that is opened so
TEST_S: Final = 60.0  # how long a test may take; a page may wait behind others


def devices(desk: Desk) -> dict[str, Any]:
    """Every device, and what each of their fields may be. The last bytes are for those who oversee."""
    user = desk.signed_in()
    setup = _setup(desk)
    states = status.device_states(desk)
    shown = []
    for device in setup.named():
        state = states.pop(device["name"], {"state": "unknown", "text": "begins with the next start"})
        traffic = setup.traffic(device["name"]) if user.role in MAY["oversee"] else {}
        shown.append(device | state | traffic)
    # What is there by other settings than a section of its own, or was taken out and still runs.
    shown += [{"name": name, "values": {}, "did": "", **state} for name, state in states.items()]
    return {"devices": shown, "choices": setup.choices(), "may_set_up": user.role in MAY["set_up"]}


def device_test(desk: Desk, *, device: str) -> Verb[dict[str, Any]]:
    """Try a device out; the drawer opens, which is for those who may set devices up."""
    user = desk.signed_in("set_up" if device == "drawer" else "look")
    setup = _known(desk, device)
    if device == "drawer":
        with desk.unit() as unit:
            note_opened(desk, unit, user.id, TEST)
    if device in _TRIED:
        tested = yield within(setup.test(device), TEST_S)
        outcome, text = tested or ("unknown", f"nothing was heard of it within {TEST_S:g} s")
        if device == "printer.ticket" and outcome == "done":
            blanks.test_page(desk, user.id)
        return {"device": device, "outcome": outcome, "text": text}
    if device == "terminal" and not desk.paying:
        yield within(desk.outside.terminal.enquire(), TEST_S)
    state = status.device_states(desk).get(device, {"state": "absent", "text": "it begins with the next start"})
    outcome = {"ready": "done", "unknown": "unknown"}.get(state["state"], "failed")
    return {"device": device, "outcome": outcome, "text": state["text"]}


def device_find(desk: Desk, *, addresses: list[str] | None = None) -> Verb[dict[str, Any]]:
    """What is plugged in, and whether something answers at addresses that a person typed."""
    desk.signed_in("set_up")
    found = yield _setup(desk).find(addresses or [])
    return {"found": found}


def device_put(desk: Desk, *, device: str, values: Mapping[str, Any]) -> Verb[dict[str, Any]]:
    """Set a device up, or change it. Raises Refused: bad_request not_allowed storage_failed."""
    desk.signed_in("set_up")
    done: SetUp = yield _setup(desk).put(device, values)
    return _set_up(desk, device, done)


def device_remove(desk: Desk, *, device: str) -> Verb[dict[str, Any]]:
    """Take a device away. Raises Refused: bad_request not_allowed storage_failed."""
    desk.signed_in("set_up")
    done: SetUp = yield _known(desk, device).remove(device)
    return _set_up(desk, device, done)


def _setup(desk: Desk) -> DeviceSetup:
    setup = desk.outside.setup
    if setup is None:
        raise Refused("device_absent", device="set-up of devices")
    return setup


def _known(desk: Desk, device: str) -> DeviceSetup:
    setup = _setup(desk)
    if not any(each["name"] == device for each in setup.named()):
        raise Refused("device_absent", device=device)
    return setup


def _set_up(desk: Desk, device: str, done: SetUp) -> dict[str, Any]:
    """Jobs that the old printer had not begun go to the one that is there now."""
    left = {int(job): role for role, job in done.left if job.isdigit()}
    for job in desk.ledger.jobs("queued", latest=None):
        if left.get(job.id) == job.role:
            issue.send(desk, job)
    with desk.unit() as unit:
        answer = unit.answers({"device": device, "now": done.now, "text": done.text})
    desk.emit("devices")
    return answer
