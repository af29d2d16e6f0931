"""Run external programs with a timeout, and capture their output."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from catalog_platform import variables
from catalog_platform.errors import ToolError

TAIL_LINES = 40
GRACE_SECONDS = 10.0
POLL_SECONDS = 0.02


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
    """Run a program until it exits and return its output (stdout and stderr combined).

    `timeout` is in seconds. `environment` has all variables of the program, which inherits no
    other; the default is `variables.inherit()`. The program runs in its own process group, which
    is stopped with it, so that its child processes do not outlive it. `on_line` receives each line
    as it is printed. As root, `user` and `group` (numeric ids) run the program as another user.

    Raises `ToolError` if the program cannot be started, fails, or exceeds the timeout.
    """
    name = Path(str(arguments[0])).name
    try:
        child = subprocess.Popen(
            [str(argument) for argument in arguments],
            cwd=cwd,
            env=variables.inherit() if environment is None else dict(environment),
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


class Worker:
    """A program that answers requests, one line each, until it is stopped.

    It has no other variables than `variables.inherit()`, and its own process group. It must end at
    the end of its standard input, so that it does not outlive this process. What it writes to
    stderr is the tail of `ToolError`.
    """

    def __init__(self, arguments: Sequence[str | Path], *, hint: str = "") -> None:
        """Start the program. Raises `ToolError` if that fails."""
        self._name, self._hint = Path(str(arguments[0])).name, hint
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        try:
            self._child = subprocess.Popen(
                [str(argument) for argument in arguments],
                env=variables.inherit(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                start_new_session=True,
            )
        except OSError as error:
            self._errors.close()
            raise self._failed(f"cannot be started: {error.strerror or error}") from error

    def ask(self, request: bytes, *, timeout: float) -> bytes:
        """Send a line and return the line of the answer.

        Raises `ToolError` if the program ends before, or needs longer than `timeout` seconds.
        """
        assert self._child.stdin is not None  # noqa: S101 - Popen was given PIPE
        assert self._child.stdout is not None  # noqa: S101
        timer = threading.Timer(timeout, self._child.kill)
        timer.start()
        try:
            self._child.stdin.write(request + b"\n")
            self._child.stdin.flush()
            answer: bytes = self._child.stdout.readline()
        except (BrokenPipeError, ValueError):  # it has ended, or was stopped
            answer = b""
        finally:
            timer.cancel()
        if not answer.endswith(b"\n"):
            self._child.wait()
            raise self._failed("ended without an answer")
        return answer

    def stop(self, *, grace: float = 0) -> None:
        """Stop the program and what it has started; a thread that waits for an answer gets none.

        It has `grace` seconds to end by itself at the end of its input.
        """
        if grace and self._child.stdin is not None:
            with contextlib.suppress(BrokenPipeError, subprocess.TimeoutExpired):
                self._child.stdin.close()
                self._child.wait(grace)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        # Only now: closing waits for a thread that reads.
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        self._errors.close()

    def _failed(self, what: str) -> ToolError:
        tail = ""
        with contextlib.suppress(ValueError):  # it is closed, perhaps by another thread
            self._errors.seek(0)
            lines = self._errors.read().decode(errors="replace").splitlines()
            tail = "\n".join(lines[-TAIL_LINES:])
        return ToolError(f"{self._name} {what}", returncode=None, tail=tail, hint=self._hint)


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
        _stop(child)

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
        _stop(child)
        timer.join()
    tail = "".join(deque(lines, TAIL_LINES)).strip()
    if expired.is_set():
        raise ToolError(
            f"{name} exceeded its timeout of {timeout:g} s", returncode=None, tail=tail, hint=hint
        )
    if returncode != 0:
        raise ToolError(
            f"{name} failed with exit code {returncode}",
            returncode=returncode,
            tail=tail,
            hint=hint,
        )
    return "".join(lines)


def _stop(child: subprocess.Popen[str]) -> None:
    """Stop a program's process group: SIGTERM first, SIGKILL after `GRACE_SECONDS`."""
    deadline = time.monotonic() + GRACE_SECONDS
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
        while time.monotonic() < deadline:
            # Reap the program itself: as a zombie it would keep its group alive.
            child.poll()
            os.killpg(child.pid, 0)
            time.sleep(POLL_SECONDS)
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Turn SIGTERM into KeyboardInterrupt, so that both run the same `finally` blocks."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
