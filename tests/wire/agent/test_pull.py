"""What the office says reaches the replica whole, once, and in order."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pos.domain.plan import Plan, read_plan
from pos.domain.rights import OfficeRight, OfficeState, Token
from pos.domain.season import Area
from pos.store.replica import ReplicaUnavailable
from pos.till.ports import Changed, Recall
from sync.agent import Agent
from sync.agent.fetch import snapshot
from sync.agent.pull import Puller
from tests.mutate import mutate
from tests.peers.toy_office import Fault, ToyOffice
from tests.wire.agent.conftest import PLANS
from tests.wire.agent.till import Clock, Till, soon

SALE = {
    "id": "T2.1.7", "at": "2026-11-22T11:00:00+01:00", "till": "T2", "name": "Ödön Horváth", "total": "24.00",
    "tickets": [{"id": "T2.1.7.1", "code": "QWERTYUIOP", "show": "tosca", "place": "Standing", "state": "live"}],
}  # fmt: skip


def state(till: Till, show: str, place: str) -> OfficeRight:
    with till.reading() as reader:
        ix = reader.seating(show).find(place)
        assert ix is not None
        return reader.right(show, ix)


def cursor(till: Till) -> int:
    with till.reading() as reader:
        return reader.cursor()


def test_a_change_of_a_seat_is_in_the_replica_at_once(till: Till, studio: Plan) -> None:
    soon(lambda: till.journal.links)
    time.sleep(0.2)  # the long poll is under way
    began = time.monotonic()
    till.office.seat("tosca", studio.place_ids[7], "LEASED", "T2", 3)
    soon(lambda: till.journal.changes)
    assert time.monotonic() - began < 0.5
    assert state(till, "tosca", studio.place_ids[7]) == OfficeRight(
        OfficeState.LEASED, "T2", 1_800_000_000, Token(3, 0)
    )
    assert till.journal.changes[-1].places == {"tosca": (7,)}
    with till.reading() as reader:
        assert reader.tally("tosca") == {(OfficeState.POOL, ""): 239, (OfficeState.LEASED, "T2"): 1}
        assert reader.states("tosca") == b"P" * 7 + b"L" + b"P" * 232


@pytest.mark.parametrize(
    "fault",
    [Fault.LOSE_ANSWER, Fault.HANG_UP, Fault.HALF, Fault.HTML, Fault.FORGED, Fault.REPLAYED, Fault.NONSENSE,
     Fault.GATEWAY, Fault.FAILURE],
)  # fmt: skip
def test_a_poll_that_went_wrong_loses_no_change(till: Till, fault: Fault) -> None:
    soon(lambda: till.journal.links)
    till.office.next("/v1/pull", fault, fault)
    for unit in range(1, 6):
        till.office.seat("party", f"Standing#{unit}", "SOLD", "T2", unit)
    soon(lambda: cursor(till) == len(till.office.log))
    with till.reading() as reader:
        assert reader.states("party") == b"S" * 5 + b"P" * 45
    soon(lambda: till.agent.link().state == "online")


def test_many_changes_come_in_pages(till: Till) -> None:
    for number in range(1200):
        till.office.seat("party", f"Standing#{number % 50 + 1}", "LEASED", f"T{number}", number + 1)
    soon(lambda: cursor(till) == len(till.office.log))
    assert state(till, "party", "Standing#50").holder == "T1199"


def test_a_new_show_comes_with_its_plan_and_places(till: Till) -> None:
    soon(lambda: till.journal.links)
    opera = read_plan((PLANS / "opera.json").read_bytes(), "opera.json")
    till.office.show("aida", opera, (Area("Gallery", 30),))
    soon(lambda: till.journal.changes)
    with till.reading() as reader:
        assert set(reader.season().shows) == {"tosca", "party", "aida"}
        assert len(reader.seating("aida")) == len(opera) + 30
        assert reader.plan(opera.version).version == opera.version
        assert set(reader.states("aida")) == {ord("P")}
    till.office.document("show", "aida", None)
    soon(lambda: len(till.journal.changes) > 1)
    with till.reading() as reader:
        assert set(reader.season().shows) == {"tosca", "party"}
        with pytest.raises(KeyError):
            reader.states("aida")


def test_a_plan_is_fetched_once_for_all_its_shows(till: Till, studio: Plan) -> None:
    till.office.show("carmen", studio)
    till.office.show("norma", studio)
    soon(lambda: cursor(till) == len(till.office.log))
    assert sum(path.startswith("/v1/plan/") for path in till.office.requests) == 1


def test_changed_areas_number_the_places_anew(till: Till, studio: Plan) -> None:
    till.office.seat("tosca", "Standing#20", "SOLD", "T2")
    soon(lambda: cursor(till) == len(till.office.log))
    till.office.show("tosca", studio, (Area("Pit", 5), Area("Standing", 30)))
    till.office.seat("tosca", "Standing#30", "SOLD", "T2")
    soon(lambda: cursor(till) == len(till.office.log))
    assert state(till, "tosca", "Standing#30").state is OfficeState.SOLD
    assert state(till, "tosca", "Standing#20").state is OfficeState.POOL
    told = [change.places["tosca"] for change in till.journal.changes if "tosca" in change.places]
    assert told[-1] in ((), (254,))


def test_reload_fetches_a_shows_places_again(till: Till) -> None:
    soon(lambda: till.journal.links)
    with till.office.lock:
        till.office.places["party"] = [
            item.model_copy(update={"state": "HELD"}) for item in till.office.places["party"]
        ]
        till.office.reload("party")
    soon(lambda: till.journal.changes)
    with till.reading() as reader:
        assert reader.states("party") == b"H" * 50
    assert till.journal.changes[-1].places == {"party": ()}


def test_a_show_is_never_seen_without_its_places(till: Till) -> None:
    """The places cannot be had: the page waits, and the old season stays."""
    soon(lambda: till.journal.links)
    till.office.next("/v1/places", *[Fault.HTML] * 3)
    before = cursor(till)
    till.office.show("aida", None, (Area("Gallery", 30),))
    soon(lambda: till.office.requests.count("/v1/places") >= 4)
    with till.reading() as reader:
        assert "aida" not in reader.season().shows or reader.states("aida") == b"P" * 30
    soon(lambda: cursor(till) > before)
    with till.reading() as reader:
        assert reader.states("aida") == b"P" * 30


def test_documents_that_make_no_season_are_not_stored(till: Till) -> None:
    soon(lambda: till.journal.links)
    before = cursor(till)
    till.office.document("fee", "counter", {"id": "counter", "per": "ticket", "amount": "a lot"})
    alarm = soon(lambda: [link for link in till.journal.links if link.cause == "office_refuses"])[0]
    assert "a lot" in alarm.detail
    assert cursor(till) == before
    with till.reading() as reader:
        assert reader.season().fees == ()
    with till.office.lock:  # the office is mended
        till.office.log[-1] = till.office.log[-1].model_copy(update={"body": None})
    soon(lambda: cursor(till) > before)
    soon(lambda: till.agent.link().state == "online")


def test_sales_are_found_by_code_id_ticket_and_name(till: Till) -> None:
    till.office.sale(SALE)
    soon(lambda: any(change.sales for change in till.journal.changes))
    with till.reading() as reader:
        for wanted in (
            {"code": "QWERTYUIOP"}, {"sale_id": "T2.1.7"}, {"ticket_id": "T2.1.7.1"}, {"name": "horváth ö"},
        ):  # fmt: skip
            assert reader.find_sales(**wanted) == [SALE], wanted  # type: ignore[arg-type]
        assert reader.find_sales(code="QWERTYUIO") == []
        assert reader.find_sales(name="  ") == []


def test_an_office_that_starts_anew_is_fetched_anew(till: Till) -> None:
    """Its disk was restored: the change log ends before our cursor."""
    for unit in range(1, 6):
        till.office.seat("party", f"Standing#{unit}", "SOLD", "T2", unit)
    soon(lambda: cursor(till) == len(till.office.log))
    with till.office.lock:
        del till.office.log[-5:]
        till.office.places["party"] = [
            item.model_copy(update={"state": "POOL", "holder": ""}) for item in till.office.places["party"]
        ]
        till.office.moved.notify_all()
    soon(lambda: cursor(till) == len(till.office.log), 8.0)
    with till.reading() as reader:
        assert reader.states("party") == b"P" * 50


def test_another_past_of_the_change_log_is_fetched_anew_however_long_it_is(till: Till) -> None:
    """The office was restored, and its log has grown beyond our cursor by now."""
    soon(lambda: till.journal.links and cursor(till) == len(till.office.log))
    with till.office.lock:
        till.office.generation = "restored"
        till.office.places["party"] = [
            item.model_copy(update={"state": "HELD"}) for item in till.office.places["party"]
        ]
    till.office.seat("tosca", "Standing#1", "SOLD", "T2")
    soon(lambda: cursor(till) == len(till.office.log), 8.0)
    with till.reading() as reader:
        assert reader.states("party") == b"H" * 50


@pytest.mark.parametrize("harm", ["gone", "garbage", "format", "other"])
def test_a_replica_that_cannot_be_used_is_set_aside_and_fetched_again(till: Till, harm: str) -> None:
    till.agent.stop()
    again = rejoined(till)
    match harm:
        case "gone":
            till.replica.unlink()
        case "garbage":
            till.replica.write_bytes(b"not a database" * 1000)
        case "format":
            with sqlite3.connect(till.replica) as db:
                db.execute("PRAGMA user_version = 99")
            db.close()
        case "other":
            with sqlite3.connect(till.replica) as db:
                db.execute("UPDATE meta SET value = 'another key' WHERE key = 'office'")
            db.close()
    again.agent.start()
    try:
        soon(lambda: caught_up(again))
    finally:
        again.agent.stop()
    aside = [path.name for path in till.replica.parent.glob("replica.db.*")]
    assert bool(aside) == (harm != "gone"), aside


def caught_up(till: Till) -> bool:
    try:
        return cursor(till) == len(till.office.log)
    except ReplicaUnavailable:
        return False


def rejoined(till: Till) -> Till:
    """The same till after a restart."""
    agent = Agent(
        till.journal, till.keys, Clock(), till="T1", url=till.office.url, office_key=till.office.office_key,
        replica=till.replica,
    )  # fmt: skip
    return Till(till.office, till.keys, till.journal, agent, till.replica)


def test_a_replica_deleted_while_running_is_fetched_again(till: Till) -> None:
    soon(lambda: till.journal.links)
    for suffix in ("", "-wal", "-shm"):
        Path(f"{till.replica}{suffix}").unlink(missing_ok=True)
    till.office.seat("party", "Standing#1", "SOLD", "T2")
    soon(lambda: caught_up(till))


def damage(till: Till) -> None:
    with sqlite3.connect(till.replica) as db:
        db.execute("UPDATE meta SET value = value")  # so that the agent's connection reads anew
    assert db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    db.close()
    content = till.replica.read_bytes()
    till.replica.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))


def test_a_replica_damaged_while_running_is_set_aside_and_fetched_again(till: Till) -> None:
    soon(lambda: till.journal.links)
    damage(till)
    till.office.seat("party", "Standing#1", "SOLD", "T2")
    soon(lambda: caught_up(till))
    assert state(till, "party", "Standing#1").state is OfficeState.SOLD
    assert len(list(till.replica.parent.glob("replica.db.damaged-*"))) >= 1


def test_a_damaged_replica_that_cannot_be_set_aside_stops_nothing(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that has become read-only, or a file that somebody has open: it is tried again, and the line says so."""
    refused: list[str] = []
    replace = os.replace

    def refusing(source: str | Path, target: str | Path) -> None:
        if Path(source) == till.replica:
            refused.append(str(target))
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(source))
        replace(source, target)

    soon(lambda: till.journal.links)
    monkeypatch.setattr(os, "replace", refusing)
    damage(till)
    till.office.seat("party", "Standing#1", "SOLD", "T2")
    soon(lambda: till.agent.link().state == "offline")
    assert "replica.db cannot be set aside" in till.agent.link().detail
    soon(lambda: len(refused) >= 3)
    monkeypatch.setattr(os, "replace", replace)
    soon(lambda: till.agent.link().state == "online")
    till.office.seat("party", "Standing#2", "SOLD", "T2")
    soon(lambda: caught_up(till))
    assert state(till, "party", "Standing#2").state is OfficeState.SOLD


def test_a_restored_office_is_asked_about_ledgers_and_copies_alike(till: Till) -> None:
    agent = Agent(
        till.journal, till.keys, Clock(), till="T1", url=till.office.url, office_key=till.office.office_key,
        replica=till.replica, kept=list,
    )  # fmt: skip
    forwarder, leftovers = agent._forwarder, agent._leftovers
    assert forwarder is not None
    agent._puller.restored()
    assert forwarder._anew.is_set()
    assert leftovers._wake.is_set()


def told_of_restores(till: Till) -> list[str]:
    """Filled as the agent finds that the office was restored."""
    told: list[str] = []
    till.agent._puller.restored = lambda: told.append(till.office.generation)
    return told


def restore(till: Till, generation: str) -> None:
    """The change log of the office has another past from now on."""
    with till.office.lock:
        till.office.generation = generation
        till.office.moved.notify_all()


@pytest.mark.expect_log("pulling changes failed")
def test_a_restore_is_told_of_though_what_follows_fails(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """The snapshot is stored, and with it the new past of the change log: no later poll sees a difference."""
    soon(lambda: till.agent.link().state == "online")
    told = told_of_restores(till)

    def broken(changed: Changed) -> None:
        monkeypatch.undo()
        raise RuntimeError("once")

    monkeypatch.setattr(till.journal, "changed", broken)
    restore(till, "restored")
    soon(lambda: till.agent._writer.generation() == "restored", 8.0)
    soon(lambda: told)
    till.agent.sync().result(5)
    time.sleep(0.5)
    assert told == ["restored"], "once for each restore"


def test_a_restore_is_told_of_whichever_way_the_snapshot_came(till: Till) -> None:
    """One for a replica that was lost, or for a season that moved on, has the new past in it, too."""
    till.agent.stop()
    till = rejoined(till)
    puller, told = till.agent._puller, told_of_restores(till)
    try:
        puller.pull_all(till.agent._sync)
        assert told == []
        till.replica.unlink()
        restore(till, "once")
        puller.pull_all(till.agent._sync)
        assert told == ["once"]
        restore(till, "twice")
        snapshot(till.agent._sync, till.agent._writer)
        for _ in range(2):
            puller.pull_all(till.agent._sync)
            assert told == ["once", "twice"]
    finally:
        till.agent.stop()


def test_a_restore_while_the_till_was_off_is_told_of_without_a_replica(till: Till) -> None:
    till.agent.stop()
    till.replica.unlink()
    restore(till, "restored")
    till = rejoined(till)
    told = told_of_restores(till)
    try:
        till.agent._puller.pull_all(till.agent._sync)
    finally:
        till.agent.stop()
    assert told == ["restored"]


@pytest.mark.parametrize(
    "scenario",
    [
        test_a_restore_is_told_of_whichever_way_the_snapshot_came,
        test_a_restore_while_the_till_was_off_is_told_of_without_a_replica,
    ],
)
def test_by_the_replica_alone_a_restore_goes_untold(
    till: Till, monkeypatch: pytest.MonkeyPatch, scenario: Callable[[Till], None]
) -> None:
    mutate(monkeypatch, Puller, "_poll", "answer.generation != self._told_past", "answer.generation != generation")
    with pytest.raises(AssertionError):
        scenario(till)


# ---- recalls -------------------------------------------------------------------------------


def test_a_recalled_right_is_given_back_by_a_fact(till: Till) -> None:
    soon(lambda: till.journal.links)
    till.office.seat("party", "Standing#1", "LEASED", "T1", 4)
    began = time.monotonic()
    till.office.recall("party", "Standing#1", 4)
    soon(lambda: till.office.facts)
    assert time.monotonic() - began < 1.0
    assert till.journal.recalled == [Recall("party", "Standing#1", Token(4, 0))]
    soon(lambda: state(till, "party", "Standing#1").state is OfficeState.POOL)
    assert till.office.recalls == []


def test_a_kept_right_is_declined(till: Till) -> None:
    soon(lambda: till.journal.links)
    till.journal.keeps = lambda ask: ask.place == "Standing#2"
    till.office.next("/v1/decline", Fault.HTML)
    for unit in (1, 2):
        till.office.seat("party", f"Standing#{unit}", "LEASED", "T1", 4)
    with till.office.lock:
        till.office.recall("party", "Standing#1", 4)
        till.office.recall("party", "Standing#2", 4)
    soon(lambda: till.office.declined, 8.0)
    assert [item.place for item in till.office.declined] == ["Standing#2"]
    soon(lambda: till.office.facts)


def test_repeated_recalls_do_not_make_the_poll_spin(till: Till, office: ToyOffice) -> None:
    soon(lambda: till.journal.links)
    till.journal.keeps = lambda ask: True
    office.next("/v1/decline", *[Fault.HANG_UP] * 20)
    office.seat("party", "Standing#1", "LEASED", "T1", 4)
    office.recall("party", "Standing#1", 4)
    soon(lambda: till.journal.recalled)
    with office.lock:
        before = len(office.requests)
    time.sleep(1.0)
    with office.lock:
        assert len(office.requests) - before < 12


@pytest.mark.expect_log("pulling changes failed")
def test_a_fault_of_its_own_is_an_alarm_until_pulling_goes_on(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    soon(lambda: till.agent.link().state == "online")

    def broken(iso: str) -> None:
        raise RuntimeError("secret of the ledger")

    with monkeypatch.context() as patch:
        patch.setattr(till.journal, "office_time", broken)
        till.office.reload("tosca")
        alarm = soon(lambda: [link for link in till.journal.links if link.cause == "office_refuses"])[0]
        assert alarm.state == "offline"
        assert "RuntimeError" in alarm.detail
        assert "secret" not in alarm.detail
    soon(lambda: till.agent.link().state == "online")
