"""How colours look to people, as numbers: how far apart two are, and what colour-blind eyes make of one.

Distances are CIE 1976 ΔE over L*a*b* with D65 white: 2 is just noticed, 100 is black and white. Protan, deutan and
tritan sight are the matrices of Machado, Oliveira and Fernandes (2009) for full severity, applied to linear RGB.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pos.ui.theme.color import channels

Floats = NDArray[np.float64]

SIGHTS: Final = ("normal", "protan", "deutan", "tritan")
APART: Final = 30.0  # ΔE from which two areas of colour are not taken for each other

_MATRICES: Final = np.array(
    [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ]
)
_XYZ: Final = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE: Final = np.array([0.95047, 1.0, 1.08883])


def linear(rgb: Floats) -> Floats:
    """Linear light of colours, (n, 3) of 0..255, as sRGB has it."""
    share = rgb / 255
    found: Floats = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return found


def seen(rgb: Floats) -> Floats:
    """L*, a*, b* of colours, (n, 3) of 0..255, in every one of SIGHTS: (n, 4, 3)."""
    shifted = np.clip(np.einsum("sij,nj->nsi", _MATRICES, linear(rgb)), 0, 1)
    xyz = shifted @ _XYZ.T / _WHITE
    root = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def rgb_of(colors: Sequence[str]) -> Floats:
    """Colours like "#56B4E9" as (n, 3) of 0..255. Raises ValueError for anything else."""
    return np.array([channels(color) for color in colors], np.float64).reshape(-1, 3)


def distances(sights: Floats) -> Floats:
    """ΔE of every two of what `seen` tells, by sight: (4, n, n)."""
    found: Floats = np.sqrt(((sights[:, None] - sights[None]) ** 2).sum(axis=-1)).transpose(2, 0, 1)
    return found
