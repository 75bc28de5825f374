"""`make pictures`: every screen in every language and look, as PNG files and contact sheets."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from pos.settings import LOCALES
from tests.pictures.shots import Camera, Size, contact_sheet
from tests.pictures.stage import Stage
from tests.pictures.walks import WALKS


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    words.add_argument("--out", type=Path, required=True, help="the folder for the pictures")
    words.add_argument("--languages", nargs="+", default=list(LOCALES), choices=LOCALES)
    words.add_argument("--themes", nargs="+", default=["light", "dark", "contrast"])
    words.add_argument(
        "--sizes", nargs="+", type=Size.read, default=[Size.read("1366x768")], help="like 1366x768 or 1920x1080@200"
    )
    words.add_argument("--walks", nargs="+", default=list(WALKS), choices=list(WALKS))
    words.add_argument("--screens", nargs="+", default=[], help="only the pictures whose name begins so")
    asked = words.parse_args()
    app = QApplication(["housefull"])
    # As in the program: what is connected to signals is taken apart on this thread alone.
    gc.disable()
    failed = []
    for language in asked.languages:
        stage = Stage(language)
        camera = Camera(asked.out / language, asked.themes, asked.sizes, tuple(asked.screens))
        for name in asked.walks:
            try:
                for shot in WALKS[name](stage):
                    camera.take(shot)
            except (TimeoutError, AssertionError, AttributeError, StopIteration, IndexError) as error:
                failed.append(f"{language} {name} after {camera.last}: {error!r}")
            app.processEvents()
            gc.collect()
        stage.close()
        for size in asked.sizes:
            for theme in asked.themes:
                contact_sheet(asked.out / language, f"{theme}-{size}")
        sys.stdout.write(f"{language}: {camera.taken} pictures\n")
    for line in failed:
        sys.stderr.write(f"{line}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
