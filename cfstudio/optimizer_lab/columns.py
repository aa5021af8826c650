"""The columns of a page: those every page has, as in the workbook, and those that its method adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cfstudio.optimizer_lab.formula import PREVIOUS, Formula
from cfstudio.optimizer_lab.methods import PARAMETERS, ColumnFormula

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.methods import Form, Method
    from cfstudio.optimizer_lab.settings import LabSettings


@dataclass(frozen=True)
class Column:
    """One column: its name in JSON, CSV and code, its title on screen, what it holds in words, and its formula.

    `formula` is None where the number is data, and where it is a mean over a batch; `mean_of` then names the column.
    `is_step` columns are computed once a batch, with its last row.
    """

    name: str
    title: str
    words: str
    formula: Formula | None = None
    mean_of: str | None = None
    is_step: bool = False


VALUE = {"b": "intercept", "a": "slope"}
TITLES = {
    "average": "avg de/d{p}",
    "square": "avg (de/d{p})²",
    "rate": "rate {p}",
    "new": "new {p}",
    "gradient": "de/d{p} + decay",
    "step": "step",
    "jump": "r",
    "d": "d",
}

INPUTS = (
    Column("x", "x", "x of the point, as listed."),
    Column("y", "y", "y of the point, as listed."),
    Column("intercept", "intercept", "b before this row: the new b of the row above.", Formula("prev.new_b")),
    Column("slope", "slope", "a before this row: the new a of the row above.", Formula("prev.new_a")),
)

LOOKS = (
    Column(
        "pred", "pred", "The slope times x plus the intercept: what the line says.", Formula("slope * x + intercept")
    ),
    Column("err2", "err²", "The prediction minus y, squared.", Formula("(pred - y) ** 2")),
    Column(
        "errb1",
        "errb1",
        "The squared error if the intercept were larger by the nudge.",
        Formula("(slope * x + intercept + nudge - y) ** 2"),
    ),
    Column(
        "est_de_db",
        "est de/db",
        "By how much the squared error changes with the nudged intercept, divided by the nudge: the derivative by "
        "finite difference.",
        Formula("(errb1 - err2) / nudge"),
    ),
    Column(
        "erra1",
        "erra1",
        "The squared error if the slope were larger by the nudge.",
        Formula("((slope + nudge) * x + intercept - y) ** 2"),
    ),
    Column(
        "est_de_da",
        "est de/da",
        "By how much the squared error changes with the nudged slope, divided by the nudge: the derivative by finite "
        "difference.",
        Formula("(erra1 - err2) / nudge"),
    ),
    Column(
        "de_db",
        "de/db",
        "Twice the error, prediction minus y: the derivative of its square by b.",
        Formula("2 * (slope * x + intercept - y)"),
    ),
    Column(
        "de_da",
        "de/da",
        "x times twice the error: the derivative of its square by a, by the chain rule.",
        Formula("x * 2 * (slope * x + intercept - y)"),
    ),
)

L2 = ColumnFormula(
    "gradient",
    "gradient + weight_decay * value",
    "The derivative by {p} plus the weight decay times {p}: L2 in the gradient.",
)


def page_columns(method: Method, form: Form, settings: LabSettings) -> tuple[Column, ...]:
    """All columns of a page, from left to right."""
    columns = [*INPUTS, *LOOKS]
    in_batches = settings.batch_size > 1
    if in_batches:
        columns += [
            Column(
                f"mean_d{p}", f"mean de/d{p}", f"The mean of de/d{p} over the rows of the batch.", mean_of=f"de_d{p}"
            )
            for p in PARAMETERS
        ]
    if any("loss" in Formula(one.formula).names for one in form.shared):
        words = "The squared error, its mean over the batch: the loss that this step sees."
        columns.append(
            Column("loss", "loss", words, mean_of="err2")
            if in_batches
            else Column(
                "loss", "loss", "The squared error: the loss that this step sees.", Formula("err2"), is_step=True
            )
        )
    return (*columns, *_step_columns(method, form, settings, in_batches=in_batches))


def _step_columns(method: Method, form: Form, settings: LabSettings, *, in_batches: bool) -> list[Column]:
    """The columns of the method, b before a except for the new weights, as in the workbook."""
    gradient = "mean_d{p}" if in_batches else "de_d{p}"
    columns: list[Column] = []
    if settings.weight_decay and not method.decoupled:
        columns = [_for_weight(L2, p, gradient) for p in PARAMETERS]
        gradient = "grad_d{p}"
    columns += [
        Column(one.name, TITLES[one.name], one.words, Formula(one.formula), is_step=True) for one in form.shared
    ]
    for one in form.columns:
        parameters = reversed(PARAMETERS) if one.name == "new" else PARAMETERS
        columns += [_for_weight(one, p, gradient) for p in parameters]
    return columns


def _for_weight(one: ColumnFormula, parameter: str, gradient: str) -> Column:
    """A method's column for one of the two weights."""
    new_names = weight_names(parameter) | {"gradient": gradient.format(p=parameter)}
    return Column(
        column_name(one.name, parameter),
        TITLES[one.name].format(p=parameter),
        one.words.format(p=parameter),
        Formula(one.formula).renamed(new_names),
        is_step=True,
    )


def column_name(name: str, parameter: str) -> str:
    """What a method's column of one weight is called: `average_da`, `new_a`."""
    if name == "new":
        return f"new_{parameter}"
    return f"grad_d{parameter}" if name == "gradient" else f"{name}_d{parameter}"


def weight_names(parameter: str) -> dict[str, str]:
    """A page's names for the names in a formula for one weight."""
    names = {name: column_name(name, parameter) for name in ("average", "square", "rate", "new", "last_rms")}
    return names | {"value": VALUE[parameter]}


def memories(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """The columns, besides the weights, that the next row asks for: each needs a start value above the first row."""
    asked = {name for column in columns if column.formula for name in column.formula.names}
    names = [column.name for column in columns if PREVIOUS + column.name in asked]
    return tuple(name for name in names if name not in ("new_a", "new_b"))
