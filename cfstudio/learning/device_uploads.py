"""Numbers from the host to the device, without a wait for the steps that are under way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from cfstudio.ratings.table import IntArray


def put(target: Tensor, numbers: NDArray[np.float32]) -> None:
    """Write into a tensor of the device, after all that was started before."""
    on_host = _ready(torch.from_numpy(numbers), target.device)
    target.copy_(on_host, non_blocking=target.device.type == "cuda")


def codes_on(device: torch.device, codes: IntArray) -> Tensor:
    """(n,) int64 codes on the device."""
    on_host = torch.from_numpy(np.asarray(codes, dtype=np.int64))
    return _ready(on_host, device).to(device, non_blocking=device.type == "cuda")


def _ready(on_host: Tensor, device: torch.device) -> Tensor:
    # From usual memory a copy waits. A pinned block is not handed out again before the copy from it is done.
    return on_host.pin_memory() if device.type == "cuda" else on_host
