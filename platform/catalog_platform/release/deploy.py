"""Deploy an assembly with the CDK CLI, without synthesising."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack import stack_name
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.process import run
from catalog_platform.workspace import Toolchain

BOOTSTRAP_SECONDS = 180
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
# With this script, the CDK polls an emulator on this machine more often than AWS.
FAST_POLLING = Path(__file__).with_name("fast_polling.cjs")
# Hides ~/.cdk.json from the CDK.
PRIVATE_HOME = Path(__file__).with_name("private_home.cjs")
FAILURE = re.compile(r"_FAILED\b|Error:|\b[Ff]ail(ed)?\b|❌|ENOSPC")


def bootstrap(
    toolchain: Toolchain,
    session: Session,
    account: str,
    *,
    on_line: Callable[[str], None] | None = None,
) -> None:
    """Bootstrap an account and region, unless they are bootstrapped already.

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
    change_set: str | None = None,
    on_line: Callable[[str], None] | None = None,
) -> None:
    """Deploy an environment's stack from the assembly within `timeout` seconds.

    `change_set` is the name of the change set (default: that of the CDK). CloudFormation rolls back
    when a resource fails; the error contains its reason.

    Raises `PlatformError` when the assembly has no such stack, `ToolError` when the CDK fails.
    """
    stack = stack_name(environment)
    if not (assembly / f"{stack}.template.json").is_file():
        raise PlatformError(
            f"{assembly}: no stack {stack}",
            hint=f"synthesise it: catalogctl synth {environment} --out {assembly}",
        )
    arguments = ["deploy", stack, "--exclusively", "--require-approval", "never"]
    arguments += ["--app", str(assembly.resolve()), "--progress", "events"]
    # A deleted stack leaves its log groups and its backup vault, which have fixed names. A stack
    # that is created again imports them instead of failing because they exist.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
    arguments.append("--import-existing-resources")
    arguments += ["--change-set-name", change_set] if change_set else []
    with _without_archives(assembly):
        _cdk(toolchain, session, arguments, timeout=timeout, on_line=on_line)


@contextlib.contextmanager
def _without_archives(assembly: Path) -> Iterator[None]:
    """Remove the archives of assets that the CDK leaves in the assembly.

    They would change the digest, so the assembly could not be deployed again. The digest can't
    leave them out: the CDK would upload an archive that somebody has put there.
    """
    archives = assembly / ".cache"
    existed = archives.exists()
    try:
        yield
    finally:
        if not existed:
            shutil.rmtree(archives, ignore_errors=True)


def _bootstrapped(session: Session) -> bool:
    """Return whether the account is bootstrapped; False also when AWS cannot be reached."""
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
    failures: list[str] = []

    def read(line: str) -> None:
        # Kept here because the end of the output can consist of the rollback only.
        if FAILURE.search(line):
            failures.append(line)
        if on_line is not None:
            on_line(line)

    scripts = (PRIVATE_HOME, *((FAST_POLLING,) if session.on_this_machine else ()))
    node = [toolchain.node, *(word for script in scripts for word in ("--require", script))]
    command = [*node, toolchain.cdk, *arguments, "--no-notices", "--no-version-reporting"]
    try:
        with tempfile.TemporaryDirectory(prefix="catalogctl-", ignore_cleanup_errors=True) as home:
            run(
                [str(part) for part in command],
                timeout=timeout,
                # Without cdk.json here and in the home folder, only these arguments configure
                # the CDK.
                cwd=Path(home),
                environment={
                    **session.environment(),
                    "NO_COLOR": "1",
                    "CDK_DISABLE_CLI_TELEMETRY": "true",
                    "CDK_HOME": home,
                },
                on_line=read,
            )
    except ToolError as error:
        raise ToolError(
            f"cdk {arguments[0]}: {error.message}",
            returncode=error.returncode,
            tail="\n".join(failures) or error.tail,
            hint=error.hint,
        ) from error
