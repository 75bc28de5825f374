"""A season file in: idempotent, all or nothing, and every complaint names file, key and reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from pos.domain.best import Taste
from pos.domain.errors import Unreadable
from pos.domain.season import Season
from sync.office.rules import snapshot
from sync.office.season import importer, seats
from sync.office.season.importer import import_season
from sync.office.store.engine import Database
from tests.mutate import mutate
from tests.peers.small_season import SEASON, SHOW, hall, write_season
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]
ORDER = """
[[order]]
code = "WEB1"
name = "Béla"
contact = "bela@example.org"
show = "tosca-1"
lines = [
  { price_type = "student", places = ["B-1", "B-2"] },
  { price_type = "adult", places = ["Foyer", "Foyer", "Foyer#2"] },
]
state = "paid"
"""
HOLD = """
[[hold]]
show = "tosca-1"
type = "press"
places = ["A-1", "A-2", "Foyer"]
owner = "Herald"
"""


def change(house: House, folder: Path, text: str, plan: dict[str, Any] | None = None) -> list[str]:
    return import_season(house.database, write_season(folder, text, plan))


def picture(database: Database) -> list[object]:
    with database.read() as connection:
        return [
            connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1, 2").all()
            for table in ("document", "place_right", "sale", "ticket", "posting", "change_log")
        ]


def test_pins_are_hashed_as_slowly_as_the_standard_asks(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "PasswordHasher", PasswordHasher)
    import_season(database, write_season(tmp_path))
    with database.read() as connection:
        users = [each.body for each in snapshot.documents(connection).documents if each.family == "user"]
    assert len(users) == 3
    for user in users:
        assert extract_parameters(user["pin_hash"]) == RFC_9106_LOW_MEMORY


def test_a_season_becomes_documents_places_and_one_reload(database: Database, tmp_path: Path) -> None:
    lines = import_season(database, write_season(tmp_path))
    assert f"show {SHOW}: new (34 places)" in lines
    with database.read() as connection:
        answer = snapshot.documents(connection)
        columns = snapshot.places(connection, SHOW)
    documents: dict[str, dict[str, dict[str, Any]]] = {}
    for document in answer.documents:
        documents.setdefault(document.family, {})[document.id] = document.body
    season = Season.from_documents(documents)  # the till's own reading
    assert season.show(SHOW).allotment == {"Stalls": 4, "Foyer": 2}
    assert season.show(SHOW).companions == {"Wheelchair": "Stalls"}
    assert season.show(SHOW).accessible == ("Wheelchair",)
    assert season.show(SHOW).taste == Taste()
    assert PasswordHasher().verify(season.users["anna"].pin_hash, "2468")
    assert season.users["anna"].pin_hash.startswith("$argon2id$")
    assert "2468" not in json.dumps(documents)
    assert columns is not None
    assert columns.states == "P" * 34
    assert columns.plan_version == documents["plan"]["hall"]["version"]
    house = House(database)
    assert house.rows("SELECT count(*) FROM change_log WHERE kind = 'reload'") == [(1,)]
    assert house.rows("SELECT count(*) FROM change_log WHERE kind = 'places'") == [(0,)]
    assert house.violations() == []


def test_what_buyers_ask_about_is_a_productions_or_a_shows(database: Database, tmp_path: Path) -> None:
    text = SEASON.replace('{ en = "Tosca" }', '{ en = "Tosca" }\nminutes = 165\nintervals = [25]\nage = 12')
    text = text.replace('terms = "standard"\n', 'terms = "standard"\nage = 6\nnotice = "In the studio"\n')
    import_season(database, write_season(tmp_path, text))
    with database.read() as connection:
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for document in snapshot.documents(connection).documents:
            found.setdefault(document.family, {})[document.id] = document.body
    told = Season.from_documents(found).show(SHOW).announced
    assert (told.minutes, told.intervals, told.age) == (165, (25,), 6)
    assert told.sentences == {"notice": {"en": "In the studio"}}


def test_a_hall_says_which_seats_are_best_and_which_are_for_whom(database: Database, tmp_path: Path) -> None:
    more = (
        'best = { front = "1", centre = "0.5" }\nrestricted = ["Stalls"]\naccessible = ["Wheelchair"]\ncompanions = {'
    )
    import_season(database, write_season(tmp_path, SEASON.replace("companions = {", more)))
    with database.read() as connection:
        documents: dict[str, dict[str, dict[str, Any]]] = {}
        for document in snapshot.documents(connection).documents:
            documents.setdefault(document.family, {})[document.id] = document.body
    show = Season.from_documents(documents).show(SHOW)
    assert (show.taste, show.restricted) == (Taste(1.0, 0.5), ("Stalls",))


def test_the_same_file_again_changes_nothing_not_even_pins(house: House, tmp_path: Path) -> None:
    before = picture(house.database)
    assert change(house, tmp_path, SEASON) == []
    assert picture(house.database) == before


def test_what_the_file_does_not_mention_stays(house: House, tmp_path: Path) -> None:
    lines = change(house, tmp_path, '[[till]]\nid = "T4"\nname = "Window 4"\n')
    assert lines == ["till T4: new"]
    assert len(house.rows("SELECT * FROM document WHERE family = 'till'")) == 4
    assert house.rows("SELECT family, doc_id FROM change_log ORDER BY position DESC LIMIT 1") == [("till", "T4")]


def test_it_says_which_keys_changed_and_never_a_pin(house: House, tmp_path: Path) -> None:
    text = SEASON.replace('"58.00"', '"60.00"').replace('pin = "2468"', 'pin = "8642"')
    assert change(house, tmp_path, text) == ["prices usual: changed table", "user anna: changed pin_hash"]


LAST = '[[till]]\nid = "T1"'


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # refused before anything is written
@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("starts =", "starst =", "show[0].starts", "is missing"),
        ('production = "tosca"\nstarts', 'production = "aida"\nstarts', "show[0].production", "there is no production"),
        ('plan = "hall"', 'plan = "hell"', "show[0].plan", "there is no plan 'hell'"),
        ('"58.00"', '"58.001"', "prices[0].table", "Stalls.adult: '58.001' has more than 2 decimals"),
        ('"58.00"', '"-58.00"', "prices[0].table", "negative"),
        ('"58.00"', '"58,00"', "prices[0].table", "not an amount"),
        ('"58.00"', "58.00", "prices[0].table", "not an amount"),
        ("Stalls = {", "Stals = {", "prices[0].table.Stals", "no category"),
        ("student = ", "pupil = ", "prices[0].table.Stalls.pupil", "no price type 'pupil'"),
        ("2027-12-03T19:30:00+01:00", "2020-12-03T19:30:00+01:00", "show[0].starts", "is in the past"),
        ("2027-12-03T19:30:00+01:00", "2027-12-03T19:30:00", "show[0].starts", "no offset"),
        ("2027-12-03T19:30:00+01:00", "tomorrow", "show[0].starts", "not a time"),
        ('terms = "standard"\n', 'doors = "2027-12-03T19:31:00+01:00"\n', "show[0].doors", "is after the start"),
        ('terms = "standard"\n', 'notice = { english = "Late" }\n', "show[0].notice", "not a language"),
        ('terms = "standard"\n', 'latecomers = { en = " " }\n', "show[0].latecomers", "must say something"),
        (
            '{ en = "Tosca" }',
            '{ en = "Tosca" }\nminutes = "165"',
            "production[0].minutes",
            "must be minutes, 1 to 1440",
        ),
        ('{ en = "Tosca" }', '{ en = "Tosca" }\nintervals = 25', "production[0].intervals", "list of minutes"),
        ('{ en = "Tosca" }', '{ en = "Tosca" }\nage = 100', "production[0].age", "0 to 99"),
        ('id = "Foyer"', 'id = "Stalls"', "show[0].areas[0].id", "also a category"),
        ("capacity = 10", "capacity = 0", "show[0].areas[0].capacity", "at least 1"),
        ("capacity = 10", "capcity = 10", "show[0].areas[0].capacity", "is missing"),
        ("Foyer = 2", "Fojer = 2", "show[0].allotment", "neither a category nor an area"),
        ('[[till]]\nid = "T2"', '[[till]]\nid = "T1"', "till[1].id", "already at till[0]"),
        ('id = "T2"', 'id = "T 2"', "till[1].id", "letters, digits"),
        ("Europe/Vienna", "Europe/Wien", "venue.timezone", "not a time zone"),
        ('currency = "EUR"', 'currency = "EUR"\nclose_by_two = "yes"', "venue.close_by_two", "true or false"),
        ('currency = "EUR"', 'currency = "EUR"\ncount_paper = 1', "venue.count_paper", "true or false"),
        ('currency = "EUR"', 'currency = "Euro"', "venue.currency", "not a currency"),
        ('rate = "10"', 'rate = "110"', "tax[0].rate", "not a tax rate"),
        ('tax = "reduced"', 'tax = "none"', "prices[0].tax", "no tax 'none'"),
        ('refund_until = "24h"', 'refund_until = "a day"', "terms[0].refund_until", "24h"),
        ('refund_fee = "10%"', 'refund_fee = "110%"', "terms[0].refund_fee", "100 %"),
        ('per = "ticket"', 'per = "seat"', "fee[0].per", "one of ticket, sale"),
        ('role = "cashier"', 'role = "boss"', "user[0].role", "one of"),
        ('pin = "2468"', 'pin = "24"', "user[0].pin", "4 to 12 digits"),
        ('pin = "2468"', "", "user[0].pin", "is missing"),
        ('name = { en = "Adult", uk', 'name = "Adult" # ', "price_type[0].name", "by language"),
        ('companions = { Wheelchair = "Stalls" }', 'companions = { Ramp = "Stalls" }', "plan[0].companions", "'Ramp'"),
        ("companions = { Wheelchair", 'restricted = ["Pillar"] # ', "plan[0].restricted", "'Pillar'"),
        ("companions = { Wheelchair", 'best = { front = "2" } # ', "plan[0].best", 'from "0" to "1"'),
        ("companions = { Wheelchair", 'best = { middle = "1" } # ', "plan[0].best", "neither front nor centre"),
        ('file = "hall.json"', 'file = "nowhere.json"', "plan[0].file", "nowhere.json: No such file"),
        ('currency = "EUR"', 'currency = "EUR"\nopening_hours = "ten to six"', "venue.opening_hours", "neither hours"),
        ('role = "cashier"', 'role = "cashier"\nsuperior = "eva"', "user[0].superior", "there is no user 'eva'"),
        ('role = "cashier"', 'role = "cashier"\nlanguage = "de"', "user[0].language", "none of en, zh_TW"),
        ('role = "cashier"', 'role = "cashier"\nemail = "anna"', "user[0].email", "not an e-mail address"),
        (LAST, '[[anomaly]]\nrule = "refunds"\n' + LAST, "anomaly[0].rule", "one of"),
        (LAST, '[[anomaly]]\nrule = "no_sale"\npercent = "5"\n' + LAST, "anomaly[0].percent", "has none"),
        (LAST, '[[anomaly]]\nrule = "refund_rate"\npercent = "x"\n' + LAST, "anomaly[0].percent", "percentage"),
        (LAST, '[[anomaly]]\nrule = "no_sale"\nowner = "anna"\n' + LAST, "anomaly[0].owner", "a cashier"),
        (LAST, '[[agreement]]\nid = "a.b"\n' + LAST, "agreement[0].id", "full stop"),
        (LAST, '[[agreement]]\nid = "a"\ntills = ["T9"]\n' + LAST, "agreement[0].tills", "no till 'T9'"),
        (
            "[[till]]",
            '[[agreement]]\nid = "a"\ncycle = "monthly"\n[[till]]',
            "agreement[0].cycle",
            "weekly, run",
        ),
    ],
)
def test_a_slip_is_named_and_nothing_is_imported(
    database: Database, tmp_path: Path, old: str, new: str, key: str, reason: str
) -> None:
    assert old in SEASON
    with pytest.raises(Unreadable) as caught:
        import_season(database, write_season(tmp_path, SEASON.replace(old, new)))
    assert caught.value.where == "SEASON.toml"
    assert caught.value.key == key
    assert reason in caught.value.reason
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM document").scalar() == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unknown_key_is_named_with_what_was_meant(database: Database, tmp_path: Path) -> None:
    text = SEASON.replace('terms = "standard"', 'terms = "standard"\nallotmnt = {}')
    with pytest.raises(Unreadable) as caught:
        import_season(database, write_season(tmp_path, text))
    assert str(caught.value) == "SEASON.toml: show[0].allotmnt: unknown key (did you mean allotment?)"
    with pytest.raises(Unreadable, match=r"SEASON.toml: shwo: unknown key \(did you mean show\?\)"):
        import_season(database, write_season(tmp_path, SEASON.replace("[[show]]", "[[shwo]]")))


def test_a_file_that_is_no_season(database: Database, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="is not TOML"):
        import_season(database, write_season(tmp_path, "= what"))
    with pytest.raises(Unreadable, match="No such file"):
        import_season(database, tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes('[venue]\nname = "Café"'.encode("latin-1"))
    with pytest.raises(Unreadable, match="is not UTF-8"):
        import_season(database, tmp_path / "latin.toml")
    with pytest.raises(Unreadable, match="venue: is missing"):
        import_season(database, write_season(tmp_path, '[[till]]\nid = "T1"\n'))


def test_a_bad_plan_is_named_by_its_own_file(database: Database, tmp_path: Path) -> None:
    twice = hall()
    twice["zones"][0]["rows"][1]["seats"][0]["seat_guid"] = "A-1"
    with pytest.raises(Unreadable) as caught:
        import_season(database, write_season(tmp_path, plan=twice))
    assert (caught.value.where, caught.value.key) == ("hall.json", "zones[0].rows[1].seats[0].seat_guid")
    homeless = hall()
    homeless["zones"][0]["rows"][0]["seats"][3]["category"] = "Balcony"
    with pytest.raises(Unreadable, match="'Balcony' is not among the plan's categories"):
        import_season(database, write_season(tmp_path, plan=homeless))
    with pytest.raises(Unreadable, match=r"hall\.json: not JSON"):
        import_season(database, write_season(tmp_path, plan="<html>"))


def test_an_unchanged_show_may_be_in_the_past(house: House, tmp_path: Path) -> None:
    past = SEASON.replace("2027-12-03T19:30", "2020-12-03T19:30")
    old = house.rows(f"SELECT body FROM document WHERE family = 'show' AND id = '{SHOW}'")[0][0]
    body = str(old).replace("2027-12-03T19:30", "2020-12-03T19:30").replace("'", "''")
    house.run(f"UPDATE document SET body = '{body}' WHERE family = 'show'")
    assert change(house, tmp_path, past) == []
    with pytest.raises(Unreadable, match="is in the past"):
        change(house, tmp_path, past.replace("2020-12-03", "2020-12-04"))


# ---- places that are in use --------------------------------------------------------------


def test_an_area_grows_and_shrinks_while_its_units_are_free(house: House, tmp_path: Path, tills_at: Tills) -> None:
    assert change(house, tmp_path, SEASON.replace("capacity = 10", "capacity = 12"))[0] == (
        f"show {SHOW}: 2 places added, 0 taken away"
    )
    (one,) = tills_at("T1")
    house.granted(one, "Foyer#9")
    change(house, tmp_path, SEASON.replace("capacity = 10", "capacity = 9"))
    before = picture(house.database)
    with pytest.raises(Unreadable) as caught:
        change(house, tmp_path, SEASON.replace("capacity = 10", "capacity = 8"))
    assert str(caught.value) == "SEASON.toml: show[0].areas: Foyer#9 cannot be taken away: it is leased"
    assert picture(house.database) == before
    assert house.violations() == []


def test_a_unit_that_was_taken_away_has_higher_tokens_when_it_is_there_again(
    house: House, tmp_path: Path, tills_at: Tills
) -> None:
    """T1 remembers the highest token of Foyer#10 that it has seen, and takes none that is not above it."""
    (one,) = tills_at("T1")
    seen = []
    for _ in range(3):
        for _ in range(2):
            (grant,) = house.granted(one, "Foyer#10")
            seen.append(grant)
            house.push(one, one.give_back(SHOW, grant))
        change(house, tmp_path, SEASON.replace("capacity = 10", "capacity = 6"))
        assert house.rows("SELECT place, epoch, hop FROM retired") == [("Foyer#10", seen[-1].epoch, 0)]
        change(house, tmp_path, SEASON)
        assert house.rows("SELECT * FROM retired") == []
    (last,) = house.granted(one, "Foyer#10")
    tokens = [(grant.epoch, grant.hop) for grant in (*seen, last)]
    assert tokens == sorted(set(tokens))
    house.push(one, one.sell(SHOW, last))
    assert house.place("Foyer#10") == ("SOLD", "T1", 1, last.epoch, 0)
    assert house.violations() == []


def test_a_seat_of_a_plan_that_comes_back_has_higher_tokens(house: House, tmp_path: Path, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    (first,) = house.granted(one, "B-12")
    house.push(one, one.give_back(SHOW, first))
    change(house, tmp_path, SEASON, hall(seats=11))
    change(house, tmp_path, SEASON)
    (again,) = house.granted(one, "B-12")
    assert again.epoch > first.epoch
    assert house.violations() == []


def test_that_tokens_of_what_is_taken_away_are_remembered(
    house: House, tmp_path: Path, tills_at: Tills, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, seats, "_insert", "tokens.get(place, first)", "Token(0, 0)")
    with pytest.raises(AssertionError):
        test_a_unit_that_was_taken_away_has_higher_tokens_when_it_is_there_again(house, tmp_path, tills_at)


def test_a_plan_changes_until_a_seat_is_leased_or_sold(house: House, tmp_path: Path, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    house.granted(one, "Foyer#1")  # an area's unit is not on the plan
    lines = change(house, tmp_path, SEASON, hall(rows=3))
    assert f"show {SHOW}: 12 places added, 0 taken away" in lines
    assert house.rows("SELECT ix FROM place_right WHERE place = 'Foyer#1'") == [(36,)]
    house.granted(one, "A-1")
    with pytest.raises(Unreadable, match="the plan cannot change any more: A-1 is leased"):
        change(house, tmp_path, SEASON, hall(rows=4))
    assert house.violations() == []


# ---- holds and orders --------------------------------------------------------------------


def test_a_hold_takes_its_places_once(house: House, tmp_path: Path) -> None:
    change(house, tmp_path, SEASON + HOLD)
    assert house.place("A-2") == ("HELD", "", 0, 1, 0)
    assert house.place("Foyer#1") == ("HELD", "", 0, 1, 0)
    assert house.violations() == []
    house.run("UPDATE place_right SET state = 'POOL', holder = '' WHERE place = 'A-2'")
    house.run("DELETE FROM change_log WHERE kind = 'places'")
    assert change(house, tmp_path, SEASON + HOLD) == [], "what was released since stays released"
    assert house.place("A-2")[0] == "POOL"


def test_a_paid_order_is_sold_with_tickets_that_every_till_can_find(house: House, tmp_path: Path) -> None:
    change(house, tmp_path, SEASON + ORDER)
    assert house.place("B-1") == ("SOLD", "", 0, 1, 0)
    with house.database.read() as connection:
        ((sale,), more) = snapshot.sales(connection, "", 10)
    assert (sale["id"], sale["till"], sale["name"], sale["total"], more) == ("WEB1", "office", "Béla", "94.00", False)
    assert [ticket["unit"] for ticket in sale["tickets"]] == ["B-1", "B-2", "Foyer#1", "Foyer#3", "Foyer#2"]
    assert [ticket["place"] for ticket in sale["tickets"]][2:] == ["Foyer"] * 3
    assert sale["tickets"][0]["proof"] is True
    assert {ticket["state"] for ticket in sale["tickets"]} == {"live"}
    assert len({ticket["code"] for ticket in sale["tickets"]}) == 5
    assert house.violations() == []
    before = picture(house.database)
    assert change(house, tmp_path, SEASON + ORDER) == []
    assert picture(house.database) == before


def test_the_units_that_an_order_names_are_kept_for_it(house: House, tmp_path: Path) -> None:
    text = ORDER.replace('["Foyer", "Foyer", "Foyer#2"]', '["Foyer#1", "Foyer", "Foyer"]')
    change(house, tmp_path, SEASON + text)
    assert {str(row[0]) for row in house.rows("SELECT unit FROM ticket WHERE unit LIKE 'Foyer%'")} == {
        "Foyer#1",
        "Foyer#2",
        "Foyer#3",
    }


def test_an_unpaid_order_is_a_holder(house: House, tmp_path: Path) -> None:
    change(house, tmp_path, SEASON + ORDER.replace('"paid"', '"reserved"'))
    assert house.place("B-1") == ("HELD", "", 0, 1, 0)
    with house.database.read() as connection:
        told = [item.body for item in snapshot.documents(connection).documents if item.family == "hold"]
        (order,) = [item.body for item in snapshot.documents(connection).documents if item.family == "order"]
    assert [(hold["type"], hold["order"], len(hold["places"])) for hold in told] == [("reservation", "WEB1", 5)]
    assert (order["name"], [(line["unit"], line["price"]) for line in order["lines"]][:2]) == (
        "Béla", [("B-1", "29.00"), ("B-2", "29.00")],
    )  # fmt: skip
    assert house.violations() == []
    assert house.rows("SELECT * FROM sale") == []


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ('"B-1", "B-2"', '"B-1", "B-1"', "order[0].lines[0].places", "B-1 is not free: it is sold"),
        ('"B-1", "B-2"', '"Z-1"', "order[0].lines[0].places", "no place 'Z-1'"),
        ('"Foyer", "Foyer"', ", ".join(['"Foyer"'] * 10), "order[0].lines[1].places", "no more free places"),
        ('"student"', '"senior"', "order[0].lines[0].price_type", "no price for 'senior'"),
        ('show = "tosca-1"', 'show = "aida-1"', "order[0].show", "there is no show 'aida-1'"),
        ("lines = [", "line = [", "order[0].lines", "is missing"),
    ],
)
def test_an_order_that_cannot_be_is_named(
    house: House, tmp_path: Path, old: str, new: str, key: str, reason: str
) -> None:
    assert old in ORDER
    before = picture(house.database)
    with pytest.raises(Unreadable) as caught:
        change(house, tmp_path, SEASON + ORDER.replace(old, new))
    assert caught.value.key == key
    assert reason in caught.value.reason
    assert picture(house.database) == before


def test_a_booked_order_cannot_be_changed_by_an_import(house: House, tmp_path: Path) -> None:
    change(house, tmp_path, SEASON + ORDER)
    with pytest.raises(Unreadable, match=r"order\[0\]: differs from what has been booked"):
        change(house, tmp_path, SEASON + ORDER.replace('"B-2"', '"B-3"'))


def test_an_order_for_a_leased_seat_is_refused(house: House, tmp_path: Path, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    house.granted(one, "B-2")
    with pytest.raises(Unreadable, match="B-2 is not free: it is leased"):
        change(house, tmp_path, SEASON + ORDER)
    assert house.place("B-1")[0] == "POOL"


def test_the_books_have_one_currency(house: House, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"venue\.currency: is CHF, but this office keeps its books in EUR"):
        change(house, tmp_path, SEASON.replace('"EUR"', '"CHF"'))


def test_the_further_keys_of_the_trade_are_kept(database: Database, tmp_path: Path) -> None:
    text = (
        SEASON.replace('currency = "EUR"', 'currency = "EUR"\ndenominations = ["50.00", "0.50"]\ntax_number = "X1"')
        .replace('refund_fee = "10%"', 'refund_fee = "10%"\nrefund = [{ until = "48h", fee = "0%" }]')
        .replace("allotment = {", 'sales_until = "2027-12-03T20:00:00+01:00"\nallotment = {')
        + '[[voucher]]\ncode = "V1"\namount = "20.00"\n[[product]]\nid = "mug"\nprice = "9.00"\n'
    )
    import_season(database, write_season(tmp_path, text))
    with database.read() as connection:
        sent = {(d.family, d.id): d.body for d in snapshot.documents(connection).documents}
    assert sent["venue", "house"]["denominations"] == ["50.00", "0.50"]
    assert sent["terms", "standard"]["refund"] == [{"until": "48h", "fee": "0%"}]
    assert ("voucher", "V1") not in sent, "tills keep only what they know"
    with pytest.raises(Unreadable, match=r"terms\[0\].refund\[0\].until"):
        import_season(database, write_season(tmp_path, text.replace('until = "48h"', 'until = "48"')))


PROMOTER = '[[promoter]]\nid = "ringer"\nname = "Ringer Concerts"\ncommission = "10%"\n'


def with_promoter(more: str) -> str:
    return (
        SEASON.replace('production = "tosca"\nstarts', 'production = "tosca"\npromoter = "ringer"\nstarts')
        + PROMOTER
        + more
    )


def test_a_promoter_is_told_to_the_tills(database: Database, tmp_path: Path) -> None:
    text = with_promoter(
        'card_cost = "1.9"\nchannels = { web = "5%" }\noutlets = { T2 = "7.5%" }\ncycle = "month"\n'
        'advances = [{ at = "2027-11-01", amount = "500.00" }]\n'
    ).replace('id = "house"', 'id = "house"\nday_ends = "04:00"')
    import_season(database, write_season(tmp_path, text))
    with database.read() as connection:
        sent = {(d.family, d.id): d.body for d in snapshot.documents(connection).documents}
    assert sent["promoter", "ringer"]["outlets"] == {"T2": "7.5%"}
    assert sent["show", "tosca-1"]["promoter"] == "ringer"
    assert sent["venue", "house"]["day_ends"] == "04:00"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ('outlets = { T9 = "5%" }\n', r"outlets\.T9: there is no till 'T9'"),
        ('channels = { fax = "5%" }\n', r"channels\.fax: is none of counter, web"),
        ('channels = { web = "105%" }\n', r"channels: web: '105%' is not a percentage"),
        ('card_cost = "-1"\n', r"card_cost: '-1' is not a percentage"),
        ('advances = [{ at = "soon", amount = "5.00" }]\n', r"advances: 'soon' is not a day"),
        ('colour = "red"\n', "colour"),
    ],
)
def test_an_agreement_that_makes_no_sense_is_refused(database: Database, tmp_path: Path, more: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        import_season(database, write_season(tmp_path, with_promoter(more)))


def test_a_show_names_a_promoter_that_there_is(database: Database, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"promoter: there is no promoter 'ringer'"):
        import_season(database, write_season(tmp_path, with_promoter("").replace(PROMOTER, "")))


@pytest.mark.parametrize("ends", ["4am", "13:00"])
def test_a_day_ends_at_a_time(database: Database, tmp_path: Path, ends: str) -> None:
    with pytest.raises(Unreadable, match="day_ends"):
        import_season(
            database, write_season(tmp_path, SEASON.replace('id = "house"', f'id = "house"\nday_ends = "{ends}"'))
        )
