"""A network of machines with real cables: each in a Linux network namespace of its own, at one switch.

    with Network() as network:
        office = network.machine("office")
        till = network.machine("T1")
        Popen(…, env=…) with the words of `till.around` before the command
        till.cut()

Addresses exist inside these namespaces only, and all is gone with the processes that keep them.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final

from tests.peers.around import Around

_END: Final = "eth0"  # of every machine
_NOBODY: Final = "02:00:00:00:00:99"  # a network card that is not there
_NARROW: Final = 700  # bytes that pass where the way is narrow; a poll is smaller, a sale's fact larger
_WIDE: Final = 1500


class NoNetwork(Exception):
    """This kernel, or this user, may not have such a network; the message says why."""


class _Space:
    """A network namespace, kept by a process that sleeps in it."""

    def __init__(self, before: tuple[str, ...] = (), *, alone: bool = False) -> None:
        """`before`: how to get to where it is made; `alone`: as an ordinary user, in a user namespace of its own."""
        self._user = alone or bool(before)
        own = ("--user", "--map-root-user") if alone else ()
        # The system ends it with the thread that starts it: make machines in a thread that stays.
        words = ["setpriv", "--pdeathsig=KILL", "--", *before, "unshare", *own, "--net", "sh", "-c"]
        self._keeper = subprocess.Popen(
            [*words, "echo here; exec sleep infinity"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._keeper.stdout is not None
        if self._keeper.stdout.readline() != "here\n":
            raise NoNetwork(f"no namespace of its own: {self._keeper.communicate()[1].strip()}")

    @property
    def pid(self) -> int:
        return self._keeper.pid

    @property
    def into(self) -> tuple[str, ...]:
        """Words that run a command in it."""
        user = ("--user", "--preserve-credentials") if self._user else ()
        return ("nsenter", f"--target={self.pid}", *user, "--net", "--")

    def ip(self, *words: str) -> None:
        done = subprocess.run([*self.into, "ip", *words], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NoNetwork(f"ip {' '.join(words)}: {done.stderr.strip()}")

    def close(self) -> None:
        self._keeper.kill()
        self._keeper.communicate()


@dataclass(eq=False)
class Machine:
    """One machine at the switch. `around`: what a process on it is started within."""

    name: str
    address: str
    port: str
    space: _Space
    switch: _Space
    around: Around = field(init=False)

    def __post_init__(self) -> None:
        self.around = Around(self.space.into)

    # ---- its cable -----------------------------------------------------------------------

    def cut(self, *, silent: bool = False) -> None:
        """Pull it out: no carrier. `silent`: out at the switch's far side, where nobody sees it."""
        if silent:
            self.switch.ip("link", "set", self.port, "nomaster")
        else:
            self.space.ip("link", "set", _END, "down")

    def mend(self) -> None:
        """Whatever was done to it is undone."""
        self.space.ip("link", "set", _END, "up")
        self.switch.ip("link", "set", self.port, "master", "switch")
        self._width(_WIDE)

    def lose_what_goes_to(self, other: Machine) -> None:
        """One way only: what `other` sends still arrives here."""
        self.space.ip("neighbour", "replace", other.address, "lladdr", _NOBODY, "dev", _END, "nud", "permanent")

    def find_again(self, other: Machine) -> None:
        self.space.ip("neighbour", "del", other.address, "dev", _END)

    def narrow(self) -> None:
        """Large packets to and from it vanish on the way, and nobody says so (a black hole for its MTU)."""
        self._width(_NARROW)

    def _width(self, size: int) -> None:
        self.switch.ip("link", "set", self.port, "mtu", str(size))

    def close(self) -> None:
        """It goes with the network."""


class Network:
    """Raises NoNetwork where there can be none."""

    def __init__(self) -> None:
        if sys.platform != "linux":
            raise NoNetwork("network namespaces are Linux's")
        if missing := [name for name in ("ip", "unshare", "nsenter", "setpriv") if shutil.which(name) is None]:
            raise NoNetwork(f"not installed: {', '.join(missing)}; `make setup-test` installs them")
        self._numbers = itertools.count(1)
        self._spaces: list[_Space] = []
        root = os.geteuid() == 0
        self._switch = self._kept(_Space(alone=not root))
        self._way = () if root else ("nsenter", f"--target={self._switch.pid}", "--user", "--preserve-credentials")
        try:
            self._switch.ip("link", "add", "switch", "type", "bridge")
            self._switch.ip("link", "set", "switch", "up")
        except BaseException:
            self.close()
            raise

    def _kept(self, space: _Space) -> _Space:
        self._spaces.append(space)
        return space

    def machine(self, name: str) -> Machine:
        """A machine with a cable to the switch."""
        number = next(self._numbers)
        space, port, address = self._kept(_Space(self._way)), f"port{number}", f"10.77.0.{number}"
        peer = ("peer", "name", _END, "netns", str(space.pid))
        self._switch.ip("link", "add", port, "type", "veth", *peer)
        self._switch.ip("link", "set", port, "master", "switch", "up")
        space.ip("link", "set", "lo", "up")
        # A packet goes as it is: one that the card would cut up later would pass the narrowest way.
        space.ip("link", "set", _END, "gso_max_segs", "1", "up")
        space.ip("address", "add", f"{address}/24", "dev", _END)
        return Machine(name, address, port, space, self._switch)

    def __enter__(self) -> Network:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        while self._spaces:
            self._spaces.pop().close()
