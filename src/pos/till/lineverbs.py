"""The verbs about this till itself and its line to the office. None needs anybody to be signed in."""

from __future__ import annotations

from typing import Final

from pos.till import fields as f
from pos.till.counter import diagnostics, status, training
from pos.till.verbspec import VerbSpec

LINE_VERBS: Final[dict[str, VerbSpec]] = {
    "status": VerbSpec(status.status),
    "line": VerbSpec(status.line),
    "sync": VerbSpec(status.sync),
    "diagnostics": VerbSpec(diagnostics.diagnostics),
    "keep_diagnostics": VerbSpec(diagnostics.keep_diagnostics, {"lines": f.lines, "to": f.text}),
    "link": VerbSpec(training.link, takes={"cut": f.flag, "mend": f.flag}),
}
