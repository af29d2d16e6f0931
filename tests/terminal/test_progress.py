from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from catalog_platform.terminal.progress import Progress, hidden


def printed(run, *, terminal: bool = False, quiet: bool = False) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=120, highlight=False)
    progress = Progress(quiet=quiet, console=console)
    run(progress)
    return stream.getvalue()


def a_step(progress: Progress) -> None:
    with progress.step("deploy [prod]") as show_detail:
        show_detail("stack created")


def test_without_a_terminal_there_are_plain_lines():
    lines = printed(a_step).splitlines()
    assert lines[:2] == ["… deploy [prod]", "  stack created"]
    assert re.fullmatch(r"✓ deploy \[prod\] · \d+\.\d s", lines[2])


def test_on_a_terminal_the_live_line_is_replaced_by_the_outcome():
    shown = printed(a_step, terminal=True)
    assert "stack created" in shown
    assert "0:00:00" in shown
    assert re.search(r"deploy \[prod\] · \d+\.\d s\n", shown)


def test_steps_can_be_nested():
    def run(progress: Progress) -> None:
        with progress.step("outer"), progress.step("inner"):
            progress.note("within")

    for terminal in (False, True):
        shown = printed(run, terminal=terminal)
        assert shown.rindex("inner") < shown.rindex("outer")
        assert "within" in shown


def test_hidden_progress_prints_nothing():
    stream = io.StringIO()
    with hidden():
        a_step(Progress(console=Console(file=stream)))
    assert stream.getvalue() == ""
    a_step(Progress(console=Console(file=stream)))
    assert "deploy" in stream.getvalue()


def test_quiet_progress_prints_nothing():
    assert printed(a_step, quiet=True) == ""


@pytest.mark.parametrize(
    ("error", "word"), [(ValueError, "failed"), (KeyboardInterrupt, "interrupted")]
)
def test_a_failed_step_is_marked_and_the_error_is_not_caught(error, word):
    def run(progress: Progress) -> None:
        with pytest.raises(error), progress.step("feed"):
            raise error

    assert f"{word}: feed" in printed(run)


def test_a_detail_is_never_read_as_markup():
    def run(progress: Progress) -> None:
        with progress.step("x") as show_detail:
            show_detail("[red]not a colour[/]")

    assert "[red]not a colour[/]" in printed(run)
    assert "[red]not a colour[/]" in printed(run, terminal=True)


def test_a_count_shows_how_many_are_done_and_leaves_nothing_behind():
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=80)
    with Progress(quiet=False, console=console).count("environments", 3) as bar:
        bar.advance()
        bar.advance()
        with bar.paused():
            written.write("\nDATA\n")
    shown = written.getvalue()
    assert "environments" in shown
    assert "2/3" in shown
    assert "\nDATA\n" in shown


def test_a_count_prints_nothing_without_a_terminal():
    written = io.StringIO()
    console = Console(file=written, force_terminal=False)
    with Progress(quiet=False, console=console).count("environments", 3) as bar:
        bar.advance()
        with bar.paused():
            pass
    assert written.getvalue() == ""
