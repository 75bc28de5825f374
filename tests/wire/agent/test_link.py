"""The line: what the till is told of it, and how soon."""

from __future__ import annotations

import base64
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from pos.domain.rights import Token
from pos.till.ports import ClaimAnswer, LineDown, RefusedClaim
from sync import wire
from sync.agent import Agent
from sync.agent.carrier import Attempt, BadAddress, Carrier
from sync.agent.link import Channel
from sync.agent.link import Till as Caller
from sync.agent.trouble import LinkClosed, Trouble
from tests.peers.toy_office import Fault, ToyOffice
from tests.wire.agent.till import Clock, Journal, Keys, Till, soon


def shown(till: Till) -> tuple[str, str]:
    link = till.agent.link()
    return link.state, link.cause


def refusal(future: Future[Any], within_s: float) -> str:
    """The cause for which it failed."""
    with pytest.raises(LineDown) as caught:
        future.result(within_s)
    return caught.value.cause


def test_before_the_first_answer_the_line_is_not_called_online(office: ToyOffice, till: Till) -> None:
    soon(lambda: till.agent.link().state == "online")
    assert [link.state for link in till.journal.links] == ["online"]
    assert till.agent.link().round_trip_ms is not None
    assert till.journal.office_times


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (Fault.HTML, "not_our_office"),
        (Fault.HALF, "not_our_office"),
        (Fault.FORGED, "not_our_office"),
        (Fault.REPLAYED, "not_our_office"),
        (Fault.NONSENSE, "not_our_office"),
        (Fault.GATEWAY, "no_office"),
        (Fault.HANG_UP, "no_office"),
        (Fault.FAILURE, "office_refuses"),
        (Fault.REFUSED, "office_refuses"),
    ],
)
def test_what_is_wrong_is_named(till: Till, fault: Fault, cause: str) -> None:
    soon(lambda: shown(till) == ("online", ""))
    till.office.always(fault)
    till.office.reload("party")  # ends the long poll
    soon(lambda: shown(till) == ("offline", cause))
    assert till.agent.link().detail
    assert refusal(till.agent.claim("party", ["Standing#1"], whole=True, wait_s=4.0), 0.5) == cause
    till.office.always(None)
    soon(lambda: shown(till) == ("online", ""), 8.0)


def test_a_cut_line_shows_at_once_and_a_mended_one_within_seconds(till: Till) -> None:
    soon(lambda: shown(till) == ("online", ""))
    till.office.cut()
    began = time.monotonic()
    soon(lambda: shown(till) == ("offline", "no_office"))
    assert time.monotonic() - began < 2.0
    till.journal.write(amount=1)
    till.agent.facts_waiting()
    time.sleep(2.0)
    till.office.mend()
    began = time.monotonic()
    soon(lambda: shown(till) == ("online", ""))
    soon(lambda: till.journal.acknowledged() == 1)
    assert time.monotonic() - began < 4.0
    assert [link.state for link in till.journal.links] == ["online", "offline", "online"]


def test_a_silent_black_hole_shows_within_ten_seconds(till: Till) -> None:
    soon(lambda: shown(till) == ("online", ""))
    till.agent.claim("party", ["Standing#1"], whole=True, wait_s=0.0).result(5)
    till.office.freeze()
    began = time.monotonic()
    till.journal.write(amount=1)
    till.agent.facts_waiting()
    soon(lambda: shown(till) == ("offline", "no_office"), 10.0)
    assert time.monotonic() - began < 10.0
    till.office.thaw()
    began = time.monotonic()
    soon(lambda: shown(till) == ("online", ""), 6.0)
    began = time.monotonic()
    till.agent.claim("party", ["Standing#2"], whole=True, wait_s=4.0).result(5)
    soon(lambda: till.journal.acknowledged() == 1)
    assert time.monotonic() - began < 1.0, "a connection from before the outage was used"


def test_a_flapping_line_does_not_tell_every_second(till: Till) -> None:
    soon(lambda: shown(till) == ("online", ""))
    for _ in range(4):
        till.office.cut()
        time.sleep(0.5)
        till.office.mend()
        time.sleep(0.5)
    told = len(till.journal.links)
    assert told <= 6, [link.state for link in till.journal.links]
    soon(lambda: shown(till) == ("online", ""), 10.0)


def test_a_large_answer_on_a_slow_line_arrives(till: Till) -> None:
    carrier = Carrier(till.office.url, None)
    channel = Channel(carrier, base64.b64decode(till.office.office_key), Caller("T1", till.keys, lambda: 1))
    request = wire.PlacesRequest(show="party")
    try:
        till.office.next("/v1/places", Fault.SLOW, Fault.SLOW)
        assert len(channel.ask("/v1/places", request, wire.PlacesAnswer, 0.5, body_s=5.0).states) == 50
        with pytest.raises(Trouble, match="does not come to an end"):
            channel.ask("/v1/places", request, wire.PlacesAnswer, 0.5)
    finally:
        carrier.close()


# ---- claims --------------------------------------------------------------------------------


def test_a_claim_is_answered_place_by_place(till: Till) -> None:
    till.office.seat("party", "Standing#2", "LEASED", "T2", 9)
    answer = till.agent.claim("party", ["Standing#1", "Standing#2", "Nowhere"], whole=False, wait_s=0.0).result(5)
    assert answer == ClaimAnswer(
        1,
        (("Standing#1", Token(1, 0)),),
        (RefusedClaim("Standing#2", "right_elsewhere", "T2"), RefusedClaim("Nowhere", "unknown_place")),
    )


def test_a_grant_whose_answer_was_lost_is_granted_again_by_the_same_token(till: Till) -> None:
    soon(lambda: shown(till) == ("online", ""))
    till.agent.claim("party", ["Standing#9"], whole=True, wait_s=0.0).result(5)
    till.office.next("/v1/claim", Fault.LOSE_ANSWER, Fault.LOSE_ANSWER)
    refusal(till.agent.claim("party", ["Standing#1"], whole=True, wait_s=0.0), 5)
    answer = till.agent.claim("party", ["Standing#1"], whole=True, wait_s=0.0).result(5)
    assert answer.granted == (("Standing#1", Token(1, 0)),)


def test_a_claim_without_an_answer_fails_within_five_seconds(till: Till) -> None:
    soon(lambda: shown(till) == ("online", ""))
    for fault in (Fault.SILENCE, Fault.DRIP):
        till.office.next("/v1/claim", fault)
    began = time.monotonic()
    claims = [till.agent.claim("party", [f"Standing#{n}"], whole=True, wait_s=4.0) for n in (1, 2)]
    assert [refusal(claim, 6) for claim in claims] == ["no_office", "no_office"]
    assert time.monotonic() - began < 5.0
    assert shown(till) == ("online", ""), "one slow claim is no lost line"


def test_a_connection_that_the_office_closed_while_idle_costs_nothing(till: Till) -> None:
    till.agent.claim("party", ["Standing#1"], whole=True, wait_s=0.0).result(5)
    till.office.next("/v1/claim", Fault.HANG_UP)
    assert till.agent.claim("party", ["Standing#2"], whole=True, wait_s=0.0).result(5).granted


def test_what_is_under_way_when_the_line_comes_back_is_asked_again(till: Till) -> None:
    """The connections of before an outage are dropped then; a request that had just been made on a new one may not
    fail for it, nor one that would have waited in vain."""
    soon(lambda: shown(till) == ("online", ""))
    till.office.next("/v1/claim", Fault.SILENCE)
    asked = till.agent.claim("party", ["Standing#1"], whole=True, wait_s=4.0)
    soon(lambda: "/v1/claim" in till.office.requests)
    till.office.next("/v1/pull", Fault.HANG_UP, Fault.HANG_UP)  # asked again at once after the first
    till.office.reload("party")  # ends the long poll
    assert asked.result(6).granted == (("Standing#1", Token(1, 0)),)
    assert [link.state for link in till.journal.links] == ["online", "offline", "online"]


def asked(carrier: Carrier, attempt: Attempt) -> Future[object]:
    """A request that is refused, on a thread of its own."""
    future: Future[object] = Future()
    body = wire.EnrolRequest(code="wrong", public_key="").model_dump_json().encode()

    def ask() -> None:
        try:
            future.set_result(carrier.exchange("POST", "/v1/enrol", body, {}, time.monotonic() + 10.0, attempt))
        except Trouble as trouble:
            future.set_exception(trouble)

    threading.Thread(target=ask).start()
    return future


@pytest.mark.parametrize("close", [False, True])
def test_what_was_left_to_come_to_its_end_is_cut_with_the_rest(office: ToyOffice, close: bool) -> None:
    office.always(Fault.SILENCE)
    carrier, attempts = Carrier(office.url, None), [Attempt(), Attempt()]
    answers = []
    for count, attempt in enumerate(attempts, 1):
        answers.append(asked(carrier, attempt))
        soon(lambda count=count: len(office.requests) == count)
        carrier.renew(cut=False)
    time.sleep(0.2)
    assert not any(answer.done() for answer in answers)
    carrier.close() if close else carrier.renew()
    for answer, attempt in zip(answers, attempts, strict=True):
        assert isinstance(answer.exception(1.0), LinkClosed if close else Trouble)
        assert attempt.let_go is not close
    carrier.close()


def test_what_came_to_its_end_leaves_nothing_behind(office: ToyOffice) -> None:
    office.always(Fault.SLOW)
    carrier = Carrier(office.url, None)
    answer = asked(carrier, Attempt())
    soon(lambda: office.requests)
    carrier.renew(cut=False)
    assert len(carrier._retired) == 1
    assert answer.result(5.0)
    soon(lambda: not carrier._retired)
    carrier.renew()
    assert not carrier._retired
    carrier.close()


# ---- sync ----------------------------------------------------------------------------------


def test_sync_pushes_and_pulls_everything(till: Till) -> None:
    for number in range(700):
        till.journal.write(number=number)
    for unit in range(1, 51):
        till.office.seat("party", f"Standing#{unit}", "SOLD", "T2", unit)
    assert till.agent.sync().result(10) == len(till.office.log)
    assert till.journal.acknowledged() == 700
    with till.reading() as reader:
        assert reader.cursor() == len(till.office.log)
        assert reader.states("party") == b"S" * 50


def test_sync_without_a_line_is_refused_soon(till: Till) -> None:
    soon(lambda: shown(till) == ("online", ""))
    till.office.cut()
    began = time.monotonic()
    assert refusal(till.agent.sync(), 5) == "no_office"
    assert time.monotonic() - began < 3.5


def test_sync_into_a_black_hole_is_refused_soon(till: Till) -> None:
    soon(lambda: shown(till) == ("online", ""))
    till.journal.write(amount=1)
    till.office.freeze()
    began = time.monotonic()
    assert refusal(till.agent.sync(), 10) == "no_office"
    assert time.monotonic() - began < 5.0


def test_after_stop_nothing_hangs(till: Till) -> None:
    till.agent.stop()
    assert refusal(till.agent.sync(), 1) == "no_office"
    assert refusal(till.agent.claim("party", ["Standing#1"], whole=True, wait_s=1.0), 1) == "no_office"


# ---- addresses -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("office.example:8443", "not a web address"),
        ("ftp://office.example", "not a web address"),
        ("https://", "not a web address"),
        ("", "not a web address"),
        ("http://office.example:8443", "plain HTTP"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(tmp_path: Path, url: str, why: str) -> None:
    keys = Keys()
    with pytest.raises(BadAddress, match=why):
        Agent(Journal(keys), keys, Clock(), till="T1", url=url, office_key="A" * 43 + "=", replica=tmp_path / "r.db")
