from __future__ import annotations

import argparse
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog_platform import arguments
from catalog_platform.workspace import Workspace


def lines(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """Yield the shortest valid command line of every verb and action."""
    nested = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    for action in nested:
        for name, below in action.choices.items():
            yield from lines(below, (*words, name))
    if not nested:
        yield [*words, *needed(parser)]


def needed(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if not action.option_strings and action.nargs in (None, "+"):
            yield "x"
        elif action.option_strings and action.required:
            yield from (action.option_strings[0], "x")


LINES = list(lines(arguments.parser()))
EACH_LINE = pytest.mark.parametrize("line", LINES, ids=" ".join)


def test_every_verb_is_among_the_lines_that_are_tested():
    verbs = {line[0] for line in LINES}
    assert {"validate", "compare", "new", "scan", "rehearse", "replay", "warm", "local"} <= verbs
    assert ["local", "status"] in LINES


@EACH_LINE
def test_every_command_gets_exactly_the_options_of_its_verb(line, monkeypatch):
    chosen = arguments.parser().parse_args(line)
    options = vars(chosen).copy()
    verb, action = options.pop("verb"), options.pop("action", "run")
    command = importlib.import_module(f"catalog_platform.commands.{verb}")
    taken = inspect.signature(getattr(command, action)).parameters.values()
    given = {}
    monkeypatch.setattr(command, action, lambda _workspace, **options: given.update(options) or 7)

    assert chosen.run(Workspace(Path()), chosen) == 7
    assert given == {
        name: options[name] for name in options.keys() - {"directory", "profile", "quiet", "run"}
    }
    assert given.keys() == {each.name for each in taken if each.kind is each.KEYWORD_ONLY}


@EACH_LINE
def test_folder_and_quiet_are_allowed_at_any_position(line):
    for position in range(len(line) + 1):
        is_value = position > 0 and line[position - 1].startswith("-")
        if is_value:
            continue
        words = [*line[:position], "-C", "there", "-q", *line[position:]]
        chosen = arguments.parser().parse_args(words)
        assert (chosen.directory, chosen.quiet) == (Path("there"), True), words


@EACH_LINE
def test_the_last_folder_counts_and_the_working_folder_is_the_default(line):
    assert arguments.parser().parse_args(line).directory == Path()
    assert arguments.parser().parse_args(line).quiet is False
    words = ["-C", "first", line[0], "-C", "second", *line[1:], "-C", "last"]
    assert arguments.parser().parse_args(words).directory == Path("last")


def test_help_of_a_verb_mentions_that_the_folder_may_follow_it(capsys):
    with pytest.raises(SystemExit):
        arguments.parser().parse_args(["validate", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "-C DIR" in shown
    assert "before or after the verb, the last one applies" in shown


def test_the_cdk_command_line_names_the_output_folder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CDK_OUTDIR", raising=False)
    with pytest.raises(SystemExit):
        arguments.parser().parse_args(["synth"])
    assert "--out" in capsys.readouterr().err
    monkeypatch.setenv("CDK_OUTDIR", "cdk.out")
    assert arguments.parser().parse_args(["synth"]).out == Path("cdk.out")
    assert arguments.parser().parse_args(["synth", "--out", "other"]).out == Path("other")
