"""`make bench`: every benchmark as a table of ratios; `BENCH_JSON=path` also writes it as JSON.

Each benchmark runs in a process of its own, so that none inherits another's threads,
memory or Qt. Exit code 1 when a goal is missed or a benchmark breaks.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests import bench

Record = dict[str, Any]
Bench = Callable[[], Record | list[Record]]

_REQUIRED = {"name", "value", "unit", "floor_name", "floor", "ratio", "goal", "ok"}
_COLUMNS = ("name", "value", "p99", "floor", "ratio", "goal", "")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", help="a room or a benchmark; may be repeated")
    parser.add_argument("--run", nargs=3, metavar=("ROOM", "NUMBER", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    # A benchmark that wants a real screen says so itself.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.run:
        room, number, file = options.run
        Path(file).write_text(json.dumps(_run_here(room, int(number))), encoding="utf-8")
        return 0
    chosen = [(room, number, run) for room, number, run in _benches() if _wanted(room, run, options.only)]
    if not chosen:
        print("there is no such benchmark", file=sys.stderr)
        return 2
    records, broken = _run_all(chosen)
    if path := os.environ.get("BENCH_JSON"):
        Path(path).write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    missed = [record["name"] for record in records if not record["ok"]]
    print(f"\n{len(records) - len(missed)} of {len(records)} within their goals")
    for name in broken:
        print(f"broke: {name}")
    return 1 if missed or broken else 0


def _benches() -> Iterator[tuple[str, int, Bench]]:
    """Room, number within it, and what to call."""
    for info in pkgutil.iter_modules(bench.__path__):
        if info.name != "__main__":
            for number, run in enumerate(
                getattr(importlib.import_module(f"{bench.__name__}.{info.name}"), "BENCHES", [])
            ):
                yield info.name, number, run


def _wanted(room: str, run: Bench, only: list[str] | None) -> bool:
    return not only or bool({room, run.__name__} & set(only))


def _run_all(chosen: list[tuple[str, int, Bench]]) -> tuple[list[Record], list[str]]:
    """Records, printed as they come, and the names of what broke."""
    records: list[Record] = []
    broken: list[str] = []
    print(_line(_COLUMNS), flush=True)
    for room, number, run in chosen:
        found = _run_apart(room, number)
        if found is None:
            broken.append(f"{room}.{run.__name__}")
        for record in found or []:
            records.append(record)
            print(_line(_cells(record)), flush=True)
    return records, broken


def _run_apart(room: str, number: int) -> list[Record] | None:
    """What a benchmark says when run in a process of its own; None when that broke, which it has then told."""
    with tempfile.TemporaryDirectory(prefix="housefull-bench-") as folder:
        answer = Path(folder) / "records.json"
        command = [sys.executable, "-m", "tests.bench", "--run", room, str(number), str(answer)]
        if subprocess.run(command, check=False, stdout=sys.stderr).returncode != 0 or not answer.exists():
            return None
        records: list[Record] = json.loads(answer.read_text(encoding="utf-8"))
        return records


def _run_here(room: str, number: int) -> list[Record]:
    run: Bench = importlib.import_module(f"{bench.__name__}.{room}").BENCHES[number]
    result = run()
    records = result if isinstance(result, list) else [result]
    for record in records:
        if missing := _REQUIRED - set(record):
            raise ValueError(f"{room}.{run.__name__}: the record lacks {', '.join(sorted(missing))}")
    return records


# ---- the table ---------------------------------------------------------------------------


def _cells(record: Record) -> tuple[str, ...]:
    unit = record["unit"]
    return (
        record["name"],
        f"{_number(record['value'])} {unit}",
        _number(record["p99"]) if record.get("p99") is not None else "",
        f"{_number(record['floor'])} {unit} {record['floor_name']}",
        _number(record["ratio"]),
        str(record["goal"]),
        "ok" if record["ok"] else "FAIL",
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def _line(cells: tuple[str, ...]) -> str:
    widths = (18, 16, 8, 44, 8, 16, 4)
    return " ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


if __name__ == "__main__":
    sys.exit(main())
