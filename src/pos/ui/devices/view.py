"""The devices at the left, with the paper that is not printed yet below them; the marked one in the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QListView,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from pos.ui.devicenames import setting_names
from pos.ui.devices.form import DeviceForm
from pos.ui.devices.model import Device, Waiting, in_order
from pos.ui.devices.presenter import DevicesPresenter
from pos.ui.devices.rows import ROW_PX, RowDelegate
from pos.ui.i18n import told, tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import FactGrid, scrolled, touch
from pos.ui.rows import RowModel, painted_list
from pos.ui.screen import Screen
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_CHANGE, _ADD, _FIND, _REMOVE = 1, 2, 3, 4  # F-keys; of a job, 1 and 2 move it
_FACTS: Final = 8
_BYTES_PX: Final = t.SMALL


class DevicesScreen(Screen):
    """Arrows mark, Enter tries out; F1 changes, F2 adds, F3 finds, F4 takes away. `leave` goes back to work."""

    name = "devices"

    def __init__(self, presenter: DevicesPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self.build(presenter)

    # ---- building ----------------------------------------------------------------------

    def _build_work(self) -> None:
        box = self.work_box()
        self._title, self._paper = QLabel(tr("Devices")), QLabel()
        self.devices: RowModel[Device] = RowModel(self.work, self._device_words, lambda row: row.name)
        self.waiting: RowModel[Waiting] = RowModel(self.work, self._job_words, lambda row: row.job)
        self.device_list = painted_list(
            self.devices, self._painter, tr("Devices"), lambda row: self.presenter.mark(row.name)
        )
        self.waiting_list = painted_list(
            self.waiting, self._painter, tr("Paper that waits"), lambda row: self.presenter.mark(str(row.job))
        )
        for title in (self._title, self._paper):
            title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
            title.setContentsMargins(24, 0, 24, 0)
        self._paper.setContentsMargins(24, 16, 24, 0)
        for part, stretch in ((self._title, 0), (self.device_list, 0), (self._paper, 0), (self.waiting_list, 1)):
            box.addWidget(part, stretch)

    def _painter(self, rows: QListView) -> RowDelegate:
        return RowDelegate(rows, self.presenter)

    def _device_words(self, row: Device) -> str:
        return ", ".join(
            filter(None, (self.presenter.name(row.name), told(row.text), self.presenter.where(row), told(row.did)))
        )

    def _job_words(self, row: Waiting) -> str:
        presenter = self.presenter
        return ", ".join(
            filter(None, (presenter.what(row), presenter.state(row), told(row.text), presenter.name(row.printer)))
        )

    def _build_panel(self) -> None:
        side = self.panel_box()
        self._heading, self._state = QLabel(), QLabel()
        self._heading.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._state.setWordWrap(True)
        side.addWidget(self._heading)
        side.addWidget(self._state)
        self.form = DeviceForm(self.presenter)
        self._story = self._build_story()
        side.addWidget(self._story, 1)
        side.addWidget(self.form, 1)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        side.addWidget(self._hint)
        grid = QGridLayout()
        grid.setSpacing(6)
        self._keys: dict[int, KeyButton] = {}
        for at, number in enumerate((_CHANGE, _ADD, _FIND, _REMOVE)):
            button = touch(KeyButton("", f"F{number}"), partial(self._press, number))
            grid.addWidget(button, at // 2, at % 2)
            self._keys[number] = button
        side.addLayout(grid)
        primary = KeyButton("", cap("primary"), kind="primary", stacked=True)
        self.primary = touch(primary, lambda: self.act("primary"), 64)
        side.addWidget(self.primary)

    def _build_story(self) -> QScrollArea:
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self._facts = FactGrid(_FACTS)
        box.addLayout(self._facts)
        self._bytes = QLabel()
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(_BYTES_PX)
        self._bytes.setFont(font)
        self._bytes.setTextFormat(Qt.TextFormat.PlainText)
        self._bytes.setWordWrap(True)
        self._bytes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.addWidget(self._bytes)
        box.addStretch(1)
        return scrolled(inside)

    # ---- drawing -----------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.close()
        self.presenter.shown = True
        self.presenter.refresh()
        self.work.setFocus()

    def leave(self) -> None:
        self.presenter.shown = False

    def draw(self) -> None:
        presenter = self.presenter
        self.devices.show_rows(presenter.devices)
        self.waiting.show_rows(presenter.waiting)
        self.device_list.setFixedHeight(min(6, len(presenter.devices)) * ROW_PX)
        count = len(presenter.waiting)
        shown = presenter.session.formats.count(count)
        self._paper.setText(
            tr_count("%n print job waits", "%n print jobs wait", count, shown) if count else tr("No paper waits.")
        )
        self._mark(self.device_list, self.devices, [row.name for row in presenter.devices])
        self._mark(self.waiting_list, self.waiting, [str(row.job) for row in presenter.waiting])
        draft = presenter.draft
        addable = [(name, f"F{at}  {presenter.name(name)}") for at, name in enumerate(presenter.addable, 1)]
        self.form.show_draft(draft, addable if presenter.adding else [])
        self._story.setVisible(draft is None and not presenter.adding)
        if draft is not None:
            self._heading.setText(presenter.name(draft.device))
            self._state.setText(tr("A new device") if draft.new else tr("Change its settings"))
        elif presenter.adding:
            self._heading.setText(tr("Add which one?"))
            self._state.setText("")
        elif presenter.job is not None:
            self._draw_job(presenter.job)
        else:
            self._draw_device(presenter.device)
        self._draw_hint()
        self._draw_keys()

    def _mark(self, rows: QListView, model: RowModel[Device] | RowModel[Waiting], keys: list[str]) -> None:
        if self.presenter.marked in keys:
            rows.setCurrentIndex(model.index(keys.index(self.presenter.marked)))
        else:
            rows.clearSelection()

    def _draw_device(self, one: Device | None) -> None:
        presenter = self.presenter
        if one is None:
            self._heading.setText(tr("No devices"))
            self._state.setText(tr("This till sells without any. F2 adds one."))
            self._draw_facts([])
            self._bytes.setText("")
            return
        self._heading.setText(presenter.name(one.name))
        self._state.setText(told(one.text))
        names = setting_names()
        facts = [(names.get(key, key), presenter.setting(key, value)) for key, value in in_order(one.values)]
        facts += [
            (tr("So since"), presenter.ago(one.since_s) if one.since_s is not None else ""),
            (tr("Last did"), f"{told(one.did)} ({presenter.ago(one.did_s)})" if one.did else ""),
            (tr("Last sent"), presenter.ago(one.sent_s) if one.talks else ""),
            (tr("Last heard"), presenter.ago(one.heard_s) if one.talks else ""),
        ]
        self._draw_facts(facts)
        parts: list[str] = []
        for title, lines in ((tr("Sent to it"), one.sent), (tr("Heard from it"), one.heard)):
            if lines:
                parts += [title, *lines, ""]
        self._bytes.setText("\n".join(parts))

    def _draw_job(self, job: Waiting) -> None:
        presenter, formats = self.presenter, self.presenter.session.formats
        self._heading.setText(presenter.what(job))
        self._state.setText(presenter.state(job))
        at = formats.day_and_time(job.at, presenter.session.now) if job.at is not None else ""
        self._draw_facts(
            [
                (tr("Number"), str(job.job)),
                (tr("Sale"), job.sale),
                (tr("Printer"), presenter.name(job.printer)),
                (tr("Wanted at"), f"{at} · {presenter.age(job)}" if at else ""),
                (tr("Why"), told(job.text)),
            ]
        )
        self._bytes.setText("")

    def _draw_facts(self, facts: list[tuple[str, str]]) -> None:
        self._facts.show_facts([fact for fact in facts if fact[1]])

    def _draw_hint(self) -> None:
        presenter = self.presenter
        if presenter.problem:
            text, role = "▲ " + presenter.problem, "warning"
        else:
            text, role = presenter.said or self._quiet_hint(), "muted"
        self._hint.setText(text)
        self._hint.setProperty("role", role)
        restyle(self._hint)

    def _quiet_hint(self) -> str:
        presenter, job = self.presenter, self.presenter.job
        if presenter.draft is not None:
            return tr("F3 looks for what is plugged in; a typed address is asked, too.")
        if job is not None and job.state == "unknown":
            return tr("It may be on paper already. Answer the question below first.")
        if job is not None and job.state == "started":
            return tr("It has begun; how it ends will be told.")
        return ""

    def _draw_keys(self) -> None:
        presenter, job = self.presenter, self.presenter.job
        free = not presenter.asking
        labels = {_CHANGE: tr("Edit"), _ADD: tr("Add"), _FIND: tr("Find"), _REMOVE: tr("Remove")}
        enabled = dict.fromkeys(labels, False)
        if presenter.adding:
            free = False
        elif presenter.draft is not None:
            enabled[_FIND] = "transport" in presenter.draft.values
        elif job is not None:
            to = presenter.other(job.printer)
            labels |= {_CHANGE: tr("To {printer}", printer=presenter.name(to)) if to else tr("Move"), _ADD: tr("All")}
            enabled[_CHANGE] = enabled[_ADD] = job.moves and bool(to)
        else:
            there = presenter.device is not None and bool(presenter.device.values)
            enabled |= {_CHANGE: presenter.may_set_up and there, _REMOVE: presenter.may_set_up and there}
            enabled[_ADD] = presenter.may_set_up and bool(presenter.addable)
        for number, button in self._keys.items():
            button.set_label(labels[number])
            button.setEnabled(enabled[number] and free)
            button.setVisible(job is None or number in (_CHANGE, _ADD))
        if presenter.draft is not None:
            self.primary.set_label(tr("Save"))
            self.primary.setEnabled(free)
        elif job is not None:
            self.primary.set_label(tr("Print again"))
            self.primary.setEnabled(job.state == "failed" and free)
        else:
            self.primary.set_label(tr("Try it out"))
            self.primary.setEnabled(presenter.device is not None and free)

    # ---- keys --------------------------------------------------------------------------

    def _press(self, number: int) -> None:
        presenter = self.presenter
        if presenter.adding:
            if number <= len(presenter.addable):
                presenter.change(presenter.addable[number - 1])
        elif presenter.draft is not None:
            if number == _FIND:
                presenter.find()
        elif presenter.job is not None:
            if number in (_CHANGE, _ADD):
                presenter.move(all_=number == _ADD)
        elif number == _CHANGE:
            presenter.change()
        elif number == _ADD:
            presenter.add()
        elif number == _REMOVE:
            presenter.remove()

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        presenter = self.presenter
        if kind == "primary":
            self._primary()
        elif kind == "price":
            self._press(int(value))
        elif kind in ("up", "down"):
            presenter.step(-1 if kind == "up" else 1)
        elif kind == "back":
            if presenter.close():
                self.work.setFocus()
            else:
                self._leave()
        else:
            return False
        return True

    def _primary(self) -> None:
        presenter = self.presenter
        if presenter.draft is not None:
            presenter.save()
        elif presenter.job is not None:
            presenter.retry()
        else:
            presenter.test()
