"""What each resource type of the catalog is on the embedded AWS: the one list that docs show.

Real: it does its work. Partly: it does some of it, as the note says. Recorded: the API returns
what the template said, and nothing else happens. Types that are not listed come from the
emulator as they are; types that nobody knows stop the deployment before anything is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fidelity = Literal["real", "partly", "recorded"]


@dataclass(frozen=True, slots=True)
class Emulated:
    """One resource type."""

    fidelity: Fidelity
    note: str


TYPES: dict[str, Emulated] = {
    "AWS::Backup::BackupPlan": Emulated("recorded", "nothing is copied"),
    "AWS::Backup::BackupSelection": Emulated("recorded", "nothing is copied"),
    "AWS::Backup::BackupVault": Emulated("recorded", "nothing is copied"),
    "AWS::CloudTrail::Trail": Emulated("recorded", "no log file is delivered"),
    "AWS::CloudWatch::Alarm": Emulated(
        "partly",
        "evaluated over its metric as soon as that has a value: those that are put, and what is "
        "published of functions; with metric math, or on a band, never evaluated",
    ),
    "AWS::CloudWatch::CompositeAlarm": Emulated(
        "partly", "follows its children; those with metric math never ring"
    ),
    "AWS::CloudWatch::Dashboard": Emulated("recorded", "nothing draws it"),
    "AWS::EC2::EIP": Emulated("recorded", "no traffic"),
    "AWS::EC2::FlowLog": Emulated("recorded", "no traffic, so no log"),
    "AWS::EC2::InternetGateway": Emulated("recorded", "no traffic"),
    "AWS::EC2::NatGateway": Emulated("recorded", "no traffic"),
    "AWS::EC2::Route": Emulated("recorded", "no traffic"),
    "AWS::EC2::RouteTable": Emulated("recorded", "no traffic"),
    "AWS::EC2::SecurityGroup": Emulated("recorded", "blocks nothing"),
    "AWS::EC2::SecurityGroupEgress": Emulated("recorded", "blocks nothing"),
    "AWS::EC2::SecurityGroupIngress": Emulated("recorded", "blocks nothing"),
    "AWS::EC2::Subnet": Emulated("recorded", "no traffic"),
    "AWS::EC2::SubnetRouteTableAssociation": Emulated("recorded", "no traffic"),
    "AWS::EC2::VPC": Emulated("recorded", "functions run on this machine, outside of it"),
    "AWS::EC2::VPCEndpoint": Emulated("recorded", "its policy restricts nothing"),
    "AWS::EC2::VPCGatewayAttachment": Emulated("recorded", "no traffic"),
    "AWS::ElastiCache::ParameterGroup": Emulated("recorded", "the server keeps its own settings"),
    "AWS::ElastiCache::ReplicationGroup": Emulated(
        "partly",
        "a real Valkey, one for all groups; engine version, shards, replicas, TLS and tokens are "
        "recorded only, its password is in a secret",
    ),
    "AWS::ElastiCache::SubnetGroup": Emulated("recorded", "no traffic"),
    "AWS::IAM::Policy": Emulated("recorded", "forbids nothing"),
    "AWS::IAM::Role": Emulated("recorded", "forbids nothing"),
    "AWS::KMS::Alias": Emulated("real", ""),
    "AWS::KMS::Key": Emulated("partly", "its API works; no store is encrypted with it"),
    "AWS::Kinesis::Stream": Emulated(
        "real", "shards are split, merged and closed; throughput is not limited"
    ),
    "AWS::Lambda::EventSourceMapping": Emulated(
        "real", "of Kinesis, as AWS documents it; tumbling windows are missing"
    ),
    "AWS::Lambda::Function": Emulated(
        "partly",
        "a process per concurrent call, timeouts and concurrency enforced; Python 3.11 whatever "
        "the runtime, the machine's architecture, memory not limited, no VPC",
    ),
    "AWS::Lambda::Permission": Emulated("recorded", "forbids nothing"),
    "AWS::Lambda::Url": Emulated(
        "partly",
        "served by host name or below /_aws/lambda-url/; with IAM, the token is verified, "
        "the signature is not",
    ),
    "AWS::Logs::LogGroup": Emulated("real", "encryption is recorded only"),
    "AWS::Logs::MetricFilter": Emulated("recorded", "nothing is counted"),
    "AWS::RDS::DBInstance": Emulated(
        "partly",
        "a real PostgreSQL 18 whatever the version, one server per instance; a replica is its "
        "source; a snapshot keeps the data, and restores nothing; size, zones, backups, TLS and "
        "monitoring are recorded only",
    ),
    "AWS::RDS::DBParameterGroup": Emulated("recorded", "the server keeps its own settings"),
    "AWS::RDS::DBProxy": Emulated(
        "recorded", "its endpoint is the instance's; nothing pools connections"
    ),
    "AWS::RDS::DBProxyTargetGroup": Emulated("recorded", "its endpoint is the instance's"),
    "AWS::RDS::DBSubnetGroup": Emulated("recorded", "no traffic"),
    "AWS::S3::Bucket": Emulated(
        "partly",
        "objects, versions and object lock; not deleted while in use; encryption, lifecycle and "
        "access logs are recorded only",
    ),
    "AWS::S3::BucketPolicy": Emulated("recorded", "forbids nothing"),
    "AWS::SNS::Subscription": Emulated("partly", "queues and functions; no e-mail, no SMS"),
    "AWS::SNS::Topic": Emulated("real", "encryption is recorded only"),
    "AWS::SNS::TopicPolicy": Emulated("recorded", "forbids nothing"),
    "AWS::SQS::Queue": Emulated("real", "encryption is recorded only"),
    "AWS::SQS::QueuePolicy": Emulated("recorded", "forbids nothing"),
    "AWS::SSM::Parameter": Emulated("real", ""),
    "AWS::SecretsManager::RotationSchedule": Emulated("recorded", "nothing is rotated"),
    "AWS::SecretsManager::Secret": Emulated("real", "rotation is missing"),
    "AWS::SecretsManager::SecretTargetAttachment": Emulated("real", ""),
    "Custom::CatalogSchema": Emulated("real", "the function is called and must answer in time"),
}


def table() -> str:
    """The list as a Markdown table."""
    rows = ["| resource type | is | note |", "|---|---|---|"]
    rows += [f"| `{name}` | {found.fidelity} | {found.note} |" for name, found in TYPES.items()]
    return "\n".join(rows) + "\n"
