"""Bringing the office the journals of other tills whose copies lie here, once these tills have fallen silent.

A till that still writes sends its facts itself; of one that does not for QUIET_S the office is asked what it lacks.
Every fact is signed by its own till, so it does not matter who brings it, nor how often. A copy is left alone only once
the office has it, or has refused it for what it is: it may be all that there is of a till, and it does not change any
more. Whatever else goes wrong (a stick that is pulled, an office that fails) it is tried again.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from pos.domain.certificate import Hand
from pos.domain.journaltext import NoCopy
from pos.till.ports import KeptCopy
from sync import wire
from sync.agent.link import Channel
from sync.agent.push import ANSWER_S, BODY_S, LARGEST_PAGE
from sync.agent.trouble import LASTING, LinkClosed, Trouble
from sync.agent.watch import LinkWatch

log = logging.getLogger(__name__)

LOOK_S: Final = 5.0  # between looks at what lies here
QUIET_S: Final = 10.0  # without a new fact
AGAIN_S: Final = 60.0  # between tries of a copy that cannot be read or is not taken: a page of it is up to 1 MB
TILL_ACTIVE: Final = "till_active"  # the office's word: not without what is personal, as long as its till may send that
ACTIVE: Final = "ACTIVE"  # the state of a till that is not known to have ended
RIVAL: Final = "rival"  # this module's own: the office has other facts of these numbers, and keeps these beside them


class Forwarder:
    """The loop, on a thread of its own. `found` are the copies that lie here now; its own till's is left out."""

    def __init__(
        self, channel: Channel, found: Callable[[], Iterable[KeptCopy]], own: Callable[[], Hand], watch: LinkWatch
    ) -> None:
        self._channel = channel
        self._found = found
        self._own = own
        self._watch = watch
        self._stopping = threading.Event()
        self._anew = threading.Event()  # the office was restored: what it said it has is not true any more
        self._done: dict[Hand, KeptCopy] = {}  # what the office has, or has refused for good
        self._put_off: dict[Hand, tuple[float, str]] = {}  # until when by time.monotonic(), and why
        self._bare: dict[Hand, tuple[KeptCopy, int, str]] = {}  # refused as TILL_ACTIVE from the fact after this on
        self.office_has: dict[Hand, int] = {}  # up to which fact, as it last said

    def ask_anew(self) -> None:
        """The office was restored from a backup. Returns at once; for any thread."""
        self._anew.set()

    def stop(self) -> None:
        self._stopping.set()
        self._channel.close()

    def run(self) -> None:
        """Look until stopped."""
        while not self._stopping.wait(LOOK_S):
            if self._watch.state.state != "online":
                continue
            try:
                self.look()
            except LinkClosed:
                break
            except Exception:
                log.exception("copies of other tills' journals could not be sent")

    def look(self) -> None:
        """Send what the office lacks of copies that have come to rest."""
        if self._anew.is_set():
            # Cleared first: a restore that shows from here on is for the next look.
            self._anew.clear()
            self._done.clear()
            self._put_off.clear()
            self._bare.clear()
            self.office_has.clear()
        for copy in self._found():
            if copy.hand == self._own() or self._done.get(copy.hand) == copy or time.time() - copy.at < QUIET_S:
                continue
            if copy.hand in self._put_off and time.monotonic() < self._put_off[copy.hand][0]:
                continue
            try:
                self._forward(copy)
            except (OSError, ValidationError, NoCopy) as error:
                self._later(copy, f"{copy.path} cannot be read: {error}")
            except LinkClosed:
                raise
            except Trouble as trouble:
                if trouble.cause != "office_refuses":
                    log.info("the copy of %s waits: %s", copy.hand.name, trouble)
                elif trouble.code in LASTING or trouble.code == RIVAL:
                    log.warning("the office does not take the copy of %s: %s", copy.hand.name, trouble.detail)
                    self._settled(copy)
                else:
                    self._later(copy, f"the office does not take the copy of {copy.hand.name} now: {trouble.detail}")
            else:
                self._settled(copy)

    def _settled(self, copy: KeptCopy) -> None:
        """Nothing more is to be done with it, unless it changes."""
        self._done[copy.hand] = copy
        self._put_off.pop(copy.hand, None)

    def _later(self, copy: KeptCopy, why: str) -> None:
        """It is tried again after a while. The same reason is told once."""
        if self._put_off.get(copy.hand, (0.0, ""))[1] != why:
            log.warning("%s", why)
        self._put_off[copy.hand] = time.monotonic() + AGAIN_S, why

    def _forward(self, copy: KeptCopy) -> None:
        """Raises Trouble, OSError, ValidationError, NoCopy."""
        standing = self._sent(copy.hand, ())
        began = at = standing.applied
        refused_of, refused_at, refusal = self._bare.get(copy.hand, (None, 0, ""))
        if refused_of is not None and standing.state == ACTIVE and (refused_of, refused_at) == (copy, at):
            raise Trouble("office_refuses", refusal, TILL_ACTIVE)  # a page of up to 1 MB would be refused once more
        while at < copy.number and not self._stopping.is_set():
            page = page_at(copy.path, at)
            if not page:
                raise NoCopy(f"fact {at + 1} is not in it, though it goes up to {copy.number}")
            try:
                answer = self._sent(copy.hand, page)
            except Trouble as trouble:
                if trouble.code == TILL_ACTIVE:
                    self._bare[copy.hand] = copy, at, trouble.detail
                raise
            if answer.applied <= at:
                # Without a result there is a gap, which another copy may fill.
                rival = any(result.verdict == "disputed" for result in answer.results)
                raise Trouble("office_refuses", f"it takes nothing from fact {at + 1} on", RIVAL if rival else "")
            at = answer.applied
        if at > began:
            log.info("the office has facts %d to %d of %s from the copy here", began + 1, at, copy.hand.name)

    def _sent(self, hand: Hand, facts: Sequence[wire.FactItem]) -> wire.ForwardAnswer:
        """How far the office is with these, and what it says of them."""
        request = wire.ForwardRequest(till=hand.till, incarnation=hand.incarnation, facts=list(facts))
        answer = self._channel.ask("/v1/forward", request, wire.ForwardAnswer, ANSWER_S, BODY_S)
        self.office_has[hand] = answer.applied
        return answer


def page_at(path: Path, after: int) -> list[wire.FactItem]:
    """The facts after a number, as many as make a page; a last line that is torn is none.

    Raises OSError, ValidationError.
    """
    page: list[wire.FactItem] = []
    size = 0
    with path.open("rb") as file:
        for line in itertools.islice(file, after + 1, after + 1 + wire.MAX_FACTS):
            size += len(line)
            if not line.endswith(b"\n") or (page and size > LARGEST_PAGE):
                break
            try:
                page.append(wire.FactItem.model_validate_json(line))
            except ValidationError:
                if not page:
                    raise
                break  # those before it are brought all the same
    return page
