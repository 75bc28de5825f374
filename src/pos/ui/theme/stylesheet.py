"""The one stylesheet, written from tokens. Widgets opt in by the dynamic properties `role` and `level`."""

from __future__ import annotations

from string import Template
from typing import Final

from pos.ui.theme import tokens as t
from pos.ui.theme.color import mix
from pos.ui.theme.tokens import Tokens

# Font sizes stand here only for roles: a size on QWidget would overrule every setFont().
_SHEET: Final = Template("""
QToolTip { background: $card; color: $ink; border: 1px solid $edge; padding: ${s0}px ${s1}px; }
QWidget[role="card"], QFrame[role="card"] { background: $card; }
QFrame[role="rule"] { background: $line; border: none; }
QFrame[role="heavy-rule"] { background: $ink; border: none; }
QFrame[role="alarm"] { background: $danger_ground; border: 4px solid $danger; border-radius: ${radius}px; }
QFrame[role="alarm"] QLabel { color: $ink; }
QFrame[role="panel"] { background: $paper; border: 1px solid $line; border-radius: ${radius}px; }

QLabel[role="muted"] { color: $muted; }
QLabel[role="small"] { color: $muted; font-size: ${small}px; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[role="other-day"] { background: $warning_ground; color: $warning; border-radius: 4px;
    padding: ${s0}px ${s1}px; }
QLabel[role="good"] { color: $good; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="danger"] { color: $danger; font-weight: 600; }
QLabel[role="keycap"] { background: $paper; color: $muted; border: 1px solid $line; border-radius: 4px;
    font-size: ${small}px; font-weight: 600; padding: 0px 4px; }

QPushButton { background: $card; color: $ink; border: 1px solid $edge; border-radius: ${radius}px;
    min-height: ${button}px; padding: 0px ${s2}px; placeholder-text-color: $muted; }
QPushButton:hover { border-color: $muted; background: $paper; }
QPushButton:pressed { background: $line; }
QPushButton:checked { background: $paper; border: 2px solid $accent; padding: 0px 11px; }
QPushButton:disabled { color: $muted; border-color: $line; background: $paper; }
QPushButton:focus { border: 2px solid $accent; padding: 0px 11px; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border: 2px solid $accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $accent_press; }
QPushButton[role="primary"]:focus { border: 2px solid $ink; }
QPushButton[role="primary"]:disabled { background: $line; border-color: $line; color: $muted; }
QPushButton[role="outline"] { color: $accent; border: 1px solid $accent; font-weight: 600; }
QPushButton[role="outline"]:focus { border: 2px solid $accent; }
QPushButton[role="danger"] { color: $danger; border-color: $danger; }
QPushButton[role="link"] { background: transparent; border: none; color: $accent; text-decoration: underline; }
QPushButton[role="link"]:focus { border: 2px solid $accent; }
QPushButton[role="plain"] { background: transparent; border: 2px solid transparent; }
QPushButton[role="plain"]:hover { background: $paper; }
QPushButton[role="plain"]:focus { border: 2px solid $accent; }
QPushButton[role="plain"] QLabel[role="key-label"] { color: $muted; }
QPushButton[role="tab"] { background: $card; border: none; border-right: 1px solid $line; border-radius: 0px;
    border-bottom: 3px solid transparent; padding: 3px ${s3}px 0px ${s3}px; }
QPushButton[role="tab"]:hover { background: $paper; }
QPushButton[role="tab"]:checked { background: $paper; border-bottom: 3px solid $accent; }
QPushButton[role="tab"]:focus { border: 2px solid $accent; padding: 1px 15px 0px 14px; }
QPushButton QLabel { background: transparent; }
QPushButton QLabel[role="keycap"] { background: $paper; color: $muted; }
QPushButton[role="primary"] QLabel[role="key-label"] { color: $on_accent; font-weight: 600; }
QPushButton[role="primary"] QLabel[role="keycap"] { background: $card; color: $ink; border-color: $card; }
QPushButton[role="outline"] QLabel[role="key-label"] { color: $accent; font-weight: 600; }
QPushButton[role="danger"] QLabel[role="key-label"] { color: $danger; }
QPushButton QLabel[role="key-label"]:disabled, QPushButton[role="primary"] QLabel[role="key-label"]:disabled {
    color: $muted; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox, QDateTimeEdit { background: $card; color: $ink;
    border: 1px solid $edge; border-radius: ${radius}px; padding: 0px ${s1}px; selection-background-color: $accent;
    selection-color: $on_accent; placeholder-text-color: $muted; }
QLineEdit, QAbstractSpinBox, QComboBox { min-height: ${button}px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border: 2px solid $accent; padding: 0px 7px; }
QLineEdit:disabled, QComboBox:disabled { color: $muted; border-color: $line; background: $paper; }
QLineEdit[level="wrong"] { border: 2px solid $danger; }
QLineEdit[role="amount"] { font-size: ${title}px; font-weight: 600; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox QAbstractItemView { background: $card; color: $ink; border: 1px solid $edge;
    selection-background-color: $accent; selection-color: $on_accent; }
QCheckBox, QRadioButton { min-height: ${touch}px; spacing: ${s1}px; }

QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar::tab { background: $card; color: $muted; border: none; border-right: 1px solid $line;
    border-bottom: 3px solid transparent; padding: ${s2}px ${s3}px; }
QTabBar::tab:selected { background: $paper; color: $ink; border-bottom: 3px solid $accent; }
QTabBar::tab:focus { color: $accent; }

QTableView, QTreeView, QListView { background: $card; alternate-background-color: $paper; color: $ink; border: none;
    gridline-color: $line; selection-background-color: $accent; selection-color: $on_accent;
    placeholder-text-color: $muted; }
QListView[role="work"] { background: $paper; }
QTableView::item { padding: 0px ${s1}px; }
QTableView:focus, QTreeView:focus, QListView:focus { border: 2px solid $accent; }
QHeaderView::section { background: $paper; color: $muted; border: none; border-bottom: 1px solid $line;
    padding: ${s1}px; font-size: ${small}px; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0px; }
QScrollBar::handle { background: $edge; border-radius: 4px; min-height: 32px; min-width: 32px; margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
    background: none; width: 0px; height: 0px; }

QFrame[role="banner"] { background: $card; border: none; border-bottom: 1px solid $line; }
QFrame[role="banner"] QLabel { color: $muted; font-size: ${body}px; }
QFrame[role="banner"] QLabel[part="lead"] { color: $ink; font-weight: 600; }
QFrame[role="banner"] QPushButton { color: $muted; min-height: 24px; padding: 0px; font-size: ${body}px; }
QFrame[role="banner"][level="amber"] { background: $warning_ground; border-bottom: 1px solid $warning_ground; }
QFrame[role="banner"][level="amber"] QLabel, QFrame[role="banner"][level="amber"] QPushButton { color: $warning; }
QFrame[role="banner"][level="red"] { background: $danger_ground; border-bottom: 1px solid $danger_ground; }
QFrame[role="banner"][level="red"] QLabel, QFrame[role="banner"][level="red"] QPushButton { color: $danger; }

QLabel[role="pill"] { border: 1px solid $edge; border-radius: 16px; padding: 0px ${s2}px; min-height: 30px;
    font-weight: 600; font-size: ${body}px; color: $muted; background: $card; }
QLabel[role="pill"][level="online"] { border-color: $good; color: $good; }
QLabel[role="pill"][level="away"] { border-color: $warning_ground; background: $warning_ground; color: $warning; }
QLabel[role="pill"][level="loss"] { border-color: $danger; background: $danger_ground; color: $danger; }
""")


def stylesheet(tokens: Tokens) -> str:
    """The whole sheet for one palette. Raises KeyError if the sheet names a token that is not there."""
    names = {name: getattr(tokens, name) for name in Tokens.__slots__}
    return _SHEET.substitute(
        names,
        accent_hover=mix(tokens.accent, tokens.ink, 0.12),
        accent_press=mix(tokens.accent, tokens.ink, 0.24),
        radius=t.RADIUS,
        small=t.SMALL,
        body=t.BODY,
        title=t.TITLE,
        touch=t.TOUCH,
        button=t.TOUCH - 2,  # the sheet counts a border of 1 px a side outside the height
        **{f"s{index}": space for index, space in enumerate(t.SPACE)},
    )
