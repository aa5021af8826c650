"""A net's prediction in words: how many numbers go in, how many of each hidden layer are active, what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.models.net import NetFactorization


def spelled_net(net: NetFactorization, user: int, item: int) -> str:
    """`100 inputs → hidden 100 (41 active) → output 0.71 → 5.5 · sigmoid`."""
    *hidden, output = net.activations(user, item)
    n_inputs = net.width("user") + net.width("item")
    widths = " → ".join(f"{len(layer)} ({np.count_nonzero(layer > 0)} active)" for layer in hidden)
    steps = [f"{n_inputs} inputs", f"hidden {widths}"]
    result = f"output {float(output[0]):.2f}".replace("-", "−")
    if net.rating_range is None:
        steps.append(f"{result} + mean {net.global_mean:.2f}" if net.global_mean else result)
    else:
        low, high = net.rating_range
        steps += [result, f"{f'{low:g} + ' if low else ''}{high - low:g} · sigmoid"]
    return " → ".join(steps)
