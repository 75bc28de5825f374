"""A line display of two rows of twenty letters, in the commands that customer displays of the trade share.

    ESC @      as after switching on          ESC t n    code page
    FF         empty                          US $ x y   the next letter goes to column x, row y

Its one code page has the letters of few languages. What it has no sign for is written without its
marks ("Hedda" for "Hédda"), or by the look-alike of another alphabet, or left out: never as "?".
"""

from __future__ import annotations

import unicodedata
from typing import Final

from pos.domain.money import Money
from pos.domain.scene import Scene, Sum

COLUMNS: Final = 20
ROWS: Final = 2
_START: Final = b"\x1b@"
_EMPTY: Final = b"\x0c"
# language -> (n of ESC t n, codec)
_PAGES: Final = {"hu": (18, "cp852"), "uk": (17, "cp866")}
_LATIN: Final = (0, "cp437")
_ALIKE: Final = str.maketrans("іІґҐđĐ’–—·“”", 'iIгГdD\'---""')
# Languages whose letters no such display has are told in English.
_ENGLISH: Final = {"zh_TW": {"合計": "Total", "收款": "Given", "找零": "Change", "謝謝您": "Thank you"}}


def rows(scene: Scene) -> tuple[str, str]:
    """What the two rows say, as the display can show it."""
    if scene.kind == "idle" or scene.due is None:
        return _middle(scene.heading, scene.language), " " * COLUMNS
    if scene.kind == "basket":
        last = scene.lines[-1]
        note = _middle(scene.note, scene.language)
        upper = note if note.strip() else _row(last.place, last.price, scene.language)
        return upper, _sum(scene.due, scene.language)
    second = _sum(scene.change, scene.language) if scene.change is not None else _middle(scene.heading, scene.language)
    return _sum(scene.due, scene.language), second


def encode(scene: Scene) -> bytes:
    """All that the display is sent for a scene; it does not matter what it showed before."""
    number, codec = _PAGES.get(scene.language, _LATIN)
    data = _START + b"\x1bt" + bytes([number]) + _EMPTY
    for at, row in enumerate(rows(scene), 1):
        data += b"\x1f$\x01" + bytes([at]) + row.encode(codec)
    return data


def _middle(text: str, language: str) -> str:
    return _shown(_english(text, language), language).center(COLUMNS)[:COLUMNS]


def _sum(sum_: Sum, language: str) -> str:
    return _row(_english(sum_.word, language), sum_.amount, language)


def _english(word: str, language: str) -> str:
    return _ENGLISH.get(language, {}).get(word, word)


def _row(left: str, amount: Money, language: str) -> str:
    """The amount is always whole; what stands before it is cut."""
    right = str(amount)[:COLUMNS]
    room = COLUMNS - len(right) - 1
    return f"{_shown(left, language)[: max(room, 0)]:<{max(room, 0)}} {right}"[-COLUMNS:]


def _shown(text: str, language: str) -> str:
    """The text in letters that the page of this language has."""
    codec = _PAGES.get(language, _LATIN)[1]
    return "".join(_letter(letter, codec) for letter in text if letter.isprintable()).strip()


def _letter(letter: str, codec: str) -> str:
    for form in (letter, letter.translate(_ALIKE), unicodedata.normalize("NFKD", letter)[0]):
        try:
            form.encode(codec)
        except UnicodeEncodeError:
            continue
        return form
    return ""
