"""Qt's own texts in the window's language: the menu of a field, standard buttons, choosing a file.

Qt has no Vietnamese, and an installation need not have its other languages; so they are in the window's catalogues,
too, under the context QT.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QTranslator

from pos.ui.i18n import qt_text

# What people can meet of them, by Qt's context.
TEXTS: Final[dict[str, tuple[str, ...]]] = {
    "QLineEdit": ("&Undo", "&Redo", "Cu&t", "&Copy", "&Paste", "Delete", "Select All"),
    "QWidgetTextControl": ("&Undo", "&Redo", "Cu&t", "&Copy", "&Paste", "Delete", "Select All", "Copy &Link Location"),
    "QPlatformTheme": ("OK", "&Yes", "&No", "Save", "Open", "Close", "Cancel", "Retry", "Ignore", "Abort", "Discard"),
    "QScrollBar": (
        *("Scroll here", "Top", "Bottom", "Left edge", "Right edge", "Page up", "Page down", "Page left"),
        *("Page right", "Scroll up", "Scroll down", "Scroll left", "Scroll right"),
    ),
    "QFileDialog": (
        *("&Look in:", "Directory:", "Directories", "File &name:", "Files of &type:", "Files", "All Files (*)"),
        *("Back", "Go back", "Forward", "Go forward", "Parent Directory", "Go to the parent directory", "Sidebar"),
        *("List of places and bookmarks", "Show "),
        *("Create New Folder", "Create a New Folder", "&New Folder", "New Folder", "Find Directory", "Recent Places"),
        *("List View", "Change to list view mode", "Detail View", "Change to detail view mode", "Show &hidden files"),
        *("Open", "Save As", "&Open", "&Choose", "&Save", "&Rename", "&Delete", "Delete", "Remove"),
        "Are you sure you want to delete '%1'?",
        "Could not delete directory.",
        "%1 already exists.\nDo you want to replace it?",
        "%1\nFile not found.\nPlease verify the correct file name was given.",
        "%1\nDirectory not found.\nPlease verify the correct directory name was given.",
    ),
    "QAbstractFileIconProvider": ("Drive", "Folder", "File"),
    "QFileSystemModel": ("Name", "Size", "Type", "Date Modified", "Computer"),
}


class QtTexts(QTranslator):
    """Looks each text up when Qt asks for it, in whatever language is spoken then."""

    def translate(
        self, context: str, source_text: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:  # None is "I have none"; an empty text would be one
        return qt_text(source_text) if context in TEXTS else None


def speak_qt(owner: QObject) -> None:
    """As long as `owner` is there Qt's own texts are in the window's language."""
    texts = QtTexts(owner)
    QCoreApplication.installTranslator(texts)
    owner.destroyed.connect(lambda: QCoreApplication.removeTranslator(texts))
