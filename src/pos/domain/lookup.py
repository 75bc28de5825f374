"""What people are found by when they have no code: how their name sounds, the last digits that are on record.

`sounds_of` brings the ways in which five languages write a name to one rough key, so that what was heard at
the window finds what somebody typed: Kovach, Kovács, Ковач; Nguyen, Nguyễn. It only ever offers; a person
looks at what it found. What is written without an alphabet has no sound here: 王 is found by 王 alone.

A key is the consonants in their order, those that sound alike as one letter, and a vowel only where the name
begins with one. The rules of `_SPELLINGS` are tried at each letter, the longest first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

LAST4: Final = re.compile(r"[0-9A-Za-z]{4}")

# Ukrainian (and Russian letters that turn up in names) as English writes them down.
_CYRILLIC: Final = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "i",
    "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ю": "iu",
    "я": "ia", "ё": "e", "ы": "i", "э": "e", "ъ": "",
}  # fmt: skip
_APART: Final = {"đ": "d", "ł": "l", "ø": "o", "ß": "ss", "æ": "e", "œ": "e", "ð": "d", "þ": "t",
          "č": "ch", "ć": "ch", "š": "sh", "ś": "sh", "ş": "sh", "ž": "zh", "ź": "zh", "ż": "zh", "ç": "s"}  # fmt: skip
# Letters -> their sound: S is any hiss, C is "ch" and "ts", K is hard, J, W and H between vowels say too little.
_SPELLINGS: Final = {
    "shch": "S", "tsch": "C", "sch": "S", "dzs": "C", "ngh": "N",
    "tch": "C", "ch": "C", "cs": "C", "cz": "C", "ts": "C", "tz": "C", "sh": "S", "sz": "S", "zs": "S", "zh": "S",
    "dz": "C", "dj": "C", "gy": "D", "ty": "T", "ny": "N", "ly": "", "ph": "F", "th": "T", "kh": "H", "ck": "K",
    "qu": "KV", "ng": "N", "gh": "H", "tr": "TR", "ks": "KS",
    "b": "B", "p": "P", "d": "D", "t": "T", "f": "F", "v": "V", "w": "V", "g": "K", "k": "K", "q": "K", "c": "K",
    "x": "KS", "s": "S", "z": "S", "m": "M", "n": "N", "l": "L", "r": "R", "h": "H", "j": "J", "y": "J",
}  # fmt: skip
_VOWELS: Final = "aeiou"


def sounds_of(name: str) -> tuple[str, ...]:
    """How the words of a name sound, in their order; words without letters of an alphabet are left out."""
    words = re.split(r"[\s,.;/()'’ʼ\"-]+", plain(name))
    return tuple(key for word in words if (key := _sound(word)))


def plain(name: str) -> str:
    """A name in small Latin letters without marks, where its letters have such; others stay."""
    whole = unicodedata.normalize("NFC", name.casefold())
    letters = "".join(_CYRILLIC.get(letter, _APART.get(letter, letter)) for letter in whole)
    bare = "".join(part for part in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(part))
    return "".join(_APART.get(letter, letter) for letter in bare)


def _sound(word: str) -> str:
    if not word.isascii():
        return ""
    key: list[str] = []
    at, last = 0, ""
    while at < len(word):
        size = next((n for n in (4, 3, 2, 1) if word[at : at + n] in _SPELLINGS), 0)
        sound = _SPELLINGS.get(word[at : at + size], "") if size else ""
        if word[at : at + 1] == "c" and size == 1 and word[at + 1 : at + 2] in tuple("eiy"):
            sound = "S"
        if not size and word[at] in _VOWELS and not key and at == 0:
            sound = "A"
        if at and sound in ("H", "J"):
            sound = ""
        if sound and sound != last:  # a doubled letter sounds once
            key.append(sound)
        last = sound
        at += size or 1
    return "".join(key)


def alike(asked: str, name: str) -> bool:
    """Whether every word that was asked for sounds like one of this name."""
    wanted = sounds_of(asked)
    return bool(wanted) and set(wanted) <= set(sounds_of(name))


def last4_of(sale: Mapping[str, Any]) -> tuple[str, ...]:
    """The last four digits that a sale's document has of its buyer: telephone, document, card."""
    found = [digits[-4:] for digits in _numbers(str(sale.get("contact") or ""))]
    identities = [_inner(sale.get("buyer"), "identity"), *(_inner(t, "identity") for t in sale.get("tickets", ()))]
    found += [str(one.get("last4", "")) for one in identities if isinstance(one, dict)]
    for tender in sale.get("tenders", ()):
        receipt = tender.get("receipt")
        number = tender.get("last4") or (receipt.get("card") if isinstance(receipt, dict) else "")
        found.append(str(number or "")[-4:])
    return tuple(dict.fromkeys(one.upper() for one in found if LAST4.fullmatch(one)))


def _inner(outer: Any, key: str) -> Any:
    return outer.get(key) if isinstance(outer, dict) else None


def _numbers(contact: str) -> list[str]:
    """Telephone numbers in a contact, as their digits."""
    runs = re.findall(r"\+?\d[\d\s()/-]{2,}\d", contact)
    return [digits for run in runs if len(digits := re.sub(r"\D", "", run)) >= 4]
