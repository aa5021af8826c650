"""`cfstudio lab`: an optimizer's worksheet, row by row, without a window."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfstudio.cli.output import finite_or_none, force_option, json_option, print_json, print_table, refuse_to_overwrite
from cfstudio.optimizer_lab.catalog import METHODS

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.worksheet import Worksheet

MOST_EPOCHS = 10_000
FILES = (".xlsx", ".csv")


@click.command()
@click.argument("optimizer", metavar="OPTIMIZER", type=click.Choice(tuple(METHODS)))
@click.option(
    "--epochs", type=click.IntRange(1, MOST_EPOCHS), default=1, show_default=True, help="Passes over the rows."
)
@click.option(
    "--workbook", is_flag=True, help="Formulas, settings and start as in the lesson's workbook, not as in the papers."
)
@click.option("--learning-rate", type=float, metavar="X", help="Another learning rate than the page's usual one.")
@click.option("--batch-size", type=int, metavar="N", help="Rows whose mean gradient makes a step. [default: 1]")
@click.option("--weight-decay", type=float, metavar="X", help="L2 in the gradient; decoupled for adamw.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also save the last epoch: .xlsx with live formulas, or .csv.",
)
@force_option
@json_option
def command(
    optimizer: str,
    epochs: int,
    workbook: bool,
    out: Path | None,
    force: bool,
    as_json: bool,
    **changes: float | None,
) -> None:
    """Fit y = a·x + b to the lesson's 29 points with OPTIMIZER and show the last epoch's rows.

    OPTIMIZER is sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, eve, sgd-annealing or adam-annealing.
    """
    if out is not None:
        if out.suffix.lower() not in FILES:
            raise click.UsageError(f"The ending of {out} must be {' or '.join(FILES)}.", click.get_current_context())
        refuse_to_overwrite(out, force=force)
    worksheet = _run(optimizer, epochs, workbook, {name: value for name, value in changes.items() if value is not None})
    saved = "" if out is None else _save(worksheet, out)
    if as_json:
        print_json(_facts(worksheet) | ({} if out is None else {"file": str(out)}))
    else:
        _print(worksheet, saved)


def _run(optimizer: str, epochs: int, workbook: bool, changes: dict[str, float]) -> Worksheet:
    from cfstudio.optimizer_lab.errors import LabError
    from cfstudio.optimizer_lab.page import new_page
    from cfstudio.optimizer_lab.worksheet import Worksheet

    try:
        page = new_page(optimizer, "workbook" if workbook else "papers").changed(**changes)
    except LabError as error:
        raise click.UsageError(str(error), click.get_current_context()) from error
    worksheet = Worksheet(page)
    worksheet.run_epochs(epochs)
    return worksheet


def _save(worksheet: Worksheet, out: Path) -> str:
    from cfstudio.exchange.lab_workbook import export_lab_csv, export_lab_workbook

    sentence = (export_lab_csv if out.suffix.lower() == ".csv" else export_lab_workbook)(worksheet, out)
    return f"{sentence} Saved to {out}."


def _facts(worksheet: Worksheet) -> dict[str, Any]:
    """What was run and its last rows, as JSON values; null for what grew beyond all numbers."""
    from cfstudio.optimizer_lab.divergence import divergence

    page, end = worksheet.page, worksheet.ends[-1]
    return {
        "optimizer": page.method.name,
        "epochs": worksheet.epoch,
        "a": finite_or_none(worksheet.a),
        "b": finite_or_none(worksheet.b),
        "rmse": finite_or_none(end.rmse),
        "root_sum_squared_error": finite_or_none(end.root_sum_squared_error),
        "form": page.form_name,
        "difference": page.method.difference,
        "settings": asdict(page.settings),
        "start": worksheet.first_top,
        "top": {name: finite_or_none(value) for name, value in worksheet.top.items()},
        "diverged": divergence(worksheet),
        "rows": [
            {
                name: None if value is None else finite_or_none(value)
                for name, value in zip(page.names, row, strict=True)
            }
            for row in worksheet.rows
        ],
    }


def _print(worksheet: Worksheet, saved: str) -> None:
    from cfstudio.optimizer_lab.divergence import divergence
    from cfstudio.optimizer_lab.numbers import written

    page, end = worksheet.page, worksheet.ends[-1]
    form = "workbook" if page.form_name == "workbook" else "papers"
    click.echo(f"{page.method.title}, as in the {form}. {page.form.explanation}")
    click.echo(page.method.difference)
    names = [name for name in page.names if name not in ("errb1", "erra1", "est_de_db", "est_de_da")]
    places = [page.names.index(name) for name in names]
    rows = [[_cell(row[place]) for place in places] for row in worksheet.rows]
    print_table([page.columns[place].title for place in places], rows)
    click.echo(
        f"After {worksheet.epoch:,} {'epoch' if worksheet.epoch == 1 else 'epochs'}: a = {written(worksheet.a)}, "
        f"b = {written(worksheet.b)}, RMSE {written(end.rmse)}."
    )
    for sentence in (divergence(worksheet), saved):
        if sentence:
            click.echo(sentence)


def _cell(value: float | None) -> str:
    from cfstudio.optimizer_lab.numbers import written

    return "" if value is None else written(value)
