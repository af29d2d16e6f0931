"""Look whether account and region have the bootstrap that the assembly needs.

https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, failed, not_checked, passed


def _run(context: Context) -> Iterator[Result]:
    assembly = context.assembly
    required, parameter = assembly.bootstrap_version, assembly.bootstrap_parameter
    if not required or not parameter:
        yield passed("the assembly requires no bootstrap")
        return
    hint = f"bootstrap it: cdk bootstrap aws://{assembly.account}/{assembly.region}"
    try:
        found = context.calls.call("ssm", "GetParameter", Name=parameter)["Parameter"]["Value"]
    except CallError as error:
        if error.code != "ParameterNotFound":
            raise
        yield failed(
            f"account {assembly.account} is not bootstrapped in {assembly.region}: there is no SSM"
            f" parameter {parameter}",
            hint=hint,
        )
        return
    if not str(found).isdigit():
        yield not_checked(f"SSM parameter {parameter} is no version: {found}")
    elif int(found) < required:
        yield failed(
            f"the bootstrap has version {found}, and version {required} is required", hint=hint
        )
    else:
        yield passed(f"the bootstrap has version {found}, at least {required} is required")


CHECK = Check(
    name="bootstrap",
    looks_at="The version of the CDK's bootstrap, compared with what the assembly requires.",
    blind_to="Whether the bootstrap's roles and bucket were changed or deleted.",
    actions=("ssm:GetParameter",),
    run=_run,
)
