"""The press: jobs in, pages out, for one printer. What the printer's worker calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from pos.domain.errors import Unreadable
from pos.paper import content
from pos.paper.compose import compose
from pos.paper.elements import Layout
from pos.paper.faces import Faces
from pos.paper.lines import Cells, TypedLine, typed
from pos.paper.page import Page
from pos.paper.pdf import PdfFace, pdf, pdf_face
from pos.paper.raster import Bitmap, Dots, bitmap
from pos.paper.stamp import stamped
from pos.paper.wrapping import Measure

_OVERHANG_MM: Final = 0.5  # of a sheet beyond what a head prints: paper is no more exact


def too_wide(layout: Layout, width_mm: float) -> str:
    """Why a layout cannot be printed as a picture on paper of this printed width; empty when it can."""
    sheet = layout.sheet
    if sheet is None or sheet.across_mm <= width_mm + _OVERHANG_MM:
        return ""
    return (
        f"the sheet of {layout.name} is {sheet.across_mm:g} mm wide, and {width_mm:g} mm can be printed on: "
        "turn its page, or choose another layout"
    )


class Press:
    """Sets jobs in the given layouts, the last one of a kind winning. For one thread at a time.

    The layouts are gone through at every page, so that a changed one counts from the next page on.
    A page that brings its own layout as `draft` is set in that: a test print of what is not saved yet. One that brings
    the text of a layout as `set_in` is set in that again, as far as `read` still can read it: a report that is printed
    once more, long after its layout was changed. In `training` every page says that it is of no worth.
    Each method raises Unreadable when the job's content cannot be printed.
    """

    def __init__(
        self,
        layouts: Iterable[Layout],
        fonts: Mapping[str, bytes],
        read: Callable[[str], Layout] | None = None,
        *,
        training: bool = False,
    ) -> None:
        self._layouts, self._read = layouts, read
        self._training = training
        self._fonts = fonts
        self._faces = Faces(fonts)
        self._pdf_face: PdfFace | None = None

    def bitmaps(self, job: Mapping[str, Any], width_mm: float, dots_per_mm: float) -> list[Bitmap]:
        """A picture a page. A sheet has its own size, and is refused by paper too narrow for it."""
        for each in content.pages(job):
            if reason := too_wide(self._layout(each), width_mm):
                raise Unreadable("print job", "kind", reason)
        pages = self._pages(job, width_mm, Dots(self._faces, dots_per_mm))
        return [bitmap(page, self._faces, dots_per_mm) for page in pages]

    def lines(
        self, job: Mapping[str, Any], width_mm: float, cell_mm: float, dots_per_mm: float
    ) -> list[list[TypedLine]]:
        """Lines of characters `cell_mm` wide, a list a page."""
        pages = self._pages(job, width_mm, Cells(cell_mm))
        return [typed(page, self._faces, cell_mm, dots_per_mm) for page in pages]

    def pdf(self, job: Mapping[str, Any], paper_mm: float, width_mm: float, shortest_mm: float) -> bytes:
        """One PDF document with a sheet a page; `width_mm` of the `paper_mm` are printed on."""
        if self._pdf_face is None:
            self._pdf_face = pdf_face(self._fonts)
        pages = self._pages(job, width_mm, self._pdf_face)
        return pdf(pages, self._pdf_face, (paper_mm - width_mm) / 2, shortest_mm, str(job["kind"]))

    def _pages(self, job: Mapping[str, Any], width_mm: float, measure: Measure) -> list[Page]:
        pages = [(compose(self._layout(each), each, width_mm, measure), each) for each in content.pages(job)]
        return [stamped(page, each, measure) if self._training else page for page, each in pages]

    def _layout(self, each: Mapping[str, Any]) -> Layout:
        if isinstance(draft := each.get("draft"), Layout):
            return draft
        if self._read is not None and isinstance(text := each.get("set_in"), str):
            with suppress(Unreadable):
                return self._read(text)
        layouts = {layout.kind: layout for layout in self._layouts}
        layout = layouts.get(each["kind"])
        if layout is None:
            have = ", ".join(sorted(layouts)) or "none"
            raise Unreadable("print job", "kind", f"this printer has no layout for a {each['kind']}, only for: {have}")
        return layout
