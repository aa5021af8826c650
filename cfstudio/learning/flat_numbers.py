"""All parameters of a module as one row of numbers: one update moves them, whatever their number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from cfstudio.learning.engine import REMEMBERED
from cfstudio.learning.torch_updates import decayed, update

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig


class FlatNumbers:
    """Takes over parameters: they and their gradients become views of one tensor each."""

    def __init__(self, parameters: Iterable[tuple[str, nn.Parameter]], config: TrainingConfig) -> None:
        self._named = dict(parameters)
        self._what = REMEMBERED[config.optimizer]
        device = next((one.device for one in self._named.values()), torch.device("cpu"))
        n = sum(one.numel() for one in self._named.values())
        self._numbers, self._gradient = torch.zeros(n, device=device), torch.zeros(n, device=device)
        self._memory = tuple(torch.zeros(n, device=device) for _ in self._what)
        for name, one in self._named.items():
            part = self._part(name, self._numbers)
            part.copy_(one.detach())
            one.data = part
            one.grad = self._part(name, self._gradient)

    def __len__(self) -> int:
        return len(self._numbers)

    def forget_gradient(self) -> None:
        """Begin a new batch."""
        self._gradient.zero_()

    def squared_length(self) -> Tensor:
        """Squared length of the batch's gradient, before clipping and without decay."""
        return self._gradient.square().sum()

    def step(self, config: TrainingConfig, decay: float, rate: float, momentum: float, step: int) -> None:
        """One optimizer step."""
        gradient = self._gradient
        if config.clip:
            gradient = gradient * (config.clip / self.squared_length().sqrt().clamp(min=config.clip))
        gradient = decayed(config, self._numbers, gradient, rate, decay)
        update(config, self._numbers, gradient, self._memory, rate, momentum, step)

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Copies of the numbers by name."""
        return self._copies(self._numbers)

    @torch.no_grad()
    def load(self, arrays: Mapping[str, NDArray[np.floating]]) -> None:
        """Replace the numbers; other names are left alone."""
        for name in self._named:
            self._part(name, self._numbers).copy_(torch.from_numpy(np.asarray(arrays[name], dtype=np.float32)))

    def memory(self) -> dict[str, NDArray[np.float32]]:
        """Copies of what the optimizer remembers: `layers.1.weight.momentum` and so on."""
        return {
            f"{name}.{what}": array
            for what, flat in zip(self._what, self._memory, strict=True)
            for name, array in self._copies(flat).items()
        }

    @torch.no_grad()
    def load_memory(self, memory: Mapping[str, NDArray[np.float32]]) -> None:
        """The inverse of `memory`; other names are left alone."""
        for what, flat in zip(self._what, self._memory, strict=True):
            for name in self._named:
                self._part(name, flat).copy_(torch.from_numpy(np.asarray(memory[f"{name}.{what}"])))

    def _copies(self, flat: Tensor) -> dict[str, NDArray[np.float32]]:
        whole = flat.detach().cpu().numpy().copy()
        parts, begin = {}, 0
        for name, one in self._named.items():
            parts[name] = whole[begin : begin + one.numel()].reshape(one.shape)
            begin += one.numel()
        return parts

    def _part(self, name: str, flat: Tensor) -> Tensor:
        """The view of a flat tensor that belongs to one parameter."""
        begin = 0
        for other, one in self._named.items():
            if other == name:
                return flat[begin : begin + one.numel()].view(one.shape)
            begin += one.numel()
        raise KeyError(name)
