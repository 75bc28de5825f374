"""`python -m tests.model`: search every world, and tell how many states it has and how each missing rule shows."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time

from tests.model import office, program
from tests.model.configurations import LARGE, MUTATIONS, QUICK, search
from tests.model.search import TooLarge


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--large", action="store_true", help="the worlds that take minutes, too")
    parser.add_argument("--only", default="", metavar="TEXT", help="those whose name has this in it")
    parser.add_argument("--at-most", type=int, default=20_000_000, metavar="STATES", help="give up beyond (20,000,000)")
    options = parser.parse_args(arguments)
    searches = {name: (safe.rules, safe.bounds, "broken", "", office.settle) for name, safe in QUICK.items()}
    if options.large:
        searches |= {name: (safe.rules, safe.bounds, "broken", "", office.settle) for name, safe in LARGE.items()}
        searches |= {
            f"{name}, by the program": (safe.rules, safe.bounds, "broken", "", program.settle)
            for name, safe in QUICK.items()
        }
    searches |= {
        name: (
            dataclasses.replace(one.rules, **dict.fromkeys(one.without, False)),
            one.bounds,
            one.invariant,
            one.violation,
            office.settle,
        )
        for name, one in MUTATIONS.items()
    }
    wrong = total = 0
    for name, (rules, bounds, invariant, violation, settle) in searches.items():
        if options.only not in name:
            continue
        began = time.process_time()
        try:
            found = search(rules, bounds, invariant, options.at_most, settle)
        except TooLarge as error:
            wrong += 1
            print(f"{name}: {error}", flush=True)
            continue
        as_expected = violation in found.violation if violation else not found.violation
        wrong += not as_expected
        program.forget()
        total += found.states
        mark = "" if as_expected else "NOT AS IT SHOULD BE: "
        print(f"{mark}{name}: {found} ({time.process_time() - began:.1f} s)", flush=True)
    print(f"{total:,} states, {wrong} searches not as they should be", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
