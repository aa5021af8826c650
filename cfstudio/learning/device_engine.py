"""The GPU's engine for the dot product: cells, numbers and their order stay on the device, the host only says go on.

A run's cells are uploaded once and shuffled there for each epoch; a step is some eighty operations of fixed shapes
(`device_step`), recorded once as a CUDA graph and replayed (`device_graph`); what the host wants to know comes in
copies that it takes when they are there (`device_progress`). Nothing waits for anything within a stretch of steps.

Written and tested on torch's CPU device, which runs the same operations without graphs; it has never run on a GPU. What
holds there by construction: the order of the cells is that of seed and epoch on one kind of device (another kind, and
the CPU's own engine, shuffle differently), so that a resumed run sees the same batches; sums of gradients are added by
atomic operations in any order (`index_add_`), so that two runs on CUDA agree to rounding and not in the last bits.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import torch

from cfstudio.learning.autograd_engine import checked_device
from cfstudio.learning.device_cells import DeviceCells
from cfstudio.learning.device_graph import CudaRecorder, RepeatedStep
from cfstudio.learning.device_plan import PLANNED_STEPS, planned
from cfstudio.learning.device_progress import Bursts, Landing, ProgressReader, mark_of
from cfstudio.learning.device_rules import Rule
from cfstudio.learning.device_step import SQUARED_ERROR, STEPS, DeviceStep
from cfstudio.learning.device_tables import DeviceTables
from cfstudio.learning.device_uploads import codes_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.device_graph import Recorder
    from cfstudio.learning.engine import FactorRows, Pairs
    from cfstudio.learning.training_cells import TrainingCells
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import IntArray

MOST_HELD = 3
"""Lists of cells kept on the device: those trained on, those held out, and the sample."""
CELLS_AT_ONCE = 262_144
"""Cells whose error is measured in one piece: four tensors of 50 MB with 50 factors."""


class DeviceEngine:
    """Dot product with or without biases, every optimizer, on any device of torch; see `Engine` and `HoldsCells`.

    Memory for 25 million cells, 162,541 users and 59,047 items, 50 factors, 65,536 a step, Adam: cells 300 MB, order
    200 and what drawing it takes 600, numbers and what is remembered 138, gradients 26, a step's temporary tensors some
    200, an evaluation's the same: below 2 GB with what CUDA takes itself.
    """

    def __init__(
        self,
        factors: Factorization,
        config: TrainingConfig,
        batch_size: int,
        device: str = "cpu",
        recorder: Recorder | None = None,
    ) -> None:
        self._device = checked_device(device)
        self._config, self._batch_size = config, batch_size
        self._shape = factors
        self._step = DeviceStep(factors, config, batch_size, self._device)
        self._tables = DeviceTables(self._step, factors, config)
        self._recorder = recorder or (CudaRecorder() if self._device.type == "cuda" else None)
        self._repeated: dict[tuple[int, Rule], RepeatedStep] = {}
        self._held: list[tuple[Pairs, DeviceCells]] = []
        self._mark = mark_of(self._device)
        self._reader = ProgressReader(self._step.progress, self._mark)
        self._bursts = Bursts(self._mark)
        self._report = np.zeros(2, dtype=np.float64)
        self._n_started = 0
        self.load(factors)

    @property
    def name(self) -> str:
        """What computes."""
        is_replayed = any(one.is_replayed for one in self._repeated.values())
        return f"torch on {self._device.type}, {'CUDA graph' if is_replayed else 'closed form'}"

    @property
    def device(self) -> str:
        """Where it computes."""
        return self._device.type

    @property
    def report(self) -> NDArray[np.float64]:
        """See `Engine.report`; waits for the steps that are under way."""
        self._settle()
        return self._report

    @property
    def progress(self) -> tuple[float, ...]:
        """Squared errors, cells and steps since the last report as they were some 30 ms ago; empty before that."""
        return self._reader.latest

    def change(self, config: TrainingConfig) -> None:
        """Take over decay and clipping from the next step on."""
        self._config = config

    def steps(self, pairs: Pairs, rates: NDArray[np.float32], momenta: NDArray[np.float32], steps_before: int) -> int:
        """Do steps over cells from the host, one batch after another, and wait for them; see `Engine.steps`."""
        cells = DeviceCells(pairs, self._device, self._n_rows, self._batch_size)
        rule = Rule.of(self._config)
        self._settle()
        self._start(cells, 0, rates, momenta, steps_before, functools.partial(self._step.run, cells, rule))
        return min(self._settle() + 1, len(rates))

    def held_steps(
        self,
        cells: TrainingCells,
        rates: NDArray[np.float32],
        momenta: NDArray[np.float32],
        steps_before: int,
        *,
        settles: bool,
    ) -> int:
        """Start the run's next steps, all in one epoch, over cells that stay here; see `HoldsCells.held_steps`."""
        held = self._held_cells(cells.train)
        epoch, batch = divmod(steps_before, cells.steps_per_epoch)
        held.draw(cells.seed, epoch)
        before = self._n_started
        self._start(held, batch, rates, momenta, steps_before, self._repeated_step(held))
        is_finite = np.isfinite(self._reader.latest[:1]).all()
        if is_finite and not settles:
            return len(rates)
        started = self._n_started
        finite = self._settle()
        return len(rates) if finite == started else min(max(finite + 1 - before, 0), len(rates))

    def rmse(self, pairs: Pairs) -> float:
        """Root of the mean squared error over cells, in rating points; NaN without cells."""
        if not len(pairs):
            return float("nan")
        cells = self._held_cells(pairs)
        total = torch.zeros((), dtype=self._step.progress.dtype, device=self._device)
        for begin in range(0, cells.n, CELLS_AT_ONCE):
            piece = slice(begin, min(begin + CELLS_AT_ONCE, cells.n))
            user_rows = self._step.users.table[0].index_select(0, cells.users[piece])
            item_rows = self._step.items.table[0].index_select(0, cells.items[piece])
            total += (self._step.predicted(user_rows, item_rows) - cells.ratings[piece]).square().sum()
        return float((total / cells.n).sqrt())

    def factor_lengths(self) -> tuple[float, float]:
        """Root mean squared length of the users' and of the items' factor vectors, biases not counted."""
        k = self._shape.n_factors
        sides = (self._step.users, self._step.items)
        user, item = (float(side.numbers[:, :k].square().sum(dim=1).mean().sqrt()) for side in sides)
        return user, item

    def rows(self, users: IntArray, items: IntArray) -> FactorRows:
        """Copies of some rows, after a wait for the steps that are under way."""
        return self._rows_of(self._landing(users, items))

    def begin_rows(self, users: IntArray, items: IntArray) -> Callable[[], FactorRows | None]:
        """Send for copies of some rows as they are after the steps started so far; None until they are here."""
        landing = self._landing(users, items)
        return lambda: self._rows_of(landing) if all(one.is_here for one in landing) else None

    def factorization(self) -> Factorization:
        """A copy of all numbers."""
        return self._tables.factorization()

    def load(self, factors: Factorization) -> None:
        """Replace all numbers and keep the optimizer's state; see `Engine.load`."""
        self._tables.load(factors)
        self._settle()

    def memory(self) -> dict[str, NDArray[np.float32]]:
        """A copy of what the optimizer remembers; see `Engine.memory`."""
        return self._tables.memory()

    def load_memory(self, memory: Mapping[str, NDArray[np.float32]]) -> None:
        """The inverse of `memory`; see `Engine.load_memory`."""
        self._tables.load_memory(memory)

    @property
    def _n_rows(self) -> tuple[int, int]:
        return self._step.users.n_rows, self._step.items.n_rows

    def _start(
        self,
        cells: DeviceCells,
        batch: int,
        rates: NDArray[np.float32],
        momenta: NDArray[np.float32],
        steps_before: int,
        step: Callable[[], None],
    ) -> None:
        """Start a step per learning rate, from a batch of the cells' order on; ends early where errors are seen."""
        for begin in range(0, len(rates), PLANNED_STEPS):
            part = slice(begin, begin + PLANNED_STEPS)
            n = len(rates[part])
            first = batch + begin
            sizes = np.array([cells.size(one) for one in range(first, first + n)])
            rows = planned(self._config, rates[part], momenta[part], sizes, steps_before + begin)
            self._step.plan.upload(rows, first * self._batch_size)
            for _ in range(n):
                step()
            self._n_started += n
            self._bursts.note()
            self._reader.look()
            if not np.isfinite(self._reader.latest[:1]).all():
                return

    def _settle(self) -> int:
        """Wait for all steps and take their progress into the report; returns how many had a finite error."""
        if not self._n_started:
            return 0
        progress = Landing(self._step.progress, self._mark).waited_for().tolist()
        self._report[0] += progress[SQUARED_ERROR]
        self._report[1] = float(self._step.gradient_squared())
        self._step.progress.zero_()
        self._reader.forget()
        self._n_started = 0
        return int(progress[STEPS])

    def _repeated_step(self, cells: DeviceCells) -> RepeatedStep:
        """The step over these cells; one for each rule, for a graph has its rule built in."""
        key = (id(cells), Rule.of(self._config))
        if key not in self._repeated:
            self._repeated[key] = RepeatedStep(functools.partial(self._step.run, cells, key[1]), self._recorder)
        return self._repeated[key]

    def _held_cells(self, pairs: Pairs) -> DeviceCells:
        """Cells on the device; the lists that a run asks for again and again are uploaded once."""
        for known, cells in self._held:
            if known is pairs:
                return cells
        made = DeviceCells(pairs, self._device, self._n_rows, self._batch_size)
        self._held = [*self._held[-MOST_HELD + 1 :], (pairs, made)]
        kept = {id(cells) for _, cells in self._held}
        self._repeated = {key: one for key, one in self._repeated.items() if key[0] in kept}
        return made

    def _landing(self, users: IntArray, items: IntArray) -> tuple[Landing, Landing]:
        sides = ((self._step.users, users), (self._step.items, items))
        user_rows, item_rows = (side.numbers.index_select(0, codes_on(self._device, codes)) for side, codes in sides)
        return Landing(user_rows, self._mark), Landing(item_rows, self._mark)

    def _rows_of(self, landing: tuple[Landing, Landing]) -> FactorRows:
        users, items = (one.waited_for().numpy() for one in landing)
        return self._tables.split(users, items)
