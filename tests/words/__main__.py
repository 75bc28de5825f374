"""`python -m tests.words [--merge] [LANGUAGE …]`: what the catalogues lack; --merge puts it in, empty."""

from __future__ import annotations

import argparse

from tests.words import catalogues
from tests.words.source import texts


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.words", description=__doc__)
    parser.add_argument("--merge", action="store_true", help="write what is missing into the files, and drop the rest")
    parser.add_argument("languages", nargs="*", default=list(catalogues.TRANSLATED), metavar="LANGUAGE")
    arguments = parser.parse_args()
    wanted = texts()
    for language in arguments.languages:
        catalog = catalogues.read(language)
        if arguments.merge:
            added, dropped = catalogues.merge(catalog, wanted)
            catalogues.write(language, catalog)
            print(f"{language}: {added} added, {dropped} dropped")
        found = list(catalogues.faults(catalog, wanted))
        for fault in found:
            print(f"{language}: {fault}")
        print(f"{language}: {len(wanted)} texts, {len(found)} to mend")


if __name__ == "__main__":
    main()
