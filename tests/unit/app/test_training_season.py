"""The season of training, out of what a real till knows."""

from __future__ import annotations

import json
import shutil
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pos.app.training.season import copy_season, till_of
from pos.demo.season import write_season
from sync.office.season.copied import read_copy
from sync.office.season.importer import import_copy
from sync.office.store.engine import open_database
from tests.window.till import make_replica

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def replica(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a till knows of the demo season: shows around this moment, one of which has begun."""
    return make_replica(tmp_path_factory.mktemp("season"), NOW)


def copied(replica: Path, folder: Path, now: datetime = NOW) -> dict[str, Any]:
    assert copy_season(replica, "W1", folder / "season.json", now)
    content: dict[str, Any] = json.loads((folder / "season.json").read_text(encoding="utf-8"))
    return content


def test_an_office_takes_it_with_the_same_people_and_halls_and_marks_the_venue(replica: Path, tmp_path: Path) -> None:
    documents = copied(replica, tmp_path)["documents"]
    database = open_database(f"sqlite:///{tmp_path / 'office.db'}")
    try:
        lines = import_copy(database, read_copy(tmp_path / "season.json"))
    finally:
        database.close()
    assert f"till {till_of('W1')}: new" in lines
    assert all(user["pin_hash"].startswith("$argon2") for user in documents["user"].values())
    (venue,) = documents["venue"].values()
    assert venue["name"].startswith("TRAINING · ")
    assert not {"mobile_qr", "transfer_qr"} & set(venue)


def test_what_has_begun_is_left_out_with_what_only_it_needs(replica: Path, tmp_path: Path) -> None:
    shows = copied(replica, tmp_path)["documents"]["show"]
    assert shows
    assert all(datetime.fromisoformat(show["starts"]) > NOW for show in shows.values())
    later = max(datetime.fromisoformat(show["starts"]) for show in shows.values())
    last = copied(replica, tmp_path, later - timedelta(minutes=1))["documents"]
    assert len(last["show"]) < len(shows)
    assert set(last["plan"]) == {show["plan"] for show in last["show"].values() if "plan" in show}
    assert {body.get("list", id) for id, body in last["prices"].items()} == {s["prices"] for s in last["show"].values()}
    read_copy(tmp_path / "season.json")


def test_a_till_that_knows_of_nothing_to_come_has_no_season_to_train_with(replica: Path, tmp_path: Path) -> None:
    assert not copy_season(replica, "W1", tmp_path / "a.json", NOW + timedelta(days=4000))
    assert not copy_season(tmp_path / "none.db", "W1", tmp_path / "b.json", NOW)
    shutil.copyfile(replica, tmp_path / "half.db")
    (tmp_path / "half.db").write_bytes(b"no replica")
    assert not copy_season(tmp_path / "half.db", "W1", tmp_path / "c.json", NOW)


def test_one_season_is_told_from_another_and_from_itself_an_hour_later_is_not(replica: Path, tmp_path: Path) -> None:
    def told(till: str, now: datetime) -> str:
        return copy_season(replica, till, tmp_path / "season.json", now)

    assert told("W1", NOW) == told("W1", NOW + timedelta(hours=5))
    assert told("W1", NOW) != told("W2", NOW)


def test_the_demos_season_is_marked_for_training(tmp_path: Path) -> None:
    text = write_season(tmp_path, NOW, training=True).read_text(encoding="utf-8")
    assert 'name = "TRAINING · Housefull Demo Halls"' in text
    assert 'id = "TRAIN-T1"' in text
    assert all(show["plan"] != "stadium" for show in tomllib.loads(text)["show"])


def test_for_a_drill_the_till_has_some_of_every_category_and_the_office_keeps_half(
    replica: Path, tmp_path: Path
) -> None:
    assert copy_season(replica, "W1", tmp_path / "season.json", NOW, 24)
    documents = json.loads((tmp_path / "season.json").read_text(encoding="utf-8"))["documents"]
    before = copied(replica, tmp_path)["documents"]["show"]
    seated = {id: show for id, show in documents["show"].items() if "plan" in show}
    assert seated
    for id, show in seated.items():
        own = before[id].get("allotment", {})
        counts = show["allotment"]
        assert all(own.get(name, 0) <= count <= max(24, own.get(name, 0)) for name, count in counts.items())
        assert len(counts) > 1
    assert any(show["allotment"] != before[id].get("allotment", {}) for id, show in seated.items())
