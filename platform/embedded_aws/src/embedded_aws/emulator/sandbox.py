"""Run functions in an environment like Lambda's, without the emulator's settings and packages.

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

from embedded_aws.emulator import database_tokens

# Inherited from the emulator; all of its other variables are removed.
INHERITED = frozenset({"PATH", "LANG", "TZ", "TMPDIR", "AWS_SESSION_TOKEN"})

# Packages of Lambda's Python runtime.
RUNTIME_PACKAGES = (
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "s3transfer",
    "six.py",
    "urllib3",
)

ERROR_KEY = "__raised_by_the_handler__"
ERROR_REPORT = 'json.dumps({"status": "error", "error": str(e), "trace": traceback.format_exc()})'
ERROR_AS_RESULT = (
    f'json.dumps({{"status": "ok", "result": {{"{ERROR_KEY}": {{"error": str(e), '
    '"type": type(e).__name__, "trace": traceback.format_exc()}}})'
)

# Called before each start of a worker.
before_start: list[Callable[[], None]] = []

_ONLY_THESE_PACKAGES = """
import sys
sys.path[:] = [p for p in sys.path if not p.endswith("site-packages")] + [{folder!r}]
"""


def install(scratch: Path) -> None:
    """Start workers with a clean environment and search path from now on.

    `scratch` gets a folder of links to the packages of the Lambda runtime.
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
    _reuse_workers_after_errors()
    lambda_runtime.subprocess = SimpleNamespace(
        **{name: getattr(subprocess, name) for name in subprocess.__all__} | {"Popen": _spawn}
    )


def _reuse_workers_after_errors() -> None:
    """Keep the process of a handler that raises, with its initialised state, as on AWS.

    The emulator would end it. So the worker reports the error as a result, which is converted back
    to an error after the worker has been returned to the pool.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if ERROR_REPORT not in script:
        raise SystemExit(f"the workers of this ministack do not report errors with {ERROR_REPORT}")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(ERROR_REPORT, ERROR_AS_RESULT)
    original = lambda_svc._execute_function_warm

    def execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        result: dict[str, Any] = original(func, event, request_id)
        body = result.get("body")
        if not isinstance(body, dict) or ERROR_KEY not in body:
            return result
        raised = body[ERROR_KEY]
        return {
            "body": {"errorMessage": raised["error"], "errorType": raised["type"]},
            "error": True,
            "log": "\n".join(filter(None, [result.get("log", ""), raised["trace"]])),
        }

    lambda_svc._execute_function_warm = execute


def function_environment(environment: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that were set for the function, not inherited from `own`."""
    return {
        name: value
        for name, value in environment.items()
        if name in INHERITED or own.get(name) != value
    }


def _spawn(arguments: Sequence[str], *, env: Mapping[str, str], **options: Any) -> Any:
    for prepare in before_start:
        prepare()
    return subprocess.Popen(list(arguments), env=function_environment(env, os.environ), **options)
