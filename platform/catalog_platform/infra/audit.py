"""The CloudTrail trail of API calls and the bucket for S3 access logs."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra import removal

NONCURRENT_DAYS = 30
ABANDONED_UPLOAD_DAYS = 7


class Audit(Construct):
    """The audit bucket and the trail.

    `bucket` is None if neither trail nor access logs are enabled. `access_logs` is the target of
    S3 access logs, or None if they are disabled.
    """

    bucket: s3.Bucket | None
    access_logs: s3.Bucket | None
    trail: cloudtrail.Trail | None = None

    def __init__(self, scope: Construct, id: str, *, spec: model.Audit) -> None:  # noqa: A002
        super().__init__(scope, id)
        self._spec = spec
        self.bucket = self._build_bucket() if spec.trail or spec.access_logs else None
        self.access_logs = self.bucket if spec.access_logs else None

    def record(
        self, archive: s3.IBucket, *, key: kms.IKey, log_group: logs.ILogGroup | None
    ) -> None:
        """Create the trail of every object access to the archive, and of management events.

        The bucket keeps the records. `log_group` receives the same events within minutes, so that
        alarms can evaluate them. Only management events exist in other regions.
        """
        if not self._spec.trail:
            return
        management = self._spec.management_events
        self.trail = cloudtrail.Trail(
            self,
            "Trail",
            bucket=self.bucket,
            encryption_key=key,
            enable_file_validation=True,
            include_global_service_events=management,
            is_multi_region_trail=management,
            management_events=cloudtrail.ReadWriteType.ALL if management else None,
            send_to_cloud_watch_logs=log_group is not None,
            cloud_watch_log_group=log_group,
        )
        self.trail.add_s3_event_selector(
            [cloudtrail.S3EventSelector(bucket=archive)],
            include_management_events=False,
            read_write_type=cloudtrail.ReadWriteType.ALL,
        )

    def _build_bucket(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Bucket",
            # S3 doesn't deliver access logs to buckets with a customer-managed key. CloudTrail
            # still encrypts its files with a key of the stack.
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
            encryption=s3.BucketEncryption.S3_MANAGED,
            versioned=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="Retention",
                    expiration=Duration.days(self._spec.retention_days),
                    noncurrent_version_expiration=Duration.days(NONCURRENT_DAYS),
                    abort_incomplete_multipart_upload_after=Duration.days(ABANDONED_UPLOAD_DAYS),
                )
            ],
            removal_policy=removal.data_policy(self._spec.on_removal),
        )
