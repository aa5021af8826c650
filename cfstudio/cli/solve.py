"""`cfstudio solve`: the Solver without a window, on the lesson's crosstab, a workbook or other ratings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfstudio.cli.interrupt import Interrupt
from cfstudio.cli.output import finite_or_none, force_option, json_option, print_json, print_table, refuse_to_overwrite
from cfstudio.cli.stderr_bar import StderrBar

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from cfstudio.exchange.found_crosstab import FoundCrosstab
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, Ratings
    from cfstudio.solver.problem import Problem
    from cfstudio.solver.reports import ReportTable
    from cfstudio.solver.result import SolverResult
    from cfstudio.solver.watch import Trial

OPTION_NAMES = {
    "derivatives": "derivatives",
    "max_time": "max_seconds",
    "iterations": "max_iterations",
    "convergence": "convergence",
    "precision": "precision",
    "multistart": "multistart",
    "population": "population",
    "seed": "seed",
    "algorithm": "algorithm",
    "idle_time": "max_seconds_without_improvement",
}
"""Which of the Solver's options an option of the command sets."""

REPORTS = ("answer", "sensitivity", "limits")


@click.command()
@click.argument("workbook", required=False)
@click.option("--page", help="The workbook's page, where it has several with a crosstab.")
@click.option("--bias", is_flag=True, help="Give users and items a bias besides their factors.")
@click.option("--factors", type=click.IntRange(1, 512), help="Start from so many random factors.  [default: 5]")
@click.option("--method", type=click.Choice(("grg", "evolutionary", "als")), help="How to search.  [default: grg]")
@click.option("--derivatives", type=click.Choice(("analytic", "forward", "central")), help="[default: analytic]")
@click.option("--multistart", is_flag=True, default=None, help="Solve from many random starts and keep the best.")
@click.option("--population", type=click.IntRange(5, 10_000), help="Starts, or members that evolve.  [default: 100]")
@click.option("--algorithm", type=click.Choice(("differential-evolution", "dual-annealing")), help="For evolutionary.")
@click.option("--non-negative", is_flag=True, default=None, help="Keep every changing cell at 0 or above.")
@click.option("--max-time", type=click.FloatRange(0.001), metavar="SECONDS", help="End after so many seconds.")
@click.option("--idle-time", type=click.FloatRange(0.001), metavar="SECONDS", help="Evolution: end without progress.")
@click.option("--iterations", type=click.IntRange(1), help="End after so many trial solutions.")
@click.option("--convergence", type=click.FloatRange(1e-15, 0.9), help="Smallest relative change.  [default: 0.0001]")
@click.option("--precision", type=click.FloatRange(1e-15, 0.1), help="Of constraints and optimum.  [default: 1e-06]")
@click.option(
    "--valid", type=click.FloatRange(0, 0.9), help="Hold out a part of the ratings.  [default: the workbook's]"
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Of random starts and searches.  [default: 42]")
@click.option("--stored", is_flag=True, help="Take objective, cells, constraints and options stored in the workbook.")
@click.option("--report", "reports", type=click.Choice(REPORTS), multiple=True, help="Print a report, too.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.xlsx", help="Write a workbook.")
@force_option
@json_option
def command(workbook: str | None, out: Path | None, force: bool, as_json: bool, **options: Any) -> int:  # noqa: ANN401
    """Make the RMSE small by changing all factors, as Excel's Solver does, and say how it went.

    WORKBOOK is an .xlsx file with a crosstab, or any data set or file of ratings; without it, the lesson's crosstab
    from its own starting numbers. Ctrl-C ends the search; the best solution so far is kept.
    """
    from cfstudio.solver.solve import solve
    from cfstudio.solver.watch import Watch

    if out is not None:
        refuse_to_overwrite(out, force=force)
    problem = _with_options(_problem(workbook, options), options)
    with Interrupt() as interrupt, SolveProgress(problem) as progress:

        def show(trial: Trial) -> None:
            progress.update(trial)
            if interrupt.requested:
                watch.stop()

        watch = Watch(show)
        result = solve(replace(problem, options=replace(problem.options, show_iterations=False)), watch)
    if not result.outcome.has_solution:
        if as_json:
            print_json(_summary(result))
        raise click.ClickException(result.sentence)
    if out is not None:
        _write(result, out)
    tables = {name: _report(name, result) for name in options["reports"]}
    _print(result, tables, out, as_json=as_json)
    return int(interrupt.requested)


class SolveProgress(StderrBar):
    """The progress of a search on stderr: trial solutions and the objective."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.changing.n:,} changing cells", None, state="")

    def columns(self) -> list[ProgressColumn]:
        """What stands behind the bar."""
        from rich.progress import TextColumn, TimeElapsedColumn

        return [TextColumn("{task.fields[state]}"), TimeElapsedColumn()]

    def update(self, trial: Trial) -> None:
        """Show a trial solution."""
        self.show(state=f"trial solution {trial.iteration:,}, objective {trial.objective:.6g}")


def _problem(workbook: str | None, options: dict[str, Any]) -> Problem:
    """What to solve: the data with a start, or what the workbook's own parameters say."""
    from cfstudio.exchange.read_workbook import is_workbook
    from cfstudio.solver.problem import Problem

    if workbook is not None and is_workbook(workbook):
        return _workbook_problem(Path(workbook), options)
    for name, wanted in (("stored", options["stored"]), ("page", options["page"])):
        if wanted:
            raise click.UsageError(f"--{name} needs a workbook (.xlsx).", click.get_current_context())
    import numpy as np

    from cfstudio.ratings.catalog import open_ratings

    ratings = open_ratings(workbook or "lesson")
    held_out = _held_out(ratings, np.zeros(len(ratings.values), dtype=np.bool_), options)
    return Problem.ready_for(ratings, held_out, _new_start(ratings, held_out, options))


def _workbook_problem(path: Path, options: dict[str, Any]) -> Problem:
    from cfstudio.exchange.read_workbook import read_workbook
    from cfstudio.solver.problem import Problem

    found = read_workbook(path)
    if options["page"] is not None:
        found = found.mended(page=options["page"])
    if options["stored"]:
        if options["bias"] or options["factors"] or options["valid"] is not None:
            raise click.UsageError(
                "--stored takes the workbook as it is, without --bias, --factors or --valid.",
                click.get_current_context(),
            )
        return _stored_problem(path, found)
    ratings, model = found.to_ratings(), found.to_factors()
    held_out = _held_out(ratings, found.to_held_out(), options)
    if model is None or options["factors"] is not None:
        model = _new_start(ratings, held_out, options)
    elif options["bias"] and not model.has_bias:
        import numpy as np

        model = replace(model, user_bias=np.zeros(ratings.n_users), item_bias=np.zeros(ratings.n_items))
    return Problem.ready_for(ratings, held_out, model)


def _stored_problem(path: Path, found: FoundCrosstab) -> Problem:
    """What the hidden names of a workbook's page say."""
    from cfstudio.exchange.stored_solver import stored_solver

    problem = stored_solver(found)
    if problem is None:
        raise click.ClickException(f"Page {found.page} of {path} has no stored Solver parameters; leave out --stored.")
    return problem


def _held_out(ratings: Ratings, known: BoolArray, options: dict[str, Any]) -> BoolArray:
    from cfstudio.ratings.split import random_hold_out

    if options["valid"] is None:
        return known
    return random_hold_out(ratings, options["valid"], 42 if options["seed"] is None else options["seed"])


def _new_start(ratings: Ratings, held_out: BoolArray, options: dict[str, Any]) -> Factorization:
    """The lesson's own starting numbers where they fit, else random ones."""
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.workspace.presets import LESSON_FACTORS, starting_factors

    config = TrainingConfig(
        model="dot-bias" if options["bias"] else "dot",
        sigmoid=False,
        n_factors=options["factors"] or LESSON_FACTORS,
        seed=TrainingConfig().seed if options["seed"] is None else options["seed"],
    )
    return starting_factors(ratings, config, held_out)


def _with_options(problem: Problem, options: dict[str, Any]) -> Problem:
    """The problem with what was asked for on the command line."""
    given = {field: options[name] for name, field in OPTION_NAMES.items() if options[name] is not None}
    try:
        settings = replace(problem.options, **given)
    except ValueError as error:
        raise click.UsageError(str(error), click.get_current_context()) from error
    return replace(
        problem,
        options=settings,
        method=options["method"] or problem.method,
        non_negative=problem.non_negative if options["non_negative"] is None else True,
    )


def _write(result: SolverResult, out: Path) -> None:
    from cfstudio.exchange.part import DocumentPart
    from cfstudio.exchange.workbook import default_crosstab, export_workbook

    problem = result.problem
    users, items = default_crosstab(problem.ratings)
    part = DocumentPart(problem.ratings, problem.held_out, result.factorization())
    export_workbook(part, out, users=users, items=items)


def _report(name: str, result: SolverResult) -> list[ReportTable]:
    from cfstudio.solver import reports

    makers = {
        "answer": reports.answer_report,
        "sensitivity": reports.sensitivity_report,
        "limits": reports.limits_report,
    }
    return makers[name](result)


def _summary(result: SolverResult) -> dict[str, Any]:
    """The result as JSON values."""
    held_out = result.held_out_rmse
    return {
        "start": finite_or_none(result.start),
        "objective": finite_or_none(result.objective),
        "iterations": result.iterations,
        "evaluations": result.evaluations,
        "recalculations": result.recalculations,
        "seconds": result.seconds,
        "status": result.outcome.name.lower().replace("_", "-"),
        "message": result.sentence,
        "method": result.problem.method,
        "changing_cells": result.problem.changing.n,
        "held_out_rmse": finite_or_none(held_out),
    }


def _print(result: SolverResult, tables: dict[str, list[ReportTable]], out: Path | None, *, as_json: bool) -> None:
    if as_json:
        reports = {
            name: [{"title": one.title, "columns": one.columns, "rows": one.rows} for one in report]
            for name, report in tables.items()
        }
        print_json(_summary(result) | ({"reports": reports} if reports else {}))
        return
    named = result.problem.objective.named(result.problem.ratings)
    click.echo(result.sentence)
    click.echo(
        f"{named[0].upper()}{named[1:]} went from {result.start:.6g} to {result.objective:.6g} by changing "
        f"{result.problem.changing.n:,} cells: {result.iterations:,} trial solutions, "
        f"{result.recalculations:,} recalculations of the sheet, {result.seconds:.2f} s."
    )
    for report in tables.values():
        for table in report:
            click.echo(f"\n{table.title}")
            print_table(table.columns, [["" if value is None else value for value in row] for row in table.rows])
    if out is not None:
        click.echo(f"Saved to {out}.")
