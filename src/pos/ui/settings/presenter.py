"""The settings of the window, as they stand in till.toml. What is changed is kept at once."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.tillvalues import AUTO, SCALES, THEMES
from pos.ui.bridge import Answer
from pos.ui.session import Session

STEPS: Final = (AUTO, *range(SCALES[0], SCALES[-1] + 1, 25))  # what the keys go through
MINUTES: Final = (0, 2, 5, 10, 15, 30, 60)


class SettingsPresenter(QObject):
    """`looked`, `locks` and `sounds` carry what is in force from now on."""

    changed = Signal()
    looked = Signal(str)
    locks = Signal(int)
    sounds = Signal(bool)
    tried = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.values: dict[str, Any] = {}
        self.paper = ""
        self.may_lock = False
        self.asking = False
        self.later = False  # something was changed that begins with the next start
        self.problem = ""

    def refresh(self) -> None:
        self.problem = ""
        self.session.bridge.latest("window", "window", self._known, self._refused)

    def choose_theme(self, number: int) -> None:
        if 1 <= number <= len(THEMES):
            self._put(theme=THEMES[number - 1])

    def step_scale(self, by: int) -> None:
        """The next scale of those there are, from one that was typed into the file, too."""
        now = self.values.get("scale", AUTO)
        later = [step for step in STEPS[1:] if now != AUTO and (step > now if by > 0 else step < now)]
        if now == AUTO:
            scale = STEPS[1] if by > 0 else AUTO
        elif by > 0:
            scale = later[0] if later else now
        else:
            scale = later[-1] if later else AUTO
        if scale != now:
            self._put(scale=scale)

    def step_lock(self, by: int) -> None:
        now = self.values.get("lock_after", 0)
        steps = [each for each in MINUTES if (each > now if by > 0 else each < now)]
        if steps:
            self._put(lock_after=steps[0] if by > 0 else steps[-1])

    def toggle_sounds(self) -> None:
        self._put(sounds=not self.values.get("sounds", True))

    def _put(self, **values: Any) -> None:
        if self.asking or not self.values:
            return
        self.asking, self.problem = True, ""
        self.later = self.later or "scale" in values
        self.session.bridge.call("window_put", self._kept, self._refused, self._ended, values=values)

    def _ended(self) -> None:
        self.asking = False

    def _known(self, answer: Answer) -> None:
        self.values, self.paper, self.may_lock = answer["window"], answer["paper"], answer["may_lock"]
        self.changed.emit()

    def _kept(self, answer: Answer) -> None:
        before, self.values = self.values, answer["window"]
        for name, signal in (("theme", self.looked), ("lock_after", self.locks), ("sounds", self.sounds)):
            if before.get(name) != self.values[name]:
                signal.emit(self.values[name])
        self.changed.emit()

    def _refused(self, refusal: Any) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()
