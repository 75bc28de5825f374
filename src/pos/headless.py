"""The headless face: one JSON object a line in, one a line out (docs/headless.md).

The same till that the window uses, for automation, kiosks and tests. Verbs run one at
a time and are answered in order; events may fall between any two lines.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from threading import Lock
from typing import IO, Any, Final

import pos
from pos.domain.errors import Refused
from pos.till.front import Front

log = logging.getLogger(__name__)
EVENTS: Final = ("link", "printed", "print_unknown", "paper", "payment", "dispute", "recall", "fenced", "scanned")
AFTER_ANSWER: Final = ("printed", "paper")  # what a verb set going is not over before the verb is answered


class Headless:
    """Serves one pair of streams. `serve` returns at `quit` or at the end of input."""

    def __init__(self, front: Front, till: str, lines: IO[bytes], out: IO[bytes]) -> None:
        self._front = front
        self._till = till
        self._lines = lines
        self._out = out
        self._writing = Lock()
        self._answering = False
        self._held_back: list[dict[str, Any]] = []

    def serve(self, started: Callable[[], None] = lambda: None) -> None:
        """Say ready, then answer line by line. `started` is called once events can be heard."""
        self._write({"event": "ready", "till": self._till, "version": pos.__version__})
        self._front.subscribe(self._event)
        self._front.resume()
        started()
        for line in self._lines:
            if line.strip() and not self._answer(line):
                return

    def _event(self, event: dict[str, Any]) -> None:
        if event["event"] not in EVENTS:
            return
        with self._writing:
            if self._answering and event["event"] in AFTER_ANSWER:
                self._held_back.append(event)
            else:
                self._put(event)

    def _answer(self, line: bytes) -> bool:
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

    def _carry_out(self, line: bytes) -> bool:
        try:
            request = _read(line)
        except ValueError as error:
            self._refuse(None, Refused("bad_request", reason=f"not a JSON object ({error})"))
            return True
        ident = request.pop("id", None)
        verb = request.pop("do", None)
        if verb == "quit":
            self._write({"id": ident, "ok": {}})
            return False
        try:
            if not isinstance(verb, str):
                raise Refused("bad_request", field="do", reason="do is missing or not a string")
            self._write({"id": ident, "ok": self._front.call(verb, **request).result()})
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
