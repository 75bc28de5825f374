"""Reports, house charts and contingency plans into files, on a thread of its own: a long one takes longer than a till
may stand still."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Final

from pos.domain import housechart
from pos.domain.contingency.plan import Plan
from pos.domain.errors import Refused
from pos.domain.housechart import HouseChart
from pos.domain.report import Report
from pos.filing import write_whole
from pos.paper.contingencyplan import as_pdf as plan_as_pdf
from pos.paper.housechart import as_pdf as chart_as_pdf
from pos.paper.pdf import PdfFace, pdf_face
from pos.paper.reports.csvfile import CsvStyle, as_csv
from pos.paper.reports.pdf import as_pdf
from pos.paper.reports.text import as_text
from pos.paper.reports.words import Writer
from pos.paper.reports.xlsx import as_xlsx
from pos.till.counter.reports import report_words
from pos.till.making import Form, Step

GoOn = Callable[[int, int], None]  # told how much of how much is done; raises to stop
_SUFFIX: Final = {"text": "txt"}
_UNSAFE: Final = re.compile(r"[^\w.-]+")


class ReportWork:
    """Fulfils the till's port. `fonts` are read when the first PDF is made."""

    def __init__(self, fonts: Callable[[], Mapping[str, bytes]]) -> None:
        self._fonts = fonts
        self._pool = ThreadPoolExecutor(1, "reports")
        self._closing = False

    def close(self) -> None:
        """Begin nothing more and stop what has begun: no half file is left, and no till waits for a long one to end."""
        self._closing = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def write(self, report: Report, form: Form, to: Path, replace: bool, step: Step) -> Future[str]:
        def render(go_on: GoOn) -> bytes:
            return self._rendered(report, form, go_on)

        return self._pool.submit(lambda: self._write(file_name(report, form.format), render, to, replace, step))

    def chart(self, chart: HouseChart, language: str, to: Path, replace: bool, step: Step) -> Future[str]:
        name = _file_name((housechart.NAME, chart.show, chart.made_at[:16]), "pdf")

        def render(go_on: GoOn) -> bytes:
            return chart_as_pdf(chart, Writer(language, report_words()), self.face, go_on)

        return self._pool.submit(lambda: self._write(name, render, to, replace, step))

    def plan(self, plan: Plan, language: str, made_at: str, to: Path, replace: bool, step: Step) -> Future[str]:
        name = _file_name(("contingency_plan", plan.version, language), "pdf")

        def render(go_on: GoOn) -> bytes:
            return plan_as_pdf(plan, Writer(language, report_words()), self.face, made_at, go_on)

        return self._pool.submit(lambda: self._write(name, render, to, replace, step))

    def _write(self, name: str, render: Callable[[GoOn], bytes], to: Path, replace: bool, step: Step) -> str:
        path = to / name if to.is_dir() else to
        if not replace and path.exists():  # said before the work, and looked at again when it is written
            raise Refused("bad_request", field="to", reason=f"{path} is there already")

        def go_on(done: int, of: int) -> None:
            if self._closing or not step(done, of):
                raise Refused("stopped")

        go_on(0, 1)
        data = render(go_on)
        try:
            write_whole(path, data, replace=replace)
        except FileExistsError as error:
            raise Refused("bad_request", field="to", reason=str(error)) from error
        except OSError as error:
            raise Refused(
                "bad_request", field="to", reason=f"{path} cannot be written: {error.strerror or error}"
            ) from error
        return str(path)

    def _rendered(self, report: Report, form: Form, go_on: GoOn) -> bytes:
        write = Writer(form.language, report_words())
        if form.format == "pdf":
            return as_pdf(report, write, self.face, go_on)
        if form.format == "xlsx":
            return as_xlsx(report, write, go_on)
        if form.format == "csv":
            return as_csv(report, write, CsvStyle(form.separator, form.decimal_comma, form.bom))
        if form.format == "text":
            return as_text(report, write).encode()
        return (json.dumps(report.to_json(), ensure_ascii=False, indent=1) + "\n").encode()

    @cached_property
    def face(self) -> PdfFace:
        """The fonts of every document, read once."""
        return pdf_face(self._fonts())


def file_name(report: Report, format_: str) -> str:
    """ "daily_settlement-2027-12-03.pdf", by the report's parameters."""
    return _file_name((report.name, *report.parameters.values()), format_)


def _file_name(parts: Iterable[object], format_: str) -> str:
    return f"{_UNSAFE.sub('_', '-'.join(map(str, parts)))[:120]}.{_SUFFIX.get(format_, format_)}"
