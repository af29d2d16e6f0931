"""What changes of streams, queues, keys and secrets do."""

from __future__ import annotations

from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.row import Row, decreases, switched_off

STREAM, QUEUE = "AWS::Kinesis::Stream", "AWS::SQS::Queue"
KEY, SECRET = "AWS::KMS::Key", "AWS::SecretsManager::Secret"
REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
KINESIS = "https://docs.aws.amazon.com/streams/latest/dev"
SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest"
KMS = "https://docs.aws.amazon.com/kms/latest/developerguide"
# What AWS takes where the template sets nothing.
DEFAULT_RETENTION_HOURS = 24
DEFAULT_RETENTION_SECONDS = 345_600
DEFAULT_WINDOW_DAYS = 30


ROWS = (
    Row(
        verdict=Verdict.LOST,
        type=STREAM,
        property="RetentionPeriodHours",
        explanation="records older than the new retention can't be read any more",
        source=f"{KINESIS}/kinesis-extended-retention.html",
        applies=decreases("RetentionPeriodHours", default=DEFAULT_RETENTION_HOURS),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=STREAM,
        property="StreamEncryption",
        explanation="new records are stored without encryption",
        source=f"{KINESIS}/what-is-sse.html",
        applies=switched_off("StreamEncryption"),
    ),
    Row(
        verdict=Verdict.LOST,
        type=QUEUE,
        property="MessageRetentionPeriod",
        explanation="messages older than the new retention are deleted",
        source=f"{SQS}/APIReference/API_SetQueueAttributes.html",
        applies=decreases("MessageRetentionPeriod", default=DEFAULT_RETENTION_SECONDS),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=QUEUE,
        property="KmsMasterKeyId",
        explanation="new messages are not encrypted with the stack's key any more",
        source=f"{SQS}/SQSDeveloperGuide/sqs-server-side-encryption.html",
        applies=switched_off("KmsMasterKeyId"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=QUEUE,
        property="SqsManagedSseEnabled",
        explanation="new messages are stored without encryption",
        source=f"{SQS}/SQSDeveloperGuide/sqs-server-side-encryption.html",
        applies=lambda update: (
            update.after("SqsManagedSseEnabled") in (False, "false")
            and not update.after("KmsMasterKeyId")
        ),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=QUEUE,
        property="RedrivePolicy",
        explanation="messages that can't be processed are not kept any more",
        source=f"{SQS}/SQSDeveloperGuide/sqs-dead-letter-queues.html",
        applies=switched_off("RedrivePolicy"),
    ),
    Row(
        verdict=Verdict.AT_RISK,
        type=KEY,
        property="Enabled",
        explanation="nothing that the key has encrypted can be read while it is disabled, and a"
        " database becomes inaccessible",
        source=f"{KMS}/enabling-keys.html",
        applies=lambda update: update.after("Enabled") in (False, "false"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=KEY,
        property="EnableKeyRotation",
        explanation="the key's material is not rotated any more",
        source=f"{KMS}/rotate-keys.html",
        applies=switched_off("EnableKeyRotation"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=KEY,
        property="PendingWindowInDays",
        explanation="a deletion of the key leaves less time to cancel it",
        source=f"{KMS}/deleting-keys.html",
        applies=decreases("PendingWindowInDays", default=DEFAULT_WINDOW_DAYS),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=SECRET,
        property="KmsKeyId",
        explanation="new values are not encrypted with the stack's key any more",
        source="https://docs.aws.amazon.com/secretsmanager/latest/userguide/"
        "security-encryption.html",
        applies=switched_off("KmsKeyId"),
    ),
    Row(
        verdict=Verdict.AT_RISK,
        type=SECRET,
        property="GenerateSecretString",
        explanation="CloudFormation writes a new secret value, and what uses the old one isn't"
        " updated",
        source=f"{REFERENCE}/aws-resource-secretsmanager-secret.html",
    ),
)
