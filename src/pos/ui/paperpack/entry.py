"""What is typed off a log sheet: numbers of a pack's tickets, codes, and the time of a sale."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_NUMBERS: Final = re.compile(r"(?:(\d{1,5})/)?(\d{1,3})(?:-(\d{1,3}))?")
_TIME: Final = re.compile(r"(?:(\d{1,2})[./](\d{1,2})\.?\s+)?(\d{1,2}):?(\d{2})")
_PARTS: Final = re.compile(r"[,;\s]+")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Tickets `first` to `last` of a pack; `pack` is its running number, "" for the one at hand."""

    first: int
    last: int
    pack: str = ""


def read_entry(text: str) -> list[Numbers | str]:
    """What is typed or scanned, in its order: numbers ("17", "17-20", "3/17" of pack 3), and codes in capitals."""
    found: list[Numbers | str] = []
    for part in filter(None, _PARTS.split(text)):
        match = _NUMBERS.fullmatch(part)
        if match is None:
            found.append(part.upper())
            continue
        first = int(match[2])
        found.append(Numbers(first, int(match[3] or first), match[1] or ""))
    return found


def is_of(pack: str, number: str) -> bool:
    """Whether a pack's id, like "T1-P00003", has this running number."""
    return number.isdigit() and pack.rpartition("P")[2].lstrip("0") == number.lstrip("0")


def read_moment(text: str, now: datetime) -> datetime | None:
    """The last time up to `now`, in its zone, that clocks showed "1942" or "19:42"; of a day, with its date before it
    ("28.11. 1942", day and month). None for what is no time."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    day, month, hour, minute = (int(part) if part else 0 for part in match.groups())
    try:
        then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if not day:
            return then if then <= now else then - timedelta(days=1)
        then = then.replace(month=month, day=day)
        return then if then <= now else then.replace(year=now.year - 1)
    except ValueError:
        return None


def numbers_in_words(numbers: Sequence[int]) -> str:
    """ "3, 5-8", of numbers that go up."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
