"""Dead tills: sealed by their own disk, or declared dead; what they held, and who may have it next."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pos.domain.books import Posting
from pos.domain.certificate import Certificate, Hand, PassedRight
from pos.domain.facts import SignedFact
from pos.domain.journaltext import fact_line, header_line
from pos.domain.money import Money
from pos.domain.rights import Effect, OfficeState, Token
from pos.store.copyfile import copy_name
from sync.agent.journalfile import JournalFile
from sync.office.absorb import Absorbed, CannotAbsorb, absorb
from sync.office.clock import now_s
from sync.office.rules import changes, deaths, drawers, frozen, heard, releasing
from sync.office.rules.heard import STOPPED, Pulled
from sync.office.rules.releasing import CannotRelease, Order
from sync.office.store.own import office_key
from sync.wire import FactItem
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.test_facts import causes, everything

Tills = Callable[..., list[TillClient]]


def die(house: House, till: str) -> deaths.Death:
    with house.database.write() as connection:
        return deaths.declare(connection, till, int(now_s()))


def states(house: House) -> dict[str, str]:
    return {f"{row[0]}.{row[1]}": str(row[2]) for row in house.rows("SELECT id, incarnation, state FROM till")}


def journal_file(
    folder: Path, client: TillClient, *, sealed: bool = False, facts: list[FactItem] | None = None
) -> Path:
    """What `housefull seal` or `housefull journal` writes of this till."""
    path = folder / f"{client.till}.journal"
    items = client.journal if facts is None else facts
    with JournalFile(path) as file:
        file.begin(client.till, client.incarnation, len(items), sealed=sealed)
        file.add([signed(item) for item in items])
        file.finish()
    return path


def signed(item: FactItem) -> SignedFact:
    return SignedFact(item.number, item.envelope.encode(), item.hash, base64.b64decode(item.signature))


# ---- sealed ------------------------------------------------------------------------------


def test_a_sealed_ledger_frees_all_that_it_held(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    idle, sold = house.granted(one, "A-1", "A-2")
    one.sell(SHOW, sold)
    house.granted(one, "A-3")  # granted, but the answer never arrived
    one.seal(SHOW, [idle], [sold])
    assert [result.verdict for result in house.push(one).results] == ["applied", "applied"]
    assert states(house)["T1.1"] == "DEAD"
    assert house.place("A-1") == ("POOL", "", 0, 1, 0)
    assert house.place("A-2") == ("SOLD", "", 0, 1, 0)
    assert house.place("A-3") == ("POOL", "", 0, 1, 0)
    assert [grant.epoch for grant in house.granted(two, "A-1", "A-3")] == [2, 2]
    assert house.violations() == []


def test_every_till_is_told_that_a_sealed_one_is_dead(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.seal(SHOW, house.granted(one, "A-1"))
    house.push(one)
    with house.database.read() as connection:
        last = changes.after(connection, changes.head(connection)[0] - 1, 1)[0]
    assert (last.family, last.body) == ("fence", {"id": "T1.1", "till": "T1", "incarnation": 1, "state": "DEAD"})


def test_a_till_that_was_declared_dead_and_whose_disk_is_found_frees_its_rights(house: House, tills_at: Tills) -> None:
    one, _ = tills_at("T1", "T2")
    idle, sold = house.granted(one, "A-1", "A-2")
    die(house, "T1")
    assert house.place("A-1") == ("QUARANTINE", "T1", 1, 1, 0)
    one.sell(SHOW, sold)
    one.seal(SHOW, [idle], [sold])
    house.push(one)
    assert house.place("A-1") == ("POOL", "", 0, 1, 0)
    assert house.place("A-2") == ("SOLD", "", 0, 1, 0)
    assert causes(house) == []
    assert house.violations() == []


def test_a_sealed_ledger_that_has_a_rival_frees_nothing(house: House, tills_at: Tills) -> None:
    """There are two of it: the other one may have sold what this one gives back."""
    one, two = tills_at("T1", "T2")
    (idle,) = house.granted(one, "A-1")
    clone = one.twin()
    clone.journal = []
    one.drop("1.00")
    house.push(one)
    clone.drop("2.00")
    house.push(clone)
    one.seal(SHOW, [idle])
    house.push(one)
    assert (states(house)["T1.1"], house.place("A-1")) == ("DEAD", ("QUARANTINE", "T1", 1, 1, 0))
    assert house.refused(two, "A-1") == ["right_elsewhere"]
    clone.http.close()


def test_what_a_sealed_ledger_says_otherwise_than_the_office_is_not_freed(house: House, tills_at: Tills) -> None:
    """It says that it sold the seat, by a fact that the office has not agreed with."""
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    one.seal(SHOW, sold=[grant])
    house.push(one)
    assert house.place("A-1") == ("QUARANTINE", "T1", 1, 1, 0)
    assert causes(house) == ["place"]
    assert house.violations() == []


# ---- a journal's file --------------------------------------------------------------------


def test_absorbing_is_like_a_push_and_happens_once(house: House, tills_at: Tills, tmp_path: Path) -> None:
    (one,) = tills_at("T1")
    idle, sold = house.granted(one, "A-1", "A-2")
    one.drop()
    house.push(one)
    one.sell(SHOW, sold)
    one.seal(SHOW, [idle], [sold])
    path = journal_file(tmp_path, one, sealed=True)
    assert absorb(house.database, path) == Absorbed("T1", 1, facts=3, new=2, disputed=0, state="DEAD")
    assert house.place("A-1")[0] == "POOL"
    before = everything(house)
    assert absorb(house.database, path).new == 0
    assert house.push(one).applied == 3
    assert everything(house) == before
    assert house.violations() == []


def test_absorbing_a_copy_books_its_facts_and_frees_nothing(house: House, tills_at: Tills, tmp_path: Path) -> None:
    one, two = tills_at("T1", "T2")
    idle, sold, back = house.granted(one, "A-1", "A-2", "A-3")
    one.sell(SHOW, sold)
    one.give_back(SHOW, back)
    die(house, "T1")
    done = absorb(house.database, journal_file(tmp_path, one))
    assert (done.new, done.state, done.disputed) == (2, "DEAD", 0)
    assert house.place("A-2") == ("SOLD", "T1", 1, 1, 0)
    assert house.place("A-1") == ("QUARANTINE", "T1", 1, 1, 0)
    assert house.place("A-3") == ("QUARANTINE", "T1", 1, 1, 0)
    assert house.refused(two, "A-1") == ["right_elsewhere"]
    assert house.violations() == []
    assert idle.place == "A-1"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda lines: lines[:-1], "it ends after 2 of 3 facts"),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], "line 2 has fact 2, not 1"),
        (lambda lines: [*lines[:2], lines[2].replace("drop", "paid_in"), lines[3]], "its hash is not that of"),
        (lambda lines: [*lines[:2], lines[2][:-20], lines[3]], "line 3 is not a fact"),
        (lambda lines: lines[1:], "line 1 is not that of a journal's file"),
        (lambda lines: [lines[0].replace('"T1"', '"T9"'), *lines[1:]], "no till T9.1 is enrolled here"),
        (lambda lines: [lines[0].replace('"T1"', '"T2"'), *lines[1:]], "its signature does not verify"),
        (lambda lines: [], "line 1 is not that of a journal's file"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_and_nothing_of_it_is_booked(
    house: House, tills_at: Tills, tmp_path: Path, spoil: Callable[[list[str]], list[str]], why: str
) -> None:
    one, _ = tills_at("T1", "T2")
    for _ in range(3):
        one.drop()
    path = journal_file(tmp_path, one)
    path.write_text("\n".join(spoil(path.read_text("utf-8").splitlines())), "utf-8")
    before = everything(house)
    with pytest.raises(CannotAbsorb, match=why):
        absorb(house.database, path)
    assert everything(house) == before


def test_a_file_whose_chain_is_broken_is_refused_whole(house: House, tills_at: Tills, tmp_path: Path) -> None:
    (one,) = tills_at("T1")
    one.drop()
    one.drop(prev_hash="f" * 64)
    before = everything(house)
    with pytest.raises(CannotAbsorb, match="fact 2: it does not follow"):
        absorb(house.database, journal_file(tmp_path, one))
    assert everything(house) == before


def growing_copy(house: House, folder: Path, client: TillClient) -> Path:
    """What a till has copied to a second medium until its disk died."""
    path = folder / copy_name(client.hand)
    facts = [
        SignedFact(item.number, item.envelope.encode(), item.hash, base64.b64decode(item.signature), item.beside)
        for item in client.journal
    ]
    key = office_key(house.database).public_key().public_bytes_raw()
    path.write_bytes(header_line(client.hand) + b"".join(fact_line(fact, key, b"\x07" * 32) for fact in facts))
    return path


def test_a_copy_that_grew_is_absorbed_up_to_its_last_whole_line(house: House, tills_at: Tills, tmp_path: Path) -> None:
    (one,) = tills_at("T1")
    (sold,) = house.granted(one, "A-1")
    one.drop()
    one.sell(SHOW, sold)
    one.drop()
    die(house, "T1")
    path = growing_copy(house, tmp_path, one)
    path.write_bytes(path.read_bytes()[:-30])
    assert absorb(house.database, path) == Absorbed("T1", 1, facts=2, new=2, disputed=0, state="DEAD")
    assert house.place("A-1")[0] == "SOLD"
    assert house.violations() == []


def test_what_is_personal_in_a_copy_is_read_by_the_office(house: House, tills_at: Tills, tmp_path: Path) -> None:
    (one,) = tills_at("T1")
    (sold,) = house.granted(one, "A-1")
    one.sell(SHOW, sold, name="Ida")
    path = growing_copy(house, tmp_path, one)
    assert b"Ida" not in path.read_bytes()
    absorb(house.database, path)
    assert house.violations() == []
    assert "Ida" in str(house.rows("SELECT body FROM beside")[0][0])


def test_only_its_last_line_may_be_torn(house: House, tills_at: Tills, tmp_path: Path) -> None:
    (one,) = tills_at("T1")
    one.drop()
    one.drop()
    path = growing_copy(house, tmp_path, one)
    header, first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(header + first[:-30] + b"\n" + second)
    with pytest.raises(CannotAbsorb, match="line 2 is not a fact"):
        absorb(house.database, path)


# ---- declared dead -----------------------------------------------------------------------


def test_a_dead_tills_rights_are_nobodys_and_its_facts_are_still_booked(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(one, "A-1")
    death = die(house, "T1")
    assert (death.hand, death.was, death.facts, death.held) == (Hand("T1", 1), "ACTIVE", 0, {"QUARANTINE": 1})
    assert isinstance(house.claim(one, "A-2"), Exception)
    assert house.refused(two, "A-1") == ["right_elsewhere"]
    one.sell(SHOW, grant)
    house.push(one)
    assert house.place("A-1") == ("SOLD", "T1", 1, 1, 0)
    assert house.violations() == []


def test_declaring_a_till_dead_twice_changes_nothing(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    house.granted(one, "A-1")
    die(house, "T1")
    before = everything(house)
    assert die(house, "T1").was == "DEAD"
    assert everything(house) == before
    with pytest.raises(deaths.NoSuchTill, match="'T7'"):
        die(house, "T7")


# ---- released ----------------------------------------------------------------------------


def release(house: House, till: str, *places: str, attested: tuple[str, ...] = ()) -> list[str]:
    """On a supervisor's word; the places released."""
    named = frozenset((SHOW, place) for place in places) if places else None
    order = Order(till, named, frozenset(attested), "sam", "the window never opened")
    with house.database.write() as connection:
        return [place.place for place in releasing.release(connection, order, int(now_s()))]


def hears(house: House, client: TillClient, *, head: int | None = None, cursor: int | None = None) -> None:
    """A till pulls and tells, as its agent does every few seconds."""
    with house.database.write() as connection:
        latest = changes.head(connection)[0] if cursor is None else cursor
        number = len(client.journal) if head is None else head
        heard.note(connection, [Pulled(client.till, client.incarnation, latest, number)])


def waits_for(house: House, till: str, *places: str, attested: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    with pytest.raises(CannotRelease) as refused:
        release(house, till, *places, attested=attested)
    return [(f"{one.hand.till}.{one.hand.incarnation}", one.why) for one in refused.value.waits_for]


def test_nothing_is_released_before_every_other_till_has_heard_and_told(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    house.granted(one, "A-1")
    die(house, "T1")
    before = everything(house)
    assert waits_for(house, "T1") == [("T2.1", "not_heard"), ("T3.1", "not_heard")]
    hears(house, two)
    three.drop()
    hears(house, three)
    assert waits_for(house, "T1") == [("T3.1", "not_heard")], "its fact from before it heard is not here"
    assert everything(house) == before
    house.push(three)
    assert release(house, "T1") == ["A-1"]
    assert house.place("A-1") == ("POOL", "", 0, 2, 0)
    assert [grant.epoch for grant in house.granted(two, "A-1")] == [3]
    assert house.violations() == []


def test_a_right_that_left_the_dead_till_unseen_is_found_before_it_is_released(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (passed,) = two.receive(one.pass_on(SHOW, two, *house.granted(one, "A-1")))
    two.sell(SHOW, passed)
    die(house, "T1")
    hears(house, two)
    assert waits_for(house, "T1") == [("T2.1", "not_heard")]
    house.push(two)
    with pytest.raises(CannotRelease, match="there is nothing with a fenced or dead T1"):
        release(house, "T1")
    assert house.place("A-1")[:2] == ("SOLD", "T2")


def test_a_later_fence_has_to_be_heard_of_too(house: House, tills_at: Tills) -> None:
    """A right may have gone from the dead till to one that died later, and from there to any other."""
    one, _two, three = tills_at("T1", "T2", "T3")
    house.granted(one, "A-1")
    die(house, "T1")
    hears(house, three)
    die(house, "T2")
    assert waits_for(house, "T1", attested=("T2",)) == [("T3.1", "not_heard")]
    hears(house, three)
    assert release(house, "T1", attested=("T2",)) == ["A-1"]


def test_a_fenced_till_must_have_stopped_and_told_all_or_be_attested_for(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1", "A-2")
    new = house.enrol("T2", replace=True)
    die(house, "T1")
    hears(house, new)
    assert waits_for(house, "T1", "A-1") == [("T2.1", "not_stopped")]
    assert waits_for(house, "T1", "A-1", attested=("T2",)) == [("T2.1", "not_stopped")], "which machine is meant?"
    assert release(house, "T1", "A-1", attested=("T2.1",)) == ["A-1"]
    two.drop()
    hears(house, two, cursor=STOPPED)
    assert waits_for(house, "T1", "A-2") == [("T2.1", "not_stopped")], "its last fact is not here"
    house.push(two)
    assert release(house, "T1", "A-2") == ["A-2"]


def test_a_word_for_a_machine_is_not_one_for_another_of_its_name(house: House, tills_at: Tills) -> None:
    """T1 was replaced while it sold, and its replacement died: the first of them sells on, and nobody has heard it."""
    house.granted(*tills_at("T1"), "A-1")
    new = house.enrol("T1", replace=True)
    house.granted(new, "A-2")
    die(house, "T1")
    assert waits_for(house, "T1", "A-2") == [("T1.1", "not_stopped")]
    assert waits_for(house, "T1", "A-1") == [("T1.2", "not_stopped")]
    both = [("T1.1", "not_stopped"), ("T1.2", "not_stopped")]
    assert waits_for(house, "T1") == both
    assert waits_for(house, "T1", attested=("T1",)) == both
    assert waits_for(house, "T1", attested=("T1.2",)) == both[:1]
    assert release(house, "T1", "A-2", attested=("T1.1",)) == ["A-2"]
    assert release(house, "T1", attested=("T1.1", "T1.2")) == ["A-1"], "what T1.1 alone had"
    assert house.violations() == []


def test_what_the_dead_have_is_told_by_machine_with_who_is_waited_for(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1", "A-2")
    one.sell(SHOW, *house.granted(one, "A-3"))
    house.push(one)
    new = house.enrol("T1", replace=True)
    house.granted(new, "A-4")
    house.granted(two, "A-5")
    die(house, "T1")
    with house.database.read() as connection:
        told = frozen.look(connection, "T2", {})["frozen"]
    assert [(one["till"], one["incarnation"], [place["place"] for place in one["places"]]) for one in told] == [
        ("T1", 1, ["A-1", "A-2"]),
        ("T1", 2, ["A-4"]),
    ], "neither what is sold nor what the living have"
    assert told[0]["heard"] == "", "what is known of T1 is of the machine that came after it"
    waits = [[(wait["till"], wait["incarnation"], wait["why"]) for wait in one["waits_for"]] for one in told]
    assert waits == [
        [("T1", 2, "not_stopped"), ("T2", 1, "not_heard")],
        [("T1", 1, "not_stopped"), ("T2", 1, "not_heard")],
    ]


def test_a_till_with_two_histories_has_to_be_attested_for(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    clone = two.twin()
    clone.journal = []
    two.drop("1.00")
    house.push(two)
    clone.drop("2.00")
    house.push(clone)
    clone.http.close()
    hears(house, two, cursor=STOPPED)
    die(house, "T1")
    assert waits_for(house, "T1") == [("T2.1", "forked")]
    assert release(house, "T1", attested=("T2",)) == ["A-1"]


def took_over(client: TillClient, place: str = "A-1", hop: int = 0) -> None:
    """What a newer version tells of a right that came from another till, and the office cannot read."""
    effect = Effect(SHOW, place, Token(1, hop), OfficeState.LEASED, OfficeState.LEASED, client.till)
    client.record("RightsReceived", {"of a newer": "version"}, (effect,))


def accepts(house: House, at: TillClient, note: str) -> None:
    """A supervisor resolves every dispute there is."""
    for (dispute,) in house.rows("SELECT id FROM dispute WHERE state != 'resolved'"):
        at.resolve(str(dispute), "accept", note)
    house.push(at)


def test_a_till_that_told_what_nobody_can_read_is_not_accounted_for(house: House, tills_at: Tills) -> None:
    """It may be that it took a place over: nothing else would tell of that before it has sold it. What it names is
    another place, which a person sees."""
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    took_over(two, "B-1")
    house.push(two)
    die(house, "T1")
    hears(house, two)
    assert waits_for(house, "T1") == [("T2.1", "unreadable")]
    accepts(house, two, "it took none of them over")
    hears(house, two)
    assert release(house, "T1") == ["A-1"]


def test_what_a_till_took_over_by_a_fact_that_nobody_can_read_waits_for_that_till(
    house: House, tills_at: Tills
) -> None:
    """No word about the dispute says where the right is: it has the place, and sells it while it is cut off."""
    one, two, three = tills_at("T1", "T2", "T3")
    one.pass_on(SHOW, two, *house.granted(one, "A-1"))  # its own fact is never sent
    house.granted(one, "A-2")
    took_over(two)
    house.push(two)
    die(house, "T1")
    for client in (two, three):
        hears(house, client)
    accepts(house, three, "T1 passed nothing on")
    hears(house, three)
    assert waits_for(house, "T1") == [("T2.1", "not_ended")]
    assert waits_for(house, "T1", "A-1", attested=("T2",)) == [("T2.1", "not_ended")], "it may still sell it"
    with pytest.raises(CannotRelease, match=r"T2 \(incarnation 1\) has told of one of these places"):
        release(house, "T1")
    with house.database.read() as connection:
        (told,) = frozen.look(connection, "T3", {})["frozen"]
    assert told["waits_for"] == [{"till": "T2", "incarnation": 1, "why": "not_ended"}]
    assert release(house, "T1", "A-2") == ["A-2"], "of which nobody told anything"
    die(house, "T2")
    hears(house, two, cursor=STOPPED)
    hears(house, three)
    assert waits_for(house, "T1") == [("T2.1", "not_attested")]
    assert release(house, "T1", attested=("T2.1",)) == ["A-1"]
    assert house.place("A-1") == ("POOL", "", 0, 2, 0)
    assert house.violations() == []


def test_a_sealed_till_has_nothing_any_more_that_it_took_over_unread(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    one.pass_on(SHOW, two, *house.granted(one, "A-1"))
    took_over(two)
    two.seal(SHOW)
    house.push(two)
    die(house, "T1")
    accepts(house, three, "T2 is sealed")
    hears(house, three)
    assert release(house, "T1") == ["A-1"]


def test_what_a_sealed_till_sold_by_a_fact_that_nobody_can_read_is_attested_for_with_it(
    house: House, tills_at: Tills
) -> None:
    """The machine sells no more; its ticket is out."""
    one, two, three = tills_at("T1", "T2", "T3")
    one.pass_on(SHOW, two, *house.granted(one, "A-1"))
    took_over(two)
    sold = Effect(SHOW, "A-1", Token(1, 1), OfficeState.LEASED, OfficeState.SOLD, "T2", "T2.1-1")
    two.record("TicketsSold", {"of a newer": "version"}, (sold,))
    two.seal(SHOW)
    house.push(two)
    die(house, "T1")
    accepts(house, three, "nobody knows")
    hears(house, three)
    assert waits_for(house, "T1") == [("T2.1", "not_attested")]
    assert release(house, "T1", attested=("T2.1",)) == ["A-1"]


def test_what_one_of_two_machines_of_a_name_did_unread_is_attested_for_by_its_number(
    house: House, tills_at: Tills
) -> None:
    old, two = tills_at("T1", "T2")
    old.sell(SHOW, *house.granted(old, "A-1"), schema=2)
    house.push(old)
    new = house.enrol("T1", replace=True)
    house.granted(new, "A-2")
    die(house, "T1")
    accepts(house, two, "seen")
    for client in (old, new, two):
        hears(house, client, cursor=None if client is two else STOPPED)
    assert waits_for(house, "T1") == [("T1.1", "not_attested")]
    assert release(house, "T1", attested=("T1.1",)) == ["A-1", "A-2"]


def test_what_a_till_told_of_a_right_that_has_passed_on_since_waits_for_nobody(house: House, tills_at: Tills) -> None:
    """It had the place under a token that is none any more, or has passed it on to the till that died."""
    one, two, three = tills_at("T1", "T2", "T3")
    three.give_back(SHOW, *house.granted(three, "A-1"))
    house.push(three)
    took_over(two)
    house.granted(two, "A-2")
    given = Effect(SHOW, "A-2", Token(1, 0), OfficeState.LEASED, OfficeState.LEASED, "T1")
    fact = two.record("RightsTransferred", {"receiver": list(one.hand)}, (given,), schema=2)
    house.push(two)
    passed = (PassedRight(SHOW, "A-2", given.leaves),)
    one.receive(two.certified(Certificate(two.hand, fact.number, fact.hash, one.hand, passed)))
    house.push(one)
    house.granted(one, "A-1")
    die(house, "T1")
    accepts(house, three, "seen")
    for client in (two, three):
        hears(house, client)
    assert release(house, "T1") == ["A-1", "A-2"]


def test_a_sealed_till_is_accounted_for(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    two.seal(SHOW)
    house.push(two)
    die(house, "T1")
    assert release(house, "T1") == ["A-1"]


def test_an_active_till_is_heard_and_not_attested_for(house: House, tills_at: Tills) -> None:
    one, _ = tills_at("T1", "T2")
    house.granted(one, "A-1")
    die(house, "T1")
    assert waits_for(house, "T1", attested=("T2",)) == [("T2.1", "not_heard")]


def test_the_right_to_refund_is_released_on_a_ticket_that_is_still_valid(house: House, tills_at: Tills) -> None:
    """Nobody need be asked: as long as the ticket is valid, the right has not moved. It is never meant by "all"."""
    one, _ = tills_at("T1", "T2")
    one.sell(SHOW, *house.granted(one, "A-1"))
    house.push(one)
    die(house, "T1")
    with pytest.raises(CannotRelease, match="nothing with a fenced or dead T1"):
        release(house, "T1")
    assert release(house, "T1", "A-1") == ["A-1"]
    assert house.place("A-1") == ("SOLD", "", 0, 2, 0)
    assert house.violations() == []


def test_a_pack_that_an_active_till_has_lost_is_released_once_it_is_heard(house: House, tills_at: Tills) -> None:
    one, _ = tills_at("T1", "T2")
    (grant,) = house.granted(one, "A-1")
    slip = one.step("PaperIssued", SHOW, grant, "LEASED PAPER", "P-1")
    one.step("PaperLost", SHOW, slip, "PAPER QUARANTINE", "P-1")
    house.push(one)
    die(house, "T2")
    assert waits_for(house, "T1", attested=("T2",)) == [("T1.1", "not_heard")]
    hears(house, one)
    assert release(house, "T1", attested=("T2",)) == ["A-1"]
    assert house.place("A-1") == ("POOL", "", 0, 2, 0)
    one.sell(SHOW, *house.granted(one, "A-1"))
    house.push(one)
    assert house.violations() == []


def test_paper_of_a_dead_till_is_released_with_the_rest(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(one, "A-1")
    one.step("PaperIssued", SHOW, grant, "LEASED PAPER", "P-1")
    house.push(one)
    die(house, "T1")
    hears(house, two)
    assert release(house, "T1") == ["A-1"]
    two.sell(SHOW, *house.granted(two, "A-1"))
    house.push(two)
    assert house.violations() == []


def test_what_an_active_till_may_still_sell_is_not_released(house: House, tills_at: Tills) -> None:
    """It is frozen for a fact that this office cannot read, and that may have left it in the till's hand."""
    (one,) = tills_at("T1")
    (grant,) = house.granted(one, "A-1")
    one.sell(SHOW, grant, schema=99)
    house.push(one)
    hears(house, one)
    assert house.place("A-1")[0] == "QUARANTINE"
    with pytest.raises(CannotRelease, match="A-1 is not with a fenced or dead T1"):
        release(house, "T1", "A-1")


def test_a_place_at_which_a_fact_waits_is_not_released(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    die(house, "T1")
    hears(house, two)
    house.run(f"INSERT INTO parked (fact_id, line, show_id, place, effect) VALUES ('T2.1.9', 0, '{SHOW}', 'A-1', '')")
    with pytest.raises(CannotRelease, match=r"T2\.1\.9 is still to be applied"):
        release(house, "T1", "A-1")


@pytest.mark.parametrize(("place", "why"), [("A-9", "A-9 is not with a fenced"), ("Z-1", "Z-1 is not with a fenced")])
def test_only_what_the_dead_till_has_is_released(house: House, tills_at: Tills, place: str, why: str) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    house.granted(two, "A-9")
    die(house, "T1")
    hears(house, two)
    with pytest.raises(CannotRelease, match=why):
        release(house, "T1", "A-1", place)
    assert house.place("A-1")[0] == "QUARANTINE"


def test_what_an_active_till_holds_is_not_released(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1"))
    house.push(one)
    with pytest.raises(CannotRelease, match="A-1 is not with a fenced or dead T1"):
        release(house, "T1", "A-1")


def test_a_sale_that_comes_to_light_after_the_release_is_a_dispute(house: House, tills_at: Tills) -> None:
    """The attestation was wrong. What the till gave back instead is no dispute."""
    one, two = tills_at("T1", "T2")
    sold, back = house.granted(one, "A-1", "A-2")
    die(house, "T1")
    hears(house, two)
    release(house, "T1")
    one.give_back(SHOW, back)
    assert [result.verdict for result in house.push(one).results] == ["applied"]
    one.sell(SHOW, sold)
    house.push(one)
    assert causes(house) == ["place"]
    assert house.place("A-1") == ("POOL", "", 0, 2, 0)


def test_who_released_what_and_why_is_kept(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    die(house, "T1")
    hears(house, two)
    release(house, "T1")
    kept = house.rows("SELECT place, epoch, holder, incarnation, state, by_user, reason, fact_id FROM released")
    assert kept == [("A-1", 1, "T1", 1, "QUARANTINE", "sam", "the window never opened", "")]


def test_only_a_supervisor_of_the_season_may_release(house: House) -> None:
    with house.database.read() as connection:
        assert [releasing.may_release(connection, user) for user in ("sam", "anna", "nobody")] == [True, False, False]


# ---- released at a till ------------------------------------------------------------------


def released_at(house: House, at: TillClient, *places: str, user: str = "sam") -> str:
    """A till's fact that releases places of T1; its verdict."""
    body = {"till": "T1", "places": [[SHOW, place] for place in places], "attested": [], "user": user, "reason": "x"}
    at.record("PlacesReleased", body)
    return house.push(at).results[-1].verdict


def test_a_supervisors_fact_releases_what_it_names(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1", "A-2")
    die(house, "T1")
    hears(house, two)
    assert released_at(house, two, "A-1") == "applied"
    assert (house.place("A-1"), house.place("A-2")[0]) == (("POOL", "", 0, 2, 0), "QUARANTINE")
    assert house.rows("SELECT place, by_user, fact_id FROM released") == [("A-1", "sam", "T2.1.1")]
    assert causes(house) == []
    before = everything(house)
    house.push(two)
    assert everything(house) == before
    assert house.violations() == []


def test_a_release_that_may_not_be_done_is_a_dispute_and_frees_nothing(house: House, tills_at: Tills) -> None:
    one, two, _three = tills_at("T1", "T2", "T3")
    house.granted(one, "A-1")
    die(house, "T1")
    hears(house, two)
    released_at(house, two, "A-1")
    assert house.place("A-1")[0] == "QUARANTINE"
    assert causes(house) == ["release_refused"]
    ((detail,),) = house.rows("SELECT detail FROM dispute")
    assert "T3 (incarnation 1) has to be heard" in str(detail)
    assert house.violations() == []


def test_a_cashiers_fact_releases_nothing(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    die(house, "T1")
    hears(house, two)
    released_at(house, two, "A-1", user="anna")
    assert house.place("A-1")[0] == "QUARANTINE"
    assert causes(house) == ["role"]


# ---- the drawer --------------------------------------------------------------------------


def opens(client: TillClient, money: int = 10_000) -> None:
    """A shift with its float."""
    shift = f"{client.till}-{client.incarnation}-S0001"
    postings = (Posting("safe", Money(-money, "EUR")), Posting(f"drawer:{client.till}", Money(money, "EUR")))
    body = {"shift": shift, "user": "anna", "float": str(Money(money, "EUR"))}
    client.record("ShiftOpened", body, postings=postings)


def left(house: House, till: str) -> drawers.LeftDrawer | None:
    with house.database.read() as connection:
        return drawers.left(connection, till)


def test_the_drawer_of_a_dead_till_is_known_by_its_facts(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    opens(one)
    one.sell(SHOW, *house.granted(one, "A-1"))
    house.push(one)
    assert left(house, "T1") is None, "it is active: its own shift closes it"
    die(house, "T1")
    found = left(house, "T1")
    assert found is not None
    assert (found.incarnation, found.shift, found.user, str(found.expected)) == (1, "T1-1-S0001", "anna", "158.00")
    body = {
        "till": "T1", "incarnation": 1, "shift": "T1-1-S0001", "user": "anna", "expected": "158.00",
        "counted": "158.00", "difference": "0.00", "pieces": {"total": "158.00"},
    }  # fmt: skip
    counted = (Posting("drawer:T1", Money(-15_800, "EUR")), Posting("safe", Money(15_800, "EUR")))
    two.record("DrawerTakenOver", body, postings=counted)
    assert house.push(two).results[-1].verdict == "applied"
    assert left(house, "T1") is None
    assert house.rows("SELECT sum(minor) FROM posting WHERE account = 'drawer:T1'") == [(0,)]
    assert (house.violations(), house.notes()) == ([], [])


def test_what_comes_to_light_after_the_count_is_in_the_books(house: House, tills_at: Tills) -> None:
    """Late facts book to their own shift; a person sees that the count was of less."""
    one, two = tills_at("T1", "T2")
    opens(one)
    house.push(one)
    one.sell(SHOW, *house.granted(one, "A-1"))
    die(house, "T1")
    body = {
        "till": "T1", "incarnation": 1, "shift": "T1-1-S0001", "user": "anna", "expected": "100.00",
        "counted": "158.00", "difference": "58.00", "pieces": {"total": "158.00"},
    }  # fmt: skip
    counted = (
        Posting("drawer:T1", Money(-10_000, "EUR")),
        Posting("safe", Money(15_800, "EUR")),
        Posting("over_short", Money(-5_800, "EUR")),
    )
    two.record("DrawerTakenOver", body, postings=counted)
    house.push(two)
    house.push(one)
    assert house.violations() == []
    assert [note for note in house.notes() if "took over the drawer of T1.1 with 100.00" in note]


def counts_out(client: TillClient, **more: object) -> None:
    """T1's drawer, with its float in it."""
    body = {
        "till": "T1", "incarnation": 1, "shift": "T1-1-S0001", "user": "sam", "expected": "100.00",
        "counted": "100.00", "difference": "0.00", "pieces": {"total": "100.00"},
    }  # fmt: skip
    counted = (Posting("drawer:T1", Money(-10_000, "EUR")), Posting("safe", Money(10_000, "EUR")))
    client.record("DrawerTakenOver", body | more, postings=counted)


def closes(client: TillClient) -> None:
    report = {"expected": "100.00", "counted": "100.00", "difference": "0.00"}
    report |= {"number_range": [1, len(client.journal) + 1], "hash": client.journal[-1].hash}
    counted = (Posting("drawer:T1", Money(-10_000, "EUR")), Posting("safe", Money(10_000, "EUR")))
    client.record("ShiftClosed", {"shift": "T1-1-S0001", "user": "anna", "report": report}, postings=counted)


def test_who_has_counted_a_drawer_is_told_to_its_own_till(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    opens(one)
    house.push(one)
    asked = {"till": "T1", "shift": "T1-1-S0001"}
    with house.database.read() as connection:
        assert drawers.counted_by(connection, "T1", asked) == {"by": ""}
    counts_out(two)
    house.push(two)
    with house.database.read() as connection:
        assert drawers.counted_by(connection, "T1", asked) == {"by": "T2.1.1"}
        assert drawers.counted_by(connection, "T1", asked | {"shift": "T1-1-S0002"}) == {"by": ""}


@pytest.mark.parametrize("late", [False, True])
def test_a_till_that_was_taken_for_dead_and_closed_its_shift_is_found_out(
    house: House, tills_at: Tills, late: bool
) -> None:
    """Another counted its drawer out by the copy of its journal, cut off from it and from the office."""
    one, two = tills_at("T1", "T2")
    opens(one)
    closes(one)
    counts_out(two, copy=1)
    for client in (two, one) if late else (one, two):
        house.push(client)
    assert causes(house) == ["drawer_counted_twice"]
    (fields,) = [json.loads(str(row[0]))["fields"] for row in house.rows("SELECT body FROM dispute")]
    assert fields["before"] == ("T2" if late else "T1")
    assert house.violations() == []


def test_a_drawer_that_was_taken_over_and_never_closed_is_counted_once(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    opens(one)
    counts_out(two, copy=1)
    house.push(two)
    house.push(one)
    assert causes(house) == []
    assert house.violations() == []


def test_a_closed_shift_leaves_no_drawer(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    opens(one)
    report = {"expected": "100.00", "counted": "100.00", "difference": "0.00"}
    counted = (Posting("drawer:T1", Money(-10_000, "EUR")), Posting("safe", Money(10_000, "EUR")))
    one.record("ShiftClosed", {"shift": "T1-1-S0001", "user": "anna", "report": report}, postings=counted)
    house.push(one)
    die(house, "T1")
    assert left(house, "T1") is None
    assert left(house, "T2") is None
