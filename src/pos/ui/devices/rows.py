"""How a device and a print job are painted in their lists."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from pos.ui.devicenames import SIGNS
from pos.ui.devices.model import Device, Waiting
from pos.ui.devices.presenter import DevicesPresenter
from pos.ui.i18n import told, tr
from pos.ui.rows import ROW, Index, paint_ground, paint_text
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font

ROW_PX: Final = 60
_SIDE_PX: Final = 250
_RIGHT: Final = Qt.AlignmentFlag.AlignRight


class RowDelegate(QStyledItemDelegate):
    """Two lines: name and state, with when it was last heard; address and model, with what it last did.
    A job: what it is and its printer, with its age; its state and why."""

    def __init__(self, parent: QListView, presenter: DevicesPresenter) -> None:
        super().__init__(parent)
        self._presenter = presenter

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box = QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option)
        row: Device | Waiting = index.data(ROW)
        lines = self._device(row) if isinstance(row, Device) else self._job(row)
        upper, lower = QRect(box.adjusted(24, 8, -24, -32)), QRect(box.adjusted(24, 32, -24, -6))
        bold = text_font(t.BODY, QFont.Weight.DemiBold)
        small = text_font(t.SMALL)
        width = paint_text(painter, upper.adjusted(0, 0, -_SIDE_PX, 0), lines[0], bold, ink)
        paint_text(painter, upper.adjusted(width + 12, 0, -_SIDE_PX, 0), lines[1], text_font(t.BODY), ink)
        paint_text(painter, upper.adjusted(upper.width() - _SIDE_PX, 0, 0, 0), lines[2], small, muted, _RIGHT)
        paint_text(painter, lower.adjusted(0, 0, -_SIDE_PX, 0), lines[3], small, muted)
        paint_text(painter, lower.adjusted(lower.width() - _SIDE_PX, 0, 0, 0), lines[4], small, muted, _RIGHT)
        painter.restore()

    def _device(self, row: Device) -> tuple[str, str, str, str, str]:
        presenter = self._presenter
        heard = "" if not row.talks else tr("not heard yet")
        if row.heard_s is not None:
            heard = tr("heard {ago}", ago=presenter.ago(row.heard_s))
        did = f"{told(row.did)} · {presenter.ago(row.did_s)}" if row.did else ""
        return (
            f"{SIGNS.get(row.state, '▲')} {presenter.name(row.name)}",
            told(row.text),
            heard,
            presenter.where(row),
            did,
        )

    def _job(self, row: Waiting) -> tuple[str, str, str, str, str]:
        presenter = self._presenter
        sign = "▲" if row.state in ("failed", "unknown") else "●"
        numbered = tr("no. {job}", job=row.job)
        detail = " · ".join(filter(None, (numbered, row.sale, told(row.text))))
        return (
            f"{sign} {presenter.what(row)}",
            presenter.state(row),
            presenter.age(row),
            detail,
            presenter.name(row.printer),
        )
