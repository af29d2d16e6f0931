"""Fuzz the API of the embedded AWS with generated valid and invalid requests.

After each refused request, everything that the service shows must be as before; no request may be
answered with an internal error; acknowledged records must stay readable. The exit code is 1
otherwise. A seed repeats a run: `--seed 7 --calls 300`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.embedded import ROLE, bundle, client, running
from support.emulator_snapshot import Snapshots, record_numbers
from support.request_fuzzing import TEMPLATES, Generator, Sender, model

# Operations of the services whose operations or state the patches touch. Those that start servers
# or wait are left out; so is what ends the resources that all requests share.
OPERATIONS: dict[str, tuple[str, ...]] = {
    "kinesis": (
        *("CreateStream", "MergeShards", "SplitShard", "UpdateShardCount", "PutRecord"),
        *("PutRecords", "GetShardIterator", "GetRecords", "IncreaseStreamRetentionPeriod"),
        *("DecreaseStreamRetentionPeriod", "AddTagsToStream", "RemoveTagsFromStream"),
        *("ListShards", "ListStreams", "DescribeStream", "DescribeStreamSummary"),
        *("RegisterStreamConsumer", "DeregisterStreamConsumer", "ListStreamConsumers"),
        *("DescribeStreamConsumer", "EnableEnhancedMonitoring", "DisableEnhancedMonitoring"),
        *("StartStreamEncryption", "StopStreamEncryption", "ListTagsForStream"),
        *("PutResourcePolicy", "GetResourcePolicy", "DeleteResourcePolicy"),
    ),
    "lambda": (
        *("CreateEventSourceMapping", "UpdateEventSourceMapping", "DeleteEventSourceMapping"),
        *("GetEventSourceMapping", "ListEventSourceMappings", "PutFunctionConcurrency"),
        *("CreateFunction", "UpdateFunctionConfiguration", "AddPermission", "CreateAlias"),
        *("GetFunction", "ListFunctions", "DeleteFunctionConcurrency", "RemovePermission"),
    ),
    "cloudwatch": (
        *("PutMetricAlarm", "PutCompositeAlarm", "DeleteAlarms", "DescribeAlarms"),
        *("SetAlarmState", "PutMetricData", "GetMetricStatistics", "EnableAlarmActions"),
    ),
    "elasticache": (
        *("CreateReplicationGroup", "DescribeReplicationGroups", "ModifyReplicationGroup"),
        *("CreateCacheSubnetGroup", "CreateCacheParameterGroup", "DeleteReplicationGroup"),
        *("ModifyReplicationGroupShardConfiguration", "CreateSnapshot"),
    ),
    "rds": (
        *("CreateDBSubnetGroup", "CreateDBParameterGroup", "DescribeDBInstances"),
        *("DeleteDBInstance", "ModifyDBInstance", "DescribeDBProxies", "RebootDBInstance"),
        *("DescribeDBEngineVersions", "DescribeOrderableDBInstanceOptions", "DeleteDBSnapshot"),
        *("CreateDBSnapshot", "RestoreDBInstanceFromDBSnapshot", "RestoreDBInstanceToPointInTime"),
        *("ModifyDBSubnetGroup", "DeleteDBSubnetGroup", "DeleteDBParameterGroup"),
    ),
    "secretsmanager": (
        *("CreateSecret", "PutSecretValue", "GetSecretValue", "UpdateSecret", "RotateSecret"),
        *("DescribeSecret", "TagResource", "UntagResource", "UpdateSecretVersionStage"),
    ),
    "sqs": (
        *("CreateQueue", "SendMessage", "SendMessageBatch", "ReceiveMessage"),
        *("SetQueueAttributes", "DeleteMessage", "ChangeMessageVisibility", "TagQueue"),
    ),
    "sns": ("CreateTopic", "Subscribe", "Publish", "SetTopicAttributes", "Unsubscribe"),
    "cloudformation": (
        *("CreateStack", "UpdateStack", "DeleteStack", "CancelUpdateStack", "RollbackStack"),
        *("ContinueUpdateRollback", "UpdateTerminationProtection", "SetStackPolicy"),
        *("CreateChangeSet", "ExecuteChangeSet", "DeleteChangeSet", "DescribeChangeSet"),
        *("ListChangeSets", "DescribeStacks", "DescribeStackEvents", "DescribeStackResource"),
        *("DescribeStackResources", "ListStackResources", "ListStacks", "GetTemplate"),
        *("GetTemplateSummary", "ValidateTemplate", "SignalResource", "ListImports"),
        *("DetectStackDrift", "DescribeStackResourceDrifts", "GetStackPolicy"),
    ),
    "backup": (
        *("CreateBackupVault", "DeleteBackupVault", "CreateBackupPlan", "ListBackupVaults"),
        *("DescribeBackupVault", "PutBackupVaultNotifications"),
    ),
    "ec2": (
        *("CreateVpc", "CreateSubnet", "CreateSecurityGroup", "AllocateAddress"),
        *("AuthorizeSecurityGroupIngress", "CreateFlowLogs", "DescribeSubnets"),
        *("CreateVpcEndpoint", "DescribeVpcs", "DeleteSubnet"),
    ),
    "iam": ("CreateRole", "PutRolePolicy", "GetRole", "DeleteRolePolicy", "TagRole"),
    "kms": (
        *("CreateKey", "CreateAlias", "Encrypt", "DescribeKey", "TagResource"),
        *("ScheduleKeyDeletion", "PutKeyPolicy", "GenerateDataKey", "EnableKeyRotation"),
    ),
    "s3": (
        *("CreateBucket", "PutObject", "GetObject", "ListObjectsV2", "DeleteObjects"),
        *("PutBucketPolicy", "PutBucketCors", "PutBucketAcl", "PutPublicAccessBlock"),
        *("PutBucketNotificationConfiguration", "PutBucketLifecycleConfiguration"),
        *("PutBucketVersioning", "PutBucketEncryption", "PutObjectLockConfiguration"),
        *("PutBucketTagging", "PutObjectTagging", "PutBucketLogging", "PutObjectRetention"),
        *("CreateMultipartUpload", "CompleteMultipartUpload", "PutBucketOwnershipControls"),
    ),
    "ssm": ("PutParameter", "GetParameter", "DeleteParameter", "AddTagsToResource"),
    "logs": ("CreateLogGroup", "CreateLogStream", "PutLogEvents", "PutRetentionPolicy"),
}
# Half of the requests are meant to be valid in each member.
WRONG = (0.0, 0.02, 0.1, 0.3)


@dataclass
class Tally:
    """Outcomes of the requests."""

    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def prepare(embedded: Any) -> None:
    """Create the resources that generated requests name."""
    client(embedded, "kinesis").create_stream(StreamName="stream", ShardCount=3)
    client(embedded, "sqs").create_queue(QueueName="queue")
    client(embedded, "sns").create_topic(Name="topic")
    stacks = client(embedded, "cloudformation")
    stacks.create_stack(StackName="stack", TemplateBody=TEMPLATES[0])
    stacks.get_waiter("stack_create_complete").wait(StackName="stack", WaiterConfig={"Delay": 1})
    client(embedded, "secretsmanager").create_secret(Name="secret", SecretString="text")
    client(embedded, "s3").create_bucket(Bucket="bucket")
    client(embedded, "s3").put_object(Bucket="bucket", Key="key", Body=b"text")
    key = client(embedded, "kms").create_key()["KeyMetadata"]["KeyId"]
    client(embedded, "kms").create_alias(AliasName="alias/key", TargetKeyId=key)
    client(embedded, "iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")
    functions = client(embedded, "lambda")
    functions.create_function(
        FunctionName="function",
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handle",
        Code={"ZipFile": bundle("def handle(event, context): pass")},
    )
    functions.get_waiter("function_active_v2").wait(
        FunctionName="function", WaiterConfig={"Delay": 1}
    )


def run(embedded: Any, seed: int, calls: int, services: tuple[str, ...] = ()) -> Tally:
    """Send requests and compare the state around each refused one."""
    generator, sender, snapshots = Generator(seed), Sender(embedded), Snapshots(embedded)
    chosen = services or tuple(OPERATIONS)
    tally, acknowledged = Tally(), record_numbers(snapshots.of("kinesis"))
    for number in range(calls):
        service = generator.random.choice(chosen)
        operation = generator.random.choice(OPERATIONS[service])
        shape = model(service).operation_model(operation).input_shape
        parameters = generator.parameters(shape, generator.random.choice(WRONG))
        shown = f"call {number} of seed {seed}: {service} {operation} {parameters!r}"[:1500]
        # Not the state after its last request: a request to another service may change it too.
        before = snapshots.of(service)
        answer = sender.send(service, operation, parameters)
        after = snapshots.of(service)
        if answer.status >= 500:
            tally.outcomes["internal errors"] += 1
            tally.failures.append(f"{shown}\n  {answer.status} {answer.body[:300]}")
        elif answer.status >= 400:
            tally.outcomes["refused"] += 1
            tally.codes[answer.code] += 1
        else:
            tally.outcomes["accepted"] += 1
        if answer.status >= 400 and after != before:
            tally.outcomes["changed by a refused request"] += 1
            tally.failures.append(
                f"{shown}\n  changed the state: {answer.status} {answer.body[:300]}"
            )
        if service == "kinesis":
            present = record_numbers(after)
            if not acknowledged <= present:
                tally.outcomes["lost records"] += len(acknowledged - present)
                tally.failures.append(f"{shown}\n  lost records")
            acknowledged = present
    return tally


def main() -> int:
    """Run the fuzz test from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--services", nargs="*", default=(), choices=OPERATIONS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as embedded:
        prepare(embedded)
        tally = run(embedded, options.seed, options.calls, tuple(options.services))
    for failure in tally.failures[:40]:
        print(failure)
    print(f"seed {options.seed}, {options.calls} calls: {dict(tally.outcomes)}")
    print(f"error codes: {dict(tally.codes.most_common())}")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
