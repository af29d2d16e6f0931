"""Functions get what Lambda gives them: no setting, secret or package of the emulator's own.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from catalog_platform.local.emulator import database_tokens

# Inherited as they are; everything else of the emulator's environment stays behind.
INHERITED = frozenset({"PATH", "LANG", "TZ", "TMPDIR", "AWS_SESSION_TOKEN"})

# What Lambda's Python runtime offers besides the function's own bundle.
RUNTIME_PACKAGES = (
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "s3transfer",
    "six.py",
    "urllib3",
)

RAISED = "__raised_by_the_handler__"
REPORT = 'json.dumps({"status": "error", "error": str(e), "trace": traceback.format_exc()})'
REPORT_AS_ANSWER = (
    f'json.dumps({{"status": "ok", "result": {{"{RAISED}": {{"error": str(e), '
    '"type": type(e).__name__, "trace": traceback.format_exc()}}})'
)

# What is done each time before a worker starts.
before_start: list[Callable[[], None]] = []

_ONLY_THESE_PACKAGES = """
import sys
sys.path[:] = [p for p in sys.path if not p.endswith("site-packages")] + [{folder!r}]
"""


def install(scratch: Path) -> None:
    """From now on, workers start with a clean environment and search path.

    `scratch` is a folder for links to the packages that the runtime offers.
    """
    folder = scratch / "runtime"
    folder.mkdir(exist_ok=True)
    site = Path(boto3.__file__).parent.parent
    for name in RUNTIME_PACKAGES:
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(site / name)
    lambda_runtime._PYTHON_WORKER_SCRIPT = (
        _ONLY_THESE_PACKAGES.format(folder=str(folder))
        + database_tokens.WORKER
        + lambda_runtime._PYTHON_WORKER_SCRIPT
    )
    _keep_workers_that_raised()
    lambda_runtime.subprocess = SimpleNamespace(
        **{name: getattr(subprocess, name) for name in subprocess.__all__} | {"Popen": _spawn}
    )


def _keep_workers_that_raised() -> None:
    """A handler that raises keeps its process and what it has initialised, as on AWS.

    The emulator ends it. So the worker reports what was raised as an answer, and it becomes an
    error again only when the worker has been given back.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if REPORT not in script:
        raise SystemExit(f"this ministack's workers do not report errors as {REPORT}")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(REPORT, REPORT_AS_ANSWER)
    stock = lambda_svc._execute_function_warm

    def execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        result: dict[str, Any] = stock(func, event, request_id)
        body = result.get("body")
        if not isinstance(body, dict) or RAISED not in body:
            return result
        raised = body[RAISED]
        return {
            "body": {"errorMessage": raised["error"], "errorType": raised["type"]},
            "error": True,
            "log": "\n".join(filter(None, [result.get("log", ""), raised["trace"]])),
        }

    lambda_svc._execute_function_warm = execute


def handlers_environment(wanted: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """What of `wanted` was set for the function, and not merely inherited from `own`."""
    return {
        name: value for name, value in wanted.items() if name in INHERITED or own.get(name) != value
    }


def _spawn(arguments: Sequence[str], *, env: Mapping[str, str], **options: Any) -> Any:
    for prepare in before_start:
        prepare()
    return subprocess.Popen(list(arguments), env=handlers_environment(env, os.environ), **options)
