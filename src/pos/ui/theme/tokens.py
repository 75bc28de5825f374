"""The named values of the appearance. Whatever is drawn takes its colours and sizes from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SPACE: Final = (4, 8, 12, 16, 24)  # px
RADIUS: Final = 8  # px
LINE: Final = 1.5  # px, of outlines that are painted
TOUCH: Final = 48  # px, the least height and width of anything to press

SMALL: Final = 13  # px, type sizes from here down
BODY: Final = 16
TITLE: Final = 19
TOTAL: Final = 40
CHANGE: Final = 64
SIZES: Final = (SMALL, BODY, TITLE, TOTAL, CHANGE)


@dataclass(frozen=True, slots=True)
class Tokens:
    """One palette, colours as "#RRGGBB".

    `line` only divides; `edge` is the outline of what can be pressed or typed into
    and keeps 3:1 against paper and card. `danger` is for loss alone.
    """

    name: str
    paper: str
    card: str
    ink: str
    muted: str
    line: str
    edge: str
    accent: str
    on_accent: str
    good: str
    warning: str
    warning_ground: str
    danger: str
    danger_ground: str
    sold: str
    shape: str
    basket: str
    on_basket: str

    @property
    def dark(self) -> bool:
        """Whether the ground is darker than what stands on it."""
        return self.name != "light"


LIGHT: Final = Tokens(
    name="light",
    paper="#FAFAF7",
    card="#FFFFFF",
    ink="#1A1A1A",
    muted="#5C636A",
    line="#D9D9D2",
    edge="#868C92",
    accent="#0B5563",
    on_accent="#FFFFFF",
    good="#1B6E3C",
    warning="#8A4B00",
    warning_ground="#FFE9C7",
    danger="#A3211C",
    danger_ground="#FBE3E1",
    sold="#C4C6C8",
    shape="#D9D9D2",
    basket="#1A1A1A",
    on_basket="#FFFFFF",
)

DARK: Final = Tokens(
    name="dark",
    paper="#15181B",
    card="#1E2328",
    ink="#F2F2EE",
    muted="#A9B1B8",
    line="#343B42",
    edge="#727B84",
    accent="#7CC7D6",
    on_accent="#0C1A1E",
    good="#7FD6A0",
    warning="#FFD08A",
    warning_ground="#4A3310",
    danger="#FF9E96",
    danger_ground="#4A1A18",
    sold="#4A5157",
    shape="#343B42",
    basket="#FFFFFF",
    on_basket="#15181B",
)

# For eyes that need more: pure grounds, text from 7:1 on (WCAG 2.2, 1.4.6), and lines that are outlines too.
CONTRAST: Final = Tokens(
    name="contrast",
    paper="#000000",
    card="#000000",
    ink="#FFFFFF",
    muted="#E0E0E0",
    line="#8A8A8A",
    edge="#FFFFFF",
    accent="#FFE500",
    on_accent="#000000",
    good="#6BFF9E",
    warning="#FFD24A",
    warning_ground="#332400",
    danger="#FFB3AD",
    danger_ground="#3D0000",
    sold="#6E6E6E",
    shape="#3A3A3A",
    basket="#FFFFFF",
    on_basket="#000000",
)
