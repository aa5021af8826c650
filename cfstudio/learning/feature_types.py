"""What the compiled steps with features are given: as numba signs it, and as the type checker reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import boolean, float32, float64, int64, types

from cfstudio.learning.compiled import PAIRS, ROWS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Codes = NDArray[np.int32]
    Places = NDArray[np.int64]
    Cells = tuple[Codes, Codes, Floats]
    Side = tuple[Floats, Places, Places, Places, Places, Floats, Floats]
    Labels = tuple[Floats, Floats, Places, Places]
    Rule = tuple[int, bool, bool, np.float32, np.float32, np.float32, float, np.float32]
    Shape = tuple[int, int, np.float32, np.float32, np.float32]
    Pace = tuple[np.float32, np.float32, np.float32, np.float32, np.float32, np.float32]
    """Learning rate, for Adam freed of the first mean's bias; what decay leaves of a number; momentum; how much of the
    mean square stays, and of the new square comes to it; 1/√ of the second mean's bias correction."""
    Bias = tuple[np.float32, int, int]
    """How much less the bias decays than the factors; its place in a row; that of the constant 1, −1 for none."""

PLACES = int64[::1]
CELLS = types.Tuple(PAIRS)
"""Users, items, ratings."""
SIDE = types.Tuple((ROWS, PLACES, PLACES, PLACES, PLACES, ROWS, ROWS))
"""Own rows with what is remembered of them; where each row's labels begin and end, and which they are, as rows of
`LABELS`; slot of each row (−1 for none), row of each slot; gradient of each slot and of one spare slot; the shown row
of each slot."""
LABELS = types.Tuple((ROWS, ROWS, PLACES, PLACES))
"""Rows of all labels of both sides with what is remembered of them, their gradients, row of each slot, slot of each
row; all labels have a slot in every step."""
RULE = types.Tuple((int64, boolean, boolean, float32, float32, float32, float64, float32))
"""Optimizer, whether untouched rows move, whether decay is L2; decay of factors and labels, of biases, longest
gradient of a row and of all labels together, memory of the squared gradient, epsilon."""
SHAPE = types.Tuple((int64, int64, float32, float32, float32))
"""Width of a row, factors; lowest prediction, span of the sigmoid (0: none), mean."""
