"""Arithmetic typed behind an equals sign: cells, ranges and a spreadsheet's functions, evaluated once, at entry."""

from __future__ import annotations

import ast
import operator
import re
from typing import TYPE_CHECKING, Protocol

import numpy as np

from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.formula_functions import FUNCTIONS, OF_ONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.workspace.formula_functions import Value

LONGEST = 200
"""Characters of a formula; a number that somebody types has fewer."""
RANGE = re.compile(r"\b([A-Za-z]{1,3}[1-9]\d{0,6})\s*:\s*([A-Za-z]{1,3}[1-9]\d{0,6})\b")
PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")

OPERATORS: dict[type[ast.AST], Callable[..., Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}


class Cells(Protocol):
    """What addresses in a formula stand for."""

    def value(self, address: str, /) -> float | None:
        """The number in a cell, None where blank; raises Refusal if there is no such cell."""

    def values(self, address: str, /) -> np.ndarray:
        """The numbers of a range such as H2:V16, (n_rows, n_columns), NaN where blank; raises Refusal likewise."""


def calculated(formula: str, cells: Cells | None) -> float:
    """The value of what stands behind an equals sign. Raises Refusal with a sentence."""
    if len(formula) > LONGEST:
        raise Refusal(f"A formula may have {LONGEST} characters; this one has {len(formula)}.")
    evaluation = _Evaluation(cells)
    try:
        with np.errstate(all="ignore"):
            value = evaluation.of(formula)
    except Refusal:
        raise
    except (SyntaxError, TypeError, RecursionError):
        raise Refusal(f"“={formula[:40]}” cannot be calculated; type one such as =4.5-1 or =AVERAGE(H2:H16).") from None
    except ZeroDivisionError:
        raise Refusal(f"“={formula[:40]}” divides by zero.") from None
    except (OverflowError, ValueError):
        raise Refusal(f"“={formula[:40]}” has no finite value.") from None
    if np.size(value) != 1:
        n_rows, n_columns = np.shape(value)
        raise Refusal(
            f"“={formula[:40]}” is {n_rows} × {n_columns} numbers; a cell holds one: =SUM(…) makes one of them."
        )
    return float(np.ravel(value)[0])


class _Evaluation:
    """One formula; nothing but the few kinds of nodes that arithmetic has is ever run."""

    def __init__(self, cells: Cells | None) -> None:
        self._cells = cells
        self._ranges: dict[str, str] = {}

    def of(self, formula: str) -> Value:
        text = RANGE.sub(self._name_range, with_points(formula.replace("$", "")))
        text = PERCENT.sub(r"(\1/100)", text.replace("^", "**")).strip()
        return self._value(ast.parse(text, mode="eval").body)

    def _name_range(self, found: re.Match[str]) -> str:
        name = f"range_{len(self._ranges)}"
        self._ranges[name] = f"{found[1]}:{found[2]}"
        return name

    def _value(self, node: ast.AST) -> Value:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return float(node.value)  # type: ignore[arg-type]
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            left, right = self._value(node.left), self._value(node.right)
            return _checked(OPERATORS[type(node.op)](_unblanked(left), _unblanked(right)))
        if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](_unblanked(self._value(node.operand)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            name = node.func.id.upper()
            if name not in FUNCTIONS:
                raise Refusal(f"{name} is not known here; there are {', '.join(FUNCTIONS)}.")
            return FUNCTIONS[name](*(self._argument(one) for one in node.args))
        if isinstance(node, ast.Name) and self._cells is not None:
            found = self._argument(node)
            # As in a spreadsheet, a blank cell counts as nothing.
            return found if node.id in self._ranges else float(np.nan_to_num(found)[0, 0])
        raise SyntaxError

    def _argument(self, node: ast.AST) -> Value:
        """A function leaves blank cells out, arithmetic takes them for nothing: here they are still NaN."""
        if not isinstance(node, ast.Name) or self._cells is None:
            return self._value(node)
        if node.id in self._ranges:
            return self._cells.values(self._ranges[node.id])
        number = self._cells.value(node.id)
        return np.array([[np.nan if number is None else number]])


def _unblanked(value: Value) -> Value:
    return value if isinstance(value, float) else np.nan_to_num(value, nan=0.0, posinf=np.inf, neginf=-np.inf)


def _checked(value: Value) -> Value:
    if isinstance(value, complex):
        raise ValueError("the root of a negative number")
    return value


def with_points(formula: str) -> str:
    """A formula with decimal points and commas between arguments.

    A comma between digits is a decimal one, except where a semicolon says that it cannot separate arguments, or where
    it stands in a function that takes several of them: =4,5-1, =SQRT(2,25), =MAX(H2,3), =MAX(4,5;3).
    """
    has_semicolons = ";" in formula
    callers: list[str] = []
    out = []
    for place, sign in enumerate(formula):
        if sign == "(":
            name = re.search(r"[A-Za-z0-9_]*$", formula[:place])
            callers.append(name[0].upper() if name is not None else "")
        elif sign == ")" and callers:
            callers.pop()
        elif sign == ";":
            out.append(",")
            continue
        elif sign == ",":
            caller = next((one for one in reversed(callers) if one), "")
            is_between_digits = (
                re.search(r"(?<![A-Za-z0-9])\d+$", formula[:place]) and formula[place + 1 :][:1].isdigit()
            )
            is_decimal = has_semicolons or not caller or caller in OF_ONE
            out.append("." if is_between_digits and is_decimal else ",")
            continue
        out.append(sign)
    return "".join(out)
