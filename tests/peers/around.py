"""What a process is started within: another network, a recorder of its system calls, a machine with faults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Around:
    """`before` are words that go before its command, `environment` is added to what it inherits."""

    before: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, *words: str) -> list[str]:
        return [*self.before, *words]

    def inherited(self) -> dict[str, str]:
        """This process's environment and its own."""
        return {**os.environ, **self.environment}

    def __add__(self, inner: Around) -> Around:
        """Both, `inner` closer to the process."""
        return Around((*self.before, *inner.before), {**self.environment, **inner.environment})


NOTHING = Around()
