"""Looking about in the hall: nearer, farther, all of it, and where on the widget a place is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QPointF, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from pos.ui.seatmap.minimap import Minimap
from pos.ui.seatmap.view import MapView
from pos.ui.theme import tokens as theme
from pos.ui.theme.tokens import Tokens

TOLERANCE: Final = 14.0  # px: how far beside a seat a finger may land
_INSET: Final = 12  # px between the small map and the edges
_MINIMAP_MS: Final = 400  # the small map follows the seats by so much


class SteeredMap(MapView):
    """A hall one can move about in, with a small map of all of it in a corner while only a part is shown."""

    settled = Signal()  # the view has come to rest

    def __init__(self, parent: QWidget | None = None, tokens: Tokens = theme.LIGHT) -> None:
        super().__init__(parent, tokens)
        self.minimap = Minimap(self, tokens)
        self.minimap.sought.connect(self._look_at)
        self._minimap_wanted: bool | None = None  # None: by itself, when only a part of the hall is shown
        self._drawing_minimap = QTimer(self, singleShot=True)
        self._drawing_minimap.timeout.connect(self._draw_minimap)

    def fit(self) -> None:
        """Show the whole hall."""
        if self._camera:
            self._camera.fit()
            self.update()

    def zoom_in(self) -> None:
        """One stop closer: one step from the whole hall makes seats wide enough for a finger."""
        if self._camera:
            self._zoom_about_focus(self._camera.closer())

    def zoom_out(self) -> None:
        """One stop further away."""
        if self._camera:
            self._zoom_about_focus(self._camera.farther())

    def zoom_to(self, indices: Iterable[int]) -> None:
        """Bring these places into view, as large as fits."""
        if self._camera and self._hall and (places := list(indices)):
            at = [self._hall.geometry.at(int(ix)) for ix in places]
            xs, ys = [x for x, _ in at], [y for _, y in at]
            room = 2 * self._hall.geometry.pitch
            self._camera.show(min(xs) - room, min(ys) - room, max(xs) + room, max(ys) + room)
            self.update()

    def _zoom_about_focus(self, scale: float) -> None:
        """Zoom round the seat in focus, the basket, or else the middle of the view, whichever there is."""
        if not (self._camera and self._hall):
            return
        x, y = self._camera.width / 2, self._camera.height / 2
        marked = [self._overlay.focus] if self._overlay.focus >= 0 else sorted(self._basket)
        if marked:
            at = self._camera.to_view(*self._hall.geometry.at(marked[0]))
            if 0 <= at[0] <= self._camera.width and 0 <= at[1] <= self._camera.height:
                x, y = at
        self._camera.zoom(scale, x, y)
        self.update()

    @property
    def fitted(self) -> bool:
        """Whether all of the hall is shown."""
        return self._camera is None or self._camera.fitted

    # ---- where places are --------------------------------------------------------------------

    @property
    def seat_pitch(self) -> float:
        """Px between seats as shown now; 0 without a hall."""
        return self._camera.seat_pitch / self._camera.ratio if self._camera else 0.0

    def position_of(self, place: int) -> QPointF:
        """Where in the widget a place is shown."""
        if not (self._hall and self._camera):
            raise IndexError("no hall is shown")
        x, y = self._camera.to_view(*self._hall.geometry.at(place))
        return QPointF(x, y) / self._camera.ratio

    def place_at(self, at: QPointF) -> int:
        """The place nearest to a point of the widget, within a finger's tolerance; -1 if none is."""
        if not (self._hall and self._camera):
            return -1
        camera = self._camera
        x, y = camera.to_plan(at.x() * camera.ratio, at.y() * camera.ratio)
        return self._hall.geometry.nearest(
            x, y, max(TOLERANCE * camera.ratio / camera.scale, self._hall.geometry.pitch * 0.6)
        )

    # ---- the small map -----------------------------------------------------------------------

    def toggle_minimap(self) -> None:
        """Show the small map always or never, whichever it is not now."""
        self._minimap_wanted = not self.minimap.isVisibleTo(self)
        self._show_minimap()

    def set_tokens(self, tokens: Tokens) -> None:
        super().set_tokens(tokens)
        self.minimap.set_tokens(tokens)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_minimap()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._camera:
            camera = self._camera
            self.minimap.look(*camera.to_plan(0, 0), *camera.to_plan(camera.width, camera.height))

    def _settle(self) -> None:
        super()._settle()
        self._show_minimap()
        self.settled.emit()

    def _build(self) -> None:
        super()._build()
        self._show_minimap()

    def _repaint(self) -> None:
        super()._repaint()
        self._drawing_minimap.start(_MINIMAP_MS)

    def _write_counts(self) -> None:
        super()._write_counts()
        if not self._drawing_minimap.isActive():  # else a steady stream of changes would put it off for ever
            self._drawing_minimap.start(_MINIMAP_MS)

    def _show_minimap(self) -> None:
        """It shows itself while only a part of the hall is in view, unless somebody said otherwise."""
        camera = self._camera
        wanted = self._minimap_wanted
        shown = camera is not None and (not camera.fitted if wanted is None else wanted)
        if shown and self._hall is not None and camera is not None:
            if self.minimap.hall is not self._hall:
                self.minimap.set_hall(self._hall, camera.content)
            foot = self._dock.height() if not self._dock.isHidden() else 0
            self.minimap.move(
                self.width() - self.minimap.width() - _INSET, self.height() - foot - self.minimap.height() - _INSET
            )
        self.minimap.setVisible(shown)

    def _draw_minimap(self) -> None:
        if self.minimap.isVisible():
            self.minimap.draw()

    def _look_at(self, x: float, y: float) -> None:
        if self._camera:
            if self._camera.fitted:
                self._camera.zoom(self._camera.closer(), self._camera.width / 2, self._camera.height / 2)
            self._camera.look_at(x, y)
            self.update()
