"""Long queues of many tills drain once, whatever comes twice; `make bench` does it with fifty thousand facts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.bench.office import load, weather
from tests.bench.office.queues import enrol, import_floors, sell_alone
from tests.peers.office_process import OfficeProcess, office

TILLS, EACH, PAGE = 6, 150, 25
REPLAYS = 10


def test_queues_drain_once_and_replaying_them_changes_nothing(tmp_path: Path, postgres: Callable[[], str]) -> None:
    """Over a line that loses answers, to two offices of which one is killed; then all of it ten times again."""
    url = postgres()
    import_floors(url, tmp_path, {f"show-{n}": EACH for n in range(TILLS)}, TILLS)
    offices = [OfficeProcess(url) for _ in range(2)]
    with ExitStack() as ends:
        ends.callback(lambda: [one.kill() for one in offices])
        tills = [ends.enter_context(enrol(url, offices[0].url, f"C{n}")) for n in range(TILLS)]
        queues = [sell_alone(url, till, f"show-{n}", EACH, PAGE) for n, till in enumerate(tills)]
        met = weather.rage(offices, queues, kills=(0.2,))
        print(met)
        assert min(met.kills, met.lost, met.repeated, met.broken) > 0, "the storm was none"
        sold = TILLS * EACH
        before = weather.counts(url)
        assert before == before | {
            "facts": sold, "sales": sold, "tickets": sold, "seats": sold, "disputes": 0,
            "postings": 2 * sold, "drawers": 5800 * sold,
        }  # fmt: skip
        servers = [one.url for one in offices]
        load.play(servers, [queue * REPLAYS for queue in queues], b'"verdict":"applied"')
        assert weather.counts(url) == before
    checked = office("verify", "--db", url)
    assert (checked.returncode, checked.stdout) == (0, "")
