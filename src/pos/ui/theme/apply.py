"""Dress the application: Fusion, a palette and one stylesheet. Called again to change between light and dark."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from pos.tillvalues import THEMES
from pos.ui.theme.fonts import text_font
from pos.ui.theme.stylesheet import stylesheet
from pos.ui.theme.tokens import CONTRAST, DARK, LIGHT, Tokens


def tokens_for(theme: str) -> Tokens:
    """One of THEMES. Raises ValueError for anything else."""
    if theme == "system":
        scheme = QGuiApplication.styleHints().colorScheme()
        return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
    for tokens in (LIGHT, DARK, CONTRAST):
        if tokens.name == theme:
            return tokens
    raise ValueError(f"theme {theme!r} is none of {', '.join(THEMES)}")


def dress(app: QApplication, tokens: Tokens) -> None:
    """Give every present and coming widget this appearance. Load the fonts first."""
    app.setStyle("Fusion")
    app.setFont(text_font())
    app.setPalette(palette(tokens))
    app.setStyleSheet(stylesheet(tokens))


def palette(tokens: Tokens) -> QPalette:
    """The tokens as Qt's colour roles; what paints itself reads them from here.

    Dark is `edge`, Mid is `line`, Light is `paper`: the three that Qt has no name for.
    """
    role = QPalette.ColorRole
    colors = {
        role.Window: tokens.paper,
        role.WindowText: tokens.ink,
        role.Base: tokens.card,
        role.AlternateBase: tokens.paper,
        role.Text: tokens.ink,
        role.Button: tokens.card,
        role.ButtonText: tokens.ink,
        role.PlaceholderText: tokens.muted,
        role.BrightText: tokens.danger,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.ToolTipBase: tokens.card,
        role.ToolTipText: tokens.ink,
        role.Light: tokens.paper,
        role.Mid: tokens.line,
        role.Midlight: tokens.line,
        role.Dark: tokens.edge,
        role.Shadow: tokens.line,
    }
    made = QPalette()
    for name, color in colors.items():
        made.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(tokens.muted))
    return made


def restyle(widget: QWidget) -> None:
    """Let the stylesheet look again at a widget, and what is in it, after a property changed."""
    for each in (widget, *widget.findChildren(QWidget)):
        each.style().unpolish(each)
        each.style().polish(each)
        each.update()
