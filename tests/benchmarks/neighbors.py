"""How long the neighbors of one item take, from fresh factors to the list. Run: python tests/benchmarks/neighbors.py"""

from __future__ import annotations

import time

import numpy as np

from cfstudio.explore.neighbors import FactorIndex, nearest

N_FACTORS = 50
N_QUERIES = 300


def by_full_sort(factors, code, k=20):
    """What a learner writes: normalize everything, sort everything."""
    unit = factors / np.linalg.norm(factors, axis=1, keepdims=True)
    similarity = unit @ unit[code]
    return [other for other in np.argsort(-similarity, kind="stable") if other != code][:k]


def milliseconds(function, queries):
    """Median and 99th percentile."""
    times = []
    for query in queries:
        began = time.perf_counter()
        function(int(query))
        times.append(1e3 * (time.perf_counter() - began))
    return np.median(times), np.quantile(times, 0.99)


def main():
    random = np.random.default_rng(0)
    print(f"{'measure':<66}{'median':>10}{'p99':>10}{'target':>12}")
    for n_items, fresh_target, kept_target in ((9_066, "≤ 2 ms", "≤ 2 ms"), (59_047, "", "≤ 1 ms")):
        factors = random.normal(size=(n_items, N_FACTORS)).astype(np.float32)
        queries = random.integers(n_items, size=N_QUERIES)
        index = FactorIndex(factors)
        for query in queries[:20]:
            assert nearest(factors, int(query)).codes.tolist() == by_full_sort(factors, int(query))
        size = f"{n_items:,} × {N_FACTORS} float32"
        measures = (
            ("fresh factors, norms and query", lambda code, f=factors: nearest(f, code), fresh_target),
            ("same factors, query alone", lambda code, i=index: i.nearest(code), kept_target),
            ("normalizing and sorting everything, for comparison", lambda code, f=factors: by_full_sort(f, code), ""),
        )
        for name, function, target in measures:
            median, slowest = milliseconds(function, queries)
            print(f"{size + ': ' + name:<66}{median:>7.2f} ms{slowest:>7.2f} ms{target:>12}")


if __name__ == "__main__":
    main()
