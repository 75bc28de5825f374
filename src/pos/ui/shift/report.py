"""The report after the close: expected, counted, the difference, and how it was paid."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout

from pos.domain.money import Money
from pos.ui.drawer.view import kind_names
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.screen import Screen
from pos.ui.shift.papers import declared_lines
from pos.ui.shift.presenter import ClosePresenter, Report
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton, MoneyLabel


class ReportScreen(Screen):
    """`done` leaves it; the report is on paper by then, or waits in the foot to be printed again."""

    name = "report"

    def __init__(self, presenter: ClosePresenter, done: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._done = presenter, done
        box = QVBoxLayout(self.work)
        box.setContentsMargins(48, 32, 48, 32)
        box.setSpacing(12)
        title = QLabel(tr("The shift is closed"))
        title.setFont(text_font(t.TOTAL, QFont.Weight.DemiBold))
        box.addWidget(title)
        self._note = QLabel()
        self._note.setProperty("role", "muted")
        self._note.setWordWrap(True)
        box.addWidget(self._note)
        card = QFrame()
        card.setProperty("role", "panel")
        card.setMaximumWidth(560)
        self._grid = QGridLayout(card)
        self._grid.setContentsMargins(24, 16, 24, 16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(0, 1)
        box.addWidget(card)
        box.addStretch(1)
        self._build_panel()
        presenter.closed.connect(self.draw)
        if presenter.report is not None:
            self.draw()

    def _build_panel(self) -> None:
        side = self.panel_box()
        name = QLabel(tr("Difference"))
        name.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._difference, self._verdict = MoneyLabel(size=t.CHANGE), QLabel()
        self._verdict.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._key = KeyButton(tr("Done"), cap("primary"), kind="primary", stacked=True)
        set_height(self._key, 64)
        self._key.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._key.clicked.connect(self._done)
        side.addStretch(1)
        for part in (name, self._difference, self._verdict):
            side.addWidget(part)
        side.addStretch(2)
        side.addWidget(self._key)

    def draw(self) -> None:
        report, formats = self.presenter.report, self.presenter.session.formats
        if report is None:
            return
        while (item := self._grid.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        for at, (text, amount) in enumerate(_rows(report)):
            label, value = QLabel(text), MoneyLabel(formats.money(amount), t.TITLE)
            label.setFont(text_font(t.TITLE))
            self._grid.addWidget(label, at, 0)
            self._grid.addWidget(value, at, 1)
        notes = [
            self.presenter.session.names.get(report.user, report.user),
            tr(
                "shift {id}, {start} – {end}",
                id=report.shift,
                start=formats.time(report.opened_at),
                end=formats.time(report.closed_at),
            ),
            tr_count("%n sale", "%n sales", report.sales),
            tr_count("%n ticket", "%n tickets", report.tickets),
        ]
        if report.z:
            notes.insert(0, report.z)
        if report.number_range:
            notes.append(tr("journal entries {range}", range=" – ".join(report.number_range)))
        if report.provisional:
            notes.append(tr("provisional until the office has every entry of this shift"))
        papers = [f"{name}: {text}" for name, text in declared_lines(report.declared)]
        self._note.setText("\n".join((" · ".join(notes), *papers)))
        self._difference.setText(formats.money(report.difference))
        missing = report.difference.minor < 0
        even = report.difference.minor == 0
        words = tr("The drawer is right ✓") if even else tr("Short") if missing else tr("Over")
        self._verdict.setText(words)
        self._verdict.setProperty("role", "good" if even else "warning")
        restyle(self._verdict)

    def act(self, action: str) -> bool:
        if action in ("primary", "back"):
            self._done()
            return True
        return False


def _rows(report: Report) -> list[tuple[str, Money]]:
    """How the drawer came to what it should hold, and what was counted in it."""
    tenders = {
        "cash": tr("Sold for cash"),
        "card": tr("Sold by card"),
        "voucher": tr("Vouchers"),
        "gift_card": tr("Gift cards"),
    }
    moves = {"float": tr("Float")} | kind_names()
    rows = [(moves[kind], report.drawer[kind]) for kind in moves if kind in report.drawer]
    rows[1:1] = [(tenders.get(kind, kind), amount) for kind, amount in report.by_tender]
    return [*rows, (tr("Expected in the drawer"), report.expected), (tr("Counted"), report.counted)]
