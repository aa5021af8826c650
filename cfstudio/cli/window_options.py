"""The options that open the window, and the program's help."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import click

from cfstudio import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "datasets": "List the known data sets, or download one.",
    "inspect": "Say what a file of ratings or a session holds.",
    "train": "Train a model and write a session.",
    "export": "Write a session as a workbook with live formulas, or as tables.",
    "neighbors": "List the items that a session's model holds most similar to one.",
    "recommend": "Recommend items to a user, or to somebody new by a few ratings.",
    "predict": "Predict a rating for every pair of user and item in a file.",
    "evaluate": "Say how well a session's model predicts another file's ratings.",
    "solve": "Make the RMSE small by changing the factors, as Excel's Solver does.",
    "lab": "Show an optimizer's worksheet row by row: gradient descent on a line.",
}
"""What a first argument may be besides a file, and what it does."""

Theme = Literal["light", "dark", "paper", "system"]

SMALLEST, LARGEST = 200, 16_384


@dataclass(frozen=True)
class WindowOptions:
    """How the window opens: on what, how large in pixels (width, height), and whether only for a picture."""

    file: str | None = None
    data: str | None = None
    screenshot: Path | None = None
    size: tuple[int, int] | None = None
    theme: Theme = "system"


def parse_size(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Read `1600x1000`; fails for anything else and for sizes that no screen has."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", value)
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise click.BadParameter(f"{value!r} is no size like 1600x1000 ({SMALLEST} to {LARGEST} pixels).", ctx, param)
    return width, height


class WindowCommand(click.Command):
    """The command without a name; its help is the program's."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click calls it so
        """Write both ways to start the program."""
        formatter.write_usage("cfstudio", "[OPTIONS] [FILE]")
        formatter.write_usage("cfstudio", "COMMAND [ARGS]...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        super().format_options(ctx, formatter)
        with formatter.section("Commands (each has --help)"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=WindowCommand)
@click.argument("file", required=False)
@click.option("--data", metavar="NAME_OR_PATH", help="Open a known data set or a file of ratings.")
@click.option(
    "--screenshot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PNG",
    help="Save a picture of the window once everything asked for is shown, and exit.",
)
@click.option("--size", callback=parse_size, metavar="WxH", help="Size of the window in pixels.")
@click.option(
    "--theme", type=click.Choice(get_args(Theme)), default="system", show_default=True, help="Colors of the window."
)
@click.version_option(__version__, prog_name="cfstudio")
def window_command(**options: Any) -> WindowOptions:  # noqa: ANN401
    """Collaborative filtering made visible: ratings as a spreadsheet with the latent factors around it.

    Without a command, opens the window on FILE, a session, a workbook or ratings, or on the lesson's 15 × 15 crosstab.
    """
    if options["file"] is not None and options["data"] is not None:
        raise click.UsageError("FILE and --data both name what to open; give one of them.", click.get_current_context())
    return WindowOptions(**options)


def parse_window_options(argv: Sequence[str]) -> WindowOptions:
    """The window's options from arguments without the program's name.

    Raises click.UsageError for wrong usage, click.exceptions.Exit once --help or --version have been answered.
    """
    with window_command.make_context("cfstudio", list(argv)) as context:
        options: WindowOptions = window_command.invoke(context)
    return options
