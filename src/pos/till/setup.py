"""What the till needs of whoever sets up the devices of this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from pos.domain.certificate import Hand
from pos.domain.drills.script import Order
from pos.store.copyread import LeftByCopy
from pos.till.ports import Outcome


@dataclass(frozen=True, slots=True)
class SetUp:
    """A device was set up anew, or taken away. `now`: it is in force already, else from the next start.

    `left` are the jobs that its printer had not begun, as (role, job): they are nobody's now.
    """

    now: bool
    text: str
    left: tuple[tuple[str, str], ...] = ()


class DeviceSetup(Protocol):
    """What till.toml says of devices, and the hands that set them up. No Future fails but with Refused."""

    def named(self) -> list[dict[str, Any]]:
        """Each device that is set up: `name`, `values` (as in till.toml, passwords left out) and what is
        seen of it: `did`, `since_s`, `did_s`, `sent_s`, `heard_s`."""

    def window(self) -> dict[str, Any]:
        """What [window] says: `theme`, `scale` (percent or "auto"), `lock_after`, `sounds`. `put` changes it, too."""

    def choices(self) -> dict[str, list[str]]:
        """Field of a printer -> what it may be: `profile`, `layout`."""

    def traffic(self, name: str) -> dict[str, list[str]]:
        """The last bytes, `sent` and `heard`, masked."""

    def test(self, name: str) -> Future[tuple[Outcome, str]]:
        """Try a printer or the drawer out, so that a person sees it work."""

    def find(self, addresses: Sequence[str]) -> Future[list[dict[str, str]]]:
        """What is plugged into this machine, and which of these addresses answer: [{`address`, `text`}]."""

    def put(self, name: str, values: Mapping[str, Any]) -> Future[SetUp]:
        """Change a device's values, None taking one away; or set up one that is not there yet."""

    def remove(self, name: str) -> Future[SetUp]:
        """Take a device out of till.toml."""


class Backups(Protocol):
    """The backups that are made of this till while it sells. Among the devices it is a single one, `backup`."""

    def told(self) -> dict[str, Any]:
        """`to`, `every_s`, `last` (when it was made, ISO 8601, None for never), `age_s` (of it), `number` (of its last
        fact) and `problem` ("" for none)."""

    def states(self) -> dict[str, dict[str, str]]:
        """{"backup": {"state", "text"}}, like those of a device."""


class Copies(Protocol):
    """The copies that are made of this till's journal, fact by fact. Among the devices they are one, `copies`."""

    def facts_waiting(self, number: int) -> None:
        """There are facts up to this number. Returns at once."""

    def copied(self, number: int) -> Future[None]:
        """Done when a first copy has the fact of this number, or when nobody need wait for that any longer. Never
        fails."""

    def told(self) -> list[dict[str, Any]]:
        """Each copy: `copy` (medium, or the till that keeps it), `where`, `number` (its last fact), `behind` (how many
        it lacks) and `problem` ("" for none)."""

    def states(self) -> dict[str, dict[str, str]]:
        """{"copies": {"state", "text"}}, like those of a device: ready when one at least has everything."""


class KeptCopies(Protocol):
    """The copies of other tills' journals that lie here: sent by them, or on a medium that is in this machine now. What
    is read was signed by its till; `keys` are the public keys of all tills, fenced ones included."""

    def kept(self) -> Future[list[dict[str, Any]]]:
        """Each copy: `till`, `incarnation`, `number` (its last fact), `at` (when it was written last), `where`."""

    def left_shift(self, till: str, keys: Mapping[Hand, bytes], folder: str) -> Future[LeftByCopy | None]:
        """The shift that a till's copy has open; in `folder` alone, if one is given. Fails with NoCopy."""

    def sales_with(self, word: str, keys: Mapping[Hand, bytes]) -> Future[list[dict[str, Any]]]:
        """The documents of sales with that id, or with a ticket of that id or code."""


class Machine(Protocol):
    """This installation, as a technician asks about it. Nothing in it is secret."""

    @property
    def key_at(self) -> str:
        """Where the private key is kept."""

    def told(self) -> list[tuple[str, str]]:
        """(key, value) in the order in which they are read out: folders, address, disk, files, versions.

        A key is a word in code, like "data_folder"."""

    def keep(self, name: str, text: str) -> str:
        """Write a text into the data folder; its path. Raises OSError."""


class Power(Protocol):
    """What this machine runs on."""

    def mains(self) -> bool | None:
        """Whether there is mains, as last seen; None where no one can tell. Never waits."""


class Cable(Protocol):
    """The line of a training till to its office, in a person's hands."""

    def cut(self) -> None:
        """Pull it: at once for what is under way, too."""

    def mend(self) -> None:
        """Plug it in again."""


class Drills(Protocol):
    """Drills that are held beside this till, in training data of their own."""

    def order(self, order: Order, plan: str) -> None:
        """Let the next training be this drill, by the text of an issued contingency plan or, for "", by the file's.
        Raises FileExistsError while one is being held, and OSError."""

    def over(self) -> tuple[Order, list[dict[str, Any]]] | None:
        """The drill that has ended, or was broken off, and its log; None when there is none, or it still goes on."""

    def forget(self) -> None:
        """It is kept elsewhere now."""


class Exercise(Protocol):
    """The drill that a training till is there for."""

    def told(self) -> dict[str, Any]:
        """How it stands: who waits for what, how much time is left, and in the end the result."""

    def say(self, what: str, customer: int) -> None:
        """What the person does beside the till: "jam_cleared", or "turned_away" a customer."""
