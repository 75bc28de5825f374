"""Evenings in which everything goes wrong, one from each seed: no place is sold twice, and nothing is lost."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulation import machine, office, paper
from tests.simulation.house import Outcome
from tests.simulation.mutations import MUTATIONS
from tests.simulation.runs import run
from tests.simulation.threads import ON_STAGE

SEEDS = (*range(1, 220), 249)  # in the last a show is called off, which is rare
SOURCE = Path(__file__).parents[2] / "src"

# What must have happened in all these evenings together, or they prove nothing about it: the beginnings of its names.
HAPPENED = (
    "request lost", "request repeated", "message late", "answer to /v1/push lost", "answer to /v1/pull lost",
    "answer to /v1/claim lost", "line refused", "line silent", "line one_way",
    "line flapping", "only polls pass", "printer jammed", "printer silent", "card payment unknown", "till killed",
    "old folder restored", "till replaced while it sells", "disk full", "state folder full", "disk cloned", "disk gone",
    "clock set wrong", "72 h pass", "8 h suspend", "poisoned fact", "prices changed", "area changed", "plan changed",
    "show cancelled", "office restored",
)  # fmt: skip
DONE = (
    "sold by cash", "sold by card", "sold by voucher", "sold by gift_card", "refund", "void", "exchange", "reprint",
    "sold by slip", "correct_tender", "park", "recall", "move_basket", "hold", "release", "reserve", "take_order",
    "cancel_order", "collect", "issue_paper", "rekey_paper", "till declared dead", "web order",
    "price set by hand", "no_sale", "hand_over", "verify_shift", "restore ended",
)  # fmt: skip
CRASHES = {f"till killed {point}" for point in (*machine.CRASHES, *paper.CRASHES)}
CRASHES |= {"office killed", *(f"office killed {point}" for point in office.CRASHES)}


@pytest.mark.timeout(600)
def test_no_place_is_sold_twice_and_nothing_is_lost() -> None:
    summary = run(SEEDS, workers=2)
    print("\n".join(summary.lines()))
    assert not summary.violations, "\n".join(summary.lines())
    assert summary.seeds == len(SEEDS)
    assert summary.sales > 5 * len(SEEDS) / 2, "hardly anything was sold"
    assert not [kind for kind in HAPPENED if not any(met.startswith(kind) for met in summary.faults)]
    assert not [deed for deed in DONE if not summary.deeds[deed]]
    assert summary.facts["RightsTransferred"], "no till has helped another out"
    assert len(CRASHES - summary.faults.keys()) <= 2, "few of the moments at which it may die were met"


def test_one_seed_is_one_history(evening: Callable[..., Outcome]) -> None:
    """Byte for byte, also in another process, where Python orders its sets otherwise."""
    first, again = evening(7), evening(7)
    assert first.trace == again.trace
    assert first.digest == again.digest
    assert first.digest != evening(8).digest
    command = [sys.executable, "-m", "tests.simulation", "--short", "--digest", "7"]
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    other = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=True, cwd=SOURCE.parent, env=environment
    )
    assert other.stdout.strip() == first.digest


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_guard_taken_away_is_noticed(mutation: str, evening: Callable[..., Outcome]) -> None:
    for seed in (MUTATIONS[mutation].seed, *range(1, 101)):
        outcome = evening(seed, mutation=mutation)
        seen = [wrong for wrong in outcome.violations if re.search(MUTATIONS[mutation].seen_as, wrong)]
        if seen:
            print(f"{mutation}: seed {seed}: {seen[0]}")
            return
    pytest.fail(f"{mutation}, and nobody notices")


_WAITS = {"threading", "time", "queue", "random", "secrets", "uuid", "concurrent.futures"}
# These wait for nothing, or for what is not there in a simulation.
_APART = {
    "pos.store.identity",  # names an installation once
    "pos.store.journal",  # `local` alone: a connection for each thread
    "pos.store.replica.plans",  # a lock that is held while nothing waits
    "pos.till.contingency.closing", "pos.till.lanports",  # name the type
    "pos.till.line", "pos.till.making", "pos.till.ports", "pos.till.setup", "pos.till.shelf",  # name the type
    # Proofs, charts, reports and diagnostics on paper or in files, which nobody makes in an evening.
    "pos.till.counter.layouts", "pos.till.counter.housechart", "pos.till.counter.reports",
    "pos.till.counter.diagnostics",
    # Paper packs, plans and drills, which these tills have no hands for, and copies, which they have no place for.
    "pos.till.contingency.exercise", "pos.till.contingency.paperpack", "pos.till.contingency.plan", "pos.till.packing",
    "pos.store.copyshelf",
    "sync.agent.carrier",  # the socket, which is replaced whole
    "sync.office.api.app", "sync.office.api.pulls", "sync.office.api.pulse",  # a pool that the loop does without
    "sync.office.store.engine",  # a lock of a loop that runs blocking work at once
}  # fmt: skip


def test_everything_that_waits_is_on_stage() -> None:
    """A module that waits for real, or draws real lots, would stop the simulated world or tell it apart."""
    missing = []
    for room in ("pos/till", "pos/store", "sync/agent", "sync/office/api", "sync/office/rules", "sync/office/store"):
        for path in sorted((SOURCE / room).rglob("*.py")):
            module = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
            used = _imports(path) & _WAITS
            if used and module not in ON_STAGE and module not in _APART and "migrations" not in module:
                missing.append(f"{module} uses {', '.join(sorted(used))}")
    assert not missing, missing


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found
