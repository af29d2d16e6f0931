"""Functions get what Lambda gives them: no setting, secret or package of the emulator's own.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
from ministack.core import lambda_runtime

# Inherited as they are; everything else of the emulator's environment stays behind.
INHERITED = frozenset({"PATH", "LANG", "TZ", "TMPDIR"})

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
        _ONLY_THESE_PACKAGES.format(folder=str(folder)) + lambda_runtime._PYTHON_WORKER_SCRIPT
    )
    lambda_runtime.subprocess = SimpleNamespace(
        **{name: getattr(subprocess, name) for name in subprocess.__all__} | {"Popen": _spawn}
    )


def handlers_environment(wanted: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """What of `wanted` was set for the function, and not merely inherited from `own`."""
    return {
        name: value for name, value in wanted.items() if name in INHERITED or own.get(name) != value
    }


def _spawn(arguments: Sequence[str], *, env: Mapping[str, str], **options: Any) -> Any:
    return subprocess.Popen(list(arguments), env=handlers_environment(env, os.environ), **options)
