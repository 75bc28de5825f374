"""Orders that were imported after the backup: imported once more in the step that ends the restore, they are what they
were, with all that tills have told of them, and nobody was granted their places before."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pos.domain.errors import Unreadable
from sync.office.__main__ import main
from sync.office.rules import early
from sync.office.rules.claims import Recovering
from sync.office.season import bookings, placing
from sync.office.season.importer import import_season
from sync.wire import FactItem, GrantItem
from tests.mutate import mutate
from tests.peers.small_season import SEASON, SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.kept import Kept
from tests.unit.office.test_facts import causes
from tests.unit.office.test_holds import PRESS, give_back, let_go, token
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
        (collected, placing.Desk, "_known", "if (told := self._told.get(ticket)) is not None:", "if False:"),
        (refunded, placing.Desk, "_told_of", "return told | held", "return held"),
        (exchanged, bookings, "book", "if desk.restored else ()", "if False else ()"),
        (asked_for, placing.Desk, "_known", "is OfficeState.SOLD and not record.ticket", "is None"),
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
    """The seat of the second order was sold at a window before the backup: the first is not booked either."""
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "B-1"), sale="S")
    house.push(one)
    file = kept.back_up()
    kept.restore(file)
    assert kept.tell(one)
    first = write_season(tmp_path, SEASON + ORDER)
    second = tmp_path / "second.toml"
    second.write_text(ORDER.replace("WEB1", "WEB2").replace('"A-1", "Foyer", "Foyer"', '"B-1"'), "utf-8")
    assert ended(kept, first, second) == 1
    assert "B-1 is not free: it is sold" in capsys.readouterr().err
    with pytest.raises(Recovering):
        house.claim(one, "A-1")
    assert states(house) == {"S-1": "live"}
    assert ended(kept, first) == 0
    assert "the restore has ended: rights are granted again" in capsys.readouterr().out
    assert states(house)["WEB1-1"] == "live"


def test_it_takes_a_person(kept: Kept, house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept.restore(kept.back_up())
    season = write_season(tmp_path, SEASON + ORDER)
    assert main(["restored", "--db", kept.url, "--import", str(season)]) == 1
    assert "go with --by" in capsys.readouterr().err
    assert main(["import", "--db", kept.url, str(season)]) == 1
    assert states(house) == {}
