"""Reports: what each is built of. This table is the only list of them."""

from __future__ import annotations

from typing import Final

from pos.domain.reports.kinds import ReportKind

REPORTS: Final[dict[str, ReportKind]] = {}
