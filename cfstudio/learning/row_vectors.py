"""Arithmetic on whole rows of float32 as vector instructions, for compiled loops.

Numba's own loop over rows that might overlap begins with a check whether they do, for every pair of rows; that costs
as much as the arithmetic. These load all numbers of a piece before they store any, so rows may be one and the same.
They take addresses (int64), and widths that are multiples of `LANES`.

Numba does not notice changes of this file: after one, change the files of the kernels that use it, too.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba import float32, int64, void
from numba.core import cgutils
from numba.extending import intrinsic

from cfstudio.learning.compiled import FAST, LANES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FLOAT, PLACE, INT = ir.FloatType(), ir.IntType(64), ir.IntType(32)
PIECE = ir.VectorType(FLOAT, LANES)
FLAGS = tuple(sorted(FAST))
BYTES = 4
"""Of a float32; rows may begin at any of them."""


def _instruction(signature: object) -> Callable[[Callable[..., ir.Value | None]], Callable[..., Any]]:
    """What is decorated builds the code, given a builder and the arguments' values; compiled functions may call it."""

    def make(build: Callable[..., ir.Value | None]) -> Callable[..., Any]:
        def rule(_: object, *_types: object) -> tuple[object, Callable[..., ir.Value]]:
            def generate(context: Any, builder: ir.IRBuilder, _: object, args: list[ir.Value]) -> ir.Value:  # noqa: ANN401
                return build(builder, *args) or context.get_dummy_value()

            return signature, generate

        vars(rule)["__signature__"] = inspect.signature(build)  # numba asks for the names of the arguments
        made: Callable[..., Any] = intrinsic(rule)
        return made

    return make


@_instruction(float32(int64, int64, int64))
def product(builder: ir.IRBuilder, one: ir.Value, other: ir.Value, width: ir.Value) -> ir.Value:
    """Dot product of two rows."""
    total = cgutils.alloca_once_value(builder, ir.Constant(PIECE, [0.0] * LANES))
    for place in _pieces(builder, width):
        term = builder.fmul(_load(builder, one, place), _load(builder, other, place), flags=FLAGS)
        builder.store(builder.fadd(builder.load(total), term, flags=FLAGS), total)
    kind = ir.FunctionType(FLOAT, [FLOAT, PIECE])
    add = cgutils.get_or_insert_function(builder.module, kind, f"llvm.vector.reduce.fadd.v{LANES}f32")
    return builder.call(add, [ir.Constant(FLOAT, 0.0), builder.load(total)], fastmath=FLAGS)


@_instruction(void(int64, int64, int64))
def copy(builder: ir.IRBuilder, target: ir.Value, source: ir.Value, width: ir.Value) -> None:
    """Copy a row to where `target` is."""
    for place in _pieces(builder, width):
        _store(builder, _load(builder, source, place), target, place)


@_instruction(void(*[int64] * 5, *[float32] * 3))
def move_both(
    builder: ir.IRBuilder,
    user: ir.Value,
    item: ir.Value,
    old_user: ir.Value,
    old_item: ir.Value,
    width: ir.Value,
    keep_user: ir.Value,
    keep_item: ir.Value,
    by: ir.Value,
) -> None:
    """User ← keep_user · user − by · old_item, and item ← keep_item · item − by · old_user."""
    keep_user, keep_item, by = (_everywhere(builder, number) for number in (keep_user, keep_item, by))

    def moved(piece: ir.Value, keep: ir.Value, slope: ir.Value) -> ir.Value:
        kept, step = builder.fmul(keep, piece, flags=FLAGS), builder.fmul(by, slope, flags=FLAGS)
        return builder.fsub(kept, step, flags=FLAGS)

    for place in _pieces(builder, width):
        u, i, old_u, old_i = (_load(builder, row, place) for row in (user, item, old_user, old_item))
        _store(builder, moved(u, keep_user, old_i), user, place)
        _store(builder, moved(i, keep_item, old_u), item, place)


@_instruction(void(int64, int64))
def fetch(builder: ir.IRBuilder, row: ir.Value, width: ir.Value) -> None:
    """Ask the memory for a row that will be written to soon."""
    byte = ir.IntType(8).as_pointer()
    kind = ir.FunctionType(ir.VoidType(), [byte, INT, INT, INT])
    ask = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
    to_write, keep_near, data = INT(1), INT(3), INT(1)
    for place in _pieces(builder, width):
        builder.call(ask, [builder.bitcast(_at(builder, row, place), byte), to_write, keep_near, data])


def _pieces(builder: ir.IRBuilder, width: ir.Value) -> Iterator[ir.Value]:
    """Where a piece of a row begins, once: what is built meanwhile is the body of a loop over all pieces."""
    with cgutils.for_range_slice(builder, PLACE(0), width, PLACE(LANES)) as (place, _):
        yield place


def _at(builder: ir.IRBuilder, row: ir.Value, place: ir.Value) -> ir.Value:
    return builder.gep(builder.inttoptr(row, FLOAT.as_pointer()), [place])


def _load(builder: ir.IRBuilder, row: ir.Value, place: ir.Value) -> ir.Value:
    piece = builder.load(builder.bitcast(_at(builder, row, place), PIECE.as_pointer()))
    piece.align = BYTES
    return piece


def _store(builder: ir.IRBuilder, piece: ir.Value, row: ir.Value, place: ir.Value) -> None:
    stored = builder.store(piece, builder.bitcast(_at(builder, row, place), PIECE.as_pointer()))
    stored.align = BYTES


def _everywhere(builder: ir.IRBuilder, number: ir.Value) -> ir.Value:
    nothing = ir.Constant(PIECE, ir.Undefined)
    first = builder.insert_element(nothing, number, INT(0))
    return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(INT, LANES), [0] * LANES))
