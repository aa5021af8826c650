"""`cfstudio` alone opens the window as asked; wrong usage is told with exit code 2 before any window."""

from pathlib import Path

import click
import pytest

from cfstudio.cli import main
from cfstudio.cli.window_options import WindowOptions, parse_window_options


def test_nothing_asked_for_is_the_default_window():
    assert parse_window_options([]) == WindowOptions(file=None, data=None, screenshot=None, size=None, theme="system")


def test_every_option_arrives_with_its_type():
    argv = ["--data", "lesson", "--screenshot", "a.png", "--size", "1600x1000", "--theme", "dark"]
    assert parse_window_options(argv) == WindowOptions(None, "lesson", Path("a.png"), (1600, 1000), "dark")
    assert parse_window_options(["my file.cfstudio"]).file == "my file.cfstudio"


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--size", "big"], "1600x1000"),
        (["--size", "1600"], "1600x1000"),
        (["--size", "1x1"], "200 to 16384"),
        (["--size", "99999x1000"], "200 to 16384"),
        (["--theme", "pink"], "dark"),
        (["--nonsense"], "--nonsense"),
        (["--data"], "--data"),
        (["a.csv", "b.csv"], "b.csv"),
        (["a.csv", "--data", "lesson"], "FILE and --data"),
        (["--lesson", "one"], "--lesson"),
    ],
)
def test_wrong_usage_is_exit_code_2_and_a_line_that_says_what(argv, told, capsys):
    assert main(argv) == 2
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.out == ""
    with pytest.raises(click.UsageError):
        parse_window_options(argv)


def test_help_shows_window_options_and_commands(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for word in ("--screenshot", "--theme", "datasets", "inspect", "train", "neighbors", "COMMAND"):
        assert word in text
    assert "--lesson" not in text


def test_the_version_is_that_of_the_package(capsys):
    from importlib.metadata import version

    assert main(["--version"]) == 0
    assert version("cfstudio") in capsys.readouterr().out


def test_the_window_gets_the_arguments_as_typed(monkeypatch):
    import sys
    import types

    seen = []
    app = types.ModuleType("cfstudio.gui.app")
    app.run = lambda argv: seen.append(argv) or 7
    monkeypatch.setitem(sys.modules, "cfstudio.gui.app", app)
    assert main(["x.cfstudio", "--theme", "paper"]) == 7
    assert seen == [["x.cfstudio", "--theme", "paper"]]
