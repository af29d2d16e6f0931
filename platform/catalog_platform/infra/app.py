"""Synthesise manifests into one cloud assembly and replace the previous one atomically."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import App
from jsii.errors import JavaScriptError

from catalog_platform.bundle import Bundles
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.infra import bundle_files, nodejs
from catalog_platform.infra.catalog_stack import CatalogStack
from catalog_platform.model import Manifest

nodejs.wait()
nodejs.mute_stderr_at_exit()

# The flags are set in code, so that tests, synthesis and deployment use the same ones. The CDK
# reads cdk.json only in its CLI. https://docs.aws.amazon.com/cdk/v2/guide/featureflags.html
FEATURE_FLAGS: dict[str, object] = {
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/aws-kms:aliasNameRef": True,
    "@aws-cdk/aws-kms:reduceCrossAccountRegionPolicyScope": True,
    "@aws-cdk/aws-lambda:recognizeLayerVersion": True,
    "@aws-cdk/aws-rds:preventRenderingDeprecatedCredentials": True,
    "@aws-cdk/aws-rds:setCorrectValueForDatabaseInstanceReadReplicaInstanceResourceId": True,
    "@aws-cdk/aws-s3:createDefaultLoggingPolicy": True,
    "@aws-cdk/aws-s3:publicAccessBlockedByDefault": True,
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "@aws-cdk/aws-secretsmanager:useAttachedSecretResourcePolicyForSecretTargetAttachments": True,
    "@aws-cdk/core:checkSecretUsage": True,
    "@aws-cdk/core:enablePartitionLiterals": True,
    "@aws-cdk/core:target-partitions": ["aws", "aws-cn"],
    "@aws-cdk/core:validateSnapshotRemovalPolicy": True,
    # The CDK would copy all bundles, which `bundle_files` links.
    "aws:cdk:disable-asset-staging": True,
    # Stack traces of constructs are not needed in an assembly.
    "aws:cdk:disable-creation-stack-traces": True,
}

# The CDK command line locks the folder that its app writes to.
CDK_LOCK = "synth.lock"


def synthesise(environments: Mapping[str, tuple[Manifest, Bundles]], out: Path) -> Path:
    """Write one assembly with a stack `catalog-<name>` per environment to `out`, and return `out`.

    A previous assembly at `out` is replaced on success and left unchanged on failure. Raises
    `UsageError` if `out` contains anything else, and `PlatformError` if the CDK fails.
    """
    _check_replaceable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        app = App(
            outdir=str(staging / "new"),
            context=FEATURE_FLAGS,
            analytics_reporting=False,
            performance_reporting=False,
            stack_traces=False,
            # The policy checks run the same engine natively, some seconds faster.
            builtin_cloud_formation_validation=False,
        )
        for manifest, bundles in environments.values():
            CatalogStack(app, manifest, bundles)
        app.synth()
        bundle_files.add(staging / "new")
        _replace(out, staging / "new", previous=staging / "old")
    except RuntimeError as error:
        if not isinstance(error.__cause__, JavaScriptError):
            raise
        reason = str(error).strip().partition("\n")[0]
        raise PlatformError(
            f"the CDK cannot synthesise {', '.join(environments)}: {reason}",
            hint="change the value that the message names: the AWS CDK rejects it",
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return out


def _replace(out: Path, new: Path, *, previous: Path) -> None:
    if out.exists():
        with contextlib.suppress(FileNotFoundError):
            (out / CDK_LOCK).rename(new / CDK_LOCK)
        out.rename(previous)
    try:
        new.rename(out)
    except BaseException:
        if previous.exists():
            previous.rename(out)
        raise


def _check_replaceable(out: Path) -> None:
    if not out.exists():
        return
    if out.is_dir() and all(path.name == CDK_LOCK for path in out.iterdir()):
        return
    if not (out / "cdk.out").is_file():
        raise UsageError(
            f"{out} exists and is not a cloud assembly; synthesis would replace it",
            hint="choose a folder that is new, empty, or contains a previous assembly",
        )
