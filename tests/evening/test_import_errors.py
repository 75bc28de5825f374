"""Files with mistakes in them: the message names file, key and reason, and nothing of the file is applied."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from sync.office.__main__ import main
from tests.evening.house import House
from tests.evening.season import season
from tests.evening.till_process import housefull
from tests.peers.office_process import office
from tests.peers.small_season import hall, write_season


class Venue:
    """An office with the usual season in it, and a folder for other versions of its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = f"sqlite:///{folder / 'office.db'}"
        self.text = season()
        first = office("import", str(write_season(folder, self.text)), "--db", self.database)
        assert first.returncode == 0, first.stderr

    def imports(self, text: str, plan: dict[str, Any] | str | None = None) -> subprocess.CompletedProcess[str]:
        """The same command, without a process of its own for each of many files."""
        words = ["import", str(write_season(self.folder, text, plan)), "--db", self.database]
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as complaints:
            code = main(words)
        return subprocess.CompletedProcess(words, code, out.getvalue(), complaints.getvalue())

    def dump(self) -> dict[str, list[str]]:
        """Every row of every table."""
        engine = create_engine(self.database)
        try:
            with engine.connect() as connection:
                tables = inspect(connection).get_table_names()
                return {name: sorted(map(str, connection.execute(text(f"SELECT * FROM {name}")))) for name in tables}
        finally:
            engine.dispose()


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Venue:
    return Venue(tmp_path_factory.mktemp("venue"))


def _refused(venue: Venue, text: str, plan: dict[str, Any] | str | None, words: list[str]) -> None:
    before = venue.dump()
    failed = venue.imports(text, plan)
    assert failed.returncode == 1, failed
    assert "Traceback" not in failed.stderr
    assert len(failed.stderr.splitlines()) == 1, failed.stderr
    for word in words:
        assert word in failed.stderr, f"{word!r} is not in: {failed.stderr}"
    assert failed.stdout == ""
    assert venue.dump() == before


# ---- the plan ----------------------------------------------------------------------------


def _seat(plan: dict[str, Any], number: int = 0) -> dict[str, Any]:
    seat: dict[str, Any] = plan["zones"][0]["rows"][0]["seats"][number]
    return seat


def _twice(plan: dict[str, Any]) -> None:
    _seat(plan, 1)["seat_guid"] = "A-1"


def _no_category(plan: dict[str, Any]) -> None:
    del _seat(plan)["category"]


def _unknown_category(plan: dict[str, Any]) -> None:
    _seat(plan, 2)["category"] = "Royal"


def _no_place(plan: dict[str, Any]) -> None:
    _seat(plan)["position"] = {"x": "left", "y": 0}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_twice, ["hall.json", "zones[0].rows[0].seats[1].seat_guid", "A-1"]),
        (_no_category, ["hall.json", "zones[0].rows[0].seats[0].category", "missing"]),
        (_unknown_category, ["hall.json", "zones[0].rows[0].seats[2].category", "Royal"]),
        (_no_place, ["hall.json", "zones[0].rows[0].seats[0].position"]),
    ],
)
def test_a_plan_with_a_mistake(venue: Venue, spoil: Callable[[dict[str, Any]], None], words: list[str]) -> None:
    plan = hall()
    spoil(plan)
    _refused(venue, venue.text, plan, words)


@pytest.mark.parametrize("content", ["", "{", "[]", "<html></html>", '{"name": "Hall"}', '{"a": NaN}'])
def test_a_plan_that_is_none(venue: Venue, content: str) -> None:
    _refused(venue, venue.text, content, ["hall.json"])


# ---- the season --------------------------------------------------------------------------

PAST = (datetime.now(UTC) - timedelta(days=2)).isoformat(timespec="seconds")
NEW_SHOW = f"""
[[show]]
id = "yesterday"
production = "tosca"
starts = "{PAST}"
plan = "hall"
prices = "usual"
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('adult = "58.00"', "adult = 58.00", ["prices[0].table", "Stalls", "adult", "58.0"]),
        ('adult = "58.00"', 'adult = "58,00"', ["prices[0].table", "58,00"]),
        ('adult = "58.00"', 'adult = "-58.00"', ["prices[0].table", "negative"]),
        ('adult = "58.00"', 'adult = "58.001"', ["prices[0].table", "58.001"]),
        ('adult = "58.00"', 'gold = "58.00"', ["prices[0].table.Stalls.gold"]),
        ('proof = "student card"', 'prof = "student card"', ["price_type[1].prof", "proof"]),
        ('[venue]\nid = "house"', '[venues]\nid = "house"', ["venues", "venue"]),
        ('timezone = "Europe/Vienna"', 'timezone = "Europe/Wien"', ["venue.timezone", "Europe/Wien"]),
        ('currency = "EUR"', 'currency = "USD"', ["venue.currency", "USD", "EUR"]),
        ('rate = "10"', 'rate = "ten"', ["tax[0].rate", "ten"]),
        ('file = "hall.json"', 'file = "attic.json"', ["plan[0].file", "attic.json"]),
        ('prices = "usual"', 'prices = "special"', ["show[0].prices", "special"]),
        ('id = "Foyer", capacity', 'id = "Stalls", capacity', ["show[0].areas[0].id", "Stalls"]),
        ('id = "Foyer", capacity = 12', 'id = "Foyer", capacity = 0', ["show[0].areas[0].capacity"]),
        ("allotment = { Stalls", "allotment = { Boxes", ["show[0].allotment", "Boxes"]),
        ('refund_until = "24h"', 'refund_until = "a day"', ["terms[0].refund_until", "a day"]),
        ('role = "supervisor"', 'role = "boss"', ["user[2].role", "boss"]),
        ('pin = "2468"', "pin = 2468", ["user[0].pin"]),
        ('[[till]]\nid = "T2"', '[[till]]\nid = "T1"', ["till[1].id", "T1"]),
        ("[[fee]]", NEW_SHOW + "[[fee]]", ["show[4].starts", PAST, "past"]),
        ("[[fee]]", "[[fee", ["not TOML"]),
    ],
)
def test_a_season_with_a_mistake(venue: Venue, old: str, new: str, words: list[str]) -> None:
    assert old in venue.text
    _refused(venue, venue.text.replace(old, new, 1), None, ["SEASON.toml", *words])


def test_the_same_file_again_changes_nothing(venue: Venue) -> None:
    before = venue.dump()
    again = venue.imports(venue.text)
    assert (again.returncode, again.stdout) == (0, "nothing changed\n")
    assert venue.dump() == before


def test_a_show_that_is_over_may_stay_in_the_file(venue: Venue) -> None:
    """An unchanged show in the past is no mistake: only a new one, or one moved there, is."""
    began = (datetime.now(UTC) - timedelta(minutes=29, seconds=55)).isoformat(timespec="seconds")
    over = venue.text.replace("[[fee]]", NEW_SHOW.replace(PAST, began) + "[[fee]]")
    assert venue.imports(over).returncode == 0
    engine = create_engine(venue.database)
    with engine.begin() as connection:
        # Days pass.
        connection.execute(text("UPDATE document SET body = replace(body, :was, :now)"), {"was": began, "now": PAST})
    engine.dispose()
    over = over.replace(began, PAST)
    again = venue.imports(over.replace('"Otto"', '"Otto the Second"'))
    assert again.returncode == 0, again.stderr
    assert "otto" in again.stdout
    earlier = (datetime.now(UTC) - timedelta(days=3)).isoformat(timespec="seconds")
    _refused(venue, over.replace(PAST, earlier), None, ["show[4].starts", "past"])


def test_a_season_that_is_not_there(venue: Venue) -> None:
    failed = office("import", str(venue.folder / "attic.toml"), "--db", venue.database)
    assert failed.returncode == 1
    assert "attic.toml" in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("url", ["office.db", "mysql://x/y", "sqlite:////no/such/folder/office.db", ""])
def test_a_database_that_cannot_be_used(venue: Venue, url: str) -> None:
    for command in (["import", str(venue.folder / "SEASON.toml")], ["verify"], ["enrol", "T1"]):
        failed = office(*command, "--db", url)
        assert failed.returncode == 2, failed
        assert failed.stderr.startswith("housefull-office: "), failed.stderr
        assert "Traceback" not in failed.stderr


def test_a_till_that_is_not_in_the_season(venue: Venue) -> None:
    failed = office("enrol", "T99", "--db", venue.database)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "T99" in failed.stderr


# ---- till.toml ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path, str]]:
    """A data folder, its state folder and what its till.toml says."""
    folder = tmp_path_factory.mktemp("till")
    with House(folder, f"sqlite:///{folder / 'office.db'}") as house:
        data, _ = house.enrolled("T1")
        yield data, house.state, (data / "till.toml").read_text("utf-8")


PRINTER = '[printer.ticket]\nprofile = "epson-tm-t88v"\ntransport = "tcp://127.0.0.1:1"\nlayout = "ticket-standard"\n'


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('id = "T1"', "id = 1", ["till.id"]),
        ('id = "T1"', 'id = "T 1"', ["till.id", "T 1"]),
        ('id = "T1"', "", ["till.id", "missing"]),
        ('locale = "en"', 'locale = "tlh"', ["till.locale", "tlh"]),
        ('locale = "en"', 'lokale = "en"', ["till.lokale", "unknown"]),
        ("[office]", "[ofice]", ["ofice"]),
        ("[till]", "[till", ["not TOML"]),
        ("url = ", "url = 7 #", ["office.url"]),
        ("url = ", 'url = "office" #', ["office.url", "office"]),
        ("[office]", PRINTER.replace("epson-tm-t88v", "no-such") + "[office]", ["printer.ticket.profile", "no-such"]),
        ("[office]", PRINTER.replace("ticket-standard", "none") + "[office]", ["printer.ticket.layout", "none"]),
        ("[office]", PRINTER.replace("tcp:", "tpc:") + "[office]", ["printer.ticket.transport", "tpc"]),
        ("[office]", PRINTER.replace("tcp:", "pdf:") + "[office]", ["printer.ticket.transport"]),
        ("[office]", PRINTER.replace("127.0.0.1:1", "127.0.0.1:port") + "[office]", ["printer.ticket.transport"]),
        ("[office]", PRINTER.replace("layout", "lay") + "[office]", ["printer.ticket.lay"]),
        ("[office]", '[drawer]\nvia = "printer.receipt"\n[office]', ["drawer.via", "printer.receipt"]),
    ],
)
def test_a_till_toml_with_a_mistake(enrolled: tuple[Path, Path, str], old: str, new: str, words: list[str]) -> None:
    folder, state, good = enrolled
    assert old in good
    (folder / "till.toml").write_text(good.replace(old, new, 1), "utf-8")
    try:
        failed = housefull("--data", str(folder), "--headless", state=state)
    finally:
        (folder / "till.toml").write_text(good, "utf-8")
    assert (failed.returncode, failed.stdout) == (2, ""), failed
    assert "Traceback" not in failed.stderr
    for word in [str(folder / "till.toml"), *words]:
        assert word in failed.stderr, f"{word!r} is not in: {failed.stderr}"


def test_a_till_toml_that_names_another_till(enrolled: tuple[Path, Path, str]) -> None:
    folder, state, good = enrolled
    (folder / "till.toml").write_text(good.replace('id = "T1"', 'id = "T2"'), "utf-8")
    try:
        failed = housefull("--data", str(folder), "--headless", state=state)
    finally:
        (folder / "till.toml").write_text(good, "utf-8")
    assert (failed.returncode, failed.stdout) == (2, ""), failed
    assert "T1" in failed.stderr
    assert "T2" in failed.stderr


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", json.dumps({"install": "x"}).encode()])
def test_a_damaged_identity_says_what_to_do(enrolled: tuple[Path, Path, str], content: bytes) -> None:
    folder, state, _ = enrolled
    file = folder / "identity.json"
    good = file.read_bytes()
    file.write_bytes(content)
    try:
        failed = housefull("--data", str(folder), "--headless", state=state)
    finally:
        file.write_bytes(good)
    assert (failed.returncode, failed.stdout) == (2, ""), failed
    assert "enrol" in failed.stderr
    assert "Traceback" not in failed.stderr
