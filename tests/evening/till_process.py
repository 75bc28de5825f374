"""A real till process, spoken to through its headless face. Every wait has an end and says what was seen."""

from __future__ import annotations

import itertools
import json
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.peers import forks
from tests.peers.around import NOTHING, Around

ANSWER_S = 15.0
START_S = 30.0
END_S = 10.0

Event = dict[str, Any]


class TillProcess:
    """`till.ok("sign_in", user=…)` is the answer's `ok`, `till.refused(…)` its `refused`.

    `state` is where its key and high-water mark are (XDG_STATE_HOME), `words` go before the
    options, as "demo" does. Started at once; `start` again after a kill.
    """

    def __init__(self, folder: Path, state: Path, *words: str, around: Around = NOTHING) -> None:
        self.folder, self.state, self.words, self.around = folder, state, words, around
        self._ids = itertools.count(1)
        self.start()

    def start(self) -> None:
        """Run it, and wait until it says ready."""
        self._news = threading.Condition()
        self._answers: dict[str, deque[dict[str, Any]]] = {}
        self.events: list[Event] = []
        self.lines: list[str] = []
        self._ended = False
        around = self.around + keeping(self.state)
        command = (*self.words, "--data", str(self.folder), "--headless")
        with (self.folder / "stderr.txt").open("ab") as errors:
            self.process = forks.start(
                "pos", *command, around=around, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
            )
        self._reader = threading.Thread(target=self._read, name=f"reads {self.folder.name}", daemon=True)
        self._reader.start()
        self.wait_event("ready", seconds=2 * START_S if self.words else START_S)

    def _read(self) -> None:
        assert self.process.stdout is not None
        try:
            for raw in self.process.stdout:
                self._take(raw.decode())
        finally:
            with self._news:
                self._ended = True
                self._news.notify_all()

    def _take(self, line: str) -> None:
        message = json.loads(line)
        with self._news:
            self.lines.append(line)
            if "event" in message:
                self.events.append({**message, "heard_s": time.monotonic()})
            else:
                self._answers.setdefault(json.dumps(message["id"]), deque()).append(message)
            self._news.notify_all()

    # ---- verbs ---------------------------------------------------------------------------

    def send(self, verb: str, **fields: Any) -> int:
        """Ask without waiting; the id to wait for."""
        ident = next(self._ids)
        self.write(json.dumps({"id": ident, "do": verb, **fields}).encode())
        return ident

    def write(self, line: bytes) -> None:
        """A line just as it is."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise AssertionError(f"nobody reads {line!r}\n{self.story()}") from None

    def answer(self, ident: Any, seconds: float = ANSWER_S) -> dict[str, Any]:
        """The first answer to an id that has not been taken yet."""
        with self._news:
            self._wait(lambda: bool(self._answers.get(json.dumps(ident))) or self._ended, seconds)
            waiting = self._answers.get(json.dumps(ident))
            if not waiting:
                raise AssertionError(f"no answer to {ident} within {seconds} s\n{self.story()}")
            return waiting.popleft()

    def do(self, verb: str, *, answer_s: float = ANSWER_S, **fields: Any) -> dict[str, Any]:
        return self.answer(self.send(verb, **fields), answer_s)

    def ok(self, verb: str, *, answer_s: float = ANSWER_S, **fields: Any) -> dict[str, Any]:
        answer = self.do(verb, answer_s=answer_s, **fields)
        assert "ok" in answer, f"{verb} {fields} was refused: {answer}\n{self.story()}"
        result: dict[str, Any] = answer["ok"]
        return result

    def refused(self, verb: str, *, answer_s: float = ANSWER_S, **fields: Any) -> dict[str, Any]:
        answer = self.do(verb, answer_s=answer_s, **fields)
        assert "refused" in answer, f"{verb} {fields} was not refused: {answer}\n{self.story()}"
        result: dict[str, Any] = answer["refused"]
        assert isinstance(result["text"], str), result
        assert result["text"], result
        return result

    # ---- events --------------------------------------------------------------------------

    def _wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        return self._news.wait_for(condition, seconds)

    def heard(self) -> int:
        """How many events there have been: a mark for `wait_event(after=…)`."""
        with self._news:
            return len(self.events)

    def wait_event(self, name: str, *, seconds: float = ANSWER_S, after: int = 0, **fields: Any) -> Event:
        """The first event of that name with those fields, after the `after`th event."""

        def found() -> Event | None:
            for event in self.events[after:]:
                if event["event"] == name and all(event.get(key) == value for key, value in fields.items()):
                    return event
            return None

        with self._news:
            self._wait(lambda: found() is not None or self._ended, seconds)
            event = found()
        if event is None:
            raise AssertionError(f"no event {name} {fields} within {seconds} s\n{self.story()}")
        return event

    def named(self, name: str) -> list[Event]:
        """All events of that name so far."""
        with self._news:
            return [event for event in self.events if event["event"] == name]

    # ---- ends ----------------------------------------------------------------------------

    def kill(self) -> None:
        """As a power cut would, for the process."""
        self.process.kill()
        self.wait_end()

    def wait_end(self, seconds: float = END_S) -> int:
        """Its exit code."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the till did not end within {seconds} s\n{self.story()}") from None
        self._reader.join(5.0)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            try:
                stream.close()
            except BrokenPipeError:
                continue  # what was written to it after its end is nobody's
        return code

    def end_input(self) -> int:
        """Close its standard input; its exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.wait_end()

    def quit(self) -> float:
        """End it in order; how many seconds that took."""
        began = time.monotonic()
        self.ok("quit")
        code = self.wait_end()
        assert code == 0, f"quit ended with {code}\n{self.story()}"
        return time.monotonic() - began

    def close(self) -> None:
        """However it is, it ends now."""
        if self.process.poll() is None:
            self.process.kill()
            self.wait_end()

    def __enter__(self) -> TillProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def errors(self) -> str:
        """What it has written to standard error."""
        return (self.folder / "stderr.txt").read_text("utf-8", "replace")

    def story(self) -> str:
        """The last lines, log and standard error, for whoever reads a failure."""
        log = self.folder / "housefull.log"
        logged = log.read_text("utf-8", "replace").splitlines()[-25:] if log.exists() else []
        said = [line[:400].rstrip() for line in self.lines[-15:]]
        ended = self.process.poll()
        return "\n".join(
            [
                f"---- {self.folder.name}: {'runs' if ended is None else f'ended with {ended}'}",
                *said,
                "---- its log",
                *logged,
                "---- its standard error",
                self.errors[-2000:],
            ]
        )


def keeping(state: Path) -> Around:
    """With another state folder."""
    return Around(environment={"XDG_STATE_HOME": str(state)})


def housefull(
    *arguments: str, state: Path, timeout_s: float = 30.0, around: Around = NOTHING
) -> subprocess.CompletedProcess[str]:
    """Run one `housefull` command to its end, with no input."""
    return forks.run("pos", *arguments, around=around + keeping(state), timeout_s=timeout_s)
