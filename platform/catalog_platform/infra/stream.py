"""The Kinesis data stream that receives inventory updates."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra import removal

_MODES = {
    "provisioned": kinesis.StreamMode.PROVISIONED,
    "on_demand": kinesis.StreamMode.ON_DEMAND,
}


class Stream(Construct):
    """An encrypted Kinesis data stream."""

    stream: kinesis.Stream

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Stream,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        self.stream = kinesis.Stream(
            self,
            "Stream",
            stream_mode=_MODES[spec.mode],
            shard_count=spec.shards,
            retention_period=Duration.hours(spec.retention_hours),
            encryption=kinesis.StreamEncryption.KMS,
            encryption_key=key,
            removal_policy=removal.data_policy(spec.on_removal),
        )

    def grant_replay(self, grantee: iam.IGrantable) -> None:
        """Allow `grantee` to put records into this stream and to read ranges of it."""
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:PutRecords"],
            resource_arns=[self.stream.stream_arn],
        )
