"""`catalogctl`: parse, call one command, turn the outcome into an exit code.

0 clean · 1 findings or an expected failure · 2 usage · 3 a bug in this program · 130 interrupted.
stdout carries data, stderr everything else. This is the only place where exceptions end.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from catalog_platform import arguments, process, report
from catalog_platform.errors import FindingsError, PlatformError, ToolError, UsageError
from catalog_platform.workspace import Workspace

FINDINGS, USAGE, BUG, INTERRUPTED = 1, 2, 3, 130


def main(line: Sequence[str] | None = None) -> int:
    """Run `catalogctl` and return its exit code; never raises."""
    _stand_in_for_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name or arrow must not end a run
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _attempt(line)
        sys.stdout.flush()
        return code
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # that one is a reader who has seen enough
            _say(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        _drop_output()
        return FINDINGS


def _attempt(line: Sequence[str] | None) -> int:
    chosen: argparse.Namespace | None = None
    try:
        chosen = arguments.parser().parse_args(line)
        with process.interruptible():
            return _dispatch(chosen)
    except SystemExit as leaving:  # argparse: --help, --version and usage errors
        return leaving.code if isinstance(leaving.code, int) else USAGE
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except PlatformError as error:
        return _explain(error)
    except OSError:
        raise
    except Exception as error:
        _say(f"bug: {type(error).__name__}: {error} (traceback in {_keep_traceback(chosen)})")
        return BUG


def _stand_in_for_closed_streams() -> None:
    # Closed by `>&-`, its number would go to the next file that is opened; what is printed for
    # nobody to see would end up in there, and words on stderr among the data.
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


def _drop_output() -> None:
    # What is still buffered would fail once more, with a traceback, when Python ends.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(chosen: argparse.Namespace) -> int:
    folder: Path = chosen.directory
    try:
        is_folder = folder.is_dir()
    except OSError as error:
        raise UsageError(f"-C {folder}: {error.strerror}") from error
    if not is_folder:
        raise UsageError(f"-C {folder}: no such folder")
    workspace = Workspace.find(folder)
    with _silence() if chosen.quiet else contextlib.nullcontext():
        try:
            code: int = chosen.run(workspace, chosen)
        except FindingsError as error:
            sys.stdout.write(_report(error, workspace, getattr(chosen, "format", "text")))
            return FINDINGS
    return code


def _report(error: FindingsError, workspace: Workspace, chosen: str) -> str:
    from catalog_platform.manifest import Manifests

    return report.render(error.findings, chosen, Manifests(workspace))


def _silence() -> contextlib.AbstractContextManager[None]:
    from catalog_platform.terminal import progress

    return progress.silence()


def _explain(error: PlatformError) -> int:
    _say(error.message)
    if isinstance(error, ToolError) and error.tail:
        print(error.tail, file=sys.stderr)
    if error.hint:
        _say(f"hint: {error.hint}")
    return USAGE if isinstance(error, UsageError) else FINDINGS


def _say(line: str) -> None:
    with contextlib.suppress(OSError):
        print(f"catalogctl: {line}", file=sys.stderr)


def _keep_traceback(chosen: argparse.Namespace | None) -> Path:
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
