"""Run by its path, so that it imports nothing else: the program as `housefull --data FOLDER` begins it.

Prints two moments of the clock that all processes share: when the window was first
painted, and when the people who may sign in were on it.
"""

from __future__ import annotations

import sys
import time


def main() -> None:
    import pos.__main__

    _watch()
    pos.__main__.main()


def _watch() -> None:
    """Look at the window that the program makes, from the event loop's idle turns."""
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication

    import pos.app.window as program

    make = program.counter_window
    painted: list[float] = []

    class Painted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                painted.append(time.monotonic())
                watched.removeEventFilter(self)
            return False

    def made(*arguments: object) -> object:
        window, opening = make(*arguments)  # type: ignore[arg-type]
        eyes = Painted(window)
        window.installEventFilter(eyes)
        timer = QTimer(window)

        def look() -> None:
            if window.signin.users and painted:
                timer.stop()
                window.repaint()
                print(painted[0], time.monotonic(), flush=True)
                QApplication.exit(0)

        timer.timeout.connect(look)
        timer.start(2)
        return window, opening

    program.counter_window = made  # type: ignore[assignment]


if __name__ == "__main__":
    sys.argv = ["housefull", "--data", sys.argv[1]]
    main()
