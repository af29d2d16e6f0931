"""The `catalogctl` command line: parse, call one command, return its exit code.

0 success · 1 findings or an expected failure · 2 usage · 3 a bug in this program · 130 interrupted.
Data goes to stdout, everything else to stderr. Unexpected
exceptions are caught here: the user gets one line, and a file gets the traceback.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog_platform import arguments, process, report, stages, variables
from catalog_platform.errors import FindingsError, PlatformError, ToolError, UsageError
from catalog_platform.workspace import Workspace

FINDINGS, USAGE, BUG, INTERRUPTED = 1, 2, 3, 130


def main(line: Sequence[str] | None = None) -> int:
    """Run `catalogctl` and return its exit code. Never raises."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # an unencodable character must not fail a run
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(line)
        sys.stdout.flush()
        return code
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # a broken pipe: the reader has stopped
            _print_error(
                f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
            )
        _drop_output()
        return FINDINGS


def _run(line: Sequence[str] | None) -> int:
    chosen: argparse.Namespace | None = None
    try:
        chosen = arguments.parser().parse_args(line)
        with process.interruptible():
            return _dispatch(chosen)
    except SystemExit as leaving:  # argparse: --help, --version and usage errors
        return leaving.code if isinstance(leaving.code, int) else USAGE
    except KeyboardInterrupt:
        _print_error("interrupted")
        return INTERRUPTED
    except PlatformError as error:
        return _report_error(error)
    except OSError:
        raise
    except Exception as error:
        traceback_file = _save_traceback(chosen)
        _print_error(f"bug: {type(error).__name__}: {error} (traceback in {traceback_file})")
        return BUG


def _open_closed_streams() -> None:
    # The shell's `>&-` closes a stream. The next opened file would get its descriptor, and
    # messages would be written into that file. So each closed stream is opened on /dev/null.
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


def _drop_output() -> None:
    # Otherwise Python flushes the buffer again at exit, and prints a second traceback.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(chosen: argparse.Namespace) -> int:
    variables.check_folders()
    folder: Path = chosen.directory
    try:
        is_folder = folder.is_dir()
    except OSError as error:
        raise UsageError(f"-C {folder}: {error.strerror}") from error
    if not is_folder:
        raise UsageError(f"-C {folder}: no such folder")
    workspace = Workspace.find(folder)
    with (
        _hidden_progress() if chosen.quiet else contextlib.nullcontext(),
        _profiled() if chosen.profile else contextlib.nullcontext(),
    ):
        try:
            code: int = chosen.run(workspace, chosen)
        except FindingsError as error:
            sys.stdout.write(_report(error, workspace, getattr(chosen, "format", "text")))
            return FINDINGS
    return code


def _report(error: FindingsError, workspace: Workspace, chosen: str) -> str:
    from catalog_platform.manifest import Manifests

    return report.render(error.findings, chosen, Manifests(workspace))


def _hidden_progress() -> contextlib.AbstractContextManager[None]:
    from catalog_platform.terminal import progress

    return progress.hidden()


@contextlib.contextmanager
def _profiled() -> Iterator[None]:
    # Imported here, because only a profile needs it.
    import psutil

    start = stages.Times(1, time.time() - psutil.Process().create_time(), time.process_time())
    times: dict[str, stages.Times] = {}
    try:
        with stages.recorded("other") as times:
            yield
    finally:
        times["start"] = start
        print(stages.table(times), end="", file=sys.stderr)


def _report_error(error: PlatformError) -> int:
    _print_error(error.message)
    if isinstance(error, ToolError) and error.tail:
        print(error.tail, file=sys.stderr)
    if error.hint:
        _print_error(f"hint: {error.hint}")
    return USAGE if isinstance(error, UsageError) else FINDINGS


def _print_error(line: str) -> None:
    with contextlib.suppress(OSError):
        print(f"catalogctl: {line}", file=sys.stderr)


def _save_traceback(chosen: argparse.Namespace | None) -> Path:
    text = traceback.format_exc()
    with contextlib.suppress(OSError, PlatformError):
        build = Workspace.find(chosen.directory if chosen else Path()).build
        build.mkdir(exist_ok=True)
        log = build / "catalogctl-bug.log"
        log.write_text(text, encoding="utf-8")
        return log
    with tempfile.NamedTemporaryFile(
        "w", prefix="catalogctl-bug-", suffix=".log", delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    return Path(file.name)
