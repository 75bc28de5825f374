"""Pictures on paper: PNG in, one bit a dot out."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Final

from PIL import Image

from pos.paper.page import Art

_MOST: Final = 4_000_000  # dots in a picture: a whole A4 sheet at 203 dpi and then some
_HALF: Final = 128


def read_png(name: str, data: bytes, dither: bool) -> Art:
    """A picture as grey values, what is transparent being white. Raises ValueError with the reason."""
    try:
        image = Image.open(io.BytesIO(data), formats=["PNG"])
        if image.width * image.height > _MOST:
            raise ValueError(f"{image.width} × {image.height} dots are more than {_MOST}")
        image.load()
    except (OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError("is not a PNG picture that can be read") from error
    flat = Image.new("RGBA", image.size, "white")
    flat.alpha_composite(image.convert("RGBA"))
    grey = flat.convert("L")
    return Art(name, grey.width, grey.height, grey.tobytes(), dither)


@lru_cache(16)
def inked(art: Art, width: int, height: int) -> Image.Image:
    """The picture at a size in dots, 255 where there is ink. The same for every printer of that resolution."""
    grey = Image.frombytes("L", (art.width, art.height), art.grey).resize((width, height), Image.Resampling.LANCZOS)
    if art.dither:
        return grey.convert("1").point(lambda white: 0 if white else 255, "L")
    return grey.point([255 if value < _HALF else 0 for value in range(256)])
