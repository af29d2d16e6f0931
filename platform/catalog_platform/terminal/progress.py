"""What a long command is doing, on stderr, so that stdout stays data."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Display

LONGEST_DETAIL = 120
_SILENT: ContextVar[bool] = ContextVar("silent", default=False)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Every `Progress` made inside says nothing, unless it is told otherwise."""
    before = _SILENT.set(True)
    try:
        yield
    finally:
        _SILENT.reset(before)


class Bar:
    """A progress bar, or nothing where it could not be seen."""

    def __init__(self, display: Display | None, task: TaskID | None) -> None:
        self._display = display
        self._task = task

    def advance(self) -> None:
        """One more is done."""
        if self._display is not None and self._task is not None:
            self._display.advance(self._task)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bar away while something is printed, to the same terminal perhaps."""
        if self._display is None:
            yield
            return
        self._display.stop()
        yield
        self._display.start()


class Progress:
    """Steps with their elapsed time: one live line on a terminal, plain lines anywhere else."""

    def __init__(self, *, quiet: bool | None = None, console: Console | None = None) -> None:
        self._quiet = _SILENT.get() if quiet is None else quiet
        self._console = console or Console(file=sys.stderr, highlight=False, emoji=False)

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """Show a step while it runs; the function handed out tells what it is at.

        When the block is left the step's line says how long it took and whether it was done,
        failed or was interrupted. Exceptions pass through.
        """
        started = time.monotonic()
        outcome = "failed"
        try:
            with self._live(title) as tell:
                yield tell
            outcome = "done"
        except KeyboardInterrupt:
            outcome = "interrupted"
            raise
        finally:
            self._line(f"{_mark(outcome)} {escape(title)} · {time.monotonic() - started:.1f} s")

    @contextlib.contextmanager
    def count(self, title: str, total: int) -> Iterator[Bar]:
        """Show how many of `total` things are done; nothing anywhere but on a terminal."""
        if self._quiet or not self._console.is_terminal:
            yield Bar(None, None)
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        # Data goes to stdout as it is: rich would send it where the bar is.
        with Display(
            *columns,
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            redirect_stdout=False,
        ) as shown:
            yield Bar(shown, shown.add_task(escape(title), total=total))

    def note(self, line: str) -> None:
        """Print a line of its own, between or within steps."""
        self._line(f"  {escape(line)}")

    @contextlib.contextmanager
    def _live(self, title: str) -> Iterator[Callable[[str], None]]:
        if self._quiet or not self._console.is_terminal:
            self._line(f"… {escape(title)}")
            yield lambda detail: self.note(detail)
            return
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[detail]}[/dim]"),
        )
        with Display(*columns, console=self._console, transient=True) as shown:
            task = shown.add_task(escape(title), total=None, detail="")
            yield lambda detail: shown.update(task, detail=escape(_last_line(detail)))

    def _line(self, text: str) -> None:
        if not self._quiet:
            self._console.print(text, soft_wrap=True)


def _last_line(detail: str) -> str:
    return detail.strip().rsplit("\n", 1)[-1][:LONGEST_DETAIL]


def _mark(outcome: str) -> str:
    return {"done": "[green]✓[/green]", "failed": "[red]✗ failed:[/red]"}.get(
        outcome, "[yellow]■ interrupted:[/yellow]"
    )
