"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """`violations` break an invariant; `notes` are for a person to know."""

    violations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def violation(self, invariant: str, what: str) -> None:
        self.violations.append(f"{invariant} {what}")
