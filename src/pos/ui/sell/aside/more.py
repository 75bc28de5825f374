"""What else can be done with a basket, as a list with its keys: nobody need know them by heart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.sell.aside.question import Answer, Question

ACTIONS: Final = ("reserve", "hold", "take_up", "options", "move", "articles", "reprice", "delivery")


class More(Question):
    """`tickets` says whether there are any in the basket, `parked` how many baskets wait; `press` acts as a key."""

    def __init__(self, tickets: bool, parked: int, press: Callable[[str], object]) -> None:
        super().__init__()
        self._press = press
        self.title, self.action = tr("More"), tr("Choose")
        words = {
            "reserve": tr("Reserve it, to be paid later") if tickets else tr("What is reserved"),
            "hold": tr("Hold its places") if tickets else tr("What is held"),
            "take_up": tr("Parked: {n}", n=parked) if parked else tr("Parked"),
            "options": tr("Several choices of seats"),
            "move": tr("To another show") if tickets else "",
            "articles": tr("Products, donations, passes"),
            "reprice": tr("A promotion's code, or another price"),
            "delivery": tr("Taken along, pick-up, by e-mail or post") if tickets else "",
        }
        known = [action for action in ACTIONS if words[action]]
        self.answers = [Answer(action, n, words[action], right=cap(action)) for n, action in enumerate(known, 1)]

    def choose(self, key: Any) -> None:
        self.ended.emit()
        self._press(str(key))
