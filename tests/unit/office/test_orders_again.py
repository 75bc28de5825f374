"""Orders that were imported after the backup: imported once more in the step that ends the restore, they are what they
were, with all that tills have told of them, and nobody was granted their places before."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.office.__main__ import main
from sync.office.rules import early
from sync.office.rules.claims import Recovering
from sync.office.season import bookings
from sync.office.season.importer import import_season
from sync.wire import FactItem, GrantItem
from tests.mutate import mutate
from tests.peers.small_season import SEASON, SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.kept import Kept
from tests.unit.office.test_facts import causes
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
        (collected, bookings._Desk, "_known", "if (told := self._told.get(ticket)) is not None:", "if False:"),
        (refunded, bookings._Desk, "_told_of", "return told | held", "return held"),
        (exchanged, bookings, "book", "if desk.restored else ()", "if False else ()"),
        (asked_for, bookings._Desk, "_known", "is OfficeState.SOLD and not record.ticket", "is None"),
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
