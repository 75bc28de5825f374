"""The headless face: one JSON object a line in, one a line out (docs/headless.md).

The same till that the window uses, for automation, kiosks and tests. Verbs run one at
a time and are answered in order; events may fall between any two lines. Only what stops
a payment or a report does not wait for it: it is carried out when it is read, and answered
in its turn.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import IO, Any, Final

import pos
from pos.domain.errors import Refused
from pos.till.front import Front

log = logging.getLogger(__name__)
EVENTS: Final = (
    "link", "printed", "print_unknown", "paper", "payment", "terminal", "dispute", "recall", "fenced", "scanned",
    "drawer", "device", "report", "evacuation", "level", "drain", "outage", "incident", "drill",
)  # fmt: skip
AT_ONCE: Final = ("abort_payment", "cancel_report")
_READ_AHEAD: Final = 1000  # lines
AFTER_ANSWER: Final = ("printed", "paper")  # what a verb set going is not over before the verb is answered


@dataclass(frozen=True)
class _Line:
    """A line as it was read: a request, or why it is none. `under_way` is one that did not wait."""

    request: dict[str, Any]
    wrong: str = ""
    under_way: Future[dict[str, Any]] | None = None


class Headless:
    """Serves one pair of streams. `serve` returns at `quit` or at the end of input."""

    def __init__(self, front: Front, till: str, lines: IO[bytes], out: IO[bytes]) -> None:
        self._front = front
        self._till = till
        self._lines = lines
        self._out = out
        self._read_lines: queue.Queue[_Line | None] = queue.Queue(_READ_AHEAD)
        self._writing = Lock()
        self._answering = False
        self._held_back: list[dict[str, Any]] = []

    def serve(self, started: Callable[[], None] = lambda: None) -> None:
        """Say ready, then answer line by line. `started` is called once events can be heard."""
        self._write({"event": "ready", "till": self._till, "version": pos.__version__})
        self._front.subscribe(self._event)
        self._front.resume()
        started()
        threading.Thread(target=self._read_on, name="standard input", daemon=True).start()
        while (line := self._read_lines.get()) is not None:
            if not self._answer(line):
                return

    def _read_on(self) -> None:
        """Read while verbs run. Nothing is read after `quit`: whoever ends must find nobody at the stream."""
        try:
            for line in self._requests():
                self._read_lines.put(line)
                if line.request.get("do") == "quit":
                    return
        finally:
            self._read_lines.put(None)

    def _requests(self) -> Iterator[_Line]:
        for line in self._lines:
            if not line.strip():
                continue
            try:
                request = _read(line)
            except ValueError as error:
                yield _Line({}, f"not a JSON object ({error})")
                continue
            verb = request.get("do")
            fields = {key: value for key, value in request.items() if key not in ("id", "do")}
            yield _Line(request, under_way=self._front.call(verb, **fields) if verb in AT_ONCE else None)

    def _event(self, event: dict[str, Any]) -> None:
        if event["event"] not in EVENTS:
            return
        with self._writing:
            if self._answering and event["event"] in AFTER_ANSWER:
                self._held_back.append(event)
            else:
                self._put(event)

    def _answer(self, line: _Line) -> bool:
        """Answer one line; False when it was the last one."""
        with self._writing:
            self._answering = True
        try:
            return self._carry_out(line)
        finally:
            with self._writing:
                self._answering = False
                for event in self._held_back:
                    self._put(event)
                self._held_back.clear()

    def _carry_out(self, line: _Line) -> bool:
        if line.wrong:
            self._refuse(None, Refused("bad_request", reason=line.wrong))
            return True
        request = dict(line.request)
        ident = request.pop("id", None)
        verb = request.pop("do", None)
        if verb == "quit":
            self._write({"id": ident, "ok": {}})
            return False
        try:
            if not isinstance(verb, str):
                raise Refused("bad_request", field="do", reason="do is missing or not a string")
            answer = line.under_way if line.under_way is not None else self._front.call(verb, **request)
            self._write({"id": ident, "ok": answer.result()})
        except Refused as refused:
            self._refuse(ident, refused)
        except Exception:
            log.exception("%s failed", verb)
            self._refuse(ident, Refused("bad_request", reason="the till failed at this; its log says how"))
        return True

    def _refuse(self, ident: Any, refused: Refused) -> None:
        body = {"code": refused.code, **refused.fields, "text": self._front.sentence(refused)}
        self._write({"id": ident, "refused": body})

    def _write(self, message: dict[str, Any]) -> None:
        with self._writing:
            self._put(message)

    def _put(self, message: dict[str, Any]) -> None:
        self._out.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
        self._out.flush()


def _read(line: bytes) -> dict[str, Any]:
    """The request on a line. Raises ValueError for anything that JSON in UTF-8 is not."""
    try:
        request = json.loads(line, parse_constant=_no_constant)
        if not isinstance(request, dict):
            raise ValueError("a request is an object")
        # Half a surrogate pair is readable but can neither be stored nor answered with.
        json.dumps(request, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return request


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
