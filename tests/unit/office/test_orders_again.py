"""Orders that were imported after the backup: imported once more in the step that ends the restore, they are what they
were, with all that tills have told of them, and nobody was granted their places before."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from pos.domain.errors import Unreadable
from pos.domain.rights import OfficeState
from sync.office.__main__ import main
from sync.office.clock import now_s
from sync.office.rules import deaths, early, facts, recovery
from sync.office.rules.claims import Claim, Recovering
from sync.office.rules.reading import read
from sync.office.season import bookings, placing
from sync.office.season.importer import import_season, import_within
from sync.wire import ClaimAnswer, FactItem, GrantItem
from tests.mutate import mutate
from tests.peers.small_season import SEASON, SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.kept import Kept
from tests.unit.office.test_facts import causes
from tests.unit.office.test_holds import PRESS, give_back, let_go, step, token
from tests.unit.office.test_refunds import claim_sold, correct, refund_token, states
from tests.unit.office.test_told_again import as_told

Tills = Callable[..., list[TillClient]]
ORDER = f"""
[[order]]
code = "WEB1"
name = "Béla"
show = "{SHOW}"
lines = [
  {{ price_type = "adult", places = ["A-1", "Foyer", "Foyer"] }},
]
"""
PAPER = "SELECT id, unit, code FROM ticket ORDER BY id"
RIGHTS = "SELECT place, state, holder, ticket FROM place_right WHERE state <> 'POOL' ORDER BY place"
Deeds = Callable[[House, TillClient, TillClient], None]
Hands = Callable[[House, TillClient], list[GrantItem]]  # what T1 has in hand after it


def bought(house: House, folder: Path, text: str = ORDER) -> Path:
    file = write_season(folder, SEASON + text)
    import_season(house.database, file)
    return file


def ended(kept: Kept, *seasons: Path) -> int:
    return main(["restored", "--db", kept.url, "--by", "sam", "--import", *map(str, seasons)])


def right(house: House, client: TillClient, place: str, ticket: str) -> GrantItem:
    """The token of an order's ticket."""
    return refund_token(house, client, place).model_copy(update={"ticket": ticket})


def order(house: House, code: str = "WEB1") -> FactItem:
    """An order as a till knows it, as if a fact had sold it."""
    ((body,),) = house.rows(f"SELECT body FROM sale WHERE id = '{code}'")
    envelope = json.dumps({"body": {"sale": json.loads(str(body))}})
    return FactItem(number=1, envelope=envelope, hash="", signature="")


def nothing(house: House, one: TillClient, two: TillClient) -> None:
    """Nobody has come for it."""


def collected(house: House, one: TillClient, two: TillClient) -> None:
    """All of it is printed; the rights go back to the office, and a copy of one is made at the other window."""
    grants = [right(house, one, unit, f"WEB1-{n}") for n, unit in enumerate(("A-1", "Foyer#1", "Foyer#2"), 1)]
    one.collect(SHOW, *grants, sale="WEB1")
    one.sold_back(SHOW, *grants)
    house.push(one)
    two.copy(right(house, two, "Foyer#2", "WEB1-3"), SHOW, "WEB1-3", 1)
    house.push(two)


def refunded(house: House, one: TillClient, two: TillClient) -> None:
    """One ticket is paid back, and its seat sold to somebody else."""
    grant = right(house, one, "A-1", "WEB1-1")
    one.refund(order(house), grant)
    one.give_back(SHOW, grant)
    house.push(one)
    two.sell(SHOW, *house.granted(two, "A-1"), sale="S")
    house.push(two)


def exchanged(house: House, one: TillClient, two: TillClient) -> None:
    """One ticket is another now."""
    one.exchange(order(house), right(house, one, "A-1", "WEB1-1"), *house.granted(one, "A-2"))
    house.push(one)


def asked_for(house: House, one: TillClient, two: TillClient) -> None:
    """The rights to refund were given to a till that did nothing with them, and does not say whose they were."""
    grants = [refund_token(house, one, unit) for unit in ("A-1", "Foyer#1")]
    one.sold_back(SHOW, *grants)
    house.push(one)


def paid_back_by_hand(house: House, one: TillClient, two: TillClient) -> None:
    """A till that was cut off paid one back without the right to; another has booked a tender otherwise."""
    one.claim_refund(order(house))
    house.push(one)
    correct(two, "WEB1")
    house.push(two)


@pytest.mark.parametrize(
    "deeds", [nothing, collected, refunded, exchanged, asked_for, paid_back_by_hand], ids=lambda deeds: deeds.__name__
)
def test_an_order_is_what_it_was(house: House, kept: Kept, tills_at: Tills, tmp_path: Path, deeds: Deeds) -> None:
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    season = bought(house, tmp_path)
    deeds(house, one, two)
    was, paper, rights = as_told(house), house.rows(PAPER), house.rows(RIGHTS)
    disputed, wrong = causes(house), house.violations()
    kept.restore(file)
    for client in (two, one):
        if client.journal:
            house.push(client)
        # What it holds by its facts, it holds.
        assert kept.tell(client)
    assert ended(kept, season) == 0
    told = as_told(house)
    assert (told[0], told[1], told[3]) == (was[0], was[1], was[3])
    assert [(id, _undated(body)) for id, body in told[4]] == [(id, _undated(body)) for id, body in was[4]]
    assert (house.rows(PAPER), house.rows(RIGHTS), causes(house)) == (paper, rights, disputed)
    assert house.rows("SELECT * FROM early") == []
    assert house.violations() == wrong  # what these tills book is no till's arithmetic


def _undated(body: object) -> dict[str, object]:
    return {key: value for key, value in json.loads(str(body)).items() if key != "at"}


@pytest.mark.parametrize(
    ("deeds", "module", "function", "old", "new"),
    [
        (exchanged, bookings, "book", "if desk.restored else ()", "if False else ()"),
        (asked_for, placing.Desk, "_unnamed", "if sold and not record.ticket", "if False"),
        (paid_back_by_hand, early, "_lay", "amendments.take_early(this.fact)", "pass"),
        (paid_back_by_hand, early, "_lay", "papers.claim(this.fact, begun)", "pass"),
        (collected, early, "_lay", "papers.take(_about(one, (ticket,)))", "pass"),
    ],
)
def test_that_what_was_told_counts(
    house: House,
    kept: Kept,
    tills_at: Tills,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    deeds: Deeds,
    module: object,
    function: str,
    old: str,
    new: str,
) -> None:
    mutate(monkeypatch, module, function, old, new)
    with pytest.raises(AssertionError):
        test_an_order_is_what_it_was(house, kept, tills_at, tmp_path, deeds)


NEW_SHOW = (
    ORDER.replace(SHOW, "tosca-2").replace('"A-1", "Foyer", "Foyer"', '"A-1"')
    + """
[[show]]
id = "tosca-2"
production = "tosca"
starts = "2027-12-04T19:30:00+01:00"
plan = "hall"
prices = "usual"
terms = "standard"
"""
)


def of_new_show(house: House, client: TillClient) -> GrantItem:
    """The right to the order's seat of a show that the backup does not have."""
    name = f"refund:{client.till}"
    claim = Claim(name, client.till, client.incarnation, "tosca-2", ("A-1",), True, now_s(), sold=True)
    (outcome,) = house.settle(claim)
    assert isinstance(outcome, ClaimAnswer)
    assert not outcome.refused
    return outcome.granted[0].model_copy(update={"ticket": "WEB1-1"})


def back(one: TillClient, house: House, grant: GrantItem) -> None:
    one.refund(order(house), grant)
    one.give_back("tosca-2", grant)


def printed(one: TillClient, _house: House, grant: GrantItem) -> None:
    one.collect("tosca-2", grant, sale="WEB1")
    one.sold_back("tosca-2", grant)


def asked(one: TillClient, _house: House, grant: GrantItem) -> None:
    one.sold_back("tosca-2", grant)


def resold(one: TillClient, house: House, grant: GrantItem) -> None:
    one.refund(order(house), grant)
    one.sell("tosca-2", grant, sale="S")


@pytest.mark.parametrize("deed", [back, printed, asked, resold], ids=lambda deed: deed.__name__)
def test_an_order_of_a_show_that_was_forgotten_too(
    house: House,
    kept: Kept,
    tills_at: Tills,
    tmp_path: Path,
    deed: Callable[[TillClient, House, GrantItem], None],
) -> None:
    """Nothing can be booked at its seat before the show is there; what became of the ticket is not forgotten."""
    (one,) = tills_at("T1")
    file = kept.back_up()
    season = bought(house, tmp_path, NEW_SHOW)
    deed(one, house, of_new_show(house, one))
    house.push(one)
    was = house.rows("SELECT id, state, issued, claimed FROM ticket WHERE sale_id = 'WEB1'")
    kept.restore(file)
    house.push(one)
    assert kept.tell(one)
    assert ended(kept, season) == 0
    assert house.rows("SELECT id, state, issued, claimed FROM ticket WHERE sale_id = 'WEB1'") == was


@pytest.mark.parametrize("has", ["sold", "in hand"])
def test_a_ticket_whose_seat_is_anothers_by_now_is_void(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path, capsys: pytest.CaptureFixture[str], has: str
) -> None:
    """T1 has paid it back, and is never heard. The rest of the order is as it was."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    season = bought(house, tmp_path)
    grant = right(house, one, "A-1", "WEB1-1")
    one.refund(order(house), grant)
    one.give_back(SHOW, grant)
    house.push(one)
    held = house.granted(two, "A-1")
    if has == "sold":
        two.sell(SHOW, *held, sale="S")
    kept.restore(file)
    if two.journal:
        house.push(two)
    assert kept.tell(two, *([] if has == "sold" else held))
    words = ["restored", "--db", kept.url, "--by", "sam", "--without", "T1", "--import", str(season)]
    assert main(words) == 0
    assert "order WEB1: WEB1-1 is void: A-1 is not free" in capsys.readouterr().out
    assert {id: state for id, state in states(house).items() if id != "S-1"} == {
        "WEB1-1": "void",
        "WEB1-2": "live",
        "WEB1-3": "live",
    }


def test_a_ticket_that_was_paid_back_without_the_right_is_not_paid_again(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path
) -> None:
    """It is of an area, and of the unit that it had."""
    one, two, three = tills_at("T1", "T2", "T3")
    grants = house.granted(one, "Foyer#1")
    file = kept.back_up()
    season = bought(house, tmp_path, ORDER.replace('"A-1", "Foyer", "Foyer"', '"Foyer"'))
    three.claim_refund(order(house))
    house.push(three)
    one.give_back(SHOW, *grants)
    house.push(one)
    was = house.rows("SELECT id, unit, claimed FROM ticket")
    assert was == [("WEB1-1", "Foyer#2", 1)]
    kept.restore(file)
    for client in (one, three):
        house.push(client)
    for client in (one, two, three):
        assert kept.tell(client)
    assert ended(kept, season) == 0
    assert house.rows("SELECT id, unit, claimed FROM ticket") == was
    assert house.place("Foyer#2")[0] == "SOLD"


@pytest.mark.parametrize(
    ("module", "name", "old", "new"),
    [
        (early, "whereabouts", "if this.fact.kind == Kind.REFUND_CLAIMED:", "if False:"),
        (placing.Desk, "_as_told", "place.grant(OfficeState.SOLD", "(OfficeState.SOLD"),
    ],
)
def test_that_it_has_its_unit(
    house: House,
    kept: Kept,
    tills_at: Tills,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
    old: str,
    new: str,
) -> None:
    mutate(monkeypatch, module, name, old, new)
    with pytest.raises(AssertionError):
        test_a_ticket_that_was_paid_back_without_the_right_is_not_paid_again(house, kept, tills_at, tmp_path)


@pytest.mark.parametrize(
    ("deed", "module", "name", "old", "new"),
    [
        (back, facts, "_follow", "elif page.board.restored and", "elif False and"),
        (printed, placing.Desk, "_as_told", "place.ticket = ticket", "return 'void'"),
        (asked, placing.Desk, "_unnamed", "or (record.place == named", "or (False"),
    ],
)
def test_that_it_is_not_forgotten(
    house: House,
    kept: Kept,
    tills_at: Tills,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    deed: Callable[[TillClient, House, GrantItem], None],
    module: object,
    name: str,
    old: str,
    new: str,
) -> None:
    mutate(monkeypatch, module, name, old, new)
    with pytest.raises(AssertionError):
        test_an_order_of_a_show_that_was_forgotten_too(house, kept, tills_at, tmp_path, deed)


def test_a_seat_is_taken_for_a_ticket_of_which_papers_were_told_in_vain(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path
) -> None:
    """T1 had made a copy, was attested for, and is heard after all. The order is imported late; its seat is free."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    season = bought(house, tmp_path)
    grant = right(house, one, "A-1", "WEB1-1")
    one.copy(grant, SHOW, "WEB1-1", 1)
    house.push(one)
    kept.restore(file)
    assert kept.tell(two)
    kept.end("T1")
    house.push(one)
    import_season(house.database, season)
    assert states(house)["WEB1-1"] == "live"
    assert house.refused(two, "A-1") == ["sold"]


def test_a_new_order_is_given_no_place_that_is_sold(house: House, kept: Kept, tills_at: Tills, tmp_path: Path) -> None:
    """Nobody knows by which ticket, since its till is never heard: only what is imported again may have been that."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    one.sell(SHOW, *house.granted(one, "Foyer#1"), sale="S", price=1200)
    one.sold_back(SHOW, GrantItem(place="Foyer#1", epoch=1, hop=0))
    house.push(one)
    two.sold_back(SHOW, refund_token(house, two, "Foyer#1"))
    house.push(two)
    kept.restore(file)
    house.push(two)
    assert kept.tell(two)
    kept.end("T1")
    bought(house, tmp_path, ORDER.replace('"A-1", "Foyer", "Foyer"', '"Foyer"'))
    assert house.rows("SELECT unit FROM ticket") == [("Foyer#2",)]


UNPAID = f"""
[[order]]
code = "RES1"
name = "Béla"
show = "{SHOW}"
state = "reserved"
home = "T1"
lines = [
  {{ price_type = "adult", places = ["B-1", "B-2", "Foyer"] }},
]
"""


def untouched(house: House, one: TillClient) -> list[GrantItem]:
    """Nobody has asked for what is held."""
    return []


def given_back(house: House, one: TillClient) -> list[GrantItem]:
    """A till had the rights, and says nothing of whose they were when it gives them back."""
    give_back(one, *token(house, one, "A-1", "B-1", "Foyer#1"))
    house.push(one)
    return []


def in_hand(house: House, one: TillClient) -> list[GrantItem]:
    """A till has let go of a seat of the hold; it has one of the order in hand, whose buyer is on the telephone."""
    a, b = token(house, one, "A-1", "B-1")
    let_go(one, "H1", a)
    house.push(one)
    return [b]


HELD = "SELECT place, state, holder, ticket FROM place_right WHERE state = 'HELD' ORDER BY place"
LIVE = "SELECT family, id, body FROM live ORDER BY family, id"


@pytest.mark.parametrize("deeds", [untouched, given_back, in_hand], ids=lambda deeds: deeds.__name__)
def test_what_is_held_is_held_again(house: House, kept: Kept, tills_at: Tills, tmp_path: Path, deeds: Hands) -> None:
    (one,) = tills_at("T1")
    file = kept.back_up()
    season = bought(house, tmp_path, PRESS.replace('"A-2"', '"A-2", "Foyer"') + UNPAID)
    held = deeds(house, one)
    was = house.rows(HELD), _undated_live(house)
    kept.restore(file)
    if one.journal:
        house.push(one)
    assert kept.tell(one, *held, state="HELD", ticket="RES1")
    assert ended(kept, season) == 0
    assert (house.rows(HELD), _undated_live(house)) == was
    assert (causes(house), house.violations()) == ([], [])


def _undated_live(house: House) -> list[tuple[object, object, dict[str, object]]]:
    return [(family, id, _undated(body)) for family, id, body in house.rows(LIVE)]


@pytest.mark.parametrize(
    ("deeds", "old", "new"),
    [
        (given_back, 'record.ticket in ("", id)', "record.ticket == id"),
        (in_hand, 'record.ticket in ("", id)', 'record.ticket == ""'),
    ],
)
def test_that_it_is_known(
    house: House,
    kept: Kept,
    tills_at: Tills,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    deeds: Hands,
    old: str,
    new: str,
) -> None:
    mutate(monkeypatch, placing.Desk, "_held", old, new)
    with pytest.raises(AssertionError):
        test_what_is_held_is_held_again(house, kept, tills_at, tmp_path, deeds)


def test_what_is_not_free_any_more_is_left_out_of_what_is_held(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A seat of the hold was sold at a window, and one that was reserved, too; all that is left of both is held."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    season = bought(house, tmp_path, PRESS + UNPAID)
    for n, grant in enumerate(token(house, one, "A-1", "B-1"), 1):
        let_go(one, grant.ticket, grant)
        one.sell(SHOW, grant, sale=f"S{n}")
    house.push(one)
    kept.restore(file)
    house.push(one)
    assert kept.tell(one)
    assert kept.tell(two)
    assert ended(kept, season) == 0
    said = capsys.readouterr().out
    assert "hold H1: A-1 is left out: A-1 is not free: it is sold\n" in said
    assert "order RES1: B-1 is left out: B-1 is not free: it is sold\n" in said
    assert house.rows(HELD) == [("A-2", "HELD", "", "H1"), ("B-2", "HELD", "", "RES1"), ("Foyer#1", "HELD", "", "RES1")]
    assert states(house) == {"S1-1": "live", "S2-1": "live"}
    assert (causes(house), house.violations()) == ([], [])
    again = tmp_path / "again.toml"
    again.write_text(PRESS.replace("H1", "H2"), "utf-8")
    with pytest.raises(Unreadable, match="A-1 is not free"):
        import_season(house.database, again)


def test_what_tills_have_made_of_an_order_stands(house: House, kept: Kept, tills_at: Tills, tmp_path: Path) -> None:
    """It was changed at a window: its second version is what there is, however it is imported."""
    (one,) = tills_at("T1")
    file = kept.back_up()
    season = bought(house, tmp_path, UNPAID)
    ((body,),) = house.rows("SELECT body FROM live WHERE family = 'order'")
    changed = json.loads(str(body)) | {"name": "Bela", "version": 2}
    one.record("OrderChanged", {"user": "anna", "order": changed, "documents": [{"family": "order", **changed}]})
    house.push(one)
    was = _undated_live(house)
    assert was[1][2]["name"] == "Bela"
    kept.restore(file)
    house.push(one)
    assert kept.tell(one)
    assert ended(kept, season) == 0
    assert _undated_live(house) == was


def test_an_order_that_tills_have_ended_takes_nothing(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path
) -> None:
    (one,) = tills_at("T1")
    file = kept.back_up()
    season = bought(house, tmp_path, UNPAID)
    grants = token(house, one, "B-1", "B-2", "Foyer#1")
    ((body,),) = house.rows("SELECT body FROM live WHERE family = 'order'")
    ended_ = json.loads(str(body)) | {"version": 2, "state": "cancelled"}
    effects = tuple(step(one, grant, OfficeState.HELD, OfficeState.LEASED) for grant in grants)
    told = {"user": "anna", "order": ended_, "documents": [{"family": "order", **ended_}]}
    one.record("OrderEnded", told, effects)
    one.give_back(SHOW, *grants)
    house.push(one)
    kept.restore(file)
    house.push(one)
    assert kept.tell(one)
    assert ended(kept, season) == 0
    assert house.rows("SELECT place FROM place_right WHERE state <> 'POOL'") == []


def test_nobody_is_granted_what_an_order_has(house: House, kept: Kept, tills_at: Tills, tmp_path: Path) -> None:
    """A till that waits for the seat hears of it in the step that ends the restore, and not before."""
    (one,) = tills_at("T1")
    file = kept.back_up()
    season = bought(house, tmp_path)
    kept.restore(file)
    assert kept.tell(one)
    with pytest.raises(Recovering):
        house.claim(one, "A-1")
    assert ended(kept, season) == 0
    assert house.refused(one, "A-1") == ["sold"]
    assert states(house) == {"WEB1-1": "live", "WEB1-2": "live", "WEB1-3": "live"}
    (grant,) = house.granted(one, "A-2")
    assert grant.epoch > 1000
    assert claim_sold(house, one, "A-1")


def test_what_cannot_be_imported_ends_nothing(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no such seat as the second order's: the first is not booked either."""
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "B-1"), sale="S")
    house.push(one)
    file = kept.back_up()
    kept.restore(file)
    assert kept.tell(one)
    first = write_season(tmp_path, SEASON + ORDER)
    second = tmp_path / "second.toml"
    second.write_text(ORDER.replace("WEB1", "WEB2").replace('"A-1", "Foyer", "Foyer"', '"Z-1"'), "utf-8")
    assert ended(kept, first, second) == 1
    assert "has no place 'Z-1'" in capsys.readouterr().err
    with pytest.raises(Recovering):
        house.claim(one, "A-1")
    assert states(house) == {"S-1": "live"}
    assert ended(kept, first) == 0
    assert "the restore has ended: rights are granted again" in capsys.readouterr().out
    assert states(house)["WEB1-1"] == "live"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_till_is_declared_dead_at_the_same_moment(house: House, kept: Kept, tills_at: Tills, tmp_path: Path) -> None:
    """One waits for the other, and neither for ever: the till is dead once the restore has ended."""
    one, two = tills_at("T1", "T2")
    house.granted(two, "A-5")
    file = kept.back_up()
    season = bought(house, tmp_path)
    kept.restore(file)
    for client in (one, two):
        assert kept.tell(client)

    def declare() -> None:
        with house.database.write() as connection:
            deaths.declare(connection, "T2", int(now_s()))

    with ThreadPoolExecutor(1) as pool:
        with house.database.write() as connection:
            recovery.end(connection, "sam", (), int(now_s()))
            declared = pool.submit(declare)
            assert not wait([declared], 0.3).done
            import_within(connection, season)
        declared.result(10)
    assert house.rows("SELECT state FROM till WHERE id = 'T2'") == [("DEAD",)]
    assert states(house)["WEB1-1"] == "live"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_order_is_imported_while_a_till_tells_of_it(
    house: House, kept: Kept, tills_at: Tills, tmp_path: Path
) -> None:
    """Neither of two transactions sees what the other has not committed: one waits for the other."""
    (one,) = tills_at("T1")
    file = kept.back_up()
    season = bought(house, tmp_path)
    one.claim_refund(order(house))
    kept.restore(file)
    kept.end("T1")
    key = one.key.public_key().public_bytes_raw()
    with ThreadPoolExecutor(1) as pool:
        with house.database.write() as connection:
            facts.accept(connection, "T1", 1, read(one.journal, "T1", 1, key), int(now_s()))
            imported = pool.submit(import_season, house.database, season)
            assert not wait([imported], 0.5).done
        imported.result(10)
    assert house.rows("SELECT claimed FROM ticket WHERE id = 'WEB1-1'") == [(1,)]


def test_it_takes_a_person(kept: Kept, house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept.restore(kept.back_up())
    season = write_season(tmp_path, SEASON + ORDER)
    assert main(["restored", "--db", kept.url, "--import", str(season)]) == 1
    assert "go with --by" in capsys.readouterr().err
    assert main(["import", "--db", kept.url, str(season)]) == 1
    assert states(house) == {}
