"""The one door to outside programs: an argument list, a hard timeout, a captured tail."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from catalog_platform.errors import ToolError

TAIL_LINES = 40
GRACE_SECONDS = 10.0


def run(
    arguments: Sequence[str | Path],
    *,
    timeout: float,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
    hint: str = "",
    user: int | None = None,
    group: int | None = None,
) -> str:
    """Run a program to its end and return what it printed (stdout and stderr, as one text).

    `timeout` is in seconds and holds for the whole run; the program leads a process group of its
    own, so that nothing it started outlives it. Each line goes to `on_line` as it appears. Root can
    have it run as another `user` and `group` (numbers).

    Raises `ToolError` when the program cannot be started, fails, or takes too long.
    """
    name = Path(str(arguments[0])).name
    try:
        child = subprocess.Popen(
            [str(argument) for argument in arguments],
            cwd=cwd,
            env=None if environment is None else dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )
    except OSError as error:
        raise ToolError(
            f"cannot start {name}: {error.strerror or error}", returncode=None, tail="", hint=hint
        ) from error
    return _wait(child, name, timeout, on_line, hint)


def _wait(
    child: subprocess.Popen[str],
    name: str,
    timeout: float,
    on_line: Callable[[str], None] | None,
    hint: str,
) -> str:
    lines: list[str] = []
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        stop_group(child.pid)

    timer = threading.Timer(timeout, expire)
    timer.start()
    try:
        assert child.stdout is not None  # noqa: S101 - Popen was given PIPE
        with child.stdout:
            for line in child.stdout:
                lines.append(line)
                if on_line is not None:
                    on_line(line.rstrip("\n"))
        returncode = child.wait()
    finally:
        timer.cancel()
        stop_group(child.pid)
        child.wait()
        timer.join()
    tail = "".join(deque(lines, TAIL_LINES)).strip()
    if expired.is_set():
        raise ToolError(
            f"{name} was stopped after {timeout:g} s", returncode=None, tail=tail, hint=hint
        )
    if returncode != 0:
        raise ToolError(
            f"{name} ended with exit code {returncode}",
            returncode=returncode,
            tail=tail,
            hint=hint,
        )
    return "".join(lines)


def stop_group(group: int, *, grace: float = GRACE_SECONDS) -> None:
    """End every process of a group: politely first, by force after `grace` seconds."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGTERM)
        waiting = threading.Event()
        for _ in range(int(grace * 20)):
            waiting.wait(0.05)
            os.killpg(group, 0)
        os.killpg(group, signal.SIGKILL)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Turn SIGTERM into KeyboardInterrupt, so that both unwind through the same `finally`s."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
