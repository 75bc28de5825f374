"""An office restored from a backup: the tills tell it what it has lost, and until they have it grants nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import sync.office.rules.claims as claims
import sync.office.rules.effects as effects
from pos.domain.rights import OfficeState
from sync.office.__main__ import main
from sync.office.absorb import absorb
from sync.office.backups import BackupSchedule
from sync.office.clock import now_s
from sync.office.rules import enrolment, recovery, releasing
from sync.office.rules.claims import Recovering
from sync.office.season.importer import import_season
from sync.office.store.backup import CannotBackUp, check, in_use, make
from sync.office.store.engine import open_database
from sync.wire import GrantItem
from tests.mutate import mutate
from tests.peers.small_season import SEASON, SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.kept import AT, Kept
from tests.unit.office.test_deaths import journal_file
from tests.unit.office.test_facts import causes

Tills = Callable[..., list[TillClient]]


def test_nothing_is_granted_until_every_till_has_told(house: House, kept: Kept, tills_at: Tills) -> None:
    """The backup knows A-1 as free; T1 has it, and nothing but its ledger says so."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    (grant,) = house.granted(one, "A-1")
    kept.restore(file)
    assert house.place("A-1")[0] == "POOL", "which is why"
    for client in (one, two):
        with pytest.raises(Recovering):
            house.claim(client, "A-1")
    with pytest.raises(recovery.CannotEnd, match=r"T1\.1, T2\.1 may have rights"):
        kept.end()
    assert kept.tell(two)
    with pytest.raises(recovery.CannotEnd, match=r"T1\.1 may have rights"):
        kept.end()
    assert kept.tell(one, grant)
    assert kept.end() == []
    assert house.place("A-1") == ("LEASED", "T1", 1, grant.epoch, 0)
    assert house.refused(two, "A-1") == ["right_elsewhere"]
    house.push(one, one.sell(SHOW, grant))
    assert house.violations() == []
    assert causes(house) == []


def test_that_it_is_needed(house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "recovering", lambda _connection: False)
    if not house.database.sqlite:
        pytest.skip("there the grant's own statement asks")
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        test_nothing_is_granted_until_every_till_has_told(house, kept, tills_at)


def test_what_the_office_lost_is_told_again_by_the_journals(house: House, kept: Kept, tills_at: Tills) -> None:
    """One place through three hands after the backup, and the last of them is heard first."""
    one, two = tills_at("T1", "T2")
    (before,) = house.granted(one, "A-2")
    house.push(one, one.sell(SHOW, before))
    file = kept.back_up()
    (first,) = house.granted(one, "A-1")
    sale = one.sell(SHOW, first)
    one.refund(sale, first)
    one.give_back(SHOW, first)
    house.push(one)
    (second,) = house.granted(two, "A-1")
    house.push(two, two.sell(SHOW, second, sale="T2-LIVE"))
    facts = house.rows("SELECT fact_id, verdict FROM fact ORDER BY fact_id")
    balances = house.rows("SELECT account, sum(minor) FROM posting GROUP BY account ORDER BY account")

    kept.restore(file)
    assert house.rows("SELECT count(*) FROM fact") == [(1,)]
    assert house.push(two).applied == 1
    assert house.place("A-1") == ("SOLD", "T2", 1, second.epoch, 0)
    assert house.push(one).applied == 4
    assert kept.tell(one, before, state="SOLD")
    assert kept.tell(two, second, state="SOLD")
    kept.end()
    assert house.rows("SELECT fact_id, verdict FROM fact ORDER BY fact_id") == facts
    assert house.rows("SELECT account, sum(minor) FROM posting GROUP BY account ORDER BY account") == balances
    assert house.rows("SELECT id FROM ticket WHERE state = 'live' ORDER BY id") == [("T1.1-00001-1",), ("T2-LIVE-1",)]
    assert causes(house) == []
    assert house.violations() == []


def test_a_right_to_refund_that_is_told_before_its_sale(house: House, kept: Kept, tills_at: Tills) -> None:
    """T2 had the right to refund last, and its fact does not say of which ticket."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    (first,) = house.granted(one, "A-1")
    one.refund(one.sell(SHOW, first), first)
    one.sell(SHOW, first, sale="T1-LIVE")
    one.sold_back(SHOW, first)
    house.push(one)
    again = GrantItem(place="A-1", epoch=first.epoch + 1, hop=0)
    two.sold_back(SHOW, again)
    kept.restore(file)
    house.push(two)
    house.push(one)
    assert house.place("A-1") == ("SOLD", "", 0, again.epoch, 0)
    assert house.rows("SELECT id, state FROM ticket ORDER BY id") == [
        ("T1-LIVE-1", "live"), ("T1.1-00001-1", "refunded"),
    ]  # fmt: skip
    kept.tell(one)
    kept.tell(two)
    kept.end()
    assert causes(house) == []
    assert house.violations() == []


def test_a_till_that_was_enrolled_since_goes_on_when_it_is_enrolled_anew(house: House, kept: Kept) -> None:
    """With its own key: it is the same incarnation again, and its journal and rights are heard like all others."""
    file = kept.back_up()
    one = house.enrol("T1")
    (sold, idle) = house.granted(one, "A-1", "A-2")
    one.sell(SHOW, sold)
    kept.restore(file)
    with house.database.write() as connection:
        code = enrolment.offer(connection, "T1", int(now_s()), replace=False)
        again = enrolment.redeem(connection, code, one.key.public_key().public_bytes_raw(), int(now_s()))
    assert again.incarnation == one.incarnation
    with pytest.raises(recovery.CannotEnd, match=r"T1\.1 may have rights"):
        kept.end()
    house.push(one)
    assert kept.tell(one, idle)
    kept.end()
    assert [house.place(place)[:2] for place in ("A-1", "A-2")] == [("SOLD", "T1"), ("LEASED", "T1")]
    assert house.violations() == []


def test_a_till_that_is_enrolled_anew_meanwhile_is_still_waited_for(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path
) -> None:
    """T1.1 sold A-1 after the backup, and lies set aside as sealed and acknowledged: nobody sends it any more."""
    one, three = tills_at("T1", "T3")
    file = kept.back_up()
    (sold, idle) = house.granted(one, "A-1", "A-2")
    house.push(one, one.sell(SHOW, sold))
    one.seal(SHOW, [idle], [sold])
    house.push(one)
    kept.restore(file)
    kept.tell(three)
    again = house.enrol("T1", replace=True)
    kept.tell(again)
    assert house.place("A-1")[0] == "POOL", "which is why"
    with pytest.raises(recovery.CannotEnd, match=r"^T1\.1 may have rights .* absorb its ledger"):
        kept.end()
    absorb(house.database, journal_file(tmp_path, one, sealed=True))
    assert kept.end() == []
    assert house.refused(three, "A-1") == ["sold"]
    assert house.granted(three, "A-2"), "what it returned is free"
    assert house.violations() == []
    assert causes(house) == []


def test_a_declared_death_takes_nobody_off_the_list(house: House, kept: Kept, tills_at: Tills) -> None:
    tills_at("T1")
    kept.restore(kept.back_up())
    assert main(["dead", "T1", "--db", kept.url]) == 0
    with pytest.raises(recovery.CannotEnd, match=r"T1\.1 may have rights"):
        kept.end()
    assert kept.end("T1") == [], "it is dead already"


def test_a_word_for_one_that_was_replaced_leaves_its_successor_alive(
    house: House, kept: Kept, tills_at: Tills, capsys: pytest.CaptureFixture[str]
) -> None:
    tills_at("T1")
    kept.restore(kept.back_up())
    again = house.enrol("T1", replace=True)
    third = house.enrol("T2")
    capsys.readouterr()
    assert main(["restored", "--db", kept.url]) == 0
    assert capsys.readouterr().out == "restored; still to tell their rights: T1.1, T1.2, T2.1\n"
    with pytest.raises(recovery.CannotEnd, match=r"^T1\.2, T2\.1 may have rights"):
        kept.end("T1.1")
    kept.tell(again)
    kept.tell(third)
    assert kept.end("T1") == []
    assert house.rows("SELECT id, incarnation, state FROM till ORDER BY id, incarnation") == [
        ("T1", 1, "FENCED"), ("T1", 2, "ACTIVE"), ("T2", 1, "ACTIVE"),
    ]  # fmt: skip
    assert house.granted(again, "A-1")


def test_one_that_was_enrolled_meanwhile_stays_on_the_list_when_it_is_replaced(house: House, kept: Kept) -> None:
    """It may be one from after the backup, with its journal and its rights."""
    kept.restore(kept.back_up())
    house.enrol("T1")
    kept.tell(house.enrol("T1", replace=True))
    with pytest.raises(recovery.CannotEnd, match=r"^T1\.1 may have rights"):
        kept.end()
    assert kept.end("T1.1") == []


def test_a_sealed_ledger_that_has_a_rival_has_not_told_all(house: House, kept: Kept, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    file = kept.back_up()
    copy = one.twin()
    copy.journal = []
    kept.restore(file)
    one.seal(SHOW)
    house.push(one)
    copy.drop()
    house.push(copy)
    with pytest.raises(recovery.CannotEnd, match=r"^T1\.1 may have rights"):
        kept.end()


def test_a_backup_that_was_itself_recovering_goes_on_waiting(house: House, kept: Kept, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    kept.restore(kept.back_up())
    kept.tell(two)
    replaced = [house.enrol(client.till, replace=True) for client in (one, two)]
    kept.restore(kept.back_up())
    for client in replaced:
        kept.tell(client)
    with pytest.raises(recovery.CannotEnd, match=r"^T1\.1 may have rights"):
        kept.end()
    assert kept.end("T1") == []
    kept.restore(kept.back_up())
    for client in replaced:
        kept.tell(client)
    assert kept.end() == [], "who was fenced before a backup is not waited for after it"


def test_a_backup_from_before_there_was_a_list_has_one_when_it_is_restored(
    house: House, kept: Kept, tills_at: Tills
) -> None:
    tills_at("T1")
    for table in ("awaited", "retired", "lineage", "early", "told_place"):
        house.run(f"DROP TABLE {table}")
    house.run("UPDATE alembic_version SET version_num = '0021'")
    kept.restore(kept.back_up())
    house.enrol("T1", replace=True)
    assert house.rows("SELECT * FROM awaited ORDER BY incarnation") == [("T1", 1), ("T1", 2)]
    assert house.rows("SELECT * FROM retired") == []
    assert house.rows("SELECT generation, highest FROM lineage") == [(kept.generation(), 0)]
    with pytest.raises(Recovering):
        house.claim(house.enrol("T2"), "A-1")


@pytest.mark.parametrize(
    ("owner", "name", "old", "new"),
    [
        (recovery, "waited_for", ".order_by(AWAITED", '.where(TILL.c.state == "ACTIVE").order_by(AWAITED'),
        (recovery, "waited_for", "row.last == Kind.SEALED and not row.unread", "False"),
    ],
)
def test_that_the_list_is_of_the_restore(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    owner: object, name: str, old: str, new: str,
) -> None:  # fmt: skip
    mutate(monkeypatch, owner, name, old, new)
    with pytest.raises((pytest.fail.Exception, AssertionError, recovery.CannotEnd)):
        test_a_till_that_is_enrolled_anew_meanwhile_is_still_waited_for(house, kept, tills_at, tmp_path)


def test_that_enrolments_are_added_to_it(house: House, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, recovery, "enrolled", "if recovering(connection)", "if False")
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        test_one_that_was_enrolled_meanwhile_stays_on_the_list_when_it_is_replaced(house, kept)


def test_that_only_who_is_active_dies_of_a_word(
    house: House, kept: Kept, tills_at: Tills, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, recovery, "end", ' if tills.standing(connection, *hand)[2] == "ACTIVE"', "")
    with pytest.raises(AssertionError):
        test_a_word_for_one_that_was_replaced_leaves_its_successor_alive(house, kept, tills_at, capsys)


def test_that_forgotten_tokens_are_believed(
    house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, effects, "apply", "    if recovering:\n", "    if False:\n")
    with pytest.raises(AssertionError):
        test_what_the_office_lost_is_told_again_by_the_journals(house, kept, tills_at)


def test_a_report_counts_only_after_the_whole_journal(house: House, kept: Kept, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    file = kept.back_up()
    (grant,) = house.granted(one, "A-1")
    one.sell(SHOW, grant)
    kept.restore(file)
    assert not kept.tell(one, grant, state="SOLD", ticket="T1.1-00001-1")
    house.push(one)
    assert kept.tell(one, grant, state="SOLD", ticket="T1.1-00001-1")
    assert not kept.tell(one, grant), "once"


def test_new_tokens_are_above_all_that_were_forgotten(house: House, kept: Kept, tills_at: Tills) -> None:
    """T1's ledger has A-1 under a token that the office does not know, given back: an equal one would not be taken."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    (lost,) = house.granted(two, "A-1")
    kept.restore(file)
    kept.tell(one)
    assert [hand.till for hand in kept.end("T2")] == ["T2"]
    (grant,) = house.granted(one, "A-1")
    assert grant.epoch > lost.epoch
    house.push(two, two.sell(SHOW, lost))
    assert causes(house) == ["place"], "what was attested and was not true is seen"
    assert house.place("A-1")[:2] == ("LEASED", "T1")


def test_places_that_are_made_after_a_restore_have_tokens_above_all_that_were_forgotten(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path
) -> None:
    """Foyer#12 was made after the backup, and Foyer#10 was taken away at the time and there again after it."""
    (one,) = tills_at("T1")

    def capacity(units: int) -> None:
        import_season(house.database, write_season(tmp_path, SEASON.replace("capacity = 10", f"capacity = {units}")))

    def turn(place: str) -> GrantItem:
        (grant,) = house.granted(one, place)
        house.push(one, one.give_back(SHOW, grant))
        return grant

    turn("Foyer#10")
    capacity(9)
    file = kept.back_up()
    capacity(12)
    lost = {place: turn(place) for place in ("Foyer#10", "Foyer#12")}
    kept.restore(file)
    kept.end("T1")
    capacity(12)
    two = house.enrol("T1")
    house.seen(two)
    for place, grant in lost.items():
        assert house.granted(two, place)[0].epoch > grant.epoch
    assert house.violations() == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("end", "_above(RETIRED.c.epoch, highest)", "RETIRED.c.epoch"),
        ("first_epoch", "if restores else 0", "if False else 0"),
    ],
)
def test_that_they_are(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    name: str, old: str, new: str,
) -> None:  # fmt: skip
    mutate(monkeypatch, recovery, name, old, new)
    with pytest.raises(AssertionError):
        test_places_that_are_made_after_a_restore_have_tokens_above_all_that_were_forgotten(
            house, kept, tills_at, tmp_path
        )


def test_only_a_supervisor_ends_it_and_names_who_is_not_heard(
    house: House, kept: Kept, tills_at: Tills, capsys: pytest.CaptureFixture[str]
) -> None:
    tills_at("T1")
    assert main(["restored", "--db", kept.url]) == 0
    assert capsys.readouterr().out == "this office waits for nobody\n"
    assert main(["restored", "--db", kept.url, "--by", "sam"]) == 1
    assert "has not been restored" in capsys.readouterr().err
    kept.restore(kept.back_up())
    capsys.readouterr()
    assert main(["restored", "--db", kept.url]) == 0
    assert capsys.readouterr().out == "restored; still to tell their rights: T1.1\n"
    for words, why in (
        (["--by", "anna"], "'anna' is no supervisor"),
        (["--by", "sam"], "T1.1 may have rights"),
        (["--by", "sam", "--without", "T9"], "T9: not waited for"),
    ):
        assert main(["restored", "--db", kept.url, *words]) == 1
        assert why in capsys.readouterr().err
    assert main(["restored", "--db", kept.url, "--by", "sam", "--without", "T1"]) == 0
    assert capsys.readouterr().out == "the restore has ended; dead: T1.1: rights are granted again\n"


def test_the_change_log_has_a_new_past(house: House, kept: Kept) -> None:
    assert kept.generation() == ""
    file = kept.back_up()
    kept.restore(file)
    first = kept.generation()
    kept.end()
    assert kept.generation() == first != "", "as long as it is not restored again"


def test_nothing_is_released_meanwhile(house: House, kept: Kept, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    house.granted(one, "A-1")
    kept.restore(kept.back_up())
    order = releasing.Order("T1", None, frozenset(), "sam", "it burned")
    with house.database.read() as connection, pytest.raises(releasing.CannotRelease, match="restored from a backup"):
        releasing.check(connection, order)


# ---- the files --------------------------------------------------------------------------------


def test_backups_are_made_by_one_process_at_a_time_and_the_newest_stay(house: House, kept: Kept) -> None:
    ours = [BackupSchedule(house.database, kept.url, kept.to, 3600, 2) for _ in range(2)]
    assert [schedule.make_if_due(1000.0) is not None for schedule in ours] == [True, False]
    assert [schedule.make_if_due(4600.0) is not None for schedule in ours] == [True, False]
    for second in range(3):
        make(kept.url, kept.to, AT.format(second), 2)
    assert len(list(kept.to.iterdir())) == 2
    for file in kept.to.iterdir():
        check(file)


def test_one_that_fails_is_tried_again_in_a_minute(house: House, kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    kept.to.write_text("a file")
    schedule = BackupSchedule(house.database, kept.url, kept.to, 3600, 2)
    assert schedule.make_if_due(10_000.0) is None
    assert "no backup of" in caplog.text
    caplog.clear()
    kept.to.unlink()
    assert schedule.make_if_due(10_050.0) is None
    assert schedule.make_if_due(10_061.0) is not None


def test_what_is_no_backup_or_not_for_here_changes_nothing(
    house: House, kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = kept.back_up()
    if house.database.sqlite:
        with in_use(Path(kept.url.removeprefix("sqlite:///")), shared=True):
            assert main(["restore", "--db", kept.url, "--from", str(file), "--force"]) == 1
        assert "an office serves on" in capsys.readouterr().err
    else:
        assert main(["restore", "--db", kept.url, "--from", str(file), "--force"]) == 1
        assert "somebody is connected" in capsys.readouterr().err
    house.database.close()
    assert main(["restore", "--db", kept.url, "--from", str(file)]) == 1
    assert "with --force" in capsys.readouterr().err
    (tmp_path / "no").write_text("no")
    assert main(["restore", "--db", kept.url, "--from", str(tmp_path / "no"), "--force"]) == 1
    assert "is no backup of an office" in capsys.readouterr().err
    half = tmp_path / "half"
    half.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert main(["restore", "--db", kept.url, "--from", str(half), "--force"]) == 1
    house.database = open_database(kept.url)
    assert kept.generation() == ""


def test_a_database_whose_facts_do_not_add_up_is_no_backup(tmp_path: Path, kept: Kept, house: House) -> None:
    if not house.database.sqlite:
        pytest.skip("pg_dump's own word is taken there")
    house.enrol("T1")
    house.run("UPDATE till SET applied = 3")
    with pytest.raises(CannotBackUp, match=r"0 of the 3 facts of till T1\.1"):
        kept.back_up()
    assert list(kept.to.iterdir()) == []


def test_a_claim_goes_on_while_sqlite_is_copied(tmp_path: Path, house: House, kept: Kept, tills_at: Tills) -> None:
    if not house.database.sqlite:
        pytest.skip("PostgreSQL's own business")
    (one,) = tills_at("T1")
    places = iter(["A-1", "A-2", "A-3", "A-4"])
    pauses = 0

    def claim() -> None:
        nonlocal pauses
        pauses += 1
        if place := next(places, ""):
            house.granted(one, place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sync.office.store.backup.PAGES", 3)
        file = make(kept.url, kept.to, AT.format(0), 9, claim)
    assert pauses >= 4
    with closing(sqlite3.connect(file)) as db:
        held = db.execute("SELECT count(*) FROM place_right WHERE state = ?", (OfficeState.LEASED.value,)).fetchone()
    assert held == (4,), "a copy that was disturbed begins anew"
