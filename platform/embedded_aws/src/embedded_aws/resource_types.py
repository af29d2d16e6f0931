"""How each resource type of the catalog behaves on the embedded AWS; the docs show this table.

Real: works. Partly: works as far as the note says. Recorded: the API returns the template's values,
without any other effect. The emulator handles unlisted types; types that it does not support stop
the deployment before it starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fidelity = Literal["real", "partly", "recorded"]


@dataclass(frozen=True, slots=True)
class Emulated:
    """The behaviour of a resource type."""

    fidelity: Fidelity
    note: str


TYPES: dict[str, Emulated] = {
    "AWS::Backup::BackupPlan": Emulated("recorded", "no backups are made"),
    "AWS::Backup::BackupSelection": Emulated("recorded", "no backups are made"),
    "AWS::Backup::BackupVault": Emulated("recorded", "no backups are made"),
    "AWS::CloudTrail::Trail": Emulated("recorded", "no log files are delivered"),
    "AWS::CloudWatch::Alarm": Emulated(
        "partly",
        "evaluated once its metric has a value: metrics that are put, and those of functions; "
        "never evaluated with metric math or anomaly detection",
    ),
    "AWS::CloudWatch::CompositeAlarm": Emulated(
        "partly", "follows its children; those with metric math never fire"
    ),
    "AWS::CloudWatch::Dashboard": Emulated("recorded", "not rendered"),
    "AWS::EC2::EIP": Emulated("recorded", "no traffic"),
    "AWS::EC2::FlowLog": Emulated("recorded", "no traffic, so no logs"),
    "AWS::EC2::InternetGateway": Emulated("recorded", "no traffic"),
    "AWS::EC2::NatGateway": Emulated("recorded", "no traffic"),
    "AWS::EC2::Route": Emulated("recorded", "no traffic"),
    "AWS::EC2::RouteTable": Emulated("recorded", "no traffic"),
    "AWS::EC2::SecurityGroup": Emulated("recorded", "not enforced"),
    "AWS::EC2::SecurityGroupEgress": Emulated("recorded", "not enforced"),
    "AWS::EC2::SecurityGroupIngress": Emulated("recorded", "not enforced"),
    "AWS::EC2::Subnet": Emulated("recorded", "no traffic"),
    "AWS::EC2::SubnetRouteTableAssociation": Emulated("recorded", "no traffic"),
    "AWS::EC2::VPC": Emulated("recorded", "functions run on this machine, outside of the VPC"),
    "AWS::EC2::VPCEndpoint": Emulated("recorded", "its policy is not enforced"),
    "AWS::EC2::VPCGatewayAttachment": Emulated("recorded", "no traffic"),
    "AWS::ElastiCache::ParameterGroup": Emulated("recorded", "the server keeps its own settings"),
    "AWS::ElastiCache::ReplicationGroup": Emulated(
        "partly",
        "a real Valkey, one for all groups; edits are refused as by AWS; engine version, shards, "
        "replicas, TLS and tokens are recorded only, its password is in a secret",
    ),
    "AWS::ElastiCache::SubnetGroup": Emulated("recorded", "no traffic"),
    "AWS::IAM::Policy": Emulated("recorded", "not enforced"),
    "AWS::IAM::Role": Emulated("recorded", "not enforced"),
    "AWS::KMS::Alias": Emulated("real", ""),
    "AWS::KMS::Key": Emulated("partly", "its API works; stores are not encrypted with it"),
    "AWS::Kinesis::Stream": Emulated(
        "real", "shards are split, merged and closed; throughput is not limited"
    ),
    "AWS::Lambda::EventSourceMapping": Emulated(
        "real", "Kinesis as documented by AWS, without tumbling windows"
    ),
    "AWS::Lambda::Function": Emulated(
        "partly",
        "a process per concurrent call; timeouts and concurrency are enforced; always Python 3.11 "
        "and the machine's architecture; memory is not limited; no VPC",
    ),
    "AWS::Lambda::Permission": Emulated("recorded", "not enforced"),
    "AWS::Lambda::Url": Emulated(
        "partly",
        "served by host name or below /_aws/lambda-url/; with IAM, the token is verified, "
        "the signature is not",
    ),
    "AWS::Logs::LogGroup": Emulated("real", "encryption is recorded only"),
    "AWS::Logs::MetricFilter": Emulated("recorded", "publishes no metrics"),
    "AWS::RDS::DBInstance": Emulated(
        "partly",
        "a real PostgreSQL, always version 18, one server per instance; a replica is its source; "
        "snapshots and the latest time are restored with their data; edits are refused as by AWS; "
        "size, zones, TLS and monitoring are recorded only",
    ),
    "AWS::RDS::DBParameterGroup": Emulated("recorded", "the server keeps its own settings"),
    "AWS::RDS::DBProxy": Emulated(
        "recorded", "its endpoint is the instance's; connections are not pooled"
    ),
    "AWS::RDS::DBProxyTargetGroup": Emulated("recorded", "its endpoint is the instance's"),
    "AWS::RDS::DBSubnetGroup": Emulated("recorded", "no traffic"),
    "AWS::S3::Bucket": Emulated(
        "partly",
        "objects, versions and object lock, whose headers only `PutObject` applies; not deleted "
        "unless empty; encryption, lifecycle and access logs are recorded only",
    ),
    "AWS::S3::BucketPolicy": Emulated("recorded", "not enforced"),
    "AWS::SNS::Subscription": Emulated("partly", "queues and functions; no e-mail, no SMS"),
    "AWS::SNS::Topic": Emulated("real", "encryption is recorded only"),
    "AWS::SNS::TopicPolicy": Emulated("recorded", "not enforced"),
    "AWS::SQS::Queue": Emulated("real", "encryption is recorded only"),
    "AWS::SQS::QueuePolicy": Emulated("recorded", "not enforced"),
    "AWS::SSM::Parameter": Emulated("real", ""),
    "AWS::SecretsManager::RotationSchedule": Emulated("recorded", "no rotation"),
    "AWS::SecretsManager::Secret": Emulated("real", "no rotation"),
    "AWS::SecretsManager::SecretTargetAttachment": Emulated("real", ""),
    "Custom::CatalogSchema": Emulated("real", "the function is called and must respond in time"),
}


def table() -> str:
    """Return the list as a Markdown table."""
    rows = ["| resource type | is | note |", "|---|---|---|"]
    rows += [f"| `{name}` | {found.fidelity} | {found.note} |" for name, found in TYPES.items()]
    return "\n".join(rows) + "\n"
