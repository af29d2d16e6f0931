from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from catalog_platform.terminal.progress import Progress, silence


def printed(act, *, terminal: bool = False, quiet: bool = False) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=120, highlight=False)
    progress = Progress(quiet=quiet, console=console)
    act(progress)
    return stream.getvalue()


def a_step(progress: Progress) -> None:
    with progress.step("deploy [prod]") as tell:
        tell("stack created")


def test_without_a_terminal_there_are_plain_lines():
    lines = printed(a_step).splitlines()
    assert lines[:2] == ["… deploy [prod]", "  stack created"]
    assert re.fullmatch(r"✓ deploy \[prod\] · \d+\.\d s", lines[2])


def test_on_a_terminal_one_line_lives_and_the_outcome_stays():
    shown = printed(a_step, terminal=True)
    assert "stack created" in shown
    assert "0:00:00" in shown
    assert re.search(r"deploy \[prod\] · \d+\.\d s\n", shown)


def test_steps_may_stand_within_steps():
    def act(progress: Progress) -> None:
        with progress.step("outer"), progress.step("inner"):
            progress.note("within")

    for terminal in (False, True):
        shown = printed(act, terminal=terminal)
        assert shown.rindex("inner") < shown.rindex("outer")
        assert "within" in shown


def test_where_silence_is_kept_nothing_is_said():
    stream = io.StringIO()
    with silence():
        a_step(Progress(console=Console(file=stream)))
    assert stream.getvalue() == ""
    a_step(Progress(console=Console(file=stream)))
    assert "deploy" in stream.getvalue()


def test_quiet_says_nothing():
    assert printed(a_step, quiet=True) == ""


@pytest.mark.parametrize(
    ("error", "word"), [(ValueError, "failed"), (KeyboardInterrupt, "interrupted")]
)
def test_a_step_that_does_not_end_well_says_so_and_lets_the_error_through(error, word):
    def act(progress: Progress) -> None:
        with pytest.raises(error), progress.step("feed"):
            raise error

    assert f"{word}: feed" in printed(act)


def test_a_detail_is_never_read_as_markup():
    def act(progress: Progress) -> None:
        with progress.step("x") as tell:
            tell("[red]not a colour[/]")

    assert "[red]not a colour[/]" in printed(act)
    assert "[red]not a colour[/]" in printed(act, terminal=True)


def test_a_count_shows_how_many_are_done_and_leaves_nothing_behind():
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with Progress(quiet=False, console=console).count("environments", 3) as bar:
        bar.advance()
        bar.advance()
        with bar.aside():
            console.file.write("\nDATA\n")
    shown = console.file.getvalue()
    assert "environments" in shown
    assert "2/3" in shown
    assert "\nDATA\n" in shown


def test_a_count_says_nothing_where_nobody_watches():
    console = Console(file=io.StringIO(), force_terminal=False)
    with Progress(quiet=False, console=console).count("environments", 3) as bar:
        bar.advance()
        with bar.aside():
            pass
    assert console.file.getvalue() == ""
