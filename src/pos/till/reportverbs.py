"""The verbs of reports, and of a hall as it is shown: turned, and as a chart."""

from __future__ import annotations

from typing import Final

from pos.domain.reports.kinds import PARAMETERS
from pos.till import fields as f
from pos.till.counter import house, housechart, reports
from pos.till.orders import statements
from pos.till.verbspec import VerbSpec

# How a report is written.
_FORM: Final[dict[str, f.Check]] = {
    "language": f.language,
    "replace": f.flag,
    "separator": f.separator,
    "decimal_comma": f.flag,
    "bom": f.flag,
}

REPORT_VERBS: Final[dict[str, VerbSpec]] = {
    "reports": VerbSpec(reports.reports, {}, {"language": f.language}),
    "report": VerbSpec(
        reports.report,
        {"name": f.words},
        dict.fromkeys(PARAMETERS, f.text) | {"format": f.words, "to": f.words} | _FORM,
    ),
    "turn_hall": VerbSpec(house.turn_hall, {"show": f.text, "quarters": f.quarters}, changes=True),
    "house_chart": VerbSpec(
        housechart.house_chart, {"show": f.text, "to": f.words}, {"language": f.language, "replace": f.flag}
    ),
    "cancel_report": VerbSpec(reports.cancel_report),
    "export_report": VerbSpec(reports.export_report, {"made": f.number, "format": f.words, "to": f.words}, _FORM),
    "sign_statement": VerbSpec(statements.sign_statement, {"promoter": f.words, "signed_by": f.words}, changes=True),
    "statements": VerbSpec(statements.statements),
    "print_report": VerbSpec(reports.print_report, {"made": f.number}, {"language": f.language}, changes=True),
}
