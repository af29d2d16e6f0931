"""Deploys an assembly with the CDK command line; never synthesises."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack import stack_name
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.process import run
from catalog_platform.workspace import Toolchain

BOOTSTRAP_SECONDS = 180
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
# What lets the CDK ask an emulator on this machine more often than it asks AWS.
FAST_POLLING = Path(__file__).with_name("fast_polling.cjs")
FAILURE = re.compile(r"_FAILED\b|Error:|\b[Ff]ail(ed)?\b|❌|ENOSPC")


def bootstrap(
    toolchain: Toolchain,
    session: Session,
    account: str,
    *,
    on_line: Callable[[str], None] | None = None,
) -> None:
    """Prepare an account and region for deployments; does nothing where that was done before.

    Raises `ToolError`. https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html
    """
    if _bootstrapped(session):
        return
    arguments = ["bootstrap", f"aws://{account}/{session.region}"]
    _cdk(toolchain, session, arguments, timeout=BOOTSTRAP_SECONDS, on_line=on_line)


def deploy(
    toolchain: Toolchain,
    session: Session,
    assembly: Path,
    environment: str,
    *,
    timeout: float,
    on_line: Callable[[str], None] | None = None,
) -> None:
    """Bring an environment's stack to what the assembly says, within `timeout` seconds.

    CloudFormation rolls back by itself when a resource fails; its reason is in the error.

    Raises `PlatformError` when the assembly has no such stack, `ToolError` when it fails.
    """
    stack = stack_name(environment)
    if not (assembly / f"{stack}.template.json").is_file():
        raise PlatformError(
            f"{assembly}: has no stack {stack}",
            hint=f"catalogctl synth {environment} --out {assembly}",
        )
    arguments = ["deploy", stack, "--exclusively", "--require-approval", "never"]
    arguments += ["--app", str(assembly.resolve()), "--progress", "events"]
    _cdk(toolchain, session, arguments, timeout=timeout, on_line=on_line)


def _bootstrapped(session: Session) -> bool:
    """Whether the account was prepared before: it is no harm to do it again, it only takes time."""
    try:
        session.client("ssm").get_parameter(Name=BOOTSTRAP_PARAMETER)
    except (ClientError, BotoCoreError):
        return False
    return True


def _cdk(
    toolchain: Toolchain,
    session: Session,
    arguments: Sequence[str],
    *,
    timeout: float,
    on_line: Callable[[str], None] | None,
) -> None:
    environment = {**session.environment(), "NO_COLOR": "1", "CDK_DISABLE_CLI_TELEMETRY": "true"}
    node = [toolchain.node, *(("--require", FAST_POLLING) if session.on_this_machine else ())]
    command = [*node, toolchain.cdk, *arguments, "--no-notices", "--no-version-reporting"]
    try:
        run(
            [str(part) for part in command],
            timeout=timeout,
            # Away from any cdk.json: what is deployed is named on the command line alone.
            cwd=toolchain.home / "requirements",
            environment=environment,
            on_line=on_line,
        )
    except ToolError as error:
        raise ToolError(
            f"cdk {arguments[0]}: {error.message}",
            returncode=error.returncode,
            tail=_reasons(error.tail),
            hint=error.hint,
        ) from error


def _reasons(tail: str) -> str:
    """The lines that say why, or everything when none does."""
    reasons = [line for line in tail.splitlines() if FAILURE.search(line)]
    return "\n".join(reasons) or tail
