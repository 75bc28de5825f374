"""Sending what earlier incarnations of this till left unsent, in their name and with their keys.

It goes on from where each of them had got to until the office has it all, as its history
or, of an old copy, beside it. Whether it still has what it had is asked at the start and
whenever its change log is another one: an office that was restored from a backup has lost
what came after that, and nobody else sends it. What is sent again begins where its history
and this one were last the same.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from pos.domain.facts import SignedFact
from pos.till.ports import Outbox
from sync import wire
from sync.agent.backoff import Backoff
from sync.agent.link import Channel
from sync.agent.push import ANSWER_S, BODY_S, page_of, request_of
from sync.agent.trouble import LASTING, LinkClosed, Trouble
from sync.agent.watch import LinkWatch

log = logging.getLogger(__name__)

WHAT: Final = "leftovers"  # as the link's watch knows it
BAD_CHAIN: Final = "bad_chain"  # the office's words: facts that do not follow what it has,
DISPUTED: Final = "disputed"  # and ones that rival it, or that it does not agree with
# It does not know this enrolment, or has another key under its number: the calls themselves are signed by it.
UNKNOWN: Final = LASTING | {"bad_signature"}


class Leftovers:
    """The loop that sends them, one after the other."""

    def __init__(self, outboxes: Sequence[Outbox], channel_of: Callable[[Outbox], Channel], watch: LinkWatch) -> None:
        self._outboxes = outboxes
        self._channel_of = channel_of
        self._watch = watch
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._channel: Channel | None = None

    @property
    def any(self) -> bool:
        """Whether there is something to send, now or after a restore."""
        return bool(self._outboxes)

    def ask_anew(self) -> None:
        """The office was restored from a backup. Returns at once."""
        self._wake.set()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        channel = self._channel
        if channel is not None:
            channel.close()

    def run(self) -> None:
        """Send until the office has everything, and again after each restore, until stopped."""
        while not self._stopping.is_set():
            self._wake.clear()
            for outbox in self._outboxes:
                self._bring(outbox)
            if not self._stopping.is_set():
                self._wake.wait()

    def _bring(self, outbox: Outbox) -> None:
        """All that the office lacks of one of them; what it is known to have is asked for once."""
        channel = self._channel = self._channel_of(outbox)
        backoff = Backoff()
        asked = outbox.acknowledged() == 0  # there is nothing to ask for
        while (outbox.unsent or not asked) and not self._stopping.is_set():
            try:
                self._send(channel, outbox, asking=not asked)
                asked = True
                backoff.reset()
                continue
            except LinkClosed:
                return
            except Trouble as trouble:
                log.debug("facts of %s.%d: %s", outbox.till, outbox.incarnation, trouble)
                if trouble.code in UNKNOWN and not outbox.unsent:
                    break  # it does not know this enrolment any more, and had all of it: no alarm at every start
            except Exception:  # a full disk of the till, perhaps: nobody else asks before the next start
                log.exception("sending facts of %s.%d failed", outbox.till, outbox.incarnation)
            self._stopping.wait(backoff.next_s())
        channel.close()

    def _send(self, channel: Channel, outbox: Outbox, *, asking: bool) -> None:
        """One page, or the last fact once more. Raises Trouble.

        `asking`: this is the first of it since the start or a restore, and has to show what the office has of the rest.
        """
        after = outbox.acknowledged() if outbox.unsent else outbox.acknowledged() - 1
        facts = outbox.facts_after(after, wire.MAX_FACTS)
        if not facts:
            return  # an older copy of a ledger that had sent more
        try:
            last, answer = _pushed(channel, facts)
        except Trouble as trouble:
            # It does not follow what the office has: that ends where this history leaves it, perhaps.
            if asking and trouble.code == BAD_CHAIN and self._goes_back(channel, outbox, after, after):
                return
            if trouble.cause == "office_refuses" and outbox.unsent:
                self._refused(outbox, facts[0].number, trouble.detail)
            raise
        # Facts that rival the office's history are kept there beside it: they have results, too.
        kept = max([answer.applied, *(result.number for result in answer.results)])
        rival = asking and any(result.verdict == DISPUTED for result in answer.results)
        if (kept < after or rival) and self._goes_back(channel, outbox, after, min(answer.applied, after)):
            return
        if kept < last:
            raise self._refused(outbox, kept + 1, "the office does not take them")
        outbox.acknowledge(last)
        self._watch.accepts(WHAT)
        log.info("the office has facts of %s.%d up to %d", outbox.till, outbox.incarnation, last)

    def _goes_back(self, channel: Channel, outbox: Outbox, after: int, upto: int) -> bool:
        """Whether all after an earlier fact than `after` has to be sent again. Raises Trouble.

        A history that rivals the office's is kept there only as far as it is sent in order from where it leaves that: a
        fact beyond the office's number is kept only on top of the one before it, and any other says nothing of those
        before it. So it is sent again from there on at each start, too: nobody can tell whether the office has it all,
        and it is no more than an old copy did until it was fenced. Where there is no rival, the office's number is
        where it goes on.
        """
        common = _common(channel, outbox, upto)
        if common == after:
            return False
        log.warning("sending facts of %s.%d from %d on again", outbox.till, outbox.incarnation, common + 1)
        outbox.acknowledge(common)
        return True

    def _refused(self, outbox: Outbox, number: int, why: str) -> Trouble:
        said = f"Facts of {outbox.till}.{outbox.incarnation} from number {number} on are refused: {why}"
        self._watch.refuses(WHAT, said)
        return Trouble("office_refuses", said)


def _pushed(channel: Channel, facts: Sequence[SignedFact]) -> tuple[int, wire.PushAnswer]:
    """The last of these that went as a page, and the answer. Raises Trouble."""
    page = page_of(facts)
    return page[-1].number, channel.ask("/v1/push", request_of(page), wire.PushAnswer, ANSWER_S, BODY_S)


def _common(channel: Channel, outbox: Outbox, upto: int) -> int:
    """The last fact up to this one that is in the office's own history, too, or 0; found by halves, since each is
    chained to the one before it. A fact that is there but disputed cannot be told from a rival: an earlier one is
    found then, which does no harm. Raises Trouble."""
    common, beyond, number = 0, upto + 1, upto
    while beyond - common > 1:
        if _has(channel, outbox, number):
            common = number
        else:
            beyond = number
        number = (common + beyond) // 2
    return common


def _has(channel: Channel, outbox: Outbox, number: int) -> bool:
    """Whether the office's own history has this fact. Raises Trouble."""
    try:
        _, answer = _pushed(channel, outbox.facts_after(number - 1, 1))
    except Trouble as trouble:
        if trouble.code != BAD_CHAIN:
            raise
        return False
    return any(result.number == number and result.verdict != DISPUTED for result in answer.results)
