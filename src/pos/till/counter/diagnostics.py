"""What a technician asks on the telephone, line by line, so that it can be read out. Nothing in it is secret."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Final

import pos
from pos.domain.errors import Refused
from pos.domain.mask import scrub
from pos.till.counter import issue
from pos.till.counter.status import device_states
from pos.till.desk import Desk, Verb
from pos.till.ports import Outcome
from pos.till.waiting import within

LINE: Final = "line:"  # before the name of one of the office's addresses, which is "" for the main one
DEVICE: Final = "device:"  # before a device's name, as a line's key
_HASH_SHOWN, _GROUP = 16, 4  # letters of a hash, and of a group that is read in one breath
_PRINT_S: Final = 30.0
_RECEIPTS: Final = "receipt"
_numbers = itertools.count(1)


def diagnostics(desk: Desk) -> dict[str, Any]:
    """Needs no sign-in. `lines`: each has its number, a `key` in code and a `value`."""
    told = enumerate(_told(desk), 1)
    return {"lines": [{"line": number, "key": key, "value": scrub(value)} for number, (key, value) in told]}


def keep_diagnostics(desk: Desk, *, lines: Sequence[str], to: str) -> Verb[dict[str, Any]]:
    """Needs no sign-in. Put lines, as a face shows them, into a `file` in the data folder or on `paper`.

    Raises Refused: bad_request device_absent storage_failed.
    """
    if to == "paper":
        return (yield from _print(desk, lines))
    if to != "file":
        raise Refused("bad_request", field="to", reason="must be file or paper")
    if desk.outside.machine is None:
        raise Refused("device_absent", device="data folder")
    name = f"diagnostics-{desk.outside.till}-{desk.clock.wall:%Y%m%d-%H%M%S}.txt"
    try:
        path = desk.outside.machine.keep(name, "".join(f"{scrub(line)}\n" for line in lines))
    except OSError as error:
        raise Refused("storage_failed", reason=error.strerror or str(error)) from error
    return {"file": path}


def _told(desk: Desk) -> Iterator[tuple[str, str]]:
    machine = list(desk.outside.machine.told()) if desk.outside.machine is not None else []
    yield "version", pos.__version__
    yield "till", desk.outside.till
    yield "incarnation", str(desk.outside.incarnation)
    if desk.outside.cable is not None:
        yield "training", "yes"
    yield from (pair for pair in machine if pair[0] == "office_address")
    yield from _line(desk)
    yield "level", " ".join(filter(None, (desk.level.level.value, desk.level.cause)))
    yield "journal", str(desk.number)
    yield "journal_hash", grouped(desk.hash)
    yield from _replica(desk)
    yield from _clock(desk)
    if desk.fenced:
        yield "fenced", desk.fenced
    for name, state in device_states(desk).items():
        trouble = desk.line.troubles.get(name)
        last = f"; last trouble {_time(trouble['at'])}: {trouble['text']}" if trouble else ""
        yield DEVICE + name, f"{state['state']}: {state['text']}{last}"
    yield from (pair for pair in machine if pair[0] != "office_address")


def _line(desk: Desk) -> Iterator[tuple[str, str]]:
    link = desk.outside.office.link()
    yield "link", " ".join(filter(None, (link.state, link.cause)))
    if len(lines := desk.outside.office.lines()) > 1:
        for one in lines:
            said = f"{one.state} {one.cause}".strip() + (f", since {_time(one.since)}" if one.since else "")
            yield LINE + one.name, " ".join(filter(None, (one.address, one.source, said, one.detail)))
    yield "link_since", _time(link.since)
    if link.detail:
        yield "link_detail", link.detail
    if link.round_trip_ms is not None:
        yield "round_trip", f"{link.round_trip_ms:.0f} ms"
    yield "last_sent", _time(desk.line.sent_at)
    yield "last_received", _time(desk.line.received_at)
    yield "unsent", str(desk.number - desk.acknowledged())


def _replica(desk: Desk) -> Iterator[tuple[str, str]]:
    """How far the office's word goes that this till has, and how old it is."""
    if not desk.replica.complete():
        yield "replica", "-"
        return
    yield "replica", str(desk.replica.cursor())
    link = desk.outside.office.link()
    # While the line is up the office tells at once what is new; after that it is as old as its last word.
    now = desk.clock.now().isoformat()
    yield "replica_at", _time(now if link.state == "online" else desk.replica.office_time() or link.since)


def _clock(desk: Desk) -> Iterator[tuple[str, str]]:
    wall = desk.clock.wall
    yield "clock", f"{_time(wall.isoformat())} {wall:%z}"
    offset = desk.clock.offset_s
    yield "clock_offset", "-" if offset is None else f"{offset:+.1f} s"


def _time(iso: str) -> str:
    """A moment by this machine's clock, as it is read out; "-" for none."""
    return f"{datetime.fromisoformat(iso).astimezone():%Y-%m-%d %H:%M:%S}" if iso else "-"


def grouped(digest: str) -> str:
    """The beginning of a hash, in groups that are read in one breath: "3f2a · 91c0 · 88d1 · 0b7e".

    With spaces alone, one in some ten thousand would be masked for a card's number.
    """
    shown = digest[:_HASH_SHOWN]
    return " · ".join(shown[at : at + _GROUP] for at in range(0, len(shown), _GROUP))


def _print(desk: Desk, lines: Sequence[str]) -> Verb[dict[str, Any]]:
    issue.check_present(desk, _RECEIPTS)
    content = {
        "kind": "list",
        "language": desk.outside.locale,
        "venue": "Housefull",
        "heading": desk.outside.till,
        "at": f"{desk.clock.wall:%Y-%m-%d %H:%M}",
        "till": desk.outside.till,
        "groups": [{"heading": "", "rows": [{"text": scrub(line), "amount": ""} for line in lines]}],
        "copy": 0,
    }
    done: Future[tuple[Outcome, str]] = Future()

    def heard(outcome: Outcome, said: str, sheets: int | None = None, /) -> None:
        done.set_result((outcome, said))

    name = f"diagnostics-{next(_numbers)}"
    desk.outside.printers.submit(_RECEIPTS, name, content, lambda: None, heard)
    printed = yield within(done, _PRINT_S)
    outcome, said = printed or ("unknown", f"nothing was heard of it within {_PRINT_S:g} s")
    return {"printer": f"printer.{_RECEIPTS}", "outcome": outcome, "text": said}
