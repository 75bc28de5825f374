"""Every word that builders of reports use is there (in all five languages: tests/unit/paper/reports)."""

from __future__ import annotations

import re
from pathlib import Path

from pos.data import resource
from pos.domain import reports
from pos.domain.reports import REPORTS
from pos.paper.reports.words import ReportWords

SOURCE = "\n".join(path.read_text("utf-8") for path in sorted(Path(reports.__file__).parent.glob("*.py")))
USES = (
    r'\("([a-z_]+)", (?:TEXT|WORD|MONEY|COUNT|PERCENT|DAY|MOMENT)\)',  # heads of columns
    r'(?:table|tickets_by|_by_tender|_lines)\(\s*(?:source,\s*)?"([a-z_]+)"',  # headings
    r'"(note_[a-z_]+|own_facts_only)"',
    r'": "([a-z_]+)"',  # what kinds of facts are called
)


def test_every_word_of_a_report_is_known() -> None:
    used = {word for pattern in USES for word in re.findall(pattern, SOURCE)} | REPORTS.keys()
    assert len(used) > 90, "the patterns have lost what they look for"
    known = set(ReportWords(resource("reports", "words.toml").read_text(encoding="utf-8")).keys())
    assert used - known == set()
