"""Reading what somebody typed or pasted as a number: decimal points and commas, `=` arithmetic, cell addresses."""

from __future__ import annotations

import ast
import math
import operator
import re
from typing import TYPE_CHECKING

from cfstudio.workspace.edits import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    CellValue = Callable[[str], float | None]
    """The number in the cell with an address, None where blank; raises Refusal if there is no such cell."""

LONGEST = 200
"""Characters of a formula; a number that somebody types has fewer."""

OPERATORS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    "SQRT": math.sqrt,
    "ABS": abs,
    "EXP": math.exp,
    "LN": math.log,
    "PI": lambda: math.pi,
    "MIN": min,
    "MAX": max,
    "SUM": lambda *numbers: math.fsum(numbers),
    "AVERAGE": lambda *numbers: math.fsum(numbers) / len(numbers),
}
SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "\u00a0": " "})


def parse_number(value: object, cell_value: CellValue | None = None) -> float | None:
    """A typed number or `=` formula, calculated at once; nothing typed means blank (None).

    Decimal commas and percent signs are understood. Raises Refusal with a sentence.
    """
    if value is None or isinstance(value, (int, float)):
        number = None if value is None else float(value)
    else:
        text = str(value).strip().translate(SIGNS)
        if not text:
            return None
        number = _calculated(text[1:], cell_value) if text.startswith("=") else _plain(text)
    if number is not None and not math.isfinite(number):
        raise Refusal("The number must be finite.")
    return number


def _plain(text: str) -> float:
    percent = text.endswith("%")
    digits = text.rstrip("%").replace(" ", "").replace("'", "")
    if "," in digits and "." in digits:
        # The last of the two is the decimal sign, the other one groups thousands.
        groups = "," if digits.rindex(".") > digits.rindex(",") else "."
        digits = digits.replace(groups, "")
    try:
        number = float(digits.replace(",", "."))
    except ValueError:
        raise Refusal(f"“{text[:40]}” is no number; type one such as 4 or 3.5.") from None
    return number / 100 if percent else number


def _calculated(formula: str, cell_value: CellValue | None) -> float:
    """The value of what stands behind an equals sign."""
    if len(formula) > LONGEST:
        raise Refusal(f"A formula may have {LONGEST} characters; this one has {len(formula)}.")
    text = re.sub(r"(?<=\d),(?=\d)", ".", formula).replace(";", ",").replace("^", "**").replace("$", "")
    text = re.sub(r"(\d+(?:\.\d+)?)\s*%", r"(\1/100)", text).strip()
    try:
        return float(_evaluated(ast.parse(text, mode="eval").body, cell_value))
    except Refusal:
        raise
    except (SyntaxError, TypeError):
        raise Refusal(f"“={formula[:40]}” cannot be calculated; type one such as =4.5-1.") from None
    except ZeroDivisionError:
        raise Refusal(f"“={formula[:40]}” divides by zero.") from None
    except (OverflowError, ValueError):
        raise Refusal(f"“={formula[:40]}” has no finite value.") from None


def _evaluated(node: ast.AST, cell_value: CellValue | None) -> float:
    """Evaluate the few kinds of nodes that arithmetic has; nothing else is ever run."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        left, right = _evaluated(node.left, cell_value), _evaluated(node.right, cell_value)
        return OPERATORS[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_evaluated(node.operand, cell_value))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        name = node.func.id.upper()
        if name not in FUNCTIONS:
            raise Refusal(f"{name} is not known here; there are {', '.join(FUNCTIONS)}.")
        return FUNCTIONS[name](*(_evaluated(one, cell_value) for one in node.args))
    if isinstance(node, ast.Name) and cell_value is not None:
        number = cell_value(node.id)
        # As in a spreadsheet, a blank cell counts as nothing.
        return 0.0 if number is None else number
    raise SyntaxError
