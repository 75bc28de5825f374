"""Heights of buttons. The stylesheet gives every button a least height that `setFixedHeight` cannot undo."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

_BORDER_PX = 2  # top and bottom together, which the stylesheet counts outside the height


def set_height(button: QPushButton, height: int) -> None:
    """Make a button `height` px high, border included."""
    inner = height - _BORDER_PX
    button.setStyleSheet(f"QPushButton {{ min-height: {inner}px; max-height: {inner}px; }}")
