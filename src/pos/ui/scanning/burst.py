"""What a scanner types, told from what a person types. The laws:

* A burst begins with one of `starts`: the prefix that the scanner was told to send, or a stripe's sentinel.
* Keys of what may be a burst are held. None of them reaches a field before it is known what they are.
* A burst ends with Enter or Tab. It is a person if its keys take longer than `KEY_S` each and one pause of
  `PAUSE_S`, if a key comes that no scanner sends, or if there is nothing between start and end: then every
  key is given back, in order. The pause is a busy machine's, and allowed in bursts of `LONG` keys only.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

KEY_S: Final = 0.04  # a scanner needs 1 to 30 ms for a key, a person 80 and more
PAUSE_S: Final = 0.25
LONG: Final = 8  # a person who types that many keys needs longer than all this
MOST: Final = 1024


class Verdict(Enum):
    """What becomes of a key."""

    PASS = auto()  # not ours
    HOLD = auto()
    DONE = auto()  # it ends a burst; `Burst.text` is what was scanned
    GIVE_BACK = auto()  # what was held was a person, and this key is not ours either


class Burst:
    """The keys held so far. Feed it every key that is pressed, with the seconds since the last one."""

    def __init__(self, starts: Sequence[str], prefix: str = "", suffix: str = "") -> None:
        self._starts, self._prefix, self._suffix = tuple(starts), prefix, suffix
        self._held = ""
        self._spent_s = 0.0
        self.text = ""

    @property
    def holding(self) -> bool:
        return bool(self._held)

    def look(self, key: str, ends: bool, gap_s: float) -> Verdict:
        """What would become of a key; nothing changes. `key` is its text, empty for one that types nothing."""
        keys, spent_s = len(self._held) + 1, self._spent_s + gap_s
        late = bool(self._held) and spent_s > keys * KEY_S + PAUSE_S
        held = "" if late else self._held
        if held and ends:
            quick = keys >= LONG or spent_s <= keys * KEY_S
            return Verdict.DONE if quick and self._content(held) else Verdict.GIVE_BACK
        if not ends and key.isprintable() and key and self._may_be(held + key):
            # The first key of a burst, after one that a person began and left.
            return Verdict.GIVE_BACK if late else Verdict.HOLD
        return Verdict.GIVE_BACK if self._held else Verdict.PASS

    def press(self, key: str, ends: bool, gap_s: float) -> Verdict:
        """A key is pressed. After GIVE_BACK nothing is held, and the key may be looked at anew."""
        verdict = self.look(key, ends, gap_s)
        if verdict is Verdict.HOLD:
            self._spent_s = self._spent_s + gap_s if self._held else 0.0
            self._held += key
        elif verdict is not Verdict.PASS:
            self.text = self._content(self._held) if verdict is Verdict.DONE else ""
            self._held = ""
        return verdict

    def give_up(self) -> None:
        """Nothing more came: it was a person."""
        self._held = ""

    def _may_be(self, text: str) -> bool:
        return len(text) <= MOST and any(text.startswith(start) or start.startswith(text) for start in self._starts)

    def _content(self, held: str) -> str:
        """What was scanned; a stripe keeps its sentinels, since they say what it is."""
        if self._prefix and held.startswith(self._prefix):
            return held.removeprefix(self._prefix).removesuffix(self._suffix).strip()
        return held if len(held) > 1 and any(held.startswith(start) for start in self._starts) else ""
