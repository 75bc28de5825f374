"""Customers: those found at the left; who is marked, or the record being typed, in the panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pos.ui.customers.outboxview import OutboxPanel, OutboxWork
from pos.ui.customers.presenter import FIELDS, Customer, CustomersPresenter
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.sell.work import SearchField
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 60
_NEW, _CHANGE, _NOBODY, _MERGE, _EXPORT, _ERASE, _NOTICES = range(1, 8)
_STORY: Final = 9  # lines


class _Delegate(QStyledItemDelegate):
    """Name over contact; the member code at the right."""

    def __init__(self, parent: QListView, presenter: CustomersPresenter) -> None:
        super().__init__(parent)
        self._presenter = presenter

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Customer = index.data(ROW)
        box = QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option)
        upper, lower = QRect(box.adjusted(24, 7, -24, -31)), QRect(box.adjusted(24, 31, -24, -7))
        bold, small, right = text_font(t.BODY, QFont.Weight.DemiBold), text_font(t.SMALL), Qt.AlignmentFlag.AlignRight
        stays = "⇥ " if row.id == self._presenter.stays else ""
        paint_text(painter, upper.adjusted(0, 0, -200, 0), stays + row.title, bold, ink)
        paint_text(painter, lower.adjusted(0, 0, -200, 0), row.contact, small, muted)
        paint_text(painter, upper, row.member, small, muted, right)
        paint_text(painter, lower, row.id, small, muted, right)
        painter.restore()


class CustomersScreen(Screen):
    """Arrows mark, Enter takes the marked one for the sale; F1 begins a record, F2 changes one, F3 takes the
    customer off the sale; F4 merges, F5 writes everything into a file, F6 erases; F7 shows what was written to them.
    `leave` goes back to selling, `look` shows a sale."""

    name = "customers"

    def __init__(self, presenter: CustomersPresenter, leave: Callable[[], None], look: Callable[[str], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self._pages, self._works = QStackedWidget(), QStackedWidget()
        self._build_work()
        self.panel_box().addWidget(self._pages)
        self._pages.addWidget(self._build_one())
        self._pages.addWidget(self._build_form())
        self.letters, self.letters_panel = OutboxWork(presenter.outbox), OutboxPanel(presenter.outbox, look)
        self._works.addWidget(self.letters)
        self._pages.addWidget(self.letters_panel)
        presenter.changed.connect(self.draw)
        self.draw()

    # ---- building ------------------------------------------------------------------------

    def _build_work(self) -> None:
        outer = QVBoxLayout(self.work)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._works)
        page = QWidget()
        self._works.addWidget(page)
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 0, 24, 0)
        bar.setSpacing(16)
        self.search = SearchField()
        self.search.setPlaceholderText(tr("Name, e-mail, telephone or member code"))
        self.search.setAccessibleName(tr("Find a customer"))
        self.search.textEdited.connect(self.presenter.search)
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        bar.addWidget(self.search, 1)
        bar.addWidget(self._title, 1)
        self._rows: RowModel[Customer] = RowModel(
            self.work, lambda row: ", ".join(filter(None, (row.title, row.contact, row.member))), lambda row: row.id
        )
        self.list = painted_list(
            self._rows,
            lambda made: _Delegate(made, self.presenter),
            tr("Customers"),
            lambda row: self.presenter.mark(row.id),
        )
        box.addLayout(bar)
        box.addWidget(self.list, 1)

    def _build_one(self) -> QWidget:
        page = QWidget()
        side = QVBoxLayout(page)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(8)
        self._name, self._facts, self._notes, self._story = (QLabel() for _ in range(4))
        self._name.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._facts.setProperty("role", "muted")
        self._story.setProperty("role", "small")
        for label in (self._name, self._facts, self._notes, self._story):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            side.addWidget(label)
        side.addStretch(1)
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        side.addWidget(self._problem)
        grid = QGridLayout()
        grid.setSpacing(6)
        presenter = self.presenter
        acts: list[tuple[int, str, str, Callable[[], object]]] = [
            (_NEW, tr("New"), "normal", presenter.new),
            (_CHANGE, tr("Edit"), "normal", presenter.change),
            (_NOBODY, tr("No customer"), "normal", presenter.nobody),
            (_MERGE, tr("Merge"), "normal", presenter.merge),
            (_EXPORT, tr("Export"), "normal", self._export),
            (_ERASE, tr("Erase"), "danger", presenter.erase),
        ]
        self._keys: dict[int, KeyButton] = {}
        for at, (number, words, kind, act) in enumerate(acts):
            button = self._keys[number] = KeyButton(words, f"F{number}", kind=kind, stacked=True)
            set_height(button, 56)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, act=act: act())
            grid.addWidget(button, at // 2, at % 2)
        self._notices = KeyButton(tr("Notices sent to them"), f"F{_NOTICES}")
        set_height(self._notices, 48)
        self._notices.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._notices.clicked.connect(presenter.notices)
        side.addWidget(self._notices)
        # What erases is kept apart from what is pressed all day.
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(16)
        side.addLayout(grid)
        side.addSpacing(8)
        self._take = KeyButton(tr("For this sale"), cap("primary"), kind="primary", stacked=True)
        set_height(self._take, 60)
        self._take.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._take.clicked.connect(lambda: self.act("primary"))
        side.addWidget(self._take)
        return page

    def _build_form(self) -> QWidget:
        page = QWidget()
        side = QVBoxLayout(page)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(6)
        title = QLabel(tr("Customer's record"))
        title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        side.addWidget(title)
        names = {
            "name": tr("Name"),
            "email": tr("E-mail"),
            "phone": tr("Telephone"),
            "member": tr("Member code"),
            "notes": tr("Notes"),
        }
        self._fields: dict[str, QLineEdit] = {}
        for key in FIELDS:
            named = QLabel(names[key])
            named.setProperty("role", "muted")
            field = self._fields[key] = QLineEdit()
            field.setMinimumHeight(t.TOUCH)
            field.setAccessibleName(names[key])
            field.textEdited.connect(lambda text, key=key: self.presenter.type(key, text))
            side.addWidget(named)
            side.addWidget(field)
        hint = QLabel(tr("Nothing is compulsory. Ask before you keep anything."))
        hint.setWordWrap(True)
        hint.setProperty("role", "small")
        side.addWidget(hint)
        side.addStretch(1)
        self._form_problem = QLabel()
        self._form_problem.setWordWrap(True)
        self._form_problem.setProperty("role", "warning")
        side.addWidget(self._form_problem)
        row = QHBoxLayout()
        row.setSpacing(8)
        cancel = KeyButton(tr("Cancel"), cap("back"), kind="outline", stacked=True)
        save = KeyButton(tr("Keep"), cap("primary"), kind="primary", stacked=True)
        cancel.clicked.connect(lambda: self.act("back"))
        save.clicked.connect(lambda: self.act("primary"))
        for button, stretch in ((cancel, 1), (save, 2)):
            set_height(button, 60)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button, stretch)
        side.addLayout(row)
        return page

    # ---- drawing -------------------------------------------------------------------------

    def draw(self) -> None:
        presenter = self.presenter
        buyer = presenter.session.buyer
        self._title.setText(tr("This sale: {name}", name=buyer["title"]) if buyer else tr("This sale: nobody"))
        self._rows.show_rows(presenter.rows)
        at = next((ix for ix, row in enumerate(presenter.rows) if row.id == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        editing = presenter.draft is not None
        was, now = self._pages.currentIndex(), 2 if presenter.outbox.open else int(editing)
        self._pages.setCurrentIndex(now)
        self._works.setCurrentIndex(int(presenter.outbox.open))
        self.letters.draw()
        self.letters_panel.draw()
        if presenter.draft is not None:
            for key, field in self._fields.items():
                if field.text() != presenter.draft[key]:
                    field.setText(presenter.draft[key])
            self._form_problem.setText(f"▲ {presenter.problem}" if presenter.problem else "")
        self._draw_one(presenter.current)
        if now != was:
            (self._fields["name"] if editing else self.work).setFocus()

    def _draw_one(self, one: Customer | None) -> None:
        presenter = self.presenter
        nothing = tr("Nobody is called that.") if presenter.text else tr("Type a name, an address or a number.")
        self._name.setText(one.title if one is not None else nothing)
        facts = [one.email, one.phone, one.member, one.id] if one is not None else []
        self._facts.setText("\n".join(filter(None, facts)))
        self._notes.setText(str(presenter.known.get("notes", "")))
        story = presenter.story() if one is not None else []
        more = [tr("and {n} more", n=len(story) - _STORY)] if len(story) > _STORY else []
        self._story.setText("\n".join(story[:_STORY] + more))
        words, role = presenter.problem, "warning"
        if presenter.erasing:
            words = tr("Press F6 again to erase. Name, contact and notes are gone for good; the money stays.")
        elif presenter.stays:
            words, role = tr("⇥ stays. Mark the other record of this person, then F4."), "muted"
        self._problem.setText(f"▲ {words}" if words and role == "warning" else words)
        self._problem.setProperty("role", role)
        restyle(self._problem)
        for number in (_CHANGE, _MERGE, _EXPORT, _ERASE):
            self._keys[number].setEnabled(one is not None and (number == _CHANGE or presenter.oversees))
        self._keys[_NOBODY].setEnabled(presenter.session.buyer is not None)
        self._take.setEnabled(one is not None)
        self._notices.set_label(tr("Notices to them") if one is not None else tr("Notices to customers"))

    # ---- keys ----------------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.refresh()
        self.search.setText(self.presenter.text)
        self.search.setFocus()
        self.search.selectAll()

    def leave(self) -> None:
        self.presenter.close()
        self.presenter.outbox.close()

    def _export(self) -> None:
        one = self.presenter.current
        if one is None or not self.presenter.oversees:
            return
        title = tr("Everything about {name}", name=one.title)
        path, _ = QFileDialog.getSaveFileName(self.work, title, f"{one.id}.json")
        if path:
            self.presenter.export(path)

    def act(self, action: str) -> bool:
        presenter = self.presenter
        if presenter.outbox.open:
            return self.letters_panel.key(action)
        if presenter.draft is not None:
            keys: dict[str, Callable[[], object]] = {"primary": presenter.save, "back": presenter.close}
        else:
            keys = {
                f"price:{_NEW}": presenter.new,
                f"price:{_CHANGE}": presenter.change,
                f"price:{_NOBODY}": presenter.nobody,
                f"price:{_MERGE}": presenter.merge,
                f"price:{_EXPORT}": self._export,
                f"price:{_ERASE}": presenter.erase,
                f"price:{_NOTICES}": presenter.notices,
                "primary": presenter.take,
                "find": self.enter,
                "customer": self._leave,
                "up": lambda: presenter.step(-1),
                "line_up": lambda: presenter.step(-1),
                "down": lambda: presenter.step(1),
                "line_down": lambda: presenter.step(1),
                "back": lambda: presenter.close() or self._leave(),
            }
        if action not in keys:
            return False
        keys[action]()
        return True
