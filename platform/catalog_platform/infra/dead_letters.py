"""The dead-letter bucket and queue for updates that could not be applied."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra import removal
from catalog_platform.infra.function import calls_of_code
from catalog_platform.infra.network import Network

NONCURRENT_DAYS = 7
ABANDONED_UPLOAD_DAYS = 7
# The prefixes of the objects that the processor, Lambda and the replayer write.
MALFORMED = "malformed"
FAILED_BATCHES = "aws/lambda"
REPLAYED = "replayed"


class DeadLetters(Construct):
    """A bucket that stores the payloads of failed updates, and a queue that announces them."""

    bucket: s3.Bucket
    queue: sqs.Queue

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.DeadLetters,
        key: kms.IKey,
        access_logs: s3.IBucket | None,
    ) -> None:
        super().__init__(scope, id)
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
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="Retention",
                    expiration=Duration.days(spec.payload_retention_days),
                    noncurrent_version_expiration=Duration.days(NONCURRENT_DAYS),
                    abort_incomplete_multipart_upload_after=Duration.days(ABANDONED_UPLOAD_DAYS),
                )
            ],
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="access/dead-letters/" if access_logs else None,
            removal_policy=removal.data_policy(spec.on_removal),
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=Duration.days(spec.queue_retention_days),
            removal_policy=removal.data_policy(spec.on_removal),
        )

    def grant_append(self, grantee: iam.Role) -> None:
        """Allow `grantee` to add payloads and send messages, but not to read or delete them.

        Lambda writes discarded batches with the same role. AWS names no prefix that is enough, and
        mappings were refused whose role may write to Lambda's prefix only. The function's code may
        write neither those batches nor the log of the replayer, which skips dead letters
        according to it.

        https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
        """
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["s3:PutObject"],
            resource_arns=[self.bucket.arn_for_objects("*")],
        )
        grantee.add_to_principal_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=["s3:PutObject"],
                resources=[
                    self.bucket.arn_for_objects(f"{prefix}/*")
                    for prefix in (FAILED_BATCHES, REPLAYED)
                ],
                conditions=calls_of_code(Stack.of(self)),
            )
        )
        # Lambda needs this permission to write a discarded batch.
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["s3:ListBucket"], resource_arns=[self.bucket.bucket_arn]
        )
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["sqs:SendMessage"], resource_arns=[self.queue.queue_arn]
        )

    def allow_through(self, network: Network) -> None:
        """Allow requests of the functions' code to leave the VPC.

        Lambda doesn't write discarded batches from inside the VPC.
        """
        network.allow_storage(["s3:GetObject"], [self.bucket.arn_for_objects("*")])
        written = [self.bucket.arn_for_objects(f"{each}/*") for each in (MALFORMED, REPLAYED)]
        network.allow_storage(["s3:PutObject"], written)
        network.allow_storage(["s3:ListBucket"], [self.bucket.bucket_arn])

    def grant_replay(self, grantee: iam.IGrantable) -> None:
        """Allow `grantee` to read payloads and to record which ones were replayed."""
        bucket = self.bucket
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["s3:ListBucket"], resource_arns=[bucket.bucket_arn]
        )
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["s3:GetObject"], resource_arns=[bucket.arn_for_objects("*")]
        )
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["s3:PutObject"],
            resource_arns=[bucket.arn_for_objects(f"{REPLAYED}/*")],
        )
