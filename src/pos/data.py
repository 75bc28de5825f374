"""Where the data that ships with the till lies: `resources/` and `printers/`.

The same code runs from a wheel (data inside the package, `pos/_data/`), from a
frozen application (data beside the unpacked bundle) and from a checkout.
"""

from __future__ import annotations

import sys
from pathlib import Path


def resource(*parts: str) -> Path:
    """The path of a shipped resource, e.g. `resource("fonts", "Inter-Bold.otf")`.

    Raises FileNotFoundError naming what is missing and where it was looked for.
    """
    return _find("resources", parts)


def printer_data(*parts: str) -> Path:
    """The path of a shipped printer profile or layout, e.g. `printer_data("profiles")`.

    Raises FileNotFoundError naming what is missing and where it was looked for.
    """
    return _find("printers", parts)


def _homes() -> list[Path]:
    here = Path(__file__).resolve().parent
    homes = [here / "_data", here.parents[1]]
    bundle = getattr(sys, "_MEIPASS", None)
    return [Path(bundle) / "pos" / "_data", *homes] if bundle else homes


def _find(kind: str, parts: tuple[str, ...]) -> Path:
    homes = _homes()
    for home in homes:
        path = home.joinpath(kind, *parts)
        if path.exists():
            return path
    wanted = "/".join((kind, *parts))
    raise FileNotFoundError(f"{wanted} did not come with this installation; looked in {', '.join(map(str, homes))}")
