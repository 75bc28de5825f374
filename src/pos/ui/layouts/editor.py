"""The text of a layout, with the faulty line in another colour. Its keys are its own, the window's have Ctrl."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from pos.ui.i18n import tr
from pos.ui.theme import tokens as t

_FAMILY: Final = "WenQuanYi Micro Hei Mono"  # a face of the shipped font, with the letters of all five languages
_KEY: Final = Qt.Key
_WITH_CTRL: Final = frozenset({
    _KEY.Key_Z, _KEY.Key_Y, _KEY.Key_X, _KEY.Key_C, _KEY.Key_V, _KEY.Key_A, _KEY.Key_Backspace, _KEY.Key_Delete,
    _KEY.Key_Left, _KEY.Key_Right, _KEY.Key_Home, _KEY.Key_End,
})  # fmt: skip
_CTRL: Final = Qt.KeyboardModifier.ControlModifier
_PLAIN: Final = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


class Editor(QPlainTextEdit):
    """Typing, moving and undoing belong to the text, though the window has shortcuts for the same keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        font = QFont(_FAMILY)
        font.setPixelSize(t.SMALL)
        self.setFont(font)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setAccessibleName(tr("Text of the layout"))

    def text(self) -> str:
        """What is written, to the letter: `toPlainText` makes plain spaces of those that hold words together."""
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def mark_line(self, number: int, ground: str) -> None:
        """Put a ground under a line, counted from 1; 0 takes it away."""
        marks: list[QTextEdit.ExtraSelection] = []
        block = self.document().findBlockByNumber(number - 1)
        if number and block.isValid():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(block)
            mark.format.setBackground(QColor(ground))
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            marks.append(mark)
        self.setExtraSelections(marks)


def _is_ours(event: QKeyEvent) -> bool:
    key, held = Qt.Key(event.key()), event.modifiers()
    if held & _CTRL:
        return key in _WITH_CTRL
    function = _KEY.Key_F1 <= key <= _KEY.Key_F35
    return not (held & ~_PLAIN) and key != _KEY.Key_Escape and not function
