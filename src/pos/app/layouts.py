"""The layouts of a till: those that are shipped and its own, as the printers use them and as people write them."""

from __future__ import annotations

import base64
import io
import logging
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from pos.domain.errors import Refused, Unreadable
from pos.paper.elements import Layout
from pos.paper.layout import LANGUAGES, read_layout
from pos.paper.press import Press, too_wide
from pos.paper.raster import Bitmap
from pos.paper.samples import Samples
from pos.paper.whereabouts import line_of

log = logging.getLogger(__name__)
T = TypeVar("T")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PREVIEW_PER_MM: Final = 8.0  # as most printers have
_A4: Final = (210.0, 170.0, 297.0)  # of paper, printed on, and no shorter than, in mm
_ROLL_MM: Final = 72.0  # printed width of an 80 mm roll
_WIDEST_MM: Final = 500.0  # no sheet is refused a preview


class LayoutShelf:
    """Layouts by name; the till's own win over the shipped. Any thread may ask.

    One of its own that cannot be read, as when it was changed by hand, is logged and the shipped one of that
    name stands in: a till prints.
    """

    def __init__(self, shipped: Path, own: Path) -> None:
        self.shipped, self.own = shipped, own
        self._read: dict[str, Layout] = {}
        self._used: dict[str, tuple[Sequence[str], float]] = {}

    def names(self) -> list[str]:
        return sorted({path.stem for folder in (self.shipped, self.own) for path in folder.glob("*.toml")})

    def check(self, name: str, where: str, key: str, printed_mm: float = math.inf) -> None:
        """Raises Unreadable when there is no layout of that name that can be read, or, naming `where` and `key`,
        when it is wider than the printer that is to use it prints pictures."""
        if name not in self.names():
            raise Unreadable(where, key, f"there is no layout {name!r}; there are: {', '.join(self.names())}")
        if reason := too_wide(self.layout(name), printed_mm):
            raise Unreadable(where, key, reason)

    def layout(self, name: str) -> Layout:
        """A layout as it is now. Raises Unreadable."""
        if name not in self._read:
            self._read[name] = self._freshly(name)
        return self._read[name]

    def _freshly(self, name: str) -> Layout:
        own, shipped = self.own / f"{name}.toml", self.shipped / f"{name}.toml"
        if own.exists():
            try:
                return self.parse(own.read_text(encoding="utf-8"), str(own))
            except (Unreadable, OSError, UnicodeDecodeError) as error:
                if not shipped.exists():
                    raise Unreadable(str(own), "", str(error)) from error
                log.warning("the layout as it is shipped is used, for the own one cannot be read: %s", error)
        return self.parse(shipped.read_text(encoding="utf-8"), shipped.name)

    def parse(self, text: str, where: str) -> Layout:
        """A layout from its text. Raises Unreadable."""
        return read_layout(text, where, self._picture)

    def kept(self, text: str) -> Layout:
        """A layout that was kept with a page. Raises Unreadable."""
        return self.parse(text, "the layout of a page that was printed before")

    def _picture(self, name: str) -> bytes | None:
        for folder in (self.own, self.shipped):
            if (folder / name).is_file():
                return (folder / name).read_bytes()
        return None

    def text(self, name: str) -> tuple[str, bool]:
        """The text of one of `names`, and whether it is the till's own. Raises OSError or UnicodeDecodeError."""
        own = self.own / f"{name}.toml"
        path = own if own.exists() else self.shipped / own.name
        return path.read_text(encoding="utf-8"), path == own

    def put(self, layout: Layout, text: str) -> None:
        """Keep an own layout, whole or not at all; the next page is set in it. Raises OSError."""
        self.own.mkdir(parents=True, exist_ok=True)
        path = self.own / f"{layout.name}.toml"
        draft = path.with_suffix(".toml.new")
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        self._read[layout.name] = layout

    def drop(self, name: str) -> None:
        """Give up the own layout of this name for the shipped one. Raises OSError."""
        (self.own / f"{name}.toml").unlink()
        self._read.pop(name, None)

    # ---- in use --------------------------------------------------------------------------

    def in_use(self, role: str, names: Sequence[str], printed_mm: float = math.inf) -> Iterable[Layout]:
        """The layouts that a printer uses, looked up anew each time one goes through them. `printed_mm` is how
        wide it prints pictures, infinite for one that takes any sheet."""
        self._used[role] = names, printed_mm
        return _InUse(self, names)

    def used_by(self, name: str) -> list[str]:
        """The printers that print their own kind of paper in this layout: of a kind, the last they were given."""
        found = []
        for role, (names, _) in self._used.items():
            last = {kind: each for each in names if _goes_to(kind := self.layout(each).kind) == role}
            if name in last.values():
                found.append(f"printer.{role}")
        return found

    def text_in_use(self, kind: str) -> str:
        """The text of the layout that this kind of paper is printed in, "" where no printer prints it."""
        names, _ = self._used.get(_goes_to(kind), ((), 0.0))
        found = [name for name in names if self.layout(name).kind == kind]
        return self.text(found[-1])[0] if found else ""

    def hindrance(self, layout: Layout) -> str:
        """Why a printer that uses the layout of this name could not print it as it is now; empty when all can."""
        for role, (names, printed_mm) in self._used.items():
            if layout.name in names and _goes_to(layout.kind) == role and (reason := too_wide(layout, printed_mm)):
                return f"printer.{role} uses it: {reason}"
        return ""


def _goes_to(kind: str) -> str:
    """The role of the printer that a kind of paper comes out of."""
    return "ticket" if kind == "ticket" else "receipt"


class _InUse:
    def __init__(self, shelf: LayoutShelf, names: Sequence[str]) -> None:
        self._shelf, self._names = shelf, names

    def __iter__(self) -> Iterator[Layout]:
        return map(self._shelf.layout, self._names)


class LayoutWork:
    """What people do with layouts, on a thread of its own: setting a page takes longer than the till may stand
    still. Fulfils the till's port."""

    def __init__(self, shelf: LayoutShelf, samples: Path, fonts: Callable[[], Mapping[str, bytes]]) -> None:
        self._shelf, self._samples_file, self._fonts = shelf, samples, fonts
        self._pool = ThreadPoolExecutor(1, "layouts")

    def close(self) -> None:
        """Finish what is asked already: whoever waits for it hears of it."""
        self._pool.shutdown(wait=True)

    def listed(self) -> Future[list[dict[str, Any]]]:
        return self._pool.submit(lambda: [self._shown(name) for name in self._shelf.names()])

    def text(self, name: str) -> Future[dict[str, Any]]:
        return self._pool.submit(lambda: {"text": self._found(name)[0]} | self._shown(name))

    def preview(self, text: str, language: str, marked: bool, width_mm: float) -> Future[dict[str, Any]]:
        return self._pool.submit(lambda: self._preview(text, language, marked, width_mm))

    def save(self, text: str) -> Future[dict[str, Any]]:
        return self._pool.submit(lambda: _kept(lambda: self._save(text)))

    def revert(self, name: str) -> Future[dict[str, Any]]:
        return self._pool.submit(lambda: _kept(lambda: self._revert(name)))

    def in_use(self, kind: str) -> Future[str]:
        return self._pool.submit(lambda: self._shelf.text_in_use(kind))

    def proof(self, text: str, language: str) -> Future[dict[str, Any]]:
        return self._pool.submit(lambda: self._proof(text, language))

    def sheet(self, content: dict[str, Any]) -> Future[bytes]:
        return self._pool.submit(lambda: self._sheet(content))

    # ---- on its thread -------------------------------------------------------------------

    def _found(self, name: str) -> tuple[str, bool]:
        if name not in self._shelf.names():
            have = ", ".join(self._shelf.names())
            raise Refused("bad_request", field="layout", reason=f"there is no layout {name!r}; there are: {have}")
        try:
            return self._shelf.text(name)
        except (OSError, UnicodeDecodeError) as error:
            raise Refused("bad_request", field="layout", reason=f"{name} cannot be read: {error}") from error

    def _shown(self, name: str) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "name": name,
            "own": (self._shelf.own / f"{name}.toml").exists(),
            "shipped": (self._shelf.shipped / f"{name}.toml").exists(),
            "used": self._shelf.used_by(name),
        }
        try:
            layout = self._shelf.layout(name)
        except Unreadable as error:
            return shown | {"kind": "", "page": None, "error": str(error)}
        sheet = layout.sheet
        return shown | {"kind": layout.kind, "page": [sheet.width_mm, sheet.height_mm] if sheet else None}

    def _sheet(self, content: dict[str, Any]) -> bytes:
        layouts = [self._shelf.layout(name) for name in ("receipt-standard", "list-standard")]
        return Press(layouts, self._fonts()).pdf(content, *_A4)

    def _preview(self, text: str, language: str, marked: bool, width_mm: float) -> dict[str, Any]:
        try:
            layout = self._shelf.parse(text, "layout")
            dots = self._set(layout, language, marked, width_mm)
        except Unreadable as error:
            return {"error": _error(text, error)}
        width, height = dots.width / _PREVIEW_PER_MM, dots.height / _PREVIEW_PER_MM
        if layout.sheet is not None:  # its size is exact, whatever whole dots make of it
            width, height = layout.sheet.width_mm, layout.sheet.height_mm
            if layout.sheet.turn in (90, 270):
                width, height = height, width
        file = io.BytesIO()
        dots.image().save(file, "PNG")
        return {
            "name": layout.name,
            "kind": layout.kind,
            "width_mm": width,
            "height_mm": height,
            "dots_per_mm": _PREVIEW_PER_MM,
            "picture": base64.b64encode(file.getvalue()).decode("ascii"),
        }

    # Fonts take a tenth of a second, and few tills ever need these.

    @cached_property
    def _samples(self) -> Samples:
        return Samples(self._samples_file.read_text(encoding="utf-8"))

    @cached_property
    def _press(self) -> Press:
        return Press((), self._fonts())

    def _sample(self, layout: Layout, language: str, marked: bool) -> dict[str, Any]:
        return self._samples.content(layout.kind, language, marked=marked) | {"draft": layout}

    def _set(self, layout: Layout, language: str, marked: bool, width_mm: float) -> Bitmap:
        width = _WIDEST_MM if layout.sheet else width_mm
        (dots,) = self._press.bitmaps(self._sample(layout, language, marked), width, _PREVIEW_PER_MM)
        return dots

    def _checked(self, text: str) -> Layout:
        """A layout that sets every sample. Raises Refused, naming the key and the line."""
        try:
            layout = self._shelf.parse(text, "layout")
            for language in LANGUAGES:
                for marked in (False, True):
                    self._set(layout, language, marked, _ROLL_MM)
        except Unreadable as error:
            found = _error(text, error)
            raise Refused(
                "bad_request", field="text", reason=str(error), key=found["key"], line=found["line"]
            ) from error
        return layout

    def _save(self, text: str) -> dict[str, Any]:
        layout = self._checked(text)
        if not _NAME.fullmatch(layout.name):
            raise _refused("name", f"{layout.name!r} may hold small letters, digits and '-' only, at most 40")
        if layout.name in self._shelf.names():
            before = self._shown(layout.name)["kind"]
            if before and before != layout.kind:
                raise _refused("kind", f"{layout.name} is for a {before}, and stays so; give this one another name")
        if reason := self._shelf.hindrance(layout):
            raise _refused("page", reason)
        self._shelf.put(layout, text)
        log.info("the layout %s was saved", layout.name)
        return self._shown(layout.name)

    def _revert(self, name: str) -> dict[str, Any]:
        _, own = self._found(name)
        if not own:
            raise Refused("bad_request", field="layout", reason=f"{name} is as it was shipped")
        if not (self._shelf.shipped / f"{name}.toml").exists():
            raise Refused("bad_request", field="layout", reason=f"{name} is this till's own; none was shipped")
        self._shelf.drop(name)
        log.info("the layout %s is as it was shipped again", name)
        return self._shown(name) | {"text": self._found(name)[0]}

    def _proof(self, text: str, language: str) -> dict[str, Any]:
        return self._sample(self._checked(text), language, marked=True)


def _error(text: str, error: Unreadable) -> dict[str, Any]:
    return {"key": error.key, "reason": error.reason, "line": line_of(text, error)}


def _refused(key: str, reason: str, line: int = 0) -> Refused:
    return Refused("bad_request", field="text", reason=reason, key=key, line=line)


def _kept(work: Callable[[], T]) -> T:
    try:
        return work()
    except OSError as error:
        raise Refused("storage_failed", reason=str(error)) from error
