"""The S3 bucket that archives every applied update for compliance."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra import removal
from catalog_platform.infra.network import Network

ABANDONED_UPLOAD_DAYS = 7
OBJECTS = "inventory"


class Archive(Construct):
    """A versioned and encrypted bucket that requires TLS and optionally locks objects."""

    bucket: s3.Bucket

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Archive,
        key: kms.IKey,
        access_logs: s3.IBucket | None,
    ) -> None:
        super().__init__(scope, id)
        lock = _lock(spec)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            versioned=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            object_lock_enabled=True if lock else None,
            object_lock_default_retention=lock,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="Retention",
                    transitions=_transitions(spec),
                    expiration=Duration.days(spec.retention_days),
                    noncurrent_version_expiration=Duration.days(spec.noncurrent_retention_days),
                    abort_incomplete_multipart_upload_after=Duration.days(ABANDONED_UPLOAD_DAYS),
                )
            ],
            # A transition is billed per object. Below 128 KiB it costs more than it saves.
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
            transition_default_minimum_object_size=(
                s3.TransitionDefaultMinimumObjectSize.ALL_STORAGE_CLASSES_128_K
            ),
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="access/archive/" if access_logs else None,
            removal_policy=removal.data_policy(spec.on_removal),
        )

    def grant_append(self, grantee: iam.IGrantable) -> None:
        """Allow `grantee` to add objects, but not to read, delete or lock them.

        The CDK's write grants also allow setting retention and legal holds.
        """
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["s3:PutObject"],
            resource_arns=[self.bucket.arn_for_objects(f"{OBJECTS}/*")],
        )

    def allow_through(self, network: Network) -> None:
        """Allow requests for what `grant_append` grants to leave the VPC."""
        network.allow_storage(["s3:PutObject"], [self.bucket.arn_for_objects(f"{OBJECTS}/*")])


def _transitions(spec: model.Archive) -> list[s3.Transition]:
    classes = (
        (s3.StorageClass.INTELLIGENT_TIERING, spec.intelligent_tiering_after_days),
        (s3.StorageClass.GLACIER, spec.glacier_after_days),
        (s3.StorageClass.DEEP_ARCHIVE, spec.deep_archive_after_days),
    )
    return [
        s3.Transition(storage_class=storage_class, transition_after=Duration.days(days))
        for storage_class, days in classes
        if days is not None
    ]


def _lock(spec: model.Archive) -> s3.ObjectLockRetention | None:
    retention = Duration.days(spec.retention_days)
    match spec.object_lock:
        case "governance":
            return s3.ObjectLockRetention.governance(retention)
        case "compliance":
            return s3.ObjectLockRetention.compliance(retention)
        case "off":
            return None
