"""Show the progress of a command on stderr; stdout is for data."""

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

MAX_DETAIL_LENGTH = 120
_HIDDEN: ContextVar[bool] = ContextVar("hidden", default=False)


@contextlib.contextmanager
def hidden() -> Iterator[None]:
    """Make every `Progress` that is created inside quiet by default."""
    before = _HIDDEN.set(True)
    try:
        yield
    finally:
        _HIDDEN.reset(before)


class Bar:
    """A progress bar on a terminal; does nothing elsewhere."""

    def __init__(self, display: Display | None, task: TaskID | None) -> None:
        self._display = display
        self._task = task

    def advance(self) -> None:
        """Count one more item as done."""
        if self._display is not None and self._task is not None:
            self._display.advance(self._task)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Hide the bar while other output is printed."""
        if self._display is None:
            yield
            return
        self._display.stop()
        yield
        self._display.start()


class Progress:
    """Show steps with their elapsed time: a live line on a terminal, plain lines elsewhere."""

    def __init__(self, *, quiet: bool | None = None, console: Console | None = None) -> None:
        self._quiet = _HIDDEN.get() if quiet is None else quiet
        self._console = console or Console(file=sys.stderr, highlight=False, emoji=False)

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """Show a step while it runs; the yielded function shows a detail of it.

        At the end of the block, prints the duration, and whether the step is done, failed or was
        interrupted. Exceptions are not caught.
        """
        started = time.monotonic()
        outcome = "failed"
        try:
            with self._live(title) as show_detail:
                yield show_detail
            outcome = "done"
        except KeyboardInterrupt:
            outcome = "interrupted"
            raise
        finally:
            self._line(f"{_mark(outcome)} {escape(title)} · {time.monotonic() - started:.1f} s")

    @contextlib.contextmanager
    def count(self, title: str, total: int) -> Iterator[Bar]:
        """Show a bar of `total` items on a terminal; show nothing elsewhere."""
        if self._quiet or not self._console.is_terminal:
            yield Bar(None, None)
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        # Otherwise rich redirects stdout to the console of the bar, which is stderr.
        with Display(
            *columns,
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            redirect_stdout=False,
        ) as shown:
            yield Bar(shown, shown.add_task(escape(title), total=total))

    def note(self, line: str) -> None:
        """Print a separate line, between or within steps."""
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
    return detail.strip().rsplit("\n", 1)[-1][:MAX_DETAIL_LENGTH]


def _mark(outcome: str) -> str:
    return {"done": "[green]✓[/green]", "failed": "[red]✗ failed:[/red]"}.get(
        outcome, "[yellow]■ interrupted:[/yellow]"
    )
