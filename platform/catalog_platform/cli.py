"""`catalogctl`: parse, call one command, turn the outcome into an exit code.

0 clean · 1 findings or an expected failure · 2 usage · 3 a bug in this program · 130 interrupted.
stdout carries data, stderr everything else. This is the only place where exceptions end.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from catalog_platform import __version__, process, report
from catalog_platform.errors import FindingsError, PlatformError, ToolError, UsageError
from catalog_platform.workspace import Workspace

TARGETS = ("aws", "embedded")
FINDINGS, USAGE, BUG, INTERRUPTED = 1, 2, 3, 130

EPILOG = """\
first steps:
  catalogctl validate                          are the manifests sound?
  catalogctl explain prod database.multi_az    why does this key have this value?
  catalogctl render prod                       everything that prod.yaml leads to
  catalogctl demo                              deploy, feed and reconcile on this machine

exit codes: 0 clean · 1 findings or a failure · 2 usage · 3 a bug · 130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `catalogctl` and return its exit code; never raises."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name or arrow must not end a run
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _attempt(arguments)
        sys.stdout.flush()
        return code
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # that one is a reader who has seen enough
            _say(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        _drop_output()
        return FINDINGS


def _attempt(arguments: Sequence[str] | None) -> int:
    chosen: argparse.Namespace | None = None
    try:
        chosen = parser().parse_args(arguments)
        with process.interruptible():
            return _dispatch(chosen)
    except SystemExit as leaving:  # argparse: --help, --version and usage errors
        return leaving.code if isinstance(leaving.code, int) else USAGE
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except FindingsError as error:
        sys.stdout.write(report.render(error.findings, getattr(chosen, "format", "text")))
        return FINDINGS
    except PlatformError as error:
        return _explain(error)
    except OSError:
        raise
    except Exception as error:
        _say(f"bug: {type(error).__name__}: {error} (traceback in {_keep_traceback(chosen)})")
        return BUG


def _drop_output() -> None:
    # What is still buffered would fail once more, with a traceback, when Python ends.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(chosen: argparse.Namespace) -> int:
    options = vars(chosen).copy()
    folder, verb, action = options.pop("directory"), options.pop("verb"), "run"
    quiet = options.pop("quiet")
    if verb == "local":
        action = options.pop("action")
    if not folder.is_dir():
        raise UsageError(f"-C {folder}: no such folder")
    workspace = Workspace.find(folder)
    command = importlib.import_module(f"catalog_platform.commands.{verb}")
    with _silence() if quiet else contextlib.nullcontext():
        code: int = getattr(command, action)(workspace, **options)
    return code


def _silence() -> contextlib.AbstractContextManager[None]:
    from catalog_platform.report import progress  # slow to load, and most verbs show none

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


def parser() -> argparse.ArgumentParser:
    """The command line. Every option's name is the name of the command's keyword argument."""
    top = argparse.ArgumentParser(
        prog="catalogctl",
        description="Environment manifests in, deployed and verified product catalogs out.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"catalogctl {__version__}")
    top.add_argument(
        "-C",
        dest="directory",
        metavar="DIR",
        type=Path,
        default=Path(),
        help="the repository to work on (default: found upward from the working folder)",
    )
    top.add_argument("-q", "--quiet", action="store_true", help="show no progress")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    _add_manifest_verbs(verbs)
    _add_assembly_verbs(verbs)
    _add_release_verbs(verbs)
    _add_repair_verbs(verbs)
    _add_local(verbs)
    return top


Verbs = argparse._SubParsersAction  # the name argparse gives it; there is no public one


def _verb(verbs: Verbs[argparse.ArgumentParser], name: str, does: str) -> argparse.ArgumentParser:
    return verbs.add_parser(name, help=does, description=does, allow_abbrev=False)


def _format(verb: argparse.ArgumentParser, *choices: str) -> None:
    verb.add_argument("--format", choices=choices, default=choices[0], help="of what is printed")


def _names(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("names", metavar="ENV", nargs="*", help="environments (default: all)")


def _name(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("name", metavar="ENV", help="environment: a file in environments/")


def _add_manifest_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    validate = _verb(verbs, "validate", "check manifests; print every finding with its line")
    _names(validate)
    _format(validate, "text", "json", "sarif", "github")
    render = _verb(verbs, "render", "print the resolved manifest of an environment")
    _name(render)
    _format(render, "yaml", "json")
    render.add_argument("--origins", action="store_true", help="add file:line to every value")
    explain = _verb(verbs, "explain", "tell how a key came by its value, and what it means")
    _name(explain)
    explain.add_argument("key", metavar="KEY", help="for example database.multi_az")
    compare = _verb(verbs, "compare", "tell how two environments differ, by section")
    compare.add_argument("left", metavar="ENV", help="environment: a file in environments/")
    compare.add_argument("right", metavar="ENV", help="the other one")
    _format(compare, "text", "json")
    compare.add_argument(
        "--strict", action="store_true", help="fail on a difference that is not declared"
    )
    new = _verb(verbs, "new", "write the manifest of a new environment")
    new.add_argument("name", metavar="ENV", help="how it will be called")
    new.add_argument(
        "--from", dest="source", metavar="ENV", required=True, help="the one that it starts from"
    )
    new.add_argument("--account", metavar="DIGITS", help="AWS account (default: the same)")
    _verb(verbs, "docs", "write the reference pages in docs/ that are made from the code")
    _verb(verbs, "schema", "print the JSON Schema that editors use for manifests")


def _add_assembly_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    synth = _verb(verbs, "synth", "write a cloud assembly with one stack per environment")
    _names(synth)
    synth.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to")
    synth.add_argument(
        "--target",
        type=_target,
        metavar="{aws,embedded}",
        default=os.environ.get("CATALOGCTL_TARGET") or None,
        help="deploy target (default: $CATALOGCTL_TARGET, else what the manifest says)",
    )
    scan = _verb(verbs, "scan", "hold the assembly against the policies")
    _names(scan)
    scan.add_argument(
        "--assembly", type=Path, metavar="DIR", help="scan this one (default: synthesise first)"
    )
    _format(scan, "text", "json", "sarif")
    scan.add_argument(
        "--output", type=Path, metavar="FILE", help="write to a file instead of stdout"
    )


def _add_release_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    deploy = _verb(verbs, "deploy", "deploy the assembly of an environment")
    _name(deploy)
    deploy.add_argument(
        "--assembly", type=Path, metavar="DIR", help="deploy this one (default: synthesise first)"
    )
    verify = _verb(verbs, "verify", "send updates through a deployed environment and reconcile")
    _name(verify)
    _add_feed(verify)
    verify.add_argument("--seed", type=int, default=0, help="of the generated updates")
    rehearse = _verb(verbs, "rehearse", "try a change out on an embedded AWS, with a rollback")
    _name(rehearse)
    rehearse.add_argument(
        "--base", default="HEAD", metavar="REF", help="what the change is made to (default: HEAD)"
    )
    rehearse.add_argument(
        "--updates", type=_count, default=2000, metavar="N", help="put before the change"
    )
    rehearse.add_argument("--out", type=Path, metavar="DIR", help="write both reports there, too")
    _format(rehearse, "markdown", "json")
    demo = _verb(verbs, "demo", "validate, synth, scan, deploy, feed, reconcile: on this machine")
    _add_feed(demo)


def _add_repair_verbs(verbs: Verbs[argparse.ArgumentParser]) -> None:
    replay = _verb(verbs, "replay", "put dead letters on the stream again, once they can succeed")
    _name(replay)
    for option, does in (("since", "arrived at or after"), ("until", "arrived before")):
        replay.add_argument(
            f"--{option}", metavar="TIME", help=f"{does}: an age (90m, 36h, 7d), or RFC 3339"
        )
    replay.add_argument(
        "--reason",
        dest="reasons",
        metavar="REASON",
        action="append",
        default=[],
        help="only these: unknown-version, RetryAttemptsExhausted, … (may be repeated)",
    )
    replay.add_argument(
        "--range",
        dest="span",
        metavar="SHARD:FIRST-LAST",
        help="records of the stream itself, by sequence numbers, instead of the dead letters",
    )
    replay.add_argument("--dry-run", action="store_true", help="only tell what would be done")
    _format(replay, "text", "json")
    _name(_verb(verbs, "warm", "fill the cache of a deployed environment from its database"))


def _add_feed(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--updates", type=_count, default=5000, metavar="N", help="how many")
    verb.add_argument("--malformed", type=_count, default=25, metavar="N", help="of them broken")


def _target(text: str) -> str:
    # As a type, not as choices: argparse holds only types against a default that is text.
    if text not in TARGETS:
        raise argparse.ArgumentTypeError(f"'{text}' is not one of: {', '.join(TARGETS)}")
    return text


def _count(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1
    if number < 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 to 999999999")
    return number


def _add_local(verbs: Verbs[argparse.ArgumentParser]) -> None:
    local = _verb(verbs, "local", "run the embedded AWS on this machine")
    actions = local.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, does in (
        ("up", "start the embedded AWS and deploy an environment to it"),
        ("down", "stop it"),
        ("status", "tell whether it runs, and where"),
        ("logs", "print what it has logged"),
    ):
        action = _verb(actions, name, does)
        if name in ("up", "status"):
            _format(action, "text", "json")
        if name == "up":
            action.add_argument("--env", default="local", metavar="ENV", help="default: local")
            action.add_argument("--fresh", action="store_true", help="forget the earlier state")
        if name == "down":
            action.add_argument("--discard", action="store_true", help="and remove its data")
        if name == "logs":
            action.add_argument("-f", "--follow", action="store_true", help="keep printing")
