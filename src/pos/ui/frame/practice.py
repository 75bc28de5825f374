"""Training at the window: the banner that is always there, the way in and out, and the line that may be cut.

A real window only asks for training (`asked`): it goes on as it is, and training has a window of its own. In
training the same key asks to leave.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel

from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.session import Session
from pos.ui.theme.tokens import Tokens

HEIGHT_PX = 28
DEMO_PINS = "Anna 2468 · Béla 1357 · Sofia 8642"


class PracticePresenter(QObject):
    """`on`: this window is one of training. `state` is "making", "starting" or "" once its till is open."""

    asked = Signal()
    changed = Signal()
    told = Signal(str, bool)  # `say`, from any thread
    over = Signal()  # the training that was begun here has ended; from any thread

    def __init__(self, session: Session, *, on: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.on = session, on
        self.state, self.demo, self.cut = "", False, False
        self.told.connect(self.say)

    def say(self, state: str, demo: bool = False) -> None:
        """How far the training's till has come, and whether its people are the demo's."""
        self.state, self.demo = state, demo
        self.changed.emit()

    def act(self, action: str) -> None:
        """The two keys of training."""
        if action == "training_line":
            self._switch_line()
        elif self.on or self.session.person is None:
            self.asked.emit()
        else:
            says = tr("Training begins at the sign-in screen: lock first ({key}).", key=cap("lock"))
            self.session.toast.emit("plain", says)

    def _switch_line(self) -> None:
        if not self.on:
            self.session.toast.emit("plain", tr("The line can be cut in training only."))
            return
        wanted = not self.cut

        def done(_: object) -> None:
            self.cut = wanted
            self.changed.emit()

        self.session.bridge.call("link", done, cut=wanted, mend=not wanted)

    @property
    def text(self) -> str:
        """What the banner says."""
        if self.state == "making":
            return tr("TRAINING — a hall, a season and an office of its own are being made. This takes a moment …")
        if self.state == "starting":
            return tr("TRAINING — starting …")
        if self.cut:
            return tr(
                "TRAINING — the line is cut: practise an outage.   {line} mends it, {leave} leaves training",
                line=cap("training_line"),
                leave=cap("training"),
            )
        if self.demo:
            return tr(
                "TRAINING — nothing sold here is real.   {leave} leaves training.   PINs: {pins}",
                leave=cap("training"),
                pins=DEMO_PINS,
            )
        return tr(
            "TRAINING — nothing sold here is real.   {line} cuts the line, {leave} leaves training",
            line=cap("training_line"),
            leave=cap("training"),
        )


class PracticeBanner(QLabel):
    """Over everything, as wide as the window, in the colours turned round."""

    def __init__(self, presenter: PracticePresenter, tokens: Tokens) -> None:
        super().__init__()
        self._presenter = presenter
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedHeight(HEIGHT_PX)
        self.setObjectName("training")
        self.set_tokens(tokens)
        presenter.changed.connect(self.draw)
        self.draw()

    def set_tokens(self, tokens: Tokens) -> None:
        self.setStyleSheet(f"background: {tokens.ink}; color: {tokens.paper}; font-weight: 600;")

    def draw(self) -> None:
        self.setText(self._presenter.text)
        self.setAccessibleName(self._presenter.text)
