"""`python -m tests.simulation`: play seeds for as long as told, or one seed with its whole history."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.simulation.house import play
from tests.simulation.runs import Summary, run, scratch
from tests.simulation.season import Templates

_TELL_EVERY_S = 30.0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to go on (60)")
    parser.add_argument(
        "--seeds", default="", metavar="FIRST:LAST", help="these seeds, however long it takes; FIRST: from this one on"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--short", action="store_true", help="the short evenings of `make test`")
    parser.add_argument("--kinds", nargs="+", default=(), metavar="KIND", help="only such trouble (trouble.py)")
    parser.add_argument("--show", type=int, metavar="SEED", help="print the history of one seed")
    parser.add_argument("--digest", type=int, metavar="SEED", help="print the digest of one seed's history")
    options = parser.parse_args(arguments)
    if options.show is not None or options.digest is not None:
        return _show(options)
    seeds = _seeds(options.seeds)
    seconds = float("inf") if isinstance(seeds, range) else options.seconds
    summary = run(
        seeds, workers=options.workers, seconds=seconds, long=not options.short, kinds=options.kinds, tell=_Teller()
    )
    print("\n".join(summary.lines()))
    return 1 if summary.violations else 0


class _Teller:
    """Says how it goes now and then, and what was found at once: a run may be stopped at any time."""

    def __init__(self) -> None:
        self._told, self._next = 0, time.monotonic() + _TELL_EVERY_S

    def __call__(self, summary: Summary) -> None:
        for seed in list(summary.violations)[self._told :]:
            print("\n".join(summary.found(seed)), flush=True)
        self._told = len(summary.violations)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _TELL_EVERY_S
            print(f"… {summary.seeds} seeds, {summary.operations} operations, {self._told} with violations", flush=True)


def _seeds(text: str) -> range | itertools.count[int]:
    if not text:
        # Another evening every time; a failure names its seed.
        return itertools.count(int(time.time()) * 1000)
    first, several, last = text.partition(":")
    if several and not last:
        return itertools.count(int(first))
    return range(int(first), int(last or first) + 1)


def _show(options: argparse.Namespace) -> int:
    shown, seed = options.show is not None, options.digest if options.show is None else options.show
    with tempfile.TemporaryDirectory(prefix="housefull-simulation-", dir=scratch()) as name:
        templates = Templates(Path(name) / "templates")
        folder = Path(name) / "evening"
        folder.mkdir()
        outcome = play(seed, folder, templates, long=not options.short, kinds=options.kinds)
    print("\n".join(outcome.trace) if shown else outcome.digest)
    print("\n".join(outcome.violations) or "no violation", file=sys.stderr)
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
