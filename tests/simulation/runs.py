"""Many seeds, on all cores: what was done, what was broken, what came of it."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from tests.simulation.house import Outcome, play
from tests.simulation.people.selling import ASKED_CUT_OFF, REFUSED_CUT_OFF
from tests.simulation.season import Templates

_MEMORY = Path("/dev/shm")  # thousands of small databases are made and dropped
_made: list[Templates] = []  # this worker's templates
_folder: list[Path] = []


@dataclass
class Summary:
    """What a run of seeds came to. `violations` by seed."""

    long: bool
    seeds: int = 0
    operations: int = 0
    sales: int = 0
    requests: int = 0
    simulated_s: float = 0.0
    took_s: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    violations: dict[int, list[str]] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        self.seeds += 1
        self.operations += outcome.operations
        self.sales += outcome.sales
        self.requests += outcome.requests
        self.simulated_s += outcome.simulated_s
        self.faults.update(outcome.faults)
        self.deeds.update(outcome.deeds)
        self.facts.update(outcome.facts)
        self.refusals.update(outcome.refusals)
        if outcome.violations:
            self.violations[outcome.seed] = outcome.violations

    def lines(self) -> list[str]:
        """For a person."""
        rate = self.seeds / self.took_s if self.took_s else 0.0
        found = [
            f"{self.seeds} seeds in {self.took_s:.0f} s ({rate:.1f} a second)",
            f"{self.simulated_s / 3600:.0f} simulated hours",
            f"{self.operations} operations, {self.sales} sales answered, {self.requests} requests on the line",
            f"done: {_counts(self.deeds)}",
            f"{sum(self.facts.values())} facts: {_counts(self.facts)}",
            f"{sum(self.faults.values())} faults: {_counts(self.faults)}",
            f"refusals: {_counts(self.refusals)}",
            f"line down: {self._refused_cut_off():.1%} of the customers wanted a place that was not in hand",
            f"{len(self.violations)} seeds with violations",
        ]
        for seed in sorted(self.violations):
            found += self.found(seed)
        return found

    def _refused_cut_off(self) -> float:
        """These customers want any place on the map, whosever it is; tests.simulation.stadium has them as they are."""
        asked = self.deeds[ASKED_CUT_OFF]
        return self.deeds[REFUSED_CUT_OFF] / asked if asked else 0.0

    def found(self, seed: int) -> list[str]:
        """What was wrong in one evening, and how to look at it."""
        return [
            *(f"seed {seed}: {violation}" for violation in self.violations[seed]),
            f"  its history: python -m tests.simulation --show {seed}{'' if self.long else ' --short'}",
        ]


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counter.items()))


def scratch() -> Path | None:
    """Where small databases are fast, None for the usual place."""
    return _MEMORY if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) else None


def _prepare(folder: Path, counter: Synchronized[int]) -> None:
    faulthandler.enable()
    _stay_on_one_core(counter)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the process that counts
    _folder.append(folder / str(os.getpid()))
    _made.append(Templates(_folder[0] / "templates"))


def _stay_on_one_core(counter: Synchronized[int]) -> None:
    """An evening's threads run one at a time: handing over within a core costs a third less than from core to core."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        with counter.get_lock():
            counter.value += 1
            os.sched_setaffinity(0, {cores[counter.value % len(cores)]})


def _play(seed: int, long: bool, mutation: str, kinds: Sequence[str]) -> Outcome:
    folder = _folder[0] / str(seed)
    folder.mkdir()
    try:
        outcome = play(seed, folder, _made[0], long=long, mutation=mutation, kinds=kinds)
    except BaseException:  # noqa: BLE001 - a seed that ends like this is a finding, too
        return Outcome(seed, [f"the simulation failed: {traceback.format_exc()}"], failed=True)
    finally:
        shutil.rmtree(folder)
    outcome.trace.clear()
    return outcome


def outcome_of(seed: int, future: Future[Outcome]) -> Outcome:
    """What became of a seed, its player's death included."""
    try:
        return future.result()
    except BrokenProcessPool as broken:
        return Outcome(seed, [f"a process that played has died: {broken}"], failed=True)


def run(
    seeds: Iterable[int],
    *,
    workers: int,
    seconds: float = float("inf"),
    long: bool = False,
    mutation: str = "",
    kinds: Sequence[str] = (),
    tell: Callable[[Summary], None] = lambda summary: None,
) -> Summary:
    """Play seeds until there are no more, the time is over or somebody interrupts; with a mutation, until it
    is found out. A worker whose simulation itself has failed is not to be trusted with another: then, too."""
    began = time.monotonic()
    summary = Summary(long)
    coming = iter(seeds)
    running: dict[Future[Outcome], int] = {}
    context = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="housefull-simulation-", dir=scratch()) as name,
        ProcessPoolExecutor(workers, context, _prepare, (Path(name), context.Value("i", 0))) as pool,
    ):
        over = False
        while True:
            over = over or time.monotonic() - began >= seconds or bool(mutation and summary.violations)
            while len(running) < 2 * workers and not over:
                seed = next(coming, None)
                if seed is None:
                    break
                running[pool.submit(_play, seed, long, mutation, kinds)] = seed
            if not running:
                break
            try:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
            except KeyboardInterrupt:
                over = True  # what has begun is played to its end
                continue
            for future in done:
                outcome = outcome_of(running.pop(future), future)
                summary.add(outcome)
                over = over or outcome.failed
            summary.took_s = time.monotonic() - began
            tell(summary)
    summary.took_s = time.monotonic() - began
    return summary
