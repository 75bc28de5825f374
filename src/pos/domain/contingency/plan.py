"""A venue's contingency plan: what works at each level, what does not, what to do, and whom to call.

* A plan has a version and a day from which it is in force, so that whoever reads a sheet knows which one it is.
* What a venue's plan leaves out, the plan that ships with the program says: a level is left out as a whole.
* A plan that cannot be read is refused with the key in it that is wrong, and never half understood.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, NoReturn

from pos.domain.announced import by_language
from pos.domain.contingency.level import Level
from pos.domain.errors import Unreadable
from pos.domain.price import Names

LANGUAGES: Final = ("en", "zh_TW", "vi", "uk", "hu")
MOST_BYTES: Final = 64 * 1024  # a plan is told to every till by value
MOST_TEXT: Final = 300  # characters of one text: a step is read while a queue waits
MOST_LINES: Final = 12  # steps of a level, people
_LEVELS: Final = tuple(level.value for level in Level)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to call. `tell_at` are the levels at which they are told."""

    key: str
    name: str
    telephone: str
    role: Names = field(default_factory=dict)
    tell_at: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelText:
    """What the plan says of one level."""

    title: Names
    works: tuple[Names, ...] = ()
    fails: tuple[Names, ...] = ()
    steps: tuple[Names, ...] = ()


@dataclass(frozen=True, slots=True)
class PackRule:
    """`tickets`: so many numbered ones per show and category when a shift opens, 0 for none unless asked for.
    `before_doors`: minutes before the start at which the pack is made anew."""

    tickets: int = 0
    before_doors: int = 60


@dataclass(frozen=True, slots=True)
class DrillRule:
    """How often each person is drilled, in days."""

    every_days: int = 90


@dataclass(frozen=True, slots=True)
class Plan:
    """`valid_from` is a day at the venue. `evacuation` are the steps while the house is cleared."""

    version: str
    valid_from: date
    approved_by: str = ""
    people: tuple[Person, ...] = ()
    levels: Mapping[Level, LevelText] = field(default_factory=dict)
    evacuation: tuple[Names, ...] = ()
    pack: PackRule = PackRule()
    drill: DrillRule = DrillRule()

    def over(self, shipped: Plan) -> Plan:
        """This plan, with the shipped one's words for what it does not speak of."""
        return replace(
            self,
            levels={**shipped.levels, **self.levels},
            evacuation=self.evacuation or shipped.evacuation,
        )

    def told_at(self, level: Level) -> tuple[Person, ...]:
        """Who is told at this level, in the plan's order."""
        return tuple(person for person in self.people if level in person.tell_at)


def newest(plans: Iterable[Plan], today: date) -> Plan | None:
    """The one in force: the latest day that is not to come, then the highest version, then the one that comes last."""
    due = [plan for plan in plans if plan.valid_from <= today]
    best: Plan | None = None
    for plan in due:
        if best is None or (plan.valid_from, plan.version) >= (best.valid_from, best.version):
            best = plan
    return best


def parse(text: str, name: str) -> Plan:
    """Read a plan; `name` is what it is called when something is wrong. Raises Unreadable."""
    if len(text.encode()) > MOST_BYTES:
        raise Unreadable(name, "", f"is longer than {MOST_BYTES} bytes")
    try:
        doc = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(name, "", f"is no TOML: {error}") from error
    return _Reader(name).plan(doc)


class _Reader:
    """Reads one document, and names what is wrong in it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def plan(self, doc: dict[str, Any]) -> Plan:
        known = ("version", "valid_from", "approved_by", "pack", "drill", "evacuation", "person", "level")
        self._only("", doc, known)
        people = self._people(doc.get("person", []))
        levels = self._table("level", doc.get("level", {}))
        self._only("level", levels, _LEVELS)
        evacuation = self._table("evacuation", doc.get("evacuation", {}))
        self._only("evacuation", evacuation, ("steps",))
        return Plan(
            self._word("version", doc.get("version"), 40),
            self._day("valid_from", doc.get("valid_from")),
            self._word("approved_by", doc["approved_by"], 120) if "approved_by" in doc else "",
            people,
            {Level(level): self._level(f"level.{level}", said) for level, said in levels.items()},
            self._texts("evacuation.steps", evacuation.get("steps", [])),
            self._pack(self._table("pack", doc.get("pack", {}))),
            self._drill(self._table("drill", doc.get("drill", {}))),
        )

    def _pack(self, said: dict[str, Any]) -> PackRule:
        self._only("pack", said, ("tickets", "before_doors"))
        return PackRule(
            self._number("pack.tickets", said.get("tickets", 0), 0, 500),
            self._number("pack.before_doors", said.get("before_doors", 60), 0, 24 * 60),
        )

    def _drill(self, said: dict[str, Any]) -> DrillRule:
        self._only("drill", said, ("every_days",))
        return DrillRule(self._number("drill.every_days", said.get("every_days", 90), 1, 3650))

    def _people(self, said: Any) -> tuple[Person, ...]:
        people = tuple(self._person(f"person[{at}]", one) for at, one in enumerate(self._list("person", said)))
        for at, person in enumerate(people):
            if person.key in {other.key for other in people[:at]}:
                self._wrong(f"person[{at}].key", f"{person.key!r} is another person's already")
        return people

    def _person(self, key: str, said: Any) -> Person:
        said = self._table(key, said)
        self._only(key, said, ("key", "name", "telephone", "role", "tell_at"))
        return Person(
            self._word(f"{key}.key", said.get("key"), 40),
            self._word(f"{key}.name", said.get("name"), 80),
            self._word(f"{key}.telephone", said.get("telephone"), 40),
            self._text(f"{key}.role", said["role"]) if "role" in said else {},
            tuple(self._levels(f"{key}.tell_at", said.get("tell_at", []))),
        )

    def _levels(self, key: str, said: Any) -> Iterable[Level]:
        for at, one in enumerate(self._list(key, said)):
            if one not in _LEVELS:
                self._wrong(f"{key}[{at}]", f"{one!r} is none of {', '.join(_LEVELS)}")
            yield Level(one)

    def _level(self, key: str, said: Any) -> LevelText:
        said = self._table(key, said)
        self._only(key, said, ("title", "works", "fails", "steps"))
        return LevelText(
            self._text(f"{key}.title", said.get("title")),
            *(self._texts(f"{key}.{name}", said.get(name, [])) for name in ("works", "fails", "steps")),
        )

    def _texts(self, key: str, said: Any) -> tuple[Names, ...]:
        return tuple(self._text(f"{key}[{at}]", one) for at, one in enumerate(self._list(key, said)))

    def _text(self, key: str, said: Any) -> Names:
        """One text for everybody, or one for each language."""
        if not isinstance(said, (str, dict)) or not said:
            self._wrong(
                key,
                "is missing"
                if said is None
                else 'must be a text, or a table of texts like {en = "Call the duty manager."}',
            )
        if isinstance(said, dict):
            self._only(key, said, LANGUAGES)
            for language, text in said.items():
                self._word(f"{key}.{language}", text, MOST_TEXT)
        else:
            self._word(key, said, MOST_TEXT)
        return by_language(said)

    def _word(self, key: str, said: Any, most: int) -> str:
        if said is None:
            self._wrong(key, "is missing")
        if not isinstance(said, str) or not said.strip():
            self._wrong(key, "must be a text that is not empty")
        if not said.isprintable():
            self._wrong(key, "must be one line of text")
        if len(said) > most:
            self._wrong(key, f"is longer than {most} characters")
        return str(said.strip())

    def _number(self, key: str, said: Any, least: int, most: int) -> int:
        if type(said) is not int or not least <= said <= most:
            self._wrong(key, f"{said!r} is no whole number from {least} to {most}")
        return int(said)

    def _day(self, key: str, said: Any) -> date:
        if not isinstance(said, date) or isinstance(said, datetime):
            self._wrong(key, "is missing" if said is None else "must be a day like 2027-03-01, without quotes")
        return said

    def _list(self, key: str, said: Any) -> list[Any]:
        if not isinstance(said, list):
            self._wrong(key, "must be a list")
        if len(said) > MOST_LINES:
            self._wrong(key, f"has more than {MOST_LINES} entries")
        return said

    def _table(self, key: str, said: Any) -> dict[str, Any]:
        if not isinstance(said, dict):
            self._wrong(key, "must be a table")
        return said

    def _only(self, key: str, said: Mapping[str, Any], known: Iterable[str]) -> None:
        names = list(known)
        for name in said:
            if name not in names:
                self._wrong(f"{key}.{name}" if key else name, f"is not known here; known are {', '.join(names)}")

    def _wrong(self, key: str, reason: str) -> NoReturn:
        raise Unreadable(self._name, key, reason)
