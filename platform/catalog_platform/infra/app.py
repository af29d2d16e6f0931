"""Manifests in, one cloud assembly out: complete, or not there at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import App
from jsii.errors import JavaScriptError

from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.infra import nodejs
from catalog_platform.infra.catalog_stack import CatalogStack
from catalog_platform.infra.function_assets import Bundles
from catalog_platform.model import Manifest

nodejs.mute_stderr_at_exit()

# In code, so that tests, synthesis and deployment agree; cdk.json reaches only the CDK's own
# command line. https://docs.aws.amazon.com/cdk/v2/guide/featureflags.html
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
    # Where in this package a resource is made: of no use to whoever reads an assembly.
    "aws:cdk:disable-creation-stack-traces": True,
}


def synthesize(environments: Mapping[str, tuple[Manifest, Bundles]], out: Path) -> Path:
    """Write one assembly with a stack `catalog-<name>` per environment to `out`, and return it.

    An earlier assembly at `out` is replaced, and stays as it was if anything goes wrong.
    Raises `UsageError` when `out` holds something else.
    """
    _refuse_foreign(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        app = App(
            outdir=str(draft / "new"),
            context=FEATURE_FLAGS,
            analytics_reporting=False,
            performance_reporting=False,
            stack_traces=False,
            # The same engine runs in the policy gate, natively and some seconds faster.
            builtin_cloud_formation_validation=False,
        )
        for manifest, bundles in environments.values():
            CatalogStack(app, manifest, bundles)
        app.synth()
        _replace(out, draft / "new", aside=draft / "old")
    except RuntimeError as error:
        if not isinstance(error.__cause__, JavaScriptError):
            raise
        reason = str(error).strip().partition("\n")[0]
        raise PlatformError(
            f"the CDK cannot synthesise {', '.join(environments)}: {reason}",
            hint="the manifests allow something that AWS or this machine does not",
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return out


def _replace(out: Path, new: Path, *, aside: Path) -> None:
    if out.exists():
        out.rename(aside)
    try:
        new.rename(out)
    except BaseException:
        if aside.exists():
            aside.rename(out)
        raise


def _refuse_foreign(out: Path) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / "cdk.out").is_file():
        raise UsageError(
            f"{out} exists and is not a cloud assembly: it would be replaced",
            hint="name a folder that is new, empty, or holds an earlier assembly",
        )
