"""Backups on schedule: what the till says of them, and that one that fails stops nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pos.app.backups import BackupSchedule
from pos.settings import BadSettings, read_settings
from tests.unit.till.conftest import counter, make_counter
from tests.unit.till.counter import NOW, Counter

__all__ = ["counter", "make_counter"]

TILL = '[till]\nid = "T1"\n[office]\nurl = "https://office.example:8443"\n'


def scheduled(folder: Path, more: str, now: Callable[[], object]) -> tuple[BackupSchedule, list[tuple[str, str, str]]]:
    (folder / "till.toml").write_text(TILL + more, "utf-8")
    told: list[tuple[str, str, str]] = []
    return BackupSchedule(read_settings(folder), lambda *said: told.append(said), now), told  # type: ignore[arg-type]


def test_the_last_one_and_its_age_are_told(counter: Counter, tmp_path: Path) -> None:
    time = [NOW]
    schedule, told = scheduled(counter.folder, f'[backup]\nto = "{tmp_path}/backups"\n', lambda: time[0])
    assert schedule.told() == {
        "to": f"{tmp_path}/backups", "every_s": 900, "last": None, "age_s": None, "number": None, "problem": "",
    }  # fmt: skip
    time[0] += timedelta(minutes=31)
    assert schedule.told()["problem"] == "there is no backup yet"
    assert schedule.make_one()
    assert told == [("backup", "ready", "")]
    time[0] += timedelta(minutes=30)
    assert schedule.told() | {"to": ""} == {
        "to": "", "every_s": 900, "last": "2027-03-01T18:31:00+01:00", "age_s": 1800, "number": 1, "problem": "",
    }  # fmt: skip
    assert schedule.states() == {"backup": {"state": "ready", "text": ""}}
    time[0] += timedelta(seconds=1)
    assert schedule.states() == {"backup": {"state": "error", "text": "the last backup is of 2027-03-01 18:31"}}, (
        "older than twice its period"
    )


def test_one_that_fails_is_said_once_and_stops_nothing(counter: Counter, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file")
    schedule, told = scheduled(counter.folder, f'[backup]\nto = "{tmp_path}/backups"\n', lambda: NOW)
    assert not schedule.make_one()
    assert not schedule.make_one()
    assert told == [("backup", "error", "failed")]
    assert "no backup of" in schedule.told()["problem"]
    (tmp_path / "backups").unlink()
    assert schedule.make_one()
    assert told[1:] == [("backup", "ready", "")]


def test_its_thread_makes_one_and_ends(counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos.app.backups.FIRST_S", 0.0)
    schedule, _ = scheduled(counter.folder, '[backup]\nto = "../backups"\nevery = "1m"\nkeep = 3\n', lambda: NOW)
    schedule.start()
    for _ in range(1000):
        if schedule.told()["last"] or schedule.told()["problem"]:
            break
        schedule._stopping.wait(0.01)
    schedule.stop()
    assert schedule.told()["problem"] == ""
    assert len(list((counter.folder.parent / "backups").iterdir())) == 1
    assert not schedule._thread.is_alive()


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("[backup]\n", "backup.to", "is missing"),
        ('[backup]\nto = "x"\nevery = "15"\n', "backup.every", 'is not a time like "15m" or "2h"'),
        ('[backup]\nto = "x"\nevery = 15\n', "backup.every", "is not a text"),
        ('[backup]\nto = "x"\nkeep = 0\n', "backup.keep", "is not a whole number from 1 on"),
    ],
)
def test_what_is_wrong_in_the_settings_is_named(tmp_path: Path, text: str, key: str, reason: str) -> None:
    with pytest.raises(BadSettings, match=f"{key}: .*{reason}"):
        scheduled(tmp_path, text, lambda: NOW)
