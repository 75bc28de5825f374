"""The world of training beside a data folder: when it is made anew, what goes for that, what is never touched.

Only the office's process and the enrolment are faked; tests/evening/test_training.py has the real ones.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pos.app.training import world as worlds
from pos.app.training.world import World
from pos.embedded import OfficeFailed
from pos.settings import write_settings
from pos.store.identity import FolderInUse, new_identity, read_identity
from tests.window.till import make_replica


class ToyOffice:
    """Remembers its commands; a folder is what it leaves."""

    done: ClassVar[list[str]] = []
    refused: ClassVar[list[str]] = []

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, *words: str) -> str:
        if words[0] in self.refused:
            raise OfficeFailed("season.json: prices.usual: is nowhere")
        self.done.append(" ".join(Path(word).name for word in words))
        return "CODE\n"

    def start(self, port: int = 0) -> str:
        return "http://127.0.0.1:9"

    def stop(self) -> None:
        self.done.append("stop")


def toy_join(folder: Path, url: str, code: str, *, devices: str) -> None:
    new_identity(folder)
    write_settings(folder, ToyOffice.done[-1].split()[-1], url, devices)


@pytest.fixture(scope="module")
def replica(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_replica(tmp_path_factory.mktemp("season"), datetime.now(UTC), ("studio",))


@pytest.fixture
def real(tmp_path: Path, replica: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a real till, with the demo's season."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(worlds, "EmbeddedOffice", ToyOffice)
    monkeypatch.setattr(worlds, "join", toy_join)
    ToyOffice.done, ToyOffice.refused = [], []
    folder = tmp_path / "real"
    folder.mkdir()
    write_settings(folder, "W1", "https://house.example:8443")
    (folder / "replica.db").write_bytes(replica.read_bytes())
    (folder / "ledger.db").write_bytes(b"sales")
    return folder


def trained(real: Path) -> tuple[dict[str, Any], list[str]]:
    """Train once: till.toml, and what the office was told."""
    ToyOffice.done = []
    world = World(real)
    opened = world.open()
    written = tomllib.loads((world.till / "till.toml").read_text(encoding="utf-8"))
    assert opened.settings.office_url == f"http://127.0.0.1:{opened.cable.port}"
    world.close()
    return written, list(ToyOffice.done)


MADE = ["import-copy season.json", "enrol TRAIN-W1", "stop"]
OTHER = ["import-copy season.json", "enrol TRAIN-W2", "stop"]
TAKEN_UP = ["stop"]


def age(real: Path, by: timedelta) -> None:
    """Say that it was made so long ago."""
    file = real / "training" / "made.json"
    made = json.loads(file.read_text(encoding="utf-8"))
    made["at"] = (datetime.now(UTC) - by).isoformat()
    file.write_text(json.dumps(made), encoding="utf-8")


def test_it_is_the_tills_own_season_and_prints_into_a_folder(real: Path) -> None:
    written, done = trained(real)
    assert done == MADE
    assert written["till"]["id"] == "TRAIN-W1"
    assert written["printer"]["ticket"]["transport"] == f"pdf://{(real / 'training' / 'paper').as_posix()}"
    assert "terminal" not in written


@pytest.mark.parametrize(
    ("change", "then"),
    [
        (lambda real: None, TAKEN_UP),
        (lambda real: age(real, timedelta(hours=11)), TAKEN_UP),
        (lambda real: age(real, timedelta(hours=13)), MADE),
        (lambda real: age(real, -timedelta(hours=1)), MADE),
        (lambda real: (real / "training" / "made.json").write_text("{"), MADE),
        (lambda real: (real / "training" / "till" / "till.toml").unlink(), MADE),
        (lambda real: write_settings(real, "W2", "https://house.example:8443"), OTHER),
        (lambda real: (real / "replica.db").unlink(), ["import SEASON.toml", "enrol TRAIN-T1", "stop"]),
    ],
    ids=["at once", "11 h", "13 h", "the clock was put back", "half written", "no till", "another till", "no season"],
)
def test_what_was_practised_stays_for_a_day_and_with_the_season(
    real: Path, change: Callable[[Path], object], then: list[str]
) -> None:
    trained(real)
    change(real)
    assert trained(real)[1] == then


def test_anew_throws_away_what_training_made_and_nothing_of_the_real_till(real: Path) -> None:
    before = {file.name: file.read_bytes() for file in real.iterdir() if file.is_file()}
    trained(real)
    first = read_identity(real / "training" / "till")
    assert first is not None
    (real / "training" / "paper").mkdir(exist_ok=True)
    (real / "training" / "paper" / "1.pdf").write_bytes(b"%PDF")
    age(real, timedelta(hours=13))
    trained(real)
    second = read_identity(real / "training" / "till")
    assert second is not None
    assert second.install != first.install
    assert not first.state_folder.exists()
    assert not (real / "training" / "paper" / "1.pdf").exists()
    assert {name: (real / name).read_bytes() for name in before} == before


def test_nobody_trains_twice_at_one_till_and_nothing_is_held_after_it(real: Path) -> None:
    one = World(real)
    one.open()
    with pytest.raises(FolderInUse):
        World(real).open()
    one.close()
    trained(real)


def test_layouts_and_language_are_those_of_the_real_till(real: Path) -> None:
    (real / "layouts").mkdir()
    (real / "layouts" / "ours.toml").write_text("", encoding="utf-8")
    (real / "till.toml").write_text(
        '[till]\nid = "W1"\nlocale = "hu"\n[office]\nurl = "https://house.example:8443"\n'
        '[printer.ticket]\nprofile = "boca-lemur"\ntransport = "tcp://127.0.0.1:9101"\nlayout = "ours"\n',
        encoding="utf-8",
    )
    written, _ = trained(real)
    assert written["till"]["locale"] == "hu"
    assert written["printer"]["ticket"]["layout"] == "ours"
    assert written["printer"]["ticket"]["profile"] == "pdf"
    assert (real / "training" / "till" / "layouts" / "ours.toml").exists()


@pytest.mark.expect_log("cannot be copied")
def test_a_season_that_an_office_refuses_leaves_the_demos_to_train_with(real: Path) -> None:
    ToyOffice.refused = ["import-copy"]
    assert trained(real)[1] == ["import SEASON.toml", "enrol TRAIN-T1", "stop"]
    assert trained(real)[1] == TAKEN_UP  # it is not tried again before the season changes


def test_a_show_that_begins_meanwhile_leaves_what_was_practised(real: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained(real)
    monkeypatch.setattr(worlds, "_now", lambda: datetime.now(UTC).astimezone() + timedelta(hours=5))
    assert trained(real)[1] == TAKEN_UP


def test_no_hash_of_a_pin_is_left_but_the_offices(real: Path) -> None:
    trained(real)
    left = [file for file in (real / "training").rglob("*") if file.is_file() and b"argon2" in file.read_bytes()]
    assert left == []


def test_a_drill_is_made_anew_each_time_in_a_folder_of_its_own_with_the_plan_of_the_house(real: Path) -> None:
    (real / "contingency.toml").write_text('version = "file"', encoding="utf-8")
    trained(real)
    for made in ("file", "issued"):
        ToyOffice.done = []
        world = World(real, "drill", anew=True, allotment=4)
        world.open()
        assert list(ToyOffice.done) == ["import-copy season.json", "enrol TRAIN-W1"]
        assert (world.till / "contingency.toml").read_text(encoding="utf-8") == f'version = "{made}"'
        world.close()
        (real / "drill" / "contingency.toml").write_text('version = "issued"', encoding="utf-8")
    assert trained(real)[1] == TAKEN_UP  # what was practised stays beside it
