"""[[office.backup]] of till.toml: more addresses of the same office, in the order in which they are tried."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pos import tillvalues as values

_LONGEST_NAME: Final = 24  # what fits beside the line's state in the top bar


@dataclass(frozen=True, slots=True)
class BackupLine:
    """One of them. `name` is what people call it; `source` is the address of this machine that calls go out
    from, "" for whichever the system chooses."""

    name: str
    url: str
    ca_file: Path | None = None
    plain_http: bool = False
    source: str = ""


def name(value: Any) -> str:
    text = values.string(value).strip()
    if len(text) > _LONGEST_NAME or not text.isprintable():
        raise ValueError(f"{value!r} is not a name of at most {_LONGEST_NAME} letters")
    return text


def source(value: Any) -> str:
    try:
        return str(ipaddress.ip_address(values.string(value)))
    except ValueError as error:
        raise ValueError(f"{value!r} is not an address of this machine like 192.0.2.20") from error


_KEYS: Final[dict[str, Callable[[Any], Any]]] = {
    "name": name,
    "url": values.url,
    "ca_file": values.string,
    "plain_http": values.flag,
    "from": source,
}


def backups(value: Any) -> tuple[BackupLine, ...]:
    """What the tables say, with `ca_file` as it is written. Raises ValueError, which says in which of them."""
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise ValueError("must be tables headed [[office.backup]]")
    found: list[BackupLine] = []
    for number, table in enumerate(value, 1):
        try:
            line = _backup(table)
            if line.name in [known.name for known in found]:
                raise ValueError(f"name: {line.name!r} is there twice")
        except ValueError as error:
            raise ValueError(f"number {number}: {error}") from error
        found.append(line)
    return tuple(found)


def _backup(table: dict[str, Any]) -> BackupLine:
    read: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            raise ValueError(f"{key} is unknown; there are {', '.join(_KEYS)}")
        try:
            read[key] = _KEYS[key](value)
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from error
    for key in ("name", "url"):
        if key not in read:
            raise ValueError(f"{key} is missing")
    ca_file = Path(read["ca_file"]) if "ca_file" in read else None
    return BackupLine(read["name"], read["url"], ca_file, read.get("plain_http", False), read.get("from", ""))
