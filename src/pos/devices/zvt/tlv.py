"""TLV containers, as ZVT nests them in BMP 06: tag, length, value.

A tag's first byte has its class in bits 7 and 8, bit 6 when the value is made of tags
itself, and 1F in the low bits when the number goes on in further bytes. A length over
127 is 81 and one byte, or 82 and two, the high one first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from pos.devices.zvt.apdu import Malformed

Class = Literal["universal", "application", "context", "private"]
_CLASSES: Final[tuple[Class, ...]] = ("universal", "application", "context", "private")
_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True)
class Tag:
    """`name` is the tag in hexadecimal, "1F07"; `size` how many bytes it takes."""

    name: str
    number: int
    kind: Class
    constructed: bool
    size: int


def read_tag(data: bytes) -> Tag:
    """The tag at the beginning. Raises Malformed."""
    if not data:
        raise Malformed("ends where a tag should be")
    first, size = data[0], 1
    number = first & 0x1F
    if number == 0x1F:
        number = 0
        while True:
            if size >= len(data):
                raise Malformed("ends inside a tag")
            number = number << 7 | data[size] & 0x7F
            size += 1
            if not data[size - 1] & 0x80:
                break
    return Tag(data[:size].hex().upper(), number, _CLASSES[first >> 6], bool(first & 0x20), size)


def read_length(data: bytes) -> tuple[int, int]:
    """The length at the beginning, and how many bytes say it. Raises Malformed."""
    if not data:
        raise Malformed("ends where a length should be")
    more = data[0] & 0x7F if data[0] & 0x80 else 0
    if more > 2 or data[0] == 0x80 or len(data) <= more:
        raise Malformed("has a length that cannot be read")
    return (int.from_bytes(data[1 : 1 + more], "big"), 1 + more) if more else (data[0], 1)


def walk(data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Every tag with its value, in order; a container before what is in it. Raises Malformed."""
    if depth > _DEEPEST:
        raise Malformed("has containers inside containers without end")
    while data:
        tag = read_tag(data)
        length, size = read_length(data[tag.size :])
        start = tag.size + size
        if len(data) < start + length:
            raise Malformed(f"tag {tag.name} announces {length} bytes and has {len(data) - start}")
        value = data[start : start + length]
        yield tag.name, value
        if tag.constructed:
            yield from walk(value, depth + 1)
        data = data[start + length :]
