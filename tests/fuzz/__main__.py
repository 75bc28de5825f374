"""`python -m tests.fuzz`: every target for a while; with a name, that one in this process, until it ends or breaks."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile

import atheris

with atheris.instrument_imports(include=["pos.devices", "pos.domain.mask", "pos.paper.layout", "pos.paper.elements"]):
    from tests.fuzz.targets import TARGETS

LEAST_MB = 1024  # more than that a target may not take


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", nargs="?", choices=[*TARGETS], metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=-1, help="inputs for each target (no limit)")
    parser.add_argument("--seconds", type=int, default=600, help="for all targets together (600)")
    parser.add_argument("--seed", type=int, default=0, help="of chance; 0: another one each time")
    options = parser.parse_args(arguments)
    if options.target is None:
        return _all(options.runs, options.seconds // len(TARGETS), options.seed)
    with tempfile.TemporaryDirectory(prefix="housefull-fuzz-") as folder:
        limits = [f"-runs={options.runs}", f"-max_total_time={options.seconds}", f"-seed={options.seed}"]
        bounds = [f"-rss_limit_mb={LEAST_MB}", "-timeout=10", "-max_len=4096", f"-artifact_prefix={folder}/"]
        atheris.Setup([sys.argv[0], *limits, *bounds], TARGETS[options.target])
        atheris.Fuzz()
    return 0


def _all(runs: int, seconds: int, seed: int) -> int:
    broken = []
    for name in TARGETS:
        command = [sys.executable, "-m", "tests.fuzz", name, f"--runs={runs}", f"--seconds={seconds}", f"--seed={seed}"]
        done = subprocess.run(command, capture_output=True, text=True)
        last = (done.stderr.strip().splitlines() or ["nothing said"])[-1]
        print(f"{name}: {last if done.returncode == 0 else done.stderr}", flush=True)
        broken += [name] if done.returncode else []
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
