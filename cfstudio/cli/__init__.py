"""The command line: parse, call, print."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from cfstudio.cli.window_options import COMMANDS, parse_window_options
from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, or open the window if the first argument names none.

    `argv` without the program's name, `sys.argv[1:]` if None. Returns the exit code: 0 done, 1 could not be done (one
    line on stderr says why), 2 wrong usage.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments and arguments[0] in COMMANDS:
            return run_command(arguments[0], arguments[1:])
        return run_window(arguments)
    except click.exceptions.Exit as request:
        return request.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _failed("stopped.")
    except DataError as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(f"{error.filename}: {error.strerror}." if error.filename else str(error))


def run_command(name: str, arguments: list[str]) -> int:
    """Run one command; its module is imported only now, so that the window's start does not pay for it."""
    command: click.Command = import_module(f"cfstudio.cli.{name}").command
    result = command.main(arguments, prog_name=f"cfstudio {name}", standalone_mode=False)
    return result if isinstance(result, int) else 0


def run_window(arguments: list[str]) -> int:
    """Open the window and stay until it is closed."""
    # Wrong usage must be told without a display, hence before Qt is touched.
    parse_window_options(arguments)
    from cfstudio.gui.app import run

    return run(arguments)


def _failed(sentence: str) -> int:
    click.echo(f"Error: {' '.join(sentence.split())}", err=True)
    return 1
