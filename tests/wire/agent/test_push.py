"""Facts reach the office once each and in order, whatever the wire does."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync import wire
from sync.agent import push
from tests.peers.toy_office import Fault, ToyOffice
from tests.wire.agent.till import Journal, Till, join, season, soon


def hashes(journal: Journal) -> list[str]:
    return [fact.hash for fact in journal.facts]


def test_a_fact_goes_out_when_it_is_written(till: Till) -> None:
    soon(lambda: till.journal.links)
    till.journal.write(amount=1)
    began = time.monotonic()
    till.agent.facts_waiting()
    soon(lambda: till.journal.acknowledged() == 1)
    assert time.monotonic() - began < 1.0
    assert till.office.facts == hashes(till.journal)


def test_what_is_in_the_journal_at_the_start_goes_out_in_pages(office: ToyOffice, tmp_path: Path) -> None:
    till = join(office, tmp_path)
    for number in range(1203):
        till.journal.write(number=number)
    till.agent.start()
    try:
        soon(lambda: till.journal.acknowledged() == 1203)
    finally:
        till.agent.stop()
    assert office.facts == hashes(till.journal)
    assert [len(page) for page in office.pushed] == [500, 500, 203]


@pytest.mark.parametrize(
    "fault",
    [Fault.LOSE_ANSWER, Fault.HANG_UP, Fault.HALF, Fault.HTML, Fault.FORGED, Fault.REPLAYED, Fault.NONSENSE,
     Fault.GATEWAY, Fault.FAILURE, Fault.REFUSED],
)  # fmt: skip
def test_a_push_that_went_wrong_is_sent_again_and_applied_once(till: Till, fault: Fault) -> None:
    soon(lambda: till.journal.links)
    till.office.next("/v1/push", fault, fault)
    for number in range(3):
        till.journal.write(number=number)
    till.agent.facts_waiting()
    soon(lambda: till.journal.acknowledged() == 3)
    assert till.office.facts == hashes(till.journal)
    assert till.journal.fenced == []


def test_a_queue_that_stands_while_polls_are_answered_is_an_alarm(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "ANSWER_S", 0.3)
    monkeypatch.setattr(push, "STANDING_S", 1.0)
    soon(lambda: till.journal.links)
    till.office.next("/v1/push", *[Fault.SILENCE] * 4)
    till.journal.write(number=1)
    till.agent.facts_waiting()
    soon(lambda: till.journal.links[-1].state == "offline", 10.0)
    assert till.journal.links[-1].cause == "no_office"
    assert "Facts do not get through" in till.journal.links[-1].detail
    soon(lambda: till.journal.acknowledged() == 1, 10.0)
    soon(lambda: till.journal.links[-1].state == "online")


@pytest.mark.expect_log("could not note what the office has")
def test_what_a_full_disk_could_not_note_is_noted_when_there_is_room(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The office has it, and the till goes on showing that it has not: nothing else would be sent that tells it."""
    monkeypatch.setattr(push, "RECHECK_S", 0.2)
    soon(lambda: till.journal.links)
    till.journal.full = True
    till.journal.write(number=1)
    till.agent.facts_waiting()
    soon(lambda: till.office.facts == hashes(till.journal))
    assert till.journal.acknowledged() == 0
    till.journal.full = False
    soon(lambda: till.journal.acknowledged() == 1)
    assert [len(page) for page in till.office.pushed] == [1], "nothing was sent twice for that"


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_property_exactly_once_in_order(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever sequence of faults meets the pushes, the office ends with the journal."""
    faults = data.draw(
        st.lists(st.sampled_from([Fault.LOSE_ANSWER, Fault.HANG_UP, Fault.HALF, Fault.HTML]), max_size=4)
    )
    bursts = data.draw(st.lists(st.integers(1, 30), min_size=1, max_size=4))
    with ToyOffice() as office:
        season(office)
        till = join(office, tmp_path_factory.mktemp("till"))
        office.next("/v1/push", *faults)
        till.agent.start()
        try:
            for burst in bursts:
                for number in range(burst):
                    till.journal.write(number=number)
                till.agent.facts_waiting()
            soon(lambda: till.journal.acknowledged() == sum(bursts), 15.0)
        finally:
            till.agent.stop()
        assert office.facts == hashes(till.journal)
        assert till.journal.acked == sorted(till.journal.acked), "an acknowledgement went backwards"


def test_a_refused_push_stands_as_an_alarm_and_loses_nothing(till: Till) -> None:
    soon(lambda: till.journal.links)
    till.office.next("/v1/push", *[Fault.REFUSED] * 3)
    till.journal.write(amount=1)
    till.agent.facts_waiting()
    alarm = soon(lambda: [link for link in till.journal.links if link.cause == "office_refuses"])[0]
    assert alarm.state == "offline"
    assert "number 1" in alarm.detail
    assert "the toy office refuses" in alarm.detail
    soon(lambda: till.journal.acknowledged() == 1)
    soon(lambda: till.agent.link().state == "online")


def test_an_office_that_was_restored_gets_the_lost_facts_again(till: Till) -> None:
    for number in range(5):
        till.journal.write(number=number)
    till.agent.facts_waiting()
    soon(lambda: till.journal.acknowledged() == 5)
    with till.office.lock:
        del till.office.facts[2:]
    for _ in range(2):  # the poll under way may be older than the last push
        till.office.reload("tosca")
        time.sleep(0.3)
    soon(lambda: till.office.facts == hashes(till.journal))
    assert till.journal.fenced == []


def test_a_till_that_forgot_facts_is_fenced(office: ToyOffice, tmp_path: Path) -> None:
    """An old data folder was restored: the office has more than the journal."""
    till = join(office, tmp_path)
    office.facts = ["a" * 64, "b" * 64]
    till.agent.start()
    try:
        assert "up to 2" in soon(lambda: till.journal.fenced)[0]
        soon(lambda: till.journal.office_times)
        assert till.journal.acknowledged() == 0, "facts that it does not have count as sent"
    finally:
        till.agent.stop()


def test_what_an_old_copy_has_sent_is_not_waiting_any_more(office: ToyOffice, tmp_path: Path) -> None:
    till = join(office, tmp_path)
    till.journal.write(amount=1)
    office.facts = [till.journal.facts[0].hash, "b" * 64]
    till.agent.start()
    try:
        soon(lambda: till.journal.fenced)
        soon(lambda: till.journal.acknowledged() == 1)
    finally:
        till.agent.stop()


@pytest.fixture
def two_in_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_FACTS", 2)


@pytest.mark.usefixtures("two_in_a_page")
def test_what_an_old_copy_writes_is_sent_too(office: ToyOffice, tmp_path: Path) -> None:
    """Its facts rival those that the office has, and none is taken for sent before it is there."""
    till = join(office, tmp_path)
    for number in range(7):
        till.journal.write(number=number)
    office.facts = [*hashes(till.journal)[:3], "a" * 64, "b" * 64]  # the copy is from before the fourth
    till.agent.start()
    try:
        soon(lambda: till.journal.fenced)
        soon(lambda: till.journal.acknowledged() == 7)
        till.journal.write(number=7)  # its shift is closed
        till.agent.facts_waiting()
        soon(lambda: till.journal.acknowledged() == 8)
    finally:
        till.agent.stop()
    assert office.rivals == hashes(till.journal)[3:]


def test_a_till_whose_history_differs_is_fenced(office: ToyOffice, tmp_path: Path) -> None:
    """A disk was cloned: the same number, another fact."""
    till = join(office, tmp_path)
    till.journal.write(who="clone")
    till.journal.acked.append(1)
    office.facts = ["a" * 64]
    till.agent.start()
    try:
        assert "fact 1" in soon(lambda: till.journal.fenced)[0]
    finally:
        till.agent.stop()
    assert len(till.journal.fenced) == 1


def test_a_disowned_till_is_fenced_and_its_facts_still_go_out(till: Till) -> None:
    soon(lambda: till.journal.links)
    with till.office.moved:
        till.office.state = "FENCED"
        till.office.moved.notify_all()
    till.journal.write(amount=1)
    till.agent.facts_waiting()
    soon(lambda: till.journal.fenced)
    soon(lambda: till.office.facts == hashes(till.journal))


def test_stop_ends_everything_within_three_seconds(till: Till) -> None:
    soon(lambda: till.journal.links)
    till.office.always(Fault.SILENCE)
    till.journal.write(amount=1)
    till.agent.facts_waiting()
    time.sleep(0.3)
    began = time.monotonic()
    till.agent.stop()
    assert time.monotonic() - began < 1.5
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"push", "pull"}


@pytest.mark.expect_log("pushing facts failed")
def test_a_fault_of_its_own_is_an_alarm_until_pushing_goes_on(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    soon(lambda: till.journal.acknowledged() == 0 and till.agent.link().state == "online")
    failing = threading.Event()
    failing.set()
    head = till.journal.head

    def broken() -> tuple[int, str]:
        if failing.is_set() and threading.current_thread().name == pusher:
            raise RuntimeError("secret of the ledger")
        return head()

    pusher = next(thread.name for thread in threading.enumerate() if "push" in thread.name)
    monkeypatch.setattr(till.journal, "head", broken)
    till.agent.facts_waiting()
    alarm = soon(lambda: [link for link in till.journal.links if link.cause == "office_refuses"])[0]
    assert alarm.state == "offline"
    assert "RuntimeError" in alarm.detail
    assert "secret" not in alarm.detail
    failing.clear()
    soon(lambda: till.agent.link().state == "online")
