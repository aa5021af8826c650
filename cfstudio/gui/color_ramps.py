"""Color ramps: smooth ways from one color to another, as lookup tables that a whole grid can be painted from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor

Ramp = NDArray[np.uint8]
"""(256, 3) red, green, blue."""

N_COLORS = 256

# sRGB to OKLab and back: Björn Ottosson, "A perceptual color space for image processing", 2020.
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def ramp_through(colors: Sequence[QColor]) -> Ramp:
    """A ramp through evenly spaced colors, interpolated in OKLab so that equal steps look equal.

    An odd number of colors puts the middle one at entries 127 and 128: the zero of a diverging ramp.
    """
    stops = _to_oklab(np.array([[color.redF(), color.greenF(), color.blueF()] for color in colors]))
    # Measured from the middle, in steps of the larger half, so that the two middle entries are the middle color.
    where = np.arange(N_COLORS) - (N_COLORS - 1) / 2
    place = np.sign(where) * (np.abs(where) - 0.5) / ((N_COLORS - 2) / 2)
    positions = np.linspace(-1, 1, len(stops))
    path = np.stack([np.interp(place, positions, stops[:, axis]) for axis in range(3)], axis=1)
    ramp: Ramp = np.rint(_to_srgb(path) * 255).astype(np.uint8)
    ramp.flags.writeable = False
    return ramp


def _to_oklab(srgb: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    oklab: NDArray[np.float64] = np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T
    return oklab


def _to_srgb(oklab: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.clip((oklab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_CONES).T, 0.0, 1.0)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
