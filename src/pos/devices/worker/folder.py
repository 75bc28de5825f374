"""A folder as a printer: every job becomes one PDF file, complete or not there at all."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from pos.devices.profile import Profile
from pos.devices.worker.outcome import DeviceState, Result
from pos.domain.errors import Unreadable

_UNSAFE: Final = re.compile(r"[^\w.-]+")


class PdfPress(Protocol):
    """Sets a job as PDF; raises Unreadable when it cannot be printed."""

    def pdf(self, job: Mapping[str, Any], paper_mm: float, width_mm: float, shortest_mm: float) -> bytes: ...


class FolderPrinter:
    """Writes PDF files into `folder`, which is made when it is not there. See `Printer`."""

    poll_s = 30.0

    def __init__(self, profile: Profile, folder: Path, press: PdfPress) -> None:
        self._profile, self._folder, self._press = profile, folder, press

    def probe(self) -> DeviceState:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return DeviceState("offline", f"{self._folder}: {error.strerror}")
        if not os.access(self._folder, os.W_OK):
            return DeviceState("offline", f"{self._folder} cannot be written to")
        return DeviceState("ready", "ready")

    def print(
        self, job: str, content: Mapping[str, Any], started: Callable[[], None], tell: Callable[[DeviceState], None]
    ) -> Result:
        profile = self._profile
        try:
            document = self._press.pdf(content, profile.paper_mm, profile.printed_mm, profile.shortest_mm)
        except Unreadable as error:
            return Result("failed", str(error))
        state = self.probe()
        if state.state != "ready":
            return Result("failed", state.text)
        started()
        path = self._folder / f"{_UNSAFE.sub('-', job)}.pdf"
        draft = path.with_suffix(".part")
        try:
            with draft.open("wb") as file:
                file.write(document)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError as error:
            return Result("failed", f"{path}: {error.strerror}")
        return Result("done", f"written to {path}")

    def kick_drawer(self) -> Result:
        return Result("failed", "no drawer can hang on a folder")

    def drawer_open(self) -> bool | None:
        return None

    def close(self) -> None:
        """There is nothing to let go of."""
