"""`python -m tests.bench` tells what it measured, and fails when a goal is missed or a benchmark breaks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RECORD = {"value": 4.2, "unit": "ms", "p99": 9.0, "floor_name": "fdatasync", "floor": 1.0, "ratio": 4.2, "goal": "<= 6"}


@pytest.fixture
def bench(tmp_path):
    """Run the benchmarks of a room made for the test."""
    package = tmp_path / "tests" / "bench"
    package.mkdir(parents=True)
    (tmp_path / "tests" / "__init__.py").touch()
    for name in ("__init__.py", "__main__.py"):
        (package / name).write_bytes((ROOT / "tests" / "bench" / name).read_bytes())

    def run(body: str, *options: str):
        (package / "till.py").write_text(f"R = {RECORD!r}\n{body}", encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-m", "tests.bench", *options],
            cwd=tmp_path,
            env=os.environ | {"BENCH_JSON": str(tmp_path / "bench.json"), "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    run.json = lambda: json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    return run


GOOD = "def sale():\n    return R | {'name': 'sale_commit', 'ok': True}\n"
SLOW = "def slow():\n    return [R | {'name': 'claim', 'ok': False}]\n"
BROKEN = "def torn():\n    raise RuntimeError('no disk')\n"


def test_within_the_goals(bench):
    done = bench(GOOD + "BENCHES = [sale]\n")
    assert done.returncode == 0, done.stderr
    assert "sale_commit" in done.stdout
    assert "1 of 1 within their goals" in done.stdout
    assert bench.json() == [RECORD | {"name": "sale_commit", "ok": True}]


def test_a_missed_goal_fails(bench):
    done = bench(GOOD + SLOW + "BENCHES = [sale, slow]\n")
    assert done.returncode == 1
    assert "FAIL" in done.stdout
    assert [record["ok"] for record in bench.json()] == [True, False]


def test_a_benchmark_that_breaks_fails_and_the_others_are_told(bench):
    done = bench(BROKEN + GOOD + "BENCHES = [torn, sale]\n")
    assert done.returncode == 1
    assert "broke: till.torn" in done.stdout
    assert "no disk" in done.stderr
    assert [record["name"] for record in bench.json()] == ["sale_commit"]


def test_a_record_that_lacks_its_floor_is_refused(bench):
    done = bench("def bare():\n    return {'name': 'page', 'value': 1}\nBENCHES = [bare]\n")
    assert done.returncode == 1
    assert "lacks floor, floor_name, goal, ok, ratio, unit" in done.stderr


@pytest.mark.parametrize(("only", "names"), [("sale", ["sale_commit"]), ("till", ["sale_commit", "claim"])])
def test_only_some(bench, only, names):
    bench(GOOD + SLOW + "BENCHES = [sale, slow]\n", "--only", only)
    assert [record["name"] for record in bench.json()] == names


def test_nothing_by_that_name(bench):
    assert bench(GOOD + "BENCHES = [sale]\n", "--only", "nonsense").returncode == 2
