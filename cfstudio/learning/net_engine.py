"""The engine of models that are more than rows: autograd through layers and features, rows updated one by one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import Tensor

from cfstudio.learning.engine import FactorRows, Pairs, check_loadable, needed_memory
from cfstudio.learning.flat_numbers import FlatNumbers
from cfstudio.learning.heads import head_for, net_decay
from cfstudio.learning.loss import mean_squared_error
from cfstudio.learning.moved_pairs import MovedPairs
from cfstudio.learning.row_table import RowTable
from cfstudio.learning.side_features import SideFeatures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization, Side
    from cfstudio.models.features import FeatureColumn
    from cfstudio.ratings.table import IntArray

SIDES: tuple[Side, Side] = ("user", "item")

NUMBERS_AT_ONCE = 4_000_000
"""Activations calculated in one piece without gradients: some tens of megabytes."""

BATCH_FOR_THREADS = 4_096
"""Ratings per step from which several cores share the work of a step."""


class NetEngine:
    """A net, or a dot product with features, on any device torch knows.

    Embedding rows that are not in a batch neither move nor decay, unless a dot product is asked to move them; labels
    and layers are moved in every step. Dropout draws from a generator of its own, so that a run is the same however it
    is cut into pieces.
    """

    def __init__(
        self,
        factors: Factorization,
        config: TrainingConfig,
        batch_size: int,
        device: torch.device,
        columns: Sequence[FeatureColumn] = (),
    ) -> None:
        self._shape, self._batch_size, self._device = factors, batch_size, device
        # A new module draws numbers, which are replaced at once.
        with torch.random.fork_rng(devices=[]):
            self._head = head_for(factors, config, device)
        self._features = {side: self._features_of(side, columns) for side in SIDES}
        shapes = self._own_shape("user", columns), self._own_shape("item", columns)
        moves_all = factors.is_dot_product and config.moves_untouched
        self._own = RowTable(shapes, config, device, moves_all=moves_all)
        for side in SIDES:
            self._features[side].fit_labels(_whole_rows(factors, side))
        self._layers = FlatNumbers(self._head.named_parameters(), config)
        tables = ((side, place, one) for side in SIDES for place, one in enumerate(self._features[side].tables))
        self._labels = FlatNumbers(((f"{side}_labels.{place}", table) for side, place, table in tables), config)
        self._random = torch.Generator().manual_seed(config.seed).get_state()
        self._moved = MovedPairs(self._device, batch_size)
        self.report = np.zeros(2, dtype=np.float64)
        self.load(factors)
        self.change(config)

    @property
    def name(self) -> str:
        """What computes."""
        return f"torch autograd on {self._device.type}, embeddings row-wise"

    @property
    def device(self) -> str:
        """Where it computes."""
        return self._device.type

    def change(self, config: TrainingConfig) -> None:
        """Take over decay and clipping from the next step on."""
        self._config = config
        decay = self._head.row_decay(config)
        self._row_decay = decay.to(self._device) if isinstance(decay, Tensor) else decay

    def steps(self, pairs: Pairs, rates: NDArray[np.float32], momenta: NDArray[np.float32], steps_before: int) -> int:
        """Do one step per learning rate; returns how many were done up to the first whose loss was not finite."""
        all_users, all_items, all_ratings = self._moved.of(pairs)
        all_items = all_items + self._own.n_users
        losses = []
        self._head.train()
        with self._own_threads(), self._own_random_numbers():
            for place, (rate, momentum) in enumerate(zip(rates.tolist(), momenta.tolist(), strict=True)):
                batch = slice(place * self._batch_size, (place + 1) * self._batch_size)
                places = torch.cat((all_users[batch], all_items[batch]))
                is_last = place == len(rates) - 1
                step = steps_before + place + 1
                losses.append(self._step(places, all_ratings[batch], rate, momentum, step, reports=is_last))
        self._head.eval()
        # One wait for the device for all of them.
        values = torch.stack(losses).double().cpu().numpy()
        is_broken = ~np.isfinite(values)
        done = int(np.argmax(is_broken)) + 1 if is_broken.any() else len(values)
        sizes = np.minimum(self._batch_size, len(pairs) - np.arange(done) * self._batch_size)
        self.report[0] += float(values[:done] @ sizes)
        return done

    def _step(
        self, places: Tensor, ratings: Tensor, rate: float, momentum: float, step: int, *, reports: bool
    ) -> Tensor:
        """One step; returns the loss before it."""
        config, blocks = self._config, [one for one in (self._layers, self._labels) if len(one)]
        for block in blocks:
            block.forget_gradient()
        gathered, own = self._own.look_up(places)
        loss = mean_squared_error(self._predicted(own, places), ratings)
        loss.backward()  # type: ignore[no-untyped-call]
        assert own.grad is not None
        with torch.no_grad():
            if reports:
                squares = [self._own.squared_length(places, own.grad), *(block.squared_length() for block in blocks)]
                self.report[1] = float(torch.stack(squares).sum())
            for block in blocks:
                decay = net_decay(config) if block is self._layers else config.weight_decay
                block.step(config, decay, rate, momentum, step)
            self._own.step(places, gathered, own.grad, config, self._row_decay, rate, momentum, step)
        return loss.detach()

    def _predicted(self, own: Tensor, places: Tensor) -> Tensor:
        """Rating points of a batch from its looked-up numbers."""
        users, items = self._own.split(own)
        n = len(users)
        return cast(
            "Tensor",
            self._head(
                self._features["user"].complete(users, places[:n]),
                self._features["item"].complete(items, places[n:] - self._own.n_users),
            ),
        )

    @torch.no_grad()
    def rmse(self, pairs: Pairs) -> float:
        """Root of the mean squared error over cells, in rating points, without dropout; NaN without cells."""
        if not len(pairs):
            return float("nan")
        users, items, ratings = self._moved.of(pairs)
        # What a row gives the first layer is calculated once, however often it occurs.
        of_users, of_items = self._head.first("user", self._rows("user")), self._head.first("item", self._rows("item"))
        total = torch.zeros((), dtype=torch.float64, device=self._device)
        at_once = max(1, NUMBERS_AT_ONCE // max(of_users.shape[1], 1))
        for begin in range(0, len(pairs), at_once):
            piece = slice(begin, begin + at_once)
            predicted = self._head.rest(of_users[users[piece]], of_items[items[piece]])
            total += (predicted - ratings[piece]).square().sum()
        return float((total / len(pairs)).sqrt())

    def factor_lengths(self) -> tuple[float, float]:
        """Root mean squared length of the users' and of the items' factor vectors, biases not counted."""
        user, item = (
            self._rows(side)[:, : self._shape.width(side)].square().sum(dim=1).mean().sqrt() for side in SIDES
        )
        return float(user), float(item)

    def rows(self, users: IntArray, items: IntArray) -> FactorRows:
        """Copies of some rows, and of all layers."""
        user, item = self._rows("user", users).cpu().numpy(), self._rows("item", items).cpu().numpy()
        if not self._shape.has_bias:
            return FactorRows(user, item, None, None, self._layers.arrays())
        k = self._shape.n_factors
        return FactorRows(
            np.ascontiguousarray(user[:, :k]),
            np.ascontiguousarray(item[:, :k]),
            user[:, k].copy(),
            item[:, k].copy(),
            self._layers.arrays(),
        )

    def factorization(self) -> Factorization:
        """A copy of all numbers."""
        rows = self.rows(np.arange(len(self._shape.user_factors)), np.arange(len(self._shape.item_factors)))
        return self._shape.with_arrays(rows.arrays())

    def load(self, factors: Factorization) -> None:
        """Replace all numbers and keep the optimizer's state; see `Engine.load`."""
        check_loadable(factors, self._shape)
        for side in SIDES:
            rows = torch.from_numpy(_whole_rows(factors, side).astype(np.float32)).to(self._device)
            self._own.numbers(side).copy_(self._features[side].own_part(rows))
        self._layers.load(factors.arrays())

    def memory(self) -> dict[str, NDArray[np.float32]]:
        """A copy of all that a run needs to go on as if never stopped, beside the numbers that are shown."""
        return {
            **{name: one.cpu().numpy().copy() for name, one in self._own.memory().items()},
            **self._layers.memory(),
            **self._labels.memory(),
            **self._labels.arrays(),
            "dropout": self._random.numpy().astype(np.float32),
        }

    def load_memory(self, memory: Mapping[str, NDArray[np.float32]]) -> None:
        """The inverse of `memory`. Raises ValueError with a sentence for arrays of another optimizer or shape."""
        wanted, given = (needed_memory(one, self._shape) for one in (self.memory(), memory))
        if {name: one.shape for name, one in given.items()} != {name: one.shape for name, one in wanted.items()}:
            raise ValueError("The optimizer's state belongs to another model or optimizer; start a new run.")
        shown = self.factorization()
        self._labels.load(memory)
        self.load(shown)
        for name, one in self._own.memory().items():
            one.copy_(torch.from_numpy(np.asarray(memory[name])))
        self._layers.load_memory(memory)
        self._labels.load_memory(memory)
        if "dropout" in given:
            self._random = torch.from_numpy(given["dropout"].astype(np.uint8))

    @contextmanager
    def _own_threads(self) -> Iterator[None]:
        """Small batches on one core: a second one would be waited for longer than it works, above all beside others."""
        before = torch.get_num_threads()
        if self._batch_size < BATCH_FOR_THREADS:
            torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)

    @contextmanager
    def _own_random_numbers(self) -> Iterator[None]:
        """While steps are done, torch draws this run's random numbers; afterwards everybody else's go on."""
        on_gpu = [torch.cuda.current_device()] if self._device.type == "cuda" else []
        with torch.random.fork_rng(devices=on_gpu):
            torch.set_rng_state(self._random)
            if on_gpu:
                torch.cuda.manual_seed(int(torch.randint(2**62, ())))
            yield
            self._random = torch.get_rng_state()

    def _features_of(self, side: Side, columns: Sequence[FeatureColumn]) -> SideFeatures:
        mine = [column for column in columns if column.side == side]
        n_rows, n_own = self._own_shape(side, columns)
        return SideFeatures(n_rows, n_own, mine, self._device, adds=self._shape.is_dot_product)

    def _own_shape(self, side: Side, columns: Sequence[FeatureColumn]) -> tuple[int, int]:
        """Rows of one side, and how many numbers of each belong to it alone, a bias included."""
        n_rows, n_numbers = _whole_rows(self._shape, side).shape
        if self._shape.is_dot_product:
            return n_rows, n_numbers
        return n_rows, n_numbers - sum(column.width for column in columns if column.side == side)

    @torch.no_grad()
    def _rows(self, side: Side, codes: IntArray | None = None) -> Tensor:
        """Some rows or all as they are shown, (n, width), copied."""
        own = self._own.numbers(side)
        if codes is None:
            codes = np.arange(len(own))
        places = torch.from_numpy(np.asarray(codes, dtype=np.int64)).to(self._device)
        return self._features[side].complete(own[places], places)


def _whole_rows(factors: Factorization, side: Side) -> NDArray[Any]:
    """The rows of one side, a bias as their last number."""
    arrays = factors.arrays()
    rows, bias = arrays[f"{side}_factors"], arrays.get(f"{side}_bias")
    return rows if bias is None else np.column_stack((rows, bias))
