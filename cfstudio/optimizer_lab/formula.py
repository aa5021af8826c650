"""A formula that is written once: calculated here, shown with numbers put in, and exported to spreadsheets.

Formulas are arithmetic in Python's syntax over names. `prev.name` is the cell of that name in the row above. Besides
`+ - * / **` and comparisons there are `sqrt abs cos min max mod pi`, `where(condition, yes, no)` and `over(p, q)`,
which is p / q, and 0 where q is 0.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREVIOUS = "prev_"
"""What the name of a cell in the row above begins with, once a formula has been read."""

EXCEL_FUNCTIONS = {"sqrt": "SQRT", "abs": "ABS", "cos": "COS", "min": "MIN", "max": "MAX", "mod": "MOD"}

_ADD, _MULTIPLY, _POWER, _ATOM = 1, 2, 3, 4
_OPERATORS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", _ADD),
    ast.Sub: ("-", _ADD),
    ast.Mult: ("*", _MULTIPLY),
    ast.Div: ("/", _MULTIPLY),
    ast.Pow: ("^", _POWER),
}
_COMPARISONS: dict[type[ast.cmpop], str] = {ast.Gt: ">", ast.Lt: "<", ast.Eq: "="}


@dataclass(frozen=True)
class Formula:
    """One formula by its text."""

    text: str

    @cached_property
    def tree(self) -> ast.expr:
        """The formula as Python parses it, with `prev.name` made one name."""
        return _OneNameEach().visit(ast.parse(self.text, mode="eval").body)  # type: ignore[no-any-return]

    @cached_property
    def python(self) -> str:
        """The formula as a Python expression over plain names, in which no square overflows with an exception."""
        return ast.unparse(_SquareByProduct().visit(ast.parse(ast.unparse(self.tree), mode="eval").body))

    @cached_property
    def names(self) -> frozenset[str]:
        """The cells and settings that it reads, those of the row above with `PREVIOUS` in front."""
        called = {id(node.func) for node in ast.walk(self.tree) if isinstance(node, ast.Call)}
        names = {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name) and id(node) not in called}
        return frozenset(names - {"pi"})

    def renamed(self, new_names: Mapping[str, str]) -> Formula:
        """The same formula over other names; those not mentioned stay, and `prev.` goes along."""
        pairs = dict(new_names) | {PREVIOUS + old: PREVIOUS + new for old, new in new_names.items()}
        return Formula(ast.unparse(_Rename(pairs).visit(ast.parse(ast.unparse(self.tree), mode="eval").body)))

    def excel(self, address: Callable[[str], str]) -> str:
        """The formula as a spreadsheet writes it, without "="; `address` says where a name's cell is."""
        return _Excel(address).write(self.tree)[0]

    def with_numbers(self, number: Callable[[str], str]) -> str:
        """The formula as a person writes it, with each name replaced by what `number` says."""
        return _Written(number).write(self.tree)[0]


class _Writer:
    """Turns a parsed formula into text with no more parentheses than needed."""

    def __init__(self, leaf: Callable[[str], str]) -> None:
        self._leaf = leaf

    def write(self, node: ast.expr) -> tuple[str, int]:
        """The text of a part, and how tightly it holds together."""
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            return self.function(node.func.id, node.args)
        if isinstance(node, ast.Compare):
            sign = _COMPARISONS[type(node.ops[0])]
            return f"{self.write(node.left)[0]}{self.spaced(sign)}{self.write(node.comparators[0])[0]}", 0
        if isinstance(node, ast.Constant):
            return str(node.value), _ATOM
        assert isinstance(node, ast.Name)
        return (self.pi if node.id == "pi" else self._leaf(node.id)), _ATOM

    pi = "PI()"

    def function(self, name: str, arguments: list[ast.expr]) -> tuple[str, int]:
        """A call."""
        raise NotImplementedError

    def spaced(self, sign: str) -> str:
        """An operator with its spaces."""
        return sign

    def _operation(self, node: ast.BinOp) -> tuple[str, int]:
        sign, strength = _OPERATORS[type(node.op)]
        # a − (b − c), a / (b · c) and powers of powers need theirs on the right.
        left = self.held(node.left, strength + (sign == "^"))
        right = self.held(node.right, strength + (sign in "-/^"))
        return f"{left}{self.spaced(sign)}{right}", strength

    def held(self, node: ast.expr, least: int) -> str:
        """The text of a part, in parentheses if it holds together less than is needed."""
        text, strength = self.write(node)
        return text if strength >= least else f"({text})"


class _Excel(_Writer):
    def function(self, name: str, arguments: list[ast.expr]) -> tuple[str, int]:
        texts = [self.write(one)[0] for one in arguments]
        if name == "where":
            return f"IF({','.join(texts)})", _ATOM
        if name == "over":
            numerator, denominator = self.held(arguments[0], _MULTIPLY), self.held(arguments[1], _POWER)
            return f"IF({texts[1]}=0,0,{numerator}/{denominator})", _ATOM
        return f"{EXCEL_FUNCTIONS[name]}({','.join(texts)})", _ATOM


class _Written(_Writer):
    pi = "π"

    def function(self, name: str, arguments: list[ast.expr]) -> tuple[str, int]:
        texts = [self.write(one)[0] for one in arguments]
        if name == "over":
            return f"{self.held(arguments[0], _MULTIPLY)} / {self.held(arguments[1], _POWER)}", _MULTIPLY
        if name == "where":
            return f"if({'; '.join(texts)})", _ATOM
        if name == "sqrt":
            return f"√({texts[0]})", _ATOM
        if name == "abs":
            return f"|{texts[0]}|", _ATOM
        return f"{name}({'; '.join(texts)})", _ATOM

    def spaced(self, sign: str) -> str:
        return sign if sign == "^" else f" {'×' if sign == '*' else '−' if sign == '-' else sign} "


class _OneNameEach(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.Name:
        return ast.Name(PREVIOUS + node.attr, ast.Load())


class _Rename(ast.NodeTransformer):
    def __init__(self, new_names: Mapping[str, str]) -> None:
        self._new_names = new_names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._new_names.get(node.id, node.id), ast.Load())


class _SquareByProduct(ast.NodeTransformer):
    """Floats raise OverflowError for a too large square, but not for a too large product."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant) and node.right.value == 2:
            return ast.Call(ast.Name("square_of", ast.Load()), [node.left], [])
        return node
