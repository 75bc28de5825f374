"""Who may sign in, the PIN as it is typed, and what the till says to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.session import Session

_LONGEST_PIN: Final = 12
_ORDER: Final = {"cashier": 0, "supervisor": 1, "auditor": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Known:
    """A person this till knows."""

    user: str
    name: str
    role: str
    locked_until: datetime | None = None  # wrong PINs keep them out


class SignInPresenter(QObject):
    """The PIN is kept only until the till has answered."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.users: list[Known] = []
        self.chosen = ""
        self.pin = ""
        self.problem = ""
        self.asking = False
        self.step = ""  # of the till's opening: "office", "till", or nothing when it is open
        self.language = ""  # chosen for whoever signs in next
        self.awaits_another = False  # the window was given up to somebody else
        self._recent: list[str] = []  # who was signed in here, the last one at the end
        session.signed.connect(self._signed)

    def _signed(self) -> None:
        session = self.session
        if session.person is not None:
            user = session.person.user
            self._recent = [*(one for one in self._recent if one != user), user]
            return
        if self.awaits_another:
            # Two people who take turns find each other chosen; else it is whoever sells and was not here last.
            others = [one.user for one in self.users if one.user != session.former]
            known = [one for one in reversed(self._recent) if one in others]
            self.chosen = next(iter([*known, *others]), self.chosen)
        elif session.former:
            self.chosen = session.former
        self.awaits_another = False

    def locked_for(self, user: str) -> float:
        """For how many seconds wrong PINs keep this person out, 0 for not at all."""
        known = next((one for one in self.users if one.user == user), None)
        until = known.locked_until if known is not None else None
        return max(0.0, (until - self.session.now).total_seconds()) if until is not None else 0.0

    @property
    def said(self) -> str:
        """Why the PIN was not taken, or for how long none is."""
        if left := self.locked_for(self.chosen):
            name, time = self.session.names.get(self.chosen, self.chosen), self.session.formats.countdown(left + 1)
            return tr("Too many wrong PINs. {name} can sign in again in {time}; others can now.", name=name, time=time)
        return self.problem

    def opens(self, step: str) -> None:
        """How far the till behind the window has come; what is typed meanwhile is not lost."""
        self.step = step
        self.changed.emit()

    def refresh(self) -> None:
        """Ask who may sign in."""
        self.pin, self.problem = "", ""
        self.session.bridge.latest("users", "users", self._got_users)
        self.changed.emit()

    def _got_users(self, answer: Answer) -> None:
        known = [
            Known(doc["user"], doc["name"], doc["role"], _time(doc.get("locked_until"))) for doc in answer["users"]
        ]
        # Those who sell stand first; the others are here to look.
        self.users = sorted(known, key=lambda each: (_ORDER.get(each.role, len(_ORDER)), each.name))
        self.session.names = {each.user: each.name for each in known}
        if self.chosen not in {known.user for known in self.users}:
            self.chosen = self.users[0].user if self.users else ""
        self.changed.emit()

    def choose(self, user: str) -> None:
        self.chosen, self.pin, self.problem = user, "", ""
        self.changed.emit()

    def choose_number(self, number: int) -> None:
        if 1 <= number <= len(self.users):
            self.choose(self.users[number - 1].user)

    def speak(self, language: str) -> None:
        """The window speaks this language at once, and to whoever signs in now from here on."""
        self.language = language
        self.session.spoken.emit(language)

    def type_digit(self, digit: str) -> None:
        if digit.isdigit() and len(self.pin) < _LONGEST_PIN and not self.locked_for(self.chosen):
            self.pin += digit
            self.problem = ""
            self.changed.emit()

    def erase(self) -> None:
        self.pin = self.pin[:-1]
        self.changed.emit()

    def clear(self) -> bool:
        """Esc: forget what was typed. True if there was anything."""
        had = bool(self.pin or self.problem)
        self.pin, self.problem = "", ""
        self.changed.emit()
        return had

    def submit(self) -> None:
        """Try the PIN."""
        if self.asking or not self.chosen or not self.pin:
            return
        pin, self.pin = self.pin, ""
        self.asking = True
        fields = {"user": self.chosen, "pin": pin} | ({"language": self.language} if self.language else {})
        self.session.bridge.call("sign_in", self._entered, self._refused, self._ended, **fields)
        self.changed.emit()

    def _entered(self, answer: Answer) -> None:
        self.language = ""
        self.session.entered(answer)

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        if refusal.code == "locked_out":
            self.problem, until = "", _time(refusal.fields["until"])
            who = refusal.fields["user"]
            self.users = [replace(one, locked_until=until) if one.user == who else one for one in self.users]
        self.changed.emit()


def _time(text: str | None) -> datetime | None:
    return read_time(text) if text else None
