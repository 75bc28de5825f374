"""The fields of a device that is being set up, and the addresses that were found for it; or which to set up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pos.ui.devicenames import setting_names
from pos.ui.devices.presenter import DevicesPresenter, Draft
from pos.ui.i18n import tr

_MEANT: Final = Qt.ItemDataRole.UserRole
_FOUND_PX: Final = 48
_SERIAL: Final = ("drawer", "scanner", "card_reader")


class DeviceForm(QWidget):
    """Built anew for each draft; what is typed is the presenter's at once."""

    def __init__(self, presenter: DevicesPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._draft: Draft | None = None
        self.fields: dict[str, QLineEdit | QComboBox] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setVerticalSpacing(8)
        box.addLayout(self._grid)
        self.found = QListWidget()
        self.found.setAccessibleName(tr("Found"))
        self.found.setWordWrap(True)
        self.found.itemClicked.connect(lambda item: presenter.take(item.data(_MEANT)))
        box.addWidget(self.found, 1)
        box.addStretch()

    def show_draft(self, draft: Draft | None, addable: Sequence[tuple[str, str]] = ()) -> None:
        """Show what is being set up, or else the (device, name) to choose from; neither shows nothing."""
        self.setVisible(draft is not None or bool(addable))
        if draft is None:
            self._clear()
            self._show_rows(addable)
            return
        if draft is not self._draft:
            self._build(draft)
        for key, field in self.fields.items():
            if isinstance(field, QLineEdit) and field.text() != draft.values[key]:
                field.setText(draft.values[key])
        self._show_rows([(address, f"{address}\n{text}") for address, text in draft.found])

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        self._draft, self.fields = None, {}

    def _build(self, draft: Draft) -> None:
        self._clear()
        self._draft = draft
        for row, (key, text) in enumerate(draft.values.items()):
            label = setting_names().get(key, key)
            name = QLabel(label)
            name.setProperty("role", "muted")
            self._grid.addWidget(name, row, 0)
            self.fields[key] = field = self._field(key, text)
            field.setAccessibleName(label)
            self._grid.addWidget(field, row, 1)
        first = next(iter(self.fields.values()))
        first.show()  # one that is not shown yet takes no focus
        first.setFocus()

    def _field(self, key: str, text: str) -> QLineEdit | QComboBox:
        options = self._presenter.options(key)
        if options:
            choice = QComboBox()
            choice.addItems(options if text in options or not text else [text, *options])
            choice.setCurrentText(text)
            choice.currentTextChanged.connect(lambda chosen, key=key: self._presenter.type(key, chosen))
            self._presenter.type(key, choice.currentText())
            return choice
        line = QLineEdit(text)
        if key == "transport":
            serial = self._draft is not None and self._draft.device in _SERIAL
            line.setPlaceholderText("serial:///dev/ttyUSB0" if serial else "tcp://192.0.2.50:9100")
        if key == "password":
            line.setEchoMode(QLineEdit.EchoMode.Password)
            line.setPlaceholderText(tr("as it is"))
        line.textEdited.connect(lambda typed, key=key: self._presenter.type(key, typed))
        return line

    def _show_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """What can be pressed, as (what it stands for, what it says)."""
        self.found.setVisible(bool(rows))
        if [self.found.item(at).data(_MEANT) for at in range(self.found.count())] == [meant for meant, _ in rows]:
            return
        self.found.clear()
        for meant, text in rows:
            item = QListWidgetItem(text)
            item.setData(_MEANT, meant)
            item.setSizeHint(QSize(0, _FOUND_PX))
            self.found.addItem(item)
