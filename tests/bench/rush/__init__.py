"""The last quarter of an hour before a start, at three windows: how many actions, and how long the till takes."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.bench.rush.evening import Figures, play

Record = dict[str, Any]

CUSTOMERS = 200
ACTIONS = 5  # of an anonymous sale
LOCAL_MS = 100
PAID_MS = 300
BOOKED_MS = 1000  # a whole log sheet
OWN_MS = 2000  # of a whole errand: three windows share one thread here, and the office the same two cores
WAIT_MS = 1000  # for any one thing in it


def rush() -> list[Record]:
    """200 people with mixed errands at three windows, a jam and a line that is down among them."""
    from pos.ui.application import application

    _app = application()
    with tempfile.TemporaryDirectory(prefix="housefull-rush-") as name:
        figures = play(Path(name) / "house", CUSTOMERS)
    print(told(figures), file=sys.stderr)
    actions = max(one.actions for one in figures.of("cash", "cash, banknote") if one.waits_ms[-1][0] == "pay")
    return [
        _record("rush_own_time", [one.own_ms for one in figures.served], OWN_MS),
        _record("rush_wait", figures.waits(), WAIT_MS),
        {
            "name": "rush_actions", "value": actions, "unit": "keys", "floor_name": "a cash sale at most",
            "floor": ACTIONS, "ratio": actions / ACTIONS, "goal": f"<= {ACTIONS}", "ok": actions <= ACTIONS,
        },
    ]  # fmt: skip


def local() -> list[Record]:
    """What one window does with a key when no office has to be asked, and a cash sale until its change is shown."""
    from pos.ui.application import application
    from tests.bench.rush.one_window import local_ms, window_at_work

    _app = application()
    with tempfile.TemporaryDirectory(prefix="housefull-local-") as name, window_at_work(Path(name)) as window:
        done, paid = local_ms(window)
    return [_record("local_action", done, LOCAL_MS), _record("cash_paid", paid, PAID_MS)]


def rekey() -> list[Record]:
    """A log sheet of paper sales at the window: each ticket, and booking them all."""
    from pos.ui.application import application
    from tests.bench.rush.one_window import ROUNDS, rekey_ms, window_at_work

    _app = application()
    with tempfile.TemporaryDirectory(prefix="housefull-rekey-") as name, window_at_work(Path(name)) as window:
        keyed, booked, keys = rekey_ms(window)
    took = sum(keyed) + booked
    print(f"{ROUNDS} paper tickets: {keys} keys, {took / 1000:.2f} s of the till's own", file=sys.stderr)
    return [_record("rekey_ticket", keyed, LOCAL_MS), _record("rekey_book", [booked, booked], BOOKED_MS)]


def _record(name: str, values: list[float], goal_ms: float) -> Record:
    """p95 against p50."""
    middle, late = statistics.median(values), quantile(values, 95)
    return {
        "name": name, "value": late, "p99": quantile(values, 99), "unit": "ms", "floor_name": "p50", "floor": middle,
        "ratio": late / middle, "goal": f"p95 <= {goal_ms:g} ms", "ok": late <= goal_ms,
    }  # fmt: skip


def quantile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def told(figures: Figures) -> str:
    """A line an errand: how many, actions, the till's own time; then the longest wait and what was refused."""
    kinds = Counter(one.errand for one in figures.served)
    lines = [f"{'errand':16}{'n':>5}{'actions':>9}{'p50 ms':>9}{'p95 ms':>9}"]
    for kind, count in sorted(kinds.items()):
        served = figures.of(kind)
        own = [one.own_ms for one in served]
        actions = statistics.mean(one.actions for one in served)
        lines.append(f"{kind:16}{count:5}{actions:9.1f}{statistics.median(own):9.0f}{quantile(own, 95):9.0f}")
    own = [one.own_ms for one in figures.served]
    mean = statistics.mean(one.actions for one in figures.served)
    lines.append(f"{'all':16}{len(own):5}{mean:9.1f}{statistics.median(own):9.0f}{quantile(own, 95):9.0f}")
    lines.append(
        f"longest wait for the till: {max(figures.waits()):.0f} ms; {figures.sales} sales in {figures.took_s:.0f} s"
    )
    lines.append("refused: " + (", ".join(f"{code} {n}" for code, n in figures.refused.items()) or "nothing"))
    return "\n".join(lines)


BENCHES = [local, rekey, rush]
