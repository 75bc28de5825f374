"""What a verb is to the table of verbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pos.till.fields import Check


@dataclass(frozen=True)
class VerbSpec:
    """A verb: its function, its required and optional fields, whether it changes anything."""

    run: Callable[..., Any]
    needs: dict[str, Check] = field(default_factory=dict)
    takes: dict[str, Check] = field(default_factory=dict)
    changes: bool = False
