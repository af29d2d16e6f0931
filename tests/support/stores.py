"""The resources that hold data, and those that decide whether data is kept."""

from __future__ import annotations

from collections.abc import Iterable

from support.manifests import ROOT
from support.synthesis import Template

GOLDEN = ROOT / "tests" / "golden" / "stores.txt"
# The property with the physical name, if the type has one. A subnet group of another name
# replaces the store that lives in it.
STATEFUL = {
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
    "AWS::KMS::Key": "",
    "AWS::Kinesis::Stream": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
}


def stores_of(template: Template) -> set[tuple[str, str, str, str]]:
    """Construct path, type, logical id and physical name (`-`: none) of every store."""
    found = set()
    for path, logical_id in template.logical_ids.items():
        resource = template.resources.get(logical_id, {})
        kind = resource.get("Type")
        if kind in STATEFUL:
            name = str(resource.get("Properties", {}).get(STATEFUL[kind], "-"))
            found.add((path, kind, logical_id, name.replace(template.environment, "<name>")))
    return found


def listed(templates: Iterable[Template]) -> str:
    """A line for each store that any of the templates has, sorted by path."""
    stores = set().union(*map(stores_of, templates))
    return "".join(" ".join(store) + "\n" for store in sorted(stores))
