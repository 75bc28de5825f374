"""Training at the window: the banner that is always there, the way in and out, and the line that may be cut.

A real window only asks for training (`asked`): it goes on as it is, and training has a window of its own. In
training the same key asks to leave.
"""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel

from pos.ui.bridge import Answer
from pos.ui.i18n import tr, tr_count
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
    over = Signal()  # the training or drill that was begun here has ended; from any thread
    ordered = Signal()  # a drill is to be held

    def __init__(self, session: Session, *, on: bool, drill: bool = False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.on, self.drill = session, on, drill
        self._reminded: set[tuple[str, date]] = set()
        self.state, self.demo, self.cut = "", False, False
        self.told.connect(self.say)
        self.over.connect(self._note_drill)
        if drill:
            session.signed.connect(self.changed)

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

    # ---- drills ------------------------------------------------------------------------

    def begin_drill(self) -> None:
        """A drill was ordered: it opens beside this window, which is nobody's meanwhile."""
        self.session.lock()
        self.ordered.emit()

    def remind(self) -> None:
        """Tell a supervisor who signs in, once a day, that somebody's drill is overdue."""
        person = self.session.person
        key = (person.user if person is not None else "", self.session.now.date())
        if key not in self._reminded:
            self._reminded.add(key)
            self.session.bridge.latest("overdue", "drills", self._got_due)

    def _got_due(self, answer: Answer) -> None:
        late = sum(one["overdue"] for one in answer["people"])
        if late:
            text = tr_count("%n person is due for a drill ({key}).", "%n people are due for a drill ({key}).", late)
            self.session.toast.emit("plain", text.format(key=cap("drills")))

    def _note_drill(self) -> None:
        """What was opened here has ended: if it was a drill, its result is taken into the books."""
        self.session.bridge.call("note_drill", self._noted)

    def _noted(self, answer: Answer) -> None:
        drill = answer["drill"]
        if drill is None:
            return
        name = self.session.names.get(drill["person"], drill["person"])
        if drill["state"] == "done":
            text = tr(
                "The drill of {name} is noted: {points} of {of} points.",
                name=name,
                points=str(drill["points"]),
                of=str(drill["of"]),
            )
            self.session.toast.emit("good", text)
        else:
            text = tr("The drill of {name} was broken off. It is noted, and does not count.", name=name)
            self.session.toast.emit("warning", text)

    # ---- the line ----------------------------------------------------------------------

    def _switch_line(self) -> None:
        if self.drill:
            self.session.toast.emit("plain", tr("In a drill the line goes and comes by itself."))
            return
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
        if self.drill and self.state == "" and self.session.person is None:
            return tr(
                "DRILL — sign in and open a shift; {drill} says who is drilled.   {leave} leaves it",
                drill=cap("drills"),
                leave=cap("training"),
            )
        if self.drill and self.state == "":
            return tr("DRILL — nothing here is real.   {leave} leaves it", leave=cap("training"))
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
